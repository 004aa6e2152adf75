"""A compiled search for patches of features that correlate best, within a window around a first guess.

It releases the interpreter lock, works on a run of places that its caller chose, and changes its last arrays in place.
"""

# pyright: basic
from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOWHERE = -(1 << 20)
"""A row and column that no window around a place holds."""


@nb.njit(cache=True, boundscheck=False, nogil=True, fastmath=True)
def climb(  # noqa: C901 - its loops are one piece
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    side: int,
    channels: int,
    radius: int,
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    first: int,
    last: int,
    there: NDArray[np.int32],
    before: NDArray[np.int32],
    score: NDArray[np.float32],
) -> None:
    """Move places first..last - 1 each to where its patch correlates best, in the square of `radius` around where it was.

    Args:
        one: (h + side - 1, (w + side - 1) channels), features with a border, so that the patch around (row, column) begins at
            [row, column channels]; a patch's score is the sum of its products.
        other: the same of the picture that is searched.
        side: of a patch, odd.
        channels: of the features.
        radius: of the search.
        rows: (n,) of the places in `one`.
        columns: (n,).
        first: of the run.
        last: one beyond it.
        there: (n, 2), row and column in `other`.
        before: (n, 2), the centre of the window that was searched before, whose places are left out; NOWHERE for none.
        score: (n,), of `there`; computed where `before` is NOWHERE. A place moves only to a higher one.
    """
    width = side * channels
    height, across = other.shape[0] - side + 1, other.shape[1] // channels - side + 1
    for k in range(first, last):
        y, x = np.int64(rows[k]), np.int64(columns[k]) * channels
        row, column = np.int64(there[k, 0]), np.int64(there[k, 1])
        old_row, old_column = np.int64(before[k, 0]), np.int64(before[k, 1])
        best = score[k]
        if old_row == NOWHERE:
            best = np.float32(0)
            for r in range(side):
                a, b = one[y + r, x : x + width], other[row + r, column * channels : column * channels + width]
                for i in range(width):
                    best += a[i] * b[i]
        for v in range(max(0, row - radius), min(height, row + radius + 1)):
            for u in range(max(0, column - radius), min(across, column + radius + 1)):
                if abs(v - old_row) <= radius and abs(u - old_column) <= radius:
                    continue
                total = np.float32(0)
                for r in range(side):
                    a, b = one[y + r, x : x + width], other[v + r, u * channels : u * channels + width]
                    for i in range(width):
                        total += a[i] * b[i]
                if total > best:
                    best = total
                    there[k, 0] = v
                    there[k, 1] = u
        before[k, 0] = row
        before[k, 1] = column
        score[k] = best
