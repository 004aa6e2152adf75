"""Which holes are painted: boxes to the pixel, and only what was painted is looked at."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.holes import CELL, Holes
from app.sheet import Sheet
from engine.geometry import Box


def holes(coverage: np.ndarray) -> Holes:
    found = Holes(Sheet(coverage))
    found.changed(Box.whole(coverage.shape))
    return found


def painted(size: tuple[int, int], *boxes: Box, level: int = 255) -> np.ndarray:
    coverage = np.zeros(size, np.uint8)
    for box in boxes:
        coverage[box.slices] = level
    return coverage


def test_nothing_is_painted() -> None:
    assert holes(painted((300, 300))).boxes == []
    assert holes(painted((300, 300))).box is None
    assert Holes(Sheet(painted((3, 3), Box(0, 0, 3, 3)))).boxes == [], "nobody said that anything changed"


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (300, 1), (16, 16), (257, 257), (255, 300)])
def test_everything_is_painted(size: tuple[int, int]) -> None:
    assert holes(np.full(size, 1, np.uint8)).boxes == [Box.whole(size)]


def test_holes_come_in_reading_order_to_the_pixel() -> None:
    boxes = [Box(3, 200, 9, 17), Box(60, 5, 1, 1), Box(60, 250, 40, 50), Box(299, 299, 1, 1)]
    found = holes(painted((300, 300), *reversed(boxes)))
    assert found.boxes == boxes
    assert found.box == Box(3, 5, 297, 295)


def test_a_hole_within_a_ring_has_its_own_box() -> None:
    coverage = painted((300, 300), Box(20, 20, 200, 200))
    coverage[30:210, 30:210] = 0
    coverage[100:103, 110:113] = 9
    assert holes(coverage).boxes == [Box(20, 20, 200, 200), Box(100, 110, 3, 3)]


def test_holes_two_cells_apart_are_two() -> None:
    assert len(holes(painted((64, 300), Box(0, 0, 10, 3 * CELL), Box(0, 4 * CELL, 10, 10))).boxes) == 2


def test_what_is_erased_is_gone() -> None:
    coverage = painted((300, 300), Box(10, 10, 20, 20), Box(200, 200, 20, 20))
    found = holes(coverage)
    assert len(found.boxes) == 2
    coverage[:100] = 0
    found.changed(Box(10, 10, 20, 20))
    assert found.boxes == [Box(200, 200, 20, 20)]


@given(st.lists(st.tuples(st.integers(0, 79), st.integers(0, 89), st.integers(1, 40), st.integers(1, 40)), max_size=6))
def test_every_painted_pixel_lies_in_a_box_that_is_tight(strokes: list[tuple[int, int, int, int]]) -> None:
    coverage = np.zeros((80, 90), np.uint8)
    for top, left, height, width in strokes:
        coverage[top : top + height, left : left + width] = 200
    found = holes(coverage)
    inside = np.zeros_like(coverage)
    for box in found.boxes:
        inside[box.slices] = 1
        part = coverage[box.slices]
        assert part[0].any()
        assert part[-1].any()
        assert part[:, 0].any()
        assert part[:, -1].any()
    assert not coverage[inside == 0].any()
    assert found.box == Box.around(coverage)
