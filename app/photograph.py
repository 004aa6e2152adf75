"""The open photograph: as it is now, and as it was opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.sheet import Sheet, tiles

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.geometry import Box
    from engine.picture import Patch, Picture


class Photograph:
    """A Picture that is edited. Of the pixels it was opened with, only the tiles that were ever written are kept twice."""

    def __init__(self, picture: Picture) -> None:
        pixels = picture.pixels
        if not pixels.flags.owndata or pixels.base is not None:
            pixels = pixels.copy()  # somebody else's memory is not ours to write into
        pixels.setflags(write=True)
        self.sheet = Sheet(pixels)
        self.depth, self.layout, self.icc, self.has_alpha = picture.depth, picture.layout, picture.icc, picture.has_alpha
        self._rest = replace(picture, pixels=picture.pixels[:1, :1].copy())  # all but the pixels
        self._was: dict[Box, NDArray[Any]] = {}

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
        return self.sheet.size

    @property
    def box(self) -> Box:
        """All of it."""
        return self.sheet.box

    def pixels(self, box: Box, step: int = 1) -> NDArray[Any]:
        """A box as it is now, every `step`th row and column; not to be written into."""
        return self.sheet.pixels[box.slices][::step, ::step]

    def original(self, box: Box, step: int = 1) -> NDArray[Any]:
        """A box as it was opened."""
        if not self.differs(box):
            return self.pixels(box, step)
        part = self.sheet.pixels[box.slices].copy()
        for tile in tiles(box, self.box):
            common = tile.common(box)
            if common is not None and tile in self._was:
                inside = common.moved(-tile.top, -tile.left).slices
                part[common.moved(-box.top, -box.left).slices] = self._was[tile][inside]
        return part[::step, ::step]

    def differs(self, box: Box) -> bool:
        """Whether anything near the box was ever written."""
        return bool(self._was) and any(tile in self._was for tile in tiles(box, self.box))

    def put(self, patch: Patch, hole: NDArray[Any]) -> None:
        """Write a patch's pixels where `hole` (its box, bool) is set."""
        for tile in tiles(patch.box, self.box):
            if tile not in self._was:
                self._was[tile] = self.sheet.pixels[tile.slices].copy()
        self.sheet.writing(patch.box)[hole] = patch.pixels[hole]

    def picture(self) -> Picture:
        """What it is now, frozen: no copy is made, later edits leave it as it is."""
        return replace(self._rest, pixels=self.sheet.lent())

    def opened(self) -> Picture:
        """What it was when it was opened; a copy where anything was written."""
        if not self._was:
            return self.picture()
        return replace(self._rest, pixels=self.original(self.box))
