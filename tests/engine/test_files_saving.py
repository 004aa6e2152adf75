"""Saving: bit for bit where the format can, a word beforehand where it cannot, whole or not at all."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage import data

from engine.errors import BadInput
from engine.files import open_picture, png, save, tags, will_lose
from engine.files.exif import orientation_of, thumbnail_span, with_new_thumbnail
from engine.files.tags import Structure
from engine.picture import Mask, OpenedFile, Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GREY = bytearray(SRGB)
GREY[16:20] = b"GRAY"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
LAYOUTS = [(), (2,), (3,), (4,)]


def noise(layout: tuple[int, ...] = (3,), dtype: type[np.generic] = np.uint8, size: tuple[int, int] = (37, 53)) -> NDArray[Any]:
    return np.random.default_rng(2).integers(0, np.iinfo(dtype).max, (*size, *layout), endpoint=True).astype(dtype)


def edited(original: Picture) -> tuple[Picture, Mask]:
    """The picture with other pixels in a hole, and the mask."""
    hole = np.zeros(original.size, np.uint8)
    hole[5:20, 10:30] = 255
    hole[20:24, 10:30] = 90
    pixels = original.pixels.copy()
    pixels[hole > 0] = noise(dtype=pixels.dtype).ravel()[: pixels[hole > 0].size].reshape(pixels[hole > 0].shape)
    return replace(original, pixels=pixels), Mask(hole)


DEPTHS = [(".png", np.uint8), (".png", np.uint16), (".tif", np.uint8), (".tiff", np.uint16), (".webp", np.uint8)]


@pytest.mark.parametrize(("suffix", "dtype"), DEPTHS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_lossless_files_hold_every_pixel(tmp_path: Path, suffix: str, layout: tuple[int, ...], dtype: type[np.generic]) -> None:
    original = Picture(noise(layout, dtype))
    picture, mask = edited(original)
    saved = save(picture, tmp_path / f"a{suffix}", mask, original)
    assert (saved.changed_outside, saved.largest_change) == (0, 0)
    assert saved.levels == (255 if dtype == np.uint8 else 65_535)
    assert saved.size == (tmp_path / f"a{suffix}").stat().st_size
    assert saved.sentence == f"Saved a{suffix}. 0 pixels changed outside the mask."
    again = open_picture(saved.path).pixels
    if suffix == ".webp" and layout in {(), (2,)}:
        again = again[..., 0] if layout == () else again[..., [0, 3]]
    np.testing.assert_array_equal(again, picture.pixels)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_others_read_what_we_write(tmp_path: Path, suffix: str) -> None:
    picture = Picture(noise(), icc=SRGB)
    save(picture, tmp_path / f"a{suffix}", Mask(np.zeros(picture.size, np.uint8)), picture)
    with Image.open(tmp_path / f"a{suffix}") as image:
        np.testing.assert_array_equal(np.asarray(image), picture.pixels)
        assert image.info["icc_profile"] == SRGB


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_the_figure_counts_what_differs_on_the_disk(tmp_path: Path, suffix: str) -> None:
    original = Picture(noise())
    picture, mask = edited(original)
    pixels = picture.pixels.copy()
    pixels[30, 40] ^= 4
    pixels[31, 2, 1] ^= 16
    saved = save(replace(picture, pixels=pixels), tmp_path / f"a{suffix}", mask, original)
    assert (saved.changed_outside, saved.largest_change) == (2, 16)
    assert saved.sentence.endswith("2 pixels changed outside the mask, by at most 16 of 255.")


def test_an_alpha_that_differs_counts_too(tmp_path: Path) -> None:
    original = Picture(noise((4,), np.uint16))
    pixels = original.pixels.copy()
    pixels[3, 3, 3] ^= 256
    for suffix in (".png", ".tif"):
        saved = save(Picture(pixels), tmp_path / f"a{suffix}", Mask(np.zeros((37, 53), np.uint8)), original)
        assert (saved.changed_outside, saved.largest_change) == (1, 256)


def exif(orientation: int, thumbnail: bytes) -> Any:
    """EXIF as Pillow makes it, with a directory below and a thumbnail."""
    image = Image.Exif()
    image[0x0112], image[0x010F] = orientation, "A maker"
    image.get_ifd(0x8769).update({0x9003: "2020:01:02 03:04:05", 0xA002: 53, 0xA003: 37, 0x927C: b"note" * 9})
    plain = bytearray(image.tobytes().removeprefix(b"Exif\0\0"))
    structure = Structure.of(plain)
    at = tags.placed(
        plain,
        [
            tags.Field(513, 4, 1, b"\0\0\0\0"),
            tags.Field(514, 4, 1, len(thumbnail).to_bytes(4, "little" if structure.order == "<" else "big")),
        ],
        structure.order,
    )
    place = structure.next_place(structure.first)
    order = "little" if structure.order == "<" else "big"
    plain[place : place + 4] = at.to_bytes(4, order)
    plain[at + 2 + 8 : at + 2 + 12] = len(plain).to_bytes(4, order)
    return bytes(plain) + thumbnail


SUFFIXES = [".jpg", ".png", ".webp", ".tif"]


@pytest.mark.parametrize(("source", "target"), [(a, b) for a in SUFFIXES for b in SUFFIXES if not a == b == ".jpg"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_profile_exif_and_xmp_go_with_the_picture(tmp_path: Path, source: str, target: str, orientation: int) -> None:
    scene = np.ascontiguousarray(data.astronaut()[60:208:4, 120:332:4])
    small = cv2.imencode(".jpg", noise(size=(28, 40)))[1].tobytes()
    made = Picture(scene, SRGB, exif(1, small), XMP, OpenedFile(Path("x"), "png"))
    save(made, tmp_path / f"a{source}", Mask(np.zeros(made.size, np.uint8)), made)
    stored = (tmp_path / f"a{source}").read_bytes()
    place = orientation_place(stored)
    (tmp_path / f"a{source}").write_bytes(with_checksums(stored[:place] + bytes([orientation]) + stored[place + 1 :], source))
    original = open_picture(tmp_path / f"a{source}")
    assert original.file.orientation == orientation
    mask = edited(original)[1]
    picture = replace(original, pixels=np.where(mask.hole[..., None], np.uint8(250), original.pixels))
    saved = save(picture, tmp_path / f"b{target}", mask, original)
    again = open_picture(saved.path)
    if target != ".jpg":
        np.testing.assert_array_equal(again.pixels, picture.pixels)
    assert again.icc == SRGB
    assert again.xmp == XMP.replace(b'"6"', b'"1"')
    assert orientation_of(again.exif) == 1
    found = Image.Exif()
    found.load(b"Exif\0\0" + again.exif)
    below = found.get_ifd(0x8769)
    assert (found[0x010F], below[0x9003], below[0x927C]) == ("A maker", "2020:01:02 03:04:05", b"note" * 9)
    assert (below[0xA003], below[0xA002]) == again.size
    span = thumbnail_span(again.exif)
    if ".tif" in {source, target}:
        assert span is None
        assert small[20:200] not in saved.path.read_bytes()
    else:
        shown = cv2.imdecode(np.frombuffer(again.exif[slice(*span)], np.uint8), cv2.IMREAD_COLOR_RGB)
        wanted = cv2.resize(picture.pixels, shown.shape[1::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(shown.astype(int) - wanted).mean() < 9


def orientation_place(stored: bytes) -> int:
    """Where the orientation's value stands: by its entry, in the byte order of the EXIF that Pillow wrote."""
    for entry in (b"\x12\x01\x03\x00\x01\x00\x00\x00", b"\x01\x12\x00\x03\x00\x00\x00\x01\x00"):
        if (at := stored.rfind(entry)) >= 0:
            return at + len(entry)
    raise AssertionError


