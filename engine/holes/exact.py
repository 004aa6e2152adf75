"""What makes holes the same on every machine: coordinates are rounded at once, and drawn by OpenCV in whole numbers throughout.

Of all numbers only cosines and the rare outer draws of a normal distribution go through a machine's own library. Their last bit could
show where a coordinate lies within some 1e-13 of where it is rounded up, and nowhere else, since nothing is reckoned on with them before they are rounded.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Points = Sequence[tuple[int, int]]
    """Rows and columns."""


def side_of(size: tuple[int, int]) -> float:
    """The side of the square with a picture's area: what lengths are scaled by, whatever the picture's proportions."""
    return math.sqrt(size[0] * size[1])


def whole(value: float) -> int:
    """The nearest whole number."""
    return round(value)


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Uniform in [low, high): like `rng.uniform`, whose compiled product and sum may be rounded once or twice."""
    return low + (high - low) * rng.random()


def draw_path(mask: Pixels, path: Points, width: int) -> None:
    """A stroke of a width in pixels (1 at least) along a path, in place, with round ends and joints."""
    points = np.array(path, np.int32)[:, ::-1].reshape(-1, 1, 2)
    cv2.polylines(mask, [points], isClosed=False, color=(255,), thickness=max(1, width))


def draw_area(mask: Pixels, outline: Points) -> None:
    """The inside of a closed outline and the outline itself, in place."""
    cv2.fillPoly(mask, [np.array(outline, np.int32)[:, ::-1].reshape(-1, 1, 2)], (255,))


def softened(mask: Pixels, reach: int) -> Pixels:
    """A hard mask with a ramp of 2 * reach pixels across its outline: the mean over a square, in whole numbers, rounded down."""
    if reach < 1:
        return mask
    side = 2 * reach + 1
    sums = cv2.boxFilter(mask, cv2.CV_32S, (side, side), normalize=False, borderType=cv2.BORDER_REPLICATE)
    return (np.asarray(sums) // side**2).astype(np.uint8)


def rounded(mask: Pixels, reach: int) -> Pixels:
    """A hard mask whose corners and clefts narrower than about `reach` pixels are rounded off."""
    return np.where(softened(softened(mask, reach), reach) >= 128, np.uint8(255), np.uint8(0))
