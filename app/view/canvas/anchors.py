"""The places on which a mapping field rests, as dots over the photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QPainter

from app.view.canvas import strokes
from app.view.canvas.link import CENTRE
from app.view.theme import WHITE
from engine.mapping import MappingField

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        self._places: NDArray[np.float32] | None = None
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
            self._state, self._places = state, None
            self.stale.emit(None, 0)

    def _found(self) -> NDArray[np.float32]:
        """(n, 2): rows and columns, as views count."""
        if self._places is None:
            rests = next((one for one in self._inspection.anchors if self._half == "here" or self._speaks_of_it(one)), None)
            found = rests.anchors() if rests is not None else np.zeros((0, 5), np.float32)
            some = found[:: max(1, len(found) // MOST)]
            self._places = (some[:, :2] if self._half == "here" else some[:, 2:4]) + np.float32(CENTRE)
        return self._places

    def _speaks_of_it(self, evidence: Evidence) -> bool:
        """Whether the anchors lie in the reference that is seen, and not in several."""
        companion = self._side.companion
        return isinstance(evidence, MappingField) and companion is not None and evidence.names == (companion.name,)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows."""
        del ratio
        if self._state is None:
            return
        room = QRectF(clip).adjusted(-4, -4, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, column in self._found().tolist():
            place = QPointF(*viewport.to_widget(row, column))
            if room.contains(place):
                strokes.dot(painter, place, RADIUS, WHITE)
