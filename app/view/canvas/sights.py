"""Which states of the photograph are seen, and where: as it is now, as it was, with the running fill, with another result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, Signal, Slot

from app.view.canvas.colours import Colours
from app.view.canvas.preview import Preview, pasted
from app.view.canvas.pyramid import Pyramid, Variant
from app.view.canvas.tiles import CURRENT, Tiles
from app.words import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QColorSpace, QPainter

    from app.choice import Candidate
    from app.display import Display, Sight
    from app.document import Document
    from app.filling import Filling
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box
    from engine.picture import Patch

ORIGINAL, RUNNING, STAGE = "original", "running", "stage"


class Sights(QObject):
    """The tiles of the open photograph, kept as its pixels, its results and the comparison are."""

    changed = Signal(object)
    """A Box that has to be drawn again, or None: all."""

    def __init__(self, document: Document, filling: Filling, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._display = document, display
        self._preview = Preview(filling, self)
        self._running: Patch | None = None
        self._results: dict[str, Candidate] = {}
        self._staged: Patch | None = None
        self._screen: QColorSpace | None = None
        self.colours = Colours(None)
        self.tiles: Tiles | None = None
        self._preview.came.connect(self._preview_came)
        document.pixels_changed.connect(self._pixels_changed)
        document.choices_changed.connect(self._compare)
        display.changed.connect(self._display_changed)

    def read(self) -> None:
        """Take the photograph that is open now, or none."""
        photograph = self._document.photograph
        self.tiles, self._running, self._staged = None, None, None
        self._results.clear()
        if photograph is not None:
            self.colours = self.colours_for(photograph.icc)
            pyramid = Pyramid(photograph.size, photograph.pixels)
            self.tiles = Tiles(pyramid, self.colours, alpha=photograph.has_alpha)
            self.tiles.set_variant(ORIGINAL, Variant(pyramid, photograph.differs, photograph.original))
        self._preview_came()
        self._compare()
        self.changed.emit(None)

    def colours_for(self, icc: bytes | None) -> Colours:
        """From that profile to the screen's."""
        return Colours(icc, self._screen)

    def set_screen(self, screen: QColorSpace) -> None:
        """Draw for a screen of that profile; sRGB where it is not valid."""
        photograph = self._document.photograph
        if screen == self._screen:
            return
        self._screen = screen
        self.colours = self.colours_for(photograph.icc if photograph else None)
        if self.tiles is not None:
            self.tiles.set_colours(self.colours)
            self.changed.emit(None)

    # Drawing

    def draw(self, painter: QPainter, view: Viewport, clip: QRect, until: float = math.inf) -> bool:
        """Draw what a part of the canvas shows, all in device pixels; whether it is as fine as it can be."""
        if self.tiles is None:
            return True
        parts = [(part.intersected(clip), sight) for part, sight in self._parts(view, clip)]
        complete = True
        for part, sight in parts:
            complete = self.tiles.draw(painter, view, part, sight, until) and complete
        return complete

    def _parts(self, view: Viewport, clip: QRect) -> list[tuple[QRect, str]]:
        display = self._display
        if display.original_held:
            return [(clip, ORIGINAL)]
        if display.compare != "split":
            return [(clip, self._key(CURRENT))]
        line = round((view.x + display.split_at * view.size[1] * view.scale) * view.ratio)
        left = QRect(clip.left(), clip.top(), line - clip.left(), clip.height())
        right = QRect(line, clip.top(), clip.right() + 1 - line, clip.height())
        return [(left, self._key(display.left)), (right, self._key(display.right))]

    def _key(self, sight: Sight) -> str:
        """The name under which the tiles know what is to be seen."""
        if sight == ORIGINAL:
            return ORIGINAL
        if isinstance(sight, int) and _result_key(sight) in self._results:
            return _result_key(sight)
        if self._running is not None:
            return RUNNING
        return CURRENT if self._staged is None else STAGE

    def set_stage(self, patch: Patch | None, hole: NDArray[Any] | None = None) -> None:
        """Show the photograph with a patch in a `hole` (the patch's box, bool) of it, in place of what it is now; None: no more."""
        before, self._staged = self._staged, patch
        photograph = self._document.photograph
        if self.tiles is None or photograph is None:
            return
        self.tiles.set_variant(STAGE, pasted(self.tiles.pyramid, photograph, patch, hole) if patch else None)
        for one in (before, patch):
            if one is not None:
                self.changed.emit(one.box)

    # What changes

    @Slot(object)
    def _pixels_changed(self, box: Box) -> None:
        if self.tiles is not None:
            self.tiles.refresh(box)
            self.changed.emit(box)

    @Slot()
    def _preview_came(self) -> None:
        photograph, patch, before = self._document.photograph, self._preview.patch, self._running
        if self.tiles is None or photograph is None or patch is before:
            return
        self._running = patch
        self.tiles.set_variant(RUNNING, pasted(self.tiles.pyramid, photograph, patch) if patch else None)
        for one in (before, patch):
            if one is not None:
                self.changed.emit(one.box)

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name in {"left", "right", "compare"}:
            self._compare()
        if name in {"left", "right", "compare", "original_held", "split_at"}:
            self.changed.emit(None)

    @Slot()
    def _compare(self) -> None:
        """Have ready the results that are compared and do not stand in the photograph."""
        if self.tiles is None:
            return
        wanted = self._compared()
        for name in self._results.keys() | wanted.keys():
            if self._results.get(name) is not wanted.get(name):
                self.tiles.set_variant(name, self._with(wanted[name]) if name in wanted else None)
        if self._results != wanted:
            self._results = wanted
            self.changed.emit(None)

    def _compared(self) -> dict[str, Candidate]:
        display, choice = self._display, self._document.shown
        if choice is None or display.compare != "split":
            return {}
        numbers = [sight for sight in (display.left, display.right) if isinstance(sight, int)]
        return {
            _result_key(number): choice.candidates[number]
            for number in numbers
            if number < len(choice.candidates) and number != choice.chosen
        }

    def _with(self, candidate: Candidate) -> Variant:
        photograph, choice = self._document.photograph, self._document.shown
        assert self.tiles is not None
        assert photograph is not None
        assert choice is not None
        return pasted(self.tiles.pyramid, photograph, candidate.patch, choice.hole)


def _result_key(number: int) -> str:
    return f"result {number}"


def sight_name(sight: Sight) -> str:
    """What a state of the photograph is called in a comparison."""
    if sight == ORIGINAL:
        return tr("Original")
    return tr("Result {number}").format(number=sight + 1) if isinstance(sight, int) else tr("As it is now")
