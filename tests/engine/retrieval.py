"""Retrieved patches made by hand: cells of a hole with the patches of a drawn or real photograph that look most like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.evidence import HolePixels
from engine.geometry import Box, Window
from engine.picture import Mask, Patch, Picture
from engine.retrieved import RetrievedPatches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels

STAGES = ("coarse", "retrieved", "synthesised")


def levels(pixels: Pixels) -> NDArray[np.float32]:
    """(h, w, 1 or 3) colours in levels of 255, without alpha."""
    deep = pixels.astype(np.float32) / np.float32(257 if pixels.dtype == np.uint16 else 1)
    if deep.ndim == 2:
        return deep[..., None]
    return deep[..., :1] if deep.shape[2] < 3 else deep[..., :3]


def grid(hole: NDArray[np.bool_], side: int) -> NDArray[np.int32]:
    """(m, 4): the cells of a grid from the hole's corner on that hold pixels of it."""
    box = Box.around(hole)
    assert box is not None
    corners = [(top, left) for top in range(box.top, box.bottom, side) for left in range(box.left, box.right, side)]
    return np.array([(t, c, side, side) for t, c in corners if hole[t : t + side, c : c + side].any()], np.int32)


def memory_of(hole: NDArray[np.bool_], side: int, step: int) -> NDArray[np.int32]:
    """(p, 4): windows at that step without a pixel of the hole."""
    free = ~sliding_window_view(hole, (side, side))[::step, ::step].any(axis=(2, 3))
    return np.array([(step * r, step * c, side, side) for r, c in np.argwhere(free)], np.int32)


def retrieved(
    window: Window, hole: NDArray[np.bool_], seen: NDArray[np.float32], *, side: int = 32, step: int = 16, ranks: int = 4
) -> RetrievedPatches:
    """Evidence of a hole (h, w) of the window, in which `seen` (h, w, c) in levels of 255 is what came out of it.

    A cell's patches are those nearest to it in a blurred view; the first of them prevails in its upper half, the second below.
    """
    pixels, cells, memory = HolePixels.of(window, hole), grid(hole, side), memory_of(hole, side, step)
    blurred = cv2.blur(seen, (17, 17)).reshape(seen.shape)
    reach = np.pad(blurred, ((0, side), (0, side), (0, 0)), mode="edge")
    views = [
        np.stack([reach[t : t + side, c : c + side] for t, c, _, _ in some.tolist()]).reshape(len(some), -1) for some in (cells, memory)
    ]
    apart = np.sqrt(((views[0][:, None] - views[1]) ** 2).mean(axis=2))
    shares = np.exp(-apart / 8) / np.exp(-apart / 8).sum(axis=1, keepdims=True)
    chosen = np.argsort(apart, axis=1, kind="stable")[:, :ranks].astype(np.int32)
    laid, prevails = seen.copy(), np.zeros(hole.shape, np.int8)
    for (top, left, _, _), first in zip(cells.tolist(), chosen[:, 0], strict=True):
        t, c = memory[first, :2].tolist()
        part = laid[top : top + side, left : left + side]
        part[:] = seen[t : t + part.shape[0], c : c + part.shape[1]]
        prevails[top + side // 2 : top + side, left : left + side] = min(1, ranks - 1)
    stages = np.stack([np.rint(one[hole]) for one in (blurred, laid, seen)]).astype(np.uint8)
    scores = np.take_along_axis(shares, chosen, axis=1)
    return RetrievedPatches(
        pixels,
        cells,
        memory,
        chosen,
        scores.astype(np.float32),
        shares.astype(np.float16),
        prevails[hole],
        STAGES,
        stages,
        "share of attention",
    )


def filled(pixels: Pixels, hole: NDArray[np.bool_], **how: Any) -> dict[str, Any]:
    """What a fill of the whole picture, that found what stood there, hands to be written."""
    picture = Picture(pixels)
    window = Window.plain(picture.box)
    evidence = retrieved(window, hole, levels(pixels), **how)
    patch = Patch(0, picture.box, pixels.copy())
    return {"before": picture, "result": picture, "patches": [patch], "evidence": [evidence], "mask": Mask(hole.astype(np.uint8) * 255)}
