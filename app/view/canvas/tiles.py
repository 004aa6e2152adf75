"""A photograph drawn by tiles: what the canvas shows is turned into images once and kept, as far as memory is set aside for it."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.view.canvas.colours import Colours
    from app.view.canvas.pyramid import Pyramid, Variant
    from app.view.canvas.viewport import Viewport

SIDE = 512
"""Pixels of a level that a tile has; one more around them is kept, for smooth drawing up to the edge."""

ROOM = 64 << 20
"""Bytes of tiles that are kept, or twice those in view where that is more."""

NEAREST = 2.0
"""From this zoom on, pixels are drawn as squares."""

CURRENT = "current"

Key: TypeAlias = tuple[str, int, int, int]
"""A tile: of what it is, level, row and column of the grid."""


class Tiles:
    """The tiles of a photograph: as it is now, and of other states of it ("sights") where they differ."""

    def __init__(self, pyramid: Pyramid, colours: Colours, *, alpha: bool) -> None:
        self.pyramid, self.alpha = pyramid, alpha
        self._colours = colours
        self._variants: dict[str, Variant] = {}
        self._kept: OrderedDict[Key, QImage] = OrderedDict()
        self._bytes = 0
        self._room = ROOM

    @property
    def nbytes(self) -> int:
        """Memory that the kept tiles take."""
        return self._bytes

    # What is kept

    def set_colours(self, colours: Colours) -> None:
        """Draw for another screen."""
        self._colours = colours
        self._forget(list(self._kept))

    def set_variant(self, sight: str, variant: Variant | None) -> None:
        """Another state of the photograph to be drawn under that name, or none any more."""
        self._forget([key for key in self._kept if key[0] == sight])
        if variant is None:
            self._variants.pop(sight, None)
        else:
            self._variants[sight] = variant

    def refresh(self, box: Box) -> None:
        """The photograph changed there."""
        self.pyramid.refresh(box)
        self._forget([key for key in self._kept if self._covered(key).common(self.pyramid.seen(key[1], box))])

    def _forget(self, keys: list[Key]) -> None:
        for key in keys:
            self._bytes -= self._kept.pop(key).sizeInBytes()

    def _covered(self, key: Key) -> Box:
        """The pixels of its level that a tile holds, with the one more around them."""
        _, level, row, column = key
        box = Box(row * SIDE, column * SIDE, SIDE, SIDE).grown(1, 1).common(Box.whole(self.pyramid.sizes[level]))
        assert box is not None
        return box

    def _image(self, key: Key) -> QImage:
        """A tile, made where it is not kept."""
        image = self._kept.get(key)
        if image is None:
            sight, level = key[:2]
            source = self.pyramid if sight == CURRENT else self._variants[sight]
            image = self._colours.image(source.part(level, self._covered(key)), premultiplied=level > 0)
            self._kept[key] = image
            self._bytes += image.sizeInBytes()
        self._kept.move_to_end(key)
        return image

    def _tidy(self) -> None:
        while self._bytes > self._room:
            _, image = self._kept.popitem(last=False)
            self._bytes -= image.sizeInBytes()

    # Drawing

    def draw(self, painter: QPainter, view: Viewport, clip: QRect, sight: str = CURRENT, until: float = math.inf) -> bool:
        """Draw what a part of the canvas shows.

        Args:
            painter: in device pixels.
            view: where the photograph lies.
            clip: the part, in device pixels.
            sight: which state of the photograph.
            until: when, on the performance counter, to leave off making tiles and draw coarser ones that are there.

        Returns:
            Whether everything was drawn as finely as it can be.
        """
        sheet = _Sheet(self.pyramid.sizes, view)
        complete = True
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.zoom < NEAREST)
        for row, column in sheet.tiles(clip):
            target = sheet.target(row, column).intersected(clip)
            key = self._key(sight, sheet.level, row, column)
            late = key not in self._kept and time.perf_counter() > until
            complete = complete and not late
            self._paint(painter, sheet, self._coarser(key) if late else key, target)
        painter.restore()
        self._room = max(ROOM, self._room, 2 * sheet.count * 4 * (SIDE + 2) ** 2)
        self._tidy()
        return complete

    def _key(self, sight: str, level: int, row: int, column: int) -> Key:
        """The tile to be drawn: that of the photograph as it is now, unless another state differs there."""
        if sight in self._variants and self._variants[sight].differs(level, self._covered((sight, level, row, column))):
            return sight, level, row, column
        return CURRENT, level, row, column

    def _coarser(self, key: Key) -> Key:
        """The finest tile that is there, or can be made quickly, and covers one that is not."""
        sight, level, row, column = key
        while row or column or max(self.pyramid.sizes[level]) > SIDE:
            level, row, column = level + 1, row // 2, column // 2
            if (sight, level, row, column) in self._kept:
                break
        return sight, level, row, column

    def _paint(self, painter: QPainter, sheet: _Sheet, key: Key, target: QRect) -> None:
        if target.isEmpty():
            return
        image, held = self._image(key), self._covered(key)
        step = sheet.step(key[1])
        if step == 1.0:
            corner = QPoint(target.left() - sheet.x - held.left, target.top() - sheet.y - held.top)
            painter.drawImage(target.topLeft(), image, QRect(corner, target.size()))
            return
        if step >= NEAREST:
            _paint_squares(painter, image, held, sheet, step, target)
            return
        painter.setClipRect(target)
        source = QRectF(0, 0, held.width, held.height)
        where = QRectF(sheet.x + held.left * step, sheet.y + held.top * step, held.width * step, held.height * step)
        painter.drawImage(where, image, source)


def edge(position: float, step: float) -> int:
    """Where a pixel of a picture begins, in device pixels: every square and every line between squares stands there."""
    return math.floor(position * step + 0.5)


def _paint_squares(painter: QPainter, image: QImage, held: Box, sheet: _Sheet, step: float, target: QRect) -> None:
    """Draw pixels as squares of whole device pixels: Qt's own scaling sets their edges up to a pixel off."""
    rows, down = _runs(target.top() - sheet.y, target.bottom() + 1 - sheet.y, step, held.top, held.bottom)
    columns, across = _runs(target.left() - sheet.x, target.right() + 1 - sheet.x, step, held.left, held.right)
    flat = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    part = flat[rows - held.top : rows - held.top + len(down), columns - held.left : columns - held.left + len(across)]
    squares = part.repeat(across, axis=1).repeat(down, axis=0)
    height, width = squares.shape
    painter.drawImage(target.topLeft(), QImage(squares.data, width, height, 4 * width, image.format()))


