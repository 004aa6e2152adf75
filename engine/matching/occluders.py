"""What a reference shows that is not of the place: another sky, a branch, a passer-by; found from the rim, where it disagrees with the picture.

At the rim both are seen. From the parts of it that differ, and from those that do not, regions grow into the hole along the reference's own edges
(watershed: Meyer, 1992), as seams of panoramas follow edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.matching.colour import applied
from engine.matching.warping import places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.matching.alignment import Alignment, Target
    from engine.matching.colour import ColourChange

RIM = 5
"""Pixels of the rim that are looked at."""
APART = 40.0
"""Levels of 255 by which colours differ that are of two things, in the mean around a pixel."""
LEAST = 24
"""Pixels of rim that a thing takes at least, in a usual view; less is a shift."""
MOST = 0.1
"""The share of the hole that they take at most: what is more is not a thing before the place, but the place in another light."""
_GOOD, _BAD, _OUTSIDE = 1, 2, 3


def occluders(target: Target, alignment: Alignment, change: ColourChange | None) -> NDArray[np.bool_]:
    """(h, w) of the view: where in the hole a recoloured reference shows something else than the place."""
    nothing = np.zeros(target.hole.shape, np.bool_)
    colours = np.clip(alignment.warped / np.float32(255), 0, 1)
    if change is not None:
        channels = change.grid.shape[-1]
        colours = applied(colours[..., :channels], change.at(places(target.view.size), target.view.size))
    shown = target.view.pixels[..., : colours.shape[2]].astype(np.float32)
    known = target.known & alignment.valid
    near = cv2.dilate(target.hole.view(np.uint8), np.ones((2 * RIM + 1,) * 2, np.uint8)) > 0
    rim = near & known
    if not rim.any():
        return nothing
    difference = np.abs(colours * 255 - shown).max(2) * known
    share = np.maximum(cv2.GaussianBlur(known.astype(np.float32), (0, 0), 2.0), np.float32(1e-3))
    bad = _large(rim & (cv2.GaussianBlur(difference, (0, 0), 2.0) / share > APART), LEAST * RIM * max(0.3, target.view.unit))
    if not bad.any():
        return nothing
    found = _grown(np.rint(colours * 255).astype(np.uint8), rim, bad, target.hole & alignment.valid)
    return found if found.sum() <= MOST * target.hole.sum() else nothing


def _large(mask: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    """The connected parts of so many pixels."""
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    keep = sizes[:, cv2.CC_STAT_AREA] >= least
    keep[0] = False
    return keep[np.asarray(labels, np.intp)]


def _grown(colours: NDArray[np.uint8], rim: NDArray[np.bool_], bad: NDArray[np.bool_], hole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What of the hole is reached from the bad part of the rim before it is from the good one."""
    seeds = np.full(hole.shape, _OUTSIDE, np.int32)
    seeds[rim], seeds[bad], seeds[hole] = _GOOD, _BAD, 0
    rgb = np.repeat(colours, 3, axis=2) if colours.shape[2] == 1 else colours
    found = cv2.watershed(np.ascontiguousarray(cv2.GaussianBlur(rgb, (0, 0), 1.0)), seeds)
    return (cv2.dilate((found == _BAD).view(np.uint8), np.ones((5, 5), np.uint8)) > 0) & hole
