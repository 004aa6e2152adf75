"""What lies around and under the picture: the surround, a checker where it is transparent, the pixel grid, a file held over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLine, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from app.view.canvas.tiles import edge
from app.view.theme import BADGE, SURROUNDS, WHITE

if TYPE_CHECKING:
    from app.view.canvas.viewport import Viewport
    from app.view.theme import Theme

CHECK = 8
"""Side of a field of the checker."""

LIFT = 10
"""About 4 L* of grey."""

GRID_FROM = 8.0
"""From this zoom on, lines part the pixels."""

GRID_ALPHA = 0.5


def surround(theme: Theme, choice: str, *, dropping: bool = False) -> QColor:
    """The colour around the picture: the theme's, or the one chosen; a little lighter while a file is held over it."""
    if choice not in SURROUNDS:
        return QColor(theme.drop if dropping else theme.surround)
    colour = QColor(SURROUNDS[choice])
    grey = min(colour.lightness() + LIFT * dropping, 255)
    return QColor(grey, grey, grey)


def paint_checker(painter: QPainter, view: Viewport, theme: Theme) -> None:
    """Two greys under a picture that has alpha; they move with it."""
    tile = QPixmap(2 * CHECK, 2 * CHECK)
    tile.fill(QColor(theme.control))
    brush = QPainter(tile)
    for at in (0, CHECK):
        brush.fillRect(at, at, CHECK, CHECK, QColor(theme.edge))
    brush.end()
    painter.setBrushOrigin(QPointF(view.x, view.y))
    painter.fillRect(view.frame, QBrush(tile))


def paint_grid(painter: QPainter, view: Viewport, clip: QRect, theme: Theme) -> None:
    """A line of a device pixel between pixels, all in device pixels; grey, so that it is seen on light and dark."""
    seen = view.box(QRectF(clip.left(), clip.top(), clip.width(), clip.height())) if view.ratio == 1 else view.visible
    if view.zoom < GRID_FROM or seen is None:
        return
    colour = QColor(theme.edge)
    colour.setAlphaF(GRID_ALPHA)
    painter.setPen(QPen(colour, 1))
    x, y = round(view.left * view.ratio), round(view.top * view.ratio)
    top, bottom = y + edge(seen.top, view.zoom), y + edge(seen.bottom, view.zoom)
    left, right = x + edge(seen.left, view.zoom), x + edge(seen.right, view.zoom)
    columns = [x + edge(column, view.zoom) for column in range(seen.left, seen.right + 1)]
    rows = [y + edge(row, view.zoom) for row in range(seen.top, seen.bottom + 1)]
    painter.drawLines([QLine(column, top, column, bottom - 1) for column in columns])
    painter.drawLines([QLine(left, row, right - 1, row) for row in rows])


def paint_drop(painter: QPainter, size: QRect, text: str, theme: Theme, font: QFont) -> None:
    """A line inside the canvas and what letting go of the file will do."""
    painter.setPen(QPen(QColor(theme.accent), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(size.adjusted(1, 1, -1, -1))
    font = QFont(font)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetricsF(font)
    badge = QRectF(0, 0, metrics.horizontalAdvance(text) + 32, metrics.height() + 16)
    badge.moveCenter(QRectF(size).center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(BADGE))
    painter.drawRoundedRect(badge, 5, 5)
    painter.setPen(QColor(WHITE))
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
