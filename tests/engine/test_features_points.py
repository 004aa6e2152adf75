"""Corners and blobs: exact places, none at a hole, dark parts too; and what is nearest to what."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from engine.matching.keypoints import RIM, Keypoints
from engine.matching.nearest import BLOCK, matched
from engine.matching.points import points


def drawn(places: np.ndarray, size: tuple[int, int], spread: float = 1.6) -> np.ndarray:
    """Bright round spots at these places, rows and columns."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    away = (rows[..., None] - places[:, 0]) ** 2 + (columns[..., None] - places[:, 1]) ** 2
    shade = 40 + 180 * np.exp(-away / (2 * spread**2)).sum(2)
    return np.repeat(np.rint(shade).astype(np.uint8)[..., None], 3, 2)


def test_spots_are_found_between_pixels() -> None:
    rng = np.random.default_rng(3)
    rows, columns = np.meshgrid(np.arange(16, 112, 16), np.arange(16, 144, 16), indexing="ij")
    spots = np.stack([rows.ravel(), columns.ravel()], 1) + rng.uniform(-0.5, 0.5, (rows.size, 2))
    found = points(drawn(spots, (124, 156)))
    away = np.linalg.norm(found[:, None] - spots, axis=2)
    assert away.min(0).max() < 0.15
    on_pixels = np.linalg.norm(np.rint(spots) - spots, axis=1)
    assert away.min(0).mean() < 0.3 * on_pixels.mean()


def test_the_strongest_come_first_and_no_more_than_asked() -> None:
    every = points(data.astronaut())
    some = points(data.astronaut(), most=100)
    assert len(every) == 2048
    assert np.array_equal(every[:100], some)
    assert len(np.unique(every, axis=0)) == len(every)


def test_none_lies_at_what_is_unknown() -> None:
    rng = np.random.default_rng(5)
    known = cv2.resize(rng.random((16, 16)), (512, 512)) > 0.4
    found = points(data.astronaut(), known)
    away = cv2.distanceTransform(known.view(np.uint8), cv2.DIST_C, 3)
    rows, columns = np.rint(found).astype(int).T
    assert len(found) > 300
    assert away[rows, columns].min() > RIM
    assert len(points(data.astronaut(), np.zeros((512, 512), bool))) == 0


def test_dark_parts_get_points_too() -> None:
    dark = data.astronaut().copy()
    dark[256:] //= 8
    light, dim = (points(one)[:, 0] >= 256 for one in (data.astronaut(), dark))
    assert dim.mean() > 0.6 * light.mean()


def test_points_move_with_the_picture() -> None:
    picture = np.ascontiguousarray(data.coffee()[:300, :300])
    one, other = points(picture[7:, 11:]), points(picture[: 300 - 7, : 300 - 11])
    away = np.linalg.norm((one + np.array([7, 11]))[:, None] - other, axis=2).min(1)
    assert (away < 0.02).mean() > 0.8


@pytest.mark.parametrize("size", [(1, 1), (12, 40), (40, 12), (13, 13)])
def test_small_and_flat_pictures_have_none(size: tuple[int, int]) -> None:
    assert points(np.full((*size, 3), 99, np.uint8)).shape == (0, 2)


def keypoints(count: int, seed: int, width: int = 16) -> Keypoints:
    vectors = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return Keypoints(np.zeros((count, 2), np.float32), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.mark.parametrize(("counts", "ratio"), [((2 * BLOCK + 88, 700), 1.0), ((300, 2 * BLOCK), 0.9), ((1, 1), 0.5), ((40, 1), 1.0)])
def test_neighbours_are_mutual_and_clear_of_the_second(counts: tuple[int, int], ratio: float) -> None:
    one, other = keypoints(counts[0], 1), keypoints(counts[1], 2)
    away = np.linalg.norm(one.vectors[:, None].astype(float) - other.vectors, axis=2)
    nearest = np.sort(away, 1)
    expected = [
        (a, b)
        for a, b in enumerate(away.argmin(1))
        if away[:, b].argmin() == a and (ratio == 1 or away.shape[1] == 1 or nearest[a, 0] < ratio * nearest[a, 1])
    ]
    assert [tuple(pair) for pair in matched(one, other, ratio)] == expected
    assert expected


def test_nothing_matches_nothing() -> None:
    assert matched(keypoints(0, 1), keypoints(5, 2)).shape == (0, 2)
    assert matched(keypoints(5, 1), keypoints(0, 2)).shape == (0, 2)
