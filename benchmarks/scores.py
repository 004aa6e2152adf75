"""How good a fill is, against the photograph as it was: those scores of `engine.evaluation.scores` that look at the hole alone.

`python benchmarks/scores.py` prints what every score costs, and what it says of faults that are known.
"""

from __future__ import annotations

from functools import cache
from time import process_time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import skimage.data

from engine.evaluation.scores import SCORES, Judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

NAMES = ("psnr", "ssim", "detail", "seam", "swd", "lab")
HIGHER_IS_BETTER = {name: {"higher": True, "lower": False}.get(SCORES[name].better) for name in NAMES}
"""None: nearer to the truth's own value (1 for detail, 0 for seam) is better."""
TIMED = ((480, 272), (1024, 768))
"""Widths and heights."""
ROUNDS = 2


def scores(filled: Pixels, truth: Pixels, mask: Pixels) -> dict[str, float]:
    """Every score of one fill: (H, W, 3) RGB twice and the hole's (H, W) mask, 0 outside."""
    return _judge().scores(filled, truth, mask)


def changed_outside(filled: Pixels, truth: Pixels, mask: Pixels) -> int:
    """How many known pixels are not what they were."""
    return int(((filled != truth).any(-1) & (mask == 0)).sum())


@cache
def _judge() -> Judge:
    return Judge(NAMES)


def main() -> None:
    """Both tables."""
    cv2.setNumThreads(1)
    faults()
    print()
    costs()


def faults() -> None:
    """Every score of known faults, the mean over two photographs of 480 x 272 with an ellipse missing."""
    judge, found = Judge(), dict[str, list[dict[str, float]]]()
    for photograph in (skimage.data.coffee(), skimage.data.rocket()):
        truth = np.asarray(cv2.resize(photograph, TIMED[0], interpolation=cv2.INTER_AREA))
        mask = np.zeros(truth.shape[:2], np.uint8)
        cv2.ellipse(mask, (250, 150), (60, 45), 20, 0, 360, 255, -1)
        for fault, picture in _faulty(truth, mask).items():
            filled = np.where(mask[..., None] > 0, picture.clip(0, 255), truth).astype(np.uint8)
            found.setdefault(fault, []).append(judge.scores(filled, truth, mask))
    print(f"| score | {' | '.join(found)} |")
    print("|---" * (1 + len(found)) + "|")
    for name, score in SCORES.items():
        if name not in judge.missing and not score.of_set:
            means = (np.mean([one[name] for one in every]) for every in found.values())
            print(f"| `{name}` | {' | '.join(f'{mean:.{score.digits}f}' for mean in means)} |")


def _faulty(truth: Pixels, mask: Pixels) -> dict[str, NDArray[np.generic]]:
    """Pictures to take the hole's pixels from."""
    noise = np.random.default_rng(0).normal(0, 12, truth.shape)
    return {
        "tint": truth * np.array([1.15, 1, 0.9]),
        "noise": truth + noise,
        "blur": np.asarray(cv2.GaussianBlur(truth, (0, 0), 3)),
        "Telea": np.asarray(cv2.inpaint(truth, mask, 5, cv2.INPAINT_TELEA)),
        "another place": np.roll(truth, 130, 1),
        "grey": np.full_like(truth, 128),
    }


def costs() -> None:
    """CPU seconds a fill of every score by itself and of all together."""
    sizes = [f"{width} x {height}" for width, height in TIMED]
    print(f"| score | {' | '.join(f'{size}, first | {size}, further' for size in sizes)} |")
    print("|---" * (1 + 2 * len(sizes)) + "|")
    missing = Judge().missing
    kinds = [(name, [name]) for name in SCORES if name not in missing and not name.startswith("lpips")]
    kinds += [(f"{name} and -hole", [name, f"{name}-hole"]) for name in ("lpips-alexnet", "lpips-vgg16") if name not in missing]
    for label, names in [*kinds, ("all of these", None)]:
        judge = Judge(names)
        found = [f"{seconds:.3f}" for size in TIMED for seconds in _cost(judge, *size)]
        print(f"| {label} | {' | '.join(found)} |", flush=True)


def _cost(judge: Judge, width: int, height: int) -> tuple[float, float]:
    """Least CPU seconds of the first fill of a truth, and of one that follows it; the central quarter is missing."""
    truth = np.asarray(cv2.resize(skimage.data.coffee(), (width, height), interpolation=cv2.INTER_AREA))
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : -height // 4, width // 4 : -width // 4] = 255
    first, further = [], []
    for shift in range(1, ROUNDS + 1):
        picture = np.roll(truth, 8 * shift, 1)
        fills = [np.where(mask[..., None] > 0, np.roll(picture, turn, 0), picture) for turn in (40, 80)]
        for fill, seconds in zip(fills, (first, further), strict=True):
            start = process_time()
            judge.scores(fill, picture, mask)
            judge.features(fill, picture, mask)
            seconds.append(process_time() - start)
    return min(first), min(further)


if __name__ == "__main__":
    main()
