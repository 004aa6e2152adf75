"""References made into a fill at the picture's own size: sampled once, recoloured, joined where they show different parts, and met at the rim.

The rim: what the picture differs from the reference there is carried into the hole by a membrane (Perez, Gangnet, Blake, Poisson Image Editing,
SIGGRAPH 2003). Colours come from a wide ring before, so that the rim only has to close what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.geometry import Box, Window
from engine.matching.agreement import ring
from engine.matching.colour import ColourChange, applied, colour_change
from engine.matching.finer import part_sampled, refined
from engine.matching.occluders import occluders
from engine.matching.warping import looked_up, places_of
from engine.ops.bands import strips
from engine.ops.membrane import membrane

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from engine.job import Step
    from engine.matching.alignment import Alignment, Target
    from engine.method import Beside, Cutout
    from engine.ops.bands import Pausing, Workers

    Shades = NDArray[np.float32]

RING, VARIES = 120.0, 120.0
"""Pixels of a usual view: how far around the hole colours are compared, and over which their change varies."""
SEAM, CHANGE_OVER = 4, 12.0
"""Pixels of the rim that are looked at; pixels of a usual view over which one reference passes into the next."""
FURTHER = 0.6
"""A further reference is used where it has so much of the best one's score."""


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A box of the picture as the references show it."""

    box: Box
    values: Shades
    """(h, w, c) in [0, 1]."""
    shown: NDArray[np.bool_]
    """(h, w): where any reference shows it."""
    origins: NDArray[np.int8]
    """(h, w): the alignment that gives most of it, by its place in the list; -1: none."""
    places: Shades
    """(h, w, 2): where in that reference, at full size."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One reference, seen in a box of the picture."""

    values: Shades
    shown: NDArray[np.bool_]
    places: Shades


def seen_through(target: Target, alignment: Alignment, reference: Beside, box: Box, change: ColourChange | None) -> Pausing[Layer]:
    """A reference through its map in a box of the picture, its colours changed."""
    values = np.empty((*box.size, reference.pixels.shape[2]), np.float32)
    shown, places = np.empty(box.size, np.bool_), np.empty((*box.size, 2), np.float32)
    for first, last in strips(box.size, 1 << 17):
        rows = slice(first, last)
        part = Box(box.top + first, box.left, last - first, box.width)
        places[rows] = alignment.full_places(target, places_of(Window.plain(part)))
        values[rows], shown[rows] = part_sampled(reference, places[rows])
        if change is not None:
            at = _grid_places(part)
            values[rows] = applied(values[rows], change.at(at, target.view.full))
        yield
    return Layer(np.clip(values, 0, 1), shown, places)


def _grid_places(box: Box) -> Shades:
    rows, columns = np.arange(box.top, box.bottom, dtype=np.float32), np.arange(box.left, box.right, dtype=np.float32)
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), -1)


def recoloured(cutout: Cutout, target: Target, alignment: Alignment) -> ColourChange:
    """How the colours of a reference have to change: fitted where picture and warp agree, around the hole."""
    unit = target.view.unit
    channels = slice(0, 3) if cutout.pixels.shape[2] == 3 else slice(0, 1)
    known = target.known & alignment.valid
    weight = ring(target.hole, RING * unit) * known * (0.05 + np.clip(alignment.alike, 0, 1) ** 2)
    here: Shades = target.view.pixels[..., channels].astype(np.float32) / np.float32(255)
    there: Shades = np.clip(alignment.warped[..., channels] / np.float32(255), 0, 1)
    return colour_change(here, there, weight.astype(np.float32), VARIES * unit)


def composed(cutout: Cutout, target: Target, alignments: Sequence[Alignment], box: Box, *, exposure: bool) -> Pausing[Composed]:
    """A box of the picture from the best reference, and from the next ones where it does not reach or something stands before the place."""
    values = np.zeros((*box.size, cutout.pixels.shape[2]), np.float32)
    shown, origins = np.zeros(box.size, np.bool_), np.full(box.size, -1, np.int8)
    places = np.full((*box.size, 2), np.nan, np.float32)
    hole = cutout.hole[box.slices]
    for number, one in enumerate(alignments):
        if number and (one.score < FURTHER * alignments[0].score or shown[hole].all()):
            continue
        change = recoloured(cutout, target, one) if exposure else None
        yield
        one = yield from refined(cutout, target, one, cutout.references[one.number])  # noqa: PLW2901 - the same, only finer
        layer = yield from seen_through(target, one, cutout.references[one.number], box, change)
        if change is not None:
            hidden = occluders(target, one, change).astype(np.float32)
            yield
            layer = replace(
                layer, shown=layer.shown & (looked_up(hidden, target.view.from_full(places_of(Window.plain(box))).astype(np.float32)) < 0.5)
            )
        new = layer.shown & ~shown
        if number and new[hole].mean() < 0.001:
            continue
        share = _share(shown, layer.shown, CHANGE_OVER * target.view.unit * float(target.view.scale.max()))[..., None]
        values = np.where(layer.shown[..., None], values * share + layer.values * (1 - share), values)
        mine = layer.shown & (share[..., 0] < 0.5)
        origins[mine], places[mine] = number, layer.places[mine]
        shown |= layer.shown
        yield
    return Composed(box, values, shown, origins, places)


def _share(before: NDArray[np.bool_], now: NDArray[np.bool_], over: float) -> Shades:
    """(h, w): how much what stands already counts beside what comes: all, well within it; nothing outside it."""
    if not before.any():
        return np.zeros(before.shape, np.float32)
    deep = cv2.distanceTransform(before.view(np.uint8), cv2.DIST_L2, 3)
    return np.where(now, np.clip(deep / over, 0, 1), np.where(before, 1, 0)).astype(np.float32)


def met(cutout: Cutout, one: Composed, workers: Workers) -> Generator[Step, None, Shades]:
    """(h, w, c): a composition moved, smoothly, so that it meets the known pixels at the hole's rim."""
    part = one.box.slices
    hole, known = cutout.hole[part] & one.shown, cutout.known[part] & one.shown
    seam = cv2.dilate(hole.view(np.uint8), np.ones((2 * SEAM + 1,) * 2, np.uint8)) > 0
    near = (seam & known).astype(np.float32)
    if not near.any() or not hole.any():
        return one.values
    top = np.float32(np.iinfo(cutout.pixels.dtype).max)
    difference = (cutout.pixels[part].astype(np.float32) / top - one.values) * near[..., None]
    share = cv2.GaussianBlur(near, (0, 0), 1.5)
    smooth = np.asarray(cv2.GaussianBlur(difference, (0, 0), 1.5)).reshape(difference.shape) / np.maximum(share, 1e-3)[..., None]
    first = (cv2.dilate(hole.view(np.uint8), np.ones((3, 3), np.uint8)) > 0) & known
    if not first.any():
        return one.values
    rim = np.where(first[..., None], smooth, 0).astype(np.float32)
    moved = one.values.copy()
    moved[hole] += yield from membrane(rim, first, hole, workers)
    return np.clip(moved, 0, 1)


def softened(values: Shades, shown: NDArray[np.bool_], back: Shades, over: float) -> Shades:
    """Values (h, w, c) where something is shown, passing into what was filled behind them over so many pixels."""
    deep = np.clip(cv2.distanceTransform(shown.view(np.uint8), cv2.DIST_L2, 3) / over, 0, 1)[..., None]
    return (values * deep + back * (1 - deep)).astype(np.float32)
