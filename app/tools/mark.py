"""What is done to the pixels under a stamp or a shape: cover, uncover, write a code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from app.sheet import Sheet
    from engine.geometry import Box

Mark: TypeAlias = Callable[[NDArray[np.uint8], NDArray[np.uint8]], None]
"""Changes pixels of a sheet, in place, where a coverage of the same shape says how far."""


def cover(pixels: NDArray[np.uint8], coverage: NDArray[np.uint8]) -> None:
    """Mask them; going over a place twice covers it no further."""
    np.maximum(pixels, coverage, out=pixels)


def uncover(pixels: NDArray[np.uint8], coverage: NDArray[np.uint8]) -> None:
    """Take them out of the mask."""
    np.minimum(pixels, np.bitwise_not(coverage), out=pixels)


def write(code: int) -> Mark:
    """Give those that are at least half covered a code, as of the sampling area."""

    def mark(pixels: NDArray[np.uint8], coverage: NDArray[np.uint8]) -> None:
        pixels[coverage >= 128] = code

    return mark


def apply(mark: Mark, sheet: Sheet, box: Box, coverage: NDArray[np.uint8]) -> Box | None:
    """Mark what of a box lies on the sheet, the coverage being the whole box's; the part that was written."""
    inside = box.common(sheet.box)
    if inside is None:
        return None
    part = inside.moved(-box.top, -box.left)
    mark(sheet.writing(inside), coverage[part.slices])
    return inside
