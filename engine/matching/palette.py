"""A reference as a blueprint: its structure painted with the picture's own colours, none of the reference's.

Li, Xiong, Liu, RefMatch, TCSVT 2022, warp in two steps: the picture's colours into the reference's geometry, and that back into the
picture's. Where the first step leads into the hole there is no colour, and a look-alike has to serve: the patch of the reference, among
those whose place in the picture is known, that is most like the one wanted. Both steps are one here, done in the picture's geometry: of
the reference as it is seen from there, each patch of the hole finds its like outside (PatchMatch: Barnes et al., SIGGRAPH 2009), and takes
the picture's pixels from that place. So they are averaged where patches overlap, as in the paper, but never resampled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.errors import BadInput
from engine.matching.agreement import blurred, correlation, ring
from engine.matching.colour import applied, colour_change
from engine.matching.warping import looked_up, places, sampled
from engine.ops.bands import Workers, runs_of_rows
from engine.ops.level import Level, sources_of
from engine.ops.pyramid import Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.matching.colour import ColourChange
    from engine.matching.warping import Map
    from engine.ops.bands import Pausing

    Shades = NDArray[np.float32]

WORKING_SIZE, FITTING_SIZE = 640_000, 150_000
"""Pixels above which a scale is not searched but refined from the one below, and above which colours are fitted on half the size."""
SIDE = 5
"""Of a patch that is searched for; of its pixels the inner three by three are laid."""
SMALLEST_SIDE, FEWEST_SOURCES = 100, 400
SCANS, FIRST_SCANS, REFINING_SCANS, REFINING_REACH = 3, 6, 2, 2
REACH = 0.125
"""How far from the hole, as a share of the long side, the colours of reference and picture are compared."""
STRANGE, USUAL = 1.0, 0.5
"""How much it counts against a place that the picture does not look there as the reference would have it (people, shadows, another
plane) beyond what is usual, a quantile."""
MISSED = 2.0
"""Pixels by which a place may miss itself when it is followed into the reference and back."""
QUANTILE, SHARPNESS = 0.75, 0.3
_RUN = 50_000


def palette(
    target: Shades, known: NDArray[np.bool_], reference: Shades, there: Map, here: Map | None = None, seed: int = 0
) -> Pausing[Shades]:
    """Paint what a reference shows where the picture is not known, with the picture's known pixels.

    Args:
        target: (h, w, c) in [0, 1], c 1 or 3; what is not known is not looked at.
        known: (h, w).
        reference: (H, W, c) in [0, 1].
        there: (h, w, 2), each pixel's row and column in the reference.
        here: (H, W, 2), the reference's in the picture: places that do not come back to themselves give no colours; None: all do.
        seed: of the search. The same one gives the same picture, on any number of threads.

    Returns:
        (h, w, c): the target, and where it is not known and the reference shows something, that.

    Raises:
        BadInput: where picture and reference have nothing in common outside the hole.
    """
    seen, shown = sampled(reference, np.ones(reference.shape[:2], np.bool_), there)
    yield
    wanted, sources = ~known & shown, known & shown
    out = target.copy()
    if not wanted.any():
        return out
    if here is not None:
        sources &= _returned(there, here)
    if not sources_of(sources, SIDE).any():
        raise BadInput(
            "The reference shows nothing of what is around the hole, so it cannot be painted in the picture's colours; copy its own."
        )
    with Workers() as workers:
        scales = yield from _scales(target, seen, wanted, sources)
        level = yield from _solved(scales, workers, seed)
        out[wanted] = yield from _averaged(level, target, workers)
    return out


def _returned(there: Map, here: Map) -> NDArray[np.bool_]:
    """(h, w): which places come back to themselves."""
    back = looked_up(np.asarray(here, np.float32), there)
    return np.linalg.norm(back - places(there.shape[:2]), axis=2) <= MISSED


def _scales(target: Shades, seen: Shades, wanted: NDArray[np.bool_], sources: NDArray[np.bool_]) -> Pausing[list[Scale]]:
    """The blueprint smaller and smaller, finest first.

    From the working size on its colours are those the picture should have, and a fourth channel is how far it does not have them.
    """
    scales: list[Scale] = []
    while wanted.size > WORKING_SIZE:
        scales.append(Scale(_bytes(seen), wanted, sources))
        target, seen = _half(target), _half(seen)
        wanted, sources = _halves(wanted, sources)
        yield
    expected, strange = yield from _expected(target, seen, wanted, sources)
    pixels = _bytes(np.dstack([np.broadcast_to(expected, (*wanted.shape, 3)), STRANGE * strange]))
    while True:
        yield
        scales.append(Scale(pixels, wanted, sources))
        pixels = _half(pixels)
        wanted, sources = _halves(wanted, sources)
        enough = wanted.any() and sources_of(sources, SIDE).sum() >= FEWEST_SOURCES
        if min(scales[-1].size) < SMALLEST_SIDE or not enough:
            return scales


def _expected(target: Shades, seen: Shades, wanted: NDArray[np.bool_], sources: NDArray[np.bool_]) -> Pausing[tuple[Shades, Shades]]:
    """The blueprint (h, w, c) in the picture's light, and how far the picture is from that at the sources (h, w), 0 elsewhere."""
    change = _change(target, seen, wanted, sources)
    yield
    expected = applied(seen, change.at(places(wanted.shape), wanted.shape))
    yield
    share = sources.astype(np.float32)
    missed = np.abs(target - expected).mean(axis=2) * share
    smooth = blurred(missed, 4.0) / np.maximum(blurred(share, 4.0), np.float32(0.01))
    usual = float(np.quantile(smooth[sources], USUAL))
    return expected, np.where(wanted, np.float32(0), np.maximum(smooth - usual, 0))


