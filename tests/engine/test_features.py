"""Every kind of features on real photographs and on a known mapping; what is asked of all of them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch
from skimage import data

from engine.matching.features import FEATURES, Features, features, matched
from engine.matching.keypoints import REMEMBERED, RIM, Keypoints
from engine.ops import steady
from tests.engine.laws import with_threads

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (240, 360)
EVERY = [pytest.param(name, marks=pytest.mark.skipif(not kind.ready, reason=f"{name} is not here")) for name, kind in FEATURES.items()]
DENSE = [one for one in EVERY if one.values[0] in {"landmark", "vgg16", "vgg19"}]
STEREO = {"landmark": 0.8, "rootsift": 0.8, "vgg16": 0.8, "vgg19": 0.8, "aliked-n16": 0.8}
DRAWN = {"landmark": 0.85, "rootsift": 0.9, "vgg16": 0.7, "vgg19": 0.6, "aliked-n16": 0.65}
"""Least shares of matches within 3 pixels of where they belong, in two photographs and in a drawn view."""
LEAN = {"landmark": 0.07, "rootsift": 0.07, "vgg16": 0.07, "vgg19": 0.07, "aliked-n16": 0.3}
"""Pixels by which all matches may lie to one side; ALIKED's learned points lean with what they lie on."""


def reduced(pixels: np.ndarray) -> np.ndarray:
    return cv2.resize(pixels, SIZE[::-1], interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[: SIZE[0], : SIZE[1]])


