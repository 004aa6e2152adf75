"""Restoring from a second photograph: where the pixels of the hole are found, of scenes whose geometry is known."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from engine.errors import NoMatch
from engine.evidence import ConfidenceMap
from engine.geometry import Box
from engine.mapping import MappingField
from tests.engine.refviews import SIZE, Restored, apart, boxes, corner, missed, restored, wall
from tests.engine.weights_there import needs_weights


@pytest.fixture(scope="module")
def wall_again() -> Restored:
    return restored(wall().job())


@pytest.fixture(scope="module")
def wall_restyled() -> Restored:
    return restored(wall().restyled().job())


def test_a_plane_is_found_within_a_pixel(wall_again: Restored) -> None:
    assert missed(wall(), wall_again).mean() < 0.6
    assert apart(wall(), wall_again) < 5


def test_a_plane_in_another_light_is_found_within_a_pixel(wall_restyled: Restored) -> None:
    assert missed(wall(), wall_restyled).mean() < 0.8
    assert apart(wall(), wall_restyled) < 9


@needs_weights("landmark")
def test_a_plane_is_found_by_our_network_too() -> None:
    again = restored(wall().restyled().job(features="landmark"))
    assert missed(wall(), again).mean() < 0.8
    assert again.result.record["references"][0]["inliers"] > 500


@pytest.mark.parametrize("light", ["same", "other"])
def test_the_corner_of_a_house_is_found(light: str) -> None:
    views = corner() if light == "same" else corner().restyled()
    assert missed(views, restored(views.job())).mean() < 1.6


@pytest.mark.parametrize("light", ["same", "other"])
def test_behind_boxes_the_wall_is_found_and_across_their_edges_nothing_is_farther_off_than_they_stand_out(light: str) -> None:
    views = boxes() if light == "same" else boxes().restyled()
    errors = missed(views, restored(views.job()))
    above = (np.argwhere(views.hole)[:, 0] < SIZE[0] * 0.46)[views.seen[views.hole]]
    assert errors[above].mean() < 2
    assert errors.max() < 20


@pytest.mark.parametrize("quarters", [1, 2])
def test_a_reference_that_lies_on_its_side_or_stands_on_its_head_is_found(quarters: int) -> None:
    views = wall().turned(quarters)
    assert missed(views, restored(views.job())).mean() < 1


def test_a_reference_from_a_tilted_camera_is_found() -> None:
    views = wall(30.0).restyled()
    assert missed(views, restored(views.job())).mean() < 1


def test_a_large_photograph_is_restored_as_finely_as_it_is() -> None:
    views = wall().sized(5)
    again = restored(views.job())
    assert missed(views, again).mean() < 3  # 0.6 of a pixel of the small one
    assert apart(views, again) < 4


def test_photographs_of_24_rows_show_nothing_that_could_be_matched() -> None:
    with pytest.raises(NoMatch):
        restored(wall().sized(1 / 16).job())


def test_the_photograph_before_somebody_came_restores_what_stood_there() -> None:
    views = wall()
    assert apart(views, restored(views.job(views.truth))) < 3


@pytest.mark.parametrize("reference", ["another place", "mirrored"])
def test_a_reference_that_does_not_fit_is_refused_in_one_sentence(reference: str) -> None:
    views = corner()
    pixels = skimage.data.rocket() if reference == "another place" else np.ascontiguousarray(views.reference[:, ::-1])
    with pytest.raises(NoMatch) as raised:
        restored(views.job(pixels))
    sentence = str(raised.value)
    assert sentence.startswith("1.jpg ")
    assert sentence.count(".") == 2  # of the name, and at the end
    assert "control points" in sentence


def test_a_reference_that_does_not_fit_is_left_alone_where_that_is_asked() -> None:
    views = corner()
    result, pixels = restored(views.job(skimage.data.rocket(), no_match="fill"))
    assert result.record["matched"] is False
    assert [row["used"] for row in result.record["references"]] == [0.0]
    assert not [one for one in result.evidence if isinstance(one, MappingField)]
    assert (pixels[views.hole] == (150, 30, 40)).all(-1).mean() < 0.01


def test_evidence_says_where_each_pixel_came_from(wall_again: Restored) -> None:
    field = wall_again.field
    places = field.places[field.origins >= 0]
    assert len(places) == wall().hole.sum()
    assert ((places > -1) & (places < np.array(SIZE))).all()
    maps = [one for one in wall_again.result.evidence if isinstance(one, ConfidenceMap)]
    assert len(maps) == 3
    for one in maps:
        values = one.layer(one.layers()[0].name, Box.whole(SIZE))
        assert 0 <= np.nanmin(values) <= np.nanmax(values) <= 1


def test_anchors_lie_at_the_same_things_and_none_in_the_hole(wall_again: Restored) -> None:
    anchors = wall_again.field.anchors()
    assert len(anchors) > 100
    at = np.rint(anchors[:, :2]).astype(int).clip(0, np.array(SIZE) - 1)
    off = np.linalg.norm(anchors[:, 2:4] - anchors[:, :2] - (wall().there[tuple(at.T)] - at), axis=1)
    assert np.nanmedian(off) < 1
    assert not wall().hole[tuple(at.T)].any()
