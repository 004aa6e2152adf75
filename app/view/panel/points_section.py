"""Control points in words: how many pairs, how well the match agrees with them, and what can be done with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.view.controls import Button, CheckBox, Link, key_of, label, named
from app.view.form import GAP, Form
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.companion import Companion
    from app.display import Display
    from app.document import Document
    from engine.reference import Match


class PointsSection(QWidget):
    """Of the reference that is looked at."""

    def __init__(self, document: Document, display: Display, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._references, self._display = document.references, display
        self._key = key_of(actions["points"])
        form = Form()
        self.set = Link(tr("Set")).acts(actions["points"])
        self.set.setAccessibleName(named(actions["set_points"]))
        form.head(tr("Control points"), self.set)
        self.text = label("", "small", wraps=True)
        self.lines = CheckBox(named(actions["match_lines"]))
        self.lines.setToolTip(actions["match_lines"].statusTip())
        self.clear, self.save, self.open = (
            Button(text).acts(actions[name])
            for text, name in ((tr("Clear"), "clear_points"), (tr("Save…"), "save_points"), (tr("Open…"), "open_points"))
        )
        for button, name in ((self.clear, "clear_points"), (self.save, "save_points"), (self.open, "open_points")):
            button.setAccessibleName(named(actions[name]))
        column, row = QVBoxLayout(self), QHBoxLayout()
        row.setSpacing(GAP)
        for button in (self.clear, self.save, self.open):
            row.addWidget(button)
        row.addStretch(1)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (form, self.text, self.lines):
            column.addWidget(part)
        column.addSpacing(4)
        column.addLayout(row)
        self.lines.clicked.connect(self._set_lines)
        display.changed.connect(self.refresh)
        self._references.changed.connect(self.refresh)
        self._references.points_changed.connect(self.refresh)
        self.refresh()

    @Slot(bool)
    def _set_lines(self, on: bool) -> None:
        """Lines are drawn between two pictures: the view shows both."""
        self._display.set("lines", on)
        if on:
            self._display.set("compare", "side")

    @Slot()
    def refresh(self) -> None:
        """Show them as they are."""
        self.text.setText(self._said())
        self.lines.setChecked(self._display.lines)

    def _said(self) -> str:
        references, companion = self._references, self._references.chosen
        if companion is None:
            return ""
        if references.half is not None:
            where = tr("this photograph") if references.half.here is None else companion.name
            return tr("Point {number}: now the same place in {where}. Esc drops it.").format(number=references.half.number, where=where)
        count = len(companion.points)
        if not count:
            return tr("None. Where the match is wrong, set a place in both pictures ({key}).").format(key=self._key)
        pairs = tr("1 pair") if count == 1 else tr("{count} pairs").format(count=count)
        error = typical_error(companion, references.match_of(companion))
        return pairs if error is None else tr("{pairs}, typical error {error} px").format(pairs=pairs, error=f"{error:.1f}")


def typical_error(companion: Companion, match: Match | None) -> float | None:
    """Median distance, in pixels of the reference, of the points there and where the match has them; None where that is not known."""
    if match is None:
        return None
    away: list[float] = []
    for pair in companion.points:
        at = match.there(*pair.here) if pair.here is not None else None
        if at is not None and pair.there is not None:
            away.append(float(np.hypot(at[0] - pair.there[0], at[1] - pair.there[1])))
    return float(np.median(away)) if away else None
