"""RootSIFT: gradients in a window that turns and grows with what it lies on; no learning, always there.

Lowe, Distinctive Image Features from Scale-Invariant Keypoints, IJCV 2004; compared by Hellinger's kernel: Arandjelovic and Zisserman,
Three Things Everyone Should Know to Improve Object Retrieval, CVPR 2012.
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
        return _described(_grey(pixels), upright)[1]

    def _found(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None) -> Keypoints:
        if min(pixels.shape[:2]) < LEAST:
            return Keypoints(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
        grey = _grey(pixels)
        mask = None if known is None else clear(known).view(np.uint8)
        # the strongest are taken here: OpenCV would take them before it looks at the mask
        found = _sift(contrastThreshold=self._contrast).detect(grey, mask)
        return Keypoints(*_described(grey, sorted(found, key=_weakness)[: self._most]))


def _sift(**options: float) -> Any:
    return cv2.SIFT_create(**options)  # pyright: ignore  # noqa: PGH003 - OpenCV's stubs do not know it


def _weakness(point: cv2.KeyPoint) -> float:
    return -point.response


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _described(grey: NDArray[np.uint8], at: Sequence[cv2.KeyPoint]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places (n, 2) and vectors (n, 128)."""
    if not at:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    kept, vectors = _sift().compute(grey, at)
    share = np.asarray(vectors, np.float32)
    share = share / (share.sum(1, keepdims=True) + 1e-7)
    return np.array([point.pt[::-1] for point in kept], np.float32), np.sqrt(share)
