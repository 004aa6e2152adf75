"""Holes shaped like what people remove: a figure that stands, or a thing made of a few rounded parts, with a soft outline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from engine.holes.exact import between, draw_area, rounded, side_of, softened, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Part: TypeAlias = list[tuple[float, float]]
"""A closed outline, rows and columns; of the whole thing the longer side is about 1."""

SHARES = (0.045, 0.15)
"""A thing covers at most a share drawn from here, as much of it as whole pixels allow: 4 to 15 % of the picture."""
RAMP = (0.5, 1.5)
"""Half the width of the soft outline, pixels in a picture of 256 x 256."""
SMALLEST_SOFT = 64
"""Pixels of the shorter side below which outlines are hard."""
MOST_OF_SIDE = 0.9


def thing(size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A figure or a thing anywhere in the picture, wholly inside it."""
    parts = (_figure if rng.random() < 0.5 else _lump)(rng)
    side = side_of(size)
    ramp = max(1, whole(between(rng, *RAMP) * side / 256)) if min(size) >= SMALLEST_SOFT else 0
    target = max(1, math.floor(between(rng, *SHARES) * size[0] * size[1]))
    drawn = _largest(parts, size, target, ramp)
    tall, wide = (int(side) for side in drawn.shape)
    top, left = int(rng.integers(size[0] - tall + 1)), int(rng.integers(size[1] - wide + 1))
    mask = np.zeros(size, np.uint8)
    mask[top : top + tall, left : left + wide] = drawn
    return mask


def _largest(parts: Sequence[Part], size: tuple[int, int], target: int, ramp: int) -> Pixels:
    """The thing as large as `target` pixels allow, found by bisection; cut to what is covered."""
    least, most = 1, 2 * max(size)
    while most - least > 1:
        scale = (least + most) // 2
        if np.count_nonzero(_drawn(parts, scale, size, ramp)) <= target:
            least = scale
        else:
            most = scale
    return _drawn(parts, least, size, ramp)


def _drawn(parts: Sequence[Part], scale: int, size: tuple[int, int], ramp: int) -> Pixels:
    """The thing at so many pixels for its longer side, squeezed where the picture is too low or too narrow for it."""
    corners = np.array([point for part in parts for point in part])
    low, extent = corners.min(0), np.ptp(corners, axis=0)
    by = [min(scale, MOST_OF_SIDE * most / long) for most, long in zip(size, extent.tolist(), strict=True)]
    pad = 2 * ramp + 2
    canvas = np.zeros([math.ceil(one * long) + 2 * pad for one, long in zip(by, extent.tolist(), strict=True)], np.uint8)
    for part in parts:
        draw_area(canvas, [(whole((row - low[0]) * by[0]) + pad, whole((column - low[1]) * by[1]) + pad) for row, column in part])
    canvas = softened(rounded(canvas, int(min(by)) // 40), ramp)
    rows, columns = np.flatnonzero(canvas.any(1)), np.flatnonzero(canvas.any(0))
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1][: size[0], : size[1]]


def _figure(rng: np.random.Generator) -> list[Part]:
    """Head, trunk, two legs and two arms of somebody about 1 high, leaning a little."""
    lean, stride, broad = between(rng, -0.06, 0.06), between(rng, 0.03, 0.14), between(rng, 0.09, 0.14)
    head = _ellipse((0.08, lean), (0.08, 0.06), 0)
    trunk = [
        (0.15, lean - 0.8 * broad),
        (0.15, lean + 0.8 * broad),
        (0.36, lean + broad),
        (0.58, broad),
        (0.58, -broad),
        (0.36, lean - broad),
    ]
    parts = [head, _limb((0.1, lean), (0.2, lean), 0.04), trunk]
    for hand in (-1, 1):
        hip, foot = (0.54, hand * 0.55 * broad), (1.0, hand * stride)
        elbow = (0.38, lean + hand * (broad + between(rng, 0.02, 0.1)))
        wrist = (between(rng, 0.42, 0.58), elbow[1] + hand * between(rng, -0.06, 0.05))
        parts += [_limb(hip, foot, 0.06), _limb((0.18, lean + hand * 0.8 * broad), elbow, 0.035), _limb(elbow, wrist, 0.03)]
    return parts


def _lump(rng: np.random.Generator) -> list[Part]:
    """Two to four ellipses, each begun inside the one before."""
    here = (0.0, 0.0)
    parts: list[Part] = []
    for _ in range(rng.integers(2, 5)):
        radii = between(rng, 0.15, 0.35), between(rng, 0.15, 0.35)
        parts.append(_ellipse(here, radii, between(rng, 0, math.pi)))
        around, far = between(rng, 0, 2 * math.pi), between(rng, 0.5, 1) * min(radii)
        here = here[0] + far * math.sin(around), here[1] + far * math.cos(around)
    return parts


def _ellipse(centre: tuple[float, float], radii: tuple[float, float], turn: float) -> Part:
    """An ellipse of 40 corners: its centre, half of its height and of its width, turned by an angle."""
    part: Part = []
    for number in range(40):
        down, right = radii[0] * math.sin(math.pi * number / 20), radii[1] * math.cos(math.pi * number / 20)
        part.append(
            (
                centre[0] + down * math.cos(turn) + right * math.sin(turn),
                centre[1] + right * math.cos(turn) - down * math.sin(turn),
            )
        )
    return part


def _limb(start: tuple[float, float], end: tuple[float, float], half: float) -> Part:
    """A bar between two points, half as wide as twice `half`, a little narrower at its end."""
    length = math.dist(start, end)
    down, right = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    corners = [(start, -half), (start, half), (end, 0.75 * half), (end, -0.75 * half)]
    return [(row + off * right, column - off * down) for (row, column), off in corners]
