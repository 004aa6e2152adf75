"""The holes in the queue over the photograph: outlines with numbers, which fade when a hole is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle

from app.view import contour, marks
from app.view.drawn import Drawn, Look
from app.view.pooled import Pooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from app.document import Document
    from app.filling import Filling
    from app.view.viewport import Viewport
    from engine.geometry import Box

FADE = 120
"""Milliseconds."""

BADGE_ROOM = 48
"""Device-independent pixels beyond a hole that its number reaches."""


def fade_duration() -> int:
    """Milliseconds that a fade lasts: none where the system has animations off."""
    return FADE if QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0 else 0


class Hole:
    """A hole in the queue."""

    def __init__(self, number: int, box: Box, coverage: NDArray[np.uint8]) -> None:
        self.number, self.box, self.coverage = number, box, coverage
        self._pooled = Pooled.of(coverage)
        self.tiles = Drawn(self._tile)

    def _tile(self, at: Box, look: Look) -> NDArray[np.uint32] | None:
        return contour.tile(self._pooled, at, look.grid.moved(self.box), look.ratio, "none")


class Queued(QObject):
    """Draws what the queue holds."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, filling: Filling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._filling = document, filling
        self._holes: list[Hole] = []
        self._going: list[Hole] = []
        self._fade = QVariantAnimation(self, startValue=1.0, endValue=0.0)
        self._fade.valueChanged.connect(self._faded)
        self._fade.finished.connect(self._gone)
        document.opened.connect(self._read)
        document.history_changed.connect(self._painted)
        filling.changed.connect(self._changed)

    @Slot()
    def _read(self) -> None:
        """Another photograph is open: what faded there is gone."""
        self._fade.stop()
        self._going.clear()

    @Slot()
    def _changed(self) -> None:
        known, before = {id(hole.coverage): hole for hole in self._holes}, self._holes
        self._holes = [known.get(id(coverage)) or Hole(number, box, coverage) for number, box, coverage in self._filling.outlines()]
        gone, new = [h for h in before if h not in self._holes], [h for h in self._holes if h not in before]
        if gone and fade_duration() and self._document.photograph is not None:
            self._going += gone
            self._fade.setDuration(fade_duration())
            self._fade.start()
        for hole in (*gone, *new):
            self.stale.emit(hole.box, BADGE_ROOM)
        if bool(before) != bool(self._holes):
            self._painted()

    @Slot()
    def _painted(self) -> None:
        """What is painted beside a running fill has numbers too."""
        if self._holes or self._going:
            for box in self._document.holes():
                self.stale.emit(box, BADGE_ROOM)

    @Slot()
    def _faded(self) -> None:
        for hole in self._going:
            self.stale.emit(hole.box, contour.APRON)

    @Slot()
    def _gone(self) -> None:
        self._faded()
        self._going.clear()

    def paint(self, painter: QPainter, region: Box, origin: tuple[int, int], look: Look) -> None:
        """Paint what a region of the device shows of the outlines."""
        for hole in self._holes:
            hole.tiles.paint(painter, region, origin, look)
        if self._going:
            painter.setOpacity(float(self._fade.currentValue()))
            for hole in self._going:
                hole.tiles.paint(painter, region, origin, look)

    def paint_badges(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint a number at the upper right of each hole in the queue, and of each that is painted meanwhile."""
        canvas = QRectF(0, 0, viewport.width, viewport.height)
        for number, box in self._badges():
            at = viewport.rect(box).intersected(canvas)
            if not at.isEmpty():
                size = marks.badge_size(number, QGuiApplication.font())
                right = min(at.right() + 4, viewport.width - size.width() - 4)
                bottom = min(at.top() + 4, viewport.height - size.height() - 4)
                marks.badge(painter, QPointF(right, bottom), number, QGuiApplication.font())

    def _badges(self) -> list[tuple[int, Box]]:
        painted = self._document.holes() if self._holes else []
        queued = [(hole.number, hole.box) for hole in self._holes]
        return queued + [(self._document.numbers + 1 + index, box) for index, box in enumerate(painted)]
