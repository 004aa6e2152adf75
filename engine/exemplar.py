"""Multi-scale patch completion: the hole is made of patches of its surroundings, from coarse to fine, then merged by gradients.

A pyramid of known pixels bridges the hole. On each level the patches that touch the hole look for their like among the known
ones (PatchMatch: Barnes et al., SIGGRAPH 2009), compared by colour and by texture (Newson et al., SIAM J. Imaging Sciences 2014), and
vote for the hole's pixels (Wexler, Shechtman, Irani, PAMI 2007), those near the rim more. At the end every pixel takes its
differences from one patch, and the picture of these differences is found that meets the rim (Perez, Gangnet, Blake, SIGGRAPH 2003;
Darabi et al., SIGGRAPH 2012). Above a working size the field is only carried up and refined, so that the pixels copied are always
those of the full picture.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evidence import ConfidenceMap, HolePixels, NearestNeighborField
from engine.geometry import Box
from engine.job import Fill, Settings, Step, setting
from engine.method import Cutout, deepened, encoded
from engine.ops.bands import Workers, pieces, strips, told
from engine.ops.completion import Run, largest_side, scales_of
from engine.ops.filters import magnified
from engine.ops.merge import equations
from engine.picture import Patch

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from engine.ops.bands import Pausing
    from engine.ops.completion import Round
    from engine.ops.level import Level

ROUNDS = {"draft": (2, 4, 5, 6), "normal": (6, 10, 14, 18), "best": (12, 18, 24, 30)}
"""Searches and votes a level, finest first; the last number holds for all coarser ones."""
AVERAGED = 6
"""Whole runs that "smooth" averages."""
SWEEPS, SCREENING = 12, 0.003
_STAGE = "matching"


@dataclass(frozen=True)
class PatchSettings(Settings):
    """What a user may change about the patches."""

    patch: int = setting(
        7,
        "Patch size",
        "Side of the square patches in pixels: small for fine texture and thin holes, large for architecture.",
        choices=(5, 7, 9),
    )
    effort: str = setting(
        "normal", "Effort", "How often each scale is searched: draft is quick, best takes about twice as long.", choices=tuple(ROUNDS)
    )
    smooth: float = setting(
        0.0,
        "Smoothing",
        "0 keeps the most detail, 0.5 has fewer wrong edges, 1 averages several results for thin holes.",
        least=0.0,
        most=1.0,
    )
    adapt: bool = setting(
        True, "Colour adaptation", "Let the fill's colours follow its surroundings; without it every pixel is an exact copy."
    )


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """One run: merged values (n, channels), and for each hole pixel where it came from and what spoke for that."""

    values: NDArray[np.float32]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    up: NDArray[np.int8]
    left: NDArray[np.int8]
    weights: NDArray[np.float16]
    distances: NDArray[np.float16]

    @classmethod
    def empty(cls, pixels: int, channels: int) -> Solution:
        """Room for so many pixels."""
        rows, columns = (np.empty(pixels, np.int32) for _ in range(2))
        up, left = (np.empty(pixels, np.int8) for _ in range(2))
        weights, distances = (np.empty(pixels, np.float16) for _ in range(2))
        return cls(np.empty((pixels, channels), np.float32), rows, columns, up, left, weights, distances)

    def at(self, mask: NDArray[np.bool_]) -> Solution:
        """Of those pixels only; itself where they are all."""
        return self if mask.all() else Solution(*(getattr(self, one.name)[mask] for one in fields(self)))


def filled(cutout: Cutout, settings: PatchSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
    """A cutout's hole made of patches of its sources; see `Method.fill`."""
    with Workers() as workers:
        seeds = rng.integers(1 << 31, size=AVERAGED if settings.adapt and settings.smooth > 0.5 else 1)
        solutions, side = yield from solved(cutout, settings, seeds.tolist(), workers)
        return (yield from told(_finished(cutout, settings, solutions, side, workers), 1.0, "merging"))


def solved(
    cutout: Cutout, settings: PatchSettings, seeds: Sequence[int], workers: Workers
) -> Generator[Step, None, tuple[list[Solution], int]]:
    """A solution a seed, and the side of the patches they are made of."""
    side = largest_side(cutout.sources, settings.patch)
    if side < settings.patch:
        yield Step(0.0, f"patches of {side}, as no source holds {settings.patch}")
    scales = yield from told(scales_of(cutout.pixels, cutout.known, cutout.sources, side, workers), 0.0, _STAGE)
    runs = [Run(scales, side, ROUNDS[settings.effort], workers, cutout.device, seed) for seed in seeds]
    progress = _Progress(runs, workers)
    solutions: list[Solution] = []
    for run in runs:
        level = yield from progress.steps(run.levels(), None if solutions else cutout)
        solution = yield from told(_merged(cutout, settings, level, workers), progress.share, "merging")
        solutions.append(solution)
        seen = cutout.patch(solution.values) if len(solutions) == 1 < len(runs) else None
        yield Step(progress.share, "merging", seen)
    return solutions, side


class _Progress:
    """Turns rounds into Steps, by the work they did."""

    def __init__(self, runs: list[Run], workers: Workers) -> None:
        self._workers = workers
        self._work, self._done = sum(run.work for run in runs), 0.0
        self._scales = len(runs[0].scales)

    @property
    def share(self) -> float:
        return min(1.0, self._done / self._work)

    def steps(self, rounds: Generator[Round | None, None, Level], cutout: Cutout | None) -> Generator[Step, None, Level]:
        """A Step a round and a pause, with a preview after each scale but the finest where a cutout is given."""
        left = self._scales
        while True:
            stage = f"{_STAGE}, level {self._scales - left + 1} of {self._scales}"
            try:
                round_ = next(rounds)
            except StopIteration as end:
                return end.value
            if round_ is None:
                yield Step(self.share, stage)
                continue
            self._done += round_.work
            seen = None
            if cutout is not None and round_.last and round_.depth:
                seen = yield from told(_seen(cutout, round_, self._workers), self.share, stage)
            yield Step(self.share, stage, seen)
            left -= round_.last