def with_checksums(stored: bytes, suffix: str) -> bytes:
    """A PNG's checksums made right again after a byte was changed."""
    if suffix != ".png":
        return stored
    return png.SIGNATURE + b"".join(png._chunk(kind, bytes(body)) for kind, body in png._walk(stored[8:]))


def test_a_png_keeps_how_its_colours_are_meant_and_its_captions(tmp_path: Path) -> None:
    plain = imagecodecs.png_encode(noise())
    gamma, caption = png._chunk(b"gAMA", (45_455).to_bytes(4, "big")), png._chunk(b"tEXt", b"Title\0A lake")
    (tmp_path / "a.png").write_bytes(plain[:33] + gamma + caption + plain[33:])
    original = open_picture(tmp_path / "a.png")
    picture, mask = edited(original)
    written = save(picture, tmp_path / "b.png", mask, original).path.read_bytes()
    assert gamma in written
    assert caption in written


def test_a_tiff_keeps_resolution_and_description(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", noise(dtype=np.uint16), photometric="rgb", resolution=(300, 300), description="A lake", software="x"
    )
    original = open_picture(tmp_path / "a.tif")
    picture, mask = edited(original)
    save(picture, tmp_path / "b.tif", mask, original)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        page = file.pages[0]
        assert page.tags["XResolution"].value == (300, 1)
        assert page.description == "A lake"
        assert len(file.pages) == 1
        np.testing.assert_array_equal(page.asarray(), picture.pixels)


