"""What is painted, in words: how many holes, how large, and where texture may come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.sampling import is_only
from app.words import tr

if TYPE_CHECKING:
    from app.document import Document
    from engine.geometry import Box

SAMPLES = 1 << 20
"""Pixels of the mask that are counted at most; the share is told to a tenth of a per cent."""

PAUSE = 40
"""Milliseconds between two looks while something is being painted."""


class Painted(QObject):
    """Looks at mask and sampling area, not more often than one reads."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._written: Box | None = None  # around all of the sampling area that was ever written
        self._new: Box | None = None  # and around what was written since the last look
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
        self._written = self._new = self.area = None
        self.look()

    @Slot(object)
    def _mask_changed(self, _box: Box) -> None:
        self._pause.start()  # anew, so that nothing is counted while a brush moves

    @Slot(object)
    def _area_changed(self, box: Box) -> None:
        self._written = box if self._written is None else self._written.joined(box)
        self._new = box if self._new is None else self._new.joined(box)
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
        part = document.mask.pixels[around.slices]
        step = max(1, math.isqrt(part.size // SAMPLES))
        share = 100 * step**2 * np.count_nonzero(part[::step, ::step]) / document.mask.box.area
        text = tr("{count} holes, {share} % of the photograph") if share >= 0.1 else tr("{count} holes, under 0.1 % of the photograph")
        return text.format(count=len(holes), share=f"{share:.1f}")

    def _where(self) -> bool | None:
        """The sheet holds one code alone, so any painted pixel tells; all is looked at only where paint was taken away."""
        new, self._new = self._new, None
        told = self._code(new)
        if told is None and new is None:
            return self.area
        return told if told is not None or self.area is None else self._code(self._written)

    def _code(self, box: Box | None) -> bool | None:
        """What a part of the sampling area says."""
        inside = box.common(self._document.area.box) if box is not None else None
        codes = self._document.area.pixels[inside.slices] if inside is not None else None
        return is_only(codes) if codes is not None and codes.any() else None
