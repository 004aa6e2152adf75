"""The mask over the photograph: its tint, its outline, and dashed, where it will have grown to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.view.canvas import contour
from app.view.canvas.drawn import Drawn, Look, Seen
from app.view.canvas.pooled import Pooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from app.display import Display
    from app.document import Document
    from app.recipe import Recipe
    from engine.geometry import Box

NEAREST = 2.5
"""Device-independent pixels: a dashed line nearer to the outline than that would only blur it."""


class Masked(QObject):
    """Draws the mask. The dashed line comes after a stroke and goes while one is drawn."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, recipe: Recipe, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._recipe, self._display = document, recipe, display
        self._tiles, self._edge = Drawn(self._tile), Drawn(self._edge_tile)
        self._edge_seen = self._painting = False
        self._growth = 0
        self._read()
        document.opened.connect(self._read)
        document.mask_changed.connect(self._mask_changed)
        document.history_changed.connect(self._committed)
        recipe.changed.connect(self._recipe_changed)
        display.changed.connect(self._display_changed)

    @Slot()
    def _read(self) -> None:
        """Another photograph is open, with nothing painted on it."""
        document = self._document
        self._mask = Pooled(lambda: document.mask.pixels)
        self._painting = False
        self._grow()
        self._tiles.forget()
        self._edge.forget()
        self.stale.emit(None, 0)

    @Slot(object)
    def _mask_changed(self, box: Box) -> None:
        self._mask.refresh(box)
        self._tiles.forget(box, contour.APRON)
        self._edge.forget(box.grown(self._growth, self._growth), contour.APRON)
        if not self._painting:
            self._painting = True
            if self._edge_seen:
                self._edge_is_stale()
        self.stale.emit(box, contour.APRON)

    @Slot()
    def _committed(self) -> None:
        if self._painting:
            self._painting = False
            self._edge_is_stale()

    @Slot()
    def _recipe_changed(self) -> None:
        before = self._growth
        self._grow()
        if self._growth != before:
            self._edge_is_stale(max(before, self._growth))

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name in {"mask_shown", "mask_colour"}:
            self.stale.emit(None, 0)

    def _grow(self) -> None:
        photograph = self._document.photograph
        self._growth = self._recipe.growth(photograph.size) if photograph else 0

    def _edge_is_stale(self, growth: int | None = None) -> None:
        """The dashed line is to appear, to vanish, or to move."""
        box, growth = self._mask.box, self._growth if growth is None else growth
        if box is not None:
            self.stale.emit(box.grown(growth, growth), contour.APRON)

    def paint(self, painter: QPainter, seen: Seen) -> None:
        """Paint what is seen, in device pixels."""
        self._edge_seen = self._growth * seen.look.zoom >= NEAREST * seen.look.ratio and not self._painting
        if self._edge_seen:
            self._edge.paint(painter, seen.styled(self._growth))
        self._tiles.paint(painter, seen.styled(self._display.mask_colour if self._display.mask_shown else "none"))

    def _tile(self, at: Box, look: Look) -> NDArray[np.uint32] | None:
        return contour.tile(self._mask, at, look.grid, look.ratio, str(look.style))

    def _edge_tile(self, at: Box, look: Look) -> NDArray[np.uint32] | None:
        away = self._growth * look.zoom
        rim = math.ceil(away + contour.APRON * look.ratio)
        near = self._mask.any(at.grown(rim, rim), look.grid)
        return contour.dashes(self._mask, at, look.grid, away, look.ratio) if near else None