def test_losses_are_told_before_and_refused_unless_accepted(tmp_path: Path) -> None:
    deep, clear = Picture(noise((), np.uint16)), Picture(noise((4,)))
    nothing = Mask(np.zeros((37, 53), np.uint8))
    for picture, suffix, word in ((deep, ".jpg", "16"), (deep, ".webp", "16"), (clear, ".jpeg", "transparency")):
        assert any(word in sentence and "PNG" in sentence for sentence in will_lose(picture, suffix))
        with pytest.raises(BadInput, match=word):
            save(picture, tmp_path / f"a{suffix}", nothing, picture)
        assert not list(tmp_path.iterdir())
        save(picture, tmp_path / f"a{suffix}", nothing, picture, accept_losses=True)
        assert open_picture(tmp_path / f"a{suffix}").depth == 8
        (tmp_path / f"a{suffix}").unlink()
    assert will_lose(deep, ".png") == will_lose(deep, ".tif") == will_lose(clear, ".webp") == ()
    with pytest.raises(BadInput, match=r"\.gif"):
        will_lose(deep, ".gif")


def test_eight_bits_and_white_are_what_was_announced(tmp_path: Path) -> None:
    deep = Picture(noise((3,), np.uint16))
    nothing = Mask(np.zeros((37, 53), np.uint8))
    saved = save(deep, tmp_path / "a.webp", nothing, deep, accept_losses=True)
    assert saved.changed_outside == 0
    np.testing.assert_array_equal(open_picture(saved.path).pixels, np.rint(deep.pixels / 257).astype(np.uint8))
    clear = Picture(np.full((16, 16, 4), (10, 20, 30, 0), np.uint8))
    save(clear, tmp_path / "a.jpg", Mask(np.zeros((16, 16), np.uint8)), clear, accept_losses=True)
    assert open_picture(tmp_path / "a.jpg").pixels.min() == 255


def test_a_new_jpeg_says_that_it_is_lossy_and_by_how_much(tmp_path: Path) -> None:
    original = Picture(np.ascontiguousarray(data.chelsea()[:80, :90]), icc=SRGB * 40, xmp=XMP)
    assert any("lossy" in sentence for sentence in will_lose(original, ".jpg"))
    saved = save(original, tmp_path / "a.jpg", Mask(np.zeros(original.size, np.uint8)), original)
    again = open_picture(saved.path)
    assert (again.icc, again.xmp) == (SRGB * 40, XMP.replace(b'"6"', b'"1"'))
    difference = np.abs(again.pixels.astype(int) - original.pixels).max(axis=2)
    assert (saved.changed_outside, saved.largest_change) == (np.count_nonzero(difference), difference.max())
    assert saved.largest_change < 30
    assert not saved.kept_blocks


