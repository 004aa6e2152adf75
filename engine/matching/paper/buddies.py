"""Anchors of the paper: places that are each other's nearest neighbours, followed from the coarsest level to the finest.

Aberman et al., Neural Best-Buddies: Sparse Cross-Domain Correspondence, SIGGRAPH 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.matching.paper.search import identity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.geometry import Box
    from engine.matching.paper.search import Field, Level, Maps

_MOST, _ROUNDS, _PART = 1000, 5, 2000


@dataclass(frozen=True, slots=True, eq=False)
class Buddies:
    """Pairs of places (n, 2) of a level, and how strongly both were seen at all levels so far (n,)."""

    here: NDArray[np.int32]
    there: NDArray[np.int32]
    strength: NDArray[np.float32]

    def at(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Buddies:
        """These of them only."""
        return Buddies(self.here[which], self.there[which], self.strength[which])


def buddies(there: Field, here: Field, maps: tuple[Maps, Maps], level: Level, roi: Box, coarser: Buddies | None) -> Buddies:
    """Those of a level, near the hole.

    Args:
        there: the field from the picture to the reference.
        here: the field back.
        maps: features of both, not of length 1.
        level: which.
        roi: what is to be corrected, in the level's pixels.
        coarser: those of the level before, near which these have to be, in this level's pixels; None: anywhere.
    """
    mutual = (here[there[..., 0], there[..., 1]] == identity((there.shape[0], there.shape[1]))).all(axis=2)
    mutual &= _near(mutual.shape, roi, level.radius)
    places = np.argwhere(mutual).astype(np.int32)
    seen = [_stretched(np.linalg.norm(one, axis=2)) for one in maps]
    partners = there[mutual]
    strength = (seen[0][mutual] + seen[1][partners[:, 0], partners[:, 1]]) / 2
    found = Buddies(places, partners, strength.astype(np.float32))
    if coarser is not None:
        found = _followed(found, coarser, level.radius)
    return _spread(found, int(_MOST / 2 ** (level.number - 1)))


def finer(found: Buddies) -> Buddies:
    """At twice the size."""
    return Buddies(2 * found.here, 2 * found.there, found.strength)


def _near(size: tuple[int, ...], roi: Box, reach: int) -> NDArray[np.bool_]:
    inside = np.zeros(size, np.bool_)
    inside[max(0, roi.top - reach) : roi.bottom + reach, max(0, roi.left - reach) : roi.right + reach] = True
    return inside


def _stretched(values: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = float(values.min()), float(values.max())
    return (values - low) / max(high - low, 1e-8)


def _followed(found: Buddies, coarser: Buddies, reach: int) -> Buddies:
    """Those within reach of a coarser pair in both pictures, with the strength of the strongest of these added."""
    before = np.full(len(found.here), -1, np.float32)
    for first in range(0, len(found.here), _PART):
        part = slice(first, first + _PART)
        apart = np.maximum(
            np.abs(found.here[part, None] - coarser.here[None]).max(axis=2),
            np.abs(found.there[part, None] - coarser.there[None]).max(axis=2),
        )
        before[part] = np.where(apart <= reach, coarser.strength, np.float32(-1)).max(axis=1, initial=-1)
    kept = before >= 0
    return Buddies(found.here[kept], found.there[kept], found.strength[kept] + before[kept])


def _spread(found: Buddies, most: int) -> Buddies:
    """At most so many: the strongest of each cluster of pairs (k-means, begun at the strongest)."""
    if len(found.here) <= most:
        return found
    points = np.concatenate([found.here, found.there], axis=1).astype(np.float32)
    order = np.argsort(-found.strength, kind="stable")
    centres = points[order[np.linspace(0, len(order) - 1, most).astype(np.intp)]]
    for _ in range(_ROUNDS):
        nearest = _nearest(points, centres)
        count = np.bincount(nearest, minlength=most)[:, None]
        sums = np.stack([np.bincount(nearest, points[:, axis], most) for axis in range(4)], 1)
        centres = np.where(count > 0, sums / np.maximum(count, 1), centres).astype(np.float32)
    nearest = _nearest(points, centres)[order]
    return found.at(np.sort(order[np.unique(nearest, return_index=True)[1]]))


def _nearest(points: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    parts = [points[first : first + _PART] for first in range(0, len(points), _PART)]
    return np.concatenate([(np.square(centres).sum(axis=1) - 2 * part @ centres.T).argmin(axis=1) for part in parts])
