"""Matches of keypoints: at first among all of them, then near the places that a plane foretells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.matching.features import Keypoints, matched
from engine.matching.geometry import carried

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.matching.features import Features
    from engine.matching.views import View

    Floats = NDArray[np.float64]

_RATIO = 0.85
"""How much nearer than the second a match of RootSIFT has to be; the others are held to be mutual alone."""
_ALIKE = {"rootsift": 0.75}
"""How alike keypoints are at least, where one knows where to look; others: half."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Matches: places (n, 2) here and there."""

    here: Floats
    there: Floats

    def at(self, which: NDArray[np.bool_]) -> Pairs:
        """Some of them."""
        return Pairs(self.here[which], self.there[which])

    @classmethod
    def joined(cls, parts: Sequence[Pairs]) -> Pairs:
        """All of several."""
        empty = [np.zeros((0, 2))]
        return cls(np.concatenate(empty + [one.here for one in parts]), np.concatenate(empty + [one.there for one in parts]))


def described(view: View, known: NDArray[np.bool_], kinds: Mapping[str, Features], turns: int) -> Generator[None, None, list[Keypoints]]:
    """Keypoints of each kind, seen in a view that is turned by quarters; their places are those of the unturned one."""
    out: list[Keypoints] = []
    pixels, seen = np.ascontiguousarray(np.rot90(view.pixels, turns)), np.ascontiguousarray(np.rot90(known, turns))
    for kind in kinds.values():
        points = kind(pixels, seen)
        out.append(replace(points, places=_turned_back(points.places, view.size, turns)))
        yield
    return out


def _turned_back(places: NDArray[np.float32], size: tuple[int, int], turns: int) -> NDArray[np.float32]:
    """Places in a picture turned by `np.rot90` as places in the unturned one of that size."""
    for k in range(turns % 4, 0, -1):
        width = size[1] if k % 2 else size[0]
        places = np.stack([places[:, 1], width - 1 - places[:, 0]], 1)
    return places


def putative(here: list[Keypoints], there: list[Keypoints], kinds: Mapping[str, Features]) -> Pairs:
    """Mutual nearest neighbours among all keypoints of each kind."""
    parts: list[Pairs] = []
    for one, other, kind in zip(here, there, kinds, strict=True):
        pairs = matched(one, other, _RATIO if kind == "rootsift" else 1.0)
        parts.append(Pairs(one.places[pairs[:, 0]].astype(np.float64), other.places[pairs[:, 1]].astype(np.float64)))
    return Pairs.joined(parts)


def sought_near(here: list[Keypoints], there: list[Keypoints], plane: Floats, near: float, kinds: Mapping[str, Features]) -> Pairs:
    """Mutual nearest neighbours among keypoints near the places that a plane foretells."""
    parts: list[Pairs] = []
    for one, other, kind in zip(here, there, kinds, strict=True):
        if not len(one.places) or not len(other.places):
            continue
        alike = one.vectors @ other.vectors.T
        goal = carried(plane, one.places.astype(np.float64)).astype(np.float32)
        away = (goal**2).sum(1)[:, None] + (other.places**2).sum(1) - 2 * goal @ other.places.T
        alike[~(away < near**2)] = -1
        best, back = alike.argmax(1), alike.argmax(0)
        rows = np.flatnonzero(back[best] == np.arange(len(best)))
        rows = rows[alike[rows, best[rows]] > _ALIKE.get(kind, 0.5)]
        parts.append(Pairs(one.places[rows].astype(np.float64), other.places[best[rows]].astype(np.float64)))
    return Pairs.joined(parts)
