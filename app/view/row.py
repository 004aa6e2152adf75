"""A row of a list: 32 px, with icons before its text and a note at its end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.view import icons, marks
from app.view.style import small
from app.view.theme import current

HEIGHT = 32
_PAD, _ICON, _GAP = 8, 18, 6


class ListRow(QAbstractButton):
    """One of several things to choose from. The chosen one has a ground, and `mark`, an icon of its own, as a second sign.

    A file name may be too long for any row: its middle is left out.
    """

    def __init__(self, text: str, icon: str = "", mark: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._mark, self._note = icon, mark, note
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(note)
        self.setCheckable(bool(mark))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def note(self) -> str:
        """What stands at the end of the row."""
        return self._note

    def set_note(self, note: str) -> None:
        """What stands at the end of the row."""
        self._note = note
        self.setAccessibleDescription(note)
        self.updateGeometry()
        self.update()

    def _text_left(self) -> int:
        return _PAD + sum(_ICON + _GAP for icon in (self._mark, self._icon) if icon)

    def sizeHint(self) -> QSize:
        """Text and note side by side."""
        metrics = self.fontMetrics()
        note = metrics.horizontalAdvance(self._note) + 16 if self._note else 0
        return QSize(self._text_left() + metrics.horizontalAdvance(self.text()) + note + _PAD, max(HEIGHT, metrics.height() + 12))

    def minimumSizeHint(self) -> QSize:
        """Nothing is clipped."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, icons, text, note, ring."""
        del event
        painter, worn, rect = QPainter(self), current(), QRectF(self.rect())
        if self.isChecked() or (self.underMouse() and self.isEnabled()):
            marks.ground(painter, rect, worn.selected if self.isChecked() else worn.control)
        bright = worn.text if self.isChecked() or self.underMouse() or not self.isCheckable() else worn.second
        colour = bright if self.isEnabled() else worn.off
        at = _PAD + _ICON / 2
        for name, shown in ((self._mark, self.isChecked()), (self._icon, True)):
            if name and shown:
                icons.draw(painter, name, colour, QPointF(at, rect.center().y()), _ICON)
            at += _ICON + _GAP if name else 0
        painter.setPen(QColor(colour))
        note = QFontMetricsF(small(self.font())).horizontalAdvance(self._note)
        text = rect.adjusted(self._text_left(), 0, -_PAD - (note + 16 if self._note else 0), 0)
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, round(text.width()) + 1)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, shown)
        painter.setFont(small(self.font()))
        painter.setPen(QColor(worn.second if self.isCheckable() and not self.isChecked() else worn.text))
        painter.drawText(rect.adjusted(0, 0, -_PAD, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._note)
        marks.ring(painter, self, rect)
