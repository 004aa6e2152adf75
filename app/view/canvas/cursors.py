"""The pointer over the photograph: a small cross, or a minus where it takes away."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QPainter, QPixmap

from app.view.canvas import strokes

SIDE = 15


@lru_cache(maxsize=8)
def cross(ratio: float, *, minus: bool = False) -> QCursor:
    """The cross as a cursor, so that it never lags."""
    pixmap = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    strokes.cross(painter, QPointF(SIDE / 2, SIDE / 2), minus=minus)
    painter.end()
    return QCursor(pixmap, SIDE // 2, SIDE // 2)
