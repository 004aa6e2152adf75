"""Smaller and smaller views of a picture with a hole, made of its known pixels alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BINOMIAL = np.array([1, 5, 10, 10, 5, 1], np.float32) / 32
_STRIP = 512


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


def _even(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The last row or column once more where their number is odd."""
    height, width = array.shape[:2]
    return np.pad(array, [(0, height % 2), (0, width % 2), (0, 0)][: array.ndim], "edge") if height % 2 or width % 2 else array


def halved(scale: Scale) -> Scale:
    """Half the size, each pixel the mean of the known ones of four; missing where fewer than two are known.

    Cheap, and as good as any above the size at which a hole is solved.
    """
    height, width = scale.size
    pixels = np.empty((-(-height // 2), -(-width // 2), scale.pixels.shape[2]), np.uint8)
    missing, sources = np.empty(pixels.shape[:2], np.bool_), np.empty(pixels.shape[:2], np.bool_)
    for top in range(0, height, _STRIP):
        rows, out = slice(top, top + _STRIP), slice(top // 2, (top + _STRIP) // 2)
        lost = _even(scale.missing[rows])
        count = 4 - sum(lost[i::2, j::2].astype(np.uint8) for i in (0, 1) for j in (0, 1))
        size = (count.shape[1], count.shape[0])
        fine = _even(scale.pixels[rows])
        small = cv2.resize(fine, size, interpolation=cv2.INTER_AREA).reshape(*count.shape, -1)
        mixed = np.nonzero((count > 0) & (count < 4))
        if len(mixed[0]):  # the mean above took missing pixels too
            total = np.zeros((len(mixed[0]), fine.shape[2]), np.uint32)
            for i in (0, 1):
                for j in (0, 1):
                    total += np.where(lost[i::2, j::2][mixed][:, None], 0, fine[i::2, j::2][mixed])
            small[mixed] = (total + count[mixed][:, None] // 2) // count[mixed][:, None]
        pixels[out], missing[out] = small, count < 2
        sources[out] = cv2.resize(_even(scale.sources[rows]).astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
        sources[out] &= ~missing[out]
    return Scale(pixels, missing, sources)


def bridged(scale: Scale) -> Scale:
    """Half the size by a binomial of six over the known pixels; missing only where no known pixel was in reach.

    So a thin hole vanishes after a level or two, and is first guessed by a mean across it.
    """
    known = np.where(scale.missing, np.float32(0), np.float32(1))
    shares = _binomial(known)
    sums = _binomial(scale.pixels * known[..., None])
    missing = shares < 1e-3
    pixels = sums / np.maximum(shares, np.float32(1e-3))[..., None]
    sources = (_binomial(scale.sources.astype(np.float32)) > 0.5 * shares) & ~missing
    return Scale(np.clip(pixels + 0.5, 0, 255).astype(np.uint8), missing, sources)


def _binomial(values: NDArray[np.float32]) -> NDArray[np.float32]:
    smooth = cv2.sepFilter2D(values, -1, _BINOMIAL, _BINOMIAL, anchor=(2, 2), borderType=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(smooth.reshape(values.shape)[::2, ::2], np.float32)


def texture(colours: NDArray[np.uint8], missing: NDArray[np.bool_], side: int = 9) -> NDArray[np.float32]:
    """How busy the known surroundings of each pixel are: mean |dx| + |dy| of luma in a square window, in levels of 255.

    (h, w), from colours (h, w, 3). Newson et al., SIAM J. Imaging Sciences 2014, compare patches by this beside their colours.
    """
    known = np.where(missing, np.float32(0), np.float32(1))
    luma = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    busy = np.zeros_like(luma)
    busy[:, :-1] = np.abs(np.diff(luma, axis=1)) * known[:, :-1] * known[:, 1:]
    busy[:-1] += np.abs(np.diff(luma, axis=0)) * known[:-1] * known[1:]
    shares = cv2.blur(known, (side, side), borderType=cv2.BORDER_REFLECT)
    return np.where(shares > 1e-4, cv2.blur(busy, (side, side), borderType=cv2.BORDER_REFLECT) / np.maximum(shares, 1e-4), 0).astype(
        np.float32
    )
