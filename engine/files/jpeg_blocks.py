"""Saving a JPEG as the JPEG it was: only the blocks in which something changed are coded anew.

A touched block keeps its coefficients too; the change of its pixels is transformed and added. So what is coded is the
change alone: where nothing changed nothing is coded, and neither chroma upsampling nor clipping is coded twice.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import jpeglib  # pyright: ignore[reportMissingTypeStubs]
import numpy as np

from engine.errors import EngineFailure
from engine.files import jpeg_segments as seg
from engine.files.exif import with_new_thumbnail
from engine.files.stored import turned_back

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.files.jpeg_segments import Frame, Markers

BANDS = 8
"""Rows of MCUs changed at a time: bounds the memory for floats."""
BLUE = (-0.168735892, -0.331264108, 0.5)
RED = (0.5, -0.418687589, -0.081312411)
YCBCR = np.array([(0.299, 0.587, 0.114), BLUE, RED], np.float32)
SPREAD = 2
"""NDArray[Any] by which a decoder may carry a change of subsampled chroma beyond its block."""
K = np.arange(8)
COSINES = (np.where(K == 0, np.sqrt(1 / 8), 0.5)[:, None] * np.cos((2 * K[None] + 1) * K[:, None] * np.pi / 16)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Transplant:
    """A JPEG of kept and new blocks."""

    data: bytes
    blocks: int
    """Coded anew, of all components."""
    reach: NDArray[np.bool_]
    """(H, W) as stored: where a decoder may show a change at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One component: coefficients (rows, columns, 8, 8), their quantisation steps, pixels a sample covers, touched blocks."""

    coefficients: NDArray[np.int16]
    steps: NDArray[np.float32]
    down: int
    across: int
    touched: NDArray[np.bool_]


def can_keep_blocks(markers: Markers) -> bool:
    """Whether blocks of this file can be carried over: Huffman-coded grey or colour with whole sampling ratios, one set of tables."""
    frame = markers.frame
    tables = [table for payload in markers.payloads(seg.DQT) for table in _tables(payload)]
    whole = all(frame.most_across % one.across == 0 and frame.most_down % one.down == 0 for one in frame.components)
    return (
        frame.marker in seg.HUFFMAN_FRAMES
        and len(frame.components) in (1, 3)
        and whole
        and {one.table for one in frame.components} <= {identifier for identifier, _ in tables}
        and len({identifier for identifier, _ in tables}) == len(set(tables))
        and not any(0 in _steps(table) for _, table in tables)
    )


def _tables(payload: bytes) -> list[tuple[int, bytes]]:
    """Identifier and bytes of the quantisation tables of one segment."""
    found: list[tuple[int, bytes]] = []
    while len(payload) > 64:
        length = 129 if payload[0] >> 4 else 65
        found.append((payload[0] & 15, payload[1:length]))
        payload = payload[length:]
    return found


def _steps(table: bytes) -> NDArray[np.uint16]:
    """A table's quantisation steps as it is written, of one or two bytes each."""
    return np.frombuffer(table, ">u2" if len(table) == 128 else np.uint8).astype(np.uint16)


def transplanted(markers: Markers, new: NDArray[Any], old: NDArray[Any], orientation: int) -> Transplant:
    """The file with `new` where it differs from `old`.

    Args:
        markers: the source, for which `can_keep_blocks` holds.
        new: (H, W) or (H, W, 3) uint8, upright.
        old: what the source decodes to, upright, the same shape.
        orientation: the source's, 1 to 8; the new file keeps it.
    """
    new, old = turned_back(new, orientation), turned_back(old, orientation)
    exif = with_new_thumbnail(markers.exif, new) if markers.exif else None
    with tempfile.TemporaryDirectory(prefix="inlay-") as folder:
        source, target = Path(folder, "source.jpg"), Path(folder, "target.jpg")
        source.write_bytes(_bare(markers))
        planes = _change(source, target, markers, new, old)
        scan = seg.markers_of(target.read_bytes(), "the new scan")
    blocks = sum(int(one.touched.sum()) for one in planes)
    # Where nothing changed the file is what it was, to the last byte.
    return Transplant(seg.spliced(markers, scan, exif) if blocks else markers.data, blocks, _reach(planes, markers.frame))


def _bare(markers: Markers) -> bytes:
    """The source without its metadata and what follows it: all that jpeglib is given, for it stumbles over the rest."""
    parts = [b"\xff\xd8"]
    scans = iter(markers.scans)
    for one in markers.segments:
        if not (seg.APP0 <= one.marker <= seg.APP0 + 15 or one.marker == seg.COM):
            end = next(scans)[1] if one.marker == seg.SOS else one.end
            parts.append(markers.data[one.start : end])
    return b"".join(parts) + b"\xff\xd9"


