"""A JPEG's markers: walking them without decoding, holding them against the file's length, reading what they carry."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.files import formats
from engine.files.tags import Structure, is_exif

if TYPE_CHECKING:
    from collections.abc import Iterator

SOF0, SOF1, SOF2, DHT, SOI, EOI, SOS, DQT, DNL, DRI, APP0, APP1, APP2, APP13, APP14, COM = (
    0xC0, 0xC1, 0xC2, 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE,
)  # fmt: skip
FRAMES = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}
HUFFMAN_FRAMES = (SOF0, SOF1, SOF2)
EXIF_HEAD, XMP_HEAD, MORE_XMP_HEAD = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
ICC_HEAD, MPF_HEAD, PHOTOSHOP_HEAD = b"ICC_PROFILE\0", b"MPF\0", b"Photoshop 3.0\0"
MPF_IMAGES = 0xB002
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker with its payload: bytes `start` (the 0xFF) to `end` of the file; the payload begins at `start` + 4."""

    marker: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Component:
    """One of a frame's components: identifier, horizontal and vertical sampling, quantisation table."""

    identifier: int
    across: int
    down: int
    table: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame header."""

    marker: int
    precision: int
    height: int
    width: int
    components: tuple[Component, ...]

    @property
    def most_across(self) -> int:
        """The largest horizontal sampling factor."""
        return max(one.across for one in self.components)

    @property
    def most_down(self) -> int:
        """The largest vertical sampling factor."""
        return max(one.down for one in self.components)


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """A whole JPEG taken apart: its segments in order, the entropy-coded stretches, where the end marker's bytes end."""

    data: bytes
    segments: tuple[Segment, ...]
    scans: tuple[tuple[int, int], ...]
    end: int
    frame: Frame

    def payload(self, segment: Segment) -> bytes:
        """What a segment carries."""
        return self.data[segment.start + 4 : segment.end]

    def payloads(self, marker: int, head: bytes = b"") -> Iterator[bytes]:
        """What the segments of a kind that begin with `head` carry, without it."""
        for one in self.segments:
            if one.marker == marker and self.data.startswith(head, one.start + 4, one.end):
                yield self.data[one.start + 4 + len(head) : one.end]

    @property
    def exif(self) -> bytes | None:
        """The first EXIF, as a TIFF structure."""
        found = next(self.payloads(APP1, EXIF_HEAD), None)
        return found if found is not None and is_exif(found) else None

    @property
    def xmp(self) -> bytes | None:
        """The main XMP packet."""
        return next(self.payloads(APP1, XMP_HEAD), None)

    @property
    def icc(self) -> bytes | None:
        """The colour profile, joined from its parts."""
        parts = sorted((part[0], part[2:]) for part in self.payloads(APP2, ICC_HEAD) if len(part) > 2)
        return b"".join(part for _, part in parts) or None

    @property
    def pictures(self) -> int:
        """How many pictures the multi-picture index lists: 1 where there is none."""
        for index in self.payloads(APP2, MPF_HEAD):
            if entries := picture_entries(index):
                return entries[1]
        return 1


def picture_entries(index: bytes | bytearray) -> tuple[int, int, str] | None:
    """Where the entries of a multi-picture index (from its TIFF header on) begin, how many there are, and its byte order."""
    structure = Structure.of(index)
    if structure is None:
        return None
    entry = structure.directory(structure.first)[0].get(MPF_IMAGES)
    return None if entry is None else (entry.at, entry.size // 16, structure.order)


def markers_of(data: bytes, name: str) -> Markers:
    """Take a JPEG apart as far as its end marker and check it: nothing is decoded.

    Raises BadInput for a file that ends too early, has no picture, is too large, or holds too little for its size.
    """
    segments: list[Segment] = []
    scans: list[tuple[int, int]] = []
    at = 2
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data) + 2:
            raise formats.damaged(name, "it ends before its picture does")
        marker = data[at + 1] if at + 1 < len(data) else 0xFF
        if marker == EOI:
            break
        if marker in (0x00, 0x01, 0xFF) or SOI >= marker >= 0xD0:
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segments.append(Segment(marker, at, at + 2 + length))
        at += 2 + length
        if length < 2 or at > len(data):
            raise formats.damaged(name, "it ends before its picture does")
        if marker == SOS:
            found = MARKER.search(data, at)
            if found is None:
                raise formats.damaged(name, "it ends before its picture does")
            scans.append((at, found.start()))
            at = found.start()
    markers = Markers(data, tuple(segments), tuple(scans), at + 2, _frame(data, segments, name))
    _check_enough(markers, name)
    return markers


def _frame(data: bytes, segments: list[Segment], name: str) -> Frame:
    """The frame header, checked against our limits and what decoders can do."""
    frames = [one for one in segments if one.marker in FRAMES]
    if len(frames) != 1 or any(one.marker == SOS for one in segments[: segments.index(frames[0])]):
        raise formats.damaged(name, "there is no one picture in it")
    head = data[frames[0].start + 4 : frames[0].end]
    if len(head) < 6 or len(head) < 6 + 3 * head[5] or not head[5]:
        raise formats.damaged(name, "its header is cut short")
    precision, height, width, count = struct.unpack_from(">BHHB", head)
    parts = tuple(Component(i, s >> 4, s & 15, t) for i, s, t in (head[6 + 3 * k : 9 + 3 * k] for k in range(count)))
    formats.check_size(width, height, name)
    if precision != 8:
        raise BadInput(f"{name} is a JPEG of {precision} bits a channel, which Inlay does not open; convert it to a 16-bit TIFF or PNG.")
    if frames[0].marker not in (*HUFFMAN_FRAMES, 0xC9, 0xCA):
        raise BadInput(f"{name} is a lossless or hierarchical JPEG, which Inlay does not open; convert it to TIFF or PNG.")
    if any(not (1 <= one.across <= 4 and 1 <= one.down <= 4) for one in parts):
        raise formats.damaged(name, "its header makes no sense")
    return Frame(frames[0].marker, precision, height, width, parts)


