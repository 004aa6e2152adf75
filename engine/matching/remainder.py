"""What no reference shows: made of patches of the picture, begun from what the references gave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.exemplar import PatchSettings, filled
from engine.geometry import Box, Window
from engine.method import Cutout, encoded
from engine.ops.filters import dilated

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.job import Fill, Step
    from engine.matching.composition import Composed

_CONTEXT = 128
"""Pixels around what is missing that patches see, at least."""


def remainder(
    cutout: Cutout, one: Composed, over: float, rng: np.random.Generator
) -> Generator[Step, None, tuple[NDArray[np.float32], Fill]]:
    """Fill what no reference shows, and a strip of `over` pixels of what one shows.

    Returns:
        (h, w, c) over the hole's box, NaN where nothing was filled; and the fill, with its own evidence.
    """
    shown = np.zeros(cutout.hole.shape, np.bool_)
    shown[one.box.slices] = one.shown & cutout.hole[one.box.slices]
    wide = cutout.hole & dilated(cutout.hole & ~shown, 2 * round(over) + 1)
    part = _part(cutout, _laid(cutout, one), wide, (cutout.known | shown) & ~wide)
    down, across = part.window.box.top - cutout.window.box.top, part.window.box.left - cutout.window.box.left
    fill = yield from _moved(filled(part, PatchSettings(), rng), down, across)
    back = np.full((*cutout.hole.shape, cutout.pixels.shape[2]), np.nan, np.float32)
    back[wide] = fill.values
    return back[cutout.box.slices], fill


def _moved(steps: Generator[Step, None, Fill], down: int, across: int) -> Generator[Step, None, Fill]:
    """Steps whose previews lie in the larger window."""
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            seen = step.preview
            yield step if seen is None else replace(step, preview=replace(seen, box=seen.box.moved(down, across)))
    finally:
        steps.close()


def _laid(cutout: Cutout, one: Composed) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The cutout's pixels with what the references show laid into the hole."""
    pixels = cutout.pixels.copy()
    laid = cutout.hole[one.box.slices] & one.shown
    pixels[one.box.slices][laid] = encoded(one.values, pixels.dtype)[laid]
    return pixels


def _part(cutout: Cutout, pixels: NDArray[np.uint8] | NDArray[np.uint16], hole: NDArray[np.bool_], known: NDArray[np.bool_]) -> Cutout:
    """The cutout of a smaller hole: a frame around it, or all where the frame has no sources."""
    box, whole = Box.around(hole), Box.whole(hole.shape)
    assert box is not None
    frame = box.grown(max(box.height // 2, _CONTEXT), max(box.width // 2, _CONTEXT)).common(whole)
    assert frame is not None
    if not cutout.sources[frame.slices].any():
        frame = whole
    at, inside = frame.slices, box.moved(-frame.top, -frame.left)
    window = Window.plain(frame.moved(cutout.window.box.top, cutout.window.box.left))
    return Cutout(window, pixels[at], hole[at], known[at], cutout.sources[at], inside, cutout.device)
