"""The comparison by a line that can be dragged: what is left of it and what is right of it, each with its name above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.view.canvas.sights import ORIGINAL, sight_name
from app.view.theme import BADGE, BLACK, CASING, WHITE

if TYPE_CHECKING:
    from app.display import Display
    from app.view.canvas.viewport import Viewport

HANDLE = 26
"""Diameter."""

ABOVE = 24
"""How far the line reaches above the picture, between the names."""

REACH = 5
"""How far from the line it can be taken hold of, where no tool draws."""

STEP = 0.01
"""What an arrow key moves the line by, as a share of the picture's width."""


class Split:
    """Where the line stands, what is drawn of it, and what dragging it does."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._offset: float | None = None

    @property
    def shown(self) -> bool:
        """Whether two states are compared now."""
        return self._display.compare == "split" and not self._display.original_held

    @property
    def dragged(self) -> bool:
        """Whether the line is held."""
        return self._offset is not None

    def line(self, view: Viewport) -> float:
        """Where the line stands, in the canvas."""
        return round((view.x + self._display.split_at * view.size[1] * view.scale) * view.ratio) / view.ratio

    def handle(self, view: Viewport) -> QRectF:
        """The round handle, in the middle of what is seen of the line."""
        span = self._span(view)
        return QRectF(self.line(view) - HANDLE / 2, span.center().y() - HANDLE / 2, HANDLE, HANDLE)

    def hit(self, view: Viewport, place: QPointF, *, line: bool) -> bool:
        """Whether the handle is there, or the line where `line` says that it can be taken hold of too."""
        if not self.shown:
            return False
        if QLineF(place, self.handle(view).center()).length() <= HANDLE / 2 + 1:
            return True
        span = self._span(view)
        return line and abs(place.x() - self.line(view)) <= REACH and span.top() <= place.y() <= span.bottom()

    @staticmethod
    def _span(view: Viewport) -> QRectF:
        """What is seen of the picture."""
        return view.frame.intersected(QRectF(0, 0, view.width, view.height))

    # Dragging

    def press(self, view: Viewport, x: float) -> None:
        """Take hold of the line."""
        self._offset = self.line(view) - x

    def move(self, view: Viewport, x: float) -> None:
        """Drag it."""
        if self._offset is not None:
            self._set((x + self._offset - view.x) / (view.size[1] * view.scale))

    def release(self) -> None:
        """Let go of it."""
        self._offset = None

    def centre(self) -> None:
        """Back to the middle of the picture."""
        self._offset = None
        self._set(0.5)

    def step(self, steps: int) -> None:
        """By an arrow key."""
        self._set(self._display.split_at + steps * STEP)

    def bring(self, view: Viewport) -> None:
        """Into the middle of what is seen, where it is out of sight."""
        if not 0 <= self.line(view) <= view.width:
            _, column = view.to_picture(self._span(view).center().x(), 0)
            self._set(column / view.size[1])

    def _set(self, at: float) -> None:
        self._display.set("split_at", min(max(at, 0.0), 1.0))

    # Drawing

    def paint(self, painter: QPainter, view: Viewport, font: QFont) -> None:
        """The line, its handle and both names; or that the original is seen."""
        if self._display.original_held:
            paint_badge(painter, view, sight_name(ORIGINAL), font, 0.5)
        if not self.shown:
            return
        x, span, handle = self.line(view), self._span(view), self.handle(view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = x + 0.5 / view.ratio
        for colour, width in ((_casing(), 3.0), (QColor(WHITE), 1.2)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QLineF(middle, max(span.top() - ABOVE, 0), middle, span.bottom()))
        self._paint_handle(painter, handle)
        names = [sight_name(sight) for sight in (self._display.left, self._display.right)]
        paint_badge(painter, view, names[0], font, 1.0, x - 8)
        paint_badge(painter, view, names[1], font, 0.0, x + 8)

    @staticmethod
    def _paint_handle(painter: QPainter, handle: QRectF) -> None:
        """A disc with an arrow to each side."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_casing(), 1.5))
        painter.setBrush(QColor(WHITE))
        painter.drawEllipse(handle.adjusted(0.75, 0.75, -0.75, -0.75))
        painter.setPen(QPen(QColor(BLACK), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        middle = handle.center()
        for side in (-1, 1):
            tip = middle + QPointF(side * 7.5, 0)
            painter.drawPolyline([tip + QPointF(-side * 4, -4), tip, tip + QPointF(-side * 4, 4)])


def paint_badge(painter: QPainter, view: Viewport, text: str, font: QFont, anchor: float, x: float | None = None) -> None:
    """A name above the picture, on its own ground, wholly in the canvas.

    Args:
        painter: in pixels of the canvas.
        view: where the picture lies.
        text: the name.
        font: in which it is written, but demi-bold.
        anchor: which place of the badge stands at x: 0 its left edge, 1 its right edge.
        x: in the canvas; None: the middle of what is seen of the picture.
    """
    font = QFont(font)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 2
    seen = view.frame.intersected(QRectF(0, 0, view.width, view.height))
    left = (seen.center().x() if x is None else x) - anchor * width
    left = min(max(left, 2.0), view.width - width - 2)
    badge = QRectF(round(left), round(max(seen.top() - height - 2, 2.0)), round(width), round(height))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(BADGE))
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(QColor(WHITE))
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _casing() -> QColor:
    colour = QColor(BLACK)
    colour.setAlphaF(CASING)
    return colour
