"""A number that is set by a slider or typed: the scale between both, and the pair of widgets."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSlider, QWidget

from app.view import marks

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_FINE, _COARSE = 400, 10
VALUE_COLUMN = 48
FRAME, CURSOR = 3, 2
"""Between the edge of a field and its text, as Qt and the sheet have it; what Qt keeps free at the right."""

_OURS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that a number may have, how they are told, and where they lie on a slider."""

    least: float
    most: float
    unit: str = ""
    step: float = 1.0
    factor: float = 1.0
    """A value is shown this many times as large: 100 for a share in per cent."""
    even: bool = True
    """False: equal ways on the slider are equal ratios."""
    words: Mapping[float, str] = field(default_factory=dict[float, str])
    """Values that are told by a word, such as "off"."""

    @property
    def positions(self) -> int:
        """How many steps a slider has."""
        return max(1, round((self.most - self.least) / self.step)) if self.even else _FINE

    def position(self, value: float) -> int:
        """Where a value lies on the slider."""
        if self.even:
            return round((value - self.least) / self.step)
        return round(_FINE * math.log(value / self.least) / math.log(self.most / self.least))

    def value(self, position: int) -> float:
        """What a place on the slider stands for."""
        if self.even:
            return self.nearest(self.least + position * self.step)
        return self.nearest(self.least * (self.most / self.least) ** (position / _FINE))

    def nearest(self, value: float) -> float:
        """The closest value that is allowed."""
        steps = round((min(max(value, self.least), self.most) - self.least) / self.step)
        return min(self.most, round(self.least + steps * self.step, 9))

    @property
    def decimals(self) -> int:
        """Digits behind the point that tell two neighbours apart."""
        shown = self.step * self.factor
        return max(0, -math.floor(math.log10(shown) + 1e-9)) if shown < 1 else 0

    def text(self, value: float) -> str:
        """A value as it is read, with its unit."""
        if value in self.words:
            return self.words[value]
        return f"{value * self.factor:.{self.decimals}f} {self.unit}".rstrip()

    def read(self, text: str) -> float | None:
        """The value of a text that a user typed; None where there is none in it."""
        typed = text.strip().lower()
        named = [value for value, word in self.words.items() if word.lower() == typed]
        found = _NUMBER.search(typed)
        if named or not found:
            return named[0] if named else None
        return self.nearest(float(found[0].replace(",", ".")) / self.factor)

    def widest(self, metrics: QFontMetrics) -> int:
        """Pixels that the longest text takes."""
        texts = (self.text(self.least), self.text(self.most), *self.words.values())
        return max(metrics.horizontalAdvance(text) for text in texts)


class Slider(QSlider):
    """A slider that the wheel does not move, so that a page can be scrolled across it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """With a ring after a key."""
        super().paintEvent(event)
        marks.ring(QPainter(self), self, self.rect().toRectF())


class ValueField(QLineEdit):
    """A value that reads like a label and is typed into like a field. Enter commits, Esc takes back; both give the focus back."""

    entered = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "value")
        self.setAccessibleName(name)
        self._told = ""
        self._fresh = False
        self.align(Qt.AlignmentFlag.AlignRight)
        self.returnPressed.connect(self._leave)

    def align(self, side: Qt.AlignmentFlag) -> None:
        """Let the text stand at the left or the right edge."""
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._flush(at_edge=True)

    def tell(self, text: str) -> None:
        """The value as it is now; a user who is typing is not disturbed."""
        self._told = text
        if not self.isModified() and text != self.text():
            self.setText(text)

    def _flush(self, *, at_edge: bool) -> None:
        """Read, its text begins or ends at the very edge, as the rows do; typed, inside its border."""
        at_left = bool(self.alignment() & Qt.AlignmentFlag.AlignLeft)
        shift = 1 if not at_edge else -FRAME if at_left else -FRAME - CURSOR
        self.setTextMargins(shift if at_left else 0, 0, 0 if at_left else shift, 0)

    def _leave(self) -> None:
        self.window().setFocus(Qt.FocusReason.OtherFocusReason)
        if self.hasFocus():
            self.clearFocus()

    def focusInEvent(self, arg__1: QFocusEvent) -> None:
        """All is selected, so that typing replaces it."""
        super().focusInEvent(arg__1)
        self._flush(at_edge=False)
        self._fresh = True
        self.selectAll()

    def mouseReleaseEvent(self, arg__1: QMouseEvent) -> None:
        """The click that gives it the focus selects all too, unless it was dragged over a part."""
        super().mouseReleaseEvent(arg__1)
        if self._fresh and not self.hasSelectedText():
            self.selectAll()
        self._fresh = False

    def focusOutEvent(self, arg__1: QFocusEvent) -> None:
        """What was typed counts."""
        super().focusOutEvent(arg__1)
        self._flush(at_edge=True)
        typed, changed = self.text(), self.isModified()
        self.setModified(False)
        self.setText(self._told)
        self.deselect()
        if changed:
            self.entered.emit(typed)

    def event(self, arg__1: QEvent) -> bool:
        """Enter and Esc belong to the field while it has the focus, whatever they do elsewhere."""
        if isinstance(arg__1, QKeyEvent) and arg__1.type() == QEvent.Type.ShortcutOverride and arg__1.key() in _OURS:
            arg__1.accept()
            return True
        return super().event(arg__1)

    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        """Esc: as it was."""
        if arg__1.key() == Qt.Key.Key_Escape:
            self.setText(self._told)
            self.setModified(False)
            self._leave()
            return
        super().keyPressEvent(arg__1)


class SliderField(QObject):
    """A slider and the field of its value: two widgets, one number."""

    changed = Signal(float)
    """The user set another value."""

    def __init__(self, name: str, scale: Scale, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scale = scale
        self.value = scale.least
        self.slider, self.field = Slider(), ValueField(name)
        self.slider.setAccessibleName(name)
        self.slider.setRange(0, scale.positions)
        self.slider.setPageStep(max(1, scale.positions // _COARSE))
        self.slider.valueChanged.connect(self._slid)
        self.field.entered.connect(self._typed)
        self.field.ensurePolished()
        self.field.setFixedWidth(max(VALUE_COLUMN, scale.widest(self.field.fontMetrics()) + 10))
        self.set_value(self.value)

    def set_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        self.value = value
        self.slider.blockSignals(True)
        self.slider.setValue(self.scale.position(min(max(value, self.scale.least), self.scale.most)))
        self.slider.blockSignals(False)
        self._tell()

    def set_enabled(self, enabled: bool) -> None:
        """Both together."""
        for widget in (self.slider, self.field):
            widget.setEnabled(enabled)

    def set_visible(self, visible: bool) -> None:
        """Both together."""
        for widget in (self.slider, self.field):
            widget.setVisible(visible)

    def set_tip(self, text: str) -> None:
        """What the number does."""
        for widget in (self.slider, self.field):
            widget.setToolTip(text)

    def _tell(self) -> None:
        text = self.scale.text(self.value)
        self.field.tell(text)
        self.slider.setAccessibleDescription(text)  # spoken with its unit

    @Slot(int)
    def _slid(self, position: int) -> None:
        self.value = self.scale.value(position)
        self._tell()
        self.changed.emit(self.value)

    @Slot(str)
    def _typed(self, text: str) -> None:
        value = self.scale.read(text)
        if value is not None and value != self.value:
            self.set_value(value)
            self.changed.emit(value)
