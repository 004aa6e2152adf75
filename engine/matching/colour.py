"""A reference in the colours of the picture: an affine change of colour that varies slowly, fitted on a wide ring around the hole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.matching.warping import looked_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shades = NDArray[np.float32]

_CELL = 8
_OUTLIER = 0.01
"""Squared difference of colours in [0, 1] beyond which a pixel is of something else."""
_LEAST = 50


@dataclass(frozen=True, slots=True, eq=False)
class ColourChange:
    """Coefficients (h, w, c + 1, c) over a picture: colour (c) and 1, times these, is the new colour."""

    grid: Shades

    def at(self, at: Any, size: tuple[int, int]) -> Shades:
        """Coefficients (.., .., c + 1, c) at places (.., .., 2) of a picture of that size."""
        height, width, inputs, outputs = self.grid.shape
        scale = np.array([height, width], np.float32) / np.array(size, np.float32)
        spots = (at + np.float32(0.5)) * scale - np.float32(0.5)
        flat = self.grid.reshape(height, width, -1)
        # OpenCV takes four channels at most
        parts: list[Shades] = [looked_up(flat[..., first : first + 4], spots) for first in range(0, flat.shape[2], 4)]
        return np.concatenate([part.reshape(*spots.shape[:2], -1) for part in parts], -1).reshape(*spots.shape[:2], inputs, outputs)


def applied(colours: Shades, coefficients: Shades) -> Shades:
    """Colours (h, w, c) changed by coefficients (h, w, c + 1, c); clipped to [0, 1]."""
    changed = np.einsum("hwi,hwic->hwc", colours, coefficients[..., :-1, :]) + coefficients[..., -1, :]
    return np.clip(changed, 0, 1).astype(np.float32)


def colour_change(target: Shades, warped: Shades, weight: Shades, sigma: float) -> ColourChange:
    """What makes a warped reference look like the picture, both (h, w, c) in [0, 1].

    Args:
        target: the picture.
        warped: the reference.
        weight: (h, w), how much a pixel counts; 0 in the hole.
        sigma: pixels over which the change varies.
    """
    height, width, channels = target.shape
    whole = _whole(target, warped, weight)
    if whole is None:
        same = np.concatenate([np.eye(channels, dtype=np.float32), np.zeros((1, channels), np.float32)])
        return ColourChange(np.broadcast_to(same, (1, 1, channels + 1, channels)).copy())
    inputs = np.dstack([warped, np.ones((height, width), np.float32)])
    missed = ((inputs @ whole.astype(np.float32) - target) ** 2).sum(2)
    counts = weight / (1 + missed / _OUTLIER)
    size = (-(-height // _CELL), -(-width // _CELL))

    def spread(values: Any) -> Any:
        small = cv2.resize(values, size[::-1], interpolation=cv2.INTER_AREA)
        return cv2.GaussianBlur(small, (0, 0), max(0.3, sigma / _CELL), borderType=cv2.BORDER_CONSTANT)

    squares, products = np.empty((*size, channels + 1, channels + 1)), np.empty((*size, channels + 1, channels))
    for i in range(channels + 1):
        for j in range(i, channels + 1):
            squares[..., i, j] = squares[..., j, i] = spread(counts * inputs[..., i] * inputs[..., j])
        for c in range(channels):
            products[..., i, c] = spread(counts * inputs[..., i] * target[..., c])
    held = np.diag([0.02] * channels + [0.002])
    pull = (squares[..., channels, channels] + 0.002)[..., None, None]
    return ColourChange(np.linalg.solve(squares + pull * held, products + pull * (held @ whole)).astype(np.float32))


def _whole(target: Shades, warped: Shades, weight: Shades) -> NDArray[np.float64] | None:
    """One change (c + 1, c) for all, drawn towards a gain and an offset a channel; None where too little is seen."""
    seen = weight > 1e-3
    if seen.sum() < _LEAST:
        return None
    colours, wanted, counts = (values[seen].astype(np.float64) for values in (warped, target, weight))
    channels = colours.shape[1]
    begun = _gain(colours, wanted, counts)
    inputs = np.concatenate([colours, np.ones((len(colours), 1))], 1)
    held, now, change = np.diag([0.01] * channels + [0.001]), counts, begun
    for _ in range(4):
        weighted = inputs * now[:, None]
        change = np.linalg.solve(weighted.T @ inputs + held * now.sum(), weighted.T @ wanted + held @ begun * now.sum())
        now = counts / (1 + ((inputs @ change - wanted) ** 2).sum(1) / _OUTLIER)
    return change


def _gain(colours: NDArray[np.float64], wanted: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(c + 1, c): a gain and an offset a channel, so that means and deviations are those wanted."""
    means = [np.average(values, 0, counts) for values in (colours, wanted)]
    deviations = [np.sqrt(np.average((values - mean) ** 2, 0, counts)) for values, mean in zip((colours, wanted), means, strict=True)]
    gain = np.clip((deviations[1] + 0.02) / (deviations[0] + 0.02), 0.5, 2)
    return np.vstack([np.diag(gain), means[1] - gain * means[0]])
