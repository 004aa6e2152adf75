"""Gradient-domain filling: the picture whose differences are wanted ones, and which meets the known pixels at the rim.

Poisson image editing, Perez, Gangnet, Blake, SIGGRAPH 2003; here over a list of hole pixels and with wanted differences that come
from many sources. All lists are in reading order; four neighbours are numbered up, left, right, down.
"""

# pyright: basic
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from engine.ops.bands import runs_of_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ops.bands import Workers

_RUN = 20000


@nb.njit(cache=True, boundscheck=False, nogil=True)
def _link(holes, width, height, first, last, links):
    """links[k, e]: the index of hole pixel k's neighbour e in the list, -1 where that one is not in the hole, -2 off the picture."""
    n = len(holes)
    for e in range(4):
        step = (-width, -1, 1, width)[e]
        j = np.int64(np.searchsorted(holes, holes[first] + step))
        for k in range(first, last):
            x = holes[k] % width
            there = holes[k] + step
            if (e == 0 and there < 0) or (e == 3 and there >= width * height) or (e == 1 and x == 0) or (e == 2 and x == width - 1):
                links[k, e] = -2
                continue
            while j < n and holes[j] < there:
                j += 1
            links[k, e] = j if j < n and holes[j] == there else -1


@nb.njit(cache=True, boundscheck=False, nogil=True, fastmath=True)
def _assemble(pixels, known, rows, columns, links, source_rows, source_columns, smooth, scale, first, last, wanted, count):
    """The right side of the equations, (n, channels): known neighbours and wanted differences; and how many neighbours count.

    A difference has an estimate from each end's source. Where they point the same way the larger one is taken with `smooth` 0,
    their mean with 1; where they contradict each other always the mean, which makes no edge that neither has.
    """
    height, width, channels = pixels.shape
    g = np.zeros((2, channels), np.float32)
    for k in range(first, last):
        y = np.int64(rows[k])
        x = np.int64(columns[k])
        for c in range(channels):
            wanted[k, c] = 0
        neighbours = 0
        for e in range(4):
            dy = (-1, 0, 0, 1)[e]
            dx = (0, -1, 1, 0)[e]
            j = links[k, e]
            if j == -2 or (j == -1 and not known[y + dy, x + dx]):
                continue
            neighbours += 1
            estimates = 0
            for end in range(2):
                if (end == 1 and j < 0) or not len(source_rows):
                    continue
                if end == 0:
                    py = np.int64(source_rows[k])
                    px = np.int64(source_columns[k])
                    qy = py + dy
                    qx = px + dx
                else:
                    qy = np.int64(source_rows[j])
                    qx = np.int64(source_columns[j])
                    py = qy - dy
                    px = qx - dx
                if py < 0 or px < 0 or qy < 0 or qx < 0 or py >= height or qy >= height or px >= width or qx >= width:
                    continue
                if not known[py, px] or not known[qy, qx]:
                    continue
                for c in range(channels):
                    g[estimates, c] = (np.float32(pixels[py, px, c]) - np.float32(pixels[qy, qx, c])) * scale
                estimates += 1
            if estimates == 2:
                s0 = np.float32(0)
                s1 = np.float32(0)
                dot = np.float32(0)
                for c in range(channels):
                    s0 += g[0, c] * g[0, c]
                    s1 += g[1, c] * g[1, c]
                    dot += g[0, c] * g[1, c]
                larger = 0 if s0 > s1 else 1
                keen = np.float32(1) - smooth if dot > 0 else np.float32(0)
                for c in range(channels):
                    mean = np.float32(0.5) * (g[0, c] + g[1, c])
                    wanted[k, c] += mean + keen * (g[larger, c] - mean)
            elif estimates == 1:
                for c in range(channels):
                    wanted[k, c] += g[0, c]
            if j < 0:
                for c in range(channels):
                    wanted[k, c] += np.float32(pixels[y + dy, x + dx, c]) * scale
        count[k] = neighbours


@nb.njit(cache=True, boundscheck=False, nogil=True, fastmath=True)
def _relax(values, wanted, pull, links, count, order, screening, factor, first, last):
    """One half-sweep of over-relaxation over the hole pixels order[first..last - 1], no two of which are neighbours."""
    channels = values.shape[1]
    for i in range(first, last):
        k = order[i]
        share = np.float32(1) / (screening + np.float32(count[k]))
        for c in range(channels):
            total = wanted[k, c] + screening * pull[k, c]
            for e in range(4):
                j = links[k, e]
                if j >= 0:
                    total += values[j, c]
            values[k, c] += factor * (total * share - values[k, c])


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """A hole's linear system: each pixel is the mean of its neighbours plus the differences that are wanted of it."""

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    links: NDArray[np.int32]
    """(n, 4): each pixel's neighbours in the list; -1 where not in the hole, -2 off the picture."""
    wanted: NDArray[np.float32]
    """(n, channels): what known neighbours and wanted differences add up to."""
    count: NDArray[np.uint8]
    """(n,): neighbours that take part."""

    def solved(
        self, start: NDArray[np.float32], workers: Workers, *, sweeps: int, screening: float = 0.0, factor: float = 1.8
    ) -> NDArray[np.float32]:
        """The values (n, channels) after so many sweeps of over-relaxation from `start`, to which `screening` pulls them.

        Red and black pixels in turn, so that the outcome does not depend on the number of threads.
        """
        values = start.copy()
        odd = ((self.rows ^ self.columns) & 1).astype(np.bool_)
        colours = [np.flatnonzero(~odd).astype(np.int32), np.flatnonzero(odd).astype(np.int32)]
        tied = np.float32(max(screening, 1e-6))  # a hole with no rim at all keeps its start
        for _ in range(sweeps):
            for order in colours:

                def work(run: tuple[int, int], order: NDArray[np.int32] = order) -> None:
                    _relax(values, self.wanted, start, self.links, self.count, order, tied, np.float32(factor), *run)

                workers.each(work, runs_of_rows(order, _RUN))
        return values


def equations(
    pixels: NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32],
    known: NDArray[np.bool_],
    hole: tuple[NDArray[np.int32], NDArray[np.int32]],
    sources: tuple[NDArray[np.int32], NDArray[np.int32]] | None,
    workers: Workers,
    *,
    smooth: float = 0.0,
) -> Equations:
    """The system of a hole, its pixels' rows and columns (n,) each, that takes its differences from the sources' surroundings.

    `pixels` (h, w, channels) of any depth; values come out in [0, 1], those of float pixels in their own unit. No sources: no
    differences are wanted (a membrane). `smooth` from 0 (of two estimates of a difference that agree the larger) to 1 (their mean).
    """
    (height, width), (rows, columns) = known.shape, hole
    n = len(rows)
    places = rows.astype(np.int64) * width + columns
    links = np.empty((n, 4), np.int32)
    wanted, count = np.empty((n, pixels.shape[2]), np.float32), np.empty(n, np.uint8)
    scale = np.float32(1 if pixels.dtype == np.float32 else 1 / np.iinfo(pixels.dtype).max)
    from_ = (np.zeros(0, np.int32),) * 2 if sources is None else sources

    def work(run: tuple[int, int]) -> None:
        _link(places, width, height, *run, links)
        _assemble(pixels, known, rows, columns, links, *from_, np.float32(smooth), scale, *run, wanted, count)

    workers.each(work, runs_of_rows(rows, _RUN))
    return Equations(rows, columns, links, wanted, count)
