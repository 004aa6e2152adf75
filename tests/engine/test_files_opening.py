"""Opening photographs: every format, depth and layout, upright, with what belongs to it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from skimage import data

from engine.errors import BadInput
from engine.files import open_picture, save, will_lose
from engine.picture import Mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

LAYOUTS = [(), (2,), (3,), (4,)]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'


def noise(layout: tuple[int, ...], dtype: type[np.generic], size: tuple[int, int] = (37, 53)) -> NDArray[Any]:
    return np.random.default_rng(1).integers(0, np.iinfo(dtype).max, (*size, *layout), endpoint=True).astype(dtype)


def exif(orientation: int) -> Any:
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x9003] = orientation, "A maker", "2020:01:02 03:04:05"
    return tags


def tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    out = io.BytesIO()
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    kind = {"photometric": "rgb" if channels > 2 else "minisblack"}
    kind |= {"extrasamples": ["unassalpha"]} if channels in (2, 4) else {}
    kind |= {"planarconfig": "contig"} if channels > 1 else {}
    tifffile.imwrite(out, pixels, **(kind | options))
    return out.getvalue()


def turned_by_pillow(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    step = Image.Transpose
    turn = {
        2: step.FLIP_LEFT_RIGHT, 3: step.ROTATE_180, 4: step.FLIP_TOP_BOTTOM, 5: step.TRANSPOSE,
        6: step.ROTATE_270, 7: step.TRANSVERSE, 8: step.ROTATE_90,
    }.get(orientation)  # fmt: skip
    image = Image.fromarray(array)
    return np.asarray(image if turn is None else image.transpose(turn))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("coder", [imagecodecs.png_encode, tiff, lambda a: tiff(a, compression="lzw", predictor=True, byteorder=">")])
def test_pixels_are_read_as_they_were_written(
    tmp_path: Path, dtype: type[np.generic], layout: tuple[int, ...], coder: Callable[[NDArray[Any]], bytes]
) -> None:
    pixels = noise(layout, dtype)
    path = tmp_path / "a"
    path.write_bytes(coder(pixels))
    picture = open_picture(path)
    assert picture.pixels.dtype == dtype
    np.testing.assert_array_equal(picture.pixels, pixels)


@pytest.mark.parametrize("layout", [(3,), (4,)])
def test_lossless_webp_is_read_as_it_was_written(tmp_path: Path, layout: tuple[int, ...]) -> None:
    pixels = noise(layout, np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.webp", lossless=True, exact=True)
    picture = open_picture(tmp_path / "a.webp")
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.file.format == "webp"


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_is_decoded_as_others_decode_it_and_keeps_its_bytes(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(data.astronaut()[:200, :301]).convert(mode)
    image.save(tmp_path / "a.jpg", quality=91)
    picture = open_picture(tmp_path / "a.jpg")
    np.testing.assert_array_equal(picture.pixels, np.asarray(Image.open(tmp_path / "a.jpg")))
    assert picture.file.encoded == (tmp_path / "a.jpg").read_bytes()
    assert picture.layout == ("grey" if mode == "L" else "rgb")


def test_palettes_single_bits_and_transparent_colours_are_expanded(tmp_path: Path) -> None:
    colours = Image.fromarray(noise((3,), np.uint8)).quantize(17)
    colours.save(tmp_path / "palette.png")
    colours.save(tmp_path / "clear.png", transparency=3)
    bits = Image.fromarray(noise((), np.uint8) > 128)
    bits.save(tmp_path / "bits.png")
    bits.save(tmp_path / "bits.tif")
    colours.save(tmp_path / "palette.tif")
    tifffile.imwrite(tmp_path / "white.tif", noise((), np.uint8), photometric="miniswhite")
    wide = np.asarray(colours.convert("RGB"))
    np.testing.assert_array_equal(open_picture(tmp_path / "palette.png").pixels, wide)
    np.testing.assert_array_equal(open_picture(tmp_path / "palette.tif").pixels, wide)
    clear = np.asarray(Image.open(tmp_path / "clear.png").convert("RGBA"))
    np.testing.assert_array_equal(open_picture(tmp_path / "clear.png").pixels, clear)
    for name in ("bits.png", "bits.tif"):
        np.testing.assert_array_equal(open_picture(tmp_path / name).pixels, np.asarray(bits).astype(np.uint8) * 255)
    np.testing.assert_array_equal(open_picture(tmp_path / "white.tif").pixels, 255 - noise((), np.uint8))


def test_planes_and_multiplied_colours_of_a_tiff(tmp_path: Path) -> None:
    pixels = noise((3,), np.uint16)
    tifffile.imwrite(tmp_path / "planes.tif", np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(open_picture(tmp_path / "planes.tif").pixels, pixels)
    half = np.array([[[100, 50, 25, 128], [7, 8, 9, 255], [0, 0, 0, 0]]], np.uint8)
    (tmp_path / "multiplied.tif").write_bytes(tiff(half, extrasamples=["assocalpha"]))
    picture = open_picture(tmp_path / "multiplied.tif")
    np.testing.assert_array_equal(picture.pixels, [[[199, 100, 50, 128], [7, 8, 9, 255], [0, 0, 0, 0]]])
    assert "multiplied" in picture.file.losses[0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_pictures_stand_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    pixels = np.ascontiguousarray(data.chelsea()[:88, :120])
    options = {".jpg": {"quality": 95}, ".webp": {"lossless": True}}.get(suffix, {})
    Image.fromarray(pixels).save(tmp_path / f"a{suffix}", exif=exif(orientation), **options)
    plain = np.asarray(Image.open(tmp_path / "a.jpg")) if suffix == ".jpg" else pixels
    picture = open_picture(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(picture.pixels, turned_by_pillow(plain, orientation))
    assert picture.file.orientation == orientation


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_profile_exif_and_xmp_are_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    extra, tags = {"xmp": XMP} if suffix in {".jpg", ".webp"} else {}, exif(1)
    if suffix == ".tif":
        tags[700] = XMP
    Image.fromarray(noise((3,), np.uint8)).save(path, icc_profile=SRGB, exif=tags, **extra)
    picture = open_picture(path)
    assert picture.icc == SRGB
    tags = Image.Exif()
    tags.load(b"Exif\0\0" + picture.exif)
    assert tags[0x010F] == "A maker"
    if suffix != ".png":
        assert picture.xmp == XMP


def test_a_profile_of_many_segments_is_joined(tmp_path: Path) -> None:
    long = SRGB + bytes(np.random.default_rng(0).integers(0, 256, 150_000, dtype=np.uint8))
    Image.fromarray(noise((3,), np.uint8)).save(tmp_path / "a.jpg", icc_profile=long)
    assert open_picture(tmp_path / "a.jpg").icc == long


def test_inks_are_converted_with_a_word(tmp_path: Path) -> None:
    flat = Image.new("RGB", (40, 30), (200, 60, 40)).convert("CMYK")
    flat.save(tmp_path / "a.jpg", quality=98)
    flat.save(tmp_path / "a.tif")
    for name in ("a.jpg", "a.tif"):
        picture = open_picture(tmp_path / name)
        assert np.abs(picture.pixels.astype(int) - (200, 60, 40)).max() <= 3
        assert any("CMYK" in sentence for sentence in picture.file.losses)
        assert picture.icc
        assert picture.file.encoded is None
        save(picture, tmp_path / f"{name}.jpg", Mask(np.zeros((30, 40), np.uint8)), picture)
        assert open_picture(tmp_path / f"{name}.jpg").layout == "rgb"


def test_more_pages_pictures_and_frames_are_told(tmp_path: Path) -> None:
    first, second = noise((3,), np.uint8), noise((3,), np.uint8)[::-1]
    tifffile.imwrite(tmp_path / "pages.tif", np.stack([first, second]), photometric="rgb")
    images = [Image.fromarray(first), Image.fromarray(second)]
    for name in ("moving.png", "moving.webp"):
        images[0].save(tmp_path / name, save_all=True, append_images=images[1:], lossless=True)
    images[0].save(tmp_path / "two.mpo", save_all=True, append_images=images[1:])
    for name, word in (
        ("pages.tif", "1 more page"),
        ("moving.png", "animation"),
        ("moving.webp", "animation"),
        ("two.mpo", "more pictures"),
    ):
        picture = open_picture(tmp_path / name)
        assert any(word in sentence for sentence in picture.file.losses), name
        if name != "two.mpo":
            np.testing.assert_array_equal(picture.pixels[..., :3], first)


def test_a_thumbnail_page_is_no_loss(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(noise((3,), np.uint8), photometric="rgb")
        file.write(noise((3,), np.uint8)[::2, ::2], photometric="rgb", subfiletype=1)
    assert open_picture(tmp_path / "a.tif").file.losses == ()


@pytest.mark.parametrize("name", ["with a space.png", "Müllers Größe.tif", "照片 测试.jpg", "фото.webp"])
def test_names_in_any_script(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "Bilder für 王"
    folder.mkdir()
    path = folder / name
    pixels = noise((3,), np.uint8)
    Image.fromarray(pixels).save(path)
    picture = open_picture(path)
    nothing = Mask(np.zeros(picture.size, np.uint8))
    saved = save(picture, folder / f"neu {name}", nothing, picture)
    assert saved.changed_outside == 0
    np.testing.assert_array_equal(open_picture(saved.path).pixels, picture.pixels)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(imagecodecs.png_encode(noise((3,), np.uint16)))
    picture = open_picture(tmp_path / "a.jpg")
    assert (picture.file.format, picture.depth) == ("png", 16)


def test_a_preview_that_cannot_be_rebuilt_is_told(tmp_path: Path) -> None:
    small = cv2.imencode(".jpg", noise((3,), np.uint8))[1].tobytes()
    plain = io.BytesIO()
    Image.fromarray(noise((3,), np.uint8)).save(plain, "JPEG")
    body = b"Photoshop 3.0\x008BIM\x04\x0c\0\0" + len(small).to_bytes(4, "big") + small
    segment = b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8" + segment + plain.getvalue()[2:])
    picture = open_picture(tmp_path / "a.jpg")
    assert any("preview" in sentence for sentence in picture.file.losses)
    assert any("captions" in sentence for sentence in will_lose(picture, ".png"))


def test_what_other_libraries_would_swallow_is_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "float.tif", np.full((9, 9), np.nan, np.float32))
    tifffile.imwrite(tmp_path / "long.tif", np.zeros((9, 9), np.uint32))
    tifffile.imwrite(tmp_path / "five.tif", np.zeros((9, 9, 5), np.uint8), photometric="minisblack", planarconfig="contig")
    tifffile.imwrite(tmp_path / "lab.tif", np.zeros((9, 9, 3), np.uint8), photometric="cielab")
    tifffile.imwrite(tmp_path / "raw.tif", np.zeros((9, 9), np.uint16), photometric="cfa", extratags=[(33421, "H", 2, (2, 2), True)])
    for name in ("float", "long", "five", "lab", "raw"):
        with pytest.raises(BadInput, match=rf"{name}\.tif"):
            open_picture(tmp_path / f"{name}.tif")


def test_inks_with_a_profile_of_something_else_are_converted_without_it(tmp_path: Path) -> None:
    Image.new("CMYK", (40, 30), (0, 200, 200, 20)).save(tmp_path / "a.jpg", quality=98, icc_profile=SRGB)
    picture = open_picture(tmp_path / "a.jpg")
    assert "without its own profile" in picture.file.losses[0]
    red, green, _ = picture.pixels[5, 5]
    assert (red > 200, green < 100) == (True, True)


def test_a_moving_picture_behind_the_photograph_is_told(tmp_path: Path) -> None:
    Image.fromarray(noise((3,), np.uint8)).save(tmp_path / "a.jpg", xmp=b'<x GCamera:MotionPhoto="1"/>')
    with (tmp_path / "a.jpg").open("ab") as file:
        file.write(b"\0\0\0\x18ftypmp42")
    assert "moving picture" in open_picture(tmp_path / "a.jpg").file.losses[0]


def test_photoshop_layers_are_told(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", noise((3,), np.uint8), photometric="rgb", extratags=[(37724, "B", 8, b"layers!!", True)])
    assert "layers" in open_picture(tmp_path / "a.tif").file.losses[0]


def test_a_jpeg_of_two_channels_is_refused(tmp_path: Path) -> None:
    coded = imagecodecs.jpeg8_encode(noise((), np.uint8))
    frame = coded.index(b"\xff\xc0")
    length = int.from_bytes(coded[frame + 2 : frame + 4], "big") + 3
    two = (
        coded[: frame + 2] + length.to_bytes(2, "big") + coded[frame + 4 : frame + 9] + b"\2" + coded[frame + 10 : frame + 13] + b"\2\x11\0"
    )
    (tmp_path / "a.jpg").write_bytes(two + coded[frame + 13 :])
    with pytest.raises(BadInput, match="2 channels"):
        open_picture(tmp_path / "a.jpg")
