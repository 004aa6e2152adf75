"""The sampling area over the photograph, while it is painted: forbidden is hatched, allowed stays clean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.sampling import ALLOWED, FORBIDDEN
from app.view.canvas import contour
from app.view.canvas.drawn import Drawn, Look, Seen
from app.view.canvas.pooled import Pooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from app.document import Document
    from app.toolbox import Toolbox
    from engine.geometry import Box


class Hatched(QObject):
    """Draws where texture may not come from, as long as the tool that says so is in hand."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, toolbox: Toolbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox = document, toolbox
        self._tiles = Drawn(self._tile)
        self._seen = self._wanted
        self._read()
        document.opened.connect(self._read)
        document.area_changed.connect(self._area_changed)
        toolbox.changed.connect(self._tool_changed)

    @property
    def _wanted(self) -> bool:
        return self._toolbox.tool == "area"

    @Slot()
    def _read(self) -> None:
        document = self._document
        self._area = Pooled(lambda: document.area.pixels)
        self._only = self._area.holds(ALLOWED)
        self._tiles.forget()
        self.stale.emit(None, 0)

    @Slot(object)
    def _area_changed(self, box: Box) -> None:
        before = self._only
        self._area.refresh(box)
        self._only = self._area.holds(ALLOWED)
        self._tiles.forget(box, contour.APRON)
        if self._wanted:
            self.stale.emit(None if before != self._only else box, contour.APRON)

    @Slot()
    def _tool_changed(self) -> None:
        if self._seen != self._wanted and self._area.largest:
            self.stale.emit(None, 0)
        self._seen = self._wanted

    def paint(self, painter: QPainter, seen: Seen) -> None:
        """Paint what is seen, in device pixels."""
        if self._wanted and self._area.largest:
            picture = seen.look.grid.pixels(self._document.area.box).moved(seen.top, seen.left)
            inside = seen.region.common(picture)
            if inside is not None:
                self._tiles.paint(painter, replace(seen, region=inside).styled(self._only))

    def _tile(self, at: Box, look: Look) -> NDArray[np.uint32] | None:
        rim = contour.apron(look.ratio)
        around, inside = at.grown(rim, rim), look.grid.pixels(self._document.area.box)
        codes = self._area.most(around, look.grid)
        solid = contour.within(codes != ALLOWED if look.style else codes == FORBIDDEN, around, inside)
        if not solid.any():
            return None
        fills = contour.striped(solid, around, look.grid, look.ratio, rising=True)
        return contour.drawn(solid, fills, contour.table("hatch", look.ratio), look.ratio)
