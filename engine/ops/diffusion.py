"""OpenCV's two inpainting filters, for pictures of any depth, on no more of the picture than they look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

TELEA, NAVIER_STOKES = cv2.INPAINT_TELEA, cv2.INPAINT_NS


def diffused(
    pixels: NDArray[np.uint8] | NDArray[np.uint16], known: NDArray[np.bool_], hole: NDArray[np.bool_], radius: int, kind: int
) -> NDArray[np.float32]:
    """Values (n, channels) in [0, 1] of the hole's pixels in reading order, from pixels (h, w, 1 or 3).

    `radius`: reach in pixels, as in `cv2.inpaint`; `kind`: TELEA or NAVIER_STOKES.
    """
    box = Box.around(hole)
    assert box is not None
    near = box.grown(radius + 2, radius + 2).common(Box.whole(hole.shape))
    assert near is not None
    if not known[near.slices].any():
        near = Box.whole(hole.shape)
    lost = (~known[near.slices]).astype(np.uint8)
    part = np.ascontiguousarray(pixels[near.slices])
    if part.dtype == np.uint8:
        filled = cv2.inpaint(part, lost, radius, kind).reshape(part.shape)
    else:  # OpenCV takes deeper pictures one channel at a time
        filled = np.dstack([cv2.inpaint(np.ascontiguousarray(part[..., c]), lost, radius, kind) for c in range(part.shape[2])])
    return filled[hole[near.slices]].astype(np.float32) / np.float32(np.iinfo(part.dtype).max)
