"""Irregular holes of a known share of the picture: strokes and ragged patches, grown until they cover what the bucket asks for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.holes.exact import between, draw_area, draw_path, side_of, whole, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

BUCKETS: dict[str, tuple[float, float]] = {
    "irregular-0-20": (0.01, 0.2),
    "irregular-20-40": (0.2, 0.4),
    "irregular-40-60": (0.4, 0.6),
}
"""Least (exclusive) and most share of the picture, by the pixels themselves; the first begins at 1 % as the field's buckets do."""

BORDER, BORDER_OF = 50, 512
"""Half of all holes keep this distance from the border, in a picture of 512 pixels a side."""
VERTICES = 24


def irregular(bucket: str, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A hole that covers a share drawn uniformly from the bucket, to the pixel.

    Half of the holes stay clear of the border. In pictures too small for the bucket the share is the nearest possible.
    """
    margin = min(size) * BORDER // BORDER_OF if rng.random() < 0.5 else 0
    missing = _pixels_of(BUCKETS[bucket], size[0] * size[1], rng)
    room = np.zeros(size, np.bool_)
    room[margin : size[0] - margin, margin : size[1] - margin] = True
    mask = np.zeros(size, np.uint8)
    while missing:
        start = _free_pixel(room, mask, rng)
        shape = np.zeros(size, np.uint8)
        (_stroke if rng.random() < 0.6 else _patch)(shape, start, missing, rng)
        shape[start] = 255
        new = np.flatnonzero((shape > 0) & room & (mask == 0))
        new = new if len(new) <= missing else _nearest(new, start, size, missing)
        mask.flat[new] = 255
        missing -= len(new)
    return mask


def _pixels_of(shares: tuple[float, float], pixels: int, rng: np.random.Generator) -> int:
    """How many pixels the hole has: uniform over the bucket, and neither none nor all."""
    least, most = math.floor(shares[0] * pixels) + 1, math.floor(shares[1] * pixels)
    return min(max(int(rng.integers(least, max(most, least), endpoint=True)), 1), pixels - 1)


def _free_pixel(room: NDArray[np.bool_], mask: Pixels, rng: np.random.Generator) -> tuple[int, int]:
    """Any pixel that may become hole and is not, so that every shape adds to the hole."""
    free = np.flatnonzero(room & (mask == 0))
    row, column = divmod(int(free[rng.integers(len(free))]), mask.shape[1])
    return row, column


def _nearest(pixels: NDArray[np.intp], start: tuple[int, int], size: tuple[int, int], count: int) -> NDArray[np.intp]:
    """The `count` pixels nearest to where a shape was begun; of equals, the first."""
    rows, columns = np.divmod(pixels, size[1])
    order = np.argsort((rows - start[0]) ** 2 + (columns - start[1]) ** 2, kind="stable")
    return pixels[order[:count]]


def _stroke(mask: Pixels, start: tuple[int, int], missing: int, rng: np.random.Generator) -> None:
    """A wandering stroke that swells and thins as it goes, and is thrown back from the border."""
    size = mask.shape[0], mask.shape[1]
    side = side_of((1, missing)) + 0.05 * side_of(size)
    angle, width = between(rng, 0, 2 * math.pi), between(rng, 0.08, 0.35) * side
    here = start
    for _ in range(rng.integers(3, 12)):
        angle += 0.6 * rng.standard_normal()
        width *= between(rng, 0.7, 1.4)
        length = between(rng, 0.1, 0.4) * side
        there = within((here[0] + length * math.sin(angle), here[1] + length * math.cos(angle)), size)
        draw_path(mask, [here, there], whole(width))
        angle = -angle if there[0] in (0, size[0]) else angle
        angle = math.pi - angle if there[1] in (0, size[1]) else angle
        here = there


def _patch(mask: Pixels, start: tuple[int, int], missing: int, rng: np.random.Generator) -> None:
    """A patch with a ragged outline, longer than wide."""
    radius = between(rng, 0.15, 0.4) * (side_of((1, missing)) + 0.05 * side_of((mask.shape[0], mask.shape[1])))
    turn, flat = between(rng, 0, math.pi), between(rng, 0.35, 1)
    outline: list[tuple[int, int]] = []
    reaches = [between(rng, 0.3, 1.4) for _ in range(VERTICES)]
    for number in range(VERTICES):
        around, reach = 2 * math.pi * number / VERTICES, radius * (reaches[number - 2] + reaches[number - 1] + reaches[number]) / 3
        along, across = reach * math.cos(around), reach * flat * math.sin(around)
        row = start[0] + along * math.sin(turn) + across * math.cos(turn)
        column = start[1] + along * math.cos(turn) - across * math.sin(turn)
        outline.append((whole(row), whole(column)))
    draw_area(mask, outline)
