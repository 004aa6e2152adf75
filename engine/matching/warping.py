"""A reference seen from where the picture was taken: a map gives for each pixel its place in the reference, and is sampled there.

Maps are (h, w, 2) float32, rows and columns in the reference's pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.matching.geometry import carried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.geometry import Window

    Map = NDArray[np.float32]

FINER = 1.3
"""A reference that has so many times the picture's pixels to an edge is reduced before it is sampled."""
_ROW, _LONGEST = 4096, 32766
"""Places a row, and the longest side, with which OpenCV looks up."""


def places(size: tuple[int, int]) -> Map:
    """(h, w, 2): each pixel's own place."""
    return np.stack(np.meshgrid(*(np.arange(length, dtype=np.float32) for length in size), indexing="ij"), -1)


def plane_map(plane: NDArray[np.float64], size: tuple[int, int]) -> Map:
    """The map of a homography."""
    return carried(plane, places(size).astype(np.float64)).astype(np.float32)


def looked_up(values: Any, at: Map) -> Any:
    """Values (h, w, ..) float32 at places (h', w', 2) or (n, 2), linear between pixels; beyond the edge as at the edge."""
    return _remapped(values, at, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)


def _remapped(values: Any, at: Map, how: int, border: int) -> Any:
    if at.ndim == 2 or max(at.shape[:2]) > _LONGEST:  # OpenCV takes no list, and no long side
        flat = at.reshape(-1, 2)
        rows = np.pad(flat, ((0, -len(flat) % _ROW), (0, 0))).reshape(-1, _ROW, 2)
        return _remapped(values, rows, how, border).reshape(-1, *values.shape[2:])[: len(flat)].reshape(*at.shape[:-1], *values.shape[2:])
    return cv2.remap(values, at[..., 1], at[..., 0], how, borderMode=border)


def steepness(there: Map) -> float:
    """How many pixels of the reference lie under a pixel, to an edge: the median over the map."""
    some = there[:: max(1, there.shape[0] // 64), :: max(1, there.shape[1] // 64)].astype(np.float64)
    if min(some.shape[:2]) < 2:
        return 1.0
    apart = max(1, there.shape[0] // 64), max(1, there.shape[1] // 64)
    down, across = np.diff(some, axis=0)[:, :-1] / apart[0], np.diff(some, axis=1)[:-1] / apart[1]
    area = np.abs(down[..., 0] * across[..., 1] - down[..., 1] * across[..., 0])
    return float(np.sqrt(np.median(area)))


def sampled(reference: Any, known: NDArray[np.bool_], there: Map) -> tuple[Any, NDArray[np.bool_]]:
    """The reference (H, W, c) float32 at a map (h, w, 2): (h, w, c), and where it is known there (h, w).

    Cubic between pixels; a finer reference is reduced first, so that nothing flickers.
    """
    inside = _inside(known, there)
    finer, at = steepness(there), there
    if finer > FINER or max(known.shape) > _LONGEST:
        finer = max(finer, max(known.shape) / _LONGEST)
        size = tuple(max(1, round(length / finer)) for length in known.shape)
        scale = np.array(known.shape, np.float32) / np.array(size, np.float32)
        reference = cv2.resize(reference, size[::-1], interpolation=cv2.INTER_AREA).reshape(*size, -1)
        at = (there + np.float32(0.5)) / scale - np.float32(0.5)
    size = np.array(reference.shape[:2], np.float32)
    # OpenCV reflects step by step, which takes long far outside, and for ever where there is but one pixel
    border = cv2.BORDER_REFLECT_101 if size.min() > 1 else cv2.BORDER_REPLICATE
    taken = _remapped(reference, np.clip(at, -size, 2 * size).astype(np.float32, copy=False), cv2.INTER_CUBIC, border)
    return np.asarray(taken, np.float32).reshape(*there.shape[:2], -1), inside


def _inside(known: NDArray[np.bool_], there: Map) -> NDArray[np.bool_]:
    height, width = known.shape
    within = (there >= 0).all(-1) & (there[..., 0] <= height - 1) & (there[..., 1] <= width - 1)
    if known.all():
        return within
    near = np.clip(np.rint(there), 0, [height - 1, width - 1]).astype(np.intp)
    solid = cv2.erode(known.view(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0  # a cubic looks at two pixels on each side
    return within & solid[near[..., 0], near[..., 1]]


@dataclass(frozen=True, slots=True, eq=False)
class FineMap:
    """The map of a part of the picture, to places in the reference at full size."""

    window: Window
    there: Map

    def at(self, places: NDArray[np.float64]) -> Map:
        """(h, w, 2): at places (h, w, 2) of the picture."""
        scale, corner = np.array(self.window.scale), np.array([self.window.box.top, self.window.box.left])
        return looked_up(self.there, ((places - corner + 0.5) / scale - 0.5).astype(np.float32))


def places_of(window: Window) -> NDArray[np.float64]:
    """(h, w, 2): the place in the picture of each pixel of a window."""
    down, across = window.scale
    rows = (np.arange(window.size[0]) + 0.5) * down - 0.5 + window.box.top
    columns = (np.arange(window.size[1]) + 0.5) * across - 0.5 + window.box.left
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), -1).astype(np.float64)
