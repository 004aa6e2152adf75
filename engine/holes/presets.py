"""Thin, medium and thick holes: the evaluation sets of LaMa (Suvorov et al., WACV 2022), by the presets of the authors' code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.holes.exact import draw_path, side_of, whole, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

LEAST_LENGTH, LEAST_WIDTH, SEGMENTS = 10, 5, 5
MOST_AREA = 0.5
"""Holes that cover more are drawn again, as the authors leave them out (`max_tamper_area`)."""
DRAWS = 50


@dataclass(frozen=True, slots=True)
class Span:
    """A parameter at pictures of 256 and of 512 pixels a side."""

    small: float
    large: float

    def count(self, side: float) -> int:
        """For a number of things: between the two on a line, constant beyond."""
        return whole(self._between(side))

    def length(self, side: float) -> float:
        """For a length in pixels: between the two on a line, in proportion to the side beyond."""
        return self._between(side) * (side / min(max(side, 256), 512))

    def _between(self, side: float) -> float:
        return self.small + (self.large - self.small) * (min(max(side, 256), 512) - 256) / 256


@dataclass(frozen=True, slots=True)
class Preset:
    """What the authors' files `random_*_256.yaml` and `random_*_512.yaml` say of one set."""

    least_strokes: int
    most_strokes: Span
    width: Span
    length: Span
    box_share: float = 0.0
    """Of all holes, those made of boxes instead of strokes."""
    boxes: Span = Span(0, 0)
    least_box: Span = Span(0, 0)
    most_box: Span = Span(0, 0)
    margin: int = 0


BOX_SHARE = 0.3 / 1.3
"""The files weigh strokes with 1 and boxes with 0.3."""
THIN = Preset(4, Span(50, 70), Span(10, 20), Span(40, 100))
MEDIUM = Preset(4, Span(5, 10), Span(50, 100), Span(100, 200), BOX_SHARE, Span(5, 5), Span(10, 30), Span(50, 150))
THICK = Preset(1, Span(5, 5), Span(100, 250), Span(200, 450), BOX_SHARE, Span(3, 4), Span(30, 30), Span(150, 300), margin=10)


def of_preset(preset: Preset, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A hole of one of the three sets that covers at most half of the picture.

    Where none of 50 draws does, which happens in pictures of a few pixels only, the smallest of them is taken.
    """
    best = np.full(size, 255, np.uint8)
    for _ in range(DRAWS):
        draw = _boxes if rng.random() < preset.box_share else _strokes
        mask = draw(preset, size, rng)
        if np.count_nonzero(mask) < np.count_nonzero(best):
            best = mask
        if np.count_nonzero(best) <= MOST_AREA * best.size:
            break
    return best


def _strokes(preset: Preset, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """Strokes of one to five segments, each segment with a width and one of four directions of its own."""
    side, mask = side_of(size), np.zeros(size, np.uint8)
    for number in range(rng.integers(preset.least_strokes, preset.most_strokes.count(side) + 1)):
        row, column = int(rng.integers(size[0])), int(rng.integers(size[1]))
        for _ in range(rng.integers(1, SEGMENTS + 1)):
            angle = 0.01 + int(rng.integers(4))
            angle = 2 * math.pi - angle if number % 2 == 0 else angle
            length = math.floor(_drawn(LEAST_LENGTH, preset.length, side, rng))
            width = math.floor(_drawn(LEAST_WIDTH, preset.width, side, rng))
            end = within((row + length * math.cos(angle), column + length * math.sin(angle)), size)
            draw_path(mask, [(row, column), end], width)
            row, column = end
    return mask


def _drawn(least: int, span: Span, side: float, rng: np.random.Generator) -> float:
    """A length: the least plus uniformly less than the span's."""
    return Span(least, least).length(side) + rng.random() * span.length(side)


def _boxes(preset: Preset, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """Upright boxes, apart from the border by the margin."""
    side, mask = side_of(size), np.zeros(size, np.uint8)
    margin = min(whole(Span(preset.margin, preset.margin).length(side)), (min(size) - 1) // 2)
    room = min(size) - 2 * margin
    most = min(max(whole(preset.most_box.length(side)), 1), room)
    least = min(max(whole(preset.least_box.length(side)), 1), most)
    for _ in range(rng.integers(1, preset.boxes.count(side) + 1)):
        tall, wide = (int(one) for one in rng.integers(least, most, 2, endpoint=True))
        top, left = (int(rng.integers(margin, all_of_it - margin - part + 1)) for all_of_it, part in zip(size, (tall, wide), strict=True))
        mask[top : top + tall, left : left + wide] = 255
    return mask
