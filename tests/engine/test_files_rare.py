"""Files that are rare but happen: too large, of unused kinds, with broken metadata; and a working size that is passed."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PIL import Image

from engine import exemplar
from engine.errors import BadInput
from engine.files import colour, jpeg_segments, open_mask, open_picture, opening, save
from engine.files.exif import thumbnail_span, upright_exif
from engine.job import Job, finished
from engine.ops import completion
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from tests.engine.cases import rectangles, scene

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = Mask(np.zeros((24, 40), np.uint8))


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.fromarray(scene(24, 40)).save(out, "JPEG", quality=90)
    return out.getvalue()


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(BadInput) as met:
        open_picture(path)
    return str(met.value)


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    with path.open("wb") as file:
        file.truncate(4_000_000_001)  # takes no room on the disk
    with pytest.raises(BadInput, match="larger than 4 GB"):
        open_picture(path)


def test_a_picture_that_does_not_fit_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setitem(opening.READERS, "jpeg", full)
    assert "a.jpg does not fit into this machine's memory" in refused(tmp_path / "a.jpg", jpeg())


@pytest.mark.parametrize(
    ("at", "value", "word"),
    [
        (1, 0xC3, "lossless or hierarchical"),
        (4, 12, "12 bits a channel"),
        (9, 0, "header is cut short"),
        (9, 200, "header is cut short"),
        (11, 0, "makes no sense"),
        (11, 0x51, "makes no sense"),
    ],
)
def test_a_frame_header_that_we_cannot_follow(tmp_path: Path, at: int, value: int, word: str) -> None:
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + at] = value
    assert word in refused(tmp_path / "a.jpg", bytes(data))


def test_a_scan_that_names_more_parts_than_it_holds(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.fromarray(scene(24, 40)).save(out, "JPEG", progressive=True)
    data = bytearray(out.getvalue())
    data[data.index(b"\xff\xda") + 4] = 250
    assert "damaged" in refused(tmp_path / "a.jpg", bytes(data))


def test_a_broken_index_of_pictures_is_left_as_it_is(tmp_path: Path) -> None:
    assert jpeg_segments.picture_entries(b"no TIFF header at all") is None
    head = jpeg_segments.MPF_HEAD + b"broken index"
    data = jpeg()[:2] + b"\xff\xe2" + struct.pack(">H", len(head) + 2) + head + jpeg()[2:]
    (tmp_path / "a.jpg").write_bytes(data)
    original = open_picture(tmp_path / "a.jpg")
    pixels = original.pixels.copy()
    pixels[8:12, 8:12] = 0
    mask = Mask(rectangles((24, 40), (8, 8, 12, 12)))
    saved = save(Picture(pixels, original.icc, original.exif, original.xmp, original.file), tmp_path / "b.jpg", mask, original)
    assert saved.kept_blocks
    assert head in saved.path.read_bytes()


def test_a_jpeg_of_red_green_and_blue_keeps_its_blocks(tmp_path: Path) -> None:
    """Without JFIF and Adobe segments, the components' names tell."""
    out = io.BytesIO()
    Image.fromarray(scene(48, 64)).save(out, "JPEG", quality=95, keep_rgb=True)
    data = out.getvalue()
    for marker in (b"\xff\xe0", b"\xff\xee"):
        if (start := data.find(marker)) > 0:
            data = data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :]
    (tmp_path / "a.jpg").write_bytes(data)
    original = open_picture(tmp_path / "a.jpg")
    assert np.abs(original.pixels.astype(int) - scene(48, 64)).mean() < 4
    pixels = original.pixels.copy()
    pixels[16:32, 16:32] = 200, 40, 90
    mask = Mask(rectangles((48, 64), (16, 16, 32, 32)))
    saved = save(Picture(pixels, file=original.file), tmp_path / "b.jpg", mask, original)
    assert (saved.kept_blocks, saved.changed_outside) == (True, 0)
    assert np.abs(open_picture(saved.path).pixels.astype(int) - pixels)[16:32, 16:32].max() <= 6


