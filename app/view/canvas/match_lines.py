"""What matches in both photographs, as lines from view to view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QObject, QPointF, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen

from app.view.canvas import strokes
from app.view.canvas.link import CENTRE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.display import Display
    from app.view.canvas.side import Half, Side
    from app.view.canvas.viewport import Viewport
    from engine.reference import Match

MOST = 150
"""Lines that are drawn at once."""

WIDTHS = 2.2, 1.0
"""Of the black and of the colour over it: thinner than a line that is looked at by itself."""

DOT = 1.6
"""Radius at the ends."""


class MatchLines(QObject):
    """Draws an even choice of the matches of which both ends are in view, coloured by where in the photograph they begin."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, half: Half, side: Side, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._half: Half = half
        self._side, self._display = side, display
        self._known: Match | None = None
        self._pairs = np.zeros((0, 4))
        self._lines: list[tuple[QLineF, QColor]] | None = None
        side.changed.connect(self._moved)
        side.moved.connect(self._moved)
        display.changed.connect(self._display_changed)

    @property
    def shown(self) -> bool:
        """Whether there is anything to be drawn."""
        return self._display.lines and self._side.shown and self._side.match is not None and not self._display.original_held

    @Slot()
    def _moved(self) -> None:
        self._lines = None
        if self.shown:
            self.stale.emit(None, 0)

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name in {"lines", "original_held"}:
            self.stale.emit(None, 0)

    def _matched(self) -> NDArray[np.float64]:
        """The match's pairs, each few of them spread over all of the photograph."""
        match = self._side.match
        if match is not self._known:
            self._known = match
            self._pairs = spread(match.pairs) + CENTRE if match is not None else np.zeros((0, 4))
        return self._pairs

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw the half of the lines that lies in this view."""
        del viewport, ratio
        if not self.shown:
            return
        if self._lines is None:
            self._lines = self._chosen()
        room = QRectF(clip).adjusted(-3, -3, 3, 3)
        lines = [one for one in self._lines if room.intersects(QRectF(one[0].p1(), one[0].p2()).normalized().adjusted(0, 0, 1, 1))]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(strokes.black(), WIDTHS[0]))
        painter.drawLines([line for line, _ in lines])
        for line, colour in lines:
            painter.setPen(QPen(colour, WIDTHS[1]))
            painter.drawLine(line)
            end = line.p1() if self._half == "here" else line.p2()
            painter.setBrush(colour)
            painter.drawEllipse(end, DOT, DOT)

    def _chosen(self) -> list[tuple[QLineF, QColor]]:
        side, found = self._side, list[tuple[QLineF, QColor]]()
        room_here, room_there = (QRectF(0, 0, view.width, view.height) for view in (side.here, side.there))
        width = side.link.here_size[1]
        for row, column, down, across in self._matched().tolist():
            begin, end = side.at("here", (row, column), self._half), side.at("there", (down, across), self._half)
            inside = QPointF(*side.here.to_widget(row, column)), QPointF(*side.there.to_widget(down, across))
            if room_here.contains(inside[0]) and room_there.contains(inside[1]):
                found.append((QLineF(begin, end), strokes.by_place(column / width)))
            if len(found) == MOST:
                break
        return found


def spread(pairs: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pairs (n, 4) in such an order that the first few, however many, lie all over the photograph."""
    if not len(pairs):
        return np.zeros((0, 4))
    low = pairs[:, :2].min(axis=0)
    cells = ((pairs[:, :2] - low) / max(float(np.ptp(pairs[:, :2], axis=0).max()), 1.0) * 255).astype(np.int64)
    curve = sum((((cells[:, k] >> bit) & 1) << (2 * bit + k)) for bit in range(8) for k in (0, 1))  # Morton's: near places are near
    order = np.argsort(curve, kind="stable")
    bits = max(1, int(np.ceil(np.log2(len(order)))))
    turned = np.array([int(f"{k:0{bits}b}"[::-1], 2) for k in range(1 << bits)])  # van der Corput's: every few are spread evenly
    return pairs[order[turned[turned < len(order)]]].astype(np.float64)
