"""Opening masks and sampling areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadInput
from engine.files import colour
from engine.files.opening import opened
from engine.picture import Mask

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.picture import Picture, Pixels

LEAST_OF_LOSSY, MOST_OF_LOSSY = 16, 223
"""In lossy files values below the first are noise of 0 and values above the second noise of 255."""


def open_mask(path: Path, size: tuple[int, int]) -> Mask:
    """A mask from a picture file: white = fill, soft values kept.

    Alpha is read (opaque = fill) only where red, green and blue are constant and alpha is not.

    Args:
        path: any file that `open_picture` opens.
        size: height and width of the upright photograph.

    Raises:
        BadInput: what `open_picture` raises, or another size.
    """
    return Mask(_coverage(path, size, "mask"))


def open_area(path: Path, size: tuple[int, int]) -> NDArray[np.bool_]:
    """A sampling area (H, W) from a picture file, read as a mask is: True where it is 128 of 255 or lighter. Raises BadInput."""
    return _coverage(path, size, "sampling area") >= 128


def _coverage(path: Path, size: tuple[int, int], what: str) -> NDArray[np.uint8]:
    picture, lossy = opened(path)
    if picture.size != size:
        have, want = ("{1:,} x {0:,}".format(*one) for one in (picture.size, size))
        raise BadInput(f"The {what} {path.name} is {have} pixels and the picture {want}; give one of the picture's size.")
    values = colour.eight_bits(_shade(picture))
    if not lossy:
        return np.ascontiguousarray(values)
    steps = np.arange(256, dtype=np.uint8)
    steps[:LEAST_OF_LOSSY], steps[MOST_OF_LOSSY + 1 :] = 0, 255
    return steps[values]


def _shade(picture: Picture) -> Pixels:
    """Alpha where it alone says something, else lightness."""
    pixels = picture.pixels
    if picture.has_alpha:
        colours, alpha = pixels[..., :-1], pixels[..., -1]
        if (colours == colours[0, 0]).all() and not (alpha == alpha[0, 0]).all():
            return alpha
    return colour.grey_of(pixels)
