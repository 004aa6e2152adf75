"""A rectangle drawn from corner to corner."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rectangle:
    """Two opposite corners, positions of the picture."""

    def __init__(self, row: float, column: float) -> None:
        self._start = self._end = (row, column)

    @property
    def corners(self) -> list[tuple[float, float]]:
        """The four corners in order round the rectangle."""
        (top, left), (bottom, right) = self._start, self._end
        return [(top, left), (top, right), (bottom, right), (bottom, left)]

    def to(self, row: float, column: float) -> None:
        """Draw the second corner on."""
        self._end = (row, column)

    def move(self, rows: float, columns: float) -> None:
        """Move the whole of it."""
        (top, left), (bottom, right) = self._start, self._end
        self._start, self._end = (top + rows, left + columns), (bottom + rows, right + columns)

    def filled(self, within: Box) -> tuple[Box, NDArray[np.uint8]] | None:
        """Every pixel that the rectangle touches: their box within another one, all covered; None where there are none."""
        (top, bottom), (left, right) = (sorted(ends) for ends in zip(self._start, self._end, strict=True))
        rows, columns = math.ceil(bottom) - math.floor(top), math.ceil(right) - math.floor(left)
        if top == bottom or left == right:
            return None
        inside = Box(math.floor(top), math.floor(left), rows, columns).common(within)
        return None if inside is None else (inside, np.full(inside.size, 255, np.uint8))
