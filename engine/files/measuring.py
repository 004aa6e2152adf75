"""What a written file really holds: decoded by another program than wrote it and held against the photograph.

JPEGs are written by libjpeg 6b (new ones by OpenCV) and decoded by the libjpeg-turbo of imagecodecs, which decoded the photograph too;
TIFFs are written by our own code and decoded by libtiff; PNG and WebP, which have one implementation each, are written by
imagecodecs and decoded by OpenCV, which carries its own copies of libpng and libwebp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np

from engine.errors import EngineFailure
from engine.files import exif, jpeg_read, jpeg_segments
from engine.files.stored import turned

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.picture import Mask, Pixels

ROWS = 256


@dataclass(frozen=True, slots=True)
class Change:
    """How a file differs from the photograph outside the mask."""

    pixels: int
    largest: int
    """In levels of the file's depth."""
    beyond: int
    """Of these pixels, how many lie where no change can have come from (0 where this was not asked)."""


def change_outside(path: Path, kind: str, original: Pixels, mask: Mask, reach: NDArray[np.bool_] | None = None) -> Change:
    """Decode the file at `path` and count the pixels outside the mask that differ.

    Args:
        path: a file just written, of the format `kind`.
        kind: "jpeg", "png", "tiff" or "webp".
        original: the photograph's pixels, upright, in the file's depth and layout.
        mask: what was to be replaced; pixels of any coverage are inside.
        reach: (H, W), upright: where changes are to be expected.

    Raises:
        EngineFailure: the file cannot be decoded or is of another size.
    """
    written, swapped = _decoded(path.read_bytes(), kind)
    if written is None or written.shape[:2] != original.shape[:2]:
        raise EngineFailure("What was written does not read back, so it was not kept; save it as a PNG or TIFF instead.")
    count = largest = beyond = 0
    for top in range(0, original.shape[0], ROWS):
        rows = slice(top, top + ROWS)
        worst = _worst(written[rows], original[rows], swapped=swapped)
        worst[mask.coverage[rows] > 0] = 0
        count += int(np.count_nonzero(worst))
        largest = max(largest, int(worst.max(initial=0)))
        if reach is not None:
            beyond += int(np.count_nonzero(worst[~reach[rows]]))
    return Change(count, largest, beyond)


def _decoded(data: bytes, kind: str) -> tuple[NDArray[Any] | None, bool]:
    """Upright pixels as the other decoder gives them, and whether they are blue first."""
    if kind == "jpeg":
        markers = jpeg_segments.markers_of(data, "the file just written")
        pixels = jpeg_read.decoded(data)
        return (None if pixels is None else turned(pixels, exif.orientation_of(markers.exif))), False
    if kind == "tiff":
        return np.asarray(imagecodecs.tiff_decode(data)), False
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return (None if found is None else np.asarray(found)), True


def _worst(written: NDArray[Any], original: NDArray[Any], *, swapped: bool) -> NDArray[Any]:
    """(h, w), in the pixels' type: the largest difference of a pixel over its channels."""
    worst = np.zeros(original.shape[:2], original.dtype)
    for one, other in _channels(written, original, swapped=swapped):
        np.maximum(worst, np.maximum(one, other) - np.minimum(one, other), out=worst)
    return worst


def _channels(written: NDArray[Any], original: NDArray[Any], *, swapped: bool) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """The channels that belong together, the written one first; a format may hold grey as colour and leave out a full alpha."""
    channels = 1 if original.ndim == 2 else original.shape[2]
    have = 1 if written.ndim == 2 else written.shape[2]
    parts = [original] if original.ndim == 2 else [original[..., k] for k in range(channels)]
    colours = parts[:1] if channels <= 2 else parts[:3]
    if have <= 2:
        mine = [written] if written.ndim == 2 else [written[..., 0]]
    else:
        mine = [written[..., k] for k in ((2, 1, 0) if swapped else (0, 1, 2))]
    pairs = list(zip(mine, colours if len(colours) == len(mine) else colours * len(mine), strict=True))
    if channels in (2, 4):
        full = np.full(original.shape[:2], np.iinfo(original.dtype).max, original.dtype)
        pairs.append((written[..., -1] if have in (2, 4) else full, parts[-1]))
    return pairs
