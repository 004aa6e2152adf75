"""The places on which a mapping field rests, as dots over the photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QPainter

from app.view.canvas import strokes
from app.view.canvas.link import CENTRE
from engine.mapping import MappingField

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from app.display import Display
    from app.document import Document
    from app.inspection import Inspection
    from app.view.canvas.side import Half, Side
    from app.view.canvas.viewport import Viewport
    from engine.evidence import Evidence

MOST = 1500
"""Dots; where there are more, every few are drawn."""

RADIUS = 2.4


class Anchors(QObject):
    """Draws the anchors of the fill that is shown, in one of the views, while the page of evidence is open."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(
        self, half: Half, document: Document, inspection: Inspection, display: Display, side: Side, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._half, self._document, self._inspection, self._display, self._side = half, document, inspection, display, side
        self._dots: list[tuple[float, float, QColor]] | None = None
        self._state: object = None
        for signal in (document.choices_changed, display.changed, side.changed):
            signal.connect(self._changed)

    @property
    def _wanted(self) -> object:
        """What decides which dots are seen; None: none are."""
        display = self._display
        choice = self._document.shown
        if not display.anchors or display.page != "evidence" or display.original_held or choice is None:
            return None
        if self._half == "there" and (not self._side.shown or self._side.companion is None):
            return None
        return choice, choice.standing, self._side.companion if self._half == "there" else None

    @Slot()
    def _changed(self) -> None:
        state = self._wanted
        if state != self._state:
            self._state, self._dots = state, None
            self.stale.emit(None, 0)

    def _found(self) -> list[tuple[float, float, QColor]]:
        """Rows and columns, as views count, and the colour that an anchor has in both."""
        if self._dots is None:
            rests = next((one for one in self._inspection.anchors if self._half == "here" or self._leads_there(one)), None)
            found = rests.anchors() if rests is not None else np.zeros((0, 5), np.float32)
            some = found[:: max(1, len(found) // MOST)]
            width = self._side.link.here_size[1]
            colours = [strokes.by_place(column / width) for column in some[:, 1].tolist()]
            places = (some[:, :2] if self._half == "here" else some[:, 2:4]) + np.float32(CENTRE)
            self._dots = [(row, column, colour) for (row, column), colour in zip(places.tolist(), colours, strict=True)]
        return self._dots

    def _leads_there(self, evidence: Evidence) -> bool:
        """Whether all of the field leads to the reference that is seen: anchors do not say in which they lie."""
        companion = self._side.companion
        if not isinstance(evidence, MappingField) or companion is None:
            return False
        used = np.unique(evidence.origins[evidence.origins >= 0])
        return len(used) == 1 and evidence.names[int(used[0])] == companion.name

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows."""
        del ratio
        if self._state is None:
            return
        room = QRectF(clip).adjusted(-4, -4, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, column, colour in self._found():
            place = QPointF(*viewport.to_widget(row, column))
            if room.contains(place):
                strokes.dot(painter, place, RADIUS, colour)
