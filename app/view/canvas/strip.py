"""The title above a view: what it shows, and in a second tone what is known of it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.view.controls import Link
from app.view.style import bold, small
from app.view.theme import current

HEIGHT, MARGIN, GAP = 28, 12, 8


class Strip(QWidget):
    """A name and a sentence beside it, cut where there is no room; at the right end, at times, something that acts."""

    def __init__(self, act: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.text = "", ""
        self.act = Link(act)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, MARGIN, 0)
        row.addStretch(1)
        row.addWidget(self.act)
        self.act.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def say(self, title: str, text: str = "") -> None:
        """Another title."""
        if (title, text) != (self.title, self.text):
            self.title, self.text = title, text
            self.setAccessibleName(f"{title} {text}".strip())
            self.setToolTip(text)
            self.update()

    def offer(self, *, shown: bool) -> None:
        """Show what acts, or not."""
        if self.act.isVisibleTo(self) != shown:
            self.act.setVisible(shown)

    def sizeHint(self) -> QSize:
        """28; a larger type makes it higher."""
        return QSize(0, max(HEIGHT, self.fontMetrics().height() + 8))

    def minimumSizeHint(self) -> QSize:
        """Its text never makes the window wider."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title and text."""
        del event
        painter, worn = QPainter(self), current()
        painter.fillRect(self.rect(), QColor(worn.chrome))
        right = self.width() - MARGIN - (self.act.width() + GAP if self.act.isVisibleTo(self) else 0)
        left = float(MARGIN)
        for text, font, colour in ((self.title, bold(small(self.font())), worn.text), (self.text, small(self.font()), worn.second)):
            metrics = QFontMetricsF(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(right - left, 0.0))
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(left, 0, max(right - left, 0.0), self.height()), Qt.AlignmentFlag.AlignVCenter, shown)
            left += metrics.horizontalAdvance(shown) + GAP
