"""Sampling a reference through a map: where it is exact, where it says that nothing is seen, and sizes that OpenCV alone does not take."""

from __future__ import annotations

import numpy as np
import pytest

from engine.matching.warping import looked_up, places, plane_map, sampled, steepness


def ramp(height: int, width: int) -> np.ndarray:
    """(h, w, 1): what is looked up at (row, column) of it is 100 times the row and the column."""
    at = places((height, width))
    return (100 * at[..., :1] + at[..., 1:]).astype(np.float32)


def test_a_homography_carries_rows_and_columns() -> None:
    plane = np.array([[2.0, 0, 3], [0, 1, -5], [0, 0, 1]])
    assert plane_map(plane, (4, 6))[1, 2].tolist() == [5, -3]


@pytest.mark.parametrize("shape", [(7, 2), (3, 5, 2), (2, 32_800, 2), (32_800, 2, 2)])
def test_values_are_looked_up_at_as_many_places_as_are_asked_for(shape: tuple[int, ...]) -> None:
    at = np.random.default_rng(1).uniform(0, 9, shape).astype(np.float32)
    found = looked_up(ramp(10, 10)[..., 0], at)
    assert found.shape == shape[:-1]
    assert np.abs(found - (100 * at[..., 0] + at[..., 1])).max() < 2  # OpenCV knows 32nds of a pixel


def test_beyond_the_edge_values_are_those_of_the_edge() -> None:
    at = np.array([[-50, -50], [99, 99], [1e9, -1e9]], np.float32)
    assert looked_up(ramp(10, 10)[..., 0], at).tolist() == [0, 909, 900]


def test_the_steepness_is_the_references_pixels_to_a_pixel() -> None:
    assert steepness(3 * places((40, 500))) == pytest.approx(3, rel=1e-5)
    assert steepness(places((1, 50))) == 1


@pytest.mark.parametrize("times", [0.5, 1.0, 4.0])
def test_a_reference_is_sampled_where_the_map_says(times: float) -> None:
    there = (places((20, 24)) + np.float32(0.5)) * np.float32(times) + np.float32(9.5)
    values, seen = sampled(ramp(120, 130), np.ones((120, 130), bool), there)
    assert seen.all()
    assert np.abs(values[..., 0] - 100 * there[..., 0] - there[..., 1]).max() < 101 * 0.1


def test_nothing_is_seen_outside_the_reference_nor_beside_what_is_unknown_in_it() -> None:
    known = np.ones((30, 30), bool)
    known[:, 20:] = False
    _, seen = sampled(ramp(30, 30), known, places((40, 40)) - 5)
    rows, columns = np.nonzero(seen)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (5, 34, 5, 22)  # 2 pixels short of the unknown


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_a_reference_of_a_pixel_or_two_is_sampled_too_and_far_outside_it(size: tuple[int, int]) -> None:
    """OpenCV would mirror a single pixel for ever."""
    values, seen = sampled(np.full((*size, 3), 7, np.float32), np.ones(size, bool), 400 * places((20, 20)))
    assert np.abs(values - 7).max() < 1e-4
    assert seen.sum() == 1


@pytest.mark.parametrize("side", [0, 1])
def test_a_panorama_longer_than_opencv_takes_is_sampled(side: int) -> None:
    size = (40_000, 8) if side == 0 else (8, 40_000)
    there = places(size)
    values, seen = sampled(there[..., side : side + 1] / np.float32(1000), np.ones(size, bool), there)
    assert seen.all()
    assert values.shape == (*size, 1)
    assert np.abs(values[..., 0] - there[..., side] / 1000).max() < 0.05  # OpenCV leaves out thousandths when it reduces


def test_a_finer_reference_does_not_flicker() -> None:
    stripes = np.zeros((200, 200, 1), np.float32)
    stripes[:, ::2] = 1
    values, _ = sampled(stripes, np.ones((200, 200), bool), 4 * places((45, 45)) + 8)
    assert np.abs(values - 0.5).max() < 0.05
