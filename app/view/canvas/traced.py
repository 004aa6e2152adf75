"""What is to be filled, as it lies in the reference: the holes' outlines carried over by the match, dashed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QPainter, QPolygonF

from app.view.canvas import strokes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.document import Document
    from app.filling import Filling
    from app.view.canvas.link import Link, Spot
    from app.view.canvas.side import Side
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box

SIDE = 400
"""A hole is looked at no finer than so many pixels along its longer side."""

SPOTS = 160
"""Places of an outline that are carried over, of all holes together a few times as many."""


class Traced(QObject):
    """Draws the outlines over the reference. They are worked out when they are drawn first after a stroke, a fill or a match."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, filling: Filling, side: Side, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._filling, self._side = document, filling, side
        self._outlines: list[list[Spot]] | None = None
        for signal in (document.history_changed, document.choices_changed, filling.changed, side.changed):
            signal.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        if self._outlines is not None:
            self._outlines = None
            self.stale.emit(None, 0)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw those that a part of the view may show."""
        del ratio
        if self._outlines is None:
            self._outlines = list(self._traced()) if self._side.shown else []
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(clip).adjusted(-3, -3, 3, 3)
        for outline in self._outlines:
            points = QPolygonF([QPointF(*viewport.to_widget(*spot)) for spot in outline])
            if points.boundingRect().intersects(room):
                strokes.dashes(painter, points, closed=outline[0] == outline[-1])

    def _traced(self) -> Iterator[list[Spot]]:
        holes = self._holes()
        for box, coverage in holes:
            for outline in outlines(box, coverage, max(24, SPOTS // math.ceil(len(holes) / 4))):
                yield from carried(outline, self._side.link)

    def _holes(self) -> list[tuple[Box, NDArray[np.uint8]]]:
        """What is painted, what waits or is filled; where there is neither, the fill that is shown."""
        document = self._document
        holes = [(box, document.mask.pixels[box.slices]) for box in document.holes()]
        holes += [(box, coverage) for _, box, coverage in self._filling.outlines()]
        shown = document.shown
        if not holes and shown is not None and shown.standing is not None:
            holes.append((shown.box, shown.coverage))
        return holes


def outlines(box: Box, coverage: NDArray[np.uint8], most: int) -> Iterator[list[Spot]]:
    """Closed lines around what a box's coverage covers, of no more places than that each."""
    step = max(1, math.ceil(max(coverage.shape) / SIDE))
    solid: NDArray[Any] = np.pad((coverage[::step, ::step] > 0).astype(np.uint8), 1)
    # Enlarged twice, so that a single pixel has an outline; it runs a quarter of a pixel within the edge.
    found, _ = cv2.findContours(solid.repeat(2, 0).repeat(2, 1), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for contour in found:
        places = np.asarray(contour)[:, 0, ::-1]
        if len(places) >= 8:
            some = places[:: max(1, len(places) // most)] / 2.0 - 0.75
            spots = [(float(row) * step + box.top, float(column) * step + box.left) for row, column in some]
            yield [*spots, spots[0]]


def carried(outline: list[Spot], link: Link) -> Iterator[list[Spot]]:
    """The parts of a line of which it is known where they lie in the other photograph."""
    part: list[Spot] = []
    for spot in outline:
        there = link.there(spot)
        if there is not None:
            part.append(there)
        elif part:
            if len(part) > 1:
                yield part
            part = []
    if len(part) > 1:
        yield part
