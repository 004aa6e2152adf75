"""Photographs in the channels and depth of another: what a method compares has to be of one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.ops.bands import strips
from engine.picture import by_pixels, frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers
    from engine.picture import Picture, Pixels


def colours(pixels: Pixels) -> tuple[Any, Any]:
    """Views of a picture's colours (h, w, 1 or 3), and of its alpha (h, w) or None."""
    if pixels.ndim == 2:
        return pixels[..., None], None
    return (pixels[..., :-1], pixels[..., -1]) if pixels.shape[2] in (2, 4) else (pixels, None)


def likened(picture: Picture, channels: int, depth: np.dtype[Any], workers: Workers) -> Pausing[tuple[Any, NDArray[np.bool_]]]:
    """A picture's colours in so many channels of a depth, 0 where it is wholly transparent; and (h, w) where it is not.

    Colours become their luma (ITU-R BT.601), grey is repeated. 8 bits become 16 exactly, 16 are rounded to 8. What is of that kind
    already is not copied.
    """
    part, alpha = colours(picture.pixels)
    known = np.ones(picture.size, np.bool_)
    if alpha is None and part.shape[2] == channels and part.dtype == depth:
        frozen(known)
        return part, known
    pixels: Any = np.zeros((*picture.size, channels), depth)

    def work(strip: tuple[int, int]) -> None:
        rows = slice(*strip)
        if alpha is not None:
            np.greater(alpha[rows], 0, out=known[rows])
        np.copyto(by_pixels(pixels[rows]), by_pixels(_of_kind(part[rows], channels, depth)), where=known[rows])

    yield from workers.each(work, strips(picture.size))
    frozen(pixels)
    frozen(known)
    return pixels, known


def _of_kind(part: NDArray[Any], channels: int, depth: np.dtype[Any]) -> NDArray[Any]:
    """Colours (h, w, 1 or 3) in other channels and another depth."""
    if channels < part.shape[2]:
        red, green, blue = (part[..., k].astype(np.uint32) for k in range(3))
        part = ((299 * red + 587 * green + 114 * blue + 500) // 1000).astype(part.dtype)[..., None]
    if part.dtype != depth:
        part = (part.astype(np.uint32) + 128) // 257 if depth == np.uint8 else part.astype(np.uint32) * 257
    return np.ascontiguousarray(np.broadcast_to(part.astype(depth, copy=False), (*part.shape[:2], channels)))
