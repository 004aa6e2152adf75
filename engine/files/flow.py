"""Mapping fields as .flo files, the Middlebury benchmark's form of dense correspondence."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from engine.mapping import MappingField

MAGIC, UNKNOWN = b"PIEH", 1e10
"""What the file begins with, the float 202021.25; and what stands where nothing is known, anything above 1e9."""
_ROWS = 256


def write_flow(stream: IO[bytes], field: MappingField, number: int, box: Box) -> None:
    """Write the way from each pixel of a box of the picture to its place in a reference, x before y as the format has it.

    Both photographs at full size: pixel (row, column) of the file, plus the box's corner, plus the vector is the place in the
    reference. Baker et al., "A Database and Evaluation Methodology for Optical Flow", 2007.

    Args:
        stream: where to.
        field: the mapping field.
        number: which of its references, from 0; pixels of others are unknown.
        box: the part of the picture.
    """
    stream.write(MAGIC + np.array([box.width, box.height], "<i4").tobytes())
    columns = np.arange(box.left, box.right)
    for top in range(box.top, box.bottom, _ROWS):
        band = Box(top, box.left, min(_ROWS, box.bottom - top), box.width)
        part = field.pixels.between(band)
        mine = np.where((field.origins[part] == number)[:, None], field.places[part], np.float32(np.nan))
        places = field.pixels.spread(mine, band, 1, part.start)
        across, down = places[..., 1] - columns, places[..., 0] - np.arange(band.top, band.bottom)[:, None]
        vectors = np.stack([across, down], axis=-1).astype("<f4")
        stream.write(np.where(np.isnan(vectors).any(axis=-1, keepdims=True), np.float32(UNKNOWN), vectors).tobytes())
