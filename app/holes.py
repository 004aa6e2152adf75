"""Which holes are painted: their boxes, kept up to date by tiles, so that a stroke on 100 megapixels looks at its own tiles alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.sheet import TILE, tiles
from engine.geometry import Box
from engine.ops.filters import components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.sheet import Sheet

CELL = 16
"""Side of the squares of a mask that are either painted or not: holes are told apart where an empty one lies between them."""


class Holes:
    """The painted pieces of a mask."""

    def __init__(self, mask: Sheet) -> None:
        self._mask = mask
        self._cells = np.zeros(tuple(-(-side // CELL) for side in mask.size), np.bool_)
        self._stale: set[Box] = set()
        self._boxes: list[Box] = []

    def changed(self, box: Box) -> None:
        """The tiles of a box are looked at again when somebody asks: a moving brush only names them."""
        self._stale.update(tiles(box, self._mask.box))

    @property
    def boxes(self) -> list[Box]:
        """A box around each piece, in reading order."""
        if self._stale:
            for tile in self._stale:
                self._look(tile)
            self._stale.clear()
            self._boxes = sorted(self._found(), key=lambda box: (box.top, box.left))
        return self._boxes

    @property
    def box(self) -> Box | None:
        """Around all that is painted; None where nothing is."""
        around: Box | None = None
        for box in self.boxes:
            around = box if around is None else around.joined(box)
        return around

    def _look(self, tile: Box) -> None:
        """See which cells of a tile are painted."""
        part = self._mask.pixels[tile.slices]
        top, left, across = tile.top // CELL, tile.left // CELL, TILE // CELL
        cells = self._cells[top : top + across, left : left + across]
        cells[...] = False
        if part.any():
            rows, columns = (range(0, side, CELL) for side in part.shape)
            cells[...] = np.logical_or.reduceat(np.logical_or.reduceat(part > 0, rows, axis=0), columns, axis=1)

    def _found(self) -> list[Box]:
        count, labels = components(self._cells)
        rows, columns = np.nonzero(labels)
        of = labels[rows, columns] - 1
        first, last = np.full((2, count), max(labels.shape)), np.zeros((2, count), np.intp)
        for axis, places in enumerate((rows, columns)):
            np.minimum.at(first[axis], of, places)
            np.maximum.at(last[axis], of, places)
        return [self._exact(labels, k + 1, first[:, k], last[:, k]) for k in range(count)]

    def _exact(self, labels: NDArray[Any], label: int, first: NDArray[Any], last: NDArray[Any]) -> Box:
        """The box of a piece to the pixel, from its outermost cells alone."""
        (top, left), (bottom, right) = first, last + 1
        pixels, cells = self._mask.pixels, labels[top:bottom, left:right] == label
        part = pixels[top * CELL : bottom * CELL, left * CELL : right * CELL]
        ends = [_ends(side, mine) for side, mine in ((part, cells), (part.T, cells.T))]
        (up, down), (begin, end) = ends
        return Box(int(top) * CELL + up, int(left) * CELL + begin, down - up, end - begin)


def _ends(part: NDArray[Any], cells: NDArray[Any]) -> tuple[int, int]:
    """The first painted row of a piece and the one after its last, looking at its first and last row of cells."""
    lines = [np.repeat(line, CELL)[: part.shape[1]] for line in (cells[0], cells[-1])]
    under = (len(cells) - 1) * CELL
    above, below = np.nonzero(part[:CELL, lines[0]])[0], np.nonzero(part[under:, lines[1]])[0]
    return int(above.min()), under + int(below.max()) + 1
