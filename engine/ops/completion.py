"""Completing a hole with patches of its surroundings, from coarse to fine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.ops.bands import pieces, runs_of_rows, strips
from engine.ops.filters import TELEA, inpainted, magnified
from engine.ops.level import sources_of
from engine.ops.level_torch import level_on
from engine.ops.pyramid import Scale, bridged, halved, shallow, texture

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import torch
    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers
    from engine.ops.level import Level
    from engine.picture import Pixels

WORKING_SIZE = 1_600_000
"""Pixels above which a scale is not solved but refined from the one below."""
SMALLEST_SIDE = 24
FEWEST_SOURCES = 200
SCANS = 2
REFINING_SCANS, REFINING_REACH = 2, 2
TEXTURE = 3.0
"""Weight of the texture channel: its levels are multiplied by this, hence its squares by nine."""
NEAR, NEAR_CAP = 4.0, 6.0
"""A vote falls by e^-NEAR a pixel from the rim, no further than the cap: what is near the rim is known better."""
_LOW = 12
QUANTILE, LAST = 0.75, 0.3
"""A vote falls by e at this quantile of the costs; in the very last vote at LAST times it, which is sharper."""


def scales_of(pixels: Pixels, known: NDArray[np.bool_], sources: NDArray[np.bool_], side: int, workers: Workers) -> Pausing[list[Scale]]:
    """The pyramid of a picture (h, w, 1 or 3), finest first; scales up to the working size have texture for a fourth channel."""
    missing = np.empty(known.shape, np.bool_)
    yield from workers.each(lambda run: np.logical_not(known[slice(*run)], out=missing[slice(*run)]), strips(known.shape))
    scales = [Scale((yield from shallow(pixels, workers)), missing, sources)]
    while scales[-1].missing.size > WORKING_SIZE:
        scales.append((yield from halved(scales[-1], workers)))
    scales[-1] = _textured(scales[-1])
    while min(scales[-1].size) > SMALLEST_SIDE:
        yield from workers.pause()
        next_ = bridged(scales[-1])
        if not next_.missing.any() or sources_of(next_.sources, side).sum() < FEWEST_SOURCES:
            break
        scales.append(next_)
    return scales


def _textured(scale: Scale) -> Scale:
    colours = np.ascontiguousarray(np.broadcast_to(scale.pixels, (*scale.size, 3)))
    busy = np.clip(TEXTURE * texture(colours, scale.missing) + 0.5, 0, 255).astype(np.uint8)
    return Scale(np.dstack([colours, busy]), scale.missing, scale.sources)


def largest_side(sources: NDArray[np.bool_], wanted: int) -> int:
    """The wanted patch side, or the largest smaller odd one of which a whole source patch exists; there must be a source."""

    def fits(side: int) -> bool:
        return any(sources_of(sources[max(0, top - side) : bottom], side).any() for top, bottom in strips(sources.shape))

    return next(side for side in range(wanted, 0, -2) if fits(side))


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One search and vote done."""

    level: Level
    depth: int
    """Which scale: 0 is the finest."""
    last: bool
    """Whether it was the scale's last."""
    work: float
    """In the unit of `Run.work`."""


