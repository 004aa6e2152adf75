"""Opening: bytes to a Picture, whatever the file is called; everything that can be wrong is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.files import formats
from engine.files.jpeg_read import read_jpeg
from engine.files.png import read_png
from engine.files.stored import upright
from engine.files.tiff import read_tiff
from engine.files.webp import read_webp
from engine.picture import OpenedFile, Picture

if TYPE_CHECKING:
    from pathlib import Path

READERS = {"jpeg": read_jpeg, "png": read_png, "tiff": read_tiff, "webp": read_webp}


def open_picture(path: Path) -> Picture:
    """A photograph from a file: JPEG, PNG, TIFF or WebP by its content, 8 or 16 bits, upright.

    `Picture.file` says where it came from; its `losses` are sentences about what cannot be kept.

    Raises:
        BadInput: no such file, not a picture we know, damaged, too large, or of a kind we do not open.
    """
    return opened(path)[0]


def opened(path: Path) -> tuple[Picture, bool]:
    """The picture, and whether its values went through a lossy compression."""
    return decoded(content(path), path)


def decoded(data: bytes, path: Path) -> tuple[Picture, bool]:
    """What `opened` returns, from a file's bytes; `path` is what it is called, and need not be there. Raises BadInput."""
    kind = formats.format_of_content(data, path.name)
    try:
        stored = READERS[kind](data, path.name)
        pixels = upright(stored.pixels, stored.orientation)
    except MemoryError as error:
        raise BadInput(f"{path.name} does not fit into this machine's memory; close other programs or make it smaller.") from error
    file = OpenedFile(path, kind, stored.orientation, stored.encoded, stored.losses)
    return Picture(pixels, stored.icc, stored.exif, stored.xmp, file), stored.lossy


def content(path: Path) -> bytes:
    """A file's bytes. Raises BadInput."""
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder; give a file in it.")
        if path.stat().st_size > formats.MOST_BYTES:
            raise BadInput(f"{path} is larger than {formats.MOST_BYTES // 10**9} GB; make it smaller or cut it.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}; check its name.") from error
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}); check its permissions.") from error
