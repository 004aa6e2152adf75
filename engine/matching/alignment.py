"""A reference laid on the picture: matches, a plane, a smooth field on it, and dense flow carried into the hole.

After Li, Xiong, Liu, RefMatch, TCSVT 2022 (matches as anchors, a field corrected from them into the hole), with a homography, one of several, as the field's
first guess, matches sought again near it, and flow on known pixels. All here is in the size of `views`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.geometry import Box, Window
from engine.matching import flow
from engine.matching.agreement import grey, ring_score
from engine.matching.geometry import LEAST, REACH, by_hand, carried, planes, polished
from engine.matching.matches import Pairs, described, putative, sought_near
from engine.matching.smooth import Stiffness, fitted
from engine.matching.views import View, view_of
from engine.matching.warping import looked_up, plane_map, sampled
from engine.reference import TRUSTED, Match

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.matching.features import Features, Keypoints
    from engine.matching.flow import Residual
    from engine.matching.warping import FineMap, Map
    from engine.method import Beside, Cutout

    Floats = NDArray[np.float64]

NEAR = 32.0
"""Pixels around the place a plane foretells, in which matches are sought again."""
PLANES, NEARLY = 3, 0.2
"""Planes that are tried; one that does worse alone than the best by more than this share is not followed."""
ROUNDS = 2
"""Rounds of flow."""
CHANCE, SURE = 15, 40
"""Matches that wrong pairs too have on some plane; so many that three control points do not overrule them."""
SMALLEST = 16
"""Pixels of a side below which there is nothing to match."""
_GRID = 32
"""Pixels of a view between the places that a Match tells."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The picture as it is matched."""

    view: View
    hole: NDArray[np.bool_]
    """(h, w): pixels with any of the hole in them."""
    away: NDArray[np.float32]
    """(h, w): distance from the hole in pixels."""

    @classmethod
    def of(cls, cutout: Cutout) -> Target:
        """A cutout's."""
        view = view_of(cutout.pixels, cutout.known)
        share = cv2.resize(cutout.hole.view(np.uint8) * np.uint8(255), view.size[::-1], interpolation=cv2.INTER_AREA)
        hole = share.reshape(view.size) > 0
        if not hole.any():  # then every pixel is as near as any
            return cls(view, hole, np.full(view.size, 8, np.float32))
        return cls(view, hole, np.asarray(cv2.distanceTransform((~hole).view(np.uint8), cv2.DIST_L2, 3), np.float32))

    @property
    def known(self) -> NDArray[np.bool_]:
        """(h, w): pixels that are wholly known."""
        return self.view.known & ~self.hole


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """One reference on the picture. Maps lead to pixels of the reference's view."""

    number: int
    view: View
    pairs: Pairs
    """Matches that agree with the map."""
    first: Map
    """The plane's map."""
    there: Map
    """The map as it was corrected."""
    warped: NDArray[np.float32]
    """(h, w, 3): the reference through the map, levels of 255."""
    valid: NDArray[np.bool_]
    score: float
    plain: float
    """The same of the plane alone."""
    alike: NDArray[np.float32]
    """(h, w): local correlation on known pixels, else 0."""
    residual: Residual
    """What flow still found at the end, on known pixels."""
    hand: Pairs
    """Control points that hold it, if there are any."""
    fine: FineMap | None = None
    """The map around the hole at a finer scale."""

    def full_places(self, target: Target, places: Floats) -> Map:
        """(h, w, 2): where places (h, w, 2) of the picture at full size lie in the reference at full size."""
        if self.fine is not None:
            return self.fine.at(places)
        return self.view.to_full(looked_up(self.there, target.view.from_full(places).astype(np.float32)))

    def hand_places(self, target: Target) -> tuple[Floats, Floats]:
        """The control points' places (n, 2) in the picture and in the reference, at full size."""
        return target.view.to_full(self.hand.here), self.view.to_full(self.hand.there)

    def coverage(self, hole: NDArray[np.bool_]) -> float:
        """The share of the hole that the reference shows; of the picture where there is none."""
        return float(self.valid[hole].mean() if hole.any() else self.valid.mean())

    def rank(self, hole: NDArray[np.bool_]) -> float:
        """What references are ordered by: flow makes any ring agree, so what the plane alone gives counts as much."""
        return (self.plain + self.score) * (0.5 + 0.5 * self.coverage(hole))

    @property
    def trusted(self) -> bool:
        """Whether anything is taken from it."""
        return len(self.hand.here) > 0 or self.score >= TRUSTED

    def match(self, target: Target, name: str) -> Match:
        """What is told of it."""
        height, width = target.view.size
        size = (max(2, min(height, -(-height // _GRID))), max(2, min(width, -(-width // _GRID))))
        coarse = Window(Box.whole(target.view.full), size)
        spots = np.array([[coarse.to_picture(r, c) for c in range(size[1])] for r in range(size[0])])
        grid = self.view.to_full(looked_up(self.there, target.view.from_full(spots).astype(np.float32)))
        ends = np.concatenate([target.view.to_full(self.pairs.here), self.view.to_full(self.pairs.there)], 1).astype(np.float32)
        return Match(name, self.score, len(self.pairs.here), self.coverage(target.hole), ends, coarse, grid, len(self.hand.here) > 0)


def unmatched(target: Target, name: str) -> Match:
    """What is told of a reference that could not be laid on the picture."""
    nowhere = np.full((2, 2, 2), np.nan, np.float32)
    return Match(name, 0.0, 0, 0.0, np.zeros((0, 4), np.float32), Window(Box.whole(target.view.full), (2, 2)), nowhere)


def aligned(target: Target, references: Sequence[Beside], kinds: Mapping[str, Features]) -> Generator[None, None, list[Alignment]]:
    """Every reference that could be laid on the picture, the best first. It pauses between its parts."""
    if min(target.view.size) < SMALLEST or not target.known.any():
        return []
    here = yield from described(target.view, target.known, kinds, 0)
    found: list[Alignment] = []
    for number, reference in enumerate(references):
        one = yield from _aligned(target, here, number, reference, kinds)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: -one.rank(target.hole))


def _aligned(
    target: Target, here: list[Keypoints], number: int, reference: Beside, kinds: Mapping[str, Features]
) -> Generator[None, None, Alignment | None]:
    view = view_of(reference.pixels, reference.known)
    yield
    hand = Pairs(target.view.from_full(reference.points[:, :2]), view.from_full(reference.points[:, 2:]))
    if min(view.size) < SMALLEST and not len(hand.here):
        return None
    found, there = yield from _found(target, here, view, kinds)
    unit = target.view.unit
    start: list[_Start] = []
    for plane, _ in found:
        start.append((yield from _start(target, here, there, view, plane, kinds)))
    if not found or _contradicted(found[0][0], hand, NEAR * unit) or (len(hand.here) >= 3 and found[0][1] < SURE):
        plane = by_hand(hand.here, hand.there, target.view.size)
        if plane is None:
            return None
        start = [_by_hand(target, view, plane, sought_near(here, there, plane, NEAR * unit, kinds))]
    best = max(one.plain for one in start)
    out: list[Alignment] = []
    for one in start:
        if one.plain >= best - NEARLY * abs(best):
            out.append((yield from _corrected(target, number, view, one, hand)))  # noqa: PERF401 - it pauses
    return max(out, key=lambda one: one.rank(target.hole))


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """A plane, with the matches found near it, and how well it does alone."""

    plane: Floats
    guided: Pairs
    first: Map
    plain: float


def _start(
    target: Target, here: list[Keypoints], there: list[Keypoints], view: View, plane: Floats, kinds: Mapping[str, Features]
) -> Generator[None, None, _Start]:
    unit = target.view.unit
    guided = sought_near(here, there, plane, NEAR * unit, kinds)
    yield
    if len(guided.here) >= 2 * LEAST:
        plane = polished(plane, guided.here, guided.there, 1.5 * unit)
    yield
    return _scored(target, view, plane, guided)


def _by_hand(target: Target, view: View, plane: Floats, guided: Pairs) -> _Start:
    """What control points give; matches found near their plane count if they are nearer than by chance."""
    return _scored(target, view, plane, guided if _bears_out(plane, guided, NEAR / 4 * target.view.unit) else Pairs.joined([]))


def _scored(target: Target, view: View, plane: Floats, guided: Pairs) -> _Start:
    first = plane_map(plane, target.view.size)
    warped, seen = sampled(view.pixels.astype(np.float32), view.known, first)
    plain, _ = ring_score(target.view.grey, grey(warped), target.known & seen, target.hole, 30 * target.view.unit)
    return _Start(plane, guided, first, plain)


def _contradicted(plane: Floats, hand: Pairs, near: float) -> bool:
    """Whether most control points lie elsewhere than a plane says."""
    return len(hand.here) > 0 and bool(np.median(np.linalg.norm(carried(plane, hand.here) - hand.there, axis=1)) > near)


def _bears_out(plane: Floats, guided: Pairs, near: float) -> bool:
    """Whether matches sought around a plane lie nearer to it than chance would have them: 6 of 100 lie within a quarter of the radius."""
    away = np.linalg.norm(carried(plane, guided.here) - guided.there, axis=1)
    return len(away) >= LEAST and bool((away < near).mean() > 0.5)


def _found(
    target: Target, here: list[Keypoints], view: View, kinds: Mapping[str, Features]
) -> Generator[None, None, tuple[list[tuple[Floats, int]], list[Keypoints]]]:
    """The planes on which most matches lie, how many on each, and the reference's keypoints: as it is, or turned by quarters where that is no match."""
    best: tuple[list[tuple[Floats, int]], list[Keypoints]] | None = None
    for turns in range(4):
        there = yield from described(view, view.known, kinds, turns)
        pairs = putative(here, there, kinds)
        found = planes(pairs.here, pairs.there, target.view.size, max(2.0, REACH * target.view.unit), PLANES)
        yield
        if best is None or (found and found[0][1] > (best[0][0][1] if best[0] else 0)):
            best = found, there
        if best[0] and best[0][0][1] > CHANCE:
            break
    assert best is not None
    return best


def _corrected(target: Target, number: int, view: View, start: _Start, hand: Pairs) -> Generator[None, None, Alignment]:
    """A plane's map bent by matches and control points, then by flow."""
    unit = target.view.unit
    there, agreeing = _bent(start.first, start.plane, start.guided, hand, unit)
    yield
    reference = view.pixels.astype(np.float32)
    shades = target.view.grey
    found: Residual | None = None
    warped, valid = sampled(reference, view.known, there)
    for _ in range(ROUNDS):
        found = yield from flow.residual(shades, target.known, grey(warped), valid, target.away, unit)
        yield
        there = flow.carried_on(there, found, unit, (hand.here, hand.there))
        warped, valid = sampled(reference, view.known, there)
        yield
    assert found is not None
    score, alike = ring_score(shades, grey(warped), target.known & valid, target.hole, 30 * unit)
    pairs = Pairs.joined([agreeing, hand])
    return Alignment(number, view, pairs, start.first, there, warped, valid, score, start.plain, alike, found, hand)


def _bent(first: Map, plane: Floats, guided: Pairs, hand: Pairs, unit: float) -> tuple[Map, Pairs]:
    """A plane's map bent by matches that may leave the plane; and those that agree."""
    missed = guided.there - carried(plane, guided.here)
    lengths = np.linalg.norm(missed, axis=1)
    near = lengths < NEAR * unit
    at, vectors = guided.at(near), missed[near]
    held = hand.there - carried(plane, hand.here)
    if len(vectors) + 4 * len(held) < 8:
        return first, guided.at(lengths < 4 * unit)
    weights = np.concatenate([1 / (1 + (lengths[near] / (10 * unit)) ** 2), np.full(len(held), np.inf)])
    places_, all_ = np.concatenate([at.here, hand.here]), np.concatenate([vectors, held])
    how = Stiffness(max(4.0, 24 * unit), 0.02, 0.1, 3.0 * unit, 6)
    field, believed = fitted(places_, all_, weights, (first.shape[0], first.shape[1]), how)
    return first + field.over((first.shape[0], first.shape[1])), at.at(believed[: len(vectors)] > 0.3)
