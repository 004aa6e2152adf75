"""Pictures, masks and patches keep their promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box
from engine.picture import Mask, Patch, Picture, usual_growth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels


def disc(radius: int) -> NDArray[Any]:
    down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return (down**2 + across**2 <= (radius + 0.5) ** 2).astype(np.uint8)


def largest_within_reach(coverage: NDArray[np.uint8], radius: int) -> NDArray[Any]:
    out = np.zeros_like(coverage)
    for row, column in np.ndindex(coverage.shape):
        for down, across in np.argwhere(disc(radius)) - radius:
            r, c = row + down, column + across
            if 0 <= r < coverage.shape[0] and 0 <= c < coverage.shape[1]:
                out[row, column] = max(out[row, column], coverage[r, c])
    return out


@pytest.mark.parametrize(
    ("shape", "layout", "alpha"),
    [((4, 5), "grey", False), ((4, 5, 2), "grey+alpha", True), ((4, 5, 3), "rgb", False), ((4, 5, 4), "rgb+alpha", True)],
)
@pytest.mark.parametrize(("dtype", "depth"), [(np.uint8, 8), (np.uint16, 16)])
def test_a_picture_knows_its_layout(
    shape: tuple[int, ...], layout: str, alpha: bool, dtype: type[np.uint8 | np.uint16], depth: int
) -> None:
    picture = Picture(np.zeros(shape, dtype))
    assert (picture.layout, picture.has_alpha, picture.depth) == (layout, alpha, depth)
    assert picture.size == (4, 5)
    assert picture.box == Box(0, 0, 4, 5)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 5), np.float32),
        np.zeros((4, 5), np.int16),
        np.zeros((4, 5), ">u2"),
        np.zeros((4, 5, 1), np.uint8),
        np.zeros((4, 5, 5), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 5), np.uint8),
    ],
)
def test_other_arrays_are_no_pictures(pixels: Pixels) -> None:
    with pytest.raises(ValueError, match="not a picture"):
        Picture(pixels)


@pytest.mark.parametrize("coverage", [np.zeros((4, 5), bool), np.zeros((4, 5, 1), np.uint8), np.zeros((4, 5), np.uint16)])
def test_other_arrays_are_no_masks(coverage: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="not a mask"):
        Mask(coverage)


def test_a_patch_fills_its_box() -> None:
    with pytest.raises(ValueError, match="pixels for a box"):
        Patch(0, Box(0, 0, 2, 3), np.zeros((3, 2), np.uint8))


def test_values_are_read_only() -> None:
    picture, mask = Picture(np.zeros((4, 5), np.uint8)), Mask(np.zeros((4, 5), np.uint8))
    patch = Patch(0, Box(0, 0, 1, 1), np.ones((1, 1), np.uint8))
    filled = picture.with_patches([patch])
    mask_grown = Mask(np.eye(4, dtype=np.uint8)).grown(1)
    for array in (picture.pixels, mask.coverage, patch.pixels, filled.pixels, mask_grown.coverage):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 7


def test_patches_change_their_boxes_and_nothing_else() -> None:
    before = np.random.default_rng(0).integers(0, 65536, (9, 11, 4), np.uint16)
    picture = Picture(before.copy(), icc=b"profile", exif=b"exif", xmp=b"xmp")
    first = Patch(0, Box(1, 2, 3, 4), np.full((3, 4, 4), 7, np.uint16))
    second = Patch(0, Box(3, 5, 6, 6), np.full((6, 6, 4), 9, np.uint16))
    after = picture.with_patches([first, second])
    expected = before.copy()
    expected[1:4, 2:6] = 7
    expected[3:9, 5:11] = 9
    np.testing.assert_array_equal(after.pixels, expected)
    np.testing.assert_array_equal(picture.pixels, before)
    assert (after.icc, after.exif, after.xmp) == (b"profile", b"exif", b"xmp")


def test_no_patches_is_the_same_picture() -> None:
    picture = Picture(np.zeros((4, 5), np.uint8))
    assert picture.with_patches(iter(())) is picture


@pytest.mark.parametrize(
    "patch",
    [
        Patch(0, Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint16)),
        Patch(0, Box(0, 0, 1, 1), np.zeros((1, 1), np.uint8)),
        Patch(0, Box(-1, 0, 1, 1), np.zeros((1, 1, 3), np.uint8)),
        Patch(0, Box(3, 4, 1, 2), np.zeros((1, 2, 3), np.uint8)),
    ],
)
def test_a_patch_that_does_not_fit_is_refused(patch: Patch) -> None:
    with pytest.raises(ValueError, match="a patch"):
        Picture(np.zeros((4, 5, 3), np.uint8)).with_patches([patch])


def test_a_masks_hole_and_box() -> None:
    coverage = np.zeros((6, 8), np.uint8)
    assert Mask(coverage.copy()).box is None
    coverage[2, 3], coverage[4, 5] = 1, 255
    mask = Mask(coverage)
    assert mask.size == (6, 8)
    assert mask.box == Box(2, 3, 3, 3)
    assert mask.hole.sum() == 2


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_growing_takes_the_largest_within_reach(height: int, width: int, radius: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coverage = rng.integers(0, 256, (height, width)).astype(np.uint8) * (rng.random((height, width)) < 0.15)
    grown = Mask(coverage.copy()).grown(radius)
    np.testing.assert_array_equal(grown.coverage, largest_within_reach(coverage, radius))


@pytest.mark.parametrize("radius", [1, 2, 4, 6, 11])
def test_growing_agrees_with_opencv(radius: int) -> None:
    soft = np.zeros((90, 120), np.uint8)
    cv2.ellipse(soft, (40, 50), (25, 12), 30, 0, 360, 255, -1)
    cv2.line(soft, (70, 0), (119, 89), 255, 3)
    soft = cv2.GaussianBlur(soft, (0, 0), 2)
    np.testing.assert_array_equal(Mask(soft.copy()).grown(radius).coverage, cv2.dilate(soft, disc(radius)))


def test_a_hard_stroke_stays_hard_and_a_soft_one_keeps_its_fall_off() -> None:
    hard = np.zeros((21, 41), np.uint8)
    hard[:, 20] = 255
    assert set(np.unique(Mask(hard).grown(3).coverage)) == {0, 255}
    soft = np.zeros((21, 41), np.uint8)
    soft[:, 18:23] = (40, 160, 255, 160, 40)
    np.testing.assert_array_equal(Mask(soft).grown(3).coverage[10, 14:27], [0, 40, 160, 255, 255, 255, 255, 255, 255, 255, 160, 40, 0])


def test_growing_by_nothing_or_from_nothing_is_the_same_mask() -> None:
    empty, dot = Mask(np.zeros((4, 5), np.uint8)), Mask(np.eye(4, dtype=np.uint8))
    assert empty.grown(3) is empty
    assert dot.grown(0) is dot


@pytest.mark.parametrize(("size", "growth"), [((1, 1), 2), ((400, 600), 2), ((3000, 2000), 2), ((2600, 4000), 3), ((4000, 6000), 4)])
def test_usual_growth(size: tuple[int, int], growth: int) -> None:
    assert usual_growth(size) == growth
