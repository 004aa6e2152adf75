"""The holes in the queue over the photograph: outlines with numbers, which fade when a hole is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.view import marks
from app.view.canvas import contour
from app.view.canvas.drawn import Outlined, corner
from app.view.canvas.fade import Fade

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.document import Document
    from app.filling import Filling
    from app.view.canvas.drawn import Seen
    from app.view.canvas.viewport import Viewport

BADGE_ROOM = 48
"""Device-independent pixels beyond a hole that its number reaches."""


class Queued(QObject):
    """Draws what the queue holds."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, filling: Filling, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._filling = document, filling
        self._holes: list[tuple[int, Outlined]] = []
        self._going: list[Outlined] = []
        self._fade = Fade(self)
        self._fade.stepped.connect(self._faded)
        self._fade.gone.connect(self._gone)
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
        before = {id(hole.coverage): hole for _, hole in self._holes}
        now = self._filling.outlines()
        self._holes = [(number, before.get(id(coverage)) or Outlined(box, coverage)) for number, box, coverage in now]
        after = {id(hole.coverage): hole for _, hole in self._holes}
        gone = [before[key] for key in before.keys() - after.keys()]
        if gone and self._document.photograph is not None and self._fade.begin():
            self._going += gone
        for hole in (*gone, *(after[key] for key in after.keys() - before.keys())):
            self.stale.emit(hole.box, BADGE_ROOM)
        if bool(before) != bool(after):
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

    def paint(self, painter: QPainter, seen: Seen) -> None:
        """Paint the outlines that are seen, in device pixels."""
        for _, hole in self._holes:
            hole.paint(painter, seen)
        painter.setOpacity(self._fade.opacity)
        for hole in self._going:
            hole.paint(painter, seen)
        painter.setOpacity(1.0)

    def paint_numbers(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint a number at the upper right of each hole in the queue, and of each that is painted meanwhile."""
        font = QGuiApplication.font()
        for number, place in self._badges():
            size = marks.badge_size(number, font)
            x, y = viewport.to_widget(*place)
            if -size.width() < x < viewport.width and -size.height() < y < viewport.height + size.height():
                left, top = min(x + 6, viewport.width - size.width() - 4), max(y - size.height() / 2 - 2, 4.0)
                marks.badge(painter, QPointF(left, top), number, font)

    def _badges(self) -> list[tuple[int, tuple[int, int]]]:
        queued = [(number, hole.corner) for number, hole in self._holes]
        painted = self._document.holes() if self._holes else []
        places = (corner(self._document.mask.pixels[box.slices], box) for box in painted)
        return queued + [(self._document.numbers + 1 + index, place) for index, place in enumerate(places)]
