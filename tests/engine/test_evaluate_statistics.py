"""Intervals of means and of paired differences, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation.statistics import badness, mean, paired


def test_the_interval_of_a_mean_is_that_of_the_normal_law() -> None:
    """400 values of deviation 2: the mean's deviation is 2 / 20, and 95 % lie within 1.96 of them."""
    drawn = np.random.default_rng(1).normal(10, 2, 400)
    values = (drawn - drawn.mean()) / drawn.std() * 2 + 10
    found = mean(values, np.arange(400))
    assert found.mean == pytest.approx(10)
    assert (found.low, found.high) == pytest.approx((10 - 0.196, 10 + 0.196), abs=0.012)
    assert (found.holes, found.pictures) == (400, 400)


def test_zeros_and_ones_have_the_binomial_interval() -> None:
    values = np.repeat([0.0, 1.0], [70, 30])
    found = mean(values, np.arange(100))
    spread = 1.96 * np.sqrt(0.3 * 0.7 / 100)
    assert (found.low, found.high) == pytest.approx((0.3 - spread, 0.3 + spread), abs=0.012)


def test_holes_of_one_picture_are_no_new_evidence() -> None:
    """Each picture ten times over: ten times the holes, and the same interval."""
    values = np.random.default_rng(2).normal(size=50)
    once, often = mean(values, np.arange(50)), mean(np.repeat(values, 10), np.repeat(np.arange(50), 10))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    assert (often.holes, often.pictures) == (500, 50)
    naive = mean(np.repeat(values, 10), np.arange(500))
    assert naive.high - naive.low < 0.5 * (often.high - often.low)


def test_pictures_with_more_holes_weigh_more_in_the_mean() -> None:
    found = mean(np.array([1.0, 1.0, 1.0, 5.0]), np.array(["a", "a", "a", "b"]))
    assert found.mean == 2
    assert (found.low, found.high) == (1, 5)


def test_the_same_seed_gives_the_same_interval_and_another_gives_another() -> None:
    values = np.random.default_rng(3).normal(size=30)
    assert mean(values, np.arange(30), 7) == mean(values, np.arange(30), 7)
    assert mean(values, np.arange(30), 7).low != mean(values, np.arange(30), 8).low


def test_one_picture_has_a_mean_and_no_interval() -> None:
    found = mean(np.array([1.0, 3.0]), np.array([5, 5]))
    assert (found.mean, found.pictures) == (2, 1)
    assert np.isnan([found.low, found.high]).all()
    assert mean(np.array([]), np.array([])).holes == 0


def test_what_pictures_share_is_no_part_of_a_paired_difference() -> None:
    """Pictures differ by 10, methods by 1 on each: the difference is known exactly."""
    hard = np.random.default_rng(4).normal(0, 10, 60)
    found = paired(hard - 1, hard, np.arange(60), "lower")
    assert (found.difference.mean, found.difference.low, found.difference.high) == pytest.approx((-1, -1, -1))
    assert (found.better, found.equal) == (60, 0)


@pytest.mark.parametrize(("better", "wins"), [("higher", 1), ("lower", 2), ("one", 1), ("zero", 2)])
def test_who_is_better_depends_on_the_score(better: str, wins: int) -> None:
    one, other = np.array([0.9, 0.2, 0.3, 0.5]), np.array([0.5, 0.4, 0.9, 0.5])
    found = paired(one, other, np.arange(4), better)
    assert (found.better, found.equal) == (wins, 1)


def test_scores_with_a_target_differ_by_their_distances_from_it() -> None:
    one, other = np.array([0.9, 1.3]), np.array([0.8, 1.1])
    assert paired(one, other, np.arange(2), "one").difference.mean == pytest.approx((-0.1 + 0.2) / 2)
    assert badness(np.array([-2.0, 1.0]), "zero").tolist() == [2, 1]
    assert badness(np.array([-2.0, 1.0]), "higher").tolist() == [2, -1]


def test_a_picture_is_better_by_the_mean_of_its_holes() -> None:
    found = paired(np.array([1.0, 5.0, 2.0]), np.array([2.0, 3.0, 3.0]), np.array([0, 0, 1]), "lower")
    assert (found.better, found.difference.pictures) == (1, 2)
