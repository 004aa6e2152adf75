"""Is it the same texture, wherever it stands? Sliced Wasserstein distances between the patches of the fill and of the truth.

The distance of two sets of equal size along one direction is the mean distance of their sorted projections; it is averaged over random
directions (Rabin et al., SSVM 2011). Positions and directions are drawn from a fixed seed, the same for the fill and for the truth.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.scores import filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evaluation.scores.view import Pair, View

    Values = NDArray[np.float32]

SIDE = 7
"""Pixels along a patch."""
DIRECTIONS, MOST = 64, 20_000
"""Directions, and patches at the most, of `swd`."""
LAPLACIAN_DIRECTIONS, LAPLACIAN_MOST = 256, 4096
"""The same for a level of `swd_laplacian`."""
COARSEST = 16
"""Shorter side of the smallest level, in pixels."""
FEWEST = 128
"""A coarser level takes part if so many of its pixels lie in the hole: what ProGAN takes of a picture; of less, chance decides."""
LEAST_SPREAD = 0.1
"""In levels of 255: a truth that is flatter is taken to be as uneven as this."""


def swd(pair: Pair) -> float:
    """Of 7x7 RGB patches centred in the hole, along 64 directions, x 1000 of the range."""
    return float(np.abs(pair.filled.once(_projected) - pair.truth.once(_projected)).mean() / 255 * 1000)


def swd_laplacian(pair: Pair) -> float:
    """Of 7x7 patches of the levels of a Laplacian pyramid, centred in the hole, x 1000; the levels' mean.

    After Karras et al., "Progressive Growing of GANs", ICLR 2018, section 5. There each of the two sets, thousands of pictures, is normalised
    a channel by its own mean and spread; of a single hole that would hide wrong colour and blur, so both are normalised by the truth's.
    """
    levels = zip(pair.filled.once(_levels), pair.truth.once(_scales), pair.truth.once(_projected_levels), strict=True)
    return float(np.mean([np.abs(_along(ours, scale) - wanted).mean() for ours, scale, wanted in levels]) * 1000)


def laplacian_levels(pixels: NDArray[np.uint8]) -> list[Values]:
    """From fine to coarse: what each level of a Gaussian pyramid holds beyond the next, and the last level itself; (h, w, 3), in levels."""
    levels = [pixels.astype(np.float32)]
    while min(levels[-1].shape[:2]) // 2 >= COARSEST:
        levels.append(filters.smaller(levels[-1]))
        height, width = levels[-2].shape[:2]
        levels[-2] = levels[-2] - filters.larger(levels[-1], (height, width))
    return levels


def _projected(view: View) -> Values:
    """(64, n): sorted projections of the patches around the hole's pixels."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(SIDE * SIDE * 3, DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    rows, columns = _some(view.hole, MOST, rng)
    projected = _patches(view.pixels, rows, columns).reshape(len(rows), -1) @ directions
    return np.sort(np.ascontiguousarray(projected.T), axis=1)


def _levels(view: View) -> list[Values]:
    """(n, 3, 7, 7) for each level that takes part: its patches, in levels."""
    found: list[Values] = []
    for number, level in enumerate(laplacian_levels(view.pixels)):
        hole = view.hole[:: 2**number, :: 2**number]
        if number == 0 or np.count_nonzero(hole) >= FEWEST:
            found.append(_patches(level, *_some(hole, LAPLACIAN_MOST, np.random.default_rng(number))))
    return found


def _scales(truth: View) -> list[tuple[Values, Values]]:
    """Mean and spread (1, 3, 1, 1) of the patches of each level."""
    axes = (0, 2, 3)
    return [
        (patches.mean(axes, keepdims=True), np.maximum(patches.std(axes, keepdims=True), np.float32(LEAST_SPREAD)))
        for patches in truth.once(_levels)
    ]


def _projected_levels(truth: View) -> list[Values]:
    """(256, n) for each level: the truth's own projections."""
    return [_along(patches, scale) for patches, scale in zip(truth.once(_levels), truth.once(_scales), strict=True)]


def _along(patches: Values, scale: tuple[Values, Values]) -> Values:
    """(256, n): sorted projections of patches (n, 3, 7, 7), less a mean and over a spread."""
    mean, spread = scale
    normal, directions = (patches - mean) / spread, laplacian_directions().T
    return np.sort(np.matmul(directions, normal.reshape(len(normal), -1).T, dtype=np.float32), axis=1)


@cache
def laplacian_directions() -> Values:
    """(147, 256): unit vectors; a patch's numbers come channel by channel, then row by row."""
    directions = np.random.default_rng(0).normal(size=(SIDE * SIDE * 3, LAPLACIAN_DIRECTIONS))
    return (directions / np.linalg.norm(directions, axis=0)).astype(np.float32)


def _some(hole: NDArray[np.bool_], most: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the hole's pixels; of more than `most` a random choice."""
    rows, columns = np.nonzero(hole)
    if len(rows) <= most:
        return rows, columns
    some = np.sort(rng.choice(len(rows), most, replace=False))
    return rows[some], columns[some]


def _patches(values: NDArray[np.uint8] | Values, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Values:
    """(n, 3, 7, 7): the patches around these pixels of (h, w, 3), which is mirrored at its edges."""
    reach = SIDE // 2
    padded = np.pad(values, ((reach, reach), (reach, reach), (0, 0)), "reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE), (0, 1))
    return windows[rows, columns].astype(np.float32)
