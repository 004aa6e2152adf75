"""References and how they lie on a picture: names, words for a match, and the way there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box, Window
from engine.picture import Picture
from engine.reference import FAIR, GOOD, TRUSTED, ControlPoint, Match, Reference, quality
from tests.engine.cases import scene

HEIGHT, WIDTH = 300, 420
PLANE = np.array([[1.1, 0.06, 12.0], [-0.04, 0.95, -20.0], [1e-4, -5e-5, 1.0]])
"""Row and column in the picture to those in the reference, as a plane is seen from elsewhere."""


def through(plane: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    seen = np.stack([rows, columns, np.ones_like(rows)], axis=-1) @ plane.T
    return seen[..., :2] / seen[..., 2:]


def match(plane: np.ndarray = PLANE, size: tuple[int, int] = (75, 105), box: Box | None = None, **more: object) -> Match:
    """A grid of the picture's places in the reference, by a plane."""
    window = Window(box or Box(0, 0, HEIGHT, WIDTH), size)
    rows, columns = np.mgrid[: size[0], : size[1]].astype(float)
    at = np.stack([window.to_picture(r, c) for r, c in zip(rows.ravel(), columns.ravel(), strict=True)]).reshape(*size, 2)
    values = {"name": "other.jpg", "score": 0.7, "inliers": 12, "coverage": 1.0, "pairs": np.zeros((12, 4), np.float32)} | more
    return Match(window=window, grid=through(plane, at[..., 0], at[..., 1]).astype(np.float32), **values)


def test_a_reference_needs_a_name() -> None:
    with pytest.raises(ValueError, match="name"):
        Reference(Picture(scene(5, 6)), "")
    assert Reference(Picture(scene(5, 6)), "other.jpg").points == ()


def test_control_points_are_equal_where_they_are() -> None:
    assert ControlPoint((1, 2), (3, 4)) == ControlPoint((1.0, 2.0), (3.0, 4.0))


@pytest.mark.parametrize(
    ("score", "inliers", "word"),
    [
        (1.0, 9, "good"), (GOOD, 9, "good"), (GOOD - 1e-6, 9, "fair"), (FAIR, 1, "fair"), (FAIR - 1e-6, 9, "weak"),
        (TRUSTED, 9, "weak"), (TRUSTED - 1e-6, 9, "none"), (-1.0, 9, "none"), (1.0, 0, "none"), (float("nan"), 9, "none"),
    ],
)  # fmt: skip
def test_the_score_in_a_word(score: float, inliers: int, word: str) -> None:
    assert quality(score, inliers) == word
    assert match(score=score, inliers=inliers).quality == word


def test_a_match_cannot_be_written_to() -> None:
    one = match()
    for array in (one.grid, one.pairs):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@given(st.floats(0, HEIGHT - 1), st.floats(0, WIDTH - 1))
def test_there_is_where_the_plane_leads(row: float, column: float) -> None:
    there = match().there(row, column)
    assert there is not None
    assert np.hypot(*(through(PLANE, np.array(row), np.array(column)) - there)) < 0.05


@given(st.floats(0, HEIGHT - 1), st.floats(0, WIDTH - 1))
def test_there_and_back_is_the_same_place(row: float, column: float) -> None:
    one = match()
    there = one.there(row, column)
    assert there is not None
    back = one.here(*there)
    assert back is not None
    assert np.hypot(back[0] - row, back[1] - column) < 0.05


@pytest.mark.parametrize(
    "plane",
    [
        np.array([[0.0, 1.0, 5.0], [-1.0, 0.0, 299.0], [0, 0, 1]]),
        np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 419.0], [0, 0, 1]]),
        np.array([[8.0, 0.0, 3.5], [0.0, 8.0, 3.5], [0, 0, 1]]),
        np.array([[0.1, 0.0, 0.0], [0.0, 0.1, 0.0], [0, 0, 1]]),
    ],
    ids=["turned", "mirrored", "eight times as large", "a tenth"],
)
def test_there_and_back_through_other_planes(plane: np.ndarray) -> None:
    one = match(plane)
    for row, column in ((0.0, 0.0), (150.25, 210.5), (299.0, 419.0), (20.0, 400.0)):
        there = one.there(row, column)
        assert there is not None
        assert np.allclose(there, through(plane, np.array(row), np.array(column)), atol=0.05)
        assert np.allclose(one.here(*there), (row, column), atol=0.1)


def test_a_window_that_is_a_part_of_the_picture() -> None:
    one = match(box=Box(100, 50, 120, 160), size=(30, 40))
    there = one.there(150, 100)
    assert np.allclose(there, through(PLANE, np.array(150.0), np.array(100.0)), atol=0.05)
    assert np.allclose(one.here(*there), (150, 100), atol=0.05)


def test_beyond_the_grid_the_way_goes_on() -> None:
    straight = np.array([[1.0, 0.0, 7.0], [0.0, 1.0, -3.0], [0, 0, 1]])
    assert np.allclose(match(straight).there(-10, HEIGHT + 200), (-3, HEIGHT + 197), atol=0.01)


def test_nothing_is_said_where_nothing_is_known() -> None:
    one = match()
    grid = one.grid.copy()
    grid[:, 50:] = np.nan
    half = Match("other.jpg", 0.5, 3, 0.5, one.pairs.copy(), one.window, grid)
    assert half.there(150, 100) is not None
    assert half.there(150, 300) is None
    assert half.here(*through(PLANE, np.array(150.0), np.array(100.0))) is not None
    empty = Match("other.jpg", 0.0, 0, 0.0, one.pairs.copy(), one.window, np.full_like(grid, np.nan))
    assert empty.there(1, 1) is None
    assert empty.here(1, 1) is None
    assert empty.quality == "none"


def test_what_the_picture_does_not_show_is_nowhere_in_it() -> None:
    far = through(PLANE, np.array(-500.0), np.array(-700.0))
    assert match().here(*far) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 6), (6, 1), (2, 2)])
def test_a_grid_of_hardly_any_points(size: tuple[int, int]) -> None:
    one = match(size=size)
    there = one.there(HEIGHT / 2, WIDTH / 2)
    assert there is not None
    assert np.isfinite(there).all()
    back = one.here(*there)
    assert back is None or np.isfinite(back).all()


def test_a_grid_that_leads_all_to_one_place_ends() -> None:
    one = match()
    flat = Match("other.jpg", 0.5, 3, 1.0, one.pairs.copy(), one.window, np.full_like(one.grid, 40))
    assert flat.there(5, 5) == (40, 40)
    back = flat.here(40, 40)
    assert back is None or flat.window.box.grown(64, 64).holds(*back)
