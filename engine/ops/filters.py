"""OpenCV's filters, those that are used here: the one module of the operators that calls it, with exact shapes and types.

Arrays are (h, w) or (h, w, channels), of any strides, and are not changed; sizes are height and width. What comes back is a new array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shade = TypeVar("Shade", bound=np.uint8 | np.uint16 | np.float32)
"""What a channel's value is."""

TELEA, NAVIER_STOKES = cv2.INPAINT_TELEA, cv2.INPAINT_NS
"""Kinds of `inpainted`: Telea, JGT 2004; Bertalmio, Bertozzi, Sapiro, CVPR 2001."""

_BINOMIAL = np.array([1, 5, 10, 10, 5, 1], np.float32) / np.float32(32)


def set_threads(threads: int) -> None:
    """Let the filters run on so many threads; what they give does not depend on it."""
    cv2.setNumThreads(threads)


def dilated(mask: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(h, w): where a square of odd `side` around the pixel holds a pixel of the mask (h, w); nothing lies beyond the edge."""
    square = np.ones((side, side), np.uint8)
    wide = cv2.dilate(mask.view(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(wide, np.uint8).view(np.bool_)


def eroded(mask: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(h, w): where a square of odd `side` around the pixel lies wholly in the mask (h, w); nothing lies beyond the edge."""
    square = np.ones((side, side), np.uint8)
    narrow = cv2.erode(mask.view(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(narrow, np.uint8).view(np.bool_)


def depth(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(h, w): how far in pixels each pixel of the mask (h, w) lies from the nearest outside it, 0 there; by chamfers of 3 x 3."""
    return np.asarray(cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3), np.float32)


def components(mask: NDArray[np.bool_]) -> tuple[int, NDArray[np.int32]]:
    """How many connected parts a mask (h, w) has, corners touching, and (h, w) which part a pixel is of, from 1; 0: of none."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8))
    return count - 1, np.asarray(labels, np.int32)


def area_halved(values: NDArray[Shade]) -> NDArray[Shade]:
    """(h / 2, w / 2) or (h / 2, w / 2, channels): the mean of each two by two; height and width are even."""
    height, width = values.shape[0] // 2, values.shape[1] // 2
    small = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, values.dtype).reshape(height, width, *values.shape[2:])


def binomial_halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h / 2, w / 2) or (h / 2, w / 2, channels), rounded up: means by the binomial weights of six, the edge mirrored."""
    smooth = cv2.sepFilter2D(values, -1, _BINOMIAL, _BINOMIAL, anchor=(2, 2), borderType=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(np.asarray(smooth, np.float32).reshape(values.shape)[::2, ::2])


def enlarged(values: NDArray[Shade], size: tuple[int, int]) -> NDArray[Shade]:
    """(*size, channels), interpolated linearly between the centres of pixels (h, w, channels)."""
    large = cv2.resize(values, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, values.dtype).reshape(*size, -1)


def magnified(values: NDArray[Shade], times: int, box: Box) -> NDArray[Shade]:
    """What values (h, w, channels) `enlarged` to `times` (a power of two) their size hold where `box` of them lies.

    (times box.height, times box.width, channels), the same whatever the box.
    """
    around = box.grown(1, 1).common(Box.whole(values.shape))
    assert around is not None
    top, left = times * (box.top - around.top), times * (box.left - around.left)
    large = enlarged(values[around.slices], (times * around.height, times * around.width))
    return large[top : top + times * box.height, left : left + times * box.width]


def blurred(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """(h, w): the mean of a square of odd `side` around each pixel of (h, w), the edge mirrored."""
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)


def luma(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w): 0.299 R + 0.587 G + 0.114 B of colours (h, w, 3), rounded."""
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)


def inpainted(pixels: NDArray[Shade], missing: NDArray[np.bool_], radius: int, kind: int) -> NDArray[Shade]:
    """Pixels (h, w, 1 or 3) with the missing ones (h, w) diffused inwards from their rim.

    `radius`: how far around a pixel is looked, in pixels; `kind`: TELEA or NAVIER_STOKES.
    """
    lost = missing.view(np.uint8)
    if pixels.dtype == np.uint8:
        return np.asarray(cv2.inpaint(pixels, lost, radius, kind), pixels.dtype).reshape(pixels.shape)
    # OpenCV takes deeper pictures one channel at a time
    parts = [cv2.inpaint(pixels[..., channel], lost, radius, kind) for channel in range(pixels.shape[2])]
    return np.asarray(np.dstack(parts), pixels.dtype)
