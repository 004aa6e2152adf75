"""A picture as its file holds it, and turning it upright and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels

T = TypeVar("T", bound=np.generic)

FLIPS = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
"""By EXIF orientation: which way OpenCV flips what was transposed for 5 to 8; 1 columns, 0 rows, -1 both."""

UNDOES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
"""Which orientation turns back what another turned."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What a reader hands over: pixels as stored, not yet upright, and all that came with them."""

    pixels: Pixels
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    orientation: int = 1
    encoded: bytes | None = None
    losses: tuple[str, ...] = ()
    lossy: bool = False
    """Whether the pixels went through a lossy compression, so that small values are noise."""


def turned(array: NDArray[T], orientation: int) -> NDArray[T]:
    """A view (H, W, ...) of a stored array, upright by its EXIF orientation 1 to 8. Nothing is copied."""
    if orientation in (5, 6, 7, 8):
        array = array.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return array


def turned_back(array: NDArray[T], orientation: int) -> NDArray[T]:
    """A view of an upright array as a file of that orientation stores it."""
    return turned(array, UNDOES[orientation])


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """The pixels upright and contiguous; the same array where nothing is to be done."""
    if not 2 <= orientation <= 8:
        return pixels
    # OpenCV transposes in tiles that fit the processor's caches: five times as quick as copying the view.
    crosswise = orientation >= 5
    out = np.asarray(cv2.transpose(pixels), pixels.dtype) if crosswise else pixels
    flip = FLIPS.get(orientation)
    return out if flip is None else np.asarray(cv2.flip(out, flip, out if crosswise else None), pixels.dtype)  # pyright: ignore[reportReturnType]
