"""What is left between a picture and a warped reference: dense flow on known pixels, checked both ways, carried into the hole by a smooth field.

Flow: Kroeger et al., Fast Optical Flow using Dense Inverse Search, ECCV 2016, on pictures brought to like contrast everywhere.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.matching.agreement import blurred, correlation
from engine.matching.smooth import Stiffness, fitted
from engine.matching.warping import looked_up, places

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.matching.warping import Map
    from engine.ops.bands import Pausing

    Shades = NDArray[np.float32]

ROUGHNESS = 30.0
"""Variance in levels of 255 below which contrast is not raised any further."""
BACK, ALIKE, FARTHEST = 2.0, 0.3, 40.0
"""What flow has to be to be believed: back within so many pixels, correlated so much, and no longer than this."""
LEAST = 30
"""Vectors of which a field can be made."""


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """Flow (n, 2) at known places (n, 2), how far it missed when it was followed back, and how alike both pictures are there, 0 to 1."""

    at: NDArray[np.float64]
    flow: NDArray[np.float64]
    back: NDArray[np.float64]
    alike: NDArray[np.float64]


def even(grey: Shades, valid: NDArray[np.bool_], sigma: float = 12.0) -> NDArray[np.uint8]:
    """(h, w): a grey picture with local mean 128 and local deviation 45, over valid pixels."""
    seen = valid.astype(np.float32)
    share = np.maximum(blurred(seen, sigma), np.float32(1e-3))
    mean = blurred(grey * seen, sigma) / share
    deviation = np.sqrt(np.maximum(blurred(grey * grey * seen, sigma) / share - mean * mean, 0) + ROUGHNESS)
    return np.clip(np.rint((grey - mean) / deviation * 45 + 128), 0, 255).astype(np.uint8)


@contextmanager
def _alone() -> Generator[None]:
    """One thread: dense inverse search cuts its work by the number of threads, and comes out differently."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _searched(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Map:
    """Flow (h, w, 2) from one picture to the other, rows then columns."""
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # pyright: ignore[reportAttributeAccessIssue]
    search.setFinestScale(1)
    with _alone():
        return np.ascontiguousarray(search.calc(one, other, None)[..., ::-1])


def both_ways(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Pausing[tuple[Map, Shades]]:
    """Flow from one picture to the other, and how far it misses its start when it is followed back (h, w)."""
    there = _searched(one, other)
    yield
    back = _searched(other, one)
    yield
    missed = there + looked_up(back, places((there.shape[0], there.shape[1])) + there)
    return there, np.linalg.norm(missed, axis=2).astype(np.float32)


def residual(
    target: Shades, known: NDArray[np.bool_], warped: Shades, valid: NDArray[np.bool_], away: Shades, unit: float, step: int = 4
) -> Pausing[Residual]:
    """Flow between the picture and a warp of the reference, at every `step`th known pixel where it can be believed.

    Args:
        target: (h, w) grey, levels of 255.
        known: where it is.
        warped: the reference through its map, the same.
        valid: where that is.
        away: (h, w), distance from the hole.
        unit: pixels for what is meant as one.
        step: pixels between one vector and the next.
    """
    if min(known.shape) < 16:
        return Residual(*(np.zeros(shape) for shape in ((0, 2), (0, 2), 0, 0)))
    there = even(warped, valid, 12 * unit)
    here = np.where(known, even(target, known, 12 * unit), there)
    yield
    flow, back = yield from both_ways(here, there)
    yield
    at = places((known.shape[0], known.shape[1]))
    alike = correlation(here.astype(np.float32), looked_up(there.astype(np.float32), at + flow), known & valid)
    good = known & valid & (back < BACK) & (alike > ALIKE) & (np.linalg.norm(flow, axis=2) < FARTHEST * unit)
    good &= (away > 4) & (away < 0.25 * max(known.shape))
    rows, columns = (which * step for which in np.nonzero(good[::step, ::step]))
    where = (rows, columns)
    return Residual(
        np.stack(where, 1).astype(np.float64),
        flow[where].astype(np.float64),
        back[where].astype(np.float64),
        alike[where].astype(np.float64),
    )


def carried_on(there: Map, found: Residual, unit: float, fixed: tuple[NDArray[Any], NDArray[Any]]) -> Map:
    """A map corrected by flow, which is carried into the hole by a smooth field.

    Args:
        there: the map whose warp the flow was found with.
        found: the flow.
        unit: pixels for what is meant as one.
        fixed: places (n, 2) and where in the reference they have to come to lie: control points.
    """
    size, how = (there.shape[0], there.shape[1]), Stiffness(max(4.0, 16 * unit), 0.0005, 0.08, 1.5, 4)
    if len(found.at) >= LEAST:
        field, _ = fitted(found.at, found.flow, found.alike**2, size, how)
        there = looked_up(there, places(size) + field.over(size))
    at, goal = fixed
    if not len(at):
        return there
    missed = goal - looked_up(there, at.astype(np.float32)).astype(np.float64)
    still = np.concatenate([found.at, at]), np.concatenate([np.zeros_like(found.at), missed])
    pull, _ = fitted(*still, np.concatenate([found.alike**2, np.full(len(at), np.inf)]), size, how)
    return there + pull.over(size)
