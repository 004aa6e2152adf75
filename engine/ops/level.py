"""One scale of a patch completion: the picture, the patches that reach into its hole, and their nearest-neighbour field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.ops import filters, patches
from engine.ops.bands import runs_of_rows
from engine.ops.gradients import link

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ops.bands import Workers
    from engine.ops.pyramid import Scale

_RUN = 6000
"""Targets one call of a kernel works on: some milliseconds."""


def sources_of(allowed: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """Centres (h, w) of the patches that lie wholly within allowed pixels and within the picture."""
    return filters.eroded(allowed, side)


class Level:
    """A scale's picture with four bytes a pixel, its targets (patches that touch the hole) and where each finds its like.

    Targets and hole pixels are lists in reading order, so that memory goes with the hole and not with the picture:
    `rows`, `columns` (n,) int32 of targets, `places` (n,) int64 their row times the picture's width plus column; `hole_rows`, `hole_columns` of hole pixels; `source_rows`, `source_columns` the field;
    `cost` (n,) int32, the summed squared difference; `weights` (n,) float32, those of the last vote.
    """

    def __init__(self, scale: Scale, side: int, workers: Workers) -> None:
        self.side, self.half, self.workers = side, side // 2, workers
        self.size = scale.size
        self.patch = (0,) * side
        self.usable = sources_of(scale.sources, side)
        self._lay(scale)
        self._list(scale.missing)
        self.source_rows, self.source_columns, self.cost = (np.zeros(len(self.rows), np.int32) for _ in range(3))
        self.weights = np.ones(len(self.rows), np.float32)
        self.scans = 0

    def _lay(self, scale: Scale) -> None:
        """Four bytes a pixel, with a border that repeats the edge and room for the last vector load.

        Three channels leave the fourth byte zero; one is laid on the first three.
        """
        (height, width), half = self.size, self.half
        self.picture = np.zeros((height + 2 * half, width + 2 * half + patches.lanes(self.side) // 4, 4), np.uint8)
        channels = scale.pixels.shape[2]
        self.inside[..., : max(channels, 3)] = scale.pixels
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

    def _list(self, missing: NDArray[np.bool_]) -> None:
        (height, width), side = self.size, self.side
        places = np.flatnonzero(filters.dilated(missing, side))
        self.rows, self.columns = (v.astype(np.int32) for v in np.divmod(places, width))
        links = np.empty((len(places), 4), np.int32)
        if len(places):
            link(places, width, height, 0, len(places), links)
        self.above, self.below = (np.maximum(links[:, e], -1) for e in (0, 3))
        holes = np.flatnonzero(missing)
        self.hole_rows, self.hole_columns = (v.astype(np.int32) for v in np.divmod(holes, width))
        self.centres = np.searchsorted(places, holes).astype(np.int32)
        self.places = places
        self._touches_edge = bool(len(holes)) and (
            self.hole_rows[0] == 0
            or self.hole_rows[-1] == height - 1
            or bool((self.hole_columns == 0).any() or (self.hole_columns == width - 1).any())
        )

    def depth(self, missing: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(n,): how far in pixels each target's centre lies from the nearest known pixel; 0 for those outside the hole."""
        top, left, bottom, right = self.rows[0], self.columns.min(), self.rows[-1] + 1, self.columns.max() + 1
        around = np.pad(missing[top:bottom, left:right], 1)
        # what borders the box is known unless the picture ends there: then the hole goes on
        for edge, ends in (
            (np.s_[0], top == 0),
            (np.s_[-1], bottom == self.size[0]),
            (np.s_[:, 0], left == 0),
            (np.s_[:, -1], right == self.size[1]),
        ):
            around[edge] = ends
        return filters.depth(around)[self.rows - top + 1, self.columns - left + 1]

    def start(self, seed: int, coarser: Level | None = None) -> NDArray[np.bool_]:
        """A random field, or the coarser level's doubled where that gives a usable source; returns where it did, (n,)."""
        carried = np.zeros(len(self.rows), np.bool_) if coarser is None else self._carry(coarser)
        wanting = ~carried
        for first, last in runs_of_rows(self.rows, _RUN):
            patches.scatter(self.usable, wanting, self.source_rows, self.source_columns, first, last, seed)
        return carried

    def _carry(self, coarser: Level) -> NDArray[np.bool_]:
        height, width = coarser.size
        rows, columns = np.minimum(self.rows >> 1, height - 1), np.minimum(self.columns >> 1, width - 1)
        from_ = _indices(coarser.places, rows.astype(np.int64) * width + columns)
        rows = 2 * coarser.source_rows[from_] + (self.rows & 1)
        columns = 2 * coarser.source_columns[from_] + (self.columns & 1)
        good = (from_ >= 0) & (rows < self.size[0]) & (columns < self.size[1])
        good[good] = self.usable[rows[good], columns[good]]
        self.source_rows[good], self.source_columns[good] = rows[good], columns[good]
        return good

    def search(self, scans: int, reach: int, seed: int) -> None:
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

            self.workers.each(work, runs_of_rows(self.rows, _RUN, shifted=self.scans % 4 > 1))
            self.scans += 1

    def vote(self, weights: NDArray[np.float32]) -> None:
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

        self.workers.each(work, runs_of_rows(self.hole_rows, _RUN, tall=64))
        if self._touches_edge:
            self._edge()

    def put(self, values: NDArray[np.uint8]) -> None:
        """Set the hole's pixels, (holes, 4)."""
        self.inside[self.hole_rows, self.hole_columns] = values
        if self._touches_edge:
            self._edge()

    def claimed(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """For each hole pixel the target that covers it with the largest weight in the last vote, and its share of all votes there."""
        targets, shares = np.zeros(len(self.hole_rows), np.int32), np.zeros(len(self.hole_rows), np.float32)

        def work(run: tuple[int, int]) -> None:
            patches.claim(self.half, self.size[1], self.columns, self.above, self.below, self.weights, self.centres, *run, targets, shares)

        self.workers.each(work, runs_of_rows(self.hole_rows, 4 * _RUN))
        return targets, shares


def _indices(places: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int32]:
    """Where each wanted place stands in a sorted list, -1 where it does not."""
    at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    return np.where(places[at] == wanted, at, -1).astype(np.int32)
