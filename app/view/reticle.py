"""What goes with the pointer: the brush's ring, the shape that is being drawn, a cross where the keys moved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QPainter

from app.view import strokes

if TYPE_CHECKING:
    from app.toolbox import Toolbox
    from app.view.aim import Aim
    from app.view.viewport import Viewport

SMALLEST = 4.0
"""Radius of a ring, in device-independent pixels, under which the cross alone is shown."""

APART = 3.0
"""How far the ring of half coverage lies inside the other one at least."""


class Reticle(QObject):
    """Draws what follows the pointer."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, toolbox: Toolbox, aim: Aim, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._toolbox, self._aim = toolbox, aim
        aim.stale.connect(self.stale)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw it; it is small, so what part of it is seen does not matter."""
        del clip, ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_ring(painter, viewport)
        corners = [QPointF(*viewport.to_widget(row, column)) for row, column in self._aim.corners]
        if len(corners) > 1:
            strokes.line(painter, corners, closed=self._toolbox.tool == "rectangle")
        if self._aim.by_keys and self._aim.spot:
            strokes.cross(painter, QPointF(*self._aim.spot), minus=self._aim.erases)

    def _paint_ring(self, painter: QPainter, viewport: Viewport) -> None:
        ring, tip = self._aim.ring, self._aim.tip
        radius, half = tip.diameter / 2 * viewport.scale, tip.half_radius * viewport.scale
        if ring is None or radius < SMALLEST:
            return
        centre = QPointF(*viewport.to_widget(*ring))
        strokes.circle(painter, centre, radius)
        if radius - half > APART:
            strokes.circle(painter, centre, half)
