"""Crops and masked examples: what they are cut from, how they may differ, and that chance alone decides."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from engine.errors import BadInput
from engine.holes import KINDS
from engine.training.crops import crop, masked, toned


def of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    return data.astronaut()[:200, :300].copy()


def test_at_scale_one_pixels_are_the_photographs_own() -> None:
    """A photograph whose pixels say where they lie: a crop is a square of it, mirrored or not."""
    rows, columns = np.mgrid[:60, :80].astype(np.uint8)
    places = np.stack((rows, columns, rows), 2)
    mirrored, corners = 0, set()
    for seed in range(60):
        square = crop(places, 32, of(seed), (1, 1), colour=False)
        across = square[0, :, 1].astype(int)
        mirrored += across[1] < across[0]
        assert (np.abs(np.diff(across)) == 1).all()
        assert (np.diff(square[:, 0, 0].astype(int)) == 1).all()
        corners.add((int(square[..., 0].min()), int(square[..., 1].min())))
    assert 15 < mirrored < 45
    assert max(top for top, _ in corners) > 24
    assert max(left for _, left in corners) > 40
    assert min(top for top, _ in corners) < 4


def test_scales_are_drawn_between_the_two() -> None:
    """A ramp of one level a pixel: how steep it is afterwards is the scale, which the photograph's side limits to 1.875."""
    ramp = np.broadcast_to(np.arange(240, dtype=np.uint8)[:60, None, None] * 4, (60, 90, 3)).copy()
    steep = [
        np.polyfit(np.arange(28), crop(ramp, 32, of(seed), (1.0, 3.0), colour=False)[2:-2, 5, 0].astype(float), 1)[0] / 4
        for seed in range(40)
    ]
    assert min(steep) == pytest.approx(1, abs=0.1)
    assert max(steep) == pytest.approx(60 / 32, abs=0.1)
    assert np.std(steep) > 0.15


def test_a_small_photograph_is_enlarged(photograph: np.ndarray) -> None:
    small = photograph[:20, :30]
    assert crop(small, 64, of(0)).shape == (64, 64, 3)
    assert crop(small, 20, of(0), (1, 1)).shape == (20, 20, 3)


def test_the_photograph_is_not_changed_and_not_shared(photograph: np.ndarray) -> None:
    before = photograph.copy()
    photograph = photograph.view()
    photograph.setflags(write=False)
    for colour in (False, True):
        square = crop(photograph, 200, of(1), (1, 1), colour=colour)
        assert square.flags.writeable
        assert not np.shares_memory(square, photograph)
    np.testing.assert_array_equal(photograph, before)


def test_colours_change_a_little_and_in_order(photograph: np.ndarray) -> None:
    changes = [np.abs(toned(photograph, of(seed)).astype(int) - photograph).mean() for seed in range(20)]
    assert 1 < np.mean(changes) < 12
    grey = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2)
    for seed in range(20):
        curve = toned(grey, of(seed))[0].astype(int)
        assert (np.diff(curve, axis=0) >= 0).all()
        assert (curve[0] == 0).all()
        assert curve[-1].min() >= 242


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_of_every_kind_of_hole(photograph: np.ndarray, kind: str) -> None:
    example = masked(photograph, 64, of(3), [kind])
    image, hole = example["image"], example["hole"]
    assert image.dtype == hole.dtype == np.float32
    assert (image.shape, hole.shape) == ((3, 64, 64), (1, 64, 64))
    assert set(np.unique(hole)) == {0, 1}
    assert 0 <= image.min() < image.max() <= 1
    assert image.flags.c_contiguous


def test_the_image_is_the_crop(photograph: np.ndarray) -> None:
    example = masked(photograph, 64, of(7), ["box"], colour=False)
    np.testing.assert_array_equal(
        np.rint(example["image"] * 255).astype(np.uint8), crop(photograph, 64, of(7), colour=False).transpose(2, 0, 1)
    )
    assert example["hole"].sum() == 32 * 32


def test_chance_is_the_generators_alone(photograph: np.ndarray) -> None:
    first, again, other = (masked(photograph, 64, of(seed)) for seed in (5, 5, 6))
    for name in ("image", "hole"):
        np.testing.assert_array_equal(first[name], again[name])
        assert not np.array_equal(first[name], other[name])


def test_all_kinds_asked_for_are_drawn(photograph: np.ndarray) -> None:
    areas = {float(masked(photograph, 64, of(seed), ["box", "brush"])["hole"].sum()) for seed in range(12)}
    assert 32 * 32 in areas
    assert len(areas) > 2


def test_an_unknown_kind_of_hole(photograph: np.ndarray) -> None:
    with pytest.raises(BadInput, match="kind round"):
        masked(photograph, 64, of(0), ["round"])
