"""Opening JPEG: imagecodecs (libjpeg-turbo) decodes, Pillow where four inks are to be turned into colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from engine.errors import BadInput
from engine.files import colour, exif, formats, jpeg_segments
from engine.files.jpeg_complete import is_cut_off
from engine.files.stored import Stored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.files.jpeg_segments import Markers

GAIN_MAPS = (b"hdrgm:", b"HDRGainMap", b"apple_desktop:hdr")
MOTION = (b"MotionPhoto", b"MicroVideo")
THUMBNAIL_RESOURCES = (b"8BIM\x04\x0c", b"8BIM\x04\x09")


def read_jpeg(data: bytes, name: str) -> Stored:
    """A JPEG as it is stored. Raises BadInput."""
    markers = jpeg_segments.markers_of(data, name)
    orientation = exif.orientation_of(markers.exif)
    count = len(markers.frame.components)
    if count not in (1, 3, 4):
        raise BadInput(f"{name} is a JPEG of {count} channels, which Inlay does not open; convert it to RGB.")
    if count == 4:
        pixels, icc, said = colour.from_cmyk_file(data, markers.icc, name)
        return Stored(pixels, icc, markers.exif, markers.xmp, orientation, losses=(said, *_losses(markers)), lossy=True)
    pixels = decoded(data)
    if pixels is None or pixels.shape != _shape(markers):
        raise formats.damaged(name, "its picture cannot be decoded")
    if is_cut_off(markers, pixels):
        raise formats.damaged(name, "it ends before its picture does")
    return Stored(pixels, markers.icc, markers.exif, markers.xmp, orientation, data, _losses(markers), lossy=True)


def decoded(data: bytes) -> NDArray[np.uint8] | None:
    """Pixels as stored, (H, W) or (H, W, 3) RGB, without a second copy of them on the way; None where they cannot be decoded."""
    try:
        return np.asarray(imagecodecs.jpeg8_decode(data))
    except (imagecodecs.Jpeg8Error, ValueError):
        return None


def _shape(markers: Markers) -> tuple[int, ...]:
    """What the header promises."""
    frame = markers.frame
    return (frame.height, frame.width) if len(frame.components) == 1 else (frame.height, frame.width, 3)


def _losses(markers: Markers) -> tuple[str, ...]:
    """What will not survive, or will survive and still show what was removed."""
    return tuple(filter(None, (_behind(markers), _previews(markers))))


def _behind(markers: Markers) -> str:
    """A word about what follows the end marker."""
    xmp = markers.xmp or b""
    fate = "a JPEG saved from it keeps this as it is, so it still shows what you remove, and other formats lose it."
    if any(word in xmp for word in MOTION):
        return f"The file holds a moving picture behind the photograph; {fate}"
    if markers.pictures > 1:
        what = "a gain map for bright screens" if any(word in markers.data[: markers.end] for word in GAIN_MAPS) else "more pictures"
        return f"The file holds {what} behind the photograph; {fate}"
    if markers.data[markers.end :].strip(b"\0\r\n "):
        return f"The file holds {len(markers.data) - markers.end:,} bytes behind the photograph; {fate}"
    return ""


def _previews(markers: Markers) -> str:
    """A word about previews that we cannot rebuild."""
    notes = exif.without_thumbnail(markers.exif) if markers.exif else b""
    photoshop = any(word in part for part in markers.payloads(jpeg_segments.APP13) for word in THUMBNAIL_RESOURCES)
    if b"\xff\xd8\xff" in notes or photoshop or b"xmpGImg:image" in (markers.xmp or b""):
        return "The file holds a small preview besides its thumbnail; a JPEG saved from it keeps this, so it still shows what you remove."
    return ""