def _change(target: Shades, seen: Shades, wanted: NDArray[np.bool_], sources: NDArray[np.bool_]) -> ColourChange:
    """The reference's light to the picture's, by what agrees around the hole."""
    while wanted.size > FITTING_SIZE:
        target, seen = _half(target), _half(seen)
        wanted, sources = _halves(wanted, sources)
    alike = correlation(_grey(target), _grey(seen), sources)
    reach = REACH * max(wanted.shape)
    weight = ring(wanted, reach) * sources * (np.float32(0.05) + np.maximum(alike, 0) ** 2)
    return colour_change(target, seen, weight, reach)


def _grey(values: Shades) -> Shades:
    return values.mean(axis=2) * np.float32(255)


def _bytes(values: Shades) -> NDArray[np.uint8]:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def _half(values: NDArray[Any]) -> NDArray[Any]:
    """Half the size, rounded up, each pixel the mean of those under it."""
    height, width = (int(length + 1) // 2 for length in values.shape[:2])
    small: NDArray[Any] = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
    return small.reshape(height, width, *values.shape[2:])


def _halves(wanted: NDArray[np.bool_], sources: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Half the size: wanted where half of it was, a source where all of it was."""
    wanted = _half(wanted.astype(np.float32)) >= 0.5
    return wanted, (_half(sources.astype(np.float32)) > 0.99) & ~wanted


def _solved(scales: list[Scale], workers: Workers, seed: int) -> Pausing[Level]:
    """The finest scale, each patch of its hole with its like, found from coarse to fine."""
    level: Level | None = None
    for depth, scale in reversed(list(enumerate(scales))):
        finer = Level(SIDE, workers)
        yield from finer.lay(scale)
        yield from finer.start(seed + depth, level)
        first = FIRST_SCANS if level is None else SCANS
        refined = level is not None and scale.missing.size > WORKING_SIZE
        scans, reach = (REFINING_SCANS, REFINING_REACH) if refined else (first, max(finer.size) // 2)
        yield from finer.search(scans, reach, seed)
        level = finer
    assert level is not None
    return level


def _averaged(level: Level, target: Shades, workers: Workers) -> Pausing[Shades]:
    """(n, c): for each pixel of the hole the mean of what the patches around it bring, better likenesses counting more."""
    usual = max(float(np.quantile(level.cost, QUANTILE)), 100.0) * SHARPNESS
    numbers, (top, left) = _numbers(level)
    out = np.empty((len(level.hole_rows), target.shape[2]), np.float32)

    def work(run: tuple[int, int]) -> None:
        rows, columns = level.hole_rows[slice(*run)], level.hole_columns[slice(*run)]
        total, share = np.zeros((len(rows), target.shape[2]), np.float32), np.zeros((len(rows), 1), np.float32)
        for down in (-1, 0, 1):
            for across in (-1, 0, 1):
                patch = numbers[rows - down - top, columns - across - left]
                counts = np.where(patch < 0, 0, np.exp(-level.cost[patch] / usual) + 1e-6).astype(np.float32)[:, None]
                patch = np.maximum(patch, 0)
                total += counts * target[level.source_rows[patch] + down, level.source_columns[patch] + across]
                share += counts
        out[slice(*run)] = total / share

    yield from workers.each(work, runs_of_rows(level.hole_rows, _RUN))
    return out


def _numbers(level: Level) -> tuple[NDArray[np.int32], tuple[int, int]]:
    """Which patch is centred on a pixel, -1: none, in the box of all of them with a border of one; and its corner."""
    top, left = int(level.rows.min()) - 1, int(level.columns.min()) - 1
    numbers = np.full((int(level.rows.max()) + 2 - top, int(level.columns.max()) + 2 - left), -1, np.int32)
    numbers[level.rows - top, level.columns - left] = np.arange(len(level.rows), dtype=np.int32)
    return numbers, (top, left)
