"""A cup that was photographed twice, the second time from a little further up and left; and something else entirely."""

from __future__ import annotations

import numpy as np
from skimage import data

from engine.geometry import Box
from engine.picture import Picture

APART = 12, -16
"""Rows and columns from a place in the first to the same one in the second."""

HOLE = Box(100, 120, 24, 28)


def first() -> np.ndarray:
    """(256, 300, 3)."""
    return np.ascontiguousarray(data.coffee()[40:296, 60:360])


def second() -> Picture:
    """The same place from elsewhere, of the same size."""
    down, across = APART
    return Picture(np.ascontiguousarray(data.coffee()[40 - down : 296 - down, 60 - across : 360 - across]))


def elsewhere() -> Picture:
    """Another place."""
    return Picture(np.ascontiguousarray(data.astronaut()[:256, 100:400]))
