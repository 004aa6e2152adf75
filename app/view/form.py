"""Rows of a page: labels in one column, controls in the next, values flush at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLayoutItem, QWidget

from app.view.controls import ROW, CheckBox, ComboBox, label
from app.view.fields import VALUE_COLUMN, Scale, SliderField

LABEL_COLUMN, GAP, SECTION, SENTENCE = 88, 8, 16, 6
_LABEL, _CONTROL, _VALUE = range(3)


class Form(QWidget):
    """Sections of rows of 28, 16 apart. A longer label widens the column of all rows; nothing is clipped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(_LABEL, LABEL_COLUMN)
        self._grid.setColumnStretch(_CONTROL, 1)
        self._row = 0

    def clear(self) -> None:
        """Take all rows away."""
        while (item := self._grid.takeAt(0)) is not None:
            _dispose(item)
        for row in range(self._row):
            self._grid.setRowMinimumHeight(row, 0)
        self._row = 0

    def head(self, text: str, *beside: QWidget) -> QLabel:
        """The head of a section, with what stands at its right end."""
        if self._row:
            self.space(SECTION)
        made = label(text, "head")
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(made, 1)
        for widget in beside:
            line.addWidget(widget)
        self._grid.addLayout(line, self._next(), _LABEL, 1, 3)
        return made

    def slider(self, text: str, scale: Scale, tip: str = "") -> SliderField:
        """A row with a label, a slider and its value."""
        made = SliderField(text, scale, self)
        made.set_tip(tip)
        row = self._labelled(text, made.slider, tip)
        self._grid.addWidget(made.slider, row, _CONTROL, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(made.field, row, _VALUE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.setColumnMinimumWidth(_VALUE, VALUE_COLUMN)
        return made

    def combo(self, text: str, tip: str = "") -> ComboBox:
        """A row with a label and a combo box up to the right edge."""
        made = ComboBox(text)
        made.setToolTip(tip)
        self._grid.addWidget(made, self._labelled(text, made, tip), _CONTROL, 1, 2)
        return made

    def row(self, text: str, widget: QWidget, tip: str = "") -> None:
        """A row with a label and any widget up to the right edge."""
        self._grid.addWidget(widget, self._labelled(text, widget, tip), _CONTROL, 1, 2)

    def check(self, text: str, tip: str = "") -> CheckBox:
        """A row that is a check box."""
        made = CheckBox(text)
        made.setToolTip(tip)
        self.wide(made)
        return made

    def sentence(self, text: str) -> QLabel:
        """A small explanation over the whole width; it wraps."""
        made = label(text, "small", wraps=True)
        made.setContentsMargins(0, SENTENCE, 0, 0)
        self._grid.addWidget(made, self._next(0), _LABEL, 1, 3)
        return made

    def wide(self, widget: QWidget) -> None:
        """A row of one widget over the whole width."""
        self._grid.addWidget(widget, self._next(), _LABEL, 1, 3)

    def space(self, height: int) -> None:
        """Nothing, so high."""
        self._next(height)

    def end(self) -> None:
        """What is left of the page stays empty below the rows."""
        self._grid.setRowStretch(self._row, 1)

    def _labelled(self, text: str, buddy: QWidget, tip: str) -> int:
        made = label(text, "label")
        made.setBuddy(buddy)
        made.setToolTip(tip)
        row = self._next()
        self._grid.addWidget(made, row, _LABEL, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _next(self, height: int = ROW) -> int:
        row, self._row = self._row, self._row + 1
        self._grid.setRowMinimumHeight(row, height)
        return row


def _dispose(item: QLayoutItem) -> None:
    """Delete what a row held, now unseen and soon for good."""
    widget, layout = item.widget(), item.layout()
    if layout is not None:
        while (inner := layout.takeAt(0)) is not None:
            _dispose(inner)
    elif widget is not None:
        widget.hide()
        widget.deleteLater()