class Run:
    """One way through the scales, by one seed. `rounds`: searches and votes a scale, finest solved first, the last for all coarser."""

    def __init__(self, scales: list[Scale], side: int, rounds: tuple[int, ...], workers: Workers, device: torch.device, seed: int) -> None:
        self.scales, self.side, self.workers, self.device, self.seed = scales, side, workers, device, seed
        self.first_solved = next(depth for depth, scale in enumerate(scales) if scale.pixels.shape[2] == 4)
        solved = len(scales) - self.first_solved
        self._sizes = [float(scale.missing.sum()) + 100 for scale in scales]
        self.rounds = [1] * self.first_solved + [rounds[min(k, len(rounds) - 1)] for k in range(solved)]

    @property
    def work(self) -> float:
        """What `levels` costs, in hole pixels voted for."""
        return sum(rounds * size for rounds, size in zip(self.rounds, self._sizes, strict=True))

    def levels(self) -> Generator[Round | None, None, Level]:
        """Solve the scales from the coarsest to the finest, whose Level is returned; None where it only pauses."""
        level = None
        for depth in reversed(range(len(self.scales))):
            level, near = yield from self._started(depth, level)
            for round_ in range(self.rounds[depth]):
                last = round_ == self.rounds[depth] - 1
                solved = depth >= self.first_solved
                yield from level.search(*((SCANS, max(level.size) // 2) if solved else (REFINING_SCANS, REFINING_REACH)), self.seed)
                sharper = LAST if last and depth == 0 else 1.0
                yield from level.vote((yield from _likeness(level.cost, sharper, near, self.workers)))
                yield Round(level, depth, last, self._sizes[depth])
        assert level is not None
        return level

    def _started(self, depth: int, coarser: Level | None) -> Pausing[tuple[Level, NDArray[np.float32]]]:
        """A scale's Level with a first guess in its hole, and how much each target's vote counts for lying near the rim."""
        level = yield from level_on(self.device, self.scales[depth], self.side, self.workers)
        carried = yield from level.start(self.seed + depth, coarser)
        near = yield from self._nearness(level, depth)
        if coarser is None:
            yield from level.put(_guess(level, self.scales[depth].missing))
        else:
            yield from level.put((yield from _enlarged(coarser, level, self.workers)))
            yield from level.vote(near * carried)  # from the finer pixels: sharper than the enlarged ones
        return level, near

    def _nearness(self, level: Level, depth: int) -> Pausing[NDArray[np.float32]]:
        """Votes' factors (n,), which fall with the distance to the rim in pixels of the working size."""
        finer = 2 ** max(0, self.first_solved - depth)
        far = yield from level.depth(self.scales[depth].missing, NEAR_CAP * finer)

        def work(run: tuple[int, int]) -> None:
            far[slice(*run)] = np.exp(-NEAR * np.minimum(far[slice(*run)] / finer, NEAR_CAP))

        yield from self.workers.each(work, pieces(len(far)))
        return far


def _guess(level: Level, missing: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A first guess of the coarsest hole, (holes, 4): Telea's, all four channels."""
    parts = [inpainted(level.inside[..., channels], missing, 3, TELEA) for channels in (slice(0, 3), slice(3, 4))]
    return np.dstack(parts)[level.hole_rows, level.hole_columns]


def _enlarged(coarser: Level, level: Level, workers: Workers) -> Pausing[NDArray[np.uint8]]:
    """The coarser picture at the finer size, at the finer hole's pixels, (holes, 4)."""
    values = np.empty((len(level.hole_rows), 4), np.uint8)
    left, right = int(level.hole_columns.min()) // 2, int(level.hole_columns.max()) // 2 + 1

    def work(run: tuple[int, int]) -> None:
        rows, columns = level.hole_rows[slice(*run)], level.hole_columns[slice(*run)]
        box = Box(int(rows[0]) // 2, left, int(rows[-1]) // 2 + 1 - int(rows[0]) // 2, right - left)
        values[slice(*run)] = magnified(coarser.inside, 2, box)[rows - 2 * box.top, columns - 2 * box.left]

    yield from workers.each(work, runs_of_rows(level.hole_rows, 1 << 16, tall=64))
    return values


def _likeness(cost: NDArray[np.int32], sharper: float, near: NDArray[np.float32], workers: Workers) -> Pausing[NDArray[np.float32]]:
    """Vote of each patch by its cost: 1 for a perfect match, and never quite 0; times what it counts for being near."""
    usual = yield from nth(cost, int(QUANTILE * len(cost)), workers)
    factor = np.float32(-1 / (max(float(usual), 100.0) * sharper))
    weights = np.empty(len(cost), np.float32)

    def work(run: tuple[int, int]) -> None:
        weights[slice(*run)] = (np.exp(cost[slice(*run)] * factor) + np.float32(1e-6)) * near[slice(*run)]

    yield from workers.each(work, pieces(len(cost)))
    return weights


def nth(values: NDArray[np.int32], at: int, workers: Workers) -> Pausing[int]:
    """The value that would stand at an index if values (n,), none below 0, were sorted: counted by their high bits, then by the low ones."""
    high = yield from _counted(values, workers, lambda part: part >> _LOW)
    below = np.cumsum(high)
    top = int(np.searchsorted(below, at, "right"))
    low = yield from _counted(values, workers, lambda part: part[part >> _LOW == top] & ((1 << _LOW) - 1))
    before = int(below[top - 1]) if top else 0
    return (top << _LOW) + int(np.searchsorted(np.cumsum(low), at - before, "right"))


def _counted(
    values: NDArray[np.int32], workers: Workers, of: Callable[[NDArray[np.int32]], NDArray[np.int32]]
) -> Pausing[NDArray[np.intp]]:
    """How often each number comes among `of(values)`."""
    counts: list[NDArray[np.intp]] = []
    yield from workers.each(lambda run: counts.append(np.bincount(of(values[slice(*run)]))), pieces(len(values)))
    total = np.zeros(max(map(len, counts)), np.intp)
    for count in counts:
        total[: len(count)] += count
    return total
