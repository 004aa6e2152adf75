"""A first look at a fill, in a moment and whatever the size: the hole's surroundings in small, continued smoothly into it.

Made of averages from coarse to fine (Gortler et al., The Lumigraph, SIGGRAPH 1996: pull and push), with NumPy and OpenCV alone, so
that it is there before anything else of the engine is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.geometry import Box
from engine.ops.filters import area_halved, enlarged, magnified
from engine.picture import Patch, by_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.picture import Mask, Picture

SMALL = 40_000
"""Pixels at most at which the surroundings are looked at."""
_TILE = 256


def first_guess(picture: Picture, mask: Mask, box: Box) -> Patch:
    """The pixels of a box as the picture has them, its hole filled smoothly from what is known in and around the box."""
    near = box.grown(box.height // 8 + 4, box.width // 8 + 4).common(picture.box)
    assert near is not None
    times = 1
    while near.area > SMALL * times**2:
        times *= 2
    pixels = picture.pixels[box.slices].copy()
    small = _continued(*_sampled(picture, mask, near, times))
    if small is not None:
        deep = np.clip(np.rint(small), 0, np.iinfo(pixels.dtype).max).astype(pixels.dtype)
        for tile in _tiles(box):
            coverage, inside = mask.coverage[tile.slices], tile.moved(-box.top, -box.left).slices
            if coverage.any():
                _lay(pixels[inside], _seen(deep, times, tile.moved(-near.top, -near.left)), coverage)
    return Patch(0, box, pixels)


def _tiles(box: Box) -> Iterator[Box]:
    """The box in pieces, so that what is looked at again is still at hand."""
    for top in range(box.top, box.bottom, _TILE):
        for left in range(box.left, box.right, _TILE):
            yield Box(top, left, min(_TILE, box.bottom - top), min(_TILE, box.right - left))


def _sampled(picture: Picture, mask: Mask, near: Box, times: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """One pixel of each square of `times` by `times`, (h, w, channels), and whether it is known."""
    rows, columns = (
        np.minimum(np.arange(first, first + length, times) + times // 2, first + length - 1)[:, None]
        for first, length in ((near.top, near.height), (near.left, near.width))
    )
    pixels = picture.pixels[rows, columns.T]
    known = mask.coverage[rows, columns.T] == 0
    if picture.has_alpha:
        known &= pixels[..., -1] > 0
    return pixels.reshape(*known.shape, -1).astype(np.float32), known


def _continued(pixels: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    """Pixels (h, w, channels) with the unknown ones made of the same in half the size; None where none is known."""
    if known.all():
        return pixels
    if max(known.shape) == 1:
        return None
    height, width = known.shape
    edge = ((0, height % 2), (0, width % 2))
    shares = area_halved(np.pad(known.astype(np.float32), edge))
    sums = area_halved(np.pad(pixels * known[..., None], (*edge, (0, 0))))
    smaller = _continued((sums / np.maximum(shares, np.float32(1e-6))[..., None]).astype(np.float32), shares > 0)
    if smaller is None:
        return None
    large = enlarged(smaller, (2 * smaller.shape[0], 2 * smaller.shape[1]))[:height, :width]
    return np.where(known[..., None], pixels, large)


def _seen(small: Any, times: int, part: Box) -> Any:
    """A part (in pixels of the whole) of the small picture enlarged."""
    top, left = part.top // times, part.left // times
    cells = Box(top, left, -(-part.bottom // times) - top, -(-part.right // times) - left)
    return magnified(small, times, cells)[part.moved(-top * times, -left * times).slices]


def _lay(pixels: Any, colours: Any, coverage: NDArray[np.uint8]) -> None:
    """Lay colours on pixels as far as a mask covers them."""
    into = pixels[..., None] if pixels.ndim == 2 else pixels
    np.copyto(by_pixels(into), by_pixels(np.ascontiguousarray(colours)), where=coverage == 255)
    soft = (coverage > 0) & (coverage < 255)
    if soft.any():
        old, share = into[soft].astype(np.float32), coverage[soft].astype(np.float32)[:, None] / 255
        into[soft] = np.rint(old + share * (colours[soft] - old)).astype(pixels.dtype)
