"""OpenCV's filters that scores are made of, typed. Arrays are (H, W) or (H, W, channels up to 4); the edge is mirrored, sizes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / np.float32(16)


def gaussian(values: Values, sigma: float, reach: int) -> Values:
    """Smoothed by a Gaussian that is cut off `reach` pixels from its middle; the edge pixel itself is mirrored too."""
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    return np.asarray(cv2.sepFilter2D(values, cv2.CV_64F, weights, weights, borderType=cv2.BORDER_REFLECT), np.float64)


def mean(values: Values, side: int) -> Values:
    """The mean of a square of odd `side` around each pixel; the edge pixel itself is mirrored too."""
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT), np.float64)


def soft_lab(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.float32]:
    """CIE Lab (L of 0 to 100) of sRGB pixels (H, W, 3) that were blurred by a Gaussian."""
    blurred = cv2.GaussianBlur(pixels.astype(np.float32) / 255, (0, 0), sigma)
    return np.asarray(cv2.cvtColor(blurred, cv2.COLOR_RGB2Lab), np.float32)


def smaller(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(ceil(H / 2), ceil(W / 2), channels): every second pixel after smoothing by 1 4 6 4 1 (Burt and Adelson, 1983)."""
    return np.ascontiguousarray(_binomial(values)[::2, ::2])


def larger(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """(*size, channels): the inverse step: zeros between the pixels, then smoothed by four times the same weights."""
    spread = np.zeros((*size, *values.shape[2:]), np.float32)
    spread[::2, ::2] = 4 * values
    return _binomial(spread)


def _binomial(values: NDArray[np.float32]) -> NDArray[np.float32]:
    smooth = cv2.sepFilter2D(values, -1, _BINOMIAL, _BINOMIAL, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(smooth, np.float32).reshape(values.shape)
