"""TIFF: opened by tifffile, written here: the EXIF first and as it was, so that no offset in it breaks, pixels behind it."""

from __future__ import annotations

import io
import logging
import struct
from typing import TYPE_CHECKING, Any, cast

import imagecodecs
import numpy as np
import tifffile

from engine.errors import BadInput
from engine.files import colour, exif, formats, tags
from engine.files.stored import Stored
from engine.files.tags import Field, Structure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.picture import Picture, Pixels

STRIP_BYTES = 1 << 20
LEVEL = 6
COUNTED_PAGES = 1000
LOSSY = (6, 7, 34892, 34933, 34934, 33003, 33005, 34712, 50001, 50002)
"""Compressions by which values may have changed: JPEG, JPEG 2000, WebP, JPEG XL."""

logging.getLogger("tifffile").addHandler(logging.NullHandler())
logging.getLogger("tifffile").propagate = False


def read_tiff(data: bytes, name: str) -> Stored:
    """The first picture of a TIFF as it is stored. Raises BadInput."""
    structure = Structure.of(data)
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = cast("tifffile.TiffPage", file.pages[0])
            formats.check_size(page.imagewidth, page.imagelength, name)
            _check_kind(page, name)
            _check_whole(page, len(data), name)
            values: NDArray[Any] = page.asarray(maxworkers=1)
            pages = _other_pages(file)
            pixels, icc, losses = _as_picture(page, values, name)
    except (tifffile.TiffFileError, ValueError, KeyError, IndexError, TypeError, RuntimeError, struct.error, MemoryError, OSError) as error:
        raise formats.damaged(name, "its picture cannot be decoded") from error
    assert structure is not None
    first = structure.directory(structure.first)[0]
    orientation = structure.number(first.get(tags.ORIENTATION)) or 1
    xmp = structure.raw(first[tags.XMP]) if tags.XMP in first else None
    if pages:
        losses = (f"The file holds {pages} more {'page' if pages == 1 else 'pages'}; only the first is opened and saved.", *losses)
    if 37724 in first:
        losses = ("The file holds Photoshop layers; only the flattened picture is opened and saved.", *losses)
    return Stored(
        pixels,
        icc,
        tags.compacted(structure),
        xmp,
        orientation if 1 <= orientation <= 8 else 1,
        None,
        losses,
        int(page.compression) in LOSSY,
    )


def _check_kind(page: tifffile.TiffPage, name: str) -> None:
    """Refuse what is no photograph of 8 or 16 bits. Raises BadInput."""
    kinds = tifffile.PHOTOMETRIC
    known = (kinds.MINISWHITE, kinds.MINISBLACK, kinds.RGB, kinds.PALETTE, kinds.SEPARATED)
    dtype, bits = page.dtype, page.bitspersample
    if 50706 in page.tags or page.photometric == kinds.CFA:
        raise BadInput(f"{name} is a raw photograph; develop it first and save it as a TIFF or JPEG.")
    if dtype is None or dtype.kind not in "bu" or bits not in (1, 2, 4, 8, 16):
        numbers = "floating-point numbers" if dtype is not None and dtype.kind == "f" else f"{bits}-bit numbers"
        raise BadInput(f"{name} is a TIFF of {numbers}, which Inlay does not open; convert it to 8 or 16 bits a channel.")
    jpeg = page.photometric == kinds.YCBCR and int(page.compression) in (6, 7)
    if not jpeg and page.photometric not in known:
        raise BadInput(f"{name} is a TIFF of an unusual colour kind, which Inlay does not open; convert it to grey or RGB.")
    colours = page.samplesperpixel - len(page.extrasamples)
    if (
        page.imagedepth != 1
        or colours not in (1, 3, 4)
        or len(page.extrasamples) > 1
        or (colours == 4) != (page.photometric == kinds.SEPARATED)
    ):
        raise BadInput(f"{name} is a TIFF of {page.samplesperpixel} channels, which Inlay does not open; convert it to grey or RGB.")


def _check_whole(page: tifffile.TiffPage, length: int, name: str) -> None:
    """Refuse a file whose pixels are not all in it. Raises BadInput."""
    spans = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    if not spans or any(at <= 0 or count <= 0 or at + count > length for at, count in spans):
        raise formats.damaged(name, "it ends before its picture does")


def _other_pages(file: tifffile.TiffFile) -> int:
    """How many pages besides the first are more than a thumbnail or a mask of it; counted up to a thousand."""
    count = 0
    for k in range(1, COUNTED_PAGES):
        try:
            page = file.pages[k]
        except (IndexError, tifffile.TiffFileError):
            break
        count += not int(getattr(page, "subfiletype", 0) or 0) & 5
    return count


