"""The cells of a hole that was made from patches, all of them in thin outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QColor

from app.view.canvas.drawn import device
from app.view.theme import BLACK, WHITE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from app.display import Display
    from app.retrieving import Retrieving
    from app.view.canvas.drawn import Seen
    from app.view.canvas.viewport import Viewport
    from engine.retrieved import RetrievedPatches

LEAST = 5.0
"""Device-independent pixels across cells; the lines of smaller ones would hide what they show."""

LINES = (BLACK, 3, 0.3), (WHITE, 1, 0.6)
"""The line below and the line above: colour, width in device-independent pixels, opacity."""


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
        if not shown:
            return
        with device(painter, viewport, clip, ratio) as seen:
            lines = [line for grid in shown for line in grid.lines(seen)]
            for colour, width, share in LINES:
                tone, thick = QColor(colour), round(width * ratio)
                tone.setAlphaF(share)
                for line in lines:
                    painter.fillRect(_thick(line, thick), tone)


class _Grid:
    """The edges of all cells, those that two of them share but once: rows or columns of the picture, with where they begin and end."""

    def __init__(self, evidence: RetrievedPatches) -> None:
        self.evidence = evidence
        top, left, bottom, right = _edges(evidence)
        self.side = float(np.median(bottom - top)) if len(top) else 0.0
        """Of a cell, in pixels of the picture."""
        self._across = _joined(np.concatenate([np.stack([row, left, right], axis=1) for row in (top, bottom)]))
        self._down = _joined(np.concatenate([np.stack([column, top, bottom], axis=1) for column in (left, right)]))

    def lines(self, seen: Seen) -> list[QRect]:
        """Those that are seen, in pixels of the device, one of them wide."""
        region, zoom = seen.region, seen.look.zoom
        rows = _on(self._across, zoom, (seen.top, seen.left), (region.top, region.bottom))
        columns = _on(self._down, zoom, (seen.left, seen.top), (region.left, region.right))
        flat = [QRect(begin, row, end - begin + 1, 1) for row, begin, end in rows]
        return flat + [QRect(column, begin, 1, end - begin + 1) for column, begin, end in columns]


def _edges(evidence: RetrievedPatches) -> tuple[NDArray[np.int64], ...]:
    """Top, left, bottom and right of every cell, as `Window.picture_box` has one: a large hole has tens of thousands."""
    window = evidence.pixels.window
    top, left, height, width = evidence.cells.astype(np.int64).T
    (tall, wide), (down, across) = window.box.size, window.size
    rows, columns = (top * tall // down, -((top + height) * -tall // down)), (left * wide // across, -((left + width) * -wide // across))
    return window.box.top + rows[0], window.box.left + columns[0], window.box.top + rows[1], window.box.left + columns[1]


def _thick(line: QRect, width: int) -> QRect:
    """A line made wider on both sides."""
    more = width // 2
    return line.adjusted(0, -more, 0, width - 1 - more) if line.height() == 1 else line.adjusted(-more, 0, width - 1 - more, 0)


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


def _on(edges: NDArray[np.int64], zoom: float, corner: tuple[int, int], between: tuple[int, int]) -> list[list[int]]:
    """Edges in pixels of the device, as squares of the picture's pixels stand there, as far as they lie between two places."""
    at = np.floor(edges * zoom + 0.5).astype(np.int64)
    at += np.array([corner[0], corner[1], corner[1]])
    return at[(at[:, 0] >= between[0] - 2) & (at[:, 0] <= between[1] + 2)].tolist()
