"""WebP: its container walked and written here, pixels by libwebp (through imagecodecs); saved lossless."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from engine.files import formats
from engine.files.exif import orientation_of
from engine.files.stored import Stored
from engine.files.tags import is_exif

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.picture import Picture

ICC, ALPHA, EXIF, XMP, ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02
"""Flags of the extended header."""
METHOD, EFFORT = 0, 20
"""libwebp's quickest method, and how hard it tries (0 to 100): larger files by about a fifth in a tenth of the time."""


def read_webp(data: bytes, name: str) -> Stored:
    """A WebP as it is stored. Raises BadInput."""
    if len(data) < 8 + int.from_bytes(data[4:8], "little"):
        raise formats.damaged(name, "it ends before its picture does")
    chunks = dict(reversed(list(_chunks(data))))
    formats.check_size(*_size(chunks, name), name)
    try:
        pixels: NDArray[np.uint8] = np.asarray(imagecodecs.webp_decode(data, index=0))
    except (imagecodecs.WebpError, ValueError, MemoryError) as error:
        raise formats.damaged(name, "its picture cannot be decoded") from error
    exif = chunks.get(b"EXIF", b"").removeprefix(b"Exif\0\0")
    kept = exif if is_exif(exif) else None
    moving = ("The file is an animation; only its first picture is opened and saved.",) if b"ANIM" in chunks else ()
    lossy = b"VP8L" not in chunks
    return Stored(pixels, chunks.get(b"ICCP"), kept, chunks.get(b"XMP "), orientation_of(kept), None, moving, lossy)


def webp_bytes(picture: Picture) -> bytes:
    """An 8-bit picture as a lossless WebP, colours under full transparency too, with its profile, EXIF and XMP."""
    pixels = picture.pixels
    if pixels.ndim == 2 or pixels.shape[2] == 2:
        grey = pixels if pixels.ndim == 2 else pixels[..., 0]
        pixels = np.stack([grey, grey, grey, *([pixels[..., 1]] if pixels.ndim == 3 else [])], axis=2)
    coded = bytes(imagecodecs.webp_encode(np.ascontiguousarray(pixels), EFFORT, lossless=True, method=METHOD))
    extra = ((b"ICCP", picture.icc, ICC), (b"EXIF", picture.exif, EXIF), (b"XMP ", picture.xmp, XMP))
    if not any(payload for _, payload, _ in extra):
        return coded
    flags = sum(flag for _, payload, flag in extra if payload) | (ALPHA if pixels.shape[2] == 4 else 0)
    height, width = picture.size
    body = _chunk(b"VP8X", struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))
    body += _chunk(b"ICCP", picture.icc) if picture.icc else b""
    body += b"".join(_chunk(kind, chunk) for kind, chunk in _chunks(coded) if kind in (b"VP8L", b"VP8 ", b"ALPH"))
    body += b"".join(_chunk(kind, payload) for kind, payload, _ in extra[1:] if payload)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each whole chunk."""
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > len(data):
            return
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _size(chunks: dict[bytes, bytes], name: str) -> tuple[int, int]:
    """Width and height as the header says. Raises BadInput."""
    if len(head := chunks.get(b"VP8X", b"")) >= 10:
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if len(head := chunks.get(b"VP8L", b"")) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(head := chunks.get(b"VP8 ", b"")) >= 10:
        width, height = struct.unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise formats.damaged(name, "it holds no picture")
