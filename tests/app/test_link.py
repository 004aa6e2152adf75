"""Where a place of one photograph is looked for in the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.view.canvas.link import Link
from app.view.canvas.viewport import Viewport
from engine.geometry import Box, Window
from engine.reference import Match

HERE, THERE = (300, 400), (600, 500)
TURN = 0.3
PLANE = 1.25 * np.array([[math.cos(TURN), -math.sin(TURN)], [math.sin(TURN), math.cos(TURN)]])


def mapped(spots: np.ndarray, bent: float) -> np.ndarray:
    """Turned and enlarged; in the right half bent away."""
    flat = spots @ PLANE.T + (120.0, 10.0)
    flat[..., 0] += bent * np.maximum(spots[..., 1] - 200, 0) / 200
    return flat


def link(bent: float = 0.0, wrong: float = 0.0) -> Link:
    rng = np.random.default_rng(0)
    window = Window(Box.whole(HERE), (15, 20))
    centres = (np.indices((15, 20)).transpose(1, 2, 0) + 0.5) * 20
    spots = rng.uniform((0, 0), (300, 200), (300, 2))
    ends = mapped(spots, 0.0)
    ends[rng.random(300) < wrong] += 60.0
    pairs = np.concatenate([spots, ends], axis=1) - 0.5
    match = Match("other", 0.8, 300, 1.0, pairs.astype(np.float32), window, (mapped(centres, bent) - 0.5).astype(np.float32))
    return Link(HERE, THERE, match)


@pytest.mark.parametrize("wrong", [0.0, 0.3])
def test_the_scale_is_that_of_most_matches(wrong: float) -> None:
    assert link(wrong=wrong).scale == pytest.approx(1.25, rel=0.01)


def test_a_place_there_and_back() -> None:
    bent = link(bent=30.0)
    for spot in ((100.0, 100.0), (150.0, 350.0)):
        there = bent.there(spot)
        assert there is not None
        assert there == pytest.approx(tuple(mapped(np.array(spot), 30.0)), abs=0.5)
        assert bent.here(there) == pytest.approx(spot, abs=0.1)


def test_a_view_shows_in_its_middle_what_the_other_does_however_the_mapping_bends() -> None:
    bent = link(bent=30.0)
    of = Viewport(HERE, 200, 200, 3.0, 100 - 3 * 350, 100 - 3 * 150)
    view = bent.follow(Viewport(THERE, 200, 200), of)
    assert view.to_picture(100, 100) == pytest.approx(tuple(mapped(np.array([150.0, 350.0]), 30.0)), abs=1)
    assert view.scale == pytest.approx(3 / 1.25, rel=0.01)
    moved = bent.follow(view, of, (5.0, -7.0))
    assert bent.shift(moved, of) == pytest.approx((5.0, -7.0))


def test_what_to_look_at_never_jumps_at_the_edge_of_the_photograph() -> None:
    bent = link(bent=30.0)
    along = np.array([bent.near((150.0, column)) for column in np.arange(380.0, 440.0, 1.0)])
    assert np.abs(np.diff(along, axis=0)).max() < 2


def test_without_a_match_nothing_is_certain_and_the_middles_are_held_together() -> None:
    blind = Link(HERE, THERE)
    assert blind.there((100, 100)) is None
    assert blind.here((100, 100)) is None
    assert blind.near((150, 200)) == pytest.approx((300, 250))
    assert blind.near_here((300, 250)) == pytest.approx((150, 200))
    same = Link(HERE, HERE, same=True)
    assert same.there((10, 20)) == same.here((10, 20)) == (10, 20)
    assert same.near((10, 20)) == pytest.approx((10, 20))


def test_a_view_of_all_is_held_against_a_view_of_all() -> None:
    of = Viewport(HERE, 500, 400).fit()
    view = link().follow(Viewport(THERE, 500, 400), of)
    assert view == Viewport(THERE, 500, 400).fit()
