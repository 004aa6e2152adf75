"""Planes through matches and through control points, and smooth fields through vectors: what they are made of is found again."""

from __future__ import annotations

import numpy as np
import pytest

from engine.matching.geometry import LEAST, by_hand, carried, homography, planes, polished, sane
from engine.matching.smooth import Stiffness, fitted

SIZE = 300, 400
PLANE = np.array([[0.9, 0.1, 12], [-0.05, 1.1, -7], [1e-4, -2e-4, 1]])
OTHER = np.array([[1.0, 0, -90], [0, 1, 60], [0, 0, 1]])
CORNERS = np.array([[0.0, 0], [0, 399], [299, 0], [299, 399]])


def scattered(count: int, seed: int = 0) -> np.ndarray:
    """(n, 2) places of the picture."""
    return np.random.default_rng(seed).uniform(0, SIZE, (count, 2))


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Pixels by which two planes differ at the picture's corners, at most."""
    return float(np.linalg.norm(carried(one, CORNERS) - carried(other, CORNERS), axis=1).max())


def test_a_plane_is_found_among_twice_as_many_wrong_matches() -> None:
    here = scattered(150)
    there = np.concatenate([carried(PLANE, here[:50]), scattered(100, 1)])
    found, inside = homography(here, there)
    assert found is not None
    assert apart(found, PLANE) < 1
    assert inside[:50].all()
    assert inside.sum() < 60


@pytest.mark.parametrize("count", [0, LEAST - 1])
def test_too_few_matches_make_no_plane(count: int) -> None:
    here = scattered(count)
    found, inside = homography(here, here)
    assert found is None
    assert inside.shape == (count,)


def test_two_planes_are_found_one_after_the_other() -> None:
    here = scattered(100)
    there = np.concatenate([carried(PLANE, here[:60]), carried(OTHER, here[60:])])
    found = planes(here, there, SIZE, 4.0, 3)
    assert [apart(plane, which) < 1 for (plane, _), which in zip(found, (PLANE, OTHER), strict=True)] == [True, True]
    assert found[0][1] >= 60


@pytest.mark.parametrize(
    ("plane", "good"),
    [
        (np.eye(3), True),
        (PLANE, True),
        (np.diag([1.0, -1, 1]), False),
        (np.diag([6.0, 6, 1]), False),
        (np.diag([0.1, 0.1, 1]), False),
        (np.array([[1.0, 0, 0], [0, 1, 0], [-1 / 200, 0, 1]]), False),
    ],
    ids=["same", "oblique", "mirrored", "36 times larger", "100 times smaller", "horizon in the picture"],
)
def test_a_plane_that_no_camera_gives_is_not_sane(plane: np.ndarray, good: bool) -> None:
    assert sane(plane, SIZE) is good


def test_a_plane_is_polished_whatever_a_fifth_of_the_matches_say() -> None:
    here, rng = scattered(200), np.random.default_rng(2)
    there = carried(PLANE, here) + rng.normal(0, 0.3, here.shape)
    there[:40] += 7
    rough = PLANE + np.array([[0, 0, 2.0], [0, 0, -2], [0, 0, 0]])
    assert apart(polished(rough, here, there, 1.5), PLANE) < 0.6


def test_a_plane_with_no_match_near_it_stays_as_it_is() -> None:
    here = scattered(100)
    assert polished(PLANE, here, here + 500, 1.5) is PLANE


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_control_points_come_to_lie_where_they_were_set(count: int) -> None:
    here = np.array([[20.0, 30], [250, 360], [40, 350], [270, 50], [150, 60], [100, 300]])[:count]
    there = carried(PLANE, here)
    plane = by_hand(here, there, SIZE)
    assert plane is not None
    assert np.abs(carried(plane, here) - there).max() < 1e-3


def test_control_points_in_a_line_turn_and_scale_and_no_more() -> None:
    here = np.array([[i * 40.0, i * 50.0] for i in range(5)])
    plane = by_hand(here, 2 * here[:, ::-1] * (1, -1), SIZE)
    assert plane is not None
    assert np.allclose(plane[:2, :2] @ plane[:2, :2].T, 4 * np.eye(2))
    assert np.linalg.det(plane[:2, :2]) > 0


def test_control_points_all_in_one_place_shift() -> None:
    plane = by_hand(np.full((4, 2), 9.0), np.array([[1.0, 2], [3, 2], [1, 4], [3, 4]]), SIZE)
    assert plane is not None
    assert np.allclose(plane, [[1, 0, -7], [0, 1, -6], [0, 0, 1]])


def test_no_control_points_make_no_plane() -> None:
    assert by_hand(np.zeros((0, 2)), np.zeros((0, 2)), SIZE) is None


HOW = Stiffness(16.0, 0.02, 0.1, 1.5, 6)


def waves(at: np.ndarray) -> np.ndarray:
    """A smooth field of some pixels."""
    return np.stack([4 * np.sin(at[..., 0] / 90), 3 * np.cos(at[..., 1] / 110)], -1)


def test_a_field_goes_through_vectors_and_disbelieves_those_that_lie() -> None:
    at = scattered(600)
    vectors = waves(at)
    vectors[:100] += 25
    field, believed = fitted(at, vectors, np.ones(600), SIZE, HOW)
    everywhere = np.stack(np.meshgrid(*map(np.arange, SIZE), indexing="ij"), -1)
    off = np.linalg.norm(field.over(SIZE) - waves(everywhere), axis=2)[20:-20, 20:-20]
    assert off.mean() < 0.3
    assert believed[:100].max() < 0.1
    assert np.median(believed[100:]) > 0.9


def test_a_weight_of_infinity_holds_against_all_others() -> None:
    at = np.concatenate([scattered(300), [[150.0, 200.0]]])
    vectors = np.concatenate([np.zeros((300, 2)), [[6.0, -4.0]]])
    field, believed = fitted(at, vectors, np.append(np.ones(300), np.inf), SIZE, HOW)
    assert np.abs(field.over(SIZE)[150, 200] - (6, -4)).max() < 0.6
    assert believed[-1] == 1


@pytest.mark.parametrize("place", [(-30.0, 9.0), (299.0, 399.0), (500.0, 500.0)])
def test_vectors_at_the_border_and_beyond_it_make_a_finite_field(place: tuple[float, float]) -> None:
    field, _ = fitted(np.array([place]), np.array([[2.0, 3.0]]), np.ones(1), SIZE, HOW)
    assert np.isfinite(field.over(SIZE)).all()
