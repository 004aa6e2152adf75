"""Tiles of what lies over a photograph, drawn once at the size they are seen and kept: moving the picture only moves them."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from app.view.canvas import contour
from app.view.canvas.pooled import Grid, Pooled
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from PySide6.QtCore import QRect

    from app.view.canvas.viewport import Viewport

TILE = 256
"""Side in device pixels."""

KEPT = 256
"""Tiles; 64 MB where each of them shows something."""


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


@dataclass(frozen=True, slots=True)
class Seen:
    """A part of a canvas, in device pixels."""

    region: Box
    top: int
    """Where the picture's corner lies."""
    left: int
    look: Look

    def styled(self, style: object) -> Seen:
        """The same, to be drawn in that style."""
        return replace(self, look=replace(self.look, style=style))


@contextmanager
def device(painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> Generator[Seen]:
    """Paint in device pixels for a while."""
    top, left = math.floor(clip.top() * ratio), math.floor(clip.left() * ratio)
    bottom, right = math.ceil((clip.bottom() + 1) * ratio), math.ceil((clip.right() + 1) * ratio)
    region = Box(top, left, max(1, bottom - top), max(1, right - left))
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    yield Seen(region, round(viewport.y * ratio), round(viewport.x * ratio), Look(viewport.zoom, ratio))
    painter.restore()


Draw: TypeAlias = Callable[[Box, Look], NDArray[np.uint32] | None]
"""Premultiplied ARGB of a box of device pixels, counted from the picture's corner; None where there is nothing."""


class Drawn:
    """The tiles of one layer."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._look: Look | None = None
        self._tiles: dict[Box, QImage | None] = {}

    def paint(self, painter: QPainter, seen: Seen) -> None:
        """Paint what is seen, in device pixels."""
        if seen.look != self._look or len(self._tiles) > KEPT:
            self._tiles.clear()
            self._look = seen.look
        for tile in _tiles(seen.region.moved(-seen.top, -seen.left)):
            if tile not in self._tiles:
                self._tiles[tile] = _image(self._draw(tile, seen.look))
            image = self._tiles[tile]
            if image is not None:
                painter.drawImage(tile.left + seen.left, tile.top + seen.top, image)

    def forget(self, box: Box | None = None, rim: int = 0) -> None:
        """Draw tiles anew that show something of a box of the picture or lie so many device-independent pixels around it; None: all."""
        if box is None or self._look is None:
            self._tiles.clear()
            return
        around = math.ceil(rim * self._look.ratio)
        for tile in _tiles(self._look.grid.pixels(box).grown(around, around)):
            self._tiles.pop(tile, None)


class Outlined:
    """The outline of a part of the picture that stays as it is."""

    def __init__(self, box: Box, coverage: NDArray[np.uint8]) -> None:
        self.box, self.coverage = box, coverage
        self.corner = corner(coverage, box)
        self._pooled = Pooled(lambda: coverage)
        self._drawn = Drawn(self._tile)

    def paint(self, painter: QPainter, seen: Seen) -> None:
        """Paint what is seen, in device pixels."""
        self._drawn.paint(painter, seen)

    def _tile(self, at: Box, look: Look) -> NDArray[np.uint32] | None:
        return contour.tile(self._pooled, at, look.grid.moved(self.box), look.ratio, "none")


def corner(coverage: NDArray[np.uint8], box: Box) -> tuple[int, int]:
    """Row and column of a place at the upper right of what a box's coverage covers."""
    step = max(1, max(coverage.shape) // 128)
    rows, columns = np.nonzero(coverage[::step, ::step])
    if not len(rows):
        return box.top, box.right
    at = int((columns - rows).argmax())
    return box.top + int(rows[at]) * step, box.left + int(columns[at]) * step


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
