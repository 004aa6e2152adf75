"""The piece of the photograph that a part of a fill came from, to be excluded from the next fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.geometry import Box
from engine.ops.filters import components, dilated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evidence import Evidence, Source

APART = 2.0
"""Neighbours whose offsets differ by no more pixels than this came in one piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Pixels of the photograph."""

    box: Box
    where: NDArray[Any]
    """(h, w) bool."""


def piece_around(field: Evidence, place: tuple[int, int], source: Source, size: tuple[int, int]) -> Piece:
    """What the connected part of a fill around a pixel came from, and a patch around it.

    Args:
        field: evidence with a layer "field", source less pixel.
        place: row and column of the pixel.
        source: its likeliest source; where results were averaged it need not be the one in the field.
        size: height and width of the photograph.
    """
    box = field.pixels.box
    assert box is not None
    offsets = field.layer("field", box)
    row, column = place[0] - box.top, place[1] - box.left
    down, across = offsets[row, column]
    labels = components((np.abs(offsets[..., 0] - down) <= APART) & (np.abs(offsets[..., 1] - across) <= APART))[1]
    rows, columns = np.nonzero(labels == labels[row, column])
    steps = np.rint(offsets[rows, columns]).astype(np.int64)
    at = source.place.box
    rows = np.append(rows + box.top + steps[:, 0], at.top).clip(0, size[0] - 1)
    columns = np.append(columns + box.left + steps[:, 1], at.left).clip(0, size[1] - 1)
    return _with_patches(rows, columns, max(source.patch.size), size)


def _with_patches(rows: NDArray[np.int64], columns: NDArray[np.int64], side: int, size: tuple[int, int]) -> Piece:
    """Those pixels and the patches around them."""
    tight = Box(int(rows.min()), int(columns.min()), int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)
    box = tight.grown(side, side).common(Box.whole(size))
    assert box is not None
    inside = np.zeros(box.size, np.bool_)
    inside[rows - box.top, columns - box.left] = True
    return Piece(box, dilated(inside, side // 2 * 2 + 1))
