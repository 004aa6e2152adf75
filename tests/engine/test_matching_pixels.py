"""Views of photographs, how well two agree, flow between them, colours brought to those of the other, and maps at a finer scale."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from engine.geometry import Box, Window
from engine.job import finished
from engine.matching import flow
from engine.matching.agreement import correlation, ring, ring_score
from engine.matching.colour import applied, colour_change
from engine.matching.composition import softened
from engine.matching.finer import part_sampled
from engine.matching.views import view_of
from engine.matching.warping import FineMap, places, places_of, sampled
from engine.method import Beside

PHOTOGRAPH = np.ascontiguousarray(skimage.data.astronaut()[:240, 100:420])
SIZE = PHOTOGRAPH.shape[:2]
ALL = np.ones(SIZE, bool)
GREY = cv2.cvtColor(PHOTOGRAPH, cv2.COLOR_RGB2GRAY).astype(np.float32)


@pytest.mark.parametrize(("size", "reduced"), [((240, 320), (240, 320)), ((1000, 4096), (250, 1024)), ((1, 5000), (1, 1024))])
def test_a_view_is_no_longer_than_it_may_be_and_places_come_back_from_it(size: tuple[int, int], reduced: tuple[int, int]) -> None:
    view = view_of(np.zeros((*size, 3), np.uint8), np.ones(size, bool))
    assert (view.size, view.full) == (reduced, size)
    corners = np.array([[-0.5, -0.5], [size[0] - 0.5, size[1] - 0.5]])
    assert np.allclose(view.from_full(corners), [[-0.5, -0.5], [reduced[0] - 0.5, reduced[1] - 0.5]])
    assert np.allclose(view.to_full(view.from_full(corners)), corners)


def test_a_view_of_16_bit_grey_is_8_bit_rgb() -> None:
    view = view_of(np.full((20, 30, 1), 0x80FF, np.uint16), np.ones((20, 30), bool))
    assert (view.pixels.dtype, view.pixels.shape) == (np.uint8, (20, 30, 3))
    assert (view.pixels == 0x80).all()


def test_what_is_unknown_darkens_nothing_and_makes_no_edge() -> None:
    known = np.ones((600, 2048), bool)
    known[101:400, 301:900] = False
    pixels = np.where(known[..., None], np.uint8(200), np.uint8(0)).repeat(3, 2)
    view = view_of(pixels, known)
    assert view.pixels.min() >= 199
    assert not view.known[50, 150]  # half of it is known
    assert view.known[49, 150]


def test_correlation_does_not_mind_light_and_minds_likeness() -> None:
    textured = correlation(GREY, GREY, ALL) > 0.9
    assert textured.mean() > 0.4
    assert correlation(GREY, 0.5 * GREY + 40, ALL)[textured].mean() > 0.9
    assert correlation(GREY, 255 - GREY, ALL)[textured].mean() < -0.9
    assert abs(correlation(GREY, np.roll(GREY, 90, 1), ALL).mean()) < 0.3


def test_a_ring_lies_around_the_hole_and_everywhere_where_there_is_none() -> None:
    hole = np.zeros(SIZE, bool)
    hole[100:120, 100:120] = True
    weights = ring(hole, 10)
    assert not weights[hole].any()
    assert weights[99, 110] > weights[90, 110] > weights[80, 110] > 0
    assert weights[20, 110] == 0
    assert (ring(~ALL, 10) == 1).all()


def test_the_score_looks_around_the_hole_only() -> None:
    hole = np.zeros(SIZE, bool)
    hole[100:140, 140:180] = True
    far = np.where(ring(hole, 10) > 0, GREY, 255 - GREY)
    near = np.where(ring(hole, 10) > 0, 255 - GREY, GREY)
    scores = [ring_score(GREY, other, ~hole, hole, 10)[0] for other in (GREY, far, near)]
    assert scores[0] > 0.95
    assert scores[1] > 0.8
    assert scores[2] < -0.5
    assert ring_score(GREY, GREY, ~ALL, hole, 10)[0] == 0


def shifted(down: float, across: float) -> np.ndarray:
    return cv2.warpAffine(GREY, np.array([[1.0, 0, -across], [0, 1, -down]]), SIZE[::-1], borderMode=cv2.BORDER_REFLECT)


def test_flow_finds_a_shift_in_another_light_and_none_of_it_in_the_hole() -> None:
    hole = np.zeros(SIZE, bool)
    hole[80:160, 120:200] = True
    away = cv2.distanceTransform((~hole).view(np.uint8), cv2.DIST_L2, 3)
    found = finished(flow.residual(np.where(hole, 0, GREY), ~hole, 0.6 * shifted(-2, 3) + 30, ALL, away, 1.0))
    assert len(found.at) > 500
    assert not hole[tuple(found.at.astype(int).T)].any()
    assert np.abs(np.median(found.flow, 0) - (2, -3)).max() < 0.2
    corrected = flow.carried_on(places(SIZE), found, 1.0, (np.zeros((0, 2)), np.zeros((0, 2))))
    assert np.abs(corrected[40, 60] - (42, 57)).max() < 0.3
    assert np.linalg.norm(corrected[120, 160] - (122, 157)) < 2  # in the midst of the hole it fades


def test_pictures_too_small_for_flow_have_none_and_leave_the_map() -> None:
    small = np.zeros((15, 40), np.float32)
    found = finished(flow.residual(small, small == 0, small, small == 0, small + 8, 1.0))
    assert len(found.at) == len(found.flow) == len(found.back) == len(found.alike) == 0
    there = places((15, 40))
    assert flow.carried_on(there, found, 1.0, (np.zeros((0, 2)), np.zeros((0, 2)))) is there


def test_flow_is_the_same_at_any_number_of_threads() -> None:
    threads = cv2.getNumThreads()
    both = [flow.even(one, ALL) for one in (GREY, shifted(3, 5))]
    found: list[bytes] = []
    for number in (1, 3):
        cv2.setNumThreads(number)
        found.append(finished(flow.both_ways(*both))[0].tobytes())
        assert cv2.getNumThreads() == number
    cv2.setNumThreads(threads)
    assert found[0] == found[1]


def test_colours_are_brought_to_those_of_the_picture_in_spite_of_something_else_in_it() -> None:
    target = PHOTOGRAPH.astype(np.float32) / 255
    other = (target * np.float32([0.9, 0.8, 0.6]) + np.float32(0.05)).clip(0, 1)
    changed = target.copy()
    changed[:60, :60] = (1, 0, 1)
    change = colour_change(changed, other, np.ones(SIZE, np.float32), 120)
    found = applied(other, change.at(places(SIZE), SIZE))
    assert np.abs(found - target)[80:, 80:].mean() < 0.02
    assert np.abs(other - target)[80:, 80:].mean() > 0.05


@pytest.mark.parametrize("channels", [1, 3])
def test_where_nothing_can_be_compared_colours_stay(channels: int) -> None:
    target = np.random.default_rng(0).random((20, 30, channels), np.float32)
    change = colour_change(target, 1 - target, np.zeros((20, 30), np.float32), 9)
    assert np.array_equal(applied(target, change.at(places((20, 30)), (20, 30))), target)


def test_places_of_a_window_are_those_of_its_pixels() -> None:
    window = Window(Box(10, 20, 8, 12), (4, 3))
    at = places_of(window)
    assert at.shape == (4, 3, 2)
    assert at[0, 0].tolist() == list(window.to_picture(0, 0))
    assert at[3, 2].tolist() == list(window.to_picture(3, 2))
    assert np.abs(FineMap(window, at.astype(np.float32)).at(at) - at).max() < 1e-3


@pytest.mark.parametrize("there", [places((30, 40)) + 50, places((30, 40)) - 17, places((30, 40)) + 1e6])
def test_a_part_of_a_reference_is_sampled_as_the_whole(there: np.ndarray) -> None:
    reference = Beside("1.jpg", PHOTOGRAPH, ALL, np.zeros((0, 4)))
    whole, part = sampled(PHOTOGRAPH.astype(np.float32) / 255, ALL, there), part_sampled(reference, there)
    assert np.array_equal(whole[1], part[1])
    assert np.abs(whole[0] - part[0])[part[1]].max(initial=0) < 1e-5


def test_what_is_shown_passes_into_what_is_not_over_some_pixels() -> None:
    shown = np.zeros((20, 40), bool)
    shown[:, :20] = True
    row = softened(np.ones((20, 40, 1), np.float32), shown, np.zeros((20, 40, 1), np.float32), 8.0)[10, :, 0]
    assert (row[:11] == 1).all()
    assert (row[20:] == 0).all()
    assert (np.diff(row[11:21]) < 0).all()
