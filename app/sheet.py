"""Pixels that are edited: what a write replaces is kept, by tiles, so that it can be put back."""

from __future__ import annotations

import weakref
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
            assert tile is not None
            yield tile


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What stood in some tiles of a sheet, packed; `Sheet.exchange` puts it back."""

    box: Box
    """Around all of them."""
    packed: dict[Box, bytes]

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(map(len, self.packed.values()))


class Sheet:
    """An array (H, W) or (H, W, channels) that is edited box by box.

    Whoever writes asks for the part to write into, and says at the end of a gesture that it is done; what was replaced
    comes back as one Change. A whole that was lent is not written into as long as somebody holds it.
    """

    def __init__(self, pixels: NDArray[Any]) -> None:
        self.pixels = pixels
        self._kept: dict[Box, NDArray[Any]] = {}
        self._lent: list[weakref.ref[NDArray[Any]]] = []

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def box(self) -> Box:
        """All of it."""
        return Box.whole(self.size)

    def lent(self) -> NDArray[Any]:
        """All pixels, read-only: as long as this array lives, what is written goes to a copy."""
        view = self.pixels.view()
        view.setflags(write=False)
        self._lent.append(weakref.ref(view))
        return view

    def writing(self, box: Box) -> NDArray[Any]:
        """The part of a box, to be written into; what stands there is kept first."""
        for tile in tiles(box, self.box):
            if tile not in self._kept:
                self._kept[tile] = self.pixels[tile.slices].copy()
        return self._own()[box.slices]

    def done(self) -> Change | None:
        """What was replaced since the last call; None where nothing was, or what was written is what stood there."""
        kept, self._kept = self._kept, {}
        packed = {tile: _packed(was) for tile, was in kept.items() if not np.array_equal(was, self.pixels[tile.slices])}
        return Change(_around(packed), packed) if packed else None

    def exchange(self, change: Change) -> Change:
        """Put back what stood there; what stands there now comes back in its place."""
        pixels = self._own()
        now: dict[Box, bytes] = {}
        for tile, was in change.packed.items():
            part = pixels[tile.slices]
            now[tile] = _packed(part)
            part[...] = np.frombuffer(zlib.decompress(was), pixels.dtype).reshape(part.shape)
        return Change(change.box, now)

    def _own(self) -> NDArray[Any]:
        """The array, or a copy of it where somebody holds what was lent."""
        if any(lent() is not None for lent in self._lent):
            self.pixels = self.pixels.copy()
        self._lent.clear()
        return self.pixels


def _packed(part: NDArray[Any]) -> bytes:
    """Masks are nearly constant and pack to nothing; photographs hardly, but quickly."""
    return zlib.compress(np.ascontiguousarray(part).tobytes(), 1)


def _around(boxes: dict[Box, bytes]) -> Box:
    first, *others = boxes
    for box in others:
        first = first.joined(box)
    return first
