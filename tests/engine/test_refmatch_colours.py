"""Whose colours a restoration has: this photograph's where it is asked to match exposure or to paint, the reference's where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from tests.engine.refviews import Restored, apart, missed, restored, wall


def strange(again: Restored) -> np.ndarray:
    """How far, in levels, each filled pixel's colour is from any of the photograph's own."""
    views = wall()
    return cKDTree(views.truth[~views.hole].astype(float)[::3]).query(again.pixels[views.hole].astype(float))[0]


def cast(again: Restored) -> float:
    """By how many levels a fill is redder than blue, beyond what the truth is."""
    views = wall()
    red, _, blue = (again.pixels[views.hole].astype(float).mean(0) - views.truth[views.hole].mean(0)).tolist()
    return red - blue


def step_at_the_rim(pixels: np.ndarray) -> float:
    """Mean difference of horizontal neighbours across the hole's rim, in levels."""
    hole = wall().hole
    return float(np.abs(np.diff(pixels.astype(float), axis=1))[hole[:, 1:] != hole[:, :-1]].mean())


@pytest.fixture(scope="module")
def copied() -> Restored:
    return restored(wall().restyled().job())


@pytest.fixture(scope="module")
def painted() -> Restored:
    return restored(wall().restyled().job(palette=1.0))


@pytest.fixture(scope="module")
def untouched() -> Restored:
    return restored(wall().restyled().job(exposure=False))


def test_matched_exposure_takes_the_references_cast_away(copied: Restored) -> None:
    assert abs(cast(copied)) < 12
    assert apart(wall(), copied) < 9


def test_without_it_the_references_colours_stay(untouched: Restored) -> None:
    views = wall().restyled()
    assert cast(untouched) > 30
    there = np.rint(untouched.field.places).astype(int)
    assert np.abs(views.reference[tuple(there.T)].astype(int) - untouched.pixels[views.hole]).mean() < 4


def test_a_painted_fill_has_no_colour_that_the_photograph_has_not(painted: Restored, copied: Restored, untouched: Restored) -> None:
    assert strange(painted).mean() < 1
    assert np.percentile(strange(painted), 95) < 3
    assert strange(painted).mean() < strange(copied).mean() / 3
    assert strange(painted).mean() < strange(untouched).mean() / 8


def test_a_painted_fill_shows_what_the_reference_shows(painted: Restored) -> None:
    assert abs(cast(painted)) < 6
    assert apart(wall(), painted) < 10
    assert missed(wall(), painted).mean() < 0.8


def test_palette_is_a_share(painted: Restored, copied: Restored) -> None:
    half = restored(wall().restyled().job(palette=0.5))
    middle = (painted.pixels[wall().hole].astype(float) + copied.pixels[wall().hole]) / 2
    assert np.abs(half.pixels[wall().hole] - middle).mean() < 3


def test_the_rim_shows_only_where_the_references_own_colours_are_asked_for(
    copied: Restored, painted: Restored, untouched: Restored
) -> None:
    true = step_at_the_rim(wall().truth)
    assert step_at_the_rim(copied.pixels) < true + 1.5
    assert step_at_the_rim(painted.pixels) < true + 3
    assert step_at_the_rim(untouched.pixels) > true + 10
