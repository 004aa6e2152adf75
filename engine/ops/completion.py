"""Completing a hole with patches of its surroundings, from coarse to fine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.ops.filters import TELEA, enlarged, inpainted
from engine.ops.level import sources_of
from engine.ops.level_torch import level_on
from engine.ops.pyramid import Scale, bridged, halved, texture

if TYPE_CHECKING:
    from collections.abc import Generator

    import torch
    from numpy.typing import NDArray

    from engine.ops.bands import Workers
    from engine.ops.level import Level

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
QUANTILE, LAST = 0.75, 0.3
"""A vote falls by e at this quantile of the costs; in the very last vote at LAST times it, which is sharper."""


def scales_of(pixels: NDArray[np.uint8], known: NDArray[np.bool_], sources: NDArray[np.bool_], side: int) -> list[Scale]:
    """The pyramid of a picture (h, w, 1 or 3), finest first; scales up to the working size have texture for a fourth channel."""
    scales = [Scale(pixels, ~known, sources)]
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
    colours = np.ascontiguousarray(np.broadcast_to(scale.pixels, (*scale.size, 3)))
    busy = np.clip(TEXTURE * texture(colours, scale.missing) + 0.5, 0, 255).astype(np.uint8)
    return Scale(np.dstack([colours, busy]), scale.missing, scale.sources)


def largest_side(sources: NDArray[np.bool_], wanted: int) -> int:
    """The wanted patch side, or the largest smaller odd one of which a whole source patch exists; there must be a source."""
    return next(side for side in range(wanted, 0, -2) if sources_of(sources, side).any())


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

    def levels(self) -> Generator[Round, None, Level]:
        """Solve the scales from the coarsest to the finest, whose Level is returned."""
        level = None
        for depth in reversed(range(len(self.scales))):
            level, near = self._started(depth, level)
            for round_ in range(self.rounds[depth]):
                last = round_ == self.rounds[depth] - 1
                solved = depth >= self.first_solved
                level.search(*((SCANS, max(level.size) // 2) if solved else (REFINING_SCANS, REFINING_REACH)), self.seed)
                level.vote(_likeness(level.cost, LAST if last and depth == 0 else 1.0) * near)
                yield Round(level, depth, last, self._sizes[depth])
        assert level is not None
        return level

    def _started(self, depth: int, coarser: Level | None) -> tuple[Level, NDArray[np.float32]]:
        """A scale's Level with a first guess in its hole, and how much each target's vote counts for lying near the rim."""
        level = level_on(self.device, self.scales[depth], self.side, self.workers)
        carried, near = level.start(self.seed + depth, coarser), self._nearness(level, depth)
        if coarser is None:
            level.put(_guess(level, self.scales[depth].missing))
        else:
            level.put(_enlarged(coarser, level))
            level.vote(near * carried)  # from the finer pixels: sharper than the enlarged ones
        return level, near

    def _nearness(self, level: Level, depth: int) -> NDArray[np.float32]:
        """Votes' factors (n,), which fall with the distance to the rim in pixels of the working size."""
        finer = max(0, self.first_solved - depth)
        return np.exp(-NEAR * np.minimum(level.depth(self.scales[depth].missing) / 2**finer, NEAR_CAP)).astype(np.float32)


def _guess(level: Level, missing: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A first guess of the coarsest hole, (holes, 4): Telea's, all four channels."""
    parts = [inpainted(level.inside[..., channels], missing, 3, TELEA) for channels in (slice(0, 3), slice(3, 4))]
    return np.dstack(parts)[level.hole_rows, level.hole_columns]


def _enlarged(coarser: Level, level: Level) -> NDArray[np.uint8]:
    """The coarser picture at the finer size, at the finer hole's pixels, (holes, 4)."""
    height, width = coarser.size
    return enlarged(coarser.inside, (2 * height, 2 * width))[level.hole_rows, level.hole_columns]


def _likeness(cost: NDArray[np.int32], sharper: float) -> NDArray[np.float32]:
    """Vote of each patch by its cost: 1 for a perfect match, and never quite 0."""
    at = int(QUANTILE * len(cost))
    scale = max(float(np.partition(cost, at)[at]), 100.0) * sharper
    return np.exp(cost * np.float32(-1 / scale)) + np.float32(1e-6)
