"""Smaller and smaller views of a photograph, so that drawing it costs what the canvas holds and not what the photograph holds.

Level 0 is the photograph's own pixels; each pixel of a level is the mean of four of the level below. Where there is alpha, levels
from 1 on are premultiplied, so that the colours of transparent pixels do not bleed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import cv2
import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Read: TypeAlias = Callable[[Box], NDArray[Any]]
    """The photograph's pixels of a box: (h, w) or (h, w, channels), 8 or 16 bit."""

TOP = 64
"""No side of the highest level is longer."""

STRIP = 256
"""Rows that are halved at a time, so that odd edges and alpha are never copied for a whole photograph, and a pause is never far."""

PIECE = 256
"""Where two states of a photograph differ is looked up in squares of this side."""


class Levels(Protocol):
    """What tiles are cut from."""

    def part(self, level: int, box: Box) -> NDArray[Any]:
        """A box of a level; not to be written into."""
        ...


class Pyramid:
    """All levels of the photograph as it is now. Only those above its own pixels take memory, a third of what these take."""

    def __init__(self, size: tuple[int, int], read: Read, *, blank: bool = False) -> None:
        """Of a photograph of that size; `blank`: whoever asked for it reads it with `refreshing`, before anything else."""
        self._read = read
        self.sizes = [size]
        while max(self.sizes[-1]) > TOP:
            self.sizes.append(_halved_size(self.sizes[-1]))
        sample = read(Box(0, 0, 1, 1))
        self._above = [np.empty((*one, *sample.shape[2:]), sample.dtype) for one in self.sizes[1:]]
        if not blank:
            self.refresh(Box.whole(size))

    def part(self, level: int, box: Box) -> NDArray[Any]:
        """A box of a level."""
        return self._above[level - 1][box.slices] if level else self._read(box)

    def ground(self, level: int, box: Box) -> Box:
        """The pixels of the photograph that a box of a level is made of."""
        return self.below(level, box, 0)

    def seen(self, level: int, box: Box) -> Box:
        """The pixels of a level that a box of the photograph goes into."""
        side = 1 << level
        top, left = box.top // side, box.left // side
        return Box(top, left, -(-box.bottom // side) - top, -(-box.right // side) - left)

    def refresh(self, box: Box) -> None:
        """Read a box of the photograph again, where it was changed."""
        for _ in self.refreshing(box):
            pass

    def refreshing(self, box: Box) -> Iterator[None]:
        """The same, with a pause after every few milliseconds."""
        for level in range(1, len(self.sizes)):
            seen = self.seen(level, box)
            for top in range(seen.top, seen.bottom, STRIP):
                strip = Box(top, seen.left, min(STRIP, seen.bottom - top), seen.width)
                self._above[level - 1][strip.slices] = halved(self.part(level - 1, self.below(level, strip, level - 1)), level)
                yield

    def below(self, level: int, box: Box, lower: int) -> Box:
        """The box of a lower level that a box is made of."""
        side = 1 << (level - lower)
        made_of = Box(box.top * side, box.left * side, box.height * side, box.width * side).common(Box.whole(self.sizes[lower]))
        assert made_of is not None
        return made_of


class Variant:
    """All levels of another state of the same photograph: what differs is worked out when it is asked for, the rest is the pyramid's."""

    def __init__(self, base: Pyramid, differs: Callable[[Box], bool], read: Read) -> None:
        self._base, self._differs, self._read = base, differs, read

    def differs(self, level: int, box: Box) -> bool:
        """Whether a box of a level may look different."""
        return self._differs(self._base.ground(level, box))

    def part(self, level: int, box: Box) -> NDArray[Any]:
        """A box of a level."""
        if not self.differs(level, box):
            return self._base.part(level, box)
        if level == 0:
            return self._read(box)
        if max(box.size) <= PIECE:
            return halved(self.part(level - 1, self._base.below(level, box, level - 1)), level)
        whole = self._base.part(level, box).copy()
        for piece in _pieces(box):
            if self.differs(level, piece):
                whole[piece.moved(-box.top, -box.left).slices] = self.part(level, piece)
        return whole


def halved(pixels: NDArray[Any], level: int) -> NDArray[Any]:
    """The pixels of a level from those of the level below; a last odd row or column counts twice."""
    if level == 1 and pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        pixels = premultiplied(pixels)
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), *((0, 0),) * (pixels.ndim - 2)), mode="edge")
    size = _halved_size((height, width))
    small = cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(small, pixels.dtype).reshape(*size, *pixels.shape[2:])


def premultiplied(pixels: NDArray[Any]) -> NDArray[Any]:
    """Colours times alpha, the last channel."""
    most = int(np.iinfo(pixels.dtype).max)
    out = pixels.copy()
    products = pixels[..., :-1].astype(np.uint32) * pixels[..., -1:] + most // 2
    out[..., :-1] = products // most
    return out


def _halved_size(size: tuple[int, int]) -> tuple[int, int]:
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def _pieces(box: Box) -> Iterator[Box]:
    """The squares of a grid that a box touches, cut to it."""
    for top in range(box.top // PIECE * PIECE, box.bottom, PIECE):
        for left in range(box.left // PIECE * PIECE, box.right, PIECE):
            piece = Box(top, left, PIECE, PIECE).common(box)
            assert piece is not None
            yield piece
