"""Masks and sampling areas from files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInput
from engine.files import open_area, open_mask

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (40, 60)


def ramp() -> NDArray[np.uint8]:
    """Every value from 0 to 255, and a white block."""
    values = np.tile(np.linspace(0, 255, 60).round().astype(np.uint8), (40, 1))
    values[30:] = 255
    return values


@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_soft_values_are_kept_in_lossless_files(tmp_path: Path, mode: str, suffix: str) -> None:
    Image.fromarray(ramp()).convert(mode).save(tmp_path / f"m{suffix}")
    np.testing.assert_array_equal(open_mask(tmp_path / f"m{suffix}", SIZE).coverage, ramp())


def test_sixteen_bits_and_single_bits(tmp_path: Path) -> None:
    (tmp_path / "deep.png").write_bytes(imagecodecs.png_encode(ramp().astype(np.uint16) * 257))
    np.testing.assert_array_equal(open_mask(tmp_path / "deep.png", SIZE).coverage, ramp())
    Image.fromarray(ramp() > 99).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(open_mask(tmp_path / "bits.png", SIZE).hole, ramp() > 99)


def test_alpha_is_read_only_where_it_alone_says_something(tmp_path: Path) -> None:
    black = np.zeros((*SIZE, 4), np.uint8)
    black[..., 3] = ramp()
    Image.fromarray(black).save(tmp_path / "painted.png")
    np.testing.assert_array_equal(open_mask(tmp_path / "painted.png", SIZE).coverage, ramp())
    both = black.copy()
    both[3, 4, :3] = 255
    Image.fromarray(both).save(tmp_path / "both.png")
    coverage = open_mask(tmp_path / "both.png", SIZE).coverage
    assert coverage[3, 4] == 255
    assert np.count_nonzero(coverage) == 1
    neither = np.full((*SIZE, 4), 255, np.uint8)
    Image.fromarray(neither).save(tmp_path / "white.png")
    assert open_mask(tmp_path / "white.png", SIZE).coverage.min() == 255


def test_noise_of_lossy_files_is_cut_off(tmp_path: Path) -> None:
    hard = np.zeros(SIZE, np.uint8)
    hard[10:25, 13:38] = 255
    image = Image.fromarray(hard)
    image.save(tmp_path / "m.jpg", quality=60)
    image.convert("RGB").save(tmp_path / "lossy.webp", quality=50)
    image.convert("RGB").save(tmp_path / "lossless.webp", lossless=True)
    for name in ("m.jpg", "lossy.webp"):
        coverage = open_mask(tmp_path / name, SIZE).coverage
        assert set(np.unique(coverage)) <= {0, 255} | set(range(16, 224))
        assert (coverage[:6] == 0).all()
        assert (coverage[13:22, 17:34] == 255).all()
    np.testing.assert_array_equal(open_mask(tmp_path / "lossless.webp", SIZE).coverage, hard)
    faint = Image.fromarray(np.full(SIZE, 9, np.uint8))
    faint.save(tmp_path / "faint.jpg", quality=95)
    faint.save(tmp_path / "faint.png")
    assert open_mask(tmp_path / "faint.jpg", SIZE).box is None
    assert open_mask(tmp_path / "faint.png", SIZE).coverage.min() == 9


def test_a_mask_stands_upright(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    Image.fromarray(ramp()).save(tmp_path / "m.png", exif=tags)
    np.testing.assert_array_equal(open_mask(tmp_path / "m.png", (60, 40)).coverage, np.rot90(ramp(), -1))


def test_another_size_is_refused(tmp_path: Path) -> None:
    Image.fromarray(ramp()).save(tmp_path / "m.png")
    for read in (open_mask, open_area):
        with pytest.raises(BadInput, match=r"m\.png is 60 x 40 pixels and the picture 40 x 60"):
            read(tmp_path / "m.png", (60, 40))
    with pytest.raises(BadInput, match="no file"):
        open_mask(tmp_path / "none.png", SIZE)


def test_an_area_is_what_is_light(tmp_path: Path) -> None:
    Image.fromarray(ramp()).save(tmp_path / "m.png")
    area = open_area(tmp_path / "m.png", SIZE)
    assert area.dtype == np.bool_
    np.testing.assert_array_equal(area, ramp() >= 128)
