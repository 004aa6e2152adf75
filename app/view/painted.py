"""What is painted, in words: how many holes, how large, and where texture may come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.sampling import is_only
from app.words import tr

if TYPE_CHECKING:
    from app.document import Document
    from engine.geometry import Box

PAUSE = 40
"""Milliseconds between two looks while something is being painted."""


class Painted(QObject):
    """Looks at mask and sampling area, not more often than one reads."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._area: Box | None = None  # around all of the sampling area that was ever written
        self.holes = 0
        self.text = ""
        """Number and size, such as "2 holes, 1.9 % of the photograph"; empty where nothing is painted."""
        self.area: bool | None = None
        """True: texture comes only from what is painted; False: from everything else; None: nothing is painted."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.look)
        document.opened.connect(self._opened)
        document.mask_changed.connect(self._mask_changed)
        document.area_changed.connect(self._area_changed)
        self.look()

    @Slot()
    def _opened(self) -> None:
        self._area = None
        self.look()

    @Slot(object)
    def _mask_changed(self, _box: Box) -> None:
        if not self._pause.isActive():
            self._pause.start()

    @Slot(object)
    def _area_changed(self, box: Box) -> None:
        self._area = box if self._area is None else self._area.joined(box)
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def look(self) -> None:
        """Look now."""
        before = self.text, self.area
        self.holes, self.text, self.area = len(self._document.holes()), self._said(), self._where()
        if (self.text, self.area) != before:
            self.changed.emit()

    def _said(self) -> str:
        document = self._document
        holes, around = document.holes(), document.mask_box
        if around is None:
            return ""
        if len(holes) == 1:
            return tr("1 hole, {width} \u00d7 {height} px").format(width=holes[0].width, height=holes[0].height)
        share = 100 * np.count_nonzero(document.mask.pixels[around.slices]) / document.mask.box.area
        text = tr("{count} holes, {share} % of the photograph") if share >= 0.1 else tr("{count} holes, under 0.1 % of the photograph")
        return text.format(count=len(holes), share=f"{share:.1f}")

    def _where(self) -> bool | None:
        area = self._area.common(self._document.area.box) if self._area is not None else None
        codes = self._document.area.pixels[area.slices] if area is not None else None
        return is_only(codes) if codes is not None and codes.any() else None
