"""Sheets: what a gesture changed is undone and done again, whatever else was painted meanwhile."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sheet import TILE, Change, Sheet, tiles
from engine.geometry import Box


def sheet(height: int = 600, width: int = 700) -> Sheet:
    return Sheet(np.zeros((height, width), np.uint8))


def painted(page: Sheet, box: Box, level: int = 255) -> Change:
    page.writing(box)[...] = level
    change = page.done()
    assert change is not None
    return change


def test_tiles_lie_within_the_sheet() -> None:
    whole = Box(0, 0, 300, 520)
    assert list(tiles(Box(250, 500, 10, 20), whole)) == [
        Box(0, 256, 256, 256),
        Box(0, 512, 256, 8),
        Box(256, 256, 44, 256),
        Box(256, 512, 44, 8),
    ]
    assert list(tiles(Box(299, 519, 1, 1), whole)) == [Box(256, 512, 44, 8)]


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (256, 256), (257, 513)])
def test_a_change_undoes_and_does_again(size: tuple[int, int]) -> None:
    page = sheet(*size)
    change = painted(page, page.box, 7)
    page.toggle(change)
    assert not page.pixels.any()
    page.toggle(change)
    assert (page.pixels == 7).all()


def test_what_was_written_as_it_stood_is_no_change() -> None:
    page = sheet()
    page.writing(page.box)[...] = 0
    assert page.done() is None
    assert page.done() is None


def test_a_change_names_its_tiles_alone() -> None:
    page = sheet()
    change = painted(page, Box(TILE - 1, 3, 2, 2))
    assert change.box == Box(0, 0, 2 * TILE, TILE)
    assert change.nbytes < 2000


def test_changes_that_meet_nowhere_are_undone_in_any_order() -> None:
    page = sheet()
    first, second = painted(page, Box(10, 10, 50, 50)), painted(page, Box(60, 10, 50, 50), 99)
    assert not first.meets(second)
    page.toggle(first)
    expected = np.zeros_like(page.pixels)
    expected[60:110, 10:60] = 99
    assert np.array_equal(page.pixels, expected)


def test_changes_meet_where_both_changed_a_pixel() -> None:
    page = sheet()
    first, second = painted(page, Box(10, 10, 50, 50), 1), painted(page, Box(59, 59, 50, 50), 2)
    assert first.meets(second)
    assert second.meets(first)


def test_no_change_is_undone_within_a_gesture() -> None:
    page = sheet()
    change = painted(page, Box(0, 0, 5, 5))
    page.writing(Box(3, 3, 5, 5))[...] = 9
    with pytest.raises(AssertionError, match="gesture"):
        page.toggle(change)


@given(
    st.lists(st.tuples(st.integers(0, 599), st.integers(0, 699), st.integers(1, 300), st.integers(1, 300), st.integers(0, 255)), max_size=8)
)
def test_a_whole_history_goes_back_and_forth(strokes: list[tuple[int, int, int, int, int]]) -> None:
    page, states, changes = sheet(), [], []
    for top, left, height, width, level in strokes:
        states.append(page.pixels.copy())
        inside = Box(top, left, height, width).common(page.box)
        assert inside is not None
        page.writing(inside)[...] = level
        changes.append(page.done())
    states.append(page.pixels.copy())
    for change, state in zip(reversed(changes), reversed(states[:-1]), strict=True):
        if change:
            page.toggle(change)
        assert np.array_equal(page.pixels, state)
    for change, state in zip(changes, states[1:], strict=True):
        if change:
            page.toggle(change)
        assert np.array_equal(page.pixels, state)