def test_too_much_metadata_for_a_jpeg_is_told_and_left_out(tmp_path: Path) -> None:
    picture = Picture(noise(), xmp=XMP + b" " * 70_000)
    assert any("XMP" in sentence for sentence in will_lose(picture, ".jpg"))
    save(picture, tmp_path / "a.jpg", Mask(np.zeros(picture.size, np.uint8)), picture)
    assert open_picture(tmp_path / "a.jpg").xmp is None


def test_a_grey_profile_cannot_go_into_webp(tmp_path: Path) -> None:
    picture = Picture(noise(()), icc=bytes(GREY))
    assert any("profile" in sentence for sentence in will_lose(picture, ".webp"))
    save(picture, tmp_path / "a.webp", Mask(np.zeros(picture.size, np.uint8)), picture)
    assert open_picture(tmp_path / "a.webp").icc is None


@pytest.mark.parametrize(("side", "suffix"), [(16_384, ".webp"), (65_501, ".jpg")])
def test_a_side_that_a_format_cannot_hold_is_refused(tmp_path: Path, side: int, suffix: str) -> None:
    picture = Picture(np.zeros((1, side), np.uint8))
    with pytest.raises(BadInput, match="PNG or TIFF"):
        save(picture, tmp_path / f"a{suffix}", Mask(np.zeros((1, side), np.uint8)), picture, accept_losses=True)
    assert will_lose(picture, suffix)
    assert not list(tmp_path.iterdir())


def test_exif_in_an_older_byte_order_and_bigtiff(tmp_path: Path) -> None:
    out = io.BytesIO()
    tifffile.imwrite(out, noise(dtype=np.uint16), photometric="rgb", bigtiff=True, byteorder=">", description="A lake")
    (tmp_path / "a.tif").write_bytes(out.getvalue())
    original = open_picture(tmp_path / "a.tif")
    picture, mask = edited(original)
    save(picture, tmp_path / "b.tif", mask, original)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "b.tif"), picture.pixels)
    with tifffile.TiffFile(tmp_path / "b.tif") as file:
        assert file.byteorder == ">"
        assert file.pages[0].description == "A lake"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_thumbnails_of_every_layout_and_depth(tmp_path: Path, layout: tuple[int, ...]) -> None:
    scene = np.tile(np.linspace(0, 65_535, 600).astype(np.uint16), (300, 1))
    pixels = scene if layout == () else np.repeat(scene[..., None], layout[0], axis=2)
    small = cv2.imencode(".jpg", noise(size=(28, 40)))[1].tobytes()
    original = Picture(np.ascontiguousarray(pixels), exif=exif(1, small))
    saved = save(original, tmp_path / "a.png", Mask(np.zeros(original.size, np.uint8)), original)
    again = open_picture(saved.path)
    shown = cv2.imdecode(np.frombuffer(again.exif[slice(*thumbnail_span(again.exif))], np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown.shape[1] == 40
    wanted = cv2.resize(scene, shown.shape[1::-1], interpolation=cv2.INTER_AREA) / 257
    assert np.abs(shown - wanted).mean() < 5


def test_a_thumbnail_with_no_room_is_taken_out() -> None:
    busy = noise(size=(480, 640))
    flat = cv2.imencode(".jpg", np.zeros((120, 160, 3), np.uint8))[1].tobytes()
    after = with_new_thumbnail(exif(1, flat), busy)
    assert thumbnail_span(after) is None
    assert len(after) == len(exif(1, flat))


def test_an_uncompressed_thumbnail_is_blanked() -> None:
    plain = bytearray(exif(1, b"removed thing" * 9))
    structure = Structure.of(plain)
    directory = structure.directory(structure.first)[1]
    for place, tag in ((directory + 2, 273), (directory + 14, 279)):
        plain[place : place + 2] = tag.to_bytes(2, "little" if structure.order == "<" else "big")
    after = with_new_thumbnail(bytes(plain), noise())
    assert b"removed" not in after
    assert Structure.of(after).directory(structure.first)[1] == 0
