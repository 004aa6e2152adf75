"""Directories of tags, as EXIF and TIFF share them: reading, changing in place, writing.

Changes are made in place wherever they fit, because maker notes hold offsets that break when anything moves.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value of each TIFF field type."""
WHOLE = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

ORIENTATION, EXIF, GPS, INTEROPERABILITY = 274, 34665, 34853, 40965
PIXEL_WIDTH, PIXEL_HEIGHT = 40962, 40963
IMAGE_WIDTH, IMAGE_LENGTH = 256, 257
XMP, ICC, IPTC = 700, 34675, 33723
THUMBNAIL_AT, THUMBNAIL_LENGTH = 513, 514
LAYOUT = frozenset({
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291, 292, 293,
    297, 301, 317, 320, 321, 322, 323, 324, 325, 330, 332, 333, 334, 336, 338, 339, 340, 341, 342, 343, 347, 512, 513, 514, 515, 517,
    518, 519, 520, 521, 529, 530, 531, 532, 700, 34377, 34675, 37724, 50706, 50707,
})  # fmt: skip
"""Tags that say how pixels are laid out in their own file, or that are carried by themselves: not to be handed on."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its field type, how many values, and where their bytes stand."""

    tag: int
    kind: int
    count: int
    at: int
    size: int
    """Bytes of all values."""


@dataclass(frozen=True, slots=True)
class Field:
    """One tag to be written, its values as bytes in the order of the structure."""

    tag: int
    kind: int
    count: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Structure:
    """Bytes that begin with a TIFF header; `order` is "<" or ">", `big` says BigTIFF."""

    data: bytes | bytearray
    order: str
    big: bool
    first: int
    """Where the first directory stands."""

    @classmethod
    def of(cls, data: bytes | bytearray) -> Structure | None:
        """The structure, or None where the header is none."""
        order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
        if order is None or len(data) < 8:
            return None
        magic = struct.unpack_from(order + "H", data, 2)[0]
        if magic == 42:
            return cls(data, order, big=False, first=struct.unpack_from(order + "I", data, 4)[0])
        if magic == 43 and len(data) >= 16:
            return cls(data, order, big=True, first=struct.unpack_from(order + "Q", data, 8)[0])
        return None

    def directory(self, at: int) -> tuple[dict[int, Entry], int]:
        """The tags of a directory and where the next one stands (0: none); what lies beyond the data is left out."""
        count_form, entry_form, offset_form, inline = ("Q", "HHQ", "Q", 8) if self.big else ("H", "HHI", "I", 4)
        head, step = struct.calcsize(self.order + count_form), 20 if self.big else 12
        if at < 8 or at + head > len(self.data):
            return {}, 0
        count: int = struct.unpack_from(self.order + count_form, self.data, at)[0]
        found: dict[int, Entry] = {}
        for start in range(at + head, min(at + head + count * step, len(self.data) - step + 1), step):
            tag, kind, number = struct.unpack_from(self.order + entry_form, self.data, start)
            place, size = start + step - inline, SIZES.get(kind, 0) * number
            if size > inline:
                place = struct.unpack_from(self.order + offset_form, self.data, place)[0]
            if size and place + size <= len(self.data):
                found.setdefault(tag, Entry(tag, kind, number, place, size))
        return found, self._next(at + head + count * step, offset_form)

    def _next(self, at: int, form: str) -> int:
        fits = at + struct.calcsize(form) <= len(self.data)
        return struct.unpack_from(self.order + form, self.data, at)[0] if fits else 0

    def next_place(self, at: int) -> int:
        """Where the offset of the directory after this one is written."""
        return at + 2 + 12 * struct.unpack_from(self.order + "H", self.data, at)[0]

    def number(self, entry: Entry | None) -> int | None:
        """The first value of a tag of whole numbers; None where it is none."""
        if entry is None or entry.kind not in WHOLE:
            return None
        return struct.unpack_from(self.order + WHOLE[entry.kind], self.data, entry.at)[0]

    def set_number(self, entry: Entry | None, value: int) -> None:
        """Write the first value of a tag in place, if there is the tag and the value fits. `data` must be a bytearray."""
        if entry is not None and entry.kind in WHOLE and value < 256 ** SIZES[entry.kind]:
            struct.pack_into(self.order + WHOLE[entry.kind], self.data, entry.at, value)

    def raw(self, entry: Entry) -> bytes:
        """The bytes of a tag's values."""
        return bytes(self.data[entry.at : entry.at + entry.size])

    def handed_on(self) -> list[Entry]:
        """The first directory's tags that describe the photograph, not the layout of its pixels, in order."""
        found = self.directory(self.first)[0]
        return [entry for tag, entry in sorted(found.items()) if tag not in LAYOUT]


def is_exif(data: bytes) -> bool:
    """Whether these bytes are a structure that EXIF may be."""
    structure = Structure.of(data)
    return structure is not None and not structure.big


def header(order: str) -> bytearray:
    """An empty structure, its first directory still to be placed."""
    return bytearray((b"II*\0" if order == "<" else b"MM\0*") + b"\0\0\0\0")


def directory_bytes(fields: Iterable[Field], at: int, order: str) -> bytes:
    """A directory that will stand at `at`, its longer values right behind it, no directory after it."""
    fields = sorted(fields, key=lambda one: one.tag)
    behind = at + 2 + 12 * len(fields) + 4
    out, values = bytearray(struct.pack(order + "H", len(fields))), bytearray()
    for one in fields:
        out += struct.pack(order + "HHI", one.tag, one.kind, one.count)
        if len(one.raw) <= 4:
            out += one.raw.ljust(4, b"\0")
        else:
            out += struct.pack(order + "I", behind + len(values))
            values += one.raw + bytes(len(one.raw) % 2)
    return bytes(out + bytes(4) + values)


def placed(data: bytearray, fields: Iterable[Field], order: str) -> int:
    """Append a directory to a structure; returns where it stands."""
    data += bytes(len(data) % 2)
    at = len(data)
    data += directory_bytes(fields, at, order)
    return at


def compacted(source: Structure) -> bytes | None:
    """What describes the photograph in a TIFF's first directory, as a structure of its own; None where nothing does."""
    out = header(source.order)
    fields = _moved(source, source.handed_on(), out)
    if not fields:
        return None
    struct.pack_into(source.order + "I", out, 4, placed(out, fields, source.order))
    return bytes(out)


def _moved(source: Structure, entries: Iterable[Entry], out: bytearray, depth: int = 0) -> list[Field]:
    """Fields for entries of another structure; the directories they point to are placed in `out` first."""
    fields: list[Field] = []
    for entry in entries:
        if entry.tag in (EXIF, GPS, INTEROPERABILITY):
            below = source.directory(source.number(entry) or 0)[0]
            if below and depth < 3:
                at = placed(out, _moved(source, below.values(), out, depth + 1), source.order)
                fields.append(Field(entry.tag, 4, 1, struct.pack(source.order + "I", at)))
        elif entry.kind < 13:
            fields.append(Field(entry.tag, entry.kind, entry.count, source.raw(entry)))
    return fields