def _change(source: Path, target: Path, markers: Markers, new: NDArray[Any], old: NDArray[Any]) -> list[Plane]:
    """Write the source's coefficients with the change added; returns the planes, their coefficients let go."""
    try:
        jpeg: Any = jpeglib.read_dct(str(source))
        planes = _planes(jpeg, markers.frame)
        _add_change(planes, markers, new, old)
        jpeg.write_dct(str(target), flags=["+OPTIMIZE_CODING"])
    except OSError as error:
        raise EngineFailure(f"The JPEG could not be written ({error}); save it as a PNG or TIFF instead.") from error
    nothing = np.empty((0, 0, 8, 8), np.int16)
    return [Plane(nothing, one.steps, one.down, one.across, one.touched) for one in planes]


def _planes(jpeg: Any, frame: Frame) -> list[Plane]:
    jpeg.load()
    arrays: list[NDArray[np.int16]] = [jpeg.Y] if len(frame.components) == 1 else [jpeg.Y, jpeg.Cb, jpeg.Cr]
    return [
        Plane(
            array,
            np.asarray(jpeg.get_component_qt(k), np.float32),
            frame.most_down // part.down,
            frame.most_across // part.across,
            np.zeros(array.shape[:2], np.bool_),
        )
        for k, (array, part) in enumerate(zip(arrays, frame.components, strict=True))
    ]


def _add_change(planes: list[Plane], markers: Markers, new: NDArray[Any], old: NDArray[Any]) -> None:
    """Band by band, where anything differs: the change as Y, Cb, Cr, transformed and added."""
    high, wide = 8 * max(one.down for one in planes), 8 * max(one.across for one in planes)
    matrix = YCBCR if _is_ycbcr(markers) else np.eye(3, dtype=np.float32)
    for top in range(0, new.shape[0], high * BANDS):
        a, b = new[top : top + high * BANDS], old[top : top + high * BANDS]
        differs = a != b
        # Two steps: numpy reduces the long axis fast and both at once slowly.
        columns = np.flatnonzero(differs.any(axis=0).reshape(differs.shape[1], -1).any(axis=1))
        if not len(columns):
            continue
        left, right = int(columns[0]) // wide * wide, (int(columns[-1]) // wide + 1) * wide
        change: NDArray[np.float32] = a[:, left:right].astype(np.float32) - b[:, left:right].astype(np.float32)
        channels = [change] if change.ndim == 2 else [change @ row for row in matrix]
        for plane, channel in zip(planes, channels, strict=True):
            _add(plane, channel, top, left)


def _add(plane: Plane, change: NDArray[np.float32], top: int, left: int) -> None:
    """Add a change of pixels (rows, columns), beginning at a block's corner, to a plane's coefficients."""
    high, wide = 8 * plane.down, 8 * plane.across
    change = np.pad(change, ((0, -change.shape[0] % high), (0, -change.shape[1] % wide)), mode="edge")
    rows, columns = change.shape[0] // high, change.shape[1] // wide
    samples = change.reshape(rows * 8, plane.down, columns * 8, plane.across).mean(axis=(1, 3))
    blocks = samples.reshape(rows, 8, columns, 8).swapaxes(1, 2)
    row, column = top // high, left // wide
    part = plane.coefficients[row : row + rows, column : column + columns]
    touched = np.abs(blocks).max(axis=(2, 3))[: part.shape[0], : part.shape[1]] > 0
    added = np.rint(COSINES @ blocks[: part.shape[0], : part.shape[1]][touched] @ COSINES.T / plane.steps)
    # Baseline codes hold differences of DC below 2,048 and other coefficients below 1,024.
    part[touched] = np.clip(part[touched] + added, -1023, 1023).astype(np.int16)
    plane.touched[row : row + rows, column : column + columns] |= touched


def _is_ycbcr(markers: Markers) -> bool:
    """Whether three components are luma and chroma, told as libjpeg tells it."""
    if any(markers.payloads(seg.APP0, b"JFIF\0")):
        return True
    adobe = next(markers.payloads(seg.APP14, b"Adobe"), None)
    if adobe is not None and len(adobe) >= 7:
        return adobe[6] != 0
    return bytes(one.identifier for one in markers.frame.components) != b"RGB"


def _reach(planes: list[Plane], frame: Frame) -> NDArray[np.bool_]:
    """Where touched blocks lie, and two pixels around where chroma is coarser than the pixels."""
    out = np.zeros((frame.height, frame.width), np.uint8)
    for plane in planes:
        for row, column in zip(*plane.touched.nonzero(), strict=True):
            top, left = row * 8 * plane.down, column * 8 * plane.across
            out[top : top + 8 * plane.down, left : left + 8 * plane.across] = 1
    if any(plane.down > 1 or plane.across > 1 for plane in planes):
        out = cv2.dilate(out, np.ones((2 * SPREAD + 1, 2 * SPREAD + 1), np.uint8)).astype(np.uint8, copy=False)
    return out.view(np.bool_)
