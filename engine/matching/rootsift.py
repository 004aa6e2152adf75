"""RootSIFT: gradients in a window that turns and grows with what it lies on; no learning, always there.

Lowe, Distinctive Image Features from Scale-Invariant Keypoints, IJCV 2004; compared by Hellinger's kernel: Arandjelovic and Zisserman,
Three Things Everyone Should Know to Improve Object Retrieval, CVPR 2012. 0.2 s of one core for 800 x 600 pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.matching.keypoints import Features, Keypoints
from engine.matching.points import clear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST = 4000
"""Keypoints a photograph."""
CONTRAST = 0.04
"""OpenCV's threshold: of what is fainter, nothing is kept."""
SIZE = 6.0
"""Pixels across of a keypoint at a given place; its window is six times as wide."""
LEAST = 16
"""Pixels of a photograph's shorter side below which it has no keypoints."""
LEAN = np.float32(0.25)
"""Pixels by which OpenCV puts what it finds too low and too far right: it doubles the photograph first, and halves places as if corners met."""


class RootSift(Features):
    """See the module's text.

    Args:
        most: keypoints a photograph.
        contrast: OpenCV's threshold; the lower, the fainter keypoints may be.
    """

    def __init__(self, most: int = MOST, contrast: float = CONTRAST) -> None:
        super().__init__()
        self._most, self._contrast = most, contrast

    def at(self, pixels: NDArray[np.uint8], places: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 128): vectors of upright windows of one size: for places whose turn and scale agree. Too small a photograph looks alike everywhere."""
        if min(pixels.shape[:2]) < LEAST:
            return np.full((len(places), 128), 128**-0.5, np.float32)
        upright = [cv2.KeyPoint(float(column), float(row), SIZE, 0.0) for row, column in places]
        return _described(_grey(pixels), upright)

    def _found(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None) -> Keypoints:
        if min(pixels.shape[:2]) < LEAST:
            return Keypoints(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
        grey = _grey(pixels)
        mask = None if known is None else clear(known).view(np.uint8)
        # OpenCV takes the strongest before it looks at the mask
        found = _sift(nfeatures=self._most if known is None else 0, contrastThreshold=self._contrast).detect(grey, mask)
        kept = sorted(found, key=_weakness)[: self._most]
        places = np.array([point.pt[::-1] for point in kept], np.float32).reshape(-1, 2) - LEAN
        return Keypoints(places, _described(grey, kept))


def _sift(**options: float) -> Any:
    return cv2.SIFT_create(**options)  # pyright: ignore  # noqa: PGH003 - OpenCV's stubs do not know it


def _weakness(point: cv2.KeyPoint) -> float:
    return -point.response


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _described(grey: NDArray[np.uint8], at: Sequence[cv2.KeyPoint]) -> NDArray[np.float32]:
    """(n, 128): the roots of the shares of each vector, which is of unit length then."""
    if not at:
        return np.zeros((0, 128), np.float32)
    vectors = np.asarray(_sift().compute(grey, at)[1], np.float32)
    return np.sqrt(vectors / (vectors.sum(1, keepdims=True) + 1e-7))
