"""The small picture that is shown first: like the whole one, upright, and never in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from engine.files import open_picture
from engine.files.preview import preview

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (1600, 2400)


@pytest.fixture(scope="module")
def photograph() -> NDArray[Any]:
    return cv2.resize(data.astronaut(), SIZE[::-1], interpolation=cv2.INTER_CUBIC)


def written(path: Path, pixels: NDArray[Any], orientation: int = 1, **options: Any) -> Path:
    tags = Image.Exif()
    tags[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=tags, **({"quality": 90} | options))
    return path


def reduced(path: Path, size: tuple[int, int]) -> NDArray[Any]:
    """The whole picture, made as small by its means."""
    return cv2.resize(open_picture(path).pixels, size[::-1], interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_the_picture_in_small_and_upright(tmp_path: Path, photograph: NDArray[Any], orientation: int) -> None:
    path = written(tmp_path / "a.jpg", photograph, orientation)
    small = preview(path, 600)
    assert small is not None
    assert small.size == open_picture(path).size
    assert small.picture.size == ((400, 600) if orientation < 5 else (600, 400))
    assert np.abs(small.picture.pixels.astype(int) - reduced(path, small.picture.size)).mean() < 2


def test_grey_stays_grey_and_the_profile_comes_along(tmp_path: Path, photograph: NDArray[Any]) -> None:
    small = preview(written(tmp_path / "a.jpg", photograph[..., 1], icc_profile=b"a profile of no kind"), 600)
    assert small is not None
    assert small.picture.layout == "grey"
    assert small.picture.icc == b"a profile of no kind"


@pytest.mark.parametrize(("side", "wanted"), [(100, 300), (300, 300), (301, 600), (600, 600), (1200, 1200)])
def test_the_longer_side_is_at_least_what_was_asked_or_an_eighth(tmp_path: Path, photograph: NDArray[Any], side: int, wanted: int) -> None:
    small = preview(written(tmp_path / "a.jpg", photograph), side)
    assert small is not None
    assert max(small.picture.size) == wanted


def test_there_is_none_where_it_would_not_be_quicker(tmp_path: Path, photograph: NDArray[Any]) -> None:
    assert preview(written(tmp_path / "passes.jpg", photograph, progressive=True), 600) is None
    assert preview(written(tmp_path / "small.jpg", photograph[:600, :800]), 600) is None
    assert preview(written(tmp_path / "large.jpg", photograph), 1201) is None
    assert preview(written(tmp_path / "a.png", photograph, compress_level=0), 600) is None
    Image.fromarray(photograph).convert("CMYK").save(tmp_path / "inks.jpg")
    assert preview(tmp_path / "inks.jpg", 600) is None


def test_what_cannot_be_opened_has_none_either(tmp_path: Path, photograph: NDArray[Any]) -> None:
    whole = written(tmp_path / "a.jpg", photograph).read_bytes()
    for name, content in {"cut.jpg": whole[: len(whole) // 2], "empty.jpg": b"", "text.jpg": b"no picture"}.items():
        (tmp_path / name).write_bytes(content)
        assert preview(tmp_path / name, 600) is None
    assert preview(tmp_path / "nowhere.jpg", 600) is None
    assert preview(tmp_path, 600) is None
