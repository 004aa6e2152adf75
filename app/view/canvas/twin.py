"""Linked pointers: where the pointer is in one of two views, a ring-cross marks the same place in the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, Signal, Slot
from PySide6.QtGui import QPainter

from app.view.canvas import strokes
from engine.geometry import Box

if TYPE_CHECKING:
    from app.view.canvas.aim import Aim
    from app.view.canvas.link import Spot
    from app.view.canvas.side import Half, Side
    from app.view.canvas.viewport import Viewport

REACH = int(strokes.SIGHT_ARMS[1]) + 3


class Twin(QObject):
    """Draws the other view's pointer; nothing where nobody knows what matches."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, half: Half, side: Side, aim: Aim, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._half: Half = half
        self._side, self._aim = side, aim
        self._drawn: Spot | None = None
        for signal in (side.changed, side.moved, side.pointed, aim.changed):
            signal.connect(self._changed)

    @property
    def _spot(self) -> Spot | None:
        side = self._side
        if not side.shown:
            return None
        if self._half == "here":
            return side.link.here(side.pointer) if side.pointer else None
        size, place = side.size("here"), self._aim.place
        over = place is not None and size is not None and 0 <= place[0] < size[0] and 0 <= place[1] < size[1]
        return side.link.there(place) if over and place is not None else None

    @Slot()
    def _changed(self) -> None:
        before, self._drawn = self._drawn, self._spot
        if before != self._drawn:
            for spot in (before, self._drawn):
                if spot is not None:
                    self.stale.emit(Box(math.floor(spot[0]), math.floor(spot[1]), 1, 1), REACH)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw it; what part of the canvas is painted anew does not matter."""
        del clip, ratio
        if self._drawn is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            strokes.sight(painter, QPointF(*viewport.to_widget(*self._drawn)))
