"""OpenCV's two inpainting filters, for pictures of any depth, on no more of the picture than they look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.ops.filters import inpainted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels


def diffused(pixels: Pixels, known: NDArray[np.bool_], hole: NDArray[np.bool_], radius: int, kind: int) -> NDArray[np.float32]:
    """Values (n, channels) in [0, 1] of the hole's pixels in reading order, from pixels (h, w, 1 or 3).

    `radius` and `kind` as in `filters.inpainted`.
    """
    box = Box.around(hole)
    assert box is not None
    near = box.grown(radius + 2, radius + 2).common(Box.whole(hole.shape))
    assert near is not None
    if not known[near.slices].any():
        near = Box.whole(hole.shape)
    part = pixels[near.slices]
    filled = inpainted(part, ~known[near.slices], radius, kind)
    return filled[hole[near.slices]].astype(np.float32) / np.float32(np.iinfo(part.dtype).max)
