"""`tmad`: T-MAD's three networks, which guess a hole's structure, retrieve known patches for it, and make a picture of them.

Xu et al., IEEE TIP 2021, in two runs: the coarse network alone (`part=coarse`), then the others over it (`part=synthesis`), or all of them
(`part=joint`). Three of four examples have canvases from patch matching, whose patches lie where they fit; the fourth has the paper's
windows, which teaches the retrieval. `docs/tmad.md` says which settings are the paper's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine import weights
from engine.errors import BadInput
from engine.evaluation.scores import Judge
from engine.job import Settings, finished, setting
from engine.nets.discriminator import PatchDiscriminator
from engine.nets.tmad import HEADS, PATCH, RANKS, PatchCritic, Tmad, composed
from engine.nets.windows import memory, retrieved
from engine.ops.bands import Workers
from engine.texture.begun import HALVINGS, MULTIPLE, begun
from engine.training.canvases import Canvases, drawn, matched, prepared
from engine.training.crops import middle
from engine.training.losses.adversarial import (
    non_saturating_critic,
    non_saturating_generator,
    relativistic_critic,
    relativistic_generator,
)
from engine.training.losses.perceptual import FeatureLoss, backbone
from engine.training.losses.variation import total_variation
from engine.training.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.job import Step
    from engine.training.canvases import Filled
    from engine.training.photographs import Photographs
    from engine.training.recipe import Batch, Turn

JUDGED = 40
"""Held photographs that a validation looks at: 256 x 256 from their middle, half of each side missing."""
SHOWN = 4
TIMES = 2**HALVINGS
NEAR: dict[str, float] = {"conv1_2": 1 / 3, "conv2_2": 1 / 3, "conv3_1": 1 / 3}
"""Taps of VGG-16 that see texture."""
PAPER: dict[str, float] = {"conv3_1": 1 / 3, "conv4_1": 1 / 3, "conv5_3": 1 / 3}
"""The paper's, III-C: before the ReLUs of the fifth, ninth and fifteenth convolution, as VGG-19 numbers them."""


