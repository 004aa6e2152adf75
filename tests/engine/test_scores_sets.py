"""Distances of clouds of features, against closed forms, scipy's matrix root and loops over pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from engine.evaluation.scores import set_scores
from engine.evaluation.scores.sets import frechet_distance, kernel_distance


def exactly(mean: np.ndarray, covariance: np.ndarray, count: int) -> np.ndarray:
    """(count, d): a cloud with this very mean and covariance."""
    raw = np.random.default_rng(count).normal(size=(count, len(mean)))
    raw -= raw.mean(0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return white @ np.linalg.cholesky(covariance).T + mean


def test_frechet_distance_of_gaussians_that_commute_is_the_closed_form() -> None:
    ours, theirs = np.array([1.0, 4, 9, 2]), np.array([4.0, 4, 1, 2])
    clouds = exactly(np.array([1.0, 2, 3, 0]), np.diag(ours), 50), exactly(np.array([1.0, 0, 3, 1]), np.diag(theirs), 70)
    wanted = 4 + 1 + np.square(np.sqrt(ours) - np.sqrt(theirs)).sum()
    assert frechet_distance(*clouds) == pytest.approx(wanted, rel=1e-10)


def test_frechet_distance_of_any_gaussians_is_that_of_the_matrix_root() -> None:
    rng = np.random.default_rng(3)
    first, second = (one @ one.T + 0.1 * np.eye(6) for one in rng.normal(size=(2, 6, 6)))
    shift = rng.normal(size=6)
    wanted = shift @ shift + np.trace(first + second - 2 * linalg.sqrtm(first @ second).real)
    assert frechet_distance(exactly(shift, first, 40), exactly(np.zeros(6), second, 31)) == pytest.approx(wanted, rel=1e-10)


def test_frechet_distance_stands_with_fewer_pictures_than_features() -> None:
    """Two clouds along one line each, at a right angle: nothing of the spread is shared."""
    steps = np.array([-1.0, 0, 1])
    ours, theirs = np.zeros((3, 100)), np.zeros((3, 100))
    ours[:, 7], theirs[:, 60] = 2 * steps, 3 * steps
    assert frechet_distance(ours, theirs) == pytest.approx(4 + 9)
    assert frechet_distance(ours, ours[::-1]) == pytest.approx(0, abs=1e-12)
    theirs[:, 60], theirs[:, 7] = 0, 3 * steps
    assert frechet_distance(ours, theirs) == pytest.approx(1)


def test_kernel_distance_is_the_unbiased_estimate() -> None:
    rng = np.random.default_rng(4)
    ours, theirs = rng.normal(size=(7, 5)), rng.normal(0.5, 1, size=(9, 5))

    def kernel(first: np.ndarray, second: np.ndarray) -> float:
        return float((first @ second / 5 + 1) ** 3)

    within = [np.mean([kernel(a, b) for i, a in enumerate(one) for j, b in enumerate(one) if i != j]) for one in (ours, theirs)]
    across = np.mean([kernel(a, b) for a in ours for b in theirs])
    assert kernel_distance(ours, theirs) == pytest.approx(1000 * (sum(within) - 2 * across), rel=1e-10)


def test_kernel_distance_of_one_source_is_zero_on_average() -> None:
    rng = np.random.default_rng(5)
    found = [kernel_distance(*rng.normal(size=(2, 10, 4))) for _ in range(400)]
    assert min(found) < 0 < max(found)
    assert abs(np.mean(found)) < 4 * np.std(found) / 20


def test_kernel_distance_of_a_cloud_to_itself_is_below_zero() -> None:
    cloud = np.random.default_rng(9).normal(size=(12, 4))
    assert kernel_distance(cloud, cloud) < 0


def features(rng: np.random.Generator, count: int, *networks: str) -> list[dict[str, np.ndarray]]:
    return [{network: rng.normal(size=8).astype(np.float32) for network in networks} for _ in range(count)]


def test_a_set_has_the_scores_whose_features_every_picture_has() -> None:
    rng = np.random.default_rng(6)
    both, one = features(rng, 5, "vgg16", "inception"), features(rng, 4, "vgg16")
    assert list(set_scores(both, both)) == ["frechet-vgg16", "fid", "kid"]
    assert list(set_scores(both, one)) == ["frechet-vgg16"]
    assert set_scores(both, both)["fid"] == pytest.approx(0, abs=1e-9)
    assert set_scores(both, one)["frechet-vgg16"] > 1


def test_one_picture_is_no_set() -> None:
    rng = np.random.default_rng(8)
    assert set_scores(features(rng, 1, "vgg16"), features(rng, 3, "vgg16")) == {}
