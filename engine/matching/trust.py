"""How sure the pixels of a hole are: what agreed around it, carried in, and less the deeper one goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.matching.agreement import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.matching.alignment import Alignment, Target

    Shades = NDArray[np.float32]

WIDE = 40.0
"""Pixels of a usual view over which what is known around a hole is carried into it."""
DEEP = 160.0
"""Pixels of a usual view in which confidence falls by e."""


@dataclass(frozen=True, slots=True, eq=False)
class Trust:
    """(h, w) each, 0 to 1, in the size of the picture's view."""

    inliers: Shades
    """The share of flow around a place that a smooth field explains."""
    back: Shades
    """e to the minus forward-backward error in pixels."""
    rim: Shades
    """Correlation of picture and reference around."""
    confidence: Shades
    """All of these, and the depth in the hole."""


def trust(target: Target, alignment: Alignment) -> Trust:
    """Of one reference."""
    unit, size, found = target.view.unit, target.view.size, alignment.residual
    rows, columns = np.rint(found.at).astype(np.intp).T
    length = np.linalg.norm(found.flow, axis=1)
    inliers = _spread(rows, columns, 1 / (1 + (length / (1.5 * unit)) ** 2), size, WIDE * unit)
    back = _spread(rows, columns, np.exp(-found.back), size, WIDE * unit)
    seen = target.known & alignment.valid
    share = blurred(seen.astype(np.float32), WIDE * unit)
    rim = np.clip(blurred(np.where(seen, alignment.alike, 0).astype(np.float32), WIDE * unit) / np.maximum(share, 1e-3), 0, 1)
    deep = cv2.distanceTransform(target.hole.view(np.uint8), cv2.DIST_L2, 3)
    fading = np.exp(-np.asarray(deep, np.float32) / np.float32(DEEP * unit))
    sure = np.cbrt(np.clip(inliers * back * rim, 0, 1)) * fading * np.float32(np.clip(alignment.score / 0.6, 0, 1))
    return Trust(inliers, back, rim.astype(np.float32), np.where(alignment.valid, sure, 0).astype(np.float32))


def _spread(rows: NDArray[np.intp], columns: NDArray[np.intp], values: NDArray[np.float64], size: tuple[int, int], sigma: float) -> Shades:
    """Scattered values as a smooth mean (h, w); 0 where there are none."""
    sums, counts = np.zeros(size, np.float32), np.zeros(size, np.float32)
    np.add.at(sums, (rows, columns), values.astype(np.float32))
    np.add.at(counts, (rows, columns), np.float32(1))
    near = blurred(counts, sigma)
    return (blurred(sums, sigma) / np.maximum(near, 1e-6) * (near > 1e-6)).clip(0, 1).astype(np.float32)
