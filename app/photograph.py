"""The open photograph: as it is now, and as it was opened."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.sheet import tiles
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.picture import Picture


class Photograph:
    """A Picture that is edited.

    Of the pixels it was opened with, only the tiles that were ever written are kept twice. A snapshot takes no copy: as long as somebody
    holds its pixels, what is written goes to a copy.
    """

    def __init__(self, picture: Picture) -> None:
        pixels = picture.pixels
        self._pixels: NDArray[Any] = pixels if pixels.flags.owndata else pixels.copy()  # not into somebody else's memory
        self._pixels.setflags(write=True)
        self._lent: list[weakref.ref[NDArray[Any]]] = []
        self._was: dict[Box, NDArray[Any]] = {}
        self.depth, self.layout, self.icc, self.has_alpha = picture.depth, picture.layout, picture.icc, picture.has_alpha
        self._rest = replace(picture, pixels=picture.pixels[:1, :1].copy())  # all but the pixels

    @property
    def path(self) -> Path | None:
        """The file it was opened from; None where it was pasted."""
        return self._rest.file.path if self._rest.file else None

    @property
    def name(self) -> str:
        """The file's name; empty where there is none."""
        return self.path.name if self.path else ""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self._pixels.shape[0], self._pixels.shape[1]

    @property
    def box(self) -> Box:
        """All of it."""
        return Box.whole(self.size)

    def pixels(self, box: Box, step: int = 1) -> NDArray[Any]:
        """A box as it is now, every `step`th row and column; not to be written into."""
        return self._pixels[box.slices][::step, ::step]

    def original(self, box: Box, step: int = 1) -> NDArray[Any]:
        """A box as it was opened."""
        if not self.differs(box):
            return self.pixels(box, step)
        part = self._pixels[box.slices].copy()
        for tile in tiles(box, self.box):
            common = tile.common(box)
            if common is not None and tile in self._was:
                inside = common.moved(-tile.top, -tile.left).slices
                part[common.moved(-box.top, -box.left).slices] = self._was[tile][inside]
        return part[::step, ::step]

    def differs(self, box: Box) -> bool:
        """Whether anything near the box was ever written."""
        return bool(self._was) and any(tile in self._was for tile in tiles(box, self.box))

    def write(self, box: Box, pixels: NDArray[Any], where: NDArray[Any]) -> None:
        """Write the pixels of a box where `where` (its size, bool) is set."""
        for tile in tiles(box, self.box):
            if tile not in self._was:
                self._was[tile] = self._pixels[tile.slices].copy()
        self._owned()[box.slices][where] = pixels[where]

    def picture(self) -> Picture:
        """What it is now, frozen: no copy is made, later edits leave it as it is."""
        view = self._pixels.view()
        picture = replace(self._rest, pixels=view)
        self._lent.append(weakref.ref(view))
        return picture

    def opened(self) -> Picture:
        """What it was when it was opened; a copy where anything was written."""
        return replace(self._rest, pixels=self.original(self.box)) if self._was else self.picture()

    def opened_later(self) -> Callable[[], Picture]:
        """What makes that in another thread, whatever is written meanwhile: nothing is copied here."""
        now, was = self.picture(), dict(self._was)

        def made() -> Picture:
            pixels = now.pixels.copy()
            for tile, part in was.items():
                pixels[tile.slices] = part
            return replace(now, pixels=pixels)

        return made if was else lambda: now

    def _owned(self) -> NDArray[Any]:
        """The array, or a copy of it where somebody holds what was lent."""
        if any(lent() is not None for lent in self._lent):
            self._pixels = self._pixels.copy()
        self._lent.clear()
        return self._pixels
