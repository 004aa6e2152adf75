"""Compiled loops of gradient-domain filling: neighbours of hole pixels, their equations, and relaxation.

All lists are in reading order; four neighbours are numbered up, left, right, down. Every kernel releases the interpreter lock,
works on a run of hole pixels that its caller chose, and changes its last arrays (`relax` its first) in place. Their signatures are what callers
see; the compiler goes by what it is given.
"""

# pyright: basic
from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@nb.njit(cache=True, boundscheck=False, nogil=True)
def link(places: NDArray[np.int64], width: int, height: int, first: int, last: int, links: NDArray[np.int32]) -> None:
    """links[k - first, e]: the index in a list of places of place k's neighbour e, -1 where that one is not in the list, -2 off the picture."""
    n = len(places)
    for e in range(4):
        step = (-width, -1, 1, width)[e]
        j = np.int64(np.searchsorted(places, places[first] + step))
        for k in range(first, last):
            x = places[k] % width
            there = places[k] + step
            if (e == 0 and there < 0) or (e == 3 and there >= width * height) or (e == 1 and x == 0) or (e == 2 and x == width - 1):
                links[k - first, e] = -2
                continue
            while j < n and places[j] < there:
                j += 1
            links[k - first, e] = j if j < n and places[j] == there else -1


@nb.njit(cache=True, boundscheck=False, nogil=True, fastmath=True)
def assemble(
    pixels: NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32],
    known: NDArray[np.bool_],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    links: NDArray[np.int32],
    source_rows: NDArray[np.int32],
    source_columns: NDArray[np.int32],
    smooth: np.float32,
    scale: np.float32,
    first: int,
    last: int,
    wanted: NDArray[np.float32],
    count: NDArray[np.uint8],
) -> None:
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
def relax(
    values: NDArray[np.float32],
    wanted: NDArray[np.float32],
    pull: NDArray[np.float32],
    links: NDArray[np.int32],
    count: NDArray[np.uint8],
    order: NDArray[np.int32],
    screening: np.float32,
    factor: np.float32,
    first: int,
    last: int,
) -> None:
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
