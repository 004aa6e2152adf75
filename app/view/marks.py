"""Small marks that are painted in several places: the number badge, a key's cap, the focus ring, the line of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.view.style import bold, by_keyboard, small
from app.view.theme import BADGE, BADGE_LINE, BLACK, WHITE, current

if TYPE_CHECKING:
    from PySide6.QtGui import QFont
    from PySide6.QtWidgets import QWidget

RADIUS = 5.0
"""Of controls."""

BADGE_SIDE, CAP_HEIGHT, RING, SELECTED_LINE = 18.0, 20.0, 2.0, 2.0


def ground(painter: QPainter, rect: QRectF, colour: str, radius: float = RADIUS) -> None:
    """Fill a rounded rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(rect, radius, radius)


def border(painter: QPainter, rect: QRectF, colour: str, width: float = 1.0, radius: float = RADIUS) -> None:
    """Draw a line inside the edge of a rounded rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width / 2
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius - half, radius - half)


def has_ring(widget: QWidget) -> bool:
    """Whether a widget has the focus, and got it by a key."""
    return widget.hasFocus() and by_keyboard(widget)


def ring(painter: QPainter, widget: QWidget, rect: QRectF, radius: float = RADIUS) -> None:
    """The focus ring inside the border of a widget, if it is to show one."""
    if has_ring(widget):
        border(painter, rect, current().accent, RING, radius)


def badge_size(number: int, font: QFont) -> QSizeF:
    """Room for a badge; wider for longer numbers."""
    metrics = QFontMetricsF(bold(small(font)))
    height = max(BADGE_SIDE, metrics.height() + 2)
    return QSizeF(max(height, metrics.horizontalAdvance(str(number)) + 8), height)


def badge(painter: QPainter, corner: QPointF, number: int, font: QFont, colour: str = "") -> QRectF:
    """A number, white on black with a thin line, so that it is seen on any picture; of a rank, black on its colour. Returns where it lies."""
    rect = QRectF(corner, badge_size(number, font))
    ground(painter, rect, colour or BADGE, 4)
    border(painter, rect, BLACK if colour else BADGE_LINE, 1, 4)
    painter.setPen(QColor(BLACK if colour else WHITE))
    painter.setFont(bold(small(font)))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(number))
    return rect


def cap_size(key: str, font: QFont) -> QSizeF:
    """Room for a key's cap."""
    metrics = QFontMetricsF(small(font))
    height = max(CAP_HEIGHT, metrics.height() + 4)
    return QSizeF(max(height, metrics.horizontalAdvance(key) + 12), height)


def cap(painter: QPainter, rect: QRectF, key: str, font: QFont, colour: str, edge: str) -> None:
    """A key as on a keyboard."""
    border(painter, rect, edge, 1, 4)
    painter.setPen(QColor(colour))
    painter.setFont(small(font))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, key)


def divider(painter: QPainter, left: float, right: float, y: float, colour: str) -> None:
    """A dividing line of one pixel, sharp at any ratio."""
    painter.fillRect(QRectF(left, y, right - left, 1), QColor(colour))
