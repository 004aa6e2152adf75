"""Smaller and smaller views of a picture with a hole, made of its known pixels alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine.ops.bands import strips
from engine.ops.filters import area_halved, binomial_halved, blurred, luma

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers
    from engine.picture import Pixels

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """One level: pixels (h, w, channels) uint8, which are missing, and which may be copied, both (h, w)."""

    pixels: NDArray[np.uint8]
    missing: NDArray[np.bool_]
    sources: NDArray[np.bool_]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.missing.shape[0], self.missing.shape[1]


def shallow(pixels: Pixels, workers: Workers) -> Pausing[NDArray[np.uint8]]:
    """Pixels (h, w, channels) rounded to 8 bits; the same array where they have no more."""
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    out = np.empty(pixels.shape, np.uint8)

    def work(strip: tuple[int, int]) -> None:
        out[slice(*strip)] = (pixels[slice(*strip)].astype(np.uint32) + 128) // 257

    yield from workers.each(work, strips(pixels.shape))
    return out


def _even(array: NDArray[T]) -> NDArray[T]:
    """The last row or column once more where their number is odd."""
    height, width = array.shape[:2]
    return np.pad(array, [(0, height % 2), (0, width % 2), (0, 0)][: array.ndim], "edge") if height % 2 or width % 2 else array


def halved(scale: Scale, workers: Workers) -> Pausing[Scale]:
    """Half the size, each pixel the mean of the known ones of four; missing where fewer than two are known.

    Cheap, and as good as any above the size at which a hole is solved.
    """
    height, width = scale.size
    pixels = np.empty((-(-height // 2), -(-width // 2), scale.pixels.shape[2]), np.uint8)
    missing, sources = np.empty(pixels.shape[:2], np.bool_), np.empty(pixels.shape[:2], np.bool_)

    def work(strip: tuple[int, int]) -> None:
        rows, out = slice(*strip), slice(strip[0] // 2, -(-strip[1] // 2))
        lost = _even(scale.missing[rows])
        count = _of_four(~lost)
        fine = _even(scale.pixels[rows])
        small = area_halved(fine)
        mixed = np.nonzero((count > 0) & (count < 4))
        if len(mixed[0]):  # the mean above took missing pixels too
            small[mixed] = _mean_of_known(fine, lost, mixed, count[mixed][:, None])
        pixels[out], missing[out] = small, count < 2
        sources[out] = area_halved(_even(scale.sources[rows]).view(np.uint8)) > 0
        sources[out] &= ~missing[out]

    yield from workers.each(work, strips(scale.size))
    return Scale(pixels, missing, sources)


def _mean_of_known(
    fine: NDArray[np.uint8], lost: NDArray[np.bool_], at: tuple[NDArray[np.intp], ...], count: NDArray[np.uint8]
) -> NDArray[np.uint32]:
    """(n, channels): the means of the known ones of four, of which there are `count` (n, 1), at some pixels of half the size."""
    total = np.zeros((len(count), fine.shape[2]), np.uint32)
    for i in (0, 1):
        for j in (0, 1):
            total += np.where(lost[i::2, j::2][at][:, None], 0, fine[i::2, j::2][at])
    return (total + count // 2) // count


def _of_four(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(h / 2, w / 2): how many of each two by two are in the mask."""
    bits = mask.view(np.uint8)
    total = bits[::2, ::2] + bits[::2, 1::2]
    total += bits[1::2, ::2]
    total += bits[1::2, 1::2]
    return total


def bridged(scale: Scale) -> Scale:
    """Half the size by a binomial of six over the known pixels; missing only where no known pixel was in reach.

    So a thin hole vanishes after a level or two, and is first guessed by a mean across it.
    """
    known = np.where(scale.missing, np.float32(0), np.float32(1))
    shares = binomial_halved(known)
    sums = binomial_halved(np.multiply(scale.pixels, known[..., None], dtype=np.float32))
    missing = shares < 1e-3
    pixels = sums / np.maximum(shares, np.float32(1e-3))[..., None]
    sources = (binomial_halved(scale.sources.astype(np.float32)) > 0.5 * shares) & ~missing
    return Scale(np.clip(pixels + 0.5, 0, 255).astype(np.uint8), missing, sources)


def texture(colours: NDArray[np.uint8], missing: NDArray[np.bool_], side: int = 9) -> NDArray[np.float32]:
    """How busy the known surroundings of each pixel are: mean |dx| + |dy| of luma in a square window, in levels of 255.

    (h, w), from colours (h, w, 3). Newson et al., SIAM J. Imaging Sciences 2014, compare patches by this beside their colours.
    """
    known = np.where(missing, np.float32(0), np.float32(1))
    light = luma(colours).astype(np.float32)
    busy = np.zeros_like(light)
    busy[:, :-1] = np.abs(np.diff(light, axis=1)) * known[:, :-1] * known[:, 1:]
    busy[:-1] += np.abs(np.diff(light, axis=0)) * known[:-1] * known[1:]
    shares = blurred(known, side)
    return np.where(shares > 1e-4, blurred(busy, side) / np.maximum(shares, np.float32(1e-4)), np.float32(0))