@dataclass(frozen=True)
class TmadSettings(Settings):
    """What may be changed about the training."""

    part: str = setting("synthesis", "Part", "Which networks are improved.", choices=("coarse", "synthesis", "joint"))
    begin: str = setting("", "Begin from", "A file of weights, or the name of one of the program's, to begin from; else from chance.")
    only: str = setting("all", "Take", "What is taken of that file.", choices=("all", "coarse"))
    size: int = setting(256, "Size", "Side of a square of a photograph, in pixels; a multiple of 32.", least=64, most=512)
    window: int = setting(128, "Window", "Side of the part of it that the synthesis is trained on; a multiple of 4.", least=64, most=512)
    prepared: int = setting(3000, "Prepared", "Squares that patch matching fills before the first step.", least=1, most=1_000_000)
    windows: float = setting(0.25, "Windows", "Share of the examples with the paper's memory of windows.", least=0.0, most=1.0)
    ranks: int = setting(RANKS, "Ranks", "Patches retrieved for each place (N_c).", least=1, most=8)
    sampling: bool = setting(True, "Sampling", "Retrieve whole patches; else their weighted sums.")
    distribution: bool = setting(True, "Patch distribution", "The patch loss of equations 6 and 7; else a plain adversarial one.")
    blending: bool = setting(True, "Blending", "The blending loss: variation, and a critic of the whole.")
    patches: float = setting(0.02, "Patches", "Weight of the critic of patches.", least=0.0, most=10.0)
    content: float = setting(0.1, "Content", "Weight of what VGG-16 sees.", least=0.0, most=10.0)
    taps: str = setting("near", "Taps", "Where VGG-16 is listened to: near the pixels, or as the paper has it.", choices=("near", "paper"))
    error: float = setting(1.0, "Error", "Weight of the texture's error a pixel.", least=0.0, most=10.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value, unit in (("size", self.size, MULTIPLE), ("window", self.window, 4)):
            if value % unit:
                raise BadInput(f"{name} is a multiple of {unit}, not {value}.")


class TmadRecipe(Recipe):
    """Trains `engine.nets.tmad`."""

    name: ClassVar[str] = "tmad"
    sentence: ClassVar[str] = "Fills holes with known patches, chosen, joined and completed by networks."
    paper: ClassVar[str] = "Xu et al., Texture Memory-Augmented Deep Patch-Based Image Inpainting, IEEE TIP 2021"
    options: ClassVar[type[Settings]] = TmadSettings
    kept: ClassVar[str] = "tmad"
    best: ClassVar[str] = "psnr"
    steps: ClassVar[int] = 2500
    batch: ClassVar[int] = 4
    rate: ClassVar[float] = 5e-4
    clip: ClassVar[float] = 1.0

    def __init__(self, settings: Settings | None = None, width: float = 1.0) -> None:
        super().__init__(settings, width)
        self._canvases: Canvases | None = None
        self._held: list[Filled] = []
        self._content: FeatureLoss | None = None

    @property
    def _coarse_alone(self) -> bool:
        return self.settings.part == "coarse"

    def prepare(self, photographs: Photographs, device: torch.device) -> Generator[Step, None, None]:
        """Let patch matching fill holes. Raises MissingWeights without VGG-16, BadInput where there is nothing to begin from."""
        del device
        self.networks()
        for name in self.through():
            weights.where(name)
        if not self._coarse_alone:
            self._canvases = yield from prepared(photographs, self.settings.prepared, self.settings.size, RANKS)

    def through(self) -> tuple[str, ...]:
        """What the loss of content looks through."""
        return () if self._coarse_alone or not self.settings.content else ("vgg16",)

    def networks(self) -> dict[str, nn.Module]:
        """The three networks as one, a critic of patches and one of the whole."""
        tmad = Tmad(self.width, self.settings.ranks)
        if self.settings.begin:
            _begin(tmad, self.settings.begin, only=self.settings.only)
        trained = {"coarse": (tmad.coarse,), "synthesis": (tmad.retrieval, tmad.synthesis), "joint": (tmad,)}[self.settings.part]
        tmad.requires_grad_(requires_grad=False)
        for one in trained:
            one.requires_grad_(requires_grad=True)
        if not self._coarse_alone and not self.settings.windows:
            tmad.retrieval.requires_grad_(requires_grad=False)
        critic = PatchDiscriminator(3, (32, 64, 128, 256, 1), kernel=4, unstrided=2, linear=True)
        return {"tmad": tmad, "patches": PatchCritic(), "picture": critic}

    def example(self, photographs: Photographs, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """A square with a hole.

        small (3, S/4, S/4) float32, filled smoothly, and small_hole (1, S/4, S/4), which are what the coarse network sees; and its
        truth, small_truth. For the synthesis image (3, S, S), hole (1, S, S) and canvases (ranks, 3, S, S), uint8, and at (2,), the
        upper left pixel of the window.
        """
        if self._canvases is None:
            image, missing = drawn(photographs[int(rng.integers(len(photographs)))], self.settings.size, rng)
            return _seen(image, missing) | {"small_truth": _channels_first(_reduced(image))}
        filled = self._canvases[int(rng.integers(len(self._canvases)))]
        order = np.append(0, 1 + rng.permutation(RANKS - 1))  # the best is the first, as it is when filling
        missing, canvases = filled.hole, filled.canvases()[order[np.arange(self.settings.ranks) % RANKS]]
        image = filled.image
        if rng.random() < 0.5:
            image, missing, canvases = np.ascontiguousarray(image[:, ::-1]), missing[:, ::-1].copy(), canvases[:, :, ::-1].copy()
        rows, columns = np.nonzero(missing)
        there = int(rng.integers(len(rows)))
        room = self.settings.size - self.settings.window
        middle = np.array([rows[there], columns[there]]) - self.settings.window // 2 + rng.integers(-16, 17, 2)
        return _seen(image, missing) | {
            "image": np.ascontiguousarray(image.transpose(2, 0, 1)),
            "hole": missing[None].astype(np.uint8),
            "canvases": np.ascontiguousarray(canvases.transpose(0, 3, 1, 2)),
            "at": np.clip(middle, 0, max(room, 0)).astype(np.int64),
        }

    def losses(self, networks: Mapping[str, nn.Module], batch: Batch) -> Iterator[Turn]:
        """The coarse network's error; or the critics' turns, and then the networks'."""
        if self._coarse_alone:
            made = networks["tmad"](lambda net: cast("Tmad", net).coarse(batch["small"], batch["small_hole"]))  # pyright: ignore[reportUnknownLambdaType]
            yield "tmad", {"coarse": _error(made, batch["small_truth"], batch["small_hole"])}
            return
        part = cast("_Part", networks["tmad"](lambda net: self._made(net, batch)))  # pyright: ignore[reportUnknownLambdaType]
        hole, truth = part.hole, part.truth
        texture, smooth = part.made
        filled = torch.where(hole > 0, texture, truth)
        fake, real = _tiles(filled, hole), _tiles(truth, hole)
        terms: dict[str, Tensor] = {}
        if self.settings.patches:
            critic = networks["patches"]
            if self.settings.distribution:  # what is real is the truth and whatever was retrieved
                ranks = part.canvases.shape[1]
                real = torch.cat((real, _tiles(part.canvases.flatten(0, 1), hole.repeat_interleave(ranks, 0))))
            yield "patches", {"patches critic": self._critic(critic(real), critic(fake.detach()))}
            terms["patches"] = self.settings.patches * self._generator(critic(fake), critic(real))
        if self.settings.blending:
            critic = networks["picture"]
            yield "picture", {"picture critic": non_saturating_critic(critic(truth * 2 - 1), critic(filled.detach() * 2 - 1))}
            terms["blending"] = 0.02 * (total_variation(filled) + non_saturating_generator(critic(filled * 2 - 1)))
        if self.settings.content:
            terms["content"] = self.settings.content * self._compared(truth, filled)
        terms["error"] = self.settings.error * _error(texture, truth, hole)
        terms["smooth"] = _error(smooth, truth, hole)
        if self.settings.part == "joint":
            terms["coarse"] = part.coarse
        yield "tmad", terms

    def _critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """Equation 6; or a plain loss."""
        return (relativistic_critic if self.settings.distribution else non_saturating_critic)(real, fake)

    def _generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """Equation 7, which adds two means where ours takes their mean; or a plain loss."""
        return 2 * relativistic_generator(real, fake) if self.settings.distribution else non_saturating_generator(fake)

    def _of_windows(self, count: int) -> int:
        """How many of so many examples have the paper's memory: one at least, where any has, so that its network is never without."""
        return math.ceil(round(self.settings.windows * count, 6))

    def _made(self, net: Tmad, batch: Batch) -> _Part:
        """The synthesis of a window of each example."""
        image, hole = batch["image"].float() / 255, batch["hole"].float()
        canvases = batch["canvases"].float() / 255
        with torch.set_grad_enabled(self.settings.part == "joint"):
            small = net.coarse(batch["small"], batch["small_hole"])
        error = _error(small, functional.avg_pool2d(image, TIMES), batch["small_hole"])
        coarse = torch.where(hole > 0, enlarged(small), image)
        count = self._of_windows(len(image))
        if count:
            laid = torch.stack([self._retrieved(net, *one) for one in zip(coarse[:count], image[:count], hole[:count, 0], strict=True)])
            canvases = torch.cat((laid, canvases[count:]))
        side = self.settings.window
        image, hole, coarse, canvases = (
            torch.stack(
                [one[..., row : row + side, column : column + side] for one, (row, column) in zip(many, batch["at"].tolist(), strict=True)]
            )
            for many in (image, hole, coarse, canvases)
        )
        with torch.autocast(image.device.type, torch.bfloat16, enabled=torch.is_autocast_enabled(image.device.type)):
            said = net.synthesis(coarse, hole, canvases)
        return _Part(image, hole, canvases.detach(), composed(said, coarse, hole, canvases), error)

    def _retrieved(self, net: Tmad, coarse: Tensor, image: Tensor, hole: Tensor) -> Tensor:
        """(ranks, 3, S, S): windows of the picture in its hole."""
        order = torch.Generator().manual_seed(int(torch.randint(1 << 31, ())))
        of = memory(hole, 1 - hole, order)
        return retrieved(net.retrieval, coarse, image, hole, of, self.settings.ranks, sums=not self.settings.sampling).canvases

    def _compared(self, truth: Tensor, filled: Tensor) -> Tensor:
        if self._content is None:
            self._content = FeatureLoss(backbone("vgg16"), PAPER if self.settings.taps == "paper" else NEAR)
            self._content.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        return self._content(truth, filled)["content"]

    def validate(self, network: nn.Module, held: Photographs, device: torch.device) -> tuple[dict[str, float], NDArray[np.uint8] | None]:
        """Scores of both heads over the hole in the middle of held photographs, and of the best fill by patch matching ("canvas").

        In the strip, for the first of them: what was given, the coarse result, that fill, both heads, the truth.
        """
        net = cast("Tmad", network)
        if self._coarse_alone:
            return _coarse_scores(net, held, device)
        judge = _judge()
        if not self._held:
            self._held = [_middle(held, number) for number in range(min(JUDGED, len(held)))]
        scores: dict[str, list[dict[str, float]]] = {name: [] for name in (*HEADS, "canvas")}
        rows: list[NDArray[np.uint8]] = []
        with torch.inference_mode():
            for one in self._held:
                made, coarse = self._filled(net, one, device)
                mask = one.hole.astype(np.uint8)
                pictures = {**dict(zip(HEADS, made, strict=True)), "canvas": one.canvases()[0]}
                for name, picture in pictures.items():
                    scores[name].append(judge.scores(picture, one.image, mask))
                if len(rows) < SHOWN:
                    rows.append(
                        np.concatenate([np.where(mask[..., None], np.uint8(0), one.image), coarse, pictures["canvas"], *made, one.image], 1)
                    )
        means = {
            f"{head}-{score}".removeprefix("texture-"): float(np.mean([one[score] for one in of]))
            for head, of in scores.items()
            for score in of[0]
        }
        return means, np.concatenate(rows, 0)

    def _filled(self, net: Tmad, one: Filled, device: torch.device) -> tuple[list[NDArray[np.uint8]], NDArray[np.uint8]]:
        """What each head makes of a square, and the coarse result."""
        seen = {name: torch.as_tensor(value, device=device)[None] for name, value in _seen(one.image, one.hole).items()}
        image, hole = (
            torch.as_tensor(_channels_first(one.image), device=device)[None],
            torch.as_tensor(one.hole, device=device)[None, None].float(),
        )
        coarse = torch.where(hole > 0, enlarged(net.coarse(seen["small"], seen["small_hole"])), image)
        if self.settings.windows == 1:
            of = memory(hole[0, 0], 1 - hole[0, 0])
            canvases = retrieved(
                net.retrieval, coarse[0], image[0], hole[0, 0], of, self.settings.ranks, sums=not self.settings.sampling
            ).canvases[None]
        else:
            four = np.stack([_channels_first(canvas) for canvas in one.canvases()])
            canvases = torch.as_tensor(four, device=device)[None, np.arange(self.settings.ranks) % RANKS]
        made = [torch.where(hole > 0, one, image) for one in composed(net.synthesis(coarse, hole, canvases), coarse, hole, canvases)]
        return [_pixels(picture) for picture in made], _pixels(coarse)

    def optimiser(self, networks: Mapping[str, nn.Module]) -> torch.optim.Optimizer:
        """AdamW; where critics take part it forgets sooner."""
        every = [one for network in networks.values() for one in network.parameters() if one.requires_grad]
        betas = (0.9, 0.999) if self._coarse_alone else (0.5, 0.99)
        return torch.optim.AdamW(every, self.rate, betas=betas, weight_decay=1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A window of each example, (B, ., H, W) each."""

    truth: Tensor
    hole: Tensor
    canvases: Tensor
    """(B, ranks, 3, H, W)."""
    made: tuple[Tensor, Tensor]
    """By the heads."""
    coarse: Tensor
    """The coarse network's error."""


def enlarged(small: Tensor) -> Tensor:
    """(B, 3, 4 h, 4 w) in [0, 1]: a coarse result at the picture's size."""
    return functional.interpolate(small, scale_factor=TIMES, mode="bicubic", align_corners=False).clamp(0, 1)


def _begin(tmad: Tmad, name: str, *, only: str) -> None:
    """Take over weights. Raises BadInput where they do not fit, as those of other ranks or another width."""
    given = weights.tensors_in(Path(name)) if Path(name).suffix else weights.tensors(name)
    if only == "coarse":
        given = {key: value for key, value in given.items() if key.startswith("coarse.")}
        weights.fit(tmad.coarse, {key.removeprefix("coarse."): value for key, value in given.items()}, name)
        return
    weights.fit(tmad, given, name)


def _seen(image: NDArray[np.uint8], missing: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """What the coarse network is given."""
    with Workers() as workers:
        small, hole = finished(begun(image.astype(np.float32) / np.float32(255), missing, workers))
    return {"small": np.ascontiguousarray(small.transpose(2, 0, 1)), "small_hole": hole[None].astype(np.float32)}


def _reduced(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = (side // TIMES for side in image.shape[:2])
    return image.reshape(height, TIMES, width, TIMES, 3).mean((1, 3), dtype=np.float32)


def _channels_first(image: NDArray[Any]) -> NDArray[np.float32]:
    """(3, H, W) in [0, 1] of (H, W, 3) in levels of 255."""
    return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32) / np.float32(255)


def _pixels(picture: Tensor) -> NDArray[np.uint8]:
    return (picture[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()


def _error(made: Tensor, truth: Tensor, hole: Tensor) -> Tensor:
    """Mean absolute difference over the hole."""
    return ((made - truth).abs() * hole).sum() / (3 * hole.sum().clamp(min=1))


def _tiles(pictures: Tensor, hole: Tensor) -> Tensor:
    """(n, 3, 32, 32): patches on a grid that lie in the hole by half at least, or those that do most."""
    tiles, inside = (functional.unfold(one, PATCH, stride=PATCH).transpose(1, 2).flatten(0, 1) for one in (pictures, hole))
    share = inside.mean(1)
    return tiles[share >= min(0.5, float(share.max()))].view(-1, 3, PATCH, PATCH)


def _middle(held: Photographs, number: int) -> Filled:
    """The middle of a held photograph with a square hole, filled by patch matching."""
    return matched(middle(held[number], 256), _square_hole(), RANKS, number)


def _square_hole() -> NDArray[np.bool_]:
    """Half of each side of 256 pixels, in the middle."""
    missing = np.zeros((256, 256), np.bool_)
    missing[64:192, 64:192] = True
    return missing


def _judge() -> Judge:
    wanted = ["psnr", "ssim", "detail"]
    try:
        return Judge([*wanted, "lpips-alexnet-hole"])
    except weights.MissingWeights:
        return Judge(wanted)


def _coarse_scores(net: Tmad, held: Photographs, device: torch.device) -> tuple[dict[str, float], NDArray[np.uint8]]:
    """PSNR of the coarse network, and of the smooth fill it begins with, in small."""
    scores: list[tuple[float, float]] = []
    rows: list[NDArray[np.uint8]] = []
    with torch.inference_mode():
        for number in range(min(JUDGED, len(held))):
            image, missing = middle(held[number], 256), _square_hole()
            seen = {name: torch.as_tensor(value, device=device)[None] for name, value in _seen(image, missing).items()}
            truth = torch.as_tensor(_channels_first(_reduced(image)), device=device)[None]
            made = net.coarse(seen["small"], seen["small_hole"])
            hole = seen["small_hole"]
            squares = [(((one.clamp(0, 1) - truth) ** 2) * hole).sum() / (3 * hole.sum()) for one in (made, seen["small"])]
            scores.append((float(-10 * squares[0].log10()), float(-10 * squares[1].log10())))
            if len(rows) < SHOWN:
                rows.append(np.concatenate([_pixels(one) for one in (seen["small"], made, truth)], 1))
    made, smooth = np.mean(scores, 0)
    return {"psnr": float(made), "smooth": float(smooth)}, np.concatenate(rows, 0)
