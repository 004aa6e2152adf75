"""Sliced Wasserstein distances, against plain loops over patches."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from scipy import ndimage

from engine.evaluation.scores import Judge
from engine.evaluation.scores.patches import laplacian_directions, laplacian_levels
from tests.engine.fills import Fill, noisy

WEIGHTS = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[..., None] / 256


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(["swd", "swd-laplacian"])


@pytest.fixture(scope="module")
def fill() -> Fill:
    """Odd sizes, and a hole at the picture's edge whose patches are few enough that all of them are taken."""
    truth = np.ascontiguousarray(skimage.data.astronaut()[20:97, 180:289])
    mask = np.zeros(truth.shape[:2], np.uint8)
    mask[:52, 60:] = 255
    return noisy(truth, mask)


def pyramid(pixels: np.ndarray) -> list[np.ndarray]:
    """ProGAN's `generate_laplacian_pyramid`, for pictures whose sides need not be powers of two."""
    levels = [pixels.astype(np.float32)]
    while min(levels[-1].shape[:2]) // 2 >= 16:
        fine = levels[-1]
        coarse = ndimage.convolve(fine, WEIGHTS, mode="mirror")[::2, ::2]
        spread = np.zeros_like(fine)
        spread[::2, ::2] = coarse
        levels[-1] = fine - ndimage.convolve(spread, 4 * WEIGHTS, mode="mirror")
        levels.append(coarse)
    return levels


def patches(level: np.ndarray, hole: np.ndarray) -> np.ndarray:
    padded = np.pad(level, ((3, 3), (3, 3), (0, 0)), "reflect")
    found = [padded[row : row + 7, column : column + 7].transpose(2, 0, 1) for row, column in np.argwhere(hole)]
    return np.array(found, np.float64)


def distance(ours: np.ndarray, theirs: np.ndarray, directions: np.ndarray) -> float:
    """The mean over directions of the mean distance of sorted projections."""
    gaps = [np.abs(np.sort(ours @ one) - np.sort(theirs @ one)).mean() for one in directions.T]
    return float(np.mean(gaps))


def test_the_pyramid_is_progans() -> None:
    for ours, theirs in zip(laplacian_levels(skimage.data.coffee()[:77, :109]), pyramid(skimage.data.coffee()[:77, :109]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_laplacian_patches_are_compared_level_by_level(judge: Judge, fill: Fill) -> None:
    found = []
    for number, levels in enumerate(zip(pyramid(fill.filled), pyramid(fill.truth), strict=True)):
        hole = fill.mask[:: 2**number, :: 2**number] > 0
        ours, theirs = (patches(level, hole) for level in levels)
        mean, spread = theirs.mean((0, 2, 3), keepdims=True), theirs.std((0, 2, 3), keepdims=True)
        sides = [((one - mean) / spread).reshape(len(one), -1) for one in (ours, theirs)]
        found.append(distance(*sides, laplacian_directions()))
    assert len(found) == 3
    assert judge.scores(*fill)["swd-laplacian"] == pytest.approx(1000 * np.mean(found), rel=1e-4)


def test_patches_of_the_picture_are_compared_along_random_directions(judge: Judge, fill: Fill) -> None:
    directions = np.random.default_rng(0).normal(size=(147, 64)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    sides = [patches(one, fill.mask > 0).reshape(-1, 147) / 255 for one in (fill.filled, fill.truth)]
    assert judge.scores(*fill)["swd"] == pytest.approx(1000 * distance(*sides, directions), rel=1e-4)


def test_the_same_texture_elsewhere_is_near_and_others_are_far(judge: Judge) -> None:
    rng = np.random.default_rng(2)
    truth = ndimage.gaussian_filter(rng.normal(128, 200, (128, 128, 3)), (2, 2, 0)).clip(0, 255).astype(np.uint8)
    mask = np.zeros((128, 128), np.uint8)
    mask[32:96, 32:96] = 255
    others = np.roll(truth, 32, 0), rng.permutation(truth.reshape(-1, 3)).reshape(truth.shape), ndimage.gaussian_filter(truth, (2, 2, 0))
    near, noise, blur = (judge.scores(np.where(mask[..., None] > 0, one, truth), truth, mask) for one in others)
    for name in near:
        assert 1.5 * near[name] < min(noise[name], blur[name])


def test_a_large_hole_is_judged_by_some_of_its_patches(judge: Judge) -> None:
    truth = np.ascontiguousarray(skimage.data.coffee()[:200, :200])
    mask = np.full((200, 200), 255, np.uint8)
    mask[:3] = 0
    found = judge.scores(*noisy(truth, mask))
    assert found == Judge(["swd", "swd-laplacian"]).scores(*noisy(truth, mask))
    assert all(value > 1 for value in found.values())


def test_a_flat_truth_is_not_taken_for_noise(judge: Judge, fill: Fill) -> None:
    flat = np.where(fill.mask[..., None] > 0, np.uint8(100), fill.truth)
    nearly = flat.copy()
    nearly[10, 90] += 1
    assert 0 < judge.scores(nearly, flat, fill.mask)["swd-laplacian"] < 50
