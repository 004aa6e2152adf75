"""The map around a hole once more at a finer scale, where the picture is larger than the view in which it was matched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.geometry import Box, Window
from engine.matching import flow
from engine.matching.views import reduced
from engine.matching.warping import FineMap, places_of, sampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.matching.alignment import Alignment, Target
    from engine.matching.warping import Map
    from engine.method import Beside, Cutout
    from engine.ops.bands import Pausing

SIDE = 2048
"""Pixels of the longer side of what is looked at, at most."""
WORTH = 1.3
"""What is not at least so much finer than the view is left as it is."""
_AROUND, _STEP = 0.12, 8
"""Of the picture's longer side, how far around the hole one looks; pixels between one vector and the next."""


def part_sampled(reference: Beside, places: Map) -> tuple[Any, NDArray[np.bool_]]:
    """As `sampled`, in [0, 1], with only that part of the reference made floats that is looked at."""
    size = reference.known.shape
    low = np.clip(np.floor(places.min((0, 1))).astype(int) - 8, 0, np.array(size) - 1)
    high = np.clip(np.ceil(places.max((0, 1))).astype(int) + 9, low + 1, size)
    part = np.s_[low[0] : high[0], low[1] : high[1]]
    pixels = reference.pixels[part].astype(np.float32) / np.float32(np.iinfo(reference.pixels.dtype).max)
    return sampled(pixels, reference.known[part], places - low.astype(np.float32))


def refined(cutout: Cutout, target: Target, alignment: Alignment, reference: Beside) -> Pausing[Alignment]:
    """The alignment with a finer map around the hole, found by one more round of flow there; itself where the view is fine enough."""
    window = _window(cutout)
    gain = float(target.view.scale.max()) / max(window.scale)
    if gain < WORTH:
        return alignment
    there = alignment.full_places(target, places_of(window))
    hole = reduced(cutout.hole[window.box.slices].view(np.uint8) * np.uint8(255), window.size) > 0
    known = (reduced(cutout.known[window.box.slices].view(np.uint8) * np.uint8(255), window.size) == 255) & ~hole
    yield
    grey = _grey(reduced(cutout.pixels[window.box.slices], window.size), np.iinfo(cutout.pixels.dtype).max)
    colours, shown = part_sampled(reference, there)
    yield
    away = np.asarray(cv2.distanceTransform((~hole).view(np.uint8), cv2.DIST_L2, 3), np.float32)
    unit = target.view.unit * gain
    found = yield from flow.residual(grey, known, _grey(colours, 1), shown, away, unit, _STEP)
    yield
    scale = np.array(window.scale)
    hand = alignment.hand_places(target)
    at = ((hand[0] - [window.box.top, window.box.left] + 0.5) / scale - 0.5, hand[1])
    return replace(alignment, fine=FineMap(window, flow.carried_on(there, found, unit, at)))


def _window(cutout: Cutout) -> Window:
    around = round(_AROUND * max(cutout.hole.shape))
    box = cutout.box.grown(around, around).common(Box.whole(cutout.hole.shape))
    assert box is not None
    times = min(1.0, SIDE / max(box.size))
    return Window(box, (max(1, round(box.height * times)), max(1, round(box.width * times))))


def _grey(colours: Any, white: float) -> NDArray[np.float32]:
    """(h, w) in levels of 255 of colours (h, w, 1 or 3)."""
    levels = colours.astype(np.float32) * np.float32(255 / white)
    return levels[..., 0] if levels.shape[2] == 1 else np.asarray(cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY), np.float32)
