"""The smoothest surface through a hole's rim: the solution of Laplace's equation, found from coarse to fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.job import Step
from engine.ops.filters import area_halved, enlarged
from engine.ops.merge import equations

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.ops.bands import Workers

_SWEEPS = 48
_AT_ONCE = 8


def membrane(
    image: NDArray[np.float32], known: NDArray[np.bool_], hole: NDArray[np.bool_], workers: Workers
) -> Generator[Step, None, NDArray[np.float32]]:
    """Values (n, channels) of the hole's pixels in reading order, from an image (h, w, channels); yields Steps.

    Only the hole's box and its rim are looked at. Where no known pixel touches the hole the values are the mean of what is
    known; at least one pixel must be.
    """
    box = Box.around(hole)
    assert box is not None
    near = box.grown(1, 1).common(Box.whole(hole.shape))
    assert near is not None
    if not known[near.slices].any():
        return np.repeat(image[known].mean(axis=0, keepdims=True), int(hole.sum()), axis=0)
    surface = yield from _relaxed(image[near.slices], known[near.slices], hole[near.slices], workers, near.area)
    return surface[hole[near.slices]]


def _relaxed(
    image: NDArray[np.float32], known: NDArray[np.bool_], hole: NDArray[np.bool_], workers: Workers, whole: int
) -> Generator[Step, None, NDArray[np.float32]]:
    """The image (h, w, channels) with its hole filled, begun from the same of half the size."""
    if known.all():
        return image
    if max(known.shape) <= 2:
        done, guess = 0.0, np.broadcast_to(image[known].mean(axis=0), image.shape)
    else:
        smaller = yield from _relaxed(*_halved(image, known), workers, whole)
        done, guess = smaller.shape[0] * smaller.shape[1] / whole, enlarged(smaller, (known.shape[0], known.shape[1]))
    rows, columns = (v.astype(np.int32) for v in np.nonzero(hole))
    values = guess[rows, columns].astype(np.float32, copy=False)
    system = equations(image, known, (rows, columns), None, workers)
    for sweep in range(0, _SWEEPS, _AT_ONCE):
        values = system.solved(values, workers, sweeps=_AT_ONCE)
        yield Step(done + (sweep + _AT_ONCE) / _SWEEPS * (known.size / whole - done), "smoothing")
    out = np.where(known[..., None], image, guess)
    out[rows, columns] = values
    return out


def _halved(image: NDArray[np.float32], known: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
    """Half the size: means of known pixels; a pixel is known where any of its four is, and in the hole else."""
    height, width = known.shape
    edge = ((0, height % 2), (0, width % 2))
    shares = area_halved(np.pad(known.astype(np.float32), edge))
    sums = area_halved(np.pad(image * known[..., None], (*edge, (0, 0))))
    small = shares > 0
    means = sums / np.maximum(shares, np.float32(1e-6))[..., None]
    return means.astype(np.float32, copy=False), small, ~small
