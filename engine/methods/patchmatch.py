"""Multi-scale patch completion: the hole is made of patches of its surroundings, from coarse to fine, then merged by gradients.

A pyramid of known pixels bridges the hole. On each level the patches that touch the hole look for their like among the known
ones (PatchMatch: Barnes et al., SIGGRAPH 2009), compared by colour and by texture (Newson et al., SIAM J. Imaging Sciences 2014), and
vote for the hole's pixels (Wexler, Shechtman, Irani, PAMI 2007), those near the rim more. At the end every pixel takes its
differences from one patch, and the picture of these differences is found that meets the rim (Perez, Gangnet, Blake, SIGGRAPH 2003;
Darabi et al., SIGGRAPH 2012). Above a working size the field is only carried up and refined, so that the pixels copied are always
those of the full picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evidence import ConfidenceMap, HolePixels, NearestNeighborField
from engine.job import Card, Fill, Settings, Step, setting
from engine.method import Cutout, Method, by_pixels, encoded
from engine.ops.bands import Workers
from engine.ops.completion import Run, largest_side, scales_of
from engine.ops.filters import enlarged
from engine.ops.merge import equations

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.ops.completion import Round
    from engine.ops.level import Level
    from engine.picture import Patch

ROUNDS = {"draft": (2, 4, 5, 6), "normal": (6, 10, 14, 18), "best": (12, 18, 24, 30)}
"""Searches and votes a level, finest first; the last number holds for all coarser ones."""
AVERAGED = 6
"""Whole runs that "smooth" averages."""
SWEEPS, SCREENING = 12, 0.003


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
        "Detail to smooth",
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
    weights: NDArray[np.float32]
    distances: NDArray[np.float32]


class PatchMatch(Method):
    """See the module's text."""

    card = Card(
        "patchmatch",
        "Patches",
        "Fills the hole with patches of its surroundings, matched from coarse to fine and merged without seams.",
        "Barnes et al., PatchMatch, SIGGRAPH 2009; Wexler et al., Space-Time Completion of Video, PAMI 2007",
        PatchSettings,
        copies=True,
        devices=("cpu", "cuda"),
    )

    def fill(self, cutout: Cutout, settings: PatchSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        side = largest_side(cutout.sources, settings.patch)
        if side < settings.patch:
            yield Step(0.0, f"patches of {side}, as no source holds {settings.patch}")
        scales = scales_of(cutout.image8, cutout.known, cutout.sources, side)
        with Workers() as workers:
            seeds = rng.integers(1 << 31, size=AVERAGED if settings.adapt and settings.smooth > 0.5 else 1)
            runs = [Run(scales, side, ROUNDS[settings.effort], workers, cutout.device, int(seed)) for seed in seeds]
            told = _Told(sum(run.work for run in runs))
            solutions: list[Solution] = []
            for run in runs:
                level = yield from told.steps(run.levels(), None if solutions else cutout)
                solutions.append(_merged(cutout, settings, level, workers))
                yield Step(told.share, "merging", cutout.patch(solutions[0].values))
        values = _averaged(settings.smooth, solutions)
        return Fill(values, _evidence(cutout, solutions, values, side))


class _Told:
    """Turns rounds into Steps, by the work they did."""

    def __init__(self, work: float) -> None:
        self._work, self._done = work, 0.0

    @property
    def share(self) -> float:
        return min(1.0, self._done / self._work)

    def steps(self, rounds: Generator[Round, None, Level], cutout: Cutout | None) -> Generator[Step, None, Level]:
        """A Step a round, with a preview after each scale but the finest where a cutout is given."""
        while True:
            try:
                round_ = next(rounds)
            except StopIteration as end:
                return end.value
            self._done += round_.work
            yield Step(self.share, "searching patches", _seen(cutout, round_) if cutout and round_.last and round_.depth else None)


def _seen(cutout: Cutout, round_: Round) -> Patch:
    """The hole as a scale sees it, enlarged to the window's size."""
    box, step = cutout.box, 2**round_.depth
    top, left = box.top // step, box.left // step
    part = round_.level.inside[top : -(-box.bottom // step), left : -(-box.right // step), : cutout.pixels.shape[2]]
    large = enlarged(part, (part.shape[0] * step, part.shape[1] * step))
    inner = box.moved(-top * step, -left * step)
    seen = by_pixels(large)[inner.slices][cutout.hole[box.slices]].view(np.uint8).reshape(-1, large.shape[2])
    return cutout.patch(seen.astype(np.float32) / np.float32(255))


def _merged(cutout: Cutout, settings: PatchSettings, level: Level, workers: Workers) -> Solution:
    """Every hole pixel's source, and the picture of the sources' differences."""
    target, shares = level.claimed()
    up, left = level.hole_rows - level.rows[target], level.hole_columns - level.columns[target]
    rows, columns = level.source_rows[target] + up, level.source_columns[target] + left
    pixels, hole = cutout.pixels, (level.hole_rows, level.hole_columns)
    if settings.adapt:
        system = equations(pixels, cutout.known, hole, (rows, columns), workers, smooth=min(1.0, 2 * settings.smooth))
        start = level.inside[(*hole, slice(0, pixels.shape[2]))].astype(np.float32) / np.float32(255)
        values = system.solved(start, workers, sweeps=SWEEPS, screening=SCREENING)
    else:
        values = pixels[rows, columns].astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
    asked = cutout.hole[hole]
    distances = np.sqrt(level.cost[target] / (4.0 * level.side**2)).astype(np.float32)
    up, left = (up[asked] + level.half).astype(np.int8), (left[asked] + level.half).astype(np.int8)
    return Solution(values[asked], rows[asked], columns[asked], up, left, shares[asked], distances[asked])


def _averaged(smooth: float, solutions: list[Solution]) -> NDArray[np.float32]:
    """The mean of whole runs: at 1 equal parts, at 0.5 the first alone."""
    other = max(0.0, 2 * smooth - 1) / len(solutions)
    shares = np.array([1 - other * (len(solutions) - 1)] + [other] * (len(solutions) - 1))
    return np.tensordot(shares, np.stack([s.values for s in solutions]), 1).astype(np.float32)


def _evidence(
    cutout: Cutout, solutions: list[Solution], values: NDArray[np.float32], side: int
) -> tuple[NearestNeighborField, ConfidenceMap]:
    pixels = HolePixels.of(cutout.window, cutout.hole)
    first = solutions[0]
    copied = (encoded(values, cutout.pixels.dtype) == cutout.pixels[first.rows, first.columns]).all(axis=1)
    field = NearestNeighborField(
        pixels,
        np.stack([s.rows for s in solutions]),
        np.stack([s.columns for s in solutions]),
        np.stack([s.up for s in solutions]),
        np.stack([s.left for s in solutions]),
        np.stack([s.weights for s in solutions]),
        np.stack([s.distances for s in solutions]),
        side,
        copied,
    )
    sure = np.exp(-np.mean([s.distances for s in solutions], axis=0) / 16).astype(np.float32)
    return field, ConfidenceMap(pixels, sure, "e^(-distance / 16 levels)")
