"""A small picture of a JPEG, to be shown while the whole of it is decoded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.errors import BadInput
from engine.files import exif, formats, jpeg_segments
from engine.files.opening import content
from engine.files.stored import upright
from engine.picture import Picture

if TYPE_CHECKING:
    from pathlib import Path

    from engine.files.jpeg_segments import Markers

LEAST_PIXELS = 3_000_000
"""Below, the whole picture is there as quickly."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A picture in small, upright, and the height and width of the whole."""

    picture: Picture
    size: tuple[int, int]


def preview(path: Path, side: int) -> Preview | None:
    """The picture of a JPEG reduced by its own blocks (to a half, a quarter or an eighth), its longer side at least `side`.

    None where there is no quick way: another format, a small or a broken file, inks, passes that all have to be read first, a side
    that needs nearly the whole. Whoever opens the file is told what is wrong with it; here nothing is.
    """
    try:
        data = content(path)
        if formats.format_of_content(data, path.name) != "jpeg":
            return None
        markers = jpeg_segments.markers_of(data, path.name)
        return _reduced(markers, side) if _is_quick(markers) else None
    except (BadInput, OSError, ValueError, SyntaxError, MemoryError):
        return None


def _is_quick(markers: Markers) -> bool:
    frame = markers.frame
    return frame.marker != jpeg_segments.SOF2 and len(frame.components) in (1, 3) and frame.height * frame.width >= LEAST_PIXELS


def _reduced(markers: Markers, side: int) -> Preview | None:
    height, width = markers.frame.height, markers.frame.width
    share = side / max(height, width)
    with Image.open(io.BytesIO(markers.data)) as image:
        image.draft(image.mode, (max(1, round(width * share)), max(1, round(height * share))))
        if image.width * 2 > width:
            return None
        pixels = np.array(image)
    turn = exif.orientation_of(markers.exif)
    size = (width, height) if turn >= 5 else (height, width)
    return Preview(Picture(upright(pixels, turn), markers.icc), size)