def _runs(begin: int, beyond: int, step: float, first: int, last: int) -> tuple[int, NDArray[np.int64]]:
    """The first pixel that is seen between two places, and how many device pixels of each are."""
    pixels = np.arange(max(math.floor(begin / step) - 1, first), min(math.ceil(beyond / step) + 1, last) + 1)
    edges = np.clip(np.floor(pixels * step + 0.5).astype(np.int64), begin, beyond)
    return int(pixels[0]), np.diff(edges)


class _Sheet:
    """How the levels of a pyramid lie on the canvas, in device pixels. Edges of tiles fall on whole ones, so that none shows."""

    def __init__(self, sizes: list[tuple[int, int]], view: Viewport) -> None:
        self.x, self.y = round(view.left * view.ratio), round(view.top * view.ratio)
        self._zoom = view.zoom
        finest = math.floor(math.log2(1 / view.zoom) + 1e-9)
        self.level = min(max(finest, 0), len(sizes) - 1)
        (height, width), (rows, columns) = sizes[0], sizes[self.level]
        self._frame = QRect(self.x, self.y, max(edge(width, view.zoom), 1), max(edge(height, view.zoom), 1))
        self._rows, self._columns = math.ceil(rows / SIDE), math.ceil(columns / SIDE)
        whole = QRect(0, 0, math.ceil(view.width * view.ratio), math.ceil(view.height * view.ratio))
        self.count = sum(1 for _ in self.tiles(whole))
        """Tiles in view."""

    def step(self, level: int) -> float:
        """Device pixels that a pixel of a level has."""
        return self._zoom * (1 << level)

    def tiles(self, clip: QRect) -> Iterator[tuple[int, int]]:
        """Row and column of each tile that is drawn in a part of the canvas."""
        clip = clip.intersected(self._frame)
        side = SIDE * self.step(self.level)
        if clip.isEmpty():
            return
        rows = self._span(clip.top() - self.y, clip.bottom() + 1 - self.y, side, self._rows)
        columns = self._span(clip.left() - self.x, clip.right() + 1 - self.x, side, self._columns)
        yield from ((row, column) for row in rows for column in columns)

    @staticmethod
    def _span(first: int, beyond: int, side: float, count: int) -> range:
        return range(max(math.floor((first - 1) / side), 0), min(math.ceil((beyond + 1) / side), count))

    def target(self, row: int, column: int) -> QRect:
        """Where a tile is drawn."""
        side = SIDE * self.step(self.level)
        frame = self._frame
        top, left = self.y + edge(row, side), self.x + edge(column, side)
        bottom = self.y + edge(row + 1, side) if row + 1 < self._rows else frame.bottom() + 1
        right = self.x + edge(column + 1, side) if column + 1 < self._columns else frame.right() + 1
        return QRect(left, top, right - left, bottom - top)
