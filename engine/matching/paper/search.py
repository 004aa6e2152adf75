"""The paper's nearest-neighbour fields: each patch of features looks around in a window again and again, until nothing gets better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from engine.matching.warping import places
from engine.ops.bands import pieces
from engine.ops.correlation import NOWHERE, climb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers

    Maps: TypeAlias = NDArray[np.float32]
    """(h, w, channels) of features."""
    Field: TypeAlias = NDArray[np.int32]
    """(h, w, 2): for each place a row and a column in the other picture."""

MOST_SWEEPS, CHANGE = 30, 1e-3
"""Sweeps end after so many, or when the mean score rises by no more than this."""
_PRODUCTS = 1 << 26
"""Multiplications of a run: some hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Level:
    """A row of the paper's table."""

    number: int
    side: int
    """Of a patch."""
    radius: int
    """Of a search window."""


LEVELS = (Level(5, 3, 4), Level(4, 3, 4), Level(3, 5, 4), Level(2, 5, 4), Level(1, 3, 8), Level(0, 3, 2))


def identity(size: tuple[int, int]) -> Field:
    """The field in which every place stays."""
    return places(size).astype(np.int32)


def doubled(field: Field) -> Field:
    """A field for twice the size: each place goes as far as the one above it, twice."""
    large = 2 * field.repeat(2, axis=0).repeat(2, axis=1)
    large[1::2, :, 0] += 1
    large[:, 1::2, 1] += 1
    return large


def unit(maps: Maps) -> Maps:
    """Features of length 1 at each place."""
    return maps / np.maximum(np.linalg.norm(maps, axis=2, keepdims=True), np.float32(1e-8))


def searched(one: Maps, other: Maps, field: Field, level: Level, workers: Workers) -> Pausing[Field]:
    """The field that looks from unit features `one` into `other`, from a first one. Exhaustive in its windows, so nothing is left to chance."""
    (height, width), half = one.shape[:2], level.side // 2
    padded = [np.pad(maps, ((half, half), (half, half), (0, 0)), "reflect") for maps in (one, other)]
    flat = [np.ascontiguousarray(maps.reshape(len(maps), -1), np.float32) for maps in padded]
    rows, columns = (np.ascontiguousarray(axis.ravel()) for axis in np.moveaxis(identity((height, width)), -1, 0))
    there, score = field.reshape(-1, 2).copy(), np.zeros(height * width, np.float32)
    before = np.full_like(there, NOWHERE)
    about = max(1, _PRODUCTS // ((2 * level.radius + 1) ** 2 * level.side**2 * one.shape[2]))
    moving = np.arange(len(there))
    for sweep in range(MOST_SWEEPS):
        at, was = there[moving], score[moving]
        now = at.copy(), before[moving], was.copy()
        spots = rows[moving], columns[moving]

        def work(run: tuple[int, int], spots: Any = spots, now: Any = now) -> None:
            climb(flat[0], flat[1], level.side, one.shape[2], level.radius, *spots, *run, *now)  # pyright: ignore[reportCallIssue]

        yield from workers.each(work, pieces(len(moving), about))
        there[moving], before[moving], score[moving] = now
        gained, moved = float((now[2] - was).sum()) / len(there), np.logical_or.reduce(at != now[0], axis=1)
        moving = moving[moved]
        if not len(moving) or (sweep and gained <= CHANGE):
            break
    return there.reshape(field.shape)
