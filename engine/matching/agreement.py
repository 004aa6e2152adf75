"""How well two pictures agree, whatever their light: local correlation, and its mean around a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shades = NDArray[np.float32]

_NOISE = 6.0
"""Variance in levels of 255 that is noise and no texture."""


def blurred(values: Any, sigma: float) -> Any:
    """A Gaussian blur of (h, w) or (h, w, c) float32, wide ones on a reduced copy."""
    times = max(1, int(sigma / 4))
    if times == 1:
        return cv2.GaussianBlur(values, (0, 0), sigma)
    height, width = values.shape[:2]
    small = cv2.resize(values, (max(1, width // times), max(1, height // times)), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (0, 0), sigma / times, borderType=cv2.BORDER_REFLECT)
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)


def correlation(one: Shades, other: Shades, valid: NDArray[np.bool_], sigma: float = 4.0) -> Shades:
    """(h, w), -1 to 1: normalised correlation of two grey pictures (levels of 255) in a Gaussian window, over valid pixels."""
    seen = valid.astype(np.float32)
    share = np.maximum(cv2.GaussianBlur(seen, (0, 0), sigma), np.float32(1e-4))

    def mean(values: Shades) -> Any:
        return cv2.GaussianBlur(values * seen, (0, 0), sigma) / share

    here, there = mean(one), mean(other)
    spreads = np.maximum(mean(one * one) - here * here, 0) + _NOISE, np.maximum(mean(other * other) - there * there, 0) + _NOISE
    return (mean(one * other) - here * there) / np.sqrt(spreads[0] * spreads[1])


def grey(colours: Any) -> Shades:
    """(h, w) of RGB (h, w, 3), both in levels of 255."""
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.float32)


def ring(hole: NDArray[np.bool_], reach: float) -> Shades:
    """(h, w): weights that fall off with the distance from the hole by e in `reach` pixels, 0 in it and beyond five times that.

    Without a hole they are the same everywhere.
    """
    if not hole.any():
        return np.ones(hole.shape, np.float32)
    away = cv2.distanceTransform((~hole).view(np.uint8), cv2.DIST_L2, 5)
    return np.where((away > 0) & (away < 5 * reach), np.exp(-away / reach), 0).astype(np.float32)


def texture(grey: Shades, sigma: float = 4.0) -> Shades:
    """(h, w): local standard deviation in levels of 255."""
    mean = blurred(grey, sigma)
    return np.sqrt(np.maximum(blurred(grey * grey, sigma) - mean * mean, 0))


def ring_score(
    target: Shades, warped: Shades, valid: NDArray[np.bool_], hole: NDArray[np.bool_], reach: float = 30.0
) -> tuple[float, Shades]:
    """The mean correlation of two grey pictures around a hole, textured places counting more, and the correlation (h, w), 0 where not valid."""
    alike = np.where(valid, correlation(target, warped, valid), np.float32(0))
    weight = ring(hole, reach) * np.clip(texture(np.where(hole, warped, target)) / 12, 0.1, 1)
    return float((alike * weight).sum() / max(float(weight.sum()), 1e-6)), alike
