"""How good a fill is, against the photograph as it was: those scores of `engine.evaluation.scores` that look at the hole alone.

`python benchmarks/scores.py` prints what every score costs.
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
ROUNDS = 3


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
    """CPU seconds a fill of every score by itself and of all together, as a table."""
    cv2.setNumThreads(1)
    sizes = [f"{width} x {height}" for width, height in TIMED]
    print(f"| score | {' | '.join(f'{size}, first | {size}, further' for size in sizes)} |")
    print("|---" * (1 + 2 * len(sizes)) + "|")
    missing = Judge().missing
    for label, names in [*((name, [name]) for name in SCORES if name not in missing), ("all of these", None)]:
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
