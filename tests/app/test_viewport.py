import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from app.view.canvas.viewport import KEPT, LARGEST, MARGIN, NOTCH, Viewport
from engine.geometry import Box

SIZES = st.tuples(st.integers(1, 12_000), st.integers(1, 12_000))
VIEWS = st.builds(
    lambda size, width, height, ratio: Viewport(size, width, height, ratio=ratio).fit(),
    SIZES,
    st.integers(300, 3000),
    st.integers(300, 2000),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)
FACTORS = st.floats(0.2, 5)
PLACES = st.tuples(st.floats(0, 300), st.floats(0, 300))


def test_fit_leaves_a_margin_and_centres() -> None:
    view = Viewport((3900, 6240), 1072, 832).fit()
    assert view.fitted
    assert view.frame.left() == MARGIN
    assert view.frame.right() == pytest.approx(1072 - MARGIN)
    assert view.frame.center().y() == pytest.approx(416, abs=0.5)


def test_fit_is_bound_by_the_height_of_a_tall_picture() -> None:
    view = Viewport((6240, 3900), 1072, 832).fit()
    assert view.frame.top() == MARGIN
    assert view.frame.bottom() == pytest.approx(832 - MARGIN)


def test_a_row_and_a_column_are_where_they_are_drawn() -> None:
    view = Viewport((100, 200), 800, 600, scale=3, left=10.2, top=20.7)
    assert view.to_widget(0, 0) == (10, 21)
    assert view.to_picture(10, 21) == (0, 0)
    assert view.rect(Box(2, 4, 1, 5)) == QRectF(22, 27, 15, 3)


def test_at_100_percent_of_a_fine_screen_a_pixel_is_a_device_pixel() -> None:
    view = Viewport((4000, 6000), 1000, 800, ratio=1.5).fit().zoomed_to(1.0, 301.7, 233.3)
    assert view.zoom == 1.0
    assert view.scale == pytest.approx(1 / 1.5)
    assert (view.x * 1.5) == pytest.approx(round(view.x * 1.5))


@given(VIEWS, FACTORS, PLACES)
def test_what_lies_under_the_pointer_stays_there(view: Viewport, by: float, place: tuple[float, float]) -> None:
    x, y = view.frame.center().x() + place[0] / 10, view.frame.center().y() + place[1] / 10
    column, row = (x - view.left) / view.scale, (y - view.top) / view.scale
    if not (0 <= row < view.size[0] and 0 <= column < view.size[1]):
        return
    zoomed = view.zoomed(by, x, y)
    if zoomed == zoomed.kept() and (zoomed.left, zoomed.top) != (view.left, view.top):
        tolerance = 1 / view.ratio
        there = zoomed.to_widget(row, column)
        assert there[0] == pytest.approx(x, abs=tolerance + KEPT * (zoomed.frame.width() < KEPT))
        assert there[1] == pytest.approx(y, abs=tolerance + KEPT * (zoomed.frame.height() < KEPT))


@given(VIEWS, FACTORS, st.tuples(st.floats(-20_000, 20_000), st.floats(-20_000, 20_000)))
def test_some_of_the_picture_is_always_in_view(view: Viewport, by: float, by_hand: tuple[float, float]) -> None:
    moved = view.zoomed(by, 100, 100).panned(*by_hand)
    seen = moved.frame.intersected(QRectF(0, 0, moved.width, moved.height))
    assert seen.width() >= min(KEPT, moved.frame.width()) - 1
    assert seen.height() >= min(KEPT, moved.frame.height()) - 1


@given(VIEWS, st.floats(1e-9, 1e9))
def test_the_zoom_has_two_ends(view: Viewport, by: float) -> None:
    zoomed = view.zoomed(by, 50, 50)
    assert view.smallest * 0.999 <= zoomed.zoom <= LARGEST


def test_four_notches_double_and_four_bring_back() -> None:
    view = Viewport((4000, 6000), 1000, 800).fit()
    there = view
    for _ in range(4):
        there = there.zoomed(NOTCH, 400, 300)
    assert there.zoom == pytest.approx(2 * view.zoom)
    for _ in range(4):
        there = there.zoomed(1 / NOTCH, 400, 300)
    assert (there.left, there.top) == pytest.approx((view.left, view.top))
    assert round(NOTCH, 2) == 1.19


def test_steps_go_through_round_zooms() -> None:
    view = Viewport((4000, 6000), 1000, 800).fit()
    zooms = []
    for _ in range(5):
        view = view.stepped(1)
        zooms.append(view.zoom)
    assert zooms == [0.1875, 0.25, 0.375, 0.5, 0.75]
    assert view.stepped(1).zoom == 1.0
    assert view.stepped(1).stepped(-1).zoom == 0.75


def test_a_step_from_nearly_100_percent_is_100_percent() -> None:
    view = Viewport((4000, 6000), 1000, 800).fit().zoomed_to(0.9995, 10, 10)
    assert view.zoom == 1.0


def test_moving_a_fitted_picture_means_that_it_is_not_fitted() -> None:
    view = Viewport((4000, 6000), 1000, 800).fit()
    assert not view.panned(5, 0).fitted
    assert not view.zoomed(NOTCH, 0, 0).fitted
    assert view.panned(0, 0).fitted


def test_what_is_seen_is_told_in_whole_pixels() -> None:
    view = Viewport((100, 200), 80, 60, scale=4, left=-10, top=6)
    assert view.visible == Box(0, 2, 14, 21)
    assert view.box(QRectF(0, 0, 80, 5)) is None
    assert view.box(QRectF(-9, 6, 3, 4)) == Box(0, 0, 1, 1)


@given(VIEWS, FACTORS)
def test_what_is_seen_covers_the_canvas(view: Viewport, by: float) -> None:
    view = view.zoomed(by, 120, 120)
    box = view.visible
    assert box is not None
    drawn, seen = view.rect(box), view.frame.intersected(QRectF(0, 0, view.width, view.height))
    assert drawn.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(seen)
    assert math.isclose(view.rect(Box.whole(view.size)).width(), view.size[1] * view.scale)


def test_a_canvas_that_moves_leaves_the_picture_in_place() -> None:
    view = Viewport((4000, 6000), 1000, 800).fit()
    wider = view.resized(1048, 800, 48, 0)
    assert wider.to_widget(10, 10)[0] == pytest.approx(view.to_widget(10, 10)[0] + 48)
    assert replace(wider, width=view.width, left=view.left) == view
