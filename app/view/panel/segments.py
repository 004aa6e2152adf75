"""A few words in a row of which one holds, as buttons that share a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.view import marks
from app.view.controls import ROW, step_along
from app.view.style import bold
from app.view.theme import current

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Segment(QAbstractButton):
    """One of the words; the one that holds has a ground, a line below it, and is demi-bold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Its demi-bold text, so that nothing moves when it is chosen."""
        metrics = self.fontMetrics().__class__(bold(self.font()))
        return QSize(metrics.horizontalAdvance(self.text()) + 16, max(ROW, metrics.height() + 8))

    def minimumSizeHint(self) -> QSize:
        """Nothing is clipped."""
        return self.sizeHint()

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Left and right go to the next one and let it hold."""
        if not step_along(self, e):
            super().keyPressEvent(e)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, text, line, ring."""
        del event
        painter, worn, rect, chosen = QPainter(self), current(), QRectF(self.rect()), self.isChecked()
        if chosen or self.underMouse():
            marks.ground(painter, rect, worn.selected if chosen else worn.hover)
        painter.setFont(bold(self.font()) if chosen else self.font())
        painter.setPen(QColor(worn.text if chosen else worn.second))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())
        if chosen:
            painter.fillRect(rect.adjusted(8, rect.height() - marks.SELECTED_LINE, -8, 0), QColor(worn.text))
        marks.ring(painter, self, rect)


class Segments(QWidget):
    """Names and their words, in order; `chosen` says which the user took."""

    chosen = Signal(str)

    def __init__(self, name: str, words: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons = {key: _Segment(text) for key, text in words.items()}
        for key, button in self.buttons.items():
            self._group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))

    def show_choice(self, key: str) -> None:
        """Which one holds; nothing is emitted."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground they share."""
        del event
        marks.ground(QPainter(self), QRectF(self.rect()), current().control)
