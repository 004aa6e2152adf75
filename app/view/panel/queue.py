"""The queue of fills as it is seen: a row of 28 for each, with its badge, its stage, what is left, a bar, and a cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.view import marks
from app.view.controls import ROW, IconButton, label
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.filling import Row

SEEN = 5
"""Rows that are seen at once; then they scroll."""

BAR, GAP, _CROSS = 4, 8, 24


class Badge(QWidget):
    """A number as on the picture."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def sizeHint(self) -> QSize:
        """As large as on the picture."""
        size = marks.badge_size(self._number, self.font())
        return QSize(round(size.width() + 0.5), round(size.height() + 0.5))

    def minimumSizeHint(self) -> QSize:
        """Not smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The same drawing as on the picture."""
        del event
        size = marks.badge_size(self._number, self.font())
        marks.badge(QPainter(self), QPointF(0, round((self.height() - size.height()) / 2)), self._number, self.font())


class Bar(QWidget):
    """How much of a fill is done."""

    def __init__(self) -> None:
        super().__init__()
        self.fraction = 0.0
        self.setFixedHeight(BAR)

    def set_fraction(self, fraction: float) -> None:
        """From 0 to 1."""
        self.fraction = fraction
        self.setAccessibleName(tr("{percent} % done").format(percent=25 * int(4 * fraction)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove and what is done."""
        del event
        painter, rect = QPainter(self), QRectF(self.rect())
        marks.ground(painter, rect, current().line, BAR / 2)
        if self.fraction > 0:
            marks.ground(painter, QRectF(0, 0, max(BAR, rect.width() * self.fraction), BAR), current().accent, BAR / 2)


class QueueRow(QWidget):
    """One fill that runs or waits, or what is painted and not yet queued."""

    cancelled = Signal(int)

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.number = row.number
        runs = row.fraction is not None
        self.text = label(row.text, "strong" if runs else "label", wraps=True)
        self.left, self.bar = label("", "small"), Bar()
        column, line = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line.setSpacing(GAP)
        line.addWidget(Badge(row.number))
        line.addWidget(self.text, 1)
        line.addWidget(self.left)
        if row.waiting:
            line.addWidget(self._cross())
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addSpacing(4 if runs else 0)
        self.text.setMinimumHeight(ROW)
        self.bar.setVisible(runs)  # only now that it has a parent: shown before, it would be a window of its own
        self.show_row(row)

    def _cross(self) -> IconButton:
        action = QAction(tr("Take hole {number} out of the queue").format(number=self.number), self)
        action.setProperty("drawing", "close")
        action.triggered.connect(lambda: self.cancelled.emit(self.number))
        return IconButton(action, QSize(ROW, ROW), _CROSS)

    def show_row(self, row: Row) -> None:
        """The same fill, further on."""
        self.text.setText(row.text)
        self.left.setText("" if row.left is None else left_text(row.left))
        self.left.setVisible(row.left is not None)
        if row.fraction is not None:
            self.bar.set_fraction(row.fraction)
        self.setAccessibleName(tr("Hole {number}: {stage}").format(number=row.number, stage=row.text))


class Queue(QScrollArea):
    """All rows; more than five scroll."""

    cancelled = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Queue of fills"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows: list[QueueRow] = []
        self._kinds: list[tuple[int, bool, bool]] = []
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setWidget(self._body)
        self.hide()

    def show_rows(self, rows: list[Row]) -> None:
        """What runs and waits now; widgets are made anew only where others run or wait."""
        kinds = [(row.number, row.fraction is None, row.waiting) for row in rows]
        if kinds != self._kinds:
            self._kinds = kinds
            self._make(rows)
        for widget, row in zip(self.rows, rows, strict=True):
            widget.show_row(row)
        self.setVisible(bool(rows))
        self._size()

    def _make(self, rows: list[Row]) -> None:
        for widget in self.rows:
            widget.hide()
            widget.deleteLater()
        self.rows = [QueueRow(row) for row in rows]
        for widget in self.rows:
            widget.cancelled.connect(self.cancelled)
            self._column.addWidget(widget)

    def _size(self) -> None:
        """As high as its rows, and at most five of them."""
        width = self.viewport().width()
        heights = [max(widget.minimumSizeHint().height(), widget.heightForWidth(width)) for widget in self.rows[:SEEN]]
        self.setFixedHeight(sum(heights))

    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        """Another width wraps other words."""
        super().resizeEvent(arg__1)
        if self.rows:
            self._size()


def left_text(seconds: float) -> str:
    """How long a fill still takes, roughly."""
    if seconds < 90:
        return tr("about {seconds} s left").format(seconds=max(1, round(seconds)))
    return tr("about {minutes} min left").format(minutes=round(seconds / 60))
