"""How good a fill is, against the photograph as it was: those scores of `engine.evaluation.scores` that look at the hole alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from engine.evaluation.scores import SCORES, Judge

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

NAMES = ("psnr", "ssim", "detail", "seam", "swd", "lab")
HIGHER_IS_BETTER = {name: {"higher": True, "lower": False}.get(SCORES[name].better) for name in NAMES}
"""None: nearer to the truth's own value (1 for detail, 0 for seam) is better."""


def scores(filled: Pixels, truth: Pixels, mask: Pixels) -> dict[str, float]:
    """Every score of one fill: (H, W, 3) RGB twice and the hole's (H, W) mask, 0 outside."""
    return _judge().scores(filled, truth, mask)


def changed_outside(filled: Pixels, truth: Pixels, mask: Pixels) -> int:
    """How many known pixels are not what they were."""
    return int(((filled != truth).any(-1) & (mask == 0)).sum())


@cache
def _judge() -> Judge:
    return Judge(NAMES)
