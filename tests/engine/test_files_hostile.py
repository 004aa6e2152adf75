"""Files that are broken, forged or something else: a sentence each, quickly, and never a crash."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from engine.errors import BadInput
from engine.files import jpeg_segments, open_picture, save
from engine.files.tags import Structure
from engine.picture import Mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def coded(kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(data.chelsea()[:90, :120])).save(out, kind, **options)
    return out.getvalue()


WHOLE = {
    "baseline.jpg": coded("JPEG"), "progressive.jpg": coded("JPEG", progressive=True), "a.png": coded("PNG"),
    "a.webp": coded("WEBP"), "lossless.webp": coded("WEBP", lossless=True), "a.tif": coded("TIFF"), "packed.tif": coded("TIFF", compression="tiff_lzw"),
}  # fmt: skip


def refused(tmp_path: Path, content: bytes, name: str = "a.jpg") -> str:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as met:
        open_picture(tmp_path / name)
    sentence = str(met.value)
    assert name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("share", [0.0005, 0.02, 0.3, 0.6, 0.95])
def test_truncated_files_are_refused(tmp_path: Path, name: str, share: float) -> None:
    whole = WHOLE[name]
    refused(tmp_path, whole[: max(12, int(len(whole) * share))], name)


@pytest.mark.parametrize("name", ["baseline.jpg", "progressive.jpg"])
def test_a_jpeg_without_its_end_marker_is_refused(tmp_path: Path, name: str) -> None:
    assert "ends before" in refused(tmp_path, WHOLE[name][:-2], name)


@pytest.mark.parametrize("options", [{}, {"restart": 5}, {"progressive": 1}, {"grey": 1}])
def test_a_scan_that_was_cut_and_closed_again_is_refused(tmp_path: Path, options: dict[str, int]) -> None:
    names = {"progressive": cv2.IMWRITE_JPEG_PROGRESSIVE, "restart": cv2.IMWRITE_JPEG_RST_INTERVAL}
    flags = [value for name in options if name in names for value in (names[name], options[name])]
    scene = cv2.resize(data.chelsea(), (1200, 80))
    scene = scene[..., 0] if "grey" in options else scene
    whole = cv2.imencode(".jpg", scene, flags)[1].tobytes()
    (tmp_path / "whole.jpg").write_bytes(whole)
    open_picture(tmp_path / "whole.jpg")
    first, last = jpeg_segments.markers_of(whole, "a").scans[0]
    assert "ends before" in refused(tmp_path, whole[: (2 * first + last) // 3] + b"\xff\xd9")


@pytest.mark.parametrize("rows", [0, 40, 64])
@pytest.mark.parametrize("progressive", [0, 1])
def test_a_picture_that_ends_in_grey_is_whole(tmp_path: Path, rows: int, progressive: int) -> None:
    scene = cv2.resize(data.chelsea(), (1200, 80))
    scene[rows:] = 128
    (tmp_path / "a.jpg").write_bytes(cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_PROGRESSIVE, progressive])[1].tobytes())
    assert open_picture(tmp_path / "a.jpg").size == (80, 1200)


def test_files_of_nothing_and_of_something_else(tmp_path: Path) -> None:
    assert "0 bytes" in refused(tmp_path, b"")
    assert "not a picture" in refused(tmp_path, b"hello there, this is a text")
    assert "GIF" in refused(tmp_path, b"GIF89a" + bytes(50))
    assert "HEIC" in refused(tmp_path, b"\0\0\0\x18ftypheic" + bytes(50))
    with pytest.raises(BadInput, match="no file"):
        open_picture(tmp_path / "nowhere.jpg")
    with pytest.raises(BadInput, match="folder"):
        open_picture(tmp_path)
    with pytest.raises(BadInput):
        open_picture(tmp_path / "a\0b.jpg")


def forged_jpeg(width: int, height: int) -> bytes:
    whole = bytearray(WHOLE["baseline.jpg"])
    frame = next(one for one in jpeg_segments.markers_of(bytes(whole), "a").segments if one.marker == jpeg_segments.SOF0)
    whole[frame.start + 5 : frame.start + 9] = struct.pack(">HH", height, width)
    return bytes(whole)


def forged_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))  # noqa: E731
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def forged_tiff(width: int, height: int) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, np.zeros((16, 16), np.uint8))
    whole = bytearray(out.getvalue())
    structure = Structure.of(whole)
    tags = structure.directory(structure.first)[0]
    structure.set_number(tags[256], width)
    structure.set_number(tags[257], height)
    return bytes(whole)


def forged_webp(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<II", 10, 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    whole = body + WHOLE["a.webp"][12:]
    return b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WEBP" + whole


@pytest.mark.parametrize("forge", [forged_jpeg, forged_png, forged_tiff, forged_webp])
@pytest.mark.parametrize("size", [(65_500, 65_500), (65_001, 1), (1, 65_001), (20_000, 10_001)])
def test_headers_beyond_the_limits_are_refused_before_decoding(
    tmp_path: Path, forge: Callable[[int, int], bytes], size: tuple[int, int]
) -> None:
    content = forge(*size)
    (tmp_path / "a").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match="megapixels"):
            open_picture(tmp_path / "a")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("forge", [forged_jpeg, forged_png, forged_webp, forged_tiff])
def test_headers_within_the_limits_that_promise_too_much_are_refused(tmp_path: Path, forge: Callable[[int, int], bytes]) -> None:
    assert "damaged" in refused(tmp_path, forge(9_000, 9_000), "a")


def test_a_jpeg_of_no_size_or_of_twelve_bits(tmp_path: Path) -> None:
    assert "nothing in it" in refused(tmp_path, forged_jpeg(120, 0))
    whole = bytearray(WHOLE["baseline.jpg"])
    frame = next(one for one in jpeg_segments.markers_of(bytes(whole), "a").segments if one.marker == jpeg_segments.SOF0)
    whole[frame.start + 4] = 12
    assert "12 bits" in refused(tmp_path, bytes(whole))
    whole[frame.start + 4], whole[frame.start + 1] = 8, 0xC3
    assert "lossless" in refused(tmp_path, bytes(whole))


def test_a_profile_that_bursts_is_left_out(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(80_000_000), 9)
    whole = imagecodecs.png_encode(np.zeros((8, 8), np.uint8))
    body = b"bomb\0\0" + bomb
    chunk = struct.pack(">I", len(body)) + b"iCCP" + body + struct.pack(">I", zlib.crc32(b"iCCP" + body))
    (tmp_path / "a.png").write_bytes(whole[:33] + chunk + whole[33:])
    assert open_picture(tmp_path / "a.png").icc is None


def test_a_directory_that_points_to_itself(tmp_path: Path) -> None:
    loop = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + struct.pack("<HHII", 34665, 4, 1, 8) + struct.pack("<I", 8)
    source = WHOLE["baseline.jpg"]
    body = b"Exif\0\0" + loop
    (tmp_path / "a.jpg").write_bytes(source[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + source[2:])
    assert open_picture(tmp_path / "a.jpg").exif == loop
    refused(tmp_path, loop, "a.tif")


def test_a_jpeg_with_steps_of_zero_is_saved_anew(tmp_path: Path) -> None:
    whole = WHOLE["baseline.jpg"]
    table = next(one for one in jpeg_segments.markers_of(whole, "a").segments if one.marker == jpeg_segments.DQT)
    (tmp_path / "a.jpg").write_bytes(whole[: table.start + 8] + b"\0" + whole[table.start + 9 :])
    picture = open_picture(tmp_path / "a.jpg")
    saved = save(picture, tmp_path / "b.jpg", Mask(np.zeros(picture.size, np.uint8)), picture)
    assert not saved.kept_blocks


@settings(max_examples=150, derandomize=True)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_flipped_bytes_give_a_picture_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, name: str, draw: st.DataObject) -> None:
    whole = bytearray(WHOLE[name])
    for _ in range(draw.draw(st.integers(1, 4))):
        # Headers break most: half of the changes fall there.
        most = draw.draw(st.sampled_from([min(600, len(whole)), len(whole)]))
        whole[draw.draw(st.integers(4, most - 1))] = draw.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"flipped-{name}"
    path.write_bytes(whole)
    try:
        picture = open_picture(path)
    except BadInput as met:
        assert str(met).endswith(".")  # noqa: PT017
    else:
        assert picture.pixels.size
