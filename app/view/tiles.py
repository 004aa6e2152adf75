"""A photograph drawn by tiles: what the canvas shows is turned into images once and kept, as far as memory is set aside for it."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QPainter

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage

    from app.view.colours import Colours
    from app.view.pyramid import Pyramid, Variant
    from app.view.viewport import Viewport

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
        part = sheet.needed(key[1], target).common(held)
        if part is None:
            return
        painter.setClipRect(target)
        source = QRectF(part.left - held.left, part.top - held.top, part.width, part.height)
        where = QRectF(sheet.x + part.left * step, sheet.y + part.top * step, part.width * step, part.height * step)
        painter.drawImage(where, image, source)


class _Sheet:
    """How the levels of a pyramid lie on the canvas, in device pixels. Edges of tiles fall on whole ones, so that none shows."""

    def __init__(self, sizes: list[tuple[int, int]], view: Viewport) -> None:
        self.x, self.y = round(view.left * view.ratio), round(view.top * view.ratio)
        self._zoom = view.zoom
        finest = math.floor(math.log2(1 / view.zoom) + 1e-9)
        self.level = min(max(finest, 0), len(sizes) - 1)
        (height, width), (rows, columns) = sizes[0], sizes[self.level]
        self._frame = QRect(self.x, self.y, max(round(width * view.zoom), 1), max(round(height * view.zoom), 1))
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
        top, left = self.y + round(row * side), self.x + round(column * side)
        bottom = self.y + round((row + 1) * side) if row + 1 < self._rows else frame.bottom() + 1
        right = self.x + round((column + 1) * side) if column + 1 < self._columns else frame.right() + 1
        return QRect(left, top, right - left, bottom - top)

    def needed(self, level: int, target: QRect) -> Box:
        """The pixels of a level that a part of the canvas is drawn from, with one more around them for smoothness."""
        step = self.step(level)
        top, left = math.floor((target.top() - self.y) / step), math.floor((target.left() - self.x) / step)
        bottom, right = math.ceil((target.bottom() + 1 - self.y) / step), math.ceil((target.right() + 1 - self.x) / step)
        return Box(top, left, bottom - top, right - left).grown(1, 1)
