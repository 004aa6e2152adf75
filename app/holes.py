"""Which holes are painted: their boxes, kept up to date by tiles, so that a stroke on 100 megapixels looks at its own tiles alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.sheet import TILE, tiles
from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Holes:
    """The painted pieces of a mask. Pieces are told apart by cells of a tile, 16 x 16 pixels each, that touch."""

    CELL = 16

    def __init__(self, coverage: NDArray[np.uint8]) -> None:
        self._coverage = coverage
        self._whole = Box.whole(coverage.shape)
        self._cells: dict[Box, NDArray[Any]] = {}
        self._stale: set[Box] = set()
        self._boxes: list[Box] = []

    def changed(self, box: Box) -> None:
        """The tiles of a box are looked at again when somebody asks: a moving brush only names them."""
        self._stale.update(tiles(box, self._whole))

    def _look(self) -> None:
        for tile in self._stale:
            part = self._coverage[tile.slices]
            if part.any():
                rows, columns = (range(0, side, self.CELL) for side in part.shape)
                self._cells[tile] = np.logical_or.reduceat(np.logical_or.reduceat(part > 0, rows, axis=0), columns, axis=1)
            else:
                self._cells.pop(tile, None)
        self._stale.clear()

    @property
    def box(self) -> Box | None:
        """Around all that is painted; None where nothing is."""
        first, *others = self.boxes or [None]
        for other in others:
            assert first is not None
            assert other is not None
            first = first.joined(other)
        return first

    @property
    def boxes(self) -> list[Box]:
        """A box around each piece, in reading order."""
        if self._stale:
            self._look()
            self._boxes = sorted((self._exact(piece) for piece in self._pieces()), key=lambda box: (box.top, box.left))
        return self._boxes

    def _pieces(self) -> list[set[tuple[int, int]]]:
        """Painted cells (row, column of the mask's grid of cells) that touch."""
        left: set[tuple[int, int]] = set()
        per = TILE // self.CELL
        for tile, cells in self._cells.items():
            rows, columns = np.nonzero(cells)
            left.update(zip((rows + tile.top // TILE * per).tolist(), (columns + tile.left // TILE * per).tolist(), strict=True))
        found: list[set[tuple[int, int]]] = []
        while left:
            piece, rim = set[tuple[int, int]](), [left.pop()]
            while rim:
                row, column = rim.pop()
                piece.add((row, column))
                near = {(r, c) for r in range(row - 1, row + 2) for c in range(column - 1, column + 2)} & left
                left -= near
                rim.extend(near)
            found.append(piece)
        return found

    def _exact(self, piece: set[tuple[int, int]]) -> Box:
        """The box of a piece, to the pixel."""
        rows, columns = zip(*piece, strict=True)
        top, left, side = min(rows) * self.CELL, min(columns) * self.CELL, self.CELL
        rough = Box(top, left, (max(rows) + 1) * side - top, (max(columns) + 1) * side - left).common(self._whole)
        assert rough is not None
        inside = Box.around(self._coverage[rough.slices])
        assert inside is not None
        return inside.moved(rough.top, rough.left)
