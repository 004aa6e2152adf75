"""The smoothest surface through a hole's rim: the solution of Laplace's equation, found from coarse to fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.job import Step
from engine.ops.bands import pieces, places, strips, told
from engine.ops.filters import area_halved, enlarged
from engine.ops.merge import equations, white

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers
    from engine.ops.merge import Shades

_STAGE = "smoothing"
_SWEEPS = 48
_AT_ONCE = 8


def membrane(
    pixels: Shades, known: NDArray[np.bool_], hole: NDArray[np.bool_], workers: Workers
) -> Generator[Step, None, NDArray[np.float32]]:
    """Values (n, channels) of the hole's pixels in reading order, from pixels (h, w, channels); yields Steps.

    Whole numbers come out in [0, 1], floats in their own unit. Only the hole's box and its rim are looked at. Where no known
    pixel touches the hole the values are the mean of what is known; at least one pixel must be.
    """
    box = Box.around(hole)
    assert box is not None
    near = box.grown(1, 1).common(Box.whole(hole.shape))
    assert near is not None
    if not known[near.slices].any():
        return np.repeat(_unit(pixels)[known].mean(axis=0, keepdims=True), int(hole.sum()), axis=0)
    image = yield from told(_units(pixels[near.slices], workers), 0.0, _STAGE)
    surface = yield from _relaxed(image, known[near.slices], hole[near.slices], workers, near.area)
    rows, columns = yield from told(places(hole[near.slices], workers), 1.0, _STAGE)
    return (yield from told(_gathered(surface, rows, columns, workers), 1.0, _STAGE))


def _unit(pixels: Shades) -> NDArray[np.float32]:
    """Whole numbers as float32 in [0, 1], floats as they are."""
    return pixels.astype(np.float32) / np.float32(white(pixels.dtype))


def _units(pixels: Shades, workers: Workers) -> Pausing[NDArray[np.float32]]:
    image = np.empty(pixels.shape, np.float32)

    def work(strip: tuple[int, int]) -> None:
        image[slice(*strip)] = _unit(pixels[slice(*strip)])

    yield from workers.each(work, strips(pixels.shape))
    return image


def _gathered(
    image: NDArray[np.float32], rows: NDArray[np.int32], columns: NDArray[np.int32], workers: Workers
) -> Pausing[NDArray[np.float32]]:
    """The values (n, channels) at some pixels."""
    values = np.empty((len(rows), image.shape[2]), np.float32)

    def work(run: tuple[int, int]) -> None:
        values[slice(*run)] = image[rows[slice(*run)], columns[slice(*run)]]

    yield from workers.each(work, pieces(len(rows)))
    return values


def _relaxed(
    image: NDArray[np.float32], known: NDArray[np.bool_], hole: NDArray[np.bool_], workers: Workers, whole: int
) -> Generator[Step, None, NDArray[np.float32]]:
    """The image (h, w, channels) with its hole filled, begun from the same of half the size."""
    if known.all():
        return image
    if max(known.shape) <= 2:
        done, guess = 0.0, np.broadcast_to(image[known].mean(axis=0), image.shape).astype(np.float32)
    else:
        smaller = yield from _relaxed(*(yield from told(_halved(image, known, workers), 0.0, _STAGE)), workers, whole)
        done, guess = smaller.shape[0] * smaller.shape[1] / whole, enlarged(smaller, (known.shape[0], known.shape[1]))
    rows, columns = yield from told(places(hole, workers), done, _STAGE)
    values = yield from told(_gathered(guess, rows, columns, workers), done, _STAGE)
    system = yield from told(equations(image, known, (rows, columns), None, workers), done, _STAGE)
    for sweep in range(0, _SWEEPS, _AT_ONCE):
        begun, ended = (done + part / _SWEEPS * (known.size / whole - done) for part in (sweep, sweep + _AT_ONCE))
        values = yield from told(system.solved(values, workers, sweeps=_AT_ONCE), begun, _STAGE)
        yield Step(ended, _STAGE)

    def lay(strip: tuple[int, int]) -> None:
        np.copyto(guess[slice(*strip)], image[slice(*strip)], where=known[slice(*strip)][..., None])

    def put(run: tuple[int, int]) -> None:
        guess[rows[slice(*run)], columns[slice(*run)]] = values[slice(*run)]

    yield from told(workers.each(lay, strips(known.shape)), known.size / whole, _STAGE)
    yield from told(workers.each(put, pieces(len(rows))), known.size / whole, _STAGE)
    return guess


def _halved(
    image: NDArray[np.float32], known: NDArray[np.bool_], workers: Workers
) -> Pausing[tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]]:
    """Half the size: means of known pixels; a pixel is known where any of its four is, and in the hole else."""
    (height, width), channels = known.shape, image.shape[2]
    means = np.empty((-(-height // 2), -(-width // 2), channels), np.float32)
    small = np.empty(means.shape[:2], np.bool_)

    def work(strip: tuple[int, int]) -> None:
        rows, out = slice(*strip), slice(strip[0] // 2, -(-strip[1] // 2))
        edge = ((0, (strip[1] - strip[0]) % 2), (0, width % 2))
        shares = area_halved(np.pad(known[rows].astype(np.float32), edge))
        sums = area_halved(np.pad(image[rows] * known[rows][..., None], (*edge, (0, 0))))
        small[out], means[out] = shares > 0, sums / np.maximum(shares, np.float32(1e-6))[..., None]

    yield from workers.each(work, strips(known.shape))
    return means, small, ~small
