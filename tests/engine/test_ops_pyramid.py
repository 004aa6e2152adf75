"""Smaller views and the texture channel, pixel by pixel in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from engine.job import finished
from engine.ops.bands import Workers
from engine.ops.pyramid import Scale, bridged, halved, texture


def scale(height: int, width: int, channels: int = 3, seed: int = 0) -> Scale:
    rng = np.random.default_rng(seed)
    missing = rng.random((height, width)) < 0.25
    missing[height // 3 : height // 2, width // 4 : width // 2] = True
    sources = ~missing & (rng.random((height, width)) < 0.8)
    return Scale(rng.integers(0, 255, (height, width, channels), np.uint8), missing, sources)


def half(fine: Scale) -> Scale:
    with Workers() as workers:
        return finished(halved(fine, workers))


def quad(array: np.ndarray, row: int, column: int) -> np.ndarray:
    """The four pixels under one of half the size, the last row or column once more where there is no other."""
    height, width = array.shape[:2]
    rows, columns = np.minimum([2 * row, 2 * row + 1], height - 1), np.minimum([2 * column, 2 * column + 1], width - 1)
    return array[np.ix_(rows, columns)].reshape(4, *array.shape[2:])


@pytest.mark.parametrize(("height", "width"), [(12, 14), (13, 9), (1, 7), (515, 6), (513, 5)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_halved_is_the_mean_of_what_is_known(height: int, width: int, channels: int) -> None:
    fine = scale(height, width, channels)
    small = half(fine)
    assert small.size == (-(-height // 2), -(-width // 2))
    for row, column in np.ndindex(small.size):
        known = ~quad(fine.missing, row, column)
        assert small.missing[row, column] == (known.sum() < 2)
        if known.any():
            mean = quad(fine.pixels, row, column)[known].astype(float).mean(axis=0)
            assert np.abs(small.pixels[row, column] - mean).max() <= 0.5
        allowed = quad(fine.sources, row, column).sum()
        if small.missing[row, column] or allowed == 0:
            assert not small.sources[row, column]
        elif allowed > 2:
            assert small.sources[row, column]


def around(length: int, at: int, reach: range) -> np.ndarray:
    """Indices at + reach, reflected at both ends with the end itself repeated."""
    indices = (np.array([at + k for k in reach])) % (2 * length)
    return np.where(indices < length, indices, 2 * length - 1 - indices)


@pytest.mark.parametrize(("height", "width"), [(12, 14), (13, 9), (7, 31)])
def test_bridged_is_the_binomial_mean_of_what_is_known(height: int, width: int) -> None:
    fine = scale(height, width, 4)
    small = bridged(fine)
    weights = np.outer([1, 5, 10, 10, 5, 1], [1, 5, 10, 10, 5, 1]) / 1024
    assert small.size == (-(-height // 2), -(-width // 2))
    for row, column in np.ndindex(small.size):
        under = np.ix_(around(height, 2 * row, range(-2, 4)), around(width, 2 * column, range(-2, 4)))
        shares = weights * ~fine.missing[under]
        allowed = (weights * fine.sources[under]).sum()
        assert small.missing[row, column] == (shares.sum() < 1e-3)
        if not small.missing[row, column]:
            mean = (shares[..., None] * fine.pixels[under]).sum(axis=(0, 1)) / shares.sum()
            assert np.abs(small.pixels[row, column] - mean).max() <= 0.501
            if abs(allowed - shares.sum() / 2) > 1e-5:
                assert small.sources[row, column] == (allowed > shares.sum() / 2)


def test_a_thin_hole_vanishes_and_a_wide_one_shrinks() -> None:
    pixels = np.full((40, 40, 4), 90, np.uint8)
    missing = np.zeros((40, 40), np.bool_)
    missing[:, 20:23] = True
    assert not bridged(Scale(pixels, missing, ~missing)).missing.any()
    missing[5:35, 8:36] = True
    small = bridged(Scale(pixels, missing, ~missing))
    assert 0 < small.missing.sum() < missing.sum() / 4
    assert (small.pixels[~small.missing] == 90).all()


def test_missing_pixels_are_never_looked_at() -> None:
    one = scale(21, 18, 3)
    noise = np.random.default_rng(3).integers(0, 255, one.pixels.shape, np.uint8)
    other = Scale(np.where(one.missing[..., None], noise, one.pixels), one.missing, one.sources)
    for smaller in (half, bridged):
        first, second = smaller(one), smaller(other)
        assert np.array_equal(first.pixels[~first.missing], second.pixels[~second.missing])
    assert np.array_equal(texture(one.pixels, one.missing), texture(other.pixels, other.missing))


@pytest.mark.parametrize("side", [3, 9])
def test_texture_is_the_mean_difference_of_known_neighbours(side: int) -> None:
    height, width = 17, 22
    grey = np.random.default_rng(5).integers(0, 255, (height, width), np.uint8)
    missing = scale(height, width).missing
    known, luma = (~missing).astype(float), grey.astype(float)
    busy = np.zeros((height, width))
    for row, column in np.ndindex(height, width):
        for to in ((row, column + 1), (row + 1, column)):
            if to[0] < height and to[1] < width and known[row, column] and known[to]:
                busy[row, column] += abs(luma[row, column] - luma[to])
    got, reach = texture(np.dstack([grey] * 3), missing, side), range(-(side // 2), side // 2 + 1)
    for row, column in np.ndindex(height, width):
        under = np.ix_(around(height, row, reach), around(width, column, reach))
        share = known[under].sum()
        assert got[row, column] == pytest.approx(busy[under].sum() / share if share else 0, abs=1e-2)
