"""EXIF and XMP that follow the picture: orientation, size, and the thumbnail that would still show what was removed."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.files import tags
from engine.files.tags import Structure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels

QUALITIES = (90, 82, 74, 64, 52, 40)
"""Tried in turn until a new thumbnail fits where the old one stood."""


def orientation_of(exif: bytes | None) -> int:
    """The stored orientation, 1 to 8; 1 where there is none or nonsense."""
    structure = Structure.of(exif) if exif else None
    if structure is None:
        return 1
    value = structure.number(structure.directory(structure.first)[0].get(tags.ORIENTATION))
    return value if value is not None and 1 <= value <= 8 else 1


def upright_exif(exif: bytes, size: tuple[int, int]) -> bytes:
    """The same EXIF for pixels that are upright and of that size: orientation 1, width and height right, nothing moved."""
    data = bytearray(exif)
    structure = Structure.of(data)
    if structure is None:
        return exif
    first, second = structure.directory(structure.first)
    below = structure.directory(structure.number(first.get(tags.EXIF)) or 0)[0]
    for directory in (first, structure.directory(second)[0]):
        structure.set_number(directory.get(tags.ORIENTATION), 1)
    for directory, across, down in ((first, tags.IMAGE_WIDTH, tags.IMAGE_LENGTH), (below, tags.PIXEL_WIDTH, tags.PIXEL_HEIGHT)):
        structure.set_number(directory.get(across), size[1])
        structure.set_number(directory.get(down), size[0])
    return bytes(data)


def upright_xmp(xmp: bytes) -> bytes:
    """The same XMP for pixels that are upright: a tiff:Orientation in it becomes 1."""
    return re.sub(rb"""(tiff:Orientation\s*(?:=\s*["']|>)\s*)[2-8]""", rb"\g<1>1", xmp)


def thumbnail_span(exif: bytes | bytearray) -> tuple[int, int] | None:
    """Where the JPEG thumbnail's bytes begin and end; None where there is none."""
    structure = Structure.of(exif)
    if structure is None:
        return None
    second = structure.directory(structure.directory(structure.first)[1])[0]
    at = structure.number(second.get(tags.THUMBNAIL_AT))
    length = structure.number(second.get(tags.THUMBNAIL_LENGTH))
    return (at, at + length) if at and length and at + length <= len(exif) else None


def with_new_thumbnail(exif: bytes, pixels: Pixels) -> bytes:
    """The same EXIF, the thumbnail made anew from these pixels where it has one.

    Nothing else moves and the length stays: a smaller JPEG takes the old one's place. A thumbnail of another kind, or
    one that cannot be replaced, is taken out.

    Args:
        exif: a TIFF structure.
        pixels: the picture in the orientation its EXIF says.
    """
    span = thumbnail_span(exif)
    old = None if span is None else cv2.imdecode(np.frombuffer(exif[span[0] : span[1]], np.uint8), cv2.IMREAD_COLOR)
    if span is None or old is None:
        return without_thumbnail(exif)
    new = _small_jpeg(pixels, max(old.shape[:2]), span[1] - span[0])
    if new is None:
        return without_thumbnail(exif)
    data = bytearray(exif)
    structure = Structure.of(data)
    assert structure is not None
    data[span[0] : span[1]] = new.ljust(span[1] - span[0], b"\0")
    second = structure.directory(structure.directory(structure.first)[1])[0]
    structure.set_number(second.get(tags.THUMBNAIL_LENGTH), len(new))
    return bytes(data)


def without_thumbnail(exif: bytes) -> bytes:
    """The same EXIF with the thumbnail's directory unlinked and its bytes blanked; the length stays."""
    structure = Structure.of(exif)
    if structure is None or structure.big or not structure.directory(structure.first)[1]:
        return exif
    data = bytearray(exif)
    if span := thumbnail_span(exif):
        data[span[0] : span[1]] = bytes(span[1] - span[0])
    for strip in _plain_thumbnail(structure):
        data[strip[0] : strip[1]] = bytes(strip[1] - strip[0])
    struct.pack_into(structure.order + "I", data, structure.next_place(structure.first), 0)
    return bytes(data)


def _plain_thumbnail(structure: Structure) -> list[tuple[int, int]]:
    """Where an uncompressed thumbnail's bytes stand."""
    second = structure.directory(structure.directory(structure.first)[1])[0]
    at, length = structure.number(second.get(273)), structure.number(second.get(279))
    return [(at, at + length)] if at and length and at + length <= len(structure.data) else []


def _small_jpeg(pixels: Pixels, longer: int, room: int) -> bytes | None:
    """The picture as a JPEG of at most `longer` pixels a side and `room` bytes; None where it cannot be."""
    small = _reduced(pixels, longer)
    for quality in QUALITIES:
        done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and len(data) <= room:
            return data.tobytes()
    return None


def _reduced(pixels: Pixels, longer: int) -> NDArray[np.uint8]:
    """An 8-bit BGR or grey picture whose longer side is `longer` pixels, or less where the picture is."""
    height, width = pixels.shape[:2]
    share = min(1.0, longer / max(height, width))
    size = max(1, round(width * share)), max(1, round(height * share))
    # A first reduction by leaving out rows and columns keeps what is copied small.
    step = max(1, min(height // (4 * size[1]), width // (4 * size[0])))
    small = np.ascontiguousarray(pixels[::step, ::step])
    if small.dtype == np.uint16:
        small = (small >> 8).astype(np.uint8)
    if small.ndim == 3:
        small = np.ascontiguousarray(small[..., 0] if small.shape[2] == 2 else small[..., 2::-1])
    return cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
