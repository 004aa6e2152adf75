"""A cutout as the networks see it: whole, at most 512 pixels a side, and the part of it that is synthesised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box
from engine.ops.filters import area_halved
from engine.picture import by_pixels
from engine.texture.begun import MULTIPLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.method import Cutout
    from engine.ops.bands import Pausing, Workers

LARGEST = 512
"""Pixels a side that the networks see at most."""
MARGIN = 32
"""Pixels of known surroundings that the synthesis sees on each side of the hole."""
_STRIP = 1 << 19


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A cutout reduced by a power of two and continued to whole cells of the coarse network."""

    times: int
    """How many pixels of the cutout a pixel here is wide and high."""
    image: NDArray[np.float32]
    """(h, w, 3) in [0, 1]: means of what is known."""
    hole: NDArray[np.bool_]
    """(h, w): where anything is to be filled."""
    missing: NDArray[np.bool_]
    """(h, w): where nothing is known."""
    sources: NDArray[np.bool_]
    """(h, w): where all may be copied."""
    region: Box
    """What is synthesised: the hole and its surroundings."""


def framed(cutout: Cutout, workers: Workers) -> Pausing[Frame]:
    """The frame of a cutout."""
    times = 1
    while max(cutout.hole.shape) > LARGEST * times:
        times *= 2
    whole = Box(0, 0, *(-(-side // (MULTIPLE * times)) * MULTIPLE for side in cutout.hole.shape))
    image, shares = yield from reduced(cutout, None, whole, times, workers)
    masks: list[NDArray[np.float32]] = []
    for mask in (cutout.hole, cutout.sources):
        masks.append((yield from _share(mask, whole, times, workers)))  # noqa: PERF401 - it pauses
    hole = masks[0] > 0
    box = Box.around(hole)
    assert box is not None
    return Frame(times, image, hole, shares == 0, masks[1] == 1, _in_fours(box.grown(MARGIN, MARGIN), whole))


def _in_fours(box: Box, whole: Box) -> Box:
    """A box whose sides are multiples of four, so that it can be halved twice, inside the whole."""
    inside = box.common(whole)
    assert inside is not None
    top, left = inside.top // 4 * 4, inside.left // 4 * 4
    return Box(top, left, -(-(inside.bottom - top) // 4) * 4, -(-(inside.right - left) // 4) * 4)


def reduced(
    cutout: Cutout, values: NDArray[np.float32] | None, region: Box, times: int, workers: Workers
) -> Pausing[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Means of squares of a cutout, (h, w, 3) in [0, 1], and the share of each that counts, (h, w).

    Args:
        cutout: as it is.
        values: (n, channels) of the hole's pixels; None: they do not count, as what is not known never does.
        region: what of the reduced cutout is wanted.
        times: side of the squares, a power of two.
        workers: who does it.
    """
    image, shares = np.empty((*region.size, 3), np.float32), np.empty(region.size, np.float32)
    begins = np.concatenate([[0], np.cumsum(cutout.hole.sum(axis=1))]) if values is not None else None
    white = np.float32(np.iinfo(cutout.pixels.dtype).max)

    def work(run: tuple[int, int]) -> None:
        part = _inside(
            Box((region.top + run[0]) * times, region.left * times, (run[1] - run[0]) * times, region.width * times), cutout.hole
        )
        size = ((run[1] - run[0]) * times, region.width * times)
        counted = cutout.known[part.slices].astype(np.float32)
        colours = cutout.pixels[part.slices].astype(np.float32) / white
        if values is not None and begins is not None:
            rows = slice(part.top, part.bottom)
            line = np.zeros((part.height, cutout.hole.shape[1], values.shape[1]), np.float32)
            by_pixels(line)[cutout.hole[rows]] = by_pixels(values[begins[part.top] : begins[part.bottom]])
            inside = cutout.hole[part.slices]
            colours[inside] = line[:, part.left : part.left + part.width][inside]
            counted[inside] = 1
        weights, sums = _continued(counted, size), _continued(colours * counted[..., None], size)
        side = times
        while side > 1:
            weights, sums, side = area_halved(weights), area_halved(sums), side // 2
        shares[slice(*run)] = weights
        image[slice(*run)] = sums / np.maximum(weights, np.float32(1e-6))[..., None]

    yield from workers.each(work, _runs(region, times))
    return image, shares


def _share(mask: NDArray[np.bool_], whole: Box, times: int, workers: Workers) -> Pausing[NDArray[np.float32]]:
    """(h, w): how much of each square is in a mask; what lies beyond the edge is not."""
    shares = np.empty(whole.size, np.float32)

    def work(run: tuple[int, int]) -> None:
        rows = mask[run[0] * times : run[1] * times].astype(np.float32)
        part = np.pad(rows, ((0, (run[1] - run[0]) * times - rows.shape[0]), (0, whole.width * times - rows.shape[1])))
        side = times
        while side > 1:
            part, side = area_halved(part), side // 2
        shares[slice(*run)] = part

    yield from workers.each(work, _runs(whole, times))
    return shares


def _runs(region: Box, times: int) -> list[tuple[int, int]]:
    """Rows that are reduced at once."""
    tall = max(1, _STRIP // (region.width * times * times))
    return [(top, min(top + tall, region.height)) for top in range(0, region.height, tall)]


def _inside(part: Box, hole: NDArray[np.bool_]) -> Box:
    """What of a box lies in the cutout; its last row or column where nothing does."""
    height, width = hole.shape
    top, left = min(part.top, height - 1), min(part.left, width - 1)
    return Box(top, left, max(1, min(part.bottom, height) - top), max(1, min(part.right, width) - left))


def _continued(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Values continued beyond the cutout's edge to a size."""
    beyond = ((0, size[0] - values.shape[0]), (0, size[1] - values.shape[1]))
    return np.pad(values, (*beyond, *(((0, 0),) if values.ndim == 3 else ())), mode="edge") if any(b for _, b in beyond) else values
