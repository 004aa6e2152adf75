"""The list of references: how each matches, which one is looked at, and the way to add one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.view.canvas.colours import Colours
from app.view.controls import IconTextButton, label
from app.view.form import Form
from app.view.panel.reference_row import PICTURE, ReferenceRow
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.actions import Actions
    from app.companion import Companion
    from app.document import Document
    from engine.picture import Picture

SHARPER = 2
"""Pixels of a small picture, down and across, for one of the screen: it is sharp on any of them."""


class ReferenceList(QWidget):
    """A row for each reference. Rows stay while the same photographs are in the list."""

    def __init__(self, document: Document, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._references = document.references
        self.rows: list[ReferenceRow] = []
        self.count, self.why = QLabel(), label("", "small", wraps=True)
        self.why.setText(
            tr("Another photograph of the same place, from another day or another camera. What it shows there can stand in the hole.")
        )
        self.count.setProperty("role", "small")
        head = Form()
        head.head(tr("References"), self.count)
        self.add = IconTextButton(tr("Add photograph…"), "plus").acts(actions["add_reference"])
        self.add.setToolTip(tr("A file, or several at once; dropping files on this panel does the same"))
        column, self._list = QVBoxLayout(self), QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._list.setSpacing(4)
        column.addWidget(head)
        column.addWidget(self.why)
        column.addLayout(self._list)
        column.addSpacing(4)
        column.addWidget(self.add)
        self._references.changed.connect(self.refresh)
        self._references.points_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show them as they are."""
        items = self._references.items
        if [row.companion for row in self.rows] != items:
            self._make_rows(items)
        for row in self.rows:
            match = self._references.match_of(row.companion)
            row.show_match(match, matching=self._references.matching, chosen=row.companion is self._references.chosen)
        self.count.setText(str(len(items)) if items else "")
        self.why.setVisible(not items)

    def _make_rows(self, items: list[Companion]) -> None:
        """Rows for these; those that are there already stay."""
        there = {row.companion: row for row in self.rows}
        for companion, row in there.items():
            self._list.removeWidget(row)
            if companion not in items:
                row.hide()
                row.deleteLater()
        self.rows = [there.get(one) or self._row(one) for one in items]
        for row in self.rows:
            self._list.addWidget(row)

    def _row(self, companion: Companion) -> ReferenceRow:
        row = ReferenceRow(companion, thumbnail(companion.picture), self)
        row.clicked.connect(lambda: self._references.choose(companion))
        row.removed.connect(lambda: self._remove(companion))
        return row

    def _remove(self, companion: Companion) -> None:
        """Take it away; a focus that was in its row goes to the next, or to the button."""
        row = next((row for row in self.rows if row.companion is companion), None)
        focused = row is not None and (row.hasFocus() or row.cross.hasFocus())
        self._references.remove(companion)
        if focused:
            chosen = next((row for row in self.rows if row.isChecked()), None)
            (chosen or self.add).setFocus()


def thumbnail(picture: Picture) -> QImage:
    """All of a photograph, as large as fits into a row, in the screen's colours."""
    height, width = picture.size
    fits = SHARPER * min(PICTURE.width() / width, PICTURE.height() / height, 1.0)
    size = max(1, round(height * fits)), max(1, round(width * fits))
    step = max(1, height // (3 * size[0]))
    few = np.ascontiguousarray(picture.pixels[::step, ::step])
    resized = cv2.resize(few, size[::-1], interpolation=cv2.INTER_AREA)
    pixels = np.asarray(resized, picture.pixels.dtype).reshape(*size, *picture.pixels.shape[2:])
    image = Colours(picture.icc).image(pixels)
    image.setDevicePixelRatio(SHARPER)
    return image
