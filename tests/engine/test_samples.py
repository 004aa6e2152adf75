"""The drawn sample scene: its pictures are what its renderer draws, the mapping between its views is true, the mask covers the passer-by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from resources.samples import renderer
from resources.samples.draw import painted
from resources.samples.renderer import albedo, mapping, render
from resources.samples.scene import landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL = 120, 160
FOLDER = Path(renderer.__file__).parent


def committed(name: str) -> NDArray[np.uint8]:
    pixels = cv2.imdecode(np.fromfile(FOLDER / name, np.uint8), cv2.IMREAD_UNCHANGED)
    return pixels[..., ::-1] if pixels.ndim == 3 else pixels


def soft(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Without the single leaves, of which a small picture draws fewer and larger ones."""
    return cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 2)


@pytest.fixture(scope="module")
def photograph() -> NDArray[np.uint8]:
    return render(1, SMALL, passer_by=True)


@pytest.fixture(scope="module")
def clean() -> NDArray[np.uint8]:
    return render(1, SMALL, passer_by=False)


def test_the_same_seed_draws_the_same_picture(photograph: NDArray[np.uint8]) -> None:
    for cached in (landmark, renderer._stage, renderer._sky_shadows, renderer.Lighting.of):
        cached.cache_clear()
    assert np.array_equal(render(1, SMALL, passer_by=True), photograph)


def test_another_seed_draws_another_picture(clean: NDArray[np.uint8]) -> None:
    assert (albedo(1, SMALL, seed=0)[0] != albedo(1, SMALL, seed=1)[0]).any(axis=2).mean() > 0.3
    assert clean.shape == (*SMALL, 3)


def test_the_passer_by_changes_nothing_outside_the_mask(photograph: NDArray[np.uint8], clean: NDArray[np.uint8]) -> None:
    mask = painted(photograph, clean)
    differs = (photograph != clean).any(axis=2)
    assert differs.mean() > 0.01
    assert not (differs & (mask == 0)).any()
    assert 0.02 < (mask > 0).mean() < 0.05


@pytest.mark.parametrize("view", [2, 3])
def test_mapping_finds_the_same_stones_in_another_view(view: int) -> None:
    size = 180, 240
    (first, there), (second, _), positions = albedo(1, size), albedo(view, size), mapping(size, 1, to=view)
    seen = np.isfinite(positions[..., 0]) & there
    assert seen.mean() > 0.4

    def apart(down: int, across: int) -> tuple[float, float]:
        """Mean difference of the evenly lit views, the mapping moved by so much; and how many pixels agree."""
        warped = cv2.remap(second, positions[..., 1] + across, positions[..., 0] + down, cv2.INTER_LINEAR)
        difference = np.abs(warped.astype(int) - first).mean(axis=2)[seen]
        return difference.mean(), (difference < 16).mean()

    true, agreeing = apart(0, 0)
    assert agreeing > 0.9
    for wrong in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        assert apart(*wrong)[0] > 1.15 * true


def test_mapping_knows_no_place_for_the_sky_and_lies_inside_the_second_view() -> None:
    positions = mapping(SMALL, 1)
    sky = renderer._stage(1, SMALL, 1, passer_by=False, seed=0).depths() == np.inf
    assert np.isnan(positions[sky]).all()
    seen = positions[np.isfinite(positions[..., 0])]
    assert (seen > -0.5).all()
    assert (seen < np.array(SMALL) - 0.5).all()


def test_mapping_of_a_coarser_grid_is_every_fourth_pixel_of_the_finest() -> None:
    assert np.array_equal(mapping(SMALL, 4), mapping(SMALL, 1)[::4, ::4], equal_nan=True)


@pytest.mark.parametrize("name", ["landmark.jpg", "landmark-clean.jpg", "landmark-second.jpg", "landmark-third.jpg", "landmark-mask.png"])
def test_committed_pictures_have_one_size(name: str) -> None:
    assert committed(name).shape == ((1200, 1600) if name.endswith("png") else (1200, 1600, 3))


@pytest.mark.parametrize(
    ("name", "view", "passer_by"), [("landmark.jpg", 1, True), ("landmark-second.jpg", 2, False), ("landmark-third.jpg", 3, False)]
)
def test_committed_pictures_are_what_the_renderer_draws(name: str, view: int, *, passer_by: bool) -> None:
    small = soft(cv2.resize(committed(name), SMALL[::-1], interpolation=cv2.INTER_AREA))
    drawn = soft(render(view, SMALL, passer_by=passer_by))
    assert np.abs(small - drawn).mean() < 6
    assert np.abs(small - drawn[:, ::-1]).mean() > 20


def test_committed_mask_covers_all_that_differs_between_the_committed_pictures() -> None:
    mask = committed("landmark-mask.png")
    assert set(np.unique(mask)) == {0, 255}
    assert 0.03 < (mask > 0).mean() < 0.05
    with_him, without = committed("landmark.jpg").astype(int), committed("landmark-clean.jpg").astype(int)
    away = cv2.dilate(mask, np.ones((33, 33), np.uint8)) == 0
    assert np.array_equal(with_him[away], without[away])
    assert np.abs(with_him - without)[mask > 0].mean() > 20


def test_committed_mapping_is_the_renderers() -> None:
    with np.load(FOLDER / "landmark-mapping.npz") as stored:
        positions = stored["positions"]
    assert positions.shape == (300, 400, 2)
    drawn = mapping((300, 400), 1)
    both = np.isfinite(positions[..., 0]) & np.isfinite(drawn[..., 0])
    assert both.mean() > 0.4
    scaled = (positions + 0.5) / 4 - 0.5
    # a pixel's centre lies 1.5 px of the large picture off the small one's: half a small pixel at most where nothing ends
    assert np.median(np.abs(scaled - drawn)[both]) < 0.6
