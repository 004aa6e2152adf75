"""OpenCV's filters, cut to what they look at and taken to any depth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from engine.ops.diffusion import diffused
from engine.ops.filters import NAVIER_STOKES, TELEA

KINDS = pytest.mark.parametrize("kind", [TELEA, NAVIER_STOKES])


def cut(depth: type = np.uint8) -> tuple[np.ndarray, np.ndarray]:
    pixels = skimage.data.astronaut()[40:130, 180:290].astype(depth)
    hole = np.zeros(pixels.shape[:2], np.bool_)
    hole[40:52, 50:70] = hole[70:, 30:34] = True
    return (pixels * 257 if depth is np.uint16 else pixels), hole


@KINDS
@pytest.mark.parametrize("radius", [1, 3, 12])
def test_a_part_of_the_picture_gives_what_the_whole_gives(kind: int, radius: int) -> None:
    pixels, hole = cut()
    whole = cv2.inpaint(pixels, hole.astype(np.uint8), radius, kind)
    got = diffused(pixels, ~hole, hole, radius, kind)
    assert np.array_equal(np.rint(got * 255), whole[hole])


@KINDS
def test_16_bits_give_the_same_picture_with_finer_steps(kind: int) -> None:
    (pixels, hole), (deep, _) = cut(), cut(np.uint16)
    shallow = diffused(pixels, ~hole, hole, 3, kind)
    fine = diffused(deep, ~hole, hole, 3, kind)
    assert np.abs(shallow - fine).mean() < 2 / 255
    assert (np.rint(fine * 65535) % 257 != 0).mean() > 0.5
    assert fine.min() >= 0
    assert fine.max() <= 1


@KINDS
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_grey_is_filled_as_one_channel(kind: int, depth: type) -> None:
    pixels, hole = cut(depth)
    grey = pixels[..., :1].copy()
    assert diffused(grey, ~hole, hole, 3, kind).shape == (hole.sum(), 1)


@KINDS
def test_what_is_known_only_far_away_is_found(kind: int) -> None:
    pixels = np.full((60, 60, 3), 200, np.uint8)
    hole, known = np.zeros((60, 60), np.bool_), np.zeros((60, 60), np.bool_)
    hole[25:35, 25:35] = True
    known[:, :4] = True
    pixels[~known] = 0
    assert np.abs(diffused(pixels, known, hole, 3, kind) * 255 - 200).max() <= 8  # Telea drifts as it marches
