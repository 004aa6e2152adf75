"""One scale of a patch completion: the picture, the patches that reach into its hole, and their nearest-neighbour field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.ops import filters, patches
from engine.ops.bands import pieces, runs_of_rows, strips
from engine.ops.gradients import link

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers
    from engine.ops.pyramid import Scale

_RUN = 6000
"""Targets one call of a kernel works on: some milliseconds."""


def sources_of(allowed: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """Centres (h, w) of the patches that lie wholly within allowed pixels and within the picture."""
    return filters.eroded(allowed, side)


class Level:
    """A scale's picture with four bytes a pixel, its targets (patches that touch the hole) and where each finds its like.

    Targets and hole pixels are lists in reading order, so that memory goes with the hole and not with the picture:
    `rows`, `columns` (n,) int32 of targets, `places` (n,) int64 their row times the picture's width plus column; `hole_rows`,
    `hole_columns` of hole pixels, `centres` their own indices among the targets; `above`, `below` (n,) each target's neighbours, -1 where
    there is none; `source_rows`, `source_columns` the field; `cost` (n,) int32, the summed squared difference; `weights` (n,) float32,
    those of the last vote. `lay` has to be run first.
    """

    picture: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    places: NDArray[np.int64]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    above: NDArray[np.int32]
    below: NDArray[np.int32]
    hole_rows: NDArray[np.int32]
    hole_columns: NDArray[np.int32]
    centres: NDArray[np.int32]
    source_rows: NDArray[np.int32]
    source_columns: NDArray[np.int32]
    cost: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __init__(self, side: int, workers: Workers) -> None:
        self.side, self.half, self.workers = side, side // 2, workers
        self.patch = (0,) * side
        self.size = (0, 0)
        self.scans = 0
        self._touches_edge = False

    def lay(self, scale: Scale) -> Pausing[None]:
        """Take a scale's picture and list its targets."""
        self.size = scale.size
        self.usable = np.empty(self.size, np.bool_)
        yield from self._squares(filters.eroded, scale.sources, self.usable)
        yield from self._lay(scale)
        yield from self._list(scale.missing)
        yield from self._link()
        self.source_rows, self.source_columns, self.cost = (np.zeros(len(self.rows), np.int32) for _ in range(3))
        self.weights = np.zeros(len(self.rows), np.float32)

    def _squares(
        self, filter_: Callable[[NDArray[np.bool_], int], NDArray[np.bool_]], mask: NDArray[np.bool_], out: NDArray[np.bool_]
    ) -> Pausing[None]:
        """A filter of a square of the patch's side, strip by strip."""

        def work(strip: tuple[int, int]) -> None:
            first, last = max(0, strip[0] - self.half), strip[1] + self.half
            out[slice(*strip)] = filter_(mask[first:last], self.side)[strip[0] - first :][: strip[1] - strip[0]]

        yield from self.workers.each(work, strips(mask.shape))

    def _lay(self, scale: Scale) -> Pausing[None]:
        """Four bytes a pixel, with a border that repeats the edge and room for the last vector load.

        Three channels leave the fourth byte zero; one is laid on the first three.
        """
        (height, width), half = self.size, self.half
        self.picture = np.zeros((height + 2 * half, width + 2 * half + patches.lanes(self.side) // 4, 4), np.uint8)
        inside, channels = self.inside, scale.pixels.shape[2]

        def work(strip: tuple[int, int]) -> None:
            for channel in range(max(channels, 3)):  # one by one: runs of three bytes are copied slowly
                inside[slice(*strip), :, channel] = scale.pixels[slice(*strip), :, channel % channels]

        yield from self.workers.each(work, strips(self.size))
        self._edge()

    @property
    def inside(self) -> NDArray[np.uint8]:
        """(h, w, 4): the picture without its border, to read and to write."""
        height, width = self.size
        return self.picture[self.half : self.half + height, self.half : self.half + width]

    def _edge(self) -> None:
        (height, width), half, picture = self.size, self.half, self.picture
        picture[:, :half] = picture[:, half : half + 1]
        picture[:, half + width :] = picture[:, half + width - 1 : half + width]
        picture[:half] = picture[half]
        picture[half + height :] = picture[half + height - 1]

    def _list(self, missing: NDArray[np.bool_]) -> Pausing[None]:
        width = self.size[1]
        wanted = np.empty(self.size, np.bool_)
        yield from self._squares(filters.dilated, missing, wanted)
        runs = strips(self.size)
        targets, holes = ([0, *np.cumsum([np.count_nonzero(mask[top:bottom]) for top, bottom in runs])] for mask in (wanted, missing))
        self.places = np.empty(targets[-1], np.int64)
        self.rows, self.columns = (np.empty(targets[-1], np.int32) for _ in range(2))
        self.hole_rows, self.hole_columns, self.centres = (np.empty(holes[-1], np.int32) for _ in range(3))

        def work(number: int) -> None:
            strip, mine, holed = runs[number], slice(*targets[number : number + 2]), slice(*holes[number : number + 2])
            at = np.flatnonzero(wanted[slice(*strip)])
            self.places[mine] = at + strip[0] * width
            self.rows[mine], self.columns[mine] = at // width + strip[0], at % width
            own = np.flatnonzero(missing[slice(*strip)].ravel()[at])
            self.centres[holed] = own + mine.start
            self.hole_rows[holed], self.hole_columns[holed] = self.rows[mine][own], self.columns[mine][own]

        yield from self.workers.each(work, range(len(runs)))
        self._touches_edge = any(bool(edge.any()) for edge in (missing[0], missing[-1], missing[:, 0], missing[:, -1]))

    def _link(self) -> Pausing[None]:
        self.above, self.below = (np.empty(len(self.places), np.int32) for _ in range(2))

        def work(run: tuple[int, int]) -> None:
            links = np.empty((run[1] - run[0], 4), np.int32)
            link(self.places, self.size[1], self.size[0], *run, links)
            self.above[slice(*run)], self.below[slice(*run)] = (np.maximum(links[:, e], -1) for e in (0, 3))

        yield from self.workers.each(work, pieces(len(self.places)))

    def depth(self, missing: NDArray[np.bool_], most: float) -> Pausing[NDArray[np.float32]]:
        """(n,): how far in pixels each target's centre lies from the nearest known pixel; 0 for those outside the hole.

        Exact up to `most`; what lies deeper may be given any depth from there on.
        """
        width = self.size[1]
        left, right, halo = int(self.columns.min()), int(self.columns.max()) + 1, int(1.05 * most) + 2
        out = np.empty(len(self.rows), np.float32)

        def work(run: tuple[int, int]) -> None:
            top, bottom = int(self.rows[run[0]]), int(self.rows[run[1] - 1]) + 1
            first = max(0, top - halo)
            around = np.pad(missing[first : bottom + halo, left:right], 1)
            # where the picture ends the hole goes on; to the left and right of it all is known
            around[[0, -1]] = True
            around[:, 0], around[:, -1] = left == 0, right == width
            inner = slice(*run)
            out[inner] = filters.depth(around)[self.rows[inner] - first + 1, self.columns[inner] - left + 1]

        yield from self.workers.each(work, runs_of_rows(self.rows, 1 << 18, tall=max(4 * halo, (1 << 20) // width)))
        return out

    def start(self, seed: int, coarser: Level | None = None) -> Pausing[NDArray[np.bool_]]:
        """A random field, or the coarser level's doubled where that gives a usable source; returns where it did, (n,)."""
        carried = np.zeros(len(self.rows), np.bool_)
        if coarser is not None:
            yield from self.workers.each(lambda run: self._carry(coarser, slice(*run), carried), pieces(len(self.rows)))
        wanting = ~carried

        def work(run: tuple[int, int]) -> None:
            patches.scatter(self.usable, wanting, self.source_rows, self.source_columns, *run, seed)

        yield from self.workers.each(work, runs_of_rows(self.rows, _RUN))
        return carried

    def _carry(self, coarser: Level, run: slice, carried: NDArray[np.bool_]) -> None:
        height, width = coarser.size
        rows, columns = np.minimum(self.rows[run] >> 1, height - 1), np.minimum(self.columns[run] >> 1, width - 1)
        from_ = _indices(coarser.places, rows.astype(np.int64) * width + columns)
        rows = 2 * coarser.source_rows[from_] + (self.rows[run] & 1)
        columns = 2 * coarser.source_columns[from_] + (self.columns[run] & 1)
        good = (from_ >= 0) & (rows < self.size[0]) & (columns < self.size[1])
        good[good] = self.usable[rows[good], columns[good]]
        self.source_rows[run][good], self.source_columns[run][good] = rows[good], columns[good]
        carried[run] = good

    def search(self, scans: int, reach: int, seed: int) -> Pausing[None]:
        """So many scans of PatchMatch, forward and back in turn; the first measures all costs anew."""
        for scan in range(scans):
            forward = self.scans % 2 == 0
            neighbour = self.above if forward else self.below

            def work(
                run: tuple[int, int], forward: bool = forward, neighbour: NDArray[np.int32] = neighbour, fresh: bool = scan == 0
            ) -> None:
                patches.search(
                    self.patch, self.picture, self.usable, self.rows, self.columns, neighbour, self.source_rows, self.source_columns,
                    self.cost, *run, forward, fresh, reach, seed + self.scans,
                )  # fmt: skip

            yield from self.workers.each(work, runs_of_rows(self.rows, _RUN, shifted=self.scans % 4 > 1))
            self.scans += 1

    def vote(self, weights: NDArray[np.float32]) -> Pausing[None]:
        """Set the hole's pixels to the mean of the source patches laid over them, with these weights (n,)."""
        self.weights = weights.astype(np.float32, copy=False)

        def work(run: tuple[int, int]) -> None:
            top, bottom = int(self.hole_rows[run[0]]), int(self.hole_rows[run[1] - 1]) + 1
            # int32 as the list is: another type would copy all of it at each search
            first, last = np.searchsorted(self.rows, np.array((top - self.half, bottom + self.half), np.int32))
            patches.vote(
                self.patch, self.picture, self.rows, self.columns, self.source_rows, self.source_columns, self.weights,
                (int(first), int(last)), (top, bottom), self.hole_rows, self.hole_columns, run,
            )  # fmt: skip

        yield from self.workers.each(work, runs_of_rows(self.hole_rows, _RUN, tall=64))
        if self._touches_edge:
            self._edge()

    def put(self, values: NDArray[np.uint8]) -> Pausing[None]:
        """Set the hole's pixels, (holes, 4)."""
        inside = self.inside

        def work(run: tuple[int, int]) -> None:
            inside[self.hole_rows[slice(*run)], self.hole_columns[slice(*run)]] = values[slice(*run)]

        yield from self.workers.each(work, pieces(len(values)))
        if self._touches_edge:
            self._edge()

    def claimed(self) -> Pausing[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        """For each hole pixel the target that covers it with the largest weight in the last vote, and its share of all votes there."""
        targets, shares = np.zeros(len(self.hole_rows), np.int32), np.zeros(len(self.hole_rows), np.float32)

        def work(run: tuple[int, int]) -> None:
            patches.claim(self.half, self.size[1], self.columns, self.above, self.below, self.weights, self.centres, *run, targets, shares)

        yield from self.workers.each(work, runs_of_rows(self.hole_rows, 4 * _RUN))
        return targets, shares


def _indices(places: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int32]:
    """Where each wanted place stands in a sorted list, -1 where it does not."""
    at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    return np.where(places[at] == wanted, at, -1).astype(np.int32)
