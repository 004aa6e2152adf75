"""Smaller views of what is painted, in which nothing painted is lost: a hair of one pixel stays seen however far one zooms out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ROUGH = 64
"""How many pixels a view may have along its longer side that is searched as a whole."""

COARSER = 4
"""How many levels further up one looks whether there is anything at all."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How the pixels of a device lie over a picture."""

    top: float
    """Device row of the picture's first row."""
    left: float
    zoom: float
    """Device pixels that a pixel of the picture has."""

    def moved(self, box: Box) -> Grid:
        """The grid over a part of the picture, whose corner is that of a box."""
        return Grid(self.top + box.top * self.zoom, self.left + box.left * self.zoom, self.zoom)

    def coarser(self, by: float) -> Grid:
        """Pixels so many times larger."""
        return Grid(self.top / by, self.left / by, self.zoom / by)

    def pixels(self, box: Box) -> Box:
        """All device pixels that show something of a box of the picture."""
        top, left = math.floor(self.top + box.top * self.zoom), math.floor(self.left + box.left * self.zoom)
        bottom, right = math.ceil(self.top + box.bottom * self.zoom), math.ceil(self.left + box.right * self.zoom)
        return Box(top, left, bottom - top, right - left)


class Pooled:
    """Views of an array of bytes at half, a quarter, ... of its size: of each four pixels the largest, and their mean."""

    def __init__(self, read: Callable[[], NDArray[np.uint8]]) -> None:
        self._read = read
        self._most: list[NDArray[np.uint8]] = []
        self._mean: list[NDArray[np.uint8]] = []
        self._whole = Box.whole(read().shape)
        size = self._whole.size
        while max(size) > 1:
            size = (size[0] + 1) // 2, (size[1] + 1) // 2
            self._most.append(np.zeros(size, np.uint8))
            self._mean.append(np.zeros(size, np.uint8))
        if read().any():
            self.refresh(self._whole)

    def refresh(self, box: Box) -> None:
        """Look again at a box of the array, where it was written."""
        most = mean = self._read()
        for most_above, mean_above in zip(self._most, self._mean, strict=True):
            top, left = box.top // 2, box.left // 2
            below = slice(2 * top, 2 * ((box.bottom + 1) // 2)), slice(2 * left, 2 * ((box.right + 1) // 2))
            box = Box(top, left, (box.bottom + 1) // 2 - top, (box.right + 1) // 2 - left)
            most_above[box.slices] = _largest(most[below])
            mean_above[box.slices] = _mean(mean[below])
            most, mean = most_above, mean_above

    @property
    def box(self) -> Box | None:
        """Around everything that is not 0, roughly; None where there is nothing."""
        k = next(k for k in range(len(self._most) + 1) if max(self._largest(k).shape) <= ROUGH)
        found, side = Box.around(self._largest(k)), 1 << k
        return found and Box(found.top * side, found.left * side, found.height * side, found.width * side).common(self._whole)

    @property
    def largest(self) -> int:
        """The largest value there is."""
        return int(self._largest(len(self._most)).max())

    def holds(self, value: int) -> bool:
        """Whether a value that is not 0 stands anywhere; found soon where it is no less than what stands around it."""
        return any(bool((self._largest(k) == value).any()) for k in range(len(self._most), -1, -1)) if self.largest >= value else False

    def any(self, at: Box, grid: Grid) -> bool:
        """Whether a box of the device may show anything but 0."""
        k = min(max(0, math.ceil(-math.log2(grid.zoom))) + COARSER, len(self._most))
        level, side = self._largest(k), grid.zoom * (1 << k)
        rows = _between((at.top - grid.top) / side, (at.bottom - grid.top) / side, level.shape[0])
        columns = _between((at.left - grid.left) / side, (at.right - grid.left) / side, level.shape[1])
        return bool(level[rows, columns].any())

    def most(self, at: Box, grid: Grid) -> NDArray[np.uint8]:
        """A box of the device: for each pixel the largest near it, so that nothing is left out; 0 outside the array."""
        k = min(max(0, math.ceil(-math.log2(grid.zoom) - 1e-9)), len(self._most))
        return _laid(self._largest(k), at, grid, grid.zoom * (1 << k), cv2.INTER_NEAREST)

    def mean(self, at: Box, grid: Grid) -> NDArray[np.uint8]:
        """A box of the device: each pixel the mean of what it shows."""
        k = min(max(0, math.floor(-math.log2(grid.zoom) + 1e-9)), len(self._mean))
        return _laid(self._mean[k - 1] if k else self._read(), at, grid, grid.zoom * (1 << k), cv2.INTER_LINEAR)

    def _largest(self, k: int) -> NDArray[np.uint8]:
        return self._most[k - 1] if k else self._read()


def _between(start: float, end: float, length: int) -> slice:
    return slice(max(math.floor(start), 0), max(min(math.ceil(end), length), 0))


def _laid(level: NDArray[np.uint8], at: Box, grid: Grid, side: float, how: int) -> NDArray[np.uint8]:
    """What a box of the device shows of a view whose pixels are so large; 0 outside."""
    rows = _between((at.top - grid.top) / side - 2, (at.bottom - grid.top) / side + 2, level.shape[0])
    columns = _between((at.left - grid.left) / side - 2, (at.right - grid.left) / side + 2, level.shape[1])
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return np.zeros(at.size, np.uint8)
    part = level[rows, columns]
    if part.min() == part.max() and (part[0, 0] == 0 or _fits(at, grid, side, level.shape)):
        return np.full(at.size, part[0, 0])
    down, across = (at.top + 0.5 - grid.top) / side - 0.5 - rows.start, (at.left + 0.5 - grid.left) / side - 0.5 - columns.start
    to_view = np.array([[1 / side, 0.0, across], [0.0, 1 / side, down]])
    return np.asarray(cv2.warpAffine(part, to_view, (at.width, at.height), flags=how | cv2.WARP_INVERSE_MAP), np.uint8)


def _fits(at: Box, grid: Grid, side: float, size: tuple[int, ...]) -> bool:
    """Whether a box of the device lies within a view, and a pixel of it from its edge."""
    above, before = (at.top - grid.top) / side, (at.left - grid.left) / side
    below, after = (at.bottom - grid.top) / side, (at.right - grid.left) / side
    return min(above, before) >= 1 and below <= size[0] - 1 and after <= size[1] - 1


def _even(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With a last row and column of 0 where their number is odd."""
    height, width = part.shape
    return np.pad(part, ((0, height % 2), (0, width % 2))) if height % 2 or width % 2 else part


def _largest(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    part = _even(part)
    rows = np.maximum(part[::2], part[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def _mean(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    part = _even(part)
    return np.asarray(cv2.resize(part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA), np.uint8)
