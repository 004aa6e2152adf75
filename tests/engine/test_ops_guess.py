"""The first look at a fill: smooth, anywhere and of any size, and there before the engine is."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.geometry import Box
from engine.ops.guess import SMALL, first_guess
from engine.picture import Mask, Picture
from tests.conftest import ROOT
from tests.engine.cases import rectangles, scene

HEAVY = """
import sys
from engine.ops.guess import first_guess
print(*sorted({name.split(".")[0] for name in sys.modules} & {"torch", "numba", "llvmlite", "scipy"}))
"""


def slope(height: int, width: int) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.rint(40 + 150 * rows / height + 50 * columns / width).astype(np.uint8)


def test_it_needs_nothing_that_is_slow_to_load() -> None:
    said = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == ""


@pytest.mark.parametrize("size", [(60, 80), (900, 1300)])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_slope_is_continued(size: tuple[int, int], depth: type) -> None:
    height, width = size
    pixels = slope(height, width).astype(depth) * (np.iinfo(depth).max // 255)
    coverage = rectangles(size, (height // 3, width // 3, height // 2, width // 2))
    box = Box(height // 4, width // 4, height // 2, width // 2)
    patch = first_guess(Picture(np.where(coverage > 0, 0, pixels).astype(depth)), Mask(coverage), box)
    off = np.abs(patch.pixels.astype(float) - pixels[box.slices]) / (np.iinfo(depth).max // 255)
    assert patch.box == box
    assert off.max() <= 16
    assert off[coverage[box.slices] == 0].max() == 0
    assert (height * width > SMALL) == (size == (900, 1300))


def test_a_soft_mask_blends() -> None:
    pixels = np.full((50, 60, 3), 200, np.uint8)
    pixels[20:30, 20:30] = 100
    coverage = rectangles((50, 60), (20, 20, 30, 30), level=51)
    patch = first_guess(Picture(pixels), Mask(coverage), Box(20, 20, 10, 10))
    assert (patch.pixels == 120).all()


def test_what_is_transparent_is_not_seen() -> None:
    pixels = np.full((50, 60, 4), 200, np.uint8)
    pixels[:, 30:] = (255, 0, 0, 0)
    coverage = rectangles((50, 60), (20, 20, 30, 30))
    patch = first_guess(Picture(pixels), Mask(coverage), Box(20, 20, 10, 10))
    assert (patch.pixels == 200).all()


@settings(max_examples=80, derandomize=True, database=None, deadline=None)
@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    channels=st.integers(1, 4),
    corners=st.tuples(*[st.floats(0, 1)] * 4),
    times=st.sampled_from([1, 9]),
)
def test_any_picture_and_any_hole(size: tuple[int, int], channels: int, corners: tuple[float, ...], times: int) -> None:
    """Also holes that leave nothing known: then the picture stays as it is."""
    pixels = np.kron(scene(*size, channels), np.ones((times, times, 1)[: 3 if channels > 1 else 2], np.uint8))
    height, width = pixels.shape[:2]
    (top, bottom), (left, right) = (
        sorted((int(a * n), int(b * n))) for a, b, n in zip(corners[:2], corners[2:], (height, width), strict=True)
    )
    coverage = rectangles((height, width), (top, left, bottom + 1, right + 1))
    box = Box(top, left, min(height, bottom + 1) - top, min(width, right + 1) - left)
    patch = first_guess(Picture(pixels.copy()), Mask(coverage), box)
    assert (patch.box, patch.pixels.dtype, patch.pixels.shape) == (box, np.uint8, pixels[box.slices].shape)
    if (coverage > 0).all():
        assert np.array_equal(patch.pixels, pixels)
