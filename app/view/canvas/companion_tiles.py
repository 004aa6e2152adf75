"""The pictures of references as tiles: made piece by piece between the window's other work, and kept for the next look."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.view.canvas.colours import Colours
from app.view.canvas.pyramid import Pyramid
from app.view.canvas.tiles import Tiles
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QColorSpace

    from app.companion import Companion
    from app.references import References

KEPT = 2
"""References whose tiles are kept, so that one can look from one to the other and back."""

BUDGET = 0.006
"""Seconds that are spent on it in a turn of the window's loop."""


class CompanionTiles(QObject):
    """The tiles of the references that were looked at last."""

    ready = Signal()
    """The tiles that were asked for last are there."""

    def __init__(self, references: References, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._references = references
        self._screen: QColorSpace | None = None
        self._kept: OrderedDict[Companion, Tiles] = OrderedDict()
        self._making: tuple[Companion, Tiles, Iterator[None]] | None = None
        self._turns = QTimer(self, interval=0)
        self._turns.timeout.connect(self._go_on)
        references.changed.connect(self._tidy)

    def of(self, companion: Companion) -> Tiles | None:
        """The tiles of a reference; None: they are being made, and `ready` will say so."""
        if companion in self._kept:
            self._kept.move_to_end(companion)
            return self._kept[companion]
        if self._making is None or self._making[0] is not companion:
            pixels = companion.picture.pixels
            pyramid = Pyramid(companion.picture.size, lambda box: pixels[box.slices], blank=True)
            alpha = pixels.ndim == 3 and pixels.shape[2] in (2, 4)
            tiles = Tiles(pyramid, Colours(companion.picture.icc, self._screen), alpha=alpha)
            self._making = companion, tiles, pyramid.refreshing(Box.whole(companion.picture.size))
            self._turns.start()
        return None

    @Slot()
    def _go_on(self) -> None:
        if self._making is None:
            self._turns.stop()
            return
        companion, tiles, pieces = self._making
        until = time.perf_counter() + BUDGET
        for _ in pieces:
            if time.perf_counter() > until:
                return
        self._kept[companion], self._making = tiles, None
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._turns.stop()
        self.ready.emit()

    @Slot()
    def _tidy(self) -> None:
        """Nothing is held of a reference that was taken away."""
        there = self._references.items
        for companion in [one for one in self._kept if one not in there]:
            del self._kept[companion]
        if self._making is not None and self._making[0] not in there:
            self._making = None

    def set_screen(self, screen: QColorSpace) -> None:
        """Draw for a screen of that profile."""
        if screen != self._screen:
            self._screen = screen
            for companion, tiles in self._kept.items():
                tiles.set_colours(Colours(companion.picture.icc, screen))
            self._making = None
            self.ready.emit()
