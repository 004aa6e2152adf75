"""Brush strokes as DeepFill v2 draws them for training and for its free-form results."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.holes.exact import between, draw_path, side_of, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEAN_ANGLE, ANGLE_RANGE = 2 * math.pi / 5, 2 * math.pi / 15
LEAST_WIDTH, MOST_WIDTH = 12, 40
"""Pixels in a picture of 256 x 256; they grow with the picture."""
WIDTHS_ARE_FOR = 256


def brush(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """One to three strokes of 4 to 11 segments, as `brush_stroke_mask` of the authors' code (Yu et al., ICCV 2019) draws them.

    As there, an angle is a direction and not a turn. Directions alternate between the two sides of the row axis; a segment's length is normal with mean R and deviation R // 2, cut to
    [0, 2R], R being an eighth of the diagonal; a stroke's width is uniform between 12 and 40 pixels at 256 x 256. Not joined with a box.
    """
    mask = np.zeros(size, np.uint8)
    scale = side_of(size) / WIDTHS_ARE_FOR
    for _ in range(rng.integers(1, 4)):
        path = _zigzag(size, rng)
        width = math.floor(between(rng, LEAST_WIDTH, MOST_WIDTH) * scale)
        draw_path(
            mask, path, width - 1
        )  # OpenCV's lines are one or two pixels wider than it is told; Pillow's, as the authors use, are not
    return mask


def _zigzag(size: tuple[int, int], rng: np.random.Generator) -> list[tuple[int, int]]:
    """The vertices of one stroke, rows and columns."""
    height, width = size
    radius = math.sqrt(height**2 + width**2) / 8
    segments = int(rng.integers(4, 12))
    least, most = MEAN_ANGLE - between(rng, 0, ANGLE_RANGE), MEAN_ANGLE + between(rng, 0, ANGLE_RANGE)
    path = [(int(rng.integers(height)), int(rng.integers(width)))]
    for number in range(segments):
        angle = between(rng, least, most)
        angle = 2 * math.pi - angle if number % 2 == 0 else angle
        length = min(max(radius + radius // 2 * rng.standard_normal(), 0), 2 * radius)
        path.append(within((path[-1][0] + length * math.sin(angle), path[-1][1] + length * math.cos(angle)), size))
    return path
