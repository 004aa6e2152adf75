"""The cells of a hole that was made from patches, all of them in thin outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.view.canvas.drawn import Drawn, device

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    from app.display import Display
    from app.retrieving import Retrieving
    from app.view.canvas.drawn import Look
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box
    from engine.retrieved import RetrievedPatches

LEAST = 5.0
"""Device-independent pixels across cells; the lines of smaller ones would hide what they show."""

UNDER, OVER = (3, 0.3), (1, 0.6)
"""The black line below and the white line above: width in device-independent pixels, opacity."""


class CellGrid(QObject):
    """Outlines the cells of the fill that is shown, while the page of evidence is open."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, retrieving: Retrieving, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._retrieving, self._display = retrieving, display
        self._grids: list[_Grid] = []
        for signal in (retrieving.changed, display.changed):
            signal.connect(self._changed)

    @Slot()
    def _changed(self) -> None:
        display = self._display
        shown = display.cells and display.page == "evidence" and not display.original_held
        known = self._retrieving.known if shown else []
        if known != [grid.evidence for grid in self._grids]:
            self._grids = [_Grid(one) for one in known]
            self.stale.emit(None, 0)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows, on whole pixels of the device."""
        shown = [grid for grid in self._grids if grid.side * viewport.scale >= LEAST]
        if shown:
            with device(painter, viewport, clip, ratio) as seen:
                for grid in shown:
                    grid.drawn.paint(painter, seen)


class _Grid:
    """The edges of all cells, those that two of them share but once: rows or columns of the picture, with where they begin and end."""

    def __init__(self, evidence: RetrievedPatches) -> None:
        self.evidence = evidence
        self.drawn = Drawn(self._tile)
        top, left, bottom, right = _edges(evidence)
        self.side = float(np.median(bottom - top)) if len(top) else 0.0
        """Of a cell, in pixels of the picture."""
        self._across = _joined(np.concatenate([np.stack([row, left, right], axis=1) for row in (top, bottom)]))
        self._down = _joined(np.concatenate([np.stack([column, top, bottom], axis=1) for column in (left, right)]))

    def _tile(self, at: Box, look: Look) -> NDArray[np.uint32] | None:
        """The lines as pixels of the device; where they cross they are no stronger."""
        out = np.zeros(at.size, np.uint32)
        for (width, _), pixel in zip((UNDER, OVER), _pixels(), strict=True):
            thick = max(1, round(width * look.ratio))
            _draw(out, _placed(self._across, look.zoom, at.top, at.left), thick, pixel)
            _draw(out.T, _placed(self._down, look.zoom, at.left, at.top), thick, pixel)
        return out if out.any() else None


def _draw(out: NDArray[np.uint32], lines: NDArray[np.int64], thick: int, pixel: np.uint32) -> None:
    """Set the pixels of lines, given by their row with where they begin and end."""
    more = thick // 2
    near = lines[(lines[:, 0] > -thick) & (lines[:, 0] < len(out) + thick)]
    for row, begin, end in near.tolist():
        out[max(row - more, 0) : max(row - more + thick, 0), max(begin - more, 0) : max(end - more + thick, 0)] = pixel


def _placed(edges: NDArray[np.int64], zoom: float, row: int, column: int) -> NDArray[np.int64]:
    """Edges in pixels of the device, where the squares of the picture's pixels stand, counted from a tile's corner."""
    return np.floor(edges * zoom + 0.5).astype(np.int64) - np.array([row, column, column])


def _pixels() -> tuple[np.uint32, np.uint32]:
    """Premultiplied ARGB of the line below, and of the line above with that below it."""
    below, light = UNDER[1], round(255 * OVER[1])
    alpha = round(255 * (OVER[1] + (1 - OVER[1]) * below))
    return np.uint32(round(255 * below) << 24), np.uint32(alpha << 24 | light << 16 | light << 8 | light)


def _edges(evidence: RetrievedPatches) -> tuple[NDArray[np.int64], ...]:
    """Top, left, bottom and right of every cell, as `Window.picture_box` has one: a large hole has tens of thousands."""
    window = evidence.pixels.window
    top, left, height, width = evidence.cells.astype(np.int64).T
    (tall, wide), (down, across) = window.box.size, window.size
    rows, columns = (top * tall // down, -((top + height) * -tall // down)), (left * wide // across, -((left + width) * -wide // across))
    return window.box.top + rows[0], window.box.left + columns[0], window.box.top + rows[1], window.box.left + columns[1]


def _joined(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Edges on the same line that touch, as one: drawn once, and in few strokes."""
    if not len(edges):
        return edges
    line, begin, end = edges[np.lexsort(edges.T[::-1])].T
    apart = 1 + 2 * int(np.abs(edges).max())
    reached = np.maximum.accumulate(line * apart + end)
    first = np.append(True, (line * apart + begin)[1:] > reached[:-1])
    last = np.append(np.flatnonzero(first)[1:] - 1, len(edges) - 1)
    return np.stack([line[first], begin[first], reached[last] - line[last] * apart], axis=1)