def _check_enough(markers: Markers, name: str) -> None:
    """No Huffman code is shorter than a bit, so a scan that is too short for its blocks cannot be whole."""
    frame = markers.frame
    blocks = sum(
        -(-frame.width * one.across // (8 * frame.most_across)) * -(-frame.height * one.down // (8 * frame.most_down))
        for one in frame.components
    )
    needed = {SOF0: 2, SOF1: 2, SOF2: 1}.get(frame.marker, 0) * blocks
    if not markers.scans or sum(end - start for start, end in markers.scans) * 8 < needed:
        raise formats.damaged(name, f"it holds too little for {frame.width:,} x {frame.height:,} pixels")


def spliced(markers: Markers, scan: Markers, exif: bytes | None) -> bytes:
    """The source with another scan in it: everything else byte for byte and in order, what follows the end marker too.

    Args:
        markers: the source.
        scan: a baseline JPEG of the same components, of which only Huffman tables, scan header and scan are taken.
        exif: what takes the place of the source's EXIF; it has the same length.
    """
    out, index = bytearray(b"\xff\xd8"), -1
    for one in markers.segments:
        if one.marker == SOF2:
            # Whether baseline may be claimed is decided by the tables' precision, as the standard asks.
            deep = any(table[0] >> 4 for table in markers.payloads(DQT))
            out += bytes((0xFF, SOF1 if deep else SOF0)) + markers.data[one.start + 2 : one.end]
        elif one.marker not in (DHT, DRI, SOS):
            if one.marker == APP2 and index < 0 and markers.payload(one).startswith(MPF_HEAD):
                index = len(out) + 4 + len(MPF_HEAD)
            out += _kept(markers, one, exif)
    out += _tables_and_scan(markers, scan)
    end = len(out)
    out += markers.data[markers.end :]
    if index >= 0:
        _correct_index(out, index, markers, end)
    return bytes(out)


def _kept(markers: Markers, one: Segment, exif: bytes | None) -> bytes:
    """A segment as it was, but for the EXIF with its new thumbnail."""
    whole = markers.data[one.start : one.end]
    if exif is not None and one.marker == APP1 and whole[4 + len(EXIF_HEAD) :] == markers.exif:
        return whole[: 4 + len(EXIF_HEAD)] + exif
    return whole


def _tables_and_scan(markers: Markers, scan: Markers) -> bytes:
    """Huffman tables, scan header under the source's own component names, scan and end marker."""
    out = b"".join(scan.data[one.start : one.end] for one in scan.segments if one.marker == DHT)
    head = next(one for one in scan.segments if one.marker == SOS)
    start = bytearray(scan.data[head.start : head.end])
    for k, part in enumerate(markers.frame.components):
        start[5 + 2 * k] = part.identifier
    first, last = scan.scans[0]
    return out + bytes(start) + scan.data[first:last] + b"\xff\xd9"


def _correct_index(out: bytearray, index: int, markers: Markers, end: int) -> None:
    """Let a multi-picture index point to the pictures behind the first, which all moved by the same way."""
    entries = picture_entries(out[index:])
    if entries is None:
        return
    was = next(one.start for one in markers.segments if one.marker == APP2 and markers.payload(one).startswith(MPF_HEAD))
    moved = end - markers.end - (index - (was + 4 + len(MPF_HEAD)))
    at, count, order = entries
    for place in range(index + at, index + at + 16 * count, 16):
        size, offset = struct.unpack_from(order + "II", out, place + 4)
        if offset:
            struct.pack_into(order + "I", out, place + 8, offset + moved)
        else:
            struct.pack_into(order + "I", out, place + 4, size + end - markers.end)


def segment_bytes(marker: int, payload: bytes) -> bytes:
    """A segment of at most 65,533 bytes of payload."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def metadata_segments(exif: bytes | None, xmp: bytes | None, icc: bytes | None) -> bytes:
    """The segments for these, as large a profile as it may be in parts; what does not fit in one segment is left out."""
    out = b""
    for head, payload in ((EXIF_HEAD, exif), (XMP_HEAD, xmp)):
        if payload is not None and fits_segment(head, payload):
            out += segment_bytes(APP1, head + payload)
    step = 65_000
    cuts = [*range(0, len(icc or b""), step), len(icc or b"")]
    for number, (start, stop) in enumerate(pairwise(cuts), 1):
        assert icc is not None
        out += segment_bytes(APP2, ICC_HEAD + bytes((number, len(cuts) - 1)) + icc[start:stop])
    return out


def fits_segment(head: bytes, payload: bytes) -> bool:
    """Whether one segment can hold it."""
    return len(head) + len(payload) <= 65_533
