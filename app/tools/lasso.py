"""A shape drawn by hand, closed by the line from its end to its start."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Lasso:
    """The way of the pointer, positions of the picture."""

    def __init__(self, row: float, column: float) -> None:
        self.corners: list[tuple[float, float]] = [(row, column)]

    def to(self, row: float, column: float) -> None:
        """Draw on."""
        if (row, column) != self.corners[-1]:
            self.corners.append((row, column))

    def move(self, rows: float, columns: float) -> None:
        """Move the whole of it."""
        self.corners = [(row + rows, column + columns) for row, column in self.corners]

    def filled(self, within: Box) -> tuple[Box, NDArray[np.uint8]] | None:
        """The pixels whose centres lie inside: a box within another one and the coverage of it; None where there are none."""
        corners = np.array(self.corners)
        low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
        if len(corners) < 3 or (low == high).any():
            return None
        box = Box(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])).common(within)
        if box is None:
            return None
        coverage = _inside(corners - (box.top, box.left), box)
        return (box, coverage) if coverage.any() else None


def _inside(corners: NDArray[np.float64], box: Box) -> NDArray[np.uint8]:
    """255 where the line goes round a pixel's centre, once or more often: a loop over a loop stays inside.

    At each row an edge adds its direction where it crosses; their sum from the left is how often the line goes round.
    """
    turns = np.zeros((box.height, box.width + 1), np.int16)
    ends: list[list[float]] = np.concatenate([corners, np.roll(corners, -1, axis=0)], axis=1).tolist()
    for row, column, to_row, to_column in ends:
        first, last = (min(max(math.ceil(r - 0.5), 0), box.height) for r in sorted((row, to_row)))
        if first < last:
            rows = np.arange(first, last)
            across = column + (rows + 0.5 - row) * (to_column - column) / (to_row - row)
            at = np.clip(np.ceil(across - 0.5), 0, box.width).astype(np.intp)
            turns[rows, at] += 1 if to_row > row else -1
    return (np.cumsum(turns, axis=1, dtype=np.int16)[:, :-1] != 0).astype(np.uint8) * np.uint8(255)
