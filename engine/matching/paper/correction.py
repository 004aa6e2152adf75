"""The paper's correction: where a field is wrong, it is made anew from reliable places outward, by vector field consensus.

Each anchor's field is fitted in squares that grow around it; what is fitted replaces what was wrong there, and so is part of the next fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.geometry import Box
from engine.matching.vfc import consensus
from engine.matching.warping import places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.matching.paper.buddies import Buddies
    from engine.matching.paper.search import Level
    from engine.ops.bands import Pausing, Workers

    Flow = NDArray[np.float64]
    """(h, w, 2): places in the reference, also between pixels."""

RUNS, DOUBTED, OWN = 4, 0.5, 0.4
"""Fits with kernels drawn anew; probability below which a vector is wrong; share of the ROI's side within which an anchor's field stands alone."""
_MOST = 4096
"""Vectors of a fit; of larger squares every second or third row and column is taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """A field (h, w, 2) with what was wrong replaced, which places these were (h, w), and how probably each vector was right before (h, w)."""

    field: Flow
    wrong: NDArray[np.bool_]
    probability: NDArray[np.float64]


def region(hole: NDArray[np.bool_], level: Level, margin: int = 0) -> Box:
    """What is to be corrected: the hole's box, grown by half a radius and a margin."""
    grown = _box(hole).grown(level.radius // 2 + margin, level.radius // 2 + margin).common(Box.whole(hole.shape))
    assert grown is not None
    return grown


def corrected(
    field: NDArray[np.int32], hole: NDArray[np.bool_], found: Buddies, level: Level, workers: Workers, margin: int = 0
) -> Pausing[Corrected]:
    """Correct a field (h, w, 2) from the picture to the reference in the region of its hole (h, w), grown by a margin."""
    flow, roi = field.astype(np.float64), region(hole, level, margin)
    wrong, probability = yield from _doubted(flow, roi, level, workers)
    if not wrong.any():
        wrong = hole
    box = _box(wrong).grown(level.radius, level.radius).common(roi) or roi
    starts = _starts(found, wrong, box)
    fields: list[Flow] = []
    for start in starts:
        fields.append((yield from _outward(flow, wrong, start, max(box.size), workers)))  # noqa: PERF401 - it pauses
    out = flow.copy()
    out[wrong] = _merged(fields, starts, np.argwhere(wrong), min(box.size))
    return Corrected(out, wrong, probability)


def _doubted(flow: Flow, roi: Box, level: Level, workers: Workers) -> Pausing[tuple[NDArray[np.bool_], NDArray[np.float64]]]:
    """Where a fit to the region's vectors calls them outliers, and the patches around; and their mean probability, 1 elsewhere."""
    wrong, sure = np.zeros(flow.shape[:2], np.uint8), np.ones(flow.shape[:2])
    at = places((flow.shape[0], flow.shape[1]))[roi.slices].reshape(-1, 2).astype(np.float64)
    moves = flow[roi.slices].reshape(-1, 2) - at
    total = np.zeros(roi.size)
    for run in range(RUNS):
        probability = consensus(at, moves, rng=np.random.default_rng(run)).probability.reshape(roi.size)
        wrong[roi.slices] |= probability < DOUBTED
        total += probability
        yield from workers.pause()
    sure[roi.slices] = total / RUNS
    return cv2.dilate(wrong, np.ones((level.side, level.side), np.uint8)) > 0, sure


def _box(mask: NDArray[np.bool_]) -> Box:
    """The smallest box around what is set of a mask (h, w), at least one pixel."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return Box(int(rows[0]), int(columns[0]), int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1)


def _starts(found: Buddies, wrong: NDArray[np.bool_], box: Box) -> NDArray[np.int64]:
    """(1 to 4, 2): the anchor nearest each corner, of those where nothing is wrong; the corners where there is none."""
    last = box.bottom - 1, box.right - 1
    corners = np.array([(row, column) for row in (box.top, last[0]) for column in (box.left, last[1])], np.int64)
    reliable = found.here[~wrong[found.here[:, 0], found.here[:, 1]]].astype(np.int64)
    if not len(reliable):
        return np.unique(corners, axis=0)
    away = np.abs(reliable[None] - corners[:, None]).max(axis=2)
    return np.unique(reliable[away.argmin(axis=1)], axis=0)


def _outward(flow: Flow, wrong: NDArray[np.bool_], start: NDArray[np.int64], farthest: int, workers: Workers) -> Pausing[Flow]:
    """One anchor's field: fits in growing squares, each of which replaces what is wrong in it, unless that led out of the picture."""
    field, size = flow.copy(), np.array(flow.shape[:2])
    everywhere = places((flow.shape[0], flow.shape[1])).astype(np.float64)
    for reach in range(2, max(farthest, 4), 2):
        (top, left), (bottom, right) = np.maximum(start - reach, 0), np.minimum(start + reach + 1, size)
        square = slice(top, bottom), slice(left, right)
        inside = wrong[square]
        if not inside.any():
            continue
        step = 1 + int(np.sqrt((inside.size - 1) / _MOST))
        some = everywhere[square][::step, ::step].reshape(-1, 2)
        fit = consensus(some, field[square][::step, ::step].reshape(-1, 2) - some)
        if fit.fitted:
            at = everywhere[square][inside]
            to = at + fit.at(at)
            within = np.logical_and(to >= 0, to <= size - 1).all(axis=1, keepdims=True)
            field[square][inside] = np.where(within, to, field[square][inside])
        yield from workers.pause()
    return field


def _merged(fields: list[Flow], starts: NDArray[np.int64], at: NDArray[np.intp], side: int) -> Flow:
    """(n, 2) at places (n, 2): the nearest anchor's field where it is near, else all of them by their nearness."""
    away = np.abs(at[None] - starts[:, None]).max(axis=2)
    values = np.stack([field[at[:, 0], at[:, 1]] for field in fields])
    shares = 1 / (away + 1.0)
    near = away.argmin(axis=0)
    alone = away.min(axis=0) <= OWN * side
    shares[:, alone] = np.arange(len(starts))[:, None] == near[alone]
    return np.einsum("kn,knd->nd", shares / shares.sum(axis=0), values)
