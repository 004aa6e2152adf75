"""What goes with the pointer: the brush's ring, the shape that is being drawn, a cross where the keys moved it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QImage, QPainter

from app.view.canvas import contour, strokes

if TYPE_CHECKING:
    from app.toolbox import Toolbox
    from app.view.canvas.aim import Aim
    from app.view.canvas.viewport import Viewport

SMALLEST = 4.0
"""Radius of a ring, in device-independent pixels, under which the cross alone is shown."""

APART = 3.0
"""How far the ring of half coverage lies inside the other one at least."""


PIECE = 128
"""Side, in device pixels, of the squares that a ring is kept in: those that it does not touch cost nothing."""


class Reticle(QObject):
    """Draws what follows the pointer."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, toolbox: Toolbox, aim: Aim, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._toolbox, self._aim = toolbox, aim
        aim.stale.connect(self.stale)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw it; what part of the canvas is painted anew does not matter."""
        del clip
        if self._aim.ring is not None:
            self._paint_ring(painter, viewport, ratio, self._aim.ring)
        if self._aim.left is not None:
            painter.setOpacity(self._aim.fade.opacity)
            self._paint_ring(painter, viewport, ratio, self._aim.left)
            painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [QPointF(*viewport.to_widget(row, column)) for row, column in self._aim.corners]
        if len(corners) > 1:
            strokes.line(painter, corners, closed=self._toolbox.tool == "rectangle")
        if self._aim.by_keys and self._aim.spot:
            strokes.cross(painter, QPointF(*self._aim.spot), minus=self._aim.erases)

    def _paint_ring(self, painter: QPainter, viewport: Viewport, ratio: float, ring: tuple[float, float]) -> None:
        tip = self._aim.tip
        radius, half = tip.diameter / 2 * viewport.scale, tip.half_radius * viewport.scale
        if radius < SMALLEST:
            return
        radii = round(radius * ratio, 1), round(half * ratio, 1) if radius - half > APART else 0.0
        x, y = (round(at * ratio) for at in viewport.to_widget(*ring))
        seen = QRect(-x, -y, round(viewport.width * ratio), round(viewport.height * ratio))
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        for left, top, image in ring_pieces(radii, ratio, seen):
            painter.drawImage(x + left, y + top, image)
        painter.restore()


def ring_pieces(radii: tuple[float, float], ratio: float, seen: QRect) -> list[tuple[int, int, QImage]]:
    """What is seen of a ring in device pixels, with a second one where its radius is not 0: x and y of each piece, and the piece.

    All is counted from the ring's middle, so that a ring that moves keeps its pieces; of a huge one only those that are seen are made.
    """
    reach = int(radii[0] + 3 * ratio) + 1
    rows = _corners(max(seen.top(), -reach), min(seen.bottom(), reach))
    columns = _corners(max(seen.left(), -reach), min(seen.right(), reach))
    pieces = ((left, top, _ring_piece(left, top, radii, ratio)) for top in rows for left in columns)
    return [(left, top, image) for left, top, image in pieces if image is not None]


def _corners(first: int, last: int) -> range:
    """Where the pieces from `first` to `last` begin."""
    return range(first // PIECE * PIECE, last + 1, PIECE)


@lru_cache(maxsize=512)
def _ring_piece(left: int, top: int, radii: tuple[float, float], ratio: float) -> QImage | None:
    x, y = np.arange(left, left + PIECE), np.arange(top, top + PIECE)  # from the middle of a pixel, as the cross is
    nearest = np.hypot(np.clip(0, x[0], x[-1]), np.clip(0, y[0], y[-1]))
    farthest = np.hypot(np.abs(x).max(), np.abs(y).max())
    reach = contour.CASED / 2 * ratio + 1
    if not any(radius and nearest - reach <= radius <= farthest + reach for radius in radii):
        return None
    distance = np.hypot(y[:, None], x[None, :])
    off = np.abs(distance - radii[0])
    if radii[1]:
        off = np.minimum(off, np.abs(distance - radii[1]))
    pixels = np.zeros(off.shape, np.uint32)
    near = off < reach
    pixels[near] = contour.line(off[near], ratio)
    return QImage(pixels.data, PIECE, PIECE, 4 * PIECE, QImage.Format.Format_ARGB32_Premultiplied).copy()
