"""References that show a part of the hole, that show it together, and that only control points can lay on the picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine.errors import NoMatch
from tests.engine.refviews import Restored, Views, apart, missed, restored, wall

POINTS = [(60, 110), (80, 420), (320, 130), (330, 400)]


def middle(views: Views) -> int:
    """The column of the reference at which the hole's middle lies."""
    return round(float(views.there[views.hole][:, 1].mean()))


def left(views: Views) -> np.ndarray:
    """The part of the reference up to a little beyond the hole's middle."""
    return np.ascontiguousarray(views.reference[:, : middle(views) + 4])


def right(views: Views) -> np.ndarray:
    """The part from a little before the hole's middle."""
    return np.ascontiguousarray(views.reference[:, middle(views) - 4 :])


def step_across(pixels: np.ndarray, border: np.ndarray) -> float:
    """Mean difference of horizontal neighbours where the second is marked (h, w)."""
    return float(np.abs(np.diff(pixels.astype(int), axis=1))[border[:, 1:]].mean())


@pytest.fixture(scope="module")
def half_shown() -> Restored:
    return restored(wall().job(left(wall())))


def test_what_a_reference_shows_comes_from_it_and_the_rest_from_patches(half_shown: Restored) -> None:
    field, views = half_shown.field, wall()
    assert missed(views, half_shown).mean() < 0.6
    shown = views.there[views.hole][:, 1] < middle(views) + 3
    assert (field.origins[shown] == 0).mean() > 0.97
    assert (field.origins[~shown] < 0).mean() > 0.9
    assert np.isnan(field.places[field.origins < 0]).all()
    assert half_shown.result.record["references"][0]["used"] == pytest.approx(shown.mean(), abs=0.05)


def test_patches_meet_what_a_reference_shows_without_a_seam(half_shown: Restored) -> None:
    views = wall()
    origins = np.full(views.hole.shape, 0)
    origins[views.hole] = half_shown.field.origins
    border = np.zeros_like(views.hole)
    border[:, 1:] = views.hole[:, 1:] & (origins[:, :-1] >= 0) & (origins[:, 1:] < 0)
    border &= views.hole & np.roll(views.hole, 1, axis=1)
    inside = views.hole & np.roll(views.hole, 1, axis=1)
    assert border.sum() > 50
    assert step_across(half_shown.pixels, border) < step_across(half_shown.pixels, inside) + 3


def test_two_references_that_show_a_half_each_are_both_used() -> None:
    views = wall()
    again = restored(views.job(left(views), views.restyled().reference[:, middle(views) - 4 :]))
    field = again.field
    assert set(np.unique(field.origins)) == {0, 1}
    assert [row["used"] > 0.3 for row in again.result.record["references"]] == [True, True]
    places = field.places + np.where(field.origins[:, None] == 1, (0, middle(views) - 4), (0, 0))
    assert np.linalg.norm(places - views.there[views.hole], axis=1).mean() < 1
    assert apart(views, again) < 8


def test_control_points_alone_lay_a_reference_on_the_picture_that_nothing_else_could() -> None:
    views = wall()
    unlike = cv2.GaussianBlur(255 - views.reference, (0, 0), 4)
    with pytest.raises(NoMatch):
        restored(views.job(unlike))
    again = restored(views.job(unlike, points=views.points(POINTS)))
    assert missed(views, again).mean() < 1.5
    assert again.result.record["references"][0]["used"] == 1


def test_a_control_point_is_met_exactly_whatever_the_matches_say() -> None:
    views = wall()
    place = np.argwhere(views.hole)[views.hole.sum() // 2]
    (point,) = views.points([(int(place[0]), int(place[1]))])
    moved = replace(point, there=(point.there[0] + 6, point.there[1] - 4))
    field = restored(views.job(points=(moved,))).field
    at = np.flatnonzero((np.argwhere(views.hole) == place).all(1))
    assert np.abs(field.places[at] - moved.there).max() < 0.5


def test_a_transparent_part_of_a_reference_shows_nothing() -> None:
    views = wall()
    alpha = np.full(views.reference.shape[:2], 255, np.uint8)
    alpha[:, middle(views) :] = 0
    loud = np.where(alpha[..., None] > 0, views.reference, (0, 255, 0)).astype(np.uint8)
    again = restored(views.job(np.dstack([loud, alpha])))
    assert 0.3 < again.result.record["references"][0]["used"] < 0.7
    greens = again.pixels[views.hole].astype(int)
    assert (greens[:, 1] > greens[:, 0] + 60).mean() < 0.01
