"""Tiles of what lies over a photograph, drawn once at the size they are seen and kept: moving the picture only moves them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from app.view.pooled import Grid
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

TILE = 256
"""Side in device pixels."""

KEPT = 512
"""Tiles; 128 MB where each of them shows something."""


@dataclass(frozen=True, slots=True)
class Look:
    """All that decides how something painted looks, beside where it is painted."""

    zoom: float
    ratio: float
    style: object = None

    @property
    def grid(self) -> Grid:
        """Device pixels counted from the picture's corner."""
        return Grid(0, 0, self.zoom)


Draw: TypeAlias = Callable[[Box, Look], NDArray[np.uint32] | None]
"""Premultiplied ARGB of a box of device pixels, counted from the picture's corner; None where there is nothing."""


class Drawn:
    """The tiles of one layer."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._look: Look | None = None
        self._tiles: dict[Box, QImage | None] = {}

    def paint(self, painter: QPainter, region: Box, origin: tuple[int, int], look: Look) -> None:
        """Paint what a region of device pixels shows; `origin` is where the picture's corner lies, row and column."""
        if look != self._look or len(self._tiles) > KEPT:
            self._tiles.clear()
            self._look = look
        for tile in _tiles(region.moved(-origin[0], -origin[1])):
            if tile not in self._tiles:
                self._tiles[tile] = _image(self._draw(tile, look))
            image = self._tiles[tile]
            if image is not None:
                painter.drawImage(tile.left + origin[1], tile.top + origin[0], image)

    def forget(self, box: Box | None = None, rim: int = 0) -> None:
        """Draw tiles anew that show something of a box of the picture or lie so many device pixels around it; None: all."""
        if box is None or self._look is None:
            self._tiles.clear()
            return
        for tile in _tiles(self._look.grid.pixels(box).grown(rim, rim)):
            self._tiles.pop(tile, None)


def _tiles(region: Box) -> Iterator[Box]:
    """The tiles that a region touches."""
    for top in range(region.top // TILE * TILE, region.bottom, TILE):
        for left in range(region.left // TILE * TILE, region.right, TILE):
            yield Box(top, left, TILE, TILE)


def _image(pixels: NDArray[np.uint32] | None) -> QImage | None:
    if pixels is None:
        return None
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
