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
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from app.document import Document
    from app.filling import Filling
    from app.view.canvas.link import Link, Spot
    from app.view.canvas.side import Side
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box

SIDE = 400
"""A hole is looked at no finer than so many pixels along its longer side."""

MOST, LEAST = 400, 12
"""Places that are carried over: of all outlines together, and of each; it takes 0.02 ms a place."""


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
        """The longest outlines, as many as there is time for."""
        found = sorted((one for box, coverage in self._holes() for one in outlines(box, coverage)), key=len, reverse=True)
        some = found[: MOST // LEAST]
        step = max(1, sum(len(one) for one in some) // MOST)
        for outline in some:
            thinned = outline[:: min(step, max(1, len(outline) // LEAST))]
            yield from carried([*thinned, thinned[0]], self._side.link)

    def _holes(self) -> list[tuple[Box, NDArray[np.uint8]]]:
        """What is painted, what waits or is filled; where there is neither, the fill that is shown."""
        document = self._document
        holes = [(box, document.mask.pixels[box.slices]) for box in document.holes()]
        holes += [(box, coverage) for _, box, coverage in self._filling.outlines()]
        shown = document.shown
        if not holes and shown is not None and shown.standing is not None:
            holes.append((shown.box, shown.coverage))
        return holes


def outlines(box: Box, coverage: NDArray[np.uint8]) -> Iterator[NDArray[np.float64]]:
    """Lines (n, 2) around what a box's coverage covers, which close."""
    step = max(1, math.ceil(max(coverage.shape) / SIDE))
    solid: NDArray[Any] = np.pad((coverage[::step, ::step] > 0).astype(np.uint8), 1)
    # Enlarged twice, so that a single pixel has an outline; it runs a quarter of a pixel within the edge.
    found, _ = cv2.findContours(solid.repeat(2, 0).repeat(2, 1), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for contour in found:
        places = np.asarray(contour, np.float64)[:, 0, ::-1] / 2 - 0.75
        yield places * float(step) + np.array([box.top, box.left], np.float64)


def carried(outline: Iterable[NDArray[np.float64]], link: Link) -> Iterator[list[Spot]]:
    """The parts of a line of which it is known where they lie in the other photograph."""
    part: list[Spot] = []
    for spot in outline:
        there = link.there((float(spot[0]), float(spot[1])))
        if there is not None:
            part.append(there)
        elif part:
            if len(part) > 1:
                yield part
            part = []
    if len(part) > 1:
        yield part
