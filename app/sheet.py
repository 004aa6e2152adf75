"""Pixels that are painted on: what a gesture changed is kept, by tiles, so that it can be undone and done again."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

TILE = 256
"""Side of the squares that are kept; a stroke keeps those it touches."""


def tiles(box: Box, within: Box) -> Iterator[Box]:
    """The tiles of a sheet that a box touches."""
    for top in range(box.top // TILE * TILE, box.bottom, TILE):
        for left in range(box.left // TILE * TILE, box.right, TILE):
            tile = Box(top, left, TILE, TILE).common(within)
            if tile is not None:
                yield tile


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a gesture changed: for each tile the bits that differ, packed. The same change undoes and does again.

    Changes that meet in no pixel can be undone in any order.
    """

    box: Box
    """Around all of them."""
    packed: dict[Box, bytes]

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(map(len, self.packed.values()))

    def meets(self, other: Change) -> bool:
        """Whether both changed one pixel."""
        return any(
            ((_bits(self.packed[tile]) > 0) & (_bits(other.packed[tile]) > 0)).any() for tile in self.packed.keys() & other.packed.keys()
        )


class Sheet:
    """An array (H, W) uint8 that is painted on box by box.

    Whoever writes asks for the part to write into, and says at the end of a gesture that it is done; what was changed
    comes back as one Change.
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self.pixels = pixels
        self._kept: dict[Box, NDArray[np.uint8]] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def box(self) -> Box:
        """All of it."""
        return Box.whole(self.size)

    def writing(self, box: Box) -> NDArray[np.uint8]:
        """The part of a box inside the sheet, to be written into; what stands there is kept first."""
        for tile in tiles(box, self.box):
            if tile not in self._kept:
                self._kept[tile] = self.pixels[tile.slices].copy()
        return self.pixels[box.slices]

    def done(self) -> Change | None:
        """What was changed since the last call; None where nothing is other than it was."""
        kept, self._kept = self._kept, {}
        for tile, bits in kept.items():
            np.bitwise_xor(bits, self.pixels[tile.slices], out=bits)
        packed = {tile: _packed(bits) for tile, bits in kept.items() if bits.any()}
        return Change(_around(packed), packed) if packed else None

    def toggle(self, change: Change) -> None:
        """Undo a change, or do it again."""
        assert not self._kept, "a gesture is done before another is undone"
        for tile, packed in change.packed.items():
            part = self.pixels[tile.slices]
            part ^= _bits(packed).reshape(part.shape if len(packed) > 1 else 1)


def _packed(bits: NDArray[np.uint8]) -> bytes:
    """What differs in a tile; one byte where all of it differs by the same, as within a wide stroke."""
    first = bits[0, 0]
    return bytes([first]) if (bits == first).all() else zlib.compress(bits.data, 1)


def _bits(packed: bytes) -> NDArray[np.uint8]:
    """(n,), or (1,) where all are the same."""
    return np.frombuffer(packed if len(packed) == 1 else zlib.decompress(packed), np.uint8)


def _around(boxes: dict[Box, bytes]) -> Box:
    first, *others = boxes
    for box in others:
        first = first.joined(box)
    return first
