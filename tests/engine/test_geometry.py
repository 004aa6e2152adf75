"""Boxes are sets of pixels; windows map them exactly at any scale."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box, Place, Window, merged

boxes = st.builds(Box, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 8), st.integers(1, 8))
windows = st.builds(Window, st.builds(Box, *[st.integers(0, 40)] * 2, *[st.integers(1, 60)] * 2), st.tuples(*[st.integers(1, 60)] * 2))


def pixels(box: Box | None) -> set[tuple[int, int]]:
    return set() if box is None else {(r, c) for r in range(box.top, box.bottom) for c in range(box.left, box.right)}


@given(boxes, boxes)
def test_common_is_the_intersection(a: Box, b: Box) -> None:
    assert pixels(a.common(b)) == pixels(a) & pixels(b)
    assert a.common(b) == b.common(a)


@given(boxes, boxes)
def test_joined_is_the_smallest_box_around_both(a: Box, b: Box) -> None:
    both = np.array(sorted(pixels(a) | pixels(b)))
    assert a.joined(b) == Box(*both.min(axis=0), *(np.ptp(both, axis=0) + 1))


@given(boxes, boxes)
def test_touches_means_neighbours_or_overlap(a: Box, b: Box) -> None:
    near = any(max(abs(r - s), abs(c - d)) <= 1 for r, c in pixels(a) for s, d in pixels(b))
    assert a.touches(b) == b.touches(a) == near


@given(boxes, st.integers(0, 4), st.integers(0, 4))
def test_grown_shrinks_back(box: Box, rows: int, columns: int) -> None:
    grown = box.grown(rows, columns)
    assert pixels(box) <= pixels(grown)
    assert grown.grown(-rows, -columns) == box


@given(boxes, st.integers(-5, 5), st.integers(-5, 5))
def test_moved_and_held(box: Box, rows: int, columns: int) -> None:
    moved = box.moved(rows, columns)
    assert pixels(moved) == {(r + rows, c + columns) for r, c in pixels(box)}
    assert {(r, c) for r in range(-20, 25) for c in range(-20, 25) if moved.holds(r, c)} == pixels(moved)
    assert moved.area == len(pixels(moved))


@given(st.builds(Box, *[st.integers(0, 5)] * 2, *[st.integers(1, 6)] * 2))
def test_slices_cut_the_box_out(box: Box) -> None:
    image = np.arange(400).reshape(20, 20)
    cut = image[box.slices]
    assert cut.shape == box.size
    assert {divmod(v, 20) for v in cut.ravel().tolist()} == pixels(box)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=6))
def test_around_holds_every_pixel_and_no_more(points: list[tuple[int, int]]) -> None:
    inside = np.zeros((7, 10), bool)
    for point in points:
        inside[point] = True
    box = Box.around(inside)
    if not points:
        assert box is None
        return
    assert box == Box(*np.min(points, axis=0), *(np.ptp(points, axis=0) + 1))
    assert inside[box.slices].sum() == inside.sum()


@pytest.mark.parametrize("size", [(0, 3), (3, 0), (-1, 2)])
def test_a_box_has_pixels(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        Box(0, 0, *size)


@given(st.lists(boxes, max_size=6))
def test_merged_boxes_are_apart_and_hold_all(given_boxes: list[Box]) -> None:
    out = merged(given_boxes)
    assert all(not a.touches(b) for i, a in enumerate(out) for b in out[:i])
    for box in given_boxes:
        assert sum(one.common(box) == box for one in out) == 1
    assert all(any(box.common(one) for box in given_boxes) for one in out)
    assert [(b.top, b.left) for b in out] == sorted((b.top, b.left) for b in out)


@given(st.lists(boxes, max_size=4))
def test_merging_does_not_depend_on_the_order(given_boxes: list[Box]) -> None:
    assert all(merged(order) == merged(given_boxes) for order in permutations(given_boxes))


def test_merging_goes_on_while_joined_boxes_touch_others() -> None:
    # The first two join into a box that then reaches the third, which neither of them touches.
    assert merged([Box(0, 0, 1, 9), Box(1, 8, 9, 1), Box(6, 2, 1, 1)]) == [Box(0, 0, 10, 9)]
    assert merged([Box(0, 0, 2, 2), Box(0, 3, 2, 2)]) == [Box(0, 0, 2, 2), Box(0, 3, 2, 2)]


@given(windows, st.floats(-50, 90), st.floats(-50, 90))
def test_positions_go_there_and_back(window: Window, row: float, column: float) -> None:
    assert window.to_picture(*window.to_window(row, column)) == pytest.approx((row, column), abs=1e-6)


@given(windows)
def test_a_windows_corners_are_its_boxs(window: Window) -> None:
    height, width = window.size
    box = window.box
    assert window.to_picture(-0.5, -0.5) == pytest.approx((box.top - 0.5, box.left - 0.5))
    assert window.to_picture(height - 0.5, width - 0.5) == pytest.approx((box.bottom - 0.5, box.right - 0.5))
    assert window.picture_box(Box.whole(window.size)) == box


@given(windows)
def test_every_picture_pixel_is_seen_in_one_window_pixel(window: Window) -> None:
    rows = np.arange(window.box.top, window.box.bottom)
    columns = np.arange(window.box.left, window.box.right)
    for seen, count in ((window.rows_seen(rows), window.size[0]), (window.columns_seen(columns), window.size[1])):
        assert seen.min() >= 0
        assert seen.max() < count
        assert (np.diff(seen) >= 0).all()
    assert window.rows_seen(np.array([window.box.top - 1]))[0] < 0
    assert window.columns_seen(np.array([window.box.right]))[0] >= window.size[1]
    exact = [window.to_window(int(row), 0)[0] for row in rows]
    assert np.abs(window.rows_seen(rows) - exact).max() <= 0.5 + 1e-9


@given(windows, st.data())
def test_a_window_pixels_centre_lies_in_its_picture_box(window: Window, data: st.DataObject) -> None:
    row, column = data.draw(st.integers(0, window.size[0] - 1)), data.draw(st.integers(0, window.size[1] - 1))
    at = window.picture_pixel(row, column)
    assert window.picture_box(Box(row, column, 1, 1)).holds(*at)
    assert window.box.holds(*at)
    assert at == pytest.approx(window.to_picture(row, column), abs=0.5 + 1e-9)
    if min(window.scale) >= 1:
        assert (window.rows_seen(np.array([at[0]]))[0], window.columns_seen(np.array([at[1]]))[0]) == (row, column)


@given(st.builds(Box, *[st.integers(-9, 9)] * 2, *[st.integers(1, 9)] * 2), st.integers(0, 8), st.integers(0, 8))
def test_a_plain_window_only_moves(box: Box, row: int, column: int) -> None:
    window = Window.plain(box)
    assert window.scale == (1, 1)
    assert window.picture_pixel(row, column) == (box.top + row, box.left + column) == window.to_picture(row, column)


def test_a_place_of_one_pixel() -> None:
    assert Place.pixel(3, 4) == Place("", 0, Box(3, 4, 1, 1))
    assert Place.pixel(3, 4, "second", 2) == Place("second", 2, Box(3, 4, 1, 1))
