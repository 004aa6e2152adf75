"""Gradient-domain filling: the picture whose differences are wanted ones, and which meets the known pixels at the rim.

Poisson image editing, Perez, Gangnet, Blake, SIGGRAPH 2003; here over a list of hole pixels and with wanted differences that come
from many sources. All lists are in reading order; four neighbours are numbered up, left, right, down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from engine.ops import gradients
from engine.ops.bands import pieces, runs_of_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers

Shades: TypeAlias = "NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]"
"""Pixels of any depth; those of floats have their own unit."""

_RUN = 20000


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
    colours: tuple[NDArray[np.int32], NDArray[np.int32]]
    """Indices of the pixels in two parts, neither of which holds two neighbours."""

    def solved(
        self, start: NDArray[np.float32], workers: Workers, *, sweeps: int, screening: float = 0.0, factor: float = 1.8
    ) -> Pausing[NDArray[np.float32]]:
        """The values (n, channels) after so many sweeps of over-relaxation from `start`, to which `screening` pulls them.

        Red and black pixels in turn, so that the outcome does not depend on the number of threads.
        """
        values = np.empty_like(start)
        yield from workers.each(lambda run: np.copyto(values[slice(*run)], start[slice(*run)]), pieces(len(start)))
        tied = np.float32(max(screening, 1e-6))  # a hole with no rim at all keeps its start
        for _ in range(sweeps):
            for order in self.colours:

                def work(run: tuple[int, int], order: NDArray[np.int32] = order) -> None:
                    gradients.relax(values, self.wanted, start, self.links, self.count, order, tied, np.float32(factor), *run)

                yield from workers.each(work, pieces(len(order), _RUN))
        return values


def _colours(rows: NDArray[np.int32], columns: NDArray[np.int32], workers: Workers) -> Pausing[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Pixels as the fields of a chessboard: the indices of one colour's and of the other's, in order."""
    odd = np.empty(len(rows), np.bool_)

    def work(run: tuple[int, int]) -> None:
        odd[slice(*run)] = (rows[slice(*run)] ^ columns[slice(*run)]) & 1

    yield from workers.each(work, pieces(len(odd)))
    return (yield from _indices(~odd, workers)), (yield from _indices(odd, workers))


def _indices(mask: NDArray[np.bool_], workers: Workers) -> Pausing[NDArray[np.int32]]:
    """Where a mask (n,) is set."""
    runs = pieces(len(mask))
    edges = [0, *np.cumsum([np.count_nonzero(mask[slice(*run)]) for run in runs])]
    out = np.empty(edges[-1], np.int32)

    def work(number: int) -> None:
        out[edges[number] : edges[number + 1]] = np.flatnonzero(mask[slice(*runs[number])]) + runs[number][0]

    yield from workers.each(work, range(len(runs)))
    return out


def equations(
    pixels: Shades,
    known: NDArray[np.bool_],
    hole: tuple[NDArray[np.int32], NDArray[np.int32]],
    sources: tuple[NDArray[np.int32], NDArray[np.int32]] | None,
    workers: Workers,
    *,
    smooth: float = 0.0,
) -> Pausing[Equations]:
    """The system of a hole, its pixels' rows and columns (n,) each, that takes its differences from the sources' surroundings.

    `pixels` (h, w, channels) of any depth; values come out in [0, 1], those of float pixels in their own unit. No sources: no
    differences are wanted (a membrane). `smooth` from 0 (of two estimates of a difference that agree the larger) to 1 (their mean).
    """
    (height, width), (rows, columns) = known.shape, hole
    n = len(rows)
    places = np.empty(n, np.int64)
    links = np.empty((n, 4), np.int32)
    wanted, count = np.empty((n, pixels.shape[2]), np.float32), np.empty(n, np.uint8)
    scale = np.float32(1 / white(pixels.dtype))
    source_rows, source_columns = (np.zeros(0, np.int32), np.zeros(0, np.int32)) if sources is None else sources

    def place(run: tuple[int, int]) -> None:
        places[slice(*run)] = rows[slice(*run)].astype(np.int64) * width + columns[slice(*run)]

    def work(run: tuple[int, int]) -> None:
        gradients.link(places, width, height, *run, links[slice(*run)])
        gradients.assemble(pixels, known, rows, columns, links, source_rows, source_columns, np.float32(smooth), scale, *run, wanted, count)

    yield from workers.each(place, pieces(n))
    yield from workers.each(work, runs_of_rows(rows, _RUN))
    return Equations(rows, columns, links, wanted, count, (yield from _colours(rows, columns, workers)))


def white(depth: np.dtype[Any]) -> int:
    """The largest value of a depth; 1 of float."""
    return 1 if depth == np.float32 else int(np.iinfo(depth).max)
