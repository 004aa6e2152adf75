"""The small picture of a result, and the place of the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.view import icons, marks
from app.view.controls import key_of, named
from app.view.style import small
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from app.choice import Candidate, Choice
    from app.view.panel.excerpts import Excerpts

COLUMNS, WIDE, HIGH = 2, 4, 3
"""Tiles in a row, and the shape of their pictures."""

_RING, _INNER, _RADIUS, _ABOVE = 3.0, 2.0, 3.0, 2
_CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Tile(QAbstractButton):
    """A picture with some text below it. It takes the focus by a key only, so that Enter fills after a click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left_text, self.right_text = "", ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def picture_rect(self) -> QRectF:
        """Where the picture is."""
        return QRectF(0, 0, self.width(), self.width() * HIGH // WIDE)

    def hasHeightForWidth(self) -> bool:
        """The picture keeps its shape."""
        return True

    def heightForWidth(self, arg__1: int) -> int:
        """Picture and text, of as many lines as it needs."""
        lines = len(self._lines(arg__1)) + (0 if self._fits(arg__1) else 1)
        return arg__1 * HIGH // WIDE + _ABOVE + self._metrics().height() * lines

    def sizeHint(self) -> QSize:
        """140 wide in a panel of its first width."""
        return QSize(140, self.heightForWidth(140))

    def minimumSizeHint(self) -> QSize:
        """Two stand in the narrowest panel; no word is clipped."""
        across = self._metrics().horizontalAdvance
        return QSize(max(100, *map(across, self.left_text.split()), across(self.right_text)), 0)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(small(self.font()))

    def _lines(self, width: int) -> list[str]:
        """The left text, wrapped between its words."""
        lines, across = [""], self._metrics().horizontalAdvance
        for word in self.left_text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and across(longer) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def _fits(self, width: int) -> bool:
        """Whether the right text has room beside the last line of the left one."""
        across = self._metrics().horizontalAdvance
        return across(self._lines(width)[-1]) + 6 + across(self.right_text) <= width

    def set_texts(self, left: str, right: str) -> None:
        """What stands below the picture at both ends."""
        self.left_text, self.right_text = left, right
        self.updateGeometry()

    def paint_texts(self, painter: QPainter, colour: str) -> None:
        """The lines of text."""
        below = QRectF(0, self.picture_rect().bottom() + _ABOVE, self.width(), self._metrics().height())
        painter.setFont(small(self.font()))
        painter.setPen(QColor(colour))
        for number, line in enumerate(self._lines(self.width())):
            below.translate(0, below.height() if number else 0)
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, line)
        if not self._fits(self.width()):
            below.translate(0, below.height())
        painter.setPen(QColor(current().second if self.isEnabled() else current().off))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self.right_text)

    def event(self, e: QEvent) -> bool:
        """Enter and the arrows are ours before they are anybody's shortcut."""
        if isinstance(e, QKeyEvent) and e.type() == QEvent.Type.ShortcutOverride and _is_ours(e):
            e.accept()
            return True
        return super().event(e)

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Enter presses, as Space does; arrows go to the tiles around."""
        key = Qt.Key(e.key())
        if key in _CHOOSE:
            self.click()
        elif key in _STEPS:
            self.step(_STEPS[key])
        else:
            super().keyPressEvent(e)

    def step(self, by: int) -> None:
        """Give the focus to the tile so many places further."""
        grid = self.parentWidget()
        tiles = [tile for tile in grid.findChildren(Tile) if tile.isVisibleTo(grid) and tile.isEnabled()] if grid else []
        tiles.sort(key=lambda tile: (tile.y(), tile.x()))
        at = tiles.index(self) + by if self in tiles else -1
        if 0 <= at < len(tiles):
            tiles[at].setFocus(Qt.FocusReason.TabFocusReason)


class ResultTile(Tile):
    """One result."""

    def __init__(self, number: int, choice: Choice, candidate: Candidate, excerpts: Excerpts, parent: QWidget) -> None:
        super().__init__(parent)
        self.candidate = candidate
        self._number, self._choice, self._excerpts = number, choice, excerpts
        self.setCheckable(True)
        seconds = _told(candidate.seconds)
        self.set_texts(tr(candidate.title), tr("{seconds} s").format(seconds=seconds))
        self.setAccessibleName(tr("Result {number}").format(number=number))
        self.setAccessibleDescription(tr("{method}, {seconds} seconds").format(method=tr(candidate.title), seconds=seconds))

    def nextCheckState(self) -> None:
        """The document says what is chosen."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, its number, its ring where it is chosen."""
        del event
        painter, worn, rect = QPainter(self), current(), self.picture_rect()
        ratio = self.devicePixelRatioF()
        size = round(rect.height() * ratio), round(rect.width() * ratio)
        painter.drawImage(rect, self._excerpts.result(self._choice, self.candidate, size))
        if self.isChecked():
            marks.border(painter, rect, worn.text, _RING, _RADIUS)
            marks.border(painter, rect.adjusted(_RING, _RING, -_RING, -_RING), worn.chrome, _INNER, 1)
        elif self.underMouse():
            marks.border(painter, rect, worn.second, 1, 1)
        marks.badge(painter, rect.topLeft() + QPointF(8, 8), self._number, self.font())
        self.paint_texts(painter, worn.text if self.isChecked() else worn.second)
        if marks.has_ring(self):
            marks.border(painter, rect, worn.accent, 2, _RADIUS)
            marks.border(painter, rect.adjusted(2, 2, -2, -2), worn.chrome, 1, 1)


class AnotherTile(Tile):
    """Where the next result will be."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.setText(named(action))
        self.setAccessibleName(named(action))
        self._key = key_of(action)
        self.set_coming("")
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def set_coming(self, how: str) -> None:
        """How far the next result is; empty where none is on its way."""
        left, right = (tr("Filling…"), how) if how else (tr("Next seed"), self._key)
        if (left, right) != (self.left_text, self.right_text):
            self.set_texts(left, right)
            self.update()

    @Slot()
    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground with icon and text."""
        del event
        painter, worn, rect = QPainter(self), current(), self.picture_rect()
        colour = worn.text if self.isEnabled() else worn.off
        ground = worn.selected if self.isDown() else worn.hover if self.underMouse() and self.isEnabled() else worn.control
        marks.ground(painter, rect, ground, _RADIUS)
        beside = self.fontMetrics().horizontalAdvance(self.text()) + 22 <= rect.width() - 8
        across = self.fontMetrics().horizontalAdvance(self.text()) + 22 if beside else 16
        left, up = (rect.width() - across) / 2, 0 if beside else 10
        icons.draw(painter, "again", colour, QPointF(left + 8, rect.center().y() - up), 16)
        painter.setPen(QColor(colour))
        where = QRectF(left + 22, 0, rect.width(), rect.height()) if beside else rect.adjusted(4, 28, -4, 0)
        how = Qt.AlignmentFlag.AlignVCenter if beside else Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(where, how, self.text())
        self.paint_texts(painter, worn.second if self.isEnabled() else worn.off)
        marks.ring(painter, self, rect, _RADIUS)


def _told(seconds: float) -> str:
    """Seconds with as many digits as tell something."""
    return f"{seconds:.1f}" if seconds >= 0.1 else f"{seconds:.2f}"


def _is_ours(key: QKeyEvent) -> bool:
    return not key.modifiers() & _MODIFIERS and Qt.Key(key.key()) in (*_CHOOSE, *_STEPS)
