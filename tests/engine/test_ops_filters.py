"""OpenCV's filters as they are promised: shapes, types and values against plain NumPy, from views that nobody may write to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from engine.geometry import Box
from engine.ops import filters

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHADES = pytest.mark.parametrize("depth", [np.uint8, np.uint16, np.float32])
CHANNELS = pytest.mark.parametrize("shape", [(), (1,), (3,), (4,)])


def noise(*shape: int, depth: type[np.generic] = np.uint8) -> NDArray[Any]:
    """A read-only view into a larger array: rows do not follow each other without a gap."""
    values = np.random.default_rng(5).random((shape[0] + 3, shape[1] + 5, *shape[2:]))
    whole = (values * (1 if depth is np.float32 else np.iinfo(depth).max)).astype(depth)
    part = whole[1 : shape[0] + 1, 2 : shape[1] + 2]
    part.setflags(write=False)
    return part


def mask(height: int, width: int, share: float = 0.3) -> NDArray[np.bool_]:
    part = noise(height, width) < 255 * share
    part.setflags(write=False)
    return part


@pytest.mark.parametrize("side", [1, 3, 7])
def test_squares_widen_and_narrow_a_mask(side: int) -> None:
    here = mask(19, 23)
    wide, narrow = filters.dilated(here, side), filters.eroded(~here, side)
    squares = sliding_window_view(np.pad(here, side // 2), (side, side))
    assert wide.dtype == narrow.dtype == np.bool_
    assert (wide == squares.any(axis=(2, 3))).all()
    inside = sliding_window_view(np.pad(~here, side // 2), (side, side))
    assert (narrow == inside.all(axis=(2, 3))).all()  # beyond the edge nothing is allowed


def test_depth_is_the_way_out_of_the_mask() -> None:
    strip = np.zeros((7, 40), np.bool_)
    strip[:, 10:31] = True
    far = filters.depth(strip)
    assert far.dtype == np.float32
    steps = np.clip(np.minimum(np.arange(40) - 9, 31 - np.arange(40)), 0, None)
    assert np.allclose(far, steps[None] * far[3, 10])
    assert far[3, 10] == pytest.approx(1, abs=0.05)  # a chamfer's step


def test_components_touch_at_corners() -> None:
    here = np.zeros((6, 9), np.bool_)
    here[0, 0] = here[1, 1] = here[3:5, 5:8] = True
    count, labels = filters.components(here)
    assert (count, labels.dtype, labels.shape) == (2, np.int32, here.shape)
    assert ((labels > 0) == here).all()
    assert labels[0, 0] == labels[1, 1] != labels[3, 5]


@SHADES
@CHANNELS
def test_halving_takes_the_mean_of_four(depth: type[np.generic], shape: tuple[int, ...]) -> None:
    values = noise(8, 14, *shape, depth=depth)
    small = filters.area_halved(values)
    assert (small.dtype, small.shape) == (depth, (4, 7, *shape))
    mean = values.astype(np.float64).reshape(4, 2, 7, 2, *shape).mean(axis=(1, 3))
    assert np.abs(small - mean).max() <= (1e-6 if depth is np.float32 else 0.5)


@CHANNELS
def test_binomial_halving(shape: tuple[int, ...]) -> None:
    values = noise(9, 12, *shape, depth=np.float32)
    small = filters.binomial_halved(values)
    assert (small.dtype, small.shape) == (np.float32, (5, 6, *shape))
    assert small.flags.c_contiguous
    wide = np.pad(values, [(2, 3), (2, 3), *[(0, 0)] * len(shape)], "symmetric")
    weights = np.array([1, 5, 10, 10, 5, 1]) / 32
    rows = sum(w * wide[i : i + 9] for i, w in enumerate(weights))
    want = sum(w * rows[:, i : i + 12] for i, w in enumerate(weights))
    assert np.allclose(small, want[::2, ::2], atol=1e-6)


@SHADES
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_enlarging_interpolates_between_centres(depth: type[np.generic], channels: int) -> None:
    values = noise(5, 6, channels, depth=depth)
    large = filters.enlarged(values, (10, 12))
    assert (large.dtype, large.shape) == (depth, (10, 12, channels))

    def along(v: NDArray[Any], n: int) -> NDArray[Any]:
        at = np.clip((np.arange(2 * n) + 0.5) / 2 - 0.5, 0, n - 1)
        low = np.minimum(at.astype(int), n - 2)
        share = (at - low)[:, None, None]
        return (1 - share) * v[low] + share * v[low + 1]

    want = along(along(values.astype(np.float64), 5).swapaxes(0, 1), 6).swapaxes(0, 1)
    assert np.abs(large - want).max() <= (1e-5 if depth is np.float32 else 1)


@SHADES
@pytest.mark.parametrize("times", [2, 4, 16])
@pytest.mark.parametrize("channels", [1, 4])
def test_magnifying_a_box_gives_what_enlarging_all_of_it_gives(depth: type[np.generic], times: int, channels: int) -> None:
    values = noise(23, 41, channels, depth=depth)
    whole = filters.enlarged(values, (23 * times, 41 * times))
    for box in (Box(0, 0, 23, 41), Box(0, 0, 1, 1), Box(22, 3, 1, 38), Box(5, 7, 11, 2), Box(4, 0, 19, 41)):
        part = filters.magnified(values, times, box)
        assert np.array_equal(part, whole[box.top * times : box.bottom * times, box.left * times : box.right * times])


def test_blurring_takes_the_mean_of_a_square_and_mirrors_the_edge() -> None:
    values = noise(11, 13, depth=np.float32)
    wide = sliding_window_view(np.pad(values, 4, "symmetric"), (9, 9)).mean(axis=(2, 3))
    blurred = filters.blurred(values, 9)
    assert blurred.dtype == np.float32
    assert np.allclose(blurred, wide, atol=1e-5)


def test_luma_weighs_red_green_and_blue() -> None:
    colours = noise(7, 9, 3)
    luma = filters.luma(colours)
    assert (luma.dtype, luma.shape) == (np.uint8, (7, 9))
    assert np.abs(luma - colours @ np.array([0.299, 0.587, 0.114])).max() < 0.6


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", [filters.TELEA, filters.NAVIER_STOKES])
def test_inpainting_changes_the_missing_pixels_alone(depth: type[np.generic], channels: int, kind: int) -> None:
    pixels = noise(12, 15, channels, depth=depth)
    missing = np.zeros((12, 15), np.bool_)
    missing[4:8, 5:9] = True
    filled = filters.inpainted(pixels, missing, 3, kind)
    assert (filled.dtype, filled.shape) == (depth, pixels.shape)
    assert (filled[~missing] == pixels[~missing]).all()
    assert (filled[missing] != pixels[missing]).any()
    around = np.where(missing[..., None], np.array(7, depth), pixels)
    assert (filters.inpainted(around, missing, 3, kind) == filled).all()
