"""What makes holes the same on every machine: coordinates are rounded at once, and drawn in whole numbers throughout.

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


def within(where: tuple[float, float], size: tuple[int, int]) -> tuple[int, int]:
    """The pixel in which a point lies, brought back to the picture's edge where it lies beyond: a row and a column."""
    return math.floor(min(max(where[0], 0), size[0])), math.floor(min(max(where[1], 0), size[1]))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Uniform in [low, high): like `rng.uniform`, whose compiled product and sum may be rounded once or twice."""
    return low + (high - low) * rng.random()


def draw_path(mask: Pixels, path: Points, width: int) -> None:
    """A stroke of a width in pixels (1 at least) along a path, in place, with round ends and joints.

    The path must not leave the picture by more than a pixel: versions of OpenCV differ in how they cut lines off.
    """
    points = np.array(path, np.int32)[:, ::-1].reshape(-1, 1, 2)
    cv2.polylines(mask, [points], isClosed=False, color=(255,), thickness=max(1, width))


def draw_area(mask: Pixels, outline: Points) -> None:
    """The inside of a closed outline and its corners, in place.

    By hand, since versions of OpenCV differ in what they take for inside: a pixel is inside if an odd number of edges lies left of it.
    """
    corners = np.array(outline, np.int64)
    top, left = np.maximum(corners.min(0), 0)
    seen = mask[top : max(corners[:, 0].max() + 1, 0), left : max(corners[:, 1].max() + 1, 0)]
    height, width = seen.shape
    corners -= (top, left)
    rows, columns = _crossings(corners, height)
    odd = np.zeros((height, width + 1), np.uint8)
    np.bitwise_xor.at(odd, (rows, np.clip(columns, 0, width)), 1)
    seen[np.bitwise_xor.accumulate(odd[:, :width], axis=1) == 1] = 255
    there = corners[((corners >= 0) & (corners < (height, width))).all(1)]
    seen[there[:, 0], there[:, 1]] = 255


def _crossings(corners: NDArray[np.int64], height: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the edges cross the rows from 0 up to a height: rows, and the first columns right of them."""
    ends = np.roll(corners, -1, axis=0)
    down = (corners[:, 0] <= ends[:, 0])[:, None]
    upper, lower = np.where(down, corners, ends), np.where(down, ends, corners)
    first, last = np.clip(upper[:, 0], 0, height), np.clip(lower[:, 0], 0, height)
    edge = np.repeat(np.arange(len(corners)), last - first)
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(last - first) - last, last - first)
    tall = (lower[:, 0] - upper[:, 0])[edge]
    columns = upper[edge, 1] - ((upper[:, 1] - lower[:, 1])[edge] * (rows - upper[edge, 0])) // tall
    return rows, columns


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
