"""Control points over a picture: numbered rings, and a loupe over the one that is being set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPainterPath

from app.view import marks
from app.view.canvas import strokes
from app.view.canvas.backdrop import surround
from app.view.canvas.viewport import Viewport
from app.view.theme import RANKS, WHITE, current
from engine.geometry import Box

if TYPE_CHECKING:
    from app.display import Display
    from app.toolbox import Toolbox
    from app.view.canvas.pane import Pane
    from app.view.canvas.point_tool import Mark, PointTool
    from app.view.canvas.side import Half

RADIUS, INNER = 7.0, 1.7
"""Of a point's ring, and of the dot in its middle."""

AROUND = 4.0
"""From the ring of a point to that of the one last touched."""

REACH = 44
"""Device-independent pixels around a place that its ring and number take at most."""

LOUPE, ZOOM, AWAY = 96, 2.0, 84
"""Side of the loupe, how many device pixels it shows a pixel at least, and how far above the pointer it stands."""


class PointMarks(QObject):
    """Draws the points of the chosen reference, in one of the views, while they are worked on."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, half: Half, pane: Pane, tool: PointTool, toolbox: Toolbox, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._half, self._pane, self._tool, self._toolbox, self._display = half, pane, tool, toolbox, display
        self._drawn: list[tuple[Mark, bool]] = []
        tool.changed.connect(self._changed)
        toolbox.changed.connect(self._changed)
        display.changed.connect(self._changed)

    def _marks(self) -> list[tuple[Mark, bool]]:
        """What is to be drawn, and which of it was touched last."""
        worked_on = self._toolbox.tool == "points" or self._display.page == "reference"
        if not worked_on or self._display.original_held:
            return []
        at_work = self._toolbox.tool == "points"
        return [(one, at_work and self._tool.touched == (one.number, one.half)) for one in self._tool.marks() if one.half == self._half]

    @Slot()
    def _changed(self) -> None:
        before, self._drawn = self._drawn, self._marks()
        for mark, _ in {*before} ^ {*self._drawn}:
            row, column = math.floor(mark.spot[0]), math.floor(mark.spot[1])
            self.stale.emit(Box(row, column, 1, 1), AWAY + LOUPE if mark.kind == "held" else REACH)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows."""
        del ratio
        if not self._drawn:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(clip).adjusted(-REACH, -REACH, REACH, REACH)
        for mark, touched in self._drawn:
            place = QPointF(*viewport.to_widget(*mark.spot))
            if room.contains(place):
                _paint_mark(painter, place, mark, touched=touched)
        held = next((mark for mark, _ in self._drawn if mark.kind == "held"), None)
        if held is not None:
            self._paint_loupe(painter, viewport, held)

    def _paint_loupe(self, painter: QPainter, viewport: Viewport, mark: Mark) -> None:
        """What lies around a point, larger, where the pointer does not hide it."""
        x, y = viewport.to_widget(*mark.spot)
        rect = _loupe_at(viewport, x, y)
        shown, centre = self._magnified(viewport, mark)
        painter.save()
        path = QPainterPath()
        path.addEllipse(rect)
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.drawImage(rect, shown)
        painter.restore()
        strokes.ring(painter, rect.center(), LOUPE / 2, _colour(mark.number))
        strokes.sight(painter, rect.topLeft() + centre)

    def _magnified(self, viewport: Viewport, mark: Mark) -> tuple[QImage, QPointF]:
        """The picture around a point, and where in it the point lies."""
        ratio = viewport.ratio
        zoom = max(ZOOM, 2 * viewport.zoom if viewport.zoom > 1 else ZOOM)
        scale = zoom / ratio
        left, top = LOUPE / 2 - mark.spot[1] * scale, LOUPE / 2 - mark.spot[0] * scale
        view = Viewport(viewport.size, LOUPE, LOUPE, scale, left, top, ratio)
        across = round(LOUPE * ratio)
        image = QImage(across, across, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(surround(current(), self._display.surround))
        brush = QPainter(image)
        self._pane.draw(brush, view, QRect(0, 0, across, across))
        brush.end()
        return image, QPointF(*view.to_widget(*mark.spot))


def _loupe_at(viewport: Viewport, x: float, y: float) -> QRectF:
    """Above the pointer; below it where there is no room above, and always within the canvas."""
    above = y - AWAY - LOUPE / 2 >= 0
    half = LOUPE / 2 + 3
    middle_x = min(max(x, half), max(viewport.width - half, half))
    middle_y = y - AWAY if above else y + AWAY
    return QRectF(round(middle_x) - LOUPE / 2, round(middle_y) - LOUPE / 2, LOUPE, LOUPE)


def _paint_mark(painter: QPainter, place: QPointF, mark: Mark, *, touched: bool) -> None:
    """A ring with its number; only proposed, it is hollow and dashed."""
    colour = _colour(mark.number)
    if mark.kind == "proposed":
        strokes.ring(painter, place, RADIUS, colour, dashed=True)
        return
    if touched:
        strokes.ring(painter, place, RADIUS + AROUND, WHITE)
    strokes.ring(painter, place, RADIUS, colour, dashed=mark.number > len(RANKS))
    strokes.dot(painter, place, INNER, colour)
    _paint_number(painter, place, mark.number, RADIUS + (AROUND if touched else 0))


def _paint_number(painter: QPainter, place: QPointF, number: int, radius: float) -> None:
    """At the upper left of a ring; where the canvas ends there, at the other side."""
    font = QGuiApplication.font()
    size = marks.badge_size(number, font)
    left, top = place.x() - radius - 3 - size.width(), place.y() - 1 - size.height()
    if left < 0:
        left = place.x() + radius + 3
    if top < 0:
        top = place.y() + 1
    marks.badge(painter, QPointF(round(left), round(top)), number, font)


def _colour(number: int) -> str:
    return QColor(RANKS[(number - 1) % len(RANKS)]).name()