@pytest.mark.parametrize("exif", [b"", b"junk", b"II\x63\x00\x08\x00\x00\x00", b"II\x2b\x00\x08\x00"])
def test_metadata_that_are_none_are_kept_as_they_are(tmp_path: Path, exif: bytes) -> None:
    assert upright_exif(exif, (24, 40)) == exif
    assert thumbnail_span(exif) is None
    picture = Picture(scene(24, 40), exif=exif)
    saved = save(picture, tmp_path / "a.png", NOTHING, picture)
    np.testing.assert_array_equal(open_picture(saved.path).pixels, picture.pixels)


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


HEADER = struct.pack(">IIBBBBB", 40, 24, 8, 0, 0, 0, 0)
ROWS = zlib.compress(b"".join(b"\0" + bytes(range(40)) for _ in range(24)))


def test_pngs_without_a_picture_are_refused(tmp_path: Path) -> None:
    for number, chunks in enumerate(([(b"IHDR", HEADER)], [(b"IDAT", ROWS)], [(b"IHDR", HEADER[:9]), (b"IDAT", ROWS)])):
        assert "it holds no picture" in refused(tmp_path / f"{number}.png", png(*chunks, (b"IEND", b"")))


def test_a_png_with_a_broken_profile_opens_without_it(tmp_path: Path) -> None:
    profile = (b"iCCP", b"name\0\0" + b"not compressed at all")
    (tmp_path / "a.png").write_bytes(png((b"IHDR", HEADER), profile, (b"IDAT", ROWS), (b"IEND", b"")))
    picture = open_picture(tmp_path / "a.png")
    assert (picture.icc, picture.size) == (None, (24, 40))


def test_a_volume_is_no_picture(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((32, 48, 64), np.uint8), photometric="minisblack", volumetric=True, tile=(16, 16, 16))
    with pytest.raises(BadInput):
        open_picture(tmp_path / "a.tif")


def test_a_webp_without_a_picture(tmp_path: Path) -> None:
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 4) + bytes(4)
    assert "it holds no picture" in refused(tmp_path / "a.webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    assert "damaged" in refused(tmp_path / "b.webp", b"RIFF" + struct.pack("<I", 99) + b"WEBP" + b"VP8L" + struct.pack("<I", 900) + b"..")


def test_grey_with_a_constant_alpha_is_a_mask_by_its_grey(tmp_path: Path) -> None:
    coverage = rectangles((24, 40), (5, 6, 15, 20))
    Image.fromarray(np.dstack([coverage, np.full_like(coverage, 255)])).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(open_mask(tmp_path / "mask.png", (24, 40)).coverage, coverage)


def test_what_has_no_alpha_is_not_laid_on_white() -> None:
    for channels in (1, 3):
        pixels = scene(6, 7, channels)
        assert colour.on_white(pixels) is pixels


def test_a_folder_that_may_not_be_written(root: Path) -> None:
    system = root.__class__("/sys")
    if not (system / "kernel").exists():
        pytest.skip("no folder here is closed to everyone")
    picture = Picture(scene(24, 40))
    with pytest.raises(BadInput, match="may not be written"):
        save(picture, system / "inlay.png", NOTHING, picture)


def test_above_the_working_size_pixels_are_still_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search is made on a smaller picture and its field carried up: every pixel is one of the full picture."""
    monkeypatch.setattr(completion, "WORKING_SIZE", 3000)
    before = Picture(scene(120, 140))
    mask = Mask(rectangles((120, 140), (45, 50, 75, 90)))
    settings = exemplar.PatchSettings(adapt=False)
    result = finished(Pipeline().run(Job(before, mask, settings=settings, seed=1, device="cpu")))
    (field,) = (one for one in result.evidence if one.name == "Nearest-neighbour field")
    assert field.copied.all()  # pyright: ignore[reportAttributeAccessIssue]
    after = before.with_patches(result.patches).pixels
    assert np.abs(np.diff(after[50:70, 50:90].astype(int), axis=1)).mean() > 5  # as sharp as its surroundings, stripes included
