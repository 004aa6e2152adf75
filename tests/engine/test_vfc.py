"""Vector field consensus against fields that are known, with displacements that have nothing to do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.matching.vfc import consensus

if TYPE_CHECKING:
    from numpy.typing import NDArray


def smooth(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A turn, an enlargement and a bend: at most some 60 pixels."""
    row, column = places.T
    return np.stack(
        [12 + 0.08 * row - 0.05 * column + 6 * np.sin(column / 120), -30 + 0.06 * row + 0.1 * column + 4e-4 * row * column / 4], 1
    )


def scene(wrong: float, count: int = 400) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Places of a picture of 400 x 300, their displacements, and which of these are drawn by chance."""
    rng = np.random.default_rng(5)
    places = rng.uniform((0, 0), (400, 300), (count, 2))
    outlier = np.arange(count) < wrong * count
    moves = smooth(places) + rng.normal(0, 0.3, places.shape)
    moves[outlier] = rng.uniform((0, 0), (400, 300), (int(outlier.sum()), 2)) - places[outlier]
    return places, moves, outlier


@pytest.mark.parametrize("wrong", [0.0, 0.3, 0.5])
def test_a_smooth_field_is_found_among_wrong_displacements(wrong: float) -> None:
    places, moves, _ = scene(wrong)
    field = consensus(places, moves)
    assert field.fitted
    inside = np.random.default_rng(1).uniform((0, 0), (400, 300), (1000, 2))
    error = np.hypot(*(field.at(inside) - smooth(inside)).T)
    assert error.mean() < 1.5
    assert np.quantile(error, 0.95) < 4


def test_what_is_right_and_what_is_wrong_is_told() -> None:
    places, moves, outlier = scene(0.5)
    field = consensus(places, moves)
    far = np.hypot(*(moves - smooth(places)).T) > 15
    assert (field.probability[~outlier] > 0.75).mean() > 0.97
    assert (field.probability[outlier & far] < 0.25).mean() > 0.97
    assert field.probability.min() >= 0
    assert field.probability.max() <= 1


def test_the_same_places_give_the_same_field_and_drawn_kernels_nearly_the_same() -> None:
    places, moves, _ = scene(0.4)
    first, second = consensus(places, moves), consensus(places, moves)
    assert np.array_equal(first.at(places), second.at(places))
    drawn = [consensus(places, moves, rng=np.random.default_rng(seed)).at(places) for seed in (3, 3, 4)]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    assert np.abs(drawn[0] - first.at(places)).mean() < 1


def test_beyond_the_places_the_field_goes_on_smoothly() -> None:
    places = np.stack(np.meshgrid(np.arange(0, 100, 5.0), np.arange(0, 100, 5.0), indexing="ij"), -1).reshape(-1, 2)
    hole = (np.abs(places - 50) < 26).all(1)
    field = consensus(places[~hole], smooth(places[~hole]))
    assert np.hypot(*(field.at(places[hole]) - smooth(places[hole])).T).max() < 0.5


def test_too_few_or_equal_places_give_their_mean_displacement() -> None:
    four = np.array([[0.0, 0], [0, 9], [9, 0], [9, 9]])
    moves = np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]])
    for places, shifts in ((four, moves), (np.full((30, 2), 7.0), np.tile([[3.0, 5.0]], (30, 1)))):
        field = consensus(places, shifts)
        assert not field.fitted
        assert np.array_equal(field.probability, np.ones(len(places)))
        assert np.allclose(field.at(four), shifts.mean(axis=0))
    nothing = consensus(np.zeros((0, 2)), np.zeros((0, 2)))
    assert not nothing.fitted
    assert np.array_equal(nothing.at(four), np.zeros((4, 2)))


def test_all_drawn_to_one_place_is_no_field() -> None:
    places = np.random.default_rng(0).uniform(0, 100, (50, 2))
    assert not consensus(places, 20 - places).fitted


def test_places_in_a_line_have_a_field_along_it() -> None:
    along = np.linspace(0, 200, 60)
    places = np.stack([along, 2 * along + 3], 1)
    field = consensus(places, np.stack([5 + 0.1 * along, 2 - 0.05 * along], 1))
    assert field.fitted
    middle = np.array([[101.0, 205.0]])
    assert np.allclose(field.at(middle), [[15.1, -3.05]], atol=0.2)


def test_a_shift_is_exact() -> None:
    places = np.random.default_rng(0).uniform(0, 100, (40, 2))
    field = consensus(places, np.tile([[3.0, -4.0]], (40, 1)))
    assert np.allclose(field.at(places + 500), [[3.0, -4.0]])
    assert (field.probability > 0.75).all()


def test_arrays_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="both"):
        consensus(np.zeros((6, 2)), np.zeros((5, 2)))
