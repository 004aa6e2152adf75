"""The paper's procedure in its parts: searches, anchors, the correction of a field, features that are brought over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.job import finished
from engine.matching.paper.buddies import Buddies, buddies, finer
from engine.matching.paper.common import moved
from engine.matching.paper.correction import corrected, region
from engine.matching.paper.search import LEVELS, Level, doubled, identity, searched, unit
from engine.matching.warping import places
from engine.ops.bands import Workers
from tests.engine.laws import with_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIZE = (24, 30)
SMALL = Level(3, 3, 4)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as some:
        yield some


def noise(seed: int, channels: int = 8, size: tuple[int, int] = SIZE) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).random((*size, channels)).astype(np.float32))


def scores(one: NDArray[np.float32], other: NDArray[np.float32], side: int) -> NDArray[np.float64]:
    """(h, w, h, w): every patch of one against every patch of the other, edges mirrored."""
    half = side // 2
    padded = [np.pad(maps.astype(np.float64), ((half, half), (half, half), (0, 0)), "reflect") for maps in (one, other)]
    windows = [np.lib.stride_tricks.sliding_window_view(maps, (side, side), (0, 1)) for maps in padded]
    flat = [view.reshape(*view.shape[:2], -1) for view in windows]
    return np.einsum("abk,cdk->abcd", *flat)


def test_a_search_ends_where_no_place_in_the_window_is_better(workers: Workers) -> None:
    one, other = noise(1), noise(2)
    found = finished(searched(one, other, identity(SIZE), SMALL, workers))
    every = scores(one, other, SMALL.side)
    for row, column in np.ndindex(*SIZE):
        y, x = found[row, column]
        window = every[row, column, max(0, y - 4) : y + 5, max(0, x - 4) : x + 5]
        assert every[row, column, y, x] >= window.max() - 1e-4


def test_a_shift_within_reach_of_several_sweeps_is_found(workers: Workers) -> None:
    one = noise(3, size=(40, 40))
    rows, columns = np.indices((40, 40), np.float32)
    smooth = np.stack([np.cos(rows / 9), np.sin(rows / 9), np.cos(columns / 7), np.sin(columns / 7)], -1).astype(np.float32)
    maps = np.concatenate([one, smooth], axis=2)
    other = np.roll(maps, (6, -7), (0, 1))
    found = finished(searched(unit(maps), unit(other), identity((40, 40)), SMALL, workers))
    assert (found[10:30, 10:30] - identity((40, 40))[10:30, 10:30] == (6, -7)).all(axis=2).mean() > 0.95


def test_a_search_does_not_depend_on_the_threads() -> None:
    def run() -> NDArray[np.int32]:
        with Workers() as workers:
            return finished(searched(noise(1, 64, (64, 64)), noise(2, 64, (64, 64)), identity((64, 64)), SMALL, workers))

    assert np.array_equal(with_threads(1, run), with_threads(2, run))


def test_a_doubled_field_goes_twice_as_far() -> None:
    field = identity(SIZE) + np.array((1, -2), np.int32)
    assert np.array_equal(doubled(field) - identity((48, 60)), np.broadcast_to((2, -4), (48, 60, 2)))


def test_what_is_moved_by_one_shift_is_shifted_and_overlaps_are_averaged() -> None:
    values = noise(4)
    shifted = finished(moved(values, np.clip(identity(SIZE) + 2, 0, 20).astype(np.int32), 3))
    assert np.allclose(shifted[3:15, 3:15], values[5:17, 5:17], atol=1e-6)
    field = identity(SIZE)
    field[10, 10] += 5
    mixed = finished(moved(values, field, 3))
    assert np.allclose(mixed[10, 10], (8 * values[10, 10] + values[15, 15]) / 9, atol=1e-6)
    assert np.allclose(mixed[9, 11], (8 * values[9, 11] + values[14, 16]) / 9, atol=1e-6)
    assert np.allclose(mixed[0, 0], values[0, 0], atol=1e-6)


def test_buddies_are_each_others_nearest_and_follow_the_coarser_ones() -> None:
    there = identity(SIZE) + np.array((0, 1), np.int32)
    there[:, -1, 1] -= 1
    here = identity(SIZE) - np.array((0, 1), np.int32)
    here[:, 0, 1] += 1
    here[5:8] = 0
    whole = region(np.ones(SIZE, np.bool_), SMALL)
    maps = noise(1) * np.linspace(0.2, 1, SIZE[1], dtype=np.float32)[:, None], noise(2)
    found = buddies(there, here, maps, SMALL, whole, None)
    assert set(found.here[:, 0]).isdisjoint(range(5, 8))
    assert (found.there - found.here == (0, 1)).all()
    assert len(found.here) == 250  # k-means keeps the strongest of so many clusters
    assert found.strength.min() >= 0
    near = Buddies(np.array([[2, 2]], np.int32), np.array([[2, 3]], np.int32), np.ones(1, np.float32))
    followed = buddies(there, here, maps, SMALL, whole, near)
    assert followed.here.max() <= 6
    assert followed.strength.min() >= 1
    assert np.array_equal(finer(near).there, [[4, 6]])


def test_buddies_far_from_the_hole_are_left_out() -> None:
    hole = np.zeros((64, 64), np.bool_)
    hole[30:34, 30:34] = True
    maps = noise(1, size=(64, 64)), noise(2, size=(64, 64))
    found = buddies(identity((64, 64)), identity((64, 64)), maps, SMALL, region(hole, SMALL), None)
    assert found.here.min() == 30 - 2 - 4
    assert found.here.max() == 33 + 2 + 4


def bent() -> NDArray[np.float64]:
    """A smooth field of 96 x 96."""
    at = places((96, 96)).astype(np.float64)
    return at * 1.04 + np.stack([2 + 0.02 * at[..., 1], -3 + 2 * np.sin(at[..., 0] / 40)], -1)


def test_a_wrong_field_is_made_anew_from_its_surroundings(workers: Workers) -> None:
    hole = np.zeros((96, 96), np.bool_)
    hole[36:60, 30:66] = True
    truth = np.clip(bent(), 0, 95)
    field = np.rint(truth).astype(np.int32)
    field[hole] = np.random.default_rng(0).integers(20, 80, (int(hole.sum()), 2))
    kept = np.argwhere(~hole)[::37].astype(np.int32)
    found = Buddies(kept, field[kept[:, 0], kept[:, 1]], np.ones(len(kept), np.float32))
    made = finished(corrected(field, hole, found, LEVELS[-1], workers, margin=16))
    before, after = (np.linalg.norm(one - truth, axis=2)[hole].mean() for one in (field, made.field))
    assert before > 15
    assert after < 1
    assert made.wrong[hole].mean() > 0.8
    assert made.probability[hole].mean() < 0.5
    outside = ~made.wrong
    assert np.array_equal(made.field[outside], field[outside])
    again = finished(corrected(field, hole, found, LEVELS[-1], workers, margin=16))
    assert np.array_equal(made.field, again.field)


def test_without_anchors_the_correction_begins_at_the_corners(workers: Workers) -> None:
    hole = np.zeros((96, 96), np.bool_)
    hole[40:56, 40:56] = True
    field = np.rint(np.clip(bent(), 0, 95)).astype(np.int32)
    field[hole] = (5, 90)
    none = Buddies(np.zeros((0, 2), np.int32), np.zeros((0, 2), np.int32), np.zeros(0, np.float32))
    made = finished(corrected(field, hole, none, LEVELS[-1], workers, margin=16))
    assert np.linalg.norm(made.field - bent(), axis=2)[hole].mean() < 1


def test_a_right_field_is_hardly_changed(workers: Workers) -> None:
    hole = np.zeros((96, 96), np.bool_)
    hole[40:56, 40:56] = True
    kept = np.argwhere(~hole)[::37].astype(np.int32)
    field = np.rint(np.clip(bent(), 0, 95)).astype(np.int32)
    found = Buddies(kept, field[kept[:, 0], kept[:, 1]], np.ones(len(kept), np.float32))
    made = finished(corrected(field, hole, found, LEVELS[-1], workers))
    assert np.linalg.norm(made.field - field, axis=2).max() < 1.5