def _as_picture(page: tifffile.TiffPage, values: NDArray[Any], name: str) -> tuple[Pixels, bytes | None, tuple[str, ...]]:
    """Values as they were decoded, as pixels, profile, and sentences about what was changed."""
    kinds = tifffile.PHOTOMETRIC
    profile = page.tags.get(tags.ICC)
    icc = bytes(profile.value) if profile is not None else None
    if page.axes == "SYX":
        values = np.moveaxis(values, 0, 2)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.shape[:2] != (page.imagelength, page.imagewidth):
        raise BadInput(f"{name} is a TIFF whose picture is laid out in an unusual way; convert it to grey or RGB.")
    if page.photometric == kinds.PALETTE:
        return _by_palette(values, page.colormap), icc, ()
    pixels: NDArray[Any] = _spread(values, page.bitspersample)
    if page.photometric == kinds.MINISWHITE:
        pixels = _inverted(pixels)
    if page.photometric == kinds.SEPARATED:
        rgb, srgb, said = colour.from_cmyk(np.ascontiguousarray(colour.eight_bits(pixels)[..., :4]), icc)
        return rgb, srgb, (said,)
    if page.extrasamples and int(page.extrasamples[0]) == 1:
        return _unmultiplied(pixels), icc, ("The file's colours were multiplied by its transparency; they were divided by it and stay so.",)
    return np.ascontiguousarray(pixels), icc, ()


def _spread(values: NDArray[Any], bits: int) -> Pixels:
    """Values of 1, 2 or 4 bits over the range of 8; 8 and 16 as they are, in this machine's byte order."""
    if values.dtype == np.bool_ or bits < 8:
        return (values.astype(np.uint8) * np.uint8(255 // (2**bits - 1))).astype(np.uint8)
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _inverted(pixels: Pixels) -> Pixels:
    """Lightness turned over; an alpha channel stays."""
    out = np.invert(pixels)
    if out.ndim == 3:
        out[..., 1:] = pixels[..., 1:]
    return out


def _by_palette(values: NDArray[Any], palette: Any) -> NDArray[np.uint8]:
    """Indices to colours; a palette is written in 16 bits, of which the upper 8 count."""
    table = (np.asarray(palette, np.uint16).T >> 8).astype(np.uint8)
    return table[values]


def _unmultiplied(pixels: Pixels) -> Pixels:
    """Colours divided by alpha and rounded; exact where nothing is transparent."""
    most = np.uint64(np.iinfo(pixels.dtype).max)
    out = pixels.copy()
    alpha = pixels[..., -1:].astype(np.uint64)
    part = (pixels[..., :-1] * most + alpha // 2) // np.maximum(alpha, 1)
    out[..., :-1] = np.minimum(part, most).astype(pixels.dtype)
    return out


def tiff_bytes(picture: Picture) -> bytes:
    """The picture as a TIFF, losslessly (deflate with prediction), with its profile, EXIF and XMP.

    The file begins with the EXIF itself, which is a TIFF structure, so that its maker notes stay where they were.
    """
    start = Structure.of(exif.without_thumbnail(picture.exif)) if picture.exif else None
    order = start.order if start is not None else "<"
    out = bytearray(start.data) if start is not None else tags.header(order)
    spans: list[tuple[int, int]] = []
    rows = max(1, STRIP_BYTES // max(1, picture.pixels.nbytes // picture.size[0]))
    for strip in _strips(picture.pixels, rows, order):
        out += bytes(len(out) % 2)
        spans.append((len(out), len(strip)))
        out += strip
    fields = [*_layout(picture, spans, rows, order), *_described(start, picture)]
    at = tags.placed(out, fields, order)
    struct.pack_into(order + "I", out, 4, at)
    return bytes(out)


def _strips(pixels: Pixels, rows: int, order: str) -> Iterator[bytes]:
    """Each strip, its rows replaced by differences along them, packed."""
    for top in range(0, pixels.shape[0], rows):
        strip = pixels[top : top + rows].copy()
        strip[:, 1:] -= pixels[top : top + rows, :-1]
        if order == ">":
            strip = strip.astype(strip.dtype.newbyteorder(">"))
        yield bytes(imagecodecs.deflate_encode(strip.tobytes(), level=LEVEL))


def _layout(picture: Picture, spans: list[tuple[int, int]], rows: int, order: str) -> list[Field]:
    """The tags that say how the pixels lie."""
    channels = 1 if picture.pixels.ndim == 2 else picture.pixels.shape[2]

    def shorts(tag: int, *values: int) -> Field:
        return Field(tag, 3, len(values), struct.pack(f"{order}{len(values)}H", *values))

    def longs(tag: int, *values: int) -> Field:
        return Field(tag, 4, len(values), struct.pack(f"{order}{len(values)}I", *values))

    return [
        longs(256, picture.size[1]),
        longs(257, picture.size[0]),
        shorts(258, *[picture.depth] * channels),
        shorts(259, 8),
        shorts(262, 2 if channels >= 3 else 1),
        longs(273, *[at for at, _ in spans]),
        shorts(tags.ORIENTATION, 1),
        shorts(277, channels),
        longs(278, rows),
        longs(279, *[length for _, length in spans]),
        shorts(284, 1),
        shorts(317, 2),
        *([shorts(338, 2)] if picture.has_alpha else []),
    ]


def _described(start: Structure | None, picture: Picture) -> list[Field]:
    """The tags that describe the photograph."""
    handed = start.handed_on() if start is not None else []
    fields = [Field(one.tag, one.kind, one.count, start.raw(one)) for one in handed if start is not None]
    if picture.icc:
        fields.append(Field(tags.ICC, 7, len(picture.icc), picture.icc))
    if picture.xmp:
        fields.append(Field(tags.XMP, 1, len(picture.xmp), picture.xmp))
    return fields
