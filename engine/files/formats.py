"""The four file formats: how they are known by content and by suffix, and how large a picture may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

MOST_PIXELS = 200_000_000
MOST_A_SIDE = 65_000
MOST_BYTES = 4_000_000_000

SUFFIXES = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".tif": "tiff", ".tiff": "tiff", ".webp": "webp"}
NAMES = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "webp": "WebP"}
LARGEST_SIDE = {"jpeg": 65_500, "webp": 16_383}
"""Pixels a side where the format itself ends below what we open or near it."""

OTHERS = (
    (b"GIF8", 0, "a GIF"),
    (b"BM", 0, "a BMP"),
    (b"%PDF", 0, "a PDF"),
    (b"8BPS", 0, "a Photoshop file"),
    (b"ftypheic", 4, "a HEIC photograph"),
    (b"ftypheix", 4, "a HEIC photograph"),
    (b"ftypmif1", 4, "a HEIF picture"),
    (b"ftypavif", 4, "an AVIF picture"),
    (b"ftypcrx", 4, "a raw photograph"),
    (b"FUJIFILM", 0, "a raw photograph"),
    (b"\xff\x0a", 0, "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", 0, "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjP  ", 0, "a JPEG 2000 picture"),
    (b"\x76\x2f\x31\x01", 0, "an OpenEXR picture"),
)
"""What people also have: start of the content, where it stands, what to call it."""


def format_of_content(data: bytes, name: str) -> str:
    """Which of "jpeg", "png", "tiff" and "webp" it is, judged by the first bytes alone. Raises BadInput."""
    if not data:
        raise BadInput(f"{name} is empty (0 bytes); look for another copy of it.")
    if data[:2] == b"\xff\xd8":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    for start, at, what in OTHERS:
        if data[at : at + len(start)] == start:
            raise BadInput(f"{name} is {what}, which Inlay does not open; convert it to JPEG, PNG, TIFF or WebP.")
    raise BadInput(f"{name} is not a picture Inlay knows; give it a JPEG, PNG, TIFF or WebP.")


def format_of_suffix(path: Path) -> str:
    """The format a file of that name is saved in. Raises BadInput."""
    if found := SUFFIXES.get(path.suffix.lower()):
        return found
    raise BadInput(f"{path.name} does not end in {', '.join(SUFFIXES)}, so it is not clear what to save; give it one of these endings.")


def check_size(width: int, height: int, name: str) -> None:
    """Hold what a header says against our limits, before anything is decoded. Raises BadInput."""
    if width < 1 or height < 1:
        raise BadInput(f"{name} says it is {width} x {height} pixels, so there is nothing in it; look for another copy of it.")
    if max(width, height) > MOST_A_SIDE or width * height > MOST_PIXELS:
        most = f"{MOST_PIXELS // 1_000_000} megapixels and {MOST_A_SIDE:,} pixels a side"
        raise BadInput(f"{name} says it is {width:,} x {height:,} pixels; Inlay opens up to {most}, so make it smaller or cut it.")


def damaged(name: str, how: str) -> BadInput:
    """The error for a file that cannot be what it claims to be."""
    return BadInput(f"{name} is damaged or was not copied wholly ({how}); look for another copy of it.")
