"""A picture made in small, carried to full size with the detail of full-size patches.

After high-resolution residual aggregation (Yi, Tang, Azizi, Jang, Xu: Contextual Residual Aggregation, CVPR 2020): what was decided in small holds for the
finest detail too. With shares g, strength a and result y of the small size, its canvases x, and canvases X of full size::

    Y = up(y - a sum g x) + up(a) sum up(g) X
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.ops.bands import strips
from engine.ops.filters import magnified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers


def carried(
    base: NDArray[np.float32],
    strength: NDArray[np.float32],
    shares: NDArray[np.float32],
    canvases: Sequence[NDArray[np.float32]],
    hole: NDArray[np.bool_],
    times: int,
    workers: Workers,
) -> Pausing[NDArray[np.float32]]:
    """The hole's pixels at full size, (n, channels).

    Args:
        base: (h, w, 3): y - a sum g x, in small.
        strength: (h, w): a.
        shares: (h, w, ranks): g.
        canvases: X, of each rank (n, channels): the hole's pixels in reading order.
        hole: (H, W) bool: of full size; its upper left corner is that of the small arrays, which cover it.
        times: pixels of full size along a small one, a power of two.
        workers: who does it.
    """
    count, channels = canvases[0].shape
    values = np.empty((count, channels), np.float32)
    runs = strips((-(-hole.shape[0] // times), hole.shape[1] * times))
    edges = [0, *np.cumsum([np.count_nonzero(hole[top * times : bottom * times]) for top, bottom in runs])]
    stacked = np.dstack((base, strength[..., None], shares))

    def work(number: int) -> None:
        (top, bottom), mine = runs[number], slice(edges[number], edges[number + 1])
        rows = hole[top * times : bottom * times]
        large = magnified(stacked, times, Box(top, 0, bottom - top, stacked.shape[1])) if times > 1 else stacked[top:bottom]
        at = large[: rows.shape[0], : rows.shape[1]][rows]
        texture = sum(at[:, 4 + rank, None] * canvas[mine] for rank, canvas in enumerate(canvases))
        colours = at[:, :3] if channels == 3 else at[:, :3].mean(1, keepdims=True)
        values[mine] = colours + at[:, 3:4] * texture

    yield from workers.each(work, range(len(runs)))
    return values
