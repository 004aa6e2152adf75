"""Where photographs are compared: fine corners and blobs, found without learning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.matching.keypoints import RIM
from engine.ops.filters import eroded

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 2048
"""Points a photograph."""
_APART = 2
"""Pixels in which a point is the strongest."""
_EDGE = 6
"""Pixels at the picture's edge that hold no point."""


def points(pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None = None, most: int = MOST) -> NDArray[np.float32]:
    """(n, 2): rows and columns, between pixels, of the strongest corners and blobs of a photograph (h, w, 3) RGB, strongest first.

    Strength is held against that of the neighbourhood, so that dark parts get points too. They are as fine as they can be: coarser
    ones, kept farther apart, gave fewer right matches with the same vectors.

    Args:
        pixels: the photograph.
        known: (h, w): no point lies within `RIM` pixels of what is not known. None: all is.
        most: how many at most.
    """
    if min(pixels.shape[:2]) <= 2 * _EDGE:
        return np.zeros((0, 2), np.float32)
    strength = _strength(pixels)
    rows, columns = np.nonzero(_peaks(strength, known))
    best = np.argsort(-strength[rows, columns], kind="stable")[:most]
    rows, columns = rows[best], columns[best]
    down = _between(strength[rows - 1, columns], strength[rows, columns], strength[rows + 1, columns])
    across = _between(strength[rows, columns - 1], strength[rows, columns], strength[rows, columns + 1])
    return np.stack([rows + down, columns + across], 1).astype(np.float32)


def clear(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(h, w): pixels around which all is known as far as `RIM` pixels, and a half, by which a place may lie off its pixel's centre."""
    return eroded(known, 2 * RIM + 1)


def _peaks(strength: NDArray[np.float32], known: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    square = np.ones((2 * _APART + 1,) * 2, np.uint8)
    peak = (strength == cv2.dilate(strength, square)) & (strength > 1e-3)
    peak[:_EDGE] = peak[-_EDGE:] = peak[:, :_EDGE] = peak[:, -_EDGE:] = False
    return peak if known is None else peak & clear(known)


def _strength(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w): Shi and Tomasi's smaller eigenvalue and a difference of Gaussians, each against its mean, against what lies around."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.0)
    corner = np.sqrt(np.maximum(cv2.cornerMinEigenVal(grey, 3, ksize=3), 0))
    blob = np.abs(cv2.GaussianBlur(grey, (0, 0), 1.2) - cv2.GaussianBlur(grey, (0, 0), 1.9))
    strength = corner / (corner.mean() + 1e-4) + blob / (blob.mean() + 1e-4)
    around = np.asarray(cv2.GaussianBlur(strength, (0, 0), 32), np.float32)
    return np.asarray(strength / (around + 0.3 * strength.mean() + 1e-4), np.float32)


def _between(before: NDArray[np.float32], at: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """The peak of a parabola through three values, within half a pixel."""
    shift = 0.5 * (before - after) / np.minimum(before - 2 * at + after, -1e-9)
    return np.clip(shift, -0.5, 0.5).astype(np.float32)