def _seen(cutout: Cutout, round_: Round, workers: Workers) -> Pausing[Patch]:
    """The hole as a scale sees it, enlarged to the window's size."""
    box, times, channels = cutout.box, 2**round_.depth, cutout.pixels.shape[2]
    top, left, bottom, right = box.top // times, box.left // times, -(-box.bottom // times), -(-box.right // times)
    inside = round_.level.inside[..., :channels]
    large: Any = np.empty((times * (bottom - top), times * (right - left), channels), cutout.pixels.dtype)

    def work(run: tuple[int, int]) -> None:
        part = magnified(inside, times, Box(top + run[0], left, run[1] - run[0], right - left))
        large[times * run[0] : times * run[1]] = deepened(part, large.dtype)

    yield from workers.each(work, strips((bottom - top, right - left), (1 << 18) // times**2))
    return Patch(0, box, large[box.moved(-top * times, -left * times).slices])


def _merged(cutout: Cutout, settings: PatchSettings, level: Level, workers: Workers) -> Pausing[Solution]:
    """Every hole pixel's source, and the picture of the sources' differences."""
    target, shares = yield from level.claimed()
    hole, depth = (level.hole_rows, level.hole_columns), cutout.pixels.dtype
    solution = Solution.empty(len(target), cutout.pixels.shape[2])

    def trace(run: tuple[int, int]) -> None:
        mine = slice(*run)
        at = target[mine]
        up, left = hole[0][mine] - level.rows[at], hole[1][mine] - level.columns[at]
        solution.rows[mine], solution.columns[mine] = level.source_rows[at] + up, level.source_columns[at] + left
        solution.up[mine], solution.left[mine] = up + level.half, left + level.half
        solution.weights[mine] = shares[mine]
        solution.distances[mine] = np.sqrt(level.cost[at] / (4.0 * level.side**2))
        if settings.adapt:  # what the relaxation starts from
            seen = level.inside[hole[0][mine], hole[1][mine], : cutout.pixels.shape[2]]
            solution.values[mine] = seen.astype(np.float32) / np.float32(255)
        else:
            copied = cutout.pixels[solution.rows[mine], solution.columns[mine]]
            solution.values[mine] = copied.astype(np.float32) / np.float32(np.iinfo(depth).max)

    yield from workers.each(trace, pieces(len(target)))
    if settings.adapt:
        sources, smooth = (solution.rows, solution.columns), min(1.0, 2 * settings.smooth)
        system = yield from equations(cutout.pixels, cutout.known, hole, sources, workers, smooth=smooth)
        values = yield from system.solved(solution.values, workers, sweeps=SWEEPS, screening=SCREENING)
        solution = replace(solution, values=values)
    return solution.at(cutout.hole[hole])


def _finished(cutout: Cutout, settings: PatchSettings, solutions: list[Solution], side: int, workers: Workers) -> Pausing[Fill]:
    """The mean of whole runs, and what it was made of."""
    first = solutions[0]
    pixels = HolePixels.of(cutout.window, cutout.hole)
    values = first.values if len(solutions) == 1 else np.empty_like(first.values)
    copied, sure = np.empty(len(values), np.bool_), np.empty(len(values), np.float16)
    weights = _shares(settings.smooth, len(solutions))

    def work(run: tuple[int, int]) -> None:
        mine = slice(*run)
        if len(solutions) > 1:
            values[mine] = np.tensordot(weights, np.stack([one.values[mine] for one in solutions]), 1)
        new = encoded(values[mine], cutout.pixels.dtype)
        copied[mine] = (new == cutout.pixels[first.rows[mine], first.columns[mine]]).all(axis=1)
        sure[mine] = np.exp(-np.mean([one.distances[mine] for one in solutions], axis=0, dtype=np.float32) / 16)

    yield from workers.each(work, pieces(len(values)))
    stacked: list[NDArray[Any]] = []
    for name in ("rows", "columns", "up", "left", "weights", "distances"):
        stacked.append((yield from _stacked(solutions, name, workers)))  # noqa: PERF401 - it pauses
    rows, columns, up, left, votes, distances = stacked
    field = NearestNeighborField(pixels, rows, columns, up, left, votes, distances, side, copied)
    return Fill(values, (field, ConfidenceMap(pixels, sure, "e^(-distance / 16 levels)")))


def _shares(smooth: float, runs: int) -> NDArray[np.float64]:
    """How much each run counts in the mean: at 1 equally, at 0.5 the first alone."""
    other = max(0.0, 2 * smooth - 1) / runs
    return np.array([1 - other * (runs - 1)] + [other] * (runs - 1))


def _stacked(solutions: list[Solution], name: str, workers: Workers) -> Pausing[NDArray[Any]]:
    """An array of all runs, (runs, n), without a copy of a single one."""
    arrays: list[NDArray[Any]] = [getattr(one, name) for one in solutions]
    if len(arrays) == 1:
        return arrays[0][None]
    out = np.empty((len(arrays), len(arrays[0])), arrays[0].dtype)
    yield from workers.each(lambda run: np.stack([one[slice(*run)] for one in arrays], out=out[:, slice(*run)]), pieces(len(arrays[0])))
    return out
