"""What is painted, over the photograph: the sampling area, the mask, the holes in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.view.canvas.drawn import device
from app.view.canvas.hatched import Hatched
from app.view.canvas.masked import Masked
from app.view.canvas.queued import Queued

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.recipe import Recipe
    from app.toolbox import Toolbox
    from app.view.canvas.viewport import Viewport


class Overlay(QObject):
    """Draws what is painted as pixels, at the size it is seen."""

    stale = Signal(object, int)
    """A Box of the picture (None: all) that has to be drawn again, and so many device-independent pixels around it."""

    def __init__(
        self, document: Document, filling: Filling, recipe: Recipe, display: Display, toolbox: Toolbox, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._display = document, display
        self._parts = (
            Hatched(document, toolbox, self),
            Masked(document, recipe, display, self),
            Queued(document, filling, self),
        )
        for part in self._parts:
            part.stale.connect(self.stale)
        display.changed.connect(self._display_changed)

    def _display_changed(self, name: str) -> None:
        if name == "original_held":
            self.stale.emit(None, 0)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows; nothing while the original is looked at."""
        if self._document.photograph is None or self._display.original_held:
            return
        with device(painter, viewport, clip, ratio) as seen:
            for part in self._parts:
                part.paint(painter, seen)
        self._parts[-1].paint_numbers(painter, viewport)
