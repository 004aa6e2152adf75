"""Filling, with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from skimage import data

from engine.geometry import Box

if TYPE_CHECKING:
    from tests.app.conftest import Core


def grass(height: int = 120, width: int = 160) -> np.ndarray:
    return np.ascontiguousarray(np.repeat(data.grass()[:height, :width, None], 3, axis=2))


def test_a_hole_is_filled(core: Core) -> None:
    core.open(grass())
    core.fill(Box(40, 50, 20, 24))
    assert core.last.startswith("Filled in")
    assert not np.array_equal(core.pixels[40:60, 50:74], grass()[40:60, 50:74])
