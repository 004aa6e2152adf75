"""Which scores there are, and what each of them means. The page docs/scores.md defines them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Score:
    """What is known of a score without computing it."""

    name: str
    """As it is asked for, and the key of its value."""
    title: str
    """The head of its column."""
    unit: str
    """Empty: a pure number."""
    better: Literal["higher", "lower", "one", "zero"]
    """Where the good fills are; "one" and "zero": near that value, on either side."""
    over: Literal["hole", "picture"]
    """What it is taken over."""
    source: str
    """Paper or code."""
    sentence: str
    """What it tells."""
    needs: tuple[str, ...] = ()
    """Names of the weights without which it cannot be computed."""
    digits: int = 3
    """Decimals worth showing."""
    least: int = 1
    """Shorter side in pixels below which a picture has no such score."""
    of_set: bool = False
    """It compares the fills of many pictures with their truths at once, not one fill with its truth."""


WANG = "Wang et al., TIP 2004"
EDGECONNECT = "EdgeConnect, scripts/metrics.py"
STRUCTUREFLOW = "StructureFlow, scripts/metrics.py"
LPIPS = "Zhang et al., CVPR 2018, version 0.1"

_EVERY = (
    Score("psnr", "PSNR", "dB", "higher", "hole", "mean squared error", "How near the fill's pixels are to the truth.", digits=2),
    Score(
        "psnr-picture",
        "PSNR, picture",
        "dB",
        "higher",
        "picture",
        "mean squared error",
        "The same, as most papers: rises as holes shrink.",
        digits=2,
    ),
    Score("psnr-edgeconnect", "PSNR, grey", "dB", "higher", "picture", EDGECONNECT, "As EdgeConnect reports it.", digits=2),
    Score("ssim", "SSIM", "", "higher", "hole", WANG, "Whether small windows are alike in mean, contrast and structure."),
    Score("ssim-picture", "SSIM, picture", "", "higher", "picture", WANG, "The same, as most papers: rises as holes shrink.", least=11),
    Score("ssim-edgeconnect", "SSIM, grey, 51", "", "higher", "picture", EDGECONNECT, "As EdgeConnect reports it.", least=51),
    Score("ssim-structureflow", "SSIM, 51", "", "higher", "picture", STRUCTUREFLOW, "As StructureFlow reports it.", least=51),
    Score("l1", "L1", "%", "lower", "hole", "mean absolute error", "Mean absolute error, in percent of the range.", digits=2),
    Score(
        "l1-picture",
        "L1, picture",
        "%",
        "lower",
        "picture",
        "mean absolute error",
        "The same over the picture: falls as holes shrink.",
        digits=2,
    ),
    Score("mae-edgeconnect", "MAE, grey", "%", "lower", "picture", EDGECONNECT, "A relative error, as EdgeConnect reports it.", digits=2),
    Score("mae-structureflow", "MAE", "%", "lower", "picture", STRUCTUREFLOW, "A relative error, as StructureFlow reports it.", digits=2),
    Score("tv", "TV", "%", "lower", "hole", "Rudin et al., Physica D 1992", "How restless the fill is; blur has the least.", digits=2),
    Score("tv-picture", "TV, picture", "%", "lower", "picture", "Yu et al., CVPR 2018", "The same of the filled picture.", digits=2),
    Score("detail", "Detail", "", "one", "hole", "Inlay", "Mean gradient over the truth's: less is blur, more is noise.", digits=2),
    Score("seam", "Seam", "levels", "zero", "hole", "Inlay", "Mean step across the rim less the truth's: more is an outline.", digits=1),
    Score(
        "swd", "SWD", "x 1000", "lower", "hole", "Rabin et al., SSVM 2011", "Whether it is the same texture, wherever it stands.", digits=1
    ),
    Score(
        "swd-laplacian",
        "SWD, Laplacian",
        "x 1000",
        "lower",
        "hole",
        "Karras et al., ICLR 2018",
        "The same, scale by scale without contrast.",
        digits=1,
    ),
    Score("lab", "Lab", "", "lower", "hole", "CIE 1976", "Whether the colour is right, whatever the texture.", digits=2),
    Score(
        "lpips-alexnet",
        "LPIPS, AlexNet",
        "",
        "lower",
        "picture",
        LPIPS,
        "How different it looks to a network that agrees with people.",
        ("alexnet", "lpips-alexnet"),
        digits=4,
        least=35,
    ),
    Score(
        "lpips-alexnet-hole",
        "LPIPS, AlexNet, hole",
        "",
        "lower",
        "hole",
        LPIPS,
        "The same, its map averaged over the hole.",
        ("alexnet", "lpips-alexnet"),
        least=35,
    ),
    Score(
        "lpips-vgg16", "LPIPS, VGG-16", "", "lower", "picture", LPIPS, "The same with VGG-16.", ("vgg16", "lpips-vgg16"), digits=4, least=16
    ),
    Score(
        "lpips-vgg16-hole",
        "LPIPS, VGG-16, hole",
        "",
        "lower",
        "hole",
        LPIPS,
        "The same, its map averaged over the hole.",
        ("vgg16", "lpips-vgg16"),
        least=16,
    ),
    Score(
        "frechet-vgg16",
        "Frechet, VGG-16",
        "",
        "lower",
        "picture",
        "Heusel et al., NeurIPS 2017, with other features",
        "Whether the fills as a set look like the truths as a set; no FID.",
        ("vgg16",),
        least=16,
        of_set=True,
    ),
    Score(
        "fid",
        "FID",
        "",
        "lower",
        "picture",
        "Heusel et al., NeurIPS 2017; pytorch-fid",
        "The same with the features that papers use; wants thousands of pictures.",
        ("inception",),
        digits=2,
        of_set=True,
    ),
    Score(
        "kid",
        "KID",
        "x 1000",
        "lower",
        "picture",
        "Binkowski et al., ICLR 2018",
        "The same by a kernel, which depends less on their number.",
        ("inception",),
        of_set=True,
    ),
)

SCORES: dict[str, Score] = {score.name: score for score in _EVERY}
"""By their names, in the order of a table."""
