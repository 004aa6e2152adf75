"""The tools, pixel by pixel, on sheets of a few pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.sampling import ALLOWED, FORBIDDEN
from app.sheet import Sheet
from app.tools.lasso import Lasso
from app.tools.mark import apply, cover, uncover, write
from app.tools.rectangle import Rectangle
from app.tools.stroke import Point, Stroke
from app.tools.tip import Tip
from engine.geometry import Box


def sheet(height: int = 60, width: int = 80) -> Sheet:
    return Sheet(np.zeros((height, width), np.uint8))


def drawn(text: str) -> np.ndarray:
    return np.array([[255 if c == "#" else 0 for c in line] for line in text.split()], np.uint8)


# Tip


def test_small_tips_exactly() -> None:
    assert np.array_equal(Tip(1).coverage(), drawn("#"))
    assert np.array_equal(Tip(2).coverage(), drawn("## ##"))
    assert np.array_equal(Tip(3).coverage(), drawn("### ### ###"))
    assert np.array_equal(Tip(4).coverage(), drawn(".##. #### #### .##."))
    assert np.array_equal(Tip(5).coverage(), drawn(".###. ##### ##### ##### .###."))


@pytest.mark.parametrize("side", [1, 2, 7, 10, 33, 250, 501])
@pytest.mark.parametrize("hardness", [0.0, 0.5, 1.0])
def test_a_tip_is_round(side: int, hardness: float) -> None:
    stamp = Tip(side, hardness).coverage()
    assert stamp.shape == (side, side)
    assert np.array_equal(stamp, stamp[::-1])
    assert np.array_equal(stamp, stamp[:, ::-1])
    assert np.array_equal(stamp, stamp.T)
    if side > 30:
        away = np.hypot(*(np.indices(stamp.shape) + 0.5 - side / 2))
        assert not stamp[away > side / 2].any()
        assert stamp[away < max(1, side / 2 * hardness - 1)].min() >= 254


def test_a_hard_tip_covers_wholly_or_not_at_all() -> None:
    assert set(np.unique(Tip(101).coverage())) == {0, 255}


def test_a_soft_tip_is_half_covered_where_its_second_ring_stands() -> None:
    tip = Tip(400, 0.3)
    line = tip.coverage()[200, 200:]
    assert abs(int(np.searchsorted(-line.astype(int), -128)) - tip.half_radius) <= 1
    assert np.all(np.diff(line.astype(int)) <= 0)


def test_the_stamp_lies_around_the_pointer() -> None:
    assert Tip(1).at(3.7, 9.01) == Box(3, 9, 1, 1)
    assert Tip(3).at(3.7, 9.01) == Box(2, 8, 3, 3)
    assert Tip(2).at(4.1, 8.9) == Box(3, 8, 2, 2)


# Stroke


def test_a_one_pixel_brush_paints_one_pixel() -> None:
    page = sheet()
    assert Stroke(page, Tip(1), cover).to(Point(5.5, 7.5)) == [Box(5, 7, 1, 1)]
    assert np.argwhere(page.pixels).tolist() == [[5, 7]]


@given(st.tuples(*[st.floats(0, 59)] * 2), st.tuples(*[st.floats(0, 59)] * 2))
@example((0.0, 0.0), (0.0, 26.0))
def test_a_one_pixel_line_has_no_gap(start: tuple[float, float], end: tuple[float, float]) -> None:
    page = sheet(60, 60)
    Stroke(page, Tip(1), cover).straight(Point(*start), Point(*end))
    steps = np.argwhere(page.pixels)
    reached = {tuple(steps[0])}
    for _ in steps:  # grown by its neighbours until it holds all of them
        reached |= {(r, c) for r, c in map(tuple, steps) if any(abs(r - i) <= 1 and abs(c - j) <= 1 for i, j in reached)}
        if len(reached) == len(steps):
            break
    assert len(reached) == len(steps)


@pytest.mark.parametrize("diameter", [9, 60, 400])
def test_the_edge_of_a_stroke_is_straight(diameter: int) -> None:
    page = sheet(600, 1600)
    stroke = Stroke(page, Tip(diameter), cover)
    stroke.to(Point(300, 300))
    stroke.to(Point(300, 1300))
    heights = (page.pixels[:, 300:1300] > 0).sum(axis=0)
    assert diameter - 2 <= heights.min() <= heights.max() <= diameter


def test_what_was_written_lies_in_the_boxes_returned() -> None:
    page = sheet(900, 1200)
    boxes = Stroke(page, Tip(40), cover).straight(Point(50, 60), Point(850, 1100))
    said = np.zeros(page.size, bool)
    for box in boxes:
        said[box.slices] = True
    assert not page.pixels[~said].any()
    assert said.sum() < said.size / 2  # a slanted line is not one large box
    assert len(boxes) > 1


def test_a_second_time_over_a_place_covers_it_no_further() -> None:
    page = sheet()
    stroke = Stroke(page, Tip(21, 0.0), cover)
    stroke.to(Point(30, 40))
    once = page.pixels.copy()
    for _ in range(5):
        stroke.to(Point(30, 40))
    assert np.array_equal(page.pixels, once)


def test_the_eraser_takes_away_what_the_brush_covered() -> None:
    page = sheet()
    Stroke(page, Tip(31), cover).to(Point(30, 40))
    Stroke(page, Tip(31), uncover).to(Point(30, 40))
    assert not page.pixels.any()
    page.pixels[...] = 255
    Stroke(page, Tip(31, 0.0), uncover).to(Point(30.5, 40.5))
    assert page.pixels[30, 40] == 0
    assert 0 < page.pixels[30, 48] < 255
    assert page.pixels[30, 60] == 255


@pytest.mark.parametrize("at", [(-5, -5), (0, 0), (59.9, 79.9), (62, 40), (30, -8)])
def test_half_a_stamp_over_the_edge_is_the_half_of_a_stamp(at: tuple[float, float]) -> None:
    page, larger = sheet(), sheet(100, 120)
    boxes = Stroke(page, Tip(25, 0.5), cover).to(Point(*at))
    Stroke(larger, Tip(25, 0.5), cover).to(Point(at[0] + 20, at[1] + 20))
    assert np.array_equal(page.pixels, larger.pixels[20:80, 20:100])
    assert all(box.common(page.box) == box for box in boxes)


def test_a_stroke_far_off_the_picture_writes_nothing_and_comes_back() -> None:
    page = sheet()
    stroke = Stroke(page, Tip(11), cover)
    assert stroke.to(Point(-500, -500)) == []
    assert page.done() is None
    assert stroke.to(Point(30, 40))
    assert page.pixels[30, 40] == 255


def test_pressure_makes_the_line_thinner() -> None:
    page = sheet(100, 400)
    stroke = Stroke(page, Tip(40), cover)
    stroke.to(Point(50, 40, 1.0))
    stroke.to(Point(50, 360, 0.1))
    heights = (page.pixels > 0).sum(axis=0)
    assert abs(int(heights[40]) - 40) <= 1
    assert abs(int(heights[200]) - 22) <= 3
    assert heights[359] in range(2, 7)


def test_a_pen_hardly_pressed_still_leaves_a_pixel() -> None:
    page = sheet()
    Stroke(page, Tip(40), cover).to(Point(30.5, 40.5, 0.0))
    assert (page.pixels > 0).sum() == 1


def test_undo_puts_back_what_stood_under_a_stroke() -> None:
    page = sheet(600, 700)
    Stroke(page, Tip(80, 0.4), cover).straight(Point(100, 100), Point(500, 600))
    first = page.pixels.copy()
    page.done()
    Stroke(page, Tip(120), uncover).straight(Point(500, 100), Point(100, 600))
    second = page.pixels.copy()
    change = page.done()
    assert change is not None
    page.toggle(change)
    assert np.array_equal(page.pixels, first)
    page.toggle(change)
    assert np.array_equal(page.pixels, second)


def test_an_area_stroke_writes_codes() -> None:
    page = sheet()
    Stroke(page, Tip(11), write(FORBIDDEN)).to(Point(30, 40))
    Stroke(page, Tip(5, 0.0), write(ALLOWED)).to(Point(30, 40))
    assert set(np.unique(page.pixels)) == {0, ALLOWED, FORBIDDEN}
    assert page.pixels[30, 40] == ALLOWED


# Shapes


def shape(corners: list[tuple[float, float]]) -> Lasso:
    lasso = Lasso(*corners[0])
    for corner in corners[1:]:
        lasso.to(*corner)
    return lasso


def test_a_lasso_holds_the_pixels_whose_centres_lie_inside() -> None:
    found = shape([(10, 10), (10, 20), (15, 20), (15, 10)]).filled(Box(0, 0, 60, 80))
    assert found is not None
    box, coverage = found
    page = sheet()
    apply(cover, page, box, coverage)
    assert Box.around(page.pixels) == Box(10, 10, 5, 10)
    assert page.pixels[10:15, 10:20].all()


@given(st.lists(st.tuples(st.floats(-20, 70), st.floats(-20, 90)), min_size=3, max_size=9))
def test_a_lasso_is_what_going_round_each_centre_says(corners: list[tuple[float, float]]) -> None:
    page = sheet()
    found = shape(corners).filled(page.box)
    if found:
        apply(cover, page, *found)
    rows, columns = np.indices(page.size) + 0.5
    angle = np.zeros(page.size)
    nearest = np.full(page.size, np.inf)
    for a, b in pairwise([*corners, corners[0]]):
        start, end = (complex(p[1], p[0]) - (columns + 1j * rows) for p in (a, b))
        angle += np.angle(end * start.conjugate())
        along = np.clip(-(start * (end - start).conjugate()).real / max(abs(complex(b[1] - a[1], b[0] - a[0])) ** 2, 1e-12), 0, 1)
        nearest = np.minimum(nearest, np.abs(start + along * (end - start)))
    clear = nearest > 1e-6  # a centre on the very line may fall either way
    assert np.array_equal((page.pixels > 0)[clear], (np.abs(angle) > 3)[clear])


def test_a_lasso_that_goes_round_twice_has_no_hole_in_it() -> None:
    ring = [(30 + 20 * np.sin(t), 40 + 20 * np.cos(t)) for t in np.linspace(0, 4 * np.pi, 200)]
    found = shape(ring).filled(Box(0, 0, 60, 80))
    assert found is not None
    assert found[1][found[1].shape[0] // 2, found[1].shape[1] // 2] == 255


@pytest.mark.parametrize("corners", [[(5, 5)], [(5, 5), (9, 9)], [(5.2, 5.2), (5.2, 30), (5.2, 7)], [(-50, -50), (-50, -10), (-10, -10)]])
def test_a_lasso_around_nothing_is_nothing(corners: list[tuple[float, float]]) -> None:
    assert shape(corners).filled(Box(0, 0, 60, 80)) is None


def test_a_rectangle_holds_each_pixel_it_touches_in_any_direction() -> None:
    for start, end in (((10.5, 20.5), (14.2, 25.9)), ((14.2, 25.9), (10.5, 20.5)), ((14.2, 20.5), (10.5, 25.9))):
        rectangle = Rectangle(*start)
        rectangle.to(*end)
        found = rectangle.filled(Box(0, 0, 60, 80))
        assert found is not None
        assert found[0] == Box(10, 20, 5, 6)
        assert found[1].all()


def test_a_rectangle_moves_and_is_cut_at_the_edge() -> None:
    rectangle = Rectangle(10, 20)
    rectangle.to(30, 50)
    rectangle.move(-20, 40)
    found = rectangle.filled(Box(0, 0, 60, 80))
    assert found is not None
    assert found[0] == Box(0, 60, 10, 20)
    assert Rectangle(5, 5).filled(Box(0, 0, 60, 80)) is None
    assert rectangle.filled(Box(0, 0, 60, 50)) is None


def test_a_shape_is_taken_away_again() -> None:
    page = sheet()
    page.pixels[...] = 255
    rectangle = Rectangle(10, 20)
    rectangle.to(30, 50)
    found = rectangle.filled(page.box)
    assert found is not None
    assert apply(uncover, page, *found) == Box(10, 20, 20, 30)
    assert (page.pixels == 0).sum() == 600
