"""From which patches the cell that is looked at was made: outlines in the photograph, by rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPainter

from app.view import marks
from app.view.canvas import inset, strokes
from app.view.theme import RANKS, WHITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from app.view.canvas.looked_cell import LookedCell
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box

LEAST = 14.0
"""Device-independent pixels across the outline of a patch, however small the patch is seen."""


STEPS = 6
"""Places for a number on each side of the middle of a patch whose corners are taken."""


class _Placed(NamedTuple):
    """A patch as it is marked on the canvas."""

    rank: int
    at: QRectF
    part: tuple[Box, QImage, Box] | None
    """What `inset.paint` shows of it; None where it is in view."""


class RetrievedMarks(QObject):
    """Draws the cell that is looked at in white, and what it was made from in the colours of the ranks, each with its number."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, looked: LookedCell, excerpt: Callable[[Box], tuple[QImage, Box] | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looked, self._excerpt = looked, excerpt
        self._state: object = None
        looked.changed.connect(self._changed)

    @Slot()
    def _changed(self) -> None:
        looked = self._looked
        strengths = tuple(looked.strength(one.rank) for one in looked.retrievals)
        state = looked.found and (looked.found, strengths, looked.foremost)
        if state != self._state:
            self._state = state
            self.stale.emit(None, 0)  # patches lie all over the photograph, and small pictures at the edges of the canvas

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw it; what part of the canvas is painted anew does not matter."""
        del clip, ratio
        box = self._looked.box
        if box is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        canvas = QRectF(0, 0, viewport.width, viewport.height)
        cell = _outline(viewport, box)
        places = self._places(viewport, canvas, [cell])
        self._paint_arrow(painter, cell, places)
        for place in sorted(places, key=lambda one: (one.rank == self._looked.foremost, -one.rank)):
            painter.setOpacity(self._looked.strength(place.rank))
            if place.part is not None:
                inset.paint(painter, place.at, *place.part)
            strokes.square(painter, place.at, _colour(place.rank))
        painter.setOpacity(self._looked.opacity)
        strokes.square(painter, cell, WHITE)
        self._paint_numbers(painter, canvas, cell, places)

    def _places(self, viewport: Viewport, canvas: QRectF, taken: list[QRectF]) -> list[_Placed]:
        """Each rank with where its patch is marked; what is out of view has a small picture at the edge."""
        found: list[_Placed] = []
        for rank, box, _ in self._looked.retrievals:
            at, part = _outline(viewport, box), None
            seen = canvas.intersected(at)
            if min(seen.width(), seen.height()) < LEAST / 2:
                at, around = inset.place(at.center(), canvas, taken), inset.around(box)
                excerpt = self._excerpt(around)
                part = (around, *excerpt) if excerpt else None
            taken.append(at)
            found.append(_Placed(rank, at, part))
        return found

    def _paint_arrow(self, painter: QPainter, cell: QRectF, places: list[_Placed]) -> None:
        """From the foremost patch."""
        for rank, at, _ in places:
            if rank == self._looked.foremost and not at.intersects(cell):
                painter.setOpacity(self._looked.strength(rank))
                strokes.arrow(painter, strokes.rim(at, cell.center()), strokes.rim(cell, at.center()), _colour(rank))

    def _paint_numbers(self, painter: QPainter, canvas: QRectF, cell: QRectF, places: list[_Placed]) -> None:
        """At a corner of each patch, where nothing else that counts is hidden."""
        font, taken = QGuiApplication.font(), [cell, *(at for _, at, _ in places)]
        for rank, at, _ in places:
            painter.setOpacity(self._looked.strength(rank))
            spot = _corner(at, marks.badge_size(rank + 1, font), canvas, taken)
            taken.append(marks.badge(painter, spot, rank + 1, font, _colour(rank)))


def _corner(at: QRectF, size: QSizeF, canvas: QRectF, taken: list[QRectF]) -> QPointF:
    """Where a number stands: outside one of the corners, else as near as there is room, wholly in the canvas and over nothing else."""
    gap = strokes.COLOUR_LINE[1] / 2
    left, right = at.left() - gap, at.right() + gap - size.width()
    above, below = at.top() - gap - size.height(), at.bottom() + gap
    near = [QPointF(x, y) for y in (above, below) for x in (left, right)]
    rects = [QRectF(QPointF(round(spot.x()), round(spot.y())), size) for spot in (*near, *_round(at, size))]
    inside = [one for one in rects if canvas.contains(one)] or rects
    return next((one for one in inside if not any(one.intersects(other) for other in taken)), inside[0]).topLeft()


def _round(at: QRectF, size: QSizeF) -> list[QPointF]:
    """Places around a patch and on it, the nearest to its middle first."""
    steps = [(number - STEPS) / STEPS for number in range(2 * STEPS + 1)]
    reach = at.width() / 2 + 2.5 * size.width(), at.height() / 2 + 2.5 * size.height()
    spots = [QPointF(reach[0] * across, reach[1] * down) for down in steps for across in steps]
    middle = at.center() - QPointF(size.width() / 2, size.height() / 2)
    return [middle + spot for spot in sorted(spots, key=lambda spot: spot.manhattanLength())]


def _outline(viewport: Viewport, box: Box) -> QRectF:
    """Where a patch is outlined: around its pixels, on whole pixels of the device, large enough to be seen."""
    at, ratio = viewport.rect(box), viewport.ratio
    more = max(LEAST - at.width(), 0.0) / 2, max(LEAST - at.height(), 0.0) / 2
    at = at.adjusted(-more[0], -more[1], more[0], more[1])
    left, top, right, bottom = (round(one * ratio) / ratio for one in (at.left(), at.top(), at.right(), at.bottom()))
    return QRectF(left, top, right - left, bottom - top)


def _colour(rank: int) -> str:
    return QColor(RANKS[rank % len(RANKS)]).name()
