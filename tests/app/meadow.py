"""Grass with something in it that is to be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from skimage import data

from engine.geometry import Box, Place

if TYPE_CHECKING:
    from app.choice import Candidate
    from tests.app.conftest import Core

MAGENTA = (255, 0, 255)
HERE, THERE = Box(30, 40, 16, 18), Box(66, 40, 16, 18)
"""Two holes 20 pixels apart."""


def grass(height: int = 120, width: int = 160, *marked: Box) -> np.ndarray:
    """Grey grass, with something in it that is to be removed."""
    pixels = np.repeat(np.tile(data.grass(), (1, 2))[:height, :width, None], 3, axis=2)
    for box in marked:
        pixels[box.slices] = MAGENTA
    return np.ascontiguousarray(pixels)


def magenta(pixels: np.ndarray) -> int:
    return int((pixels == MAGENTA).all(axis=-1).sum())


def around(box: Box) -> Box:
    """What a brush would paint over it."""
    return box.grown(1, 1)


def changed(core: Core, was: np.ndarray) -> Box | None:
    return Box.around((core.pixels != was).any(axis=2))


def sources(candidate: Candidate, hole: Box) -> list[tuple[int, int]]:
    """Rows and columns that the pixels of a hole came from."""
    found: list[tuple[int, int]] = []
    for row in range(hole.top, hole.bottom):
        for column in range(hole.left, hole.right):
            for evidence in candidate.evidence:
                found += [(one.place.box.top, one.place.box.left) for one in evidence.sources(Place.pixel(row, column))]
    return found