@pytest.fixture(scope="module")
def view(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The picture turned by 8 degrees, smaller, at a slant and in evening light, and the homography (x, y) that does it."""
    turn = np.vstack([cv2.getRotationMatrix2D((180, 120), 8, 0.9), [0, 0, 1]])
    slant = np.array([[1, 0.04, 0], [0.02, 1, 0], [1e-4, 5e-5, 1]])
    plane = slant @ turn
    other = cv2.warpPerspective(picture, plane, SIZE[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    light = (other / 255.0) ** 1.5 * np.array([1.0, 0.8, 0.6]) * 255
    return np.rint(light).astype(np.uint8), plane


def ratio(name: str) -> float:
    return 0.85 if name == "rootsift" else 1.0


@pytest.mark.parametrize("name", EVERY)
def test_two_photographs_of_one_place(name: str) -> None:
    left, right, disparity = data.stereo_motorcycle()
    times = SIZE[1] / left.shape[1]
    find = features(name)
    one, other = find(reduced(left)), find(reduced(right))
    pairs = matched(one, other, ratio(name))
    here, there = one.places[pairs[:, 0]], other.places[pairs[:, 1]]
    shift = times * cv2.resize(disparity, SIZE[::-1], interpolation=cv2.INTER_NEAREST)
    moved = shift[tuple(np.rint(here).astype(int).T)]
    away = np.hypot(there[:, 0] - here[:, 0], there[:, 1] - here[:, 1] + moved)[np.isfinite(moved)]
    assert len(pairs) > 120
    assert (away < 3).mean() > STEREO[name]


@pytest.mark.parametrize("name", EVERY)
def test_a_known_mapping_is_found_more_finely_than_a_pixel(name: str, picture: np.ndarray, view: tuple[np.ndarray, np.ndarray]) -> None:
    find = features(name)
    one, other = find(picture), find(view[0])
    pairs = matched(one, other, ratio(name))
    here, there = one.places[pairs[:, 0]], other.places[pairs[:, 1]]
    goal = cv2.perspectiveTransform(here[:, None, ::-1], view[1])[:, 0, ::-1]
    away = np.linalg.norm(goal - there, axis=1)
    assert len(pairs) > 120
    assert (away < 3).mean() > DRAWN[name]
    assert np.median(away[away < 3]) < 0.7
    assert np.abs(np.median((there - goal)[away < 3], axis=0)).max() < LEAN[name]


@pytest.mark.parametrize("name", EVERY)
def test_keypoints_are_well_formed_and_keep_off_the_unknown(name: str, picture: np.ndarray) -> None:
    known = np.ones(SIZE, bool)
    known[70:160, 110:250] = False
    found = features(name)(picture, known)
    away = cv2.distanceTransform(known.view(np.uint8), cv2.DIST_C, 3)
    assert len(found) > 150
    assert away[tuple(np.rint(found.places).astype(int).T)].min() >= RIM
    assert found.places.dtype == found.vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert (found.places >= 0).all()
    assert (found.places <= np.subtract(SIZE, 1)).all()
    assert not found.places.flags.writeable


@pytest.mark.parametrize("name", EVERY)
def test_any_number_of_threads_gives_the_same_bytes(name: str, picture: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    find, piece = features(name), np.ascontiguousarray(picture[30:126, 90:218])
    for native in {steady._bfloat16(), False}:  # what this processor does, and what one without bfloat16 would
        monkeypatch.setattr(steady, "_bfloat16", lambda native=native: native)
        seen = [on_threads(threads, lambda: everything(find, piece)) for threads in (1, 2)]
        assert seen[0] == seen[1]


def everything(find: Features, picture: np.ndarray) -> bytes:
    """Computed anew, whatever is remembered."""
    before = torch.get_num_threads()
    found = find._found(picture, None)
    pairs = matched(found, Keypoints(found.places[::-1].copy(), found.vectors[::-1].copy()))
    assert torch.get_num_threads() == before
    return b"".join(one.tobytes() for one in (found.places, found.vectors, pairs))


def on_threads(threads: int, work: Callable[[], bytes]) -> bytes:
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        return with_threads(threads, work)
    finally:
        cv2.setNumThreads(before)


@pytest.mark.parametrize("name", EVERY)
def test_given_places_are_described_in_their_order(name: str, picture: np.ndarray) -> None:
    find = features(name)
    places = np.array([[0, 0], [239, 359], [100.3, 200.7], [160, 240], [100.3, 200.7], [239, 359], [0, 0]], np.float32)
    vectors = find.at(picture, places[::-1])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors, vectors[[6, 5, 4, 3, 2, 1, 0]], atol=1e-6)
    assert (vectors[2] * vectors[3]).sum() < 0.95
    assert (vectors[0] * vectors[1]).sum() < 0.95


@pytest.mark.parametrize("name", DENSE)
def test_maps_hold_what_is_read_at_keypoints(name: str, picture: np.ndarray) -> None:
    find = features(name)
    found, maps = find(picture), find.maps(picture)
    assert np.allclose(find.at(picture, found.places), found.vectors, atol=1e-6)
    assert sum(len(described) for described, _ in maps) == found.vectors.shape[1]
    for described, stride in maps:
        assert all(cells * stride >= side for cells, side in zip(described.shape[1:], SIZE, strict=True))
    described, stride = maps[0]
    cell = np.array([[(20 + 0.5) * stride - 0.5, (30 + 0.5) * stride - 0.5]], np.float32)
    first = torch.nn.functional.normalize(described[:, 20, 30], dim=0).numpy()
    part = find.at(picture, cell)[0, : len(first)]
    assert np.allclose(part / np.linalg.norm(part), first, atol=1e-4)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("size", [(1, 1), (3, 70), (40, 15)])
def test_the_smallest_pictures_have_no_keypoints_and_no_errors(name: str, size: tuple[int, int]) -> None:
    flat = np.full((*size, 3), 120, np.uint8)
    found = features(name)(flat)
    vectors = features(name).at(flat, np.zeros((2, 2), np.float32))
    assert len(matched(found, features(name)(flat, np.zeros(size, bool)))) == 0
    assert np.isfinite(vectors).all()
    assert found.vectors.shape[1] == vectors.shape[1]


def test_the_last_photographs_are_remembered() -> None:
    find = features("rootsift")
    pictures = [reduced(data.coffee()) // part for part in range(1, REMEMBERED + 2)]
    known = np.ones(SIZE, bool)
    first = find(pictures[0])
    assert find(pictures[0].copy()) is first
    assert find(pictures[0], known) is not first
    for one in pictures[1 : REMEMBERED - 1]:
        find(one)
    assert find(pictures[0]) is first
    for one in pictures[1:]:
        find(one)
    again = find(pictures[0])
    assert again is not first
    assert np.array_equal(again.vectors, first.vectors)


@pytest.mark.parametrize("name", ["landmark", "rootsift"])
def test_places_do_not_lean_to_a_side(name: str, picture: np.ndarray) -> None:
    here = features(name)(picture).places
    turned = np.subtract(SIZE, 1) - features(name)(np.ascontiguousarray(picture[::-1, ::-1])).places
    away = here[:, None] - turned
    nearest = away[np.arange(len(here)), np.linalg.norm(away, axis=2).argmin(1)]
    assert np.abs(np.median(nearest, axis=0)).max() < 0.01
