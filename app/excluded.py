"""The piece of the photograph that a part of a fill came from, to be excluded from the next fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.geometry import Box
from engine.ops.filters import components, dilated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evidence import Evidence, HolePixels, Source

APART = 2.0
"""Neighbours whose offsets differ by no more pixels than this came in one piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Pixels of the photograph."""

    box: Box
    where: NDArray[Any]
    """(h, w) bool."""


def piece_around(pixels: HolePixels, field: Evidence, place: tuple[int, int], source: Source, size: tuple[int, int]) -> Piece:
    """What the connected part of a fill around a pixel came from, and a patch around it.

    Args:
        pixels: the filled pixels.
        field: evidence with a layer "field", source less pixel.
        place: row and column of the pixel.
        source: its source.
        size: height and width of the photograph.
    """
    frame = pixels.window.box
    box = Box(
        frame.top + int(pixels.rows.min()),
        frame.left + int(pixels.columns.min()),
        int(np.ptp(pixels.rows)) + 1,
        int(np.ptp(pixels.columns)) + 1,
    )
    offsets = np.nan_to_num(field.layer("field", box), nan=1e9)
    mine = offsets[place[0] - box.top, place[1] - box.left]
    labels = components(np.abs(offsets - mine).max(axis=2) <= APART)[1]
    rows, columns = np.nonzero(labels == labels[place[0] - box.top, place[1] - box.left])
    steps = np.rint(offsets[rows, columns]).astype(np.int64)
    return _piece(rows + box.top + steps[:, 0], columns + box.left + steps[:, 1], max(source.patch.size), size)


def _piece(rows: NDArray[np.int64], columns: NDArray[np.int64], side: int, size: tuple[int, int]) -> Piece:
    """Those pixels and the patches around them."""
    tight = Box(int(rows.min()), int(columns.min()), int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)
    box = tight.grown(side, side).common(Box.whole(size))
    assert box is not None
    inside = np.zeros(box.size, np.bool_)
    inside[np.clip(rows, 0, size[0] - 1) - box.top, np.clip(columns, 0, size[1] - 1) - box.left] = True
    return Piece(box, dilated(inside, side // 2 * 2 + 1))
