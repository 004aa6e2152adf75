"""PNG: chunks walked here, pixels by libpng (through imagecodecs)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from engine.files import formats
from engine.files.exif import orientation_of
from engine.files.stored import Stored
from engine.files.tags import is_exif

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.picture import Picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEY = b"XML:com.adobe.xmp"
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
KEPT = (b"cICP", b"gAMA", b"cHRM", b"sRGB", b"mDCV", b"cLLI", b"pHYs", b"tEXt", b"zTXt", b"iTXt")
"""What a PNG saved from a PNG takes over besides profile, EXIF and XMP: how colours are meant, resolution, captions."""
MOST_UNPACKED = 64_000_000
"""Bytes to which a compressed chunk may unpack."""
LEVEL = 4


def read_png(data: bytes, name: str) -> Stored:
    """A PNG as it is stored: palettes and 1 to 4 bits expanded to 8, transparent colours to alpha. Raises BadInput."""
    chunks = list(_chunks(data, name))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or not any(kind == b"IDAT" for kind, _ in chunks):
        raise formats.damaged(name, "it holds no picture")
    formats.check_size(*struct.unpack_from(">II", chunks[0][1]), name)
    # The decoder sees the pixels' chunks alone: neither a gamma nor a broken profile can change or stop it.
    plain = SIGNATURE + b"".join(_chunk(kind, bytes(body)) for kind, body in chunks if kind in PIXELS and _once(kind, body, chunks))
    try:
        pixels = imagecodecs.png_decode(plain)
    except (imagecodecs.PngError, ValueError, MemoryError) as error:
        raise formats.damaged(name, "its picture cannot be decoded") from error
    exif = _exif(chunks)
    losses = ("The file is an animation; only its first picture is opened and saved.",) if any(k == b"acTL" for k, _ in chunks) else ()
    kept = b"".join(_chunk(kind, bytes(body)) for kind, body in chunks if kind in KEPT and not _is_xmp(kind, body))
    return Stored(np.asarray(pixels), _icc(chunks), exif, _xmp(chunks), orientation_of(exif), kept or None, losses)


def png_bytes(picture: Picture, kept: bytes | None) -> bytes:
    """The picture as a PNG, losslessly, with its profile, EXIF and XMP, and the chunks `kept` of the PNG it came from."""
    data = bytes(imagecodecs.png_encode(np.ascontiguousarray(picture.pixels), level=LEVEL))
    behind_header = 8 + 12 + 13
    extra = b""
    if picture.icc:
        extra += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(picture.icc, 9))
    for kind, body in _walk(kept or b""):
        if not (picture.icc and kind == b"sRGB"):
            extra += _chunk(kind, bytes(body))
    if picture.exif:
        extra += _chunk(b"eXIf", picture.exif)
    if picture.xmp:
        extra += _chunk(b"iTXt", XMP_KEY + b"\0\0\0\0\0" + picture.xmp)
    return data[:behind_header] + extra + data[behind_header:]


def _once(kind: bytes, body: memoryview, chunks: list[tuple[bytes, memoryview]]) -> bool:
    """Whether a chunk that may stand once only is the first of its kind."""
    return kind == b"IDAT" or next(one for name, one in chunks if name == kind) is body


def _chunks(data: bytes, name: str) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and body of each chunk to the end. Raises BadInput where the file ends before."""
    last = b""
    for kind, body in _walk(memoryview(data)[8:]):
        yield kind, body
        last = kind
        if kind == b"IEND":
            return
    raise formats.damaged(name, "it ends before its picture does" if last else "it holds no picture")


def _walk(data: bytes | memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and body of each whole chunk."""
    view, at = memoryview(data), 0
    while at + 12 <= len(view):
        length = int.from_bytes(view[at : at + 4], "big")
        if at + 12 + length > len(view):
            return
        yield bytes(view[at + 4 : at + 8]), view[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _unpacked(packed: bytes) -> bytes | None:
    """The content of a compressed chunk; None where it is broken or bursts."""
    worker = zlib.decompressobj()
    try:
        out = worker.decompress(packed, MOST_UNPACKED)
    except zlib.error:
        return None
    return out if worker.eof else None


def _icc(chunks: list[tuple[bytes, memoryview]]) -> bytes | None:
    body = next((bytes(body) for kind, body in chunks if kind == b"iCCP"), b"")
    _, zero, packed = body.partition(b"\0")
    return _unpacked(packed[1:]) if zero and packed[:1] == b"\0" else None


def _exif(chunks: list[tuple[bytes, memoryview]]) -> bytes | None:
    body = next((bytes(body) for kind, body in chunks if kind == b"eXIf"), b"").removeprefix(b"Exif\0\0")
    return body if is_exif(body) else None


def _is_xmp(kind: bytes, body: memoryview) -> bool:
    return kind == b"iTXt" and bytes(body[: len(XMP_KEY) + 1]) == XMP_KEY + b"\0"


def _xmp(chunks: list[tuple[bytes, memoryview]]) -> bytes | None:
    body = next((bytes(body) for kind, body in chunks if _is_xmp(kind, body)), None)
    if body is None or len(body) < len(XMP_KEY) + 3:
        return None
    packed, rest = body[len(XMP_KEY) + 1], body[len(XMP_KEY) + 3 :]
    text = rest.split(b"\0", 2)[-1]
    return _unpacked(text) if packed else text
