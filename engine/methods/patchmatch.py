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

import cv2
import numpy as np

from engine.evidence import ConfidenceMap, HolePixels, NearestNeighborField
from engine.geometry import Box
from engine.job import Card, Fill, Settings, Step, setting
from engine.method import Cutout, Method, encoded
from engine.ops.bands import Workers
from engine.ops.level import Level, sources_of
from engine.ops.merge import equations
from engine.ops.pyramid import Scale, bridged, halved, texture

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.picture import Patch

WORKING_SIZE = 1_600_000
"""Pixels above which a scale is not solved but refined from the one below."""
SMALLEST_SIDE = 24
FEWEST_SOURCES = 200
ROUNDS = {"draft": (1, 2, 3, 4), "normal": (3, 5, 7, 9), "best": (6, 10, 14, 18)}
"""Searches and votes a level, finest first; the last number holds for all coarser ones."""
SCANS = 3
TEXTURE = 2.0
"""Weight of the texture channel: its levels are multiplied by this, hence its squares by four."""
NEAR, NEAR_CAP = 2.0, 6.0
"""A vote falls by e^-NEAR a pixel from the rim, no further than the cap: what is near the rim is known better."""
QUANTILE, LAST = 0.75, 0.3
"""A vote falls by e at this quantile of the costs; in the very last vote at LAST times it, which is sharper."""
SWEEPS, SCREENING = 30, 0.003


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
        "normal", "Effort", "How often each scale is searched: draft is quick, best takes twice as long.", choices=tuple(ROUNDS)
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
    """One run: merged values (n, channels), and for each hole pixel the target it took and where that came from."""

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
    )

    def fill(self, cutout: Cutout, settings: PatchSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        side = _side(cutout, settings.patch)
        scales = _scales(cutout, side)
        runs = 3 if settings.smooth > 0.5 else 1
        solutions: list[Solution] = []
        with Workers() as workers:
            for run in range(runs):
                seed = int(rng.integers(1 << 31))
                for step in (solving := _Solving(cutout, settings, side, scales, workers, seed)).steps():
                    yield Step((run + step.fraction) / runs, step.stage, step.preview if run == 0 else None)
                solutions.append(solving.solution)
        share = np.array([1.0]) if runs == 1 else _shares(settings.smooth, runs)
        values = np.tensordot(share, np.stack([s.values for s in solutions]), 1).astype(np.float32)
        return Fill(values, _evidence(cutout, solutions, values, side))


def _shares(smooth: float, runs: int) -> NDArray[np.float64]:
    """How much of each run goes into the mean: at 1 equal parts, at 0.5 the first alone."""
    other = (2 * smooth - 1) / runs
    return np.array([1 - other * (runs - 1)] + [other] * (runs - 1))


def _side(cutout: Cutout, wanted: int) -> int:
    """The wanted patch side, or the largest smaller one of which a whole source patch exists."""
    return next(side for side in range(wanted, 0, -2) if sources_of(cutout.sources, side).any())


def _scales(cutout: Cutout, side: int) -> list[Scale]:
    """The pyramid, finest first; those up to the working size have texture for a fourth channel."""
    scales = [Scale(cutout.image8, ~cutout.known, cutout.sources)]
    while scales[-1].missing.size > WORKING_SIZE:
        scales.append(halved(scales[-1]))
    scales[-1] = _textured(scales[-1])
    while min(scales[-1].size) > SMALLEST_SIDE:
        next_ = bridged(scales[-1])
        if not next_.missing.any() or sources_of(next_.sources, side).sum() < FEWEST_SOURCES:
            break
        scales.append(next_)
    return scales


def _textured(scale: Scale) -> Scale:
    colours = np.broadcast_to(scale.pixels, (*scale.size, 3))
    busy = np.clip(TEXTURE * texture(np.ascontiguousarray(colours), scale.missing) + 0.5, 0, 255).astype(np.uint8)
    return Scale(np.dstack([colours, busy]), scale.missing, scale.sources)


class _Solving:
    """One run through the scales, coarse to fine."""

    def __init__(self, cutout: Cutout, settings: PatchSettings, side: int, scales: list[Scale], workers: Workers, seed: int) -> None:
        self.cutout, self.settings, self.side, self.scales, self.workers, self.seed = cutout, settings, side, scales, workers, seed
        self.solution: Solution

    def steps(self) -> Generator[Step, None, None]:
        """Solve every scale and merge the finest; a preview after each."""
        plan = self._plan()
        total, done, level = sum(plan), 0.0, None
        for depth in range(len(self.scales) - 1, -1, -1):
            level = self._started(depth, level)
            for round_ in range(max(1, round(self._rounds(depth)))):
                self._round(level, depth, round_)
                done += plan[depth] / self._rounds(depth)
                last = round_ == self._rounds(depth) - 1
                yield Step(min(done / total, 1.0), "searching patches", self._seen(level, depth) if last and depth else None)
        assert level is not None
        self.solution = self._merged(level)
        yield Step(1.0, "merging", self.cutout.patch(self.solution.values))

    def _plan(self) -> list[float]:
        """Work a scale, in no unit: its missing pixels times its rounds."""
        return [float(scale.missing.sum() * self._rounds(depth) + 1000) for depth, scale in enumerate(self.scales)] + [
            float(self.scales[0].missing.sum())
        ]

    def _solved(self, depth: int) -> bool:
        return self.scales[depth].pixels.shape[2] == 4

    def _rounds(self, depth: int) -> int:
        rounds = ROUNDS[self.settings.effort]
        first = next(d for d in range(len(self.scales)) if self._solved(d))
        return rounds[min(depth - first, len(rounds) - 1)] if depth >= first else 1

    def _started(self, depth: int, coarser: Level | None) -> Level:
        level = Level(self.scales[depth], self.side, self.workers)
        carried = level.start(self.seed + depth, coarser)
        level.near = self._nearness(level, depth)
        if coarser is None:
            level.put(_guess(level, self.scales[depth].missing))
        else:
            level.put(_enlarged(coarser, level))
            level.vote(level.near * carried)  # from the finer pixels: sharper than the enlarged ones
        return level

    def _nearness(self, level: Level, depth: int) -> NDArray[np.float32]:
        finer = sum(not self._solved(d) for d in range(depth, len(self.scales)))
        depths = level.depth(self.scales[depth].missing) / np.float32(2**finer)
        return np.exp(-NEAR * np.minimum(depths, NEAR_CAP)).astype(np.float32)

    def _round(self, level: Level, depth: int, round_: int) -> None:
        if self._solved(depth):
            level.search(SCANS, max(level.size) // 2, self.seed)
        else:
            level.search(2, 2, self.seed)
        last = depth == 0 and round_ == self._rounds(depth) - 1
        level.vote(_likeness(level.cost, LAST if last else 1.0) * level.near)

    def _seen(self, level: Level, depth: int) -> Patch:
        """The hole as this scale sees it, enlarged to the window's size."""
        cutout = self.cutout
        box = Box.around(cutout.hole)
        assert box is not None
        step = 2**depth
        top, left = box.top // step, box.left // step
        part = level.inside[top : -(-box.bottom // step), left : -(-box.right // step), : cutout.pixels.shape[2]]
        size = (part.shape[1] * step, part.shape[0] * step)
        large = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_LINEAR).reshape(size[1], size[0], -1)
        inner = box.moved(-top * step, -left * step)
        return cutout.patch(large[inner.slices][cutout.hole[box.slices]].astype(np.float32) / 255)

    def _merged(self, level: Level) -> Solution:
        target = level.claimed()
        up, left = level.hole_rows - level.rows[target], level.hole_columns - level.columns[target]
        rows, columns = level.source_rows[target] + up, level.source_columns[target] + left
        pixels = self.cutout.pixels
        if self.settings.adapt:
            system = equations(
                pixels,
                self.cutout.known,
                (level.hole_rows, level.hole_columns),
                (rows, columns),
                self.workers,
                smooth=min(1.0, 2 * self.settings.smooth),
            )
            start = level.inside[level.hole_rows, level.hole_columns, : pixels.shape[2]].astype(np.float32) / 255
            values = system.solved(start, self.workers, sweeps=SWEEPS, screening=SCREENING)
        else:
            values = pixels[rows, columns].astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
        asked = self.cutout.hole[level.hole_rows, level.hole_columns]
        distances = np.sqrt(level.cost[target] / (4.0 * self.side**2)).astype(np.float32)
        half = self.side // 2
        parts = (values, rows, columns, (up + half).astype(np.int8), (left + half).astype(np.int8), level.weights[target], distances)
        return Solution(*(part[asked] for part in parts))


def _guess(level: Level, missing: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A first guess of the coarsest hole, (holes, 4): Telea's, all four channels."""
    hole = missing.astype(np.uint8)
    inside = level.inside
    parts = [cv2.inpaint(np.ascontiguousarray(inside[..., channels]), hole, 3, cv2.INPAINT_TELEA) for channels in (slice(0, 3), 3)]
    return np.dstack(parts)[level.hole_rows, level.hole_columns]


def _enlarged(coarser: Level, level: Level) -> NDArray[np.uint8]:
    """The coarser picture at the finer size, at the finer hole's pixels, (holes, 4)."""
    height, width = coarser.size
    twice = cv2.resize(np.ascontiguousarray(coarser.inside), (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
    return twice[level.hole_rows, level.hole_columns]


def _likeness(cost: NDArray[np.int32], sharper: float) -> NDArray[np.float32]:
    """Vote of each patch by its cost: 1 for a perfect match, and never quite 0."""
    at = int(QUANTILE * len(cost))
    scale = max(float(np.partition(cost, at)[at]), 100.0) * sharper
    return np.exp(cost * np.float32(-1 / scale)) + np.float32(1e-6)


def _evidence(
    cutout: Cutout, solutions: list[Solution], values: NDArray[np.float32], side: int
) -> tuple[NearestNeighborField, ConfidenceMap]:
    pixels = HolePixels.of(cutout.window, cutout.hole)
    first = solutions[0]
    copied = (encoded(values, cutout.pixels.dtype) == cutout.pixels[first.rows, first.columns]).all(axis=1)
    parts = (np.stack([getattr(s, name) for s in solutions]) for name in ("rows", "columns", "up", "left", "weights", "distances"))
    field = NearestNeighborField(pixels, *parts, side, copied)
    sure = np.exp(-np.mean([s.distances for s in solutions], axis=0) / 16).astype(np.float32)
    return field, ConfidenceMap(pixels, sure, "e^(-distance / 16 levels)")
