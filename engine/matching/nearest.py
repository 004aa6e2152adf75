"""Keypoints of two photographs, each the other's most alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from engine.ops.steady import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.matching.keypoints import Keypoints

BLOCK = 512
"""Keypoints compared at a time with all of the other photograph."""


def matched(one: Keypoints, other: Keypoints, ratio: float = 1.0) -> NDArray[np.intp]:
    """(m, 2): numbers in `one` and in `other` of mutual nearest neighbours, in the order of `one`.

    `ratio` below 1 keeps a pair only if its distance is less than so many times that of `one`'s second nearest
    (Lowe, Distinctive Image Features from Scale-Invariant Keypoints, IJCV 2004).
    """
    if not len(one) or not len(other):
        return np.zeros((0, 2), np.intp)
    there, likeness, second, back = _compared(one.vectors, other.vectors)
    mutual = back[there] == np.arange(len(one))
    if ratio < 1:
        # distances of unit vectors: |a - b|^2 = 2 - 2ab
        mutual &= np.maximum(1 - likeness, 0) < ratio**2 * np.maximum(1 - second, 0)
    return np.stack([np.flatnonzero(mutual), there[mutual]], 1)


@torch.inference_mode()
def _compared(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
    """Of each of `one`: its nearest, how alike, how alike the second; and of each of `other` its nearest. Of equals the first."""
    there, likeness, second = np.zeros(len(one), np.intp), np.zeros(len(one), np.float32), np.full(len(one), -1, np.float32)
    back, best = np.zeros(len(other), np.intp), np.full(len(other), -np.inf, np.float32)
    columns = torch.tensor(other).T
    for start in range(0, len(one), BLOCK):
        rows = slice(start, start + BLOCK)
        with one_thread():
            alike = (torch.tensor(one[rows]) @ columns).numpy()
        nearest, which = alike.max(0), alike.argmax(0)
        back[nearest > best] = which[nearest > best] + start
        best = np.maximum(best, nearest)
        there[rows] = which = alike.argmax(1)
        likeness[rows] = alike[np.arange(len(alike)), which]
        if len(other) > 1:
            alike[np.arange(len(alike)), which] = -np.inf
            second[rows] = alike.max(1)
    return there, likeness, second, back
