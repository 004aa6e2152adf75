"""A fill, its truth and its hole, as scores take them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Fill(NamedTuple):
    """Arguments of `Judge.scores`."""

    filled: np.ndarray
    truth: np.ndarray
    mask: np.ndarray


def noisy(truth: np.ndarray, mask: np.ndarray, *, everywhere: bool = False) -> Fill:
    """The truth with noise in the hole; everywhere: a little outside too, as in a picture that was stored with losses."""
    rng = np.random.default_rng(7)
    noise = rng.normal(8, 25, truth.shape) * (mask[..., None] > 0) + rng.normal(0, 2, truth.shape) * everywhere
    return Fill((truth + noise).clip(0, 255).astype(np.uint8), truth, mask)
