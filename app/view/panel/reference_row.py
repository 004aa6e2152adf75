"""A reference in its list: a small picture with its number, its name, and how well it matches in five bars and a word."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.view import marks
from app.view.controls import IconButton
from app.view.style import bold, small
from app.view.theme import current
from app.words import tr
from engine.reference import quality

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from app.companion import Companion
    from engine.reference import Match

PICTURE, PAD, GAP, LINE = QSize(96, 68), 8, 8, 6
BARS, BAR, BETWEEN = 5, QSize(9, 8), 3
_KEYS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_OURS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, *_KEYS)
_FILLED = {"good": 5, "fair": 3, "weak": 2, "none": 0}


def is_held(match: Match | None) -> bool:
    """Whether points hold it and nothing else does: how well it matches was not measured then, but set."""
    return match is not None and match.by_hand and quality(match.score, match.inliers) == "none"


def bars(match: Match | None) -> int:
    """How many of the five bars are filled; of a good match the last one only well above its bound."""
    if match is None or is_held(match):
        return 0
    return 4 if match.quality == "good" and match.score < 0.65 else _FILLED[match.quality]


def word(match: Match | None, *, matching: bool) -> str:
    """How well it matches."""
    if match is None:
        return tr("Matching…") if matching else tr("Not matched yet")
    if is_held(match):
        return tr("Held by points")
    words = {"good": tr("Good match"), "fair": tr("Fair match"), "weak": tr("Weak match"), "none": tr("No match")}
    return words[match.quality]


def details(match: Match | None) -> list[str]:
    """On what that rests; nothing where that is not known."""
    if match is None or match.quality == "none":
        return []
    count = tr("1 match") if match.inliers == 1 else tr("{count} matches").format(count=match.inliers)
    covers = [] if math.isnan(match.coverage) else [tr("covers {share} %").format(share=percent(match.coverage))]
    return covers if is_held(match) else [count, *covers]


def percent(share: float) -> int:
    """A share of one in whole percent; a little is not nothing, and almost all is not all."""
    return min(max(round(100 * share), int(share > 0)), 100 - int(share < 1))


def explained(companion: Companion, match: Match | None) -> str:
    """Which file it is, and what its covering a part of something means."""
    lines = [str(companion.path) if companion.path else companion.name]
    if match is not None and match.quality != "none" and not math.isnan(match.coverage):
        shows = tr("It shows {share} % of the hole, or of the photograph while nothing is painted.").format(share=percent(match.coverage))
        rest = tr("The rest is taken from other references, or made with patches of this photograph.") if match.coverage < 1 else ""
        lines.append(f"{shows} {rest}".rstrip())
    if is_held(match):
        lines.append(tr("Found by the control points alone: look whether it is right."))
    return "\n".join(lines)


class ReferenceRow(QAbstractButton):
    """One reference. The chosen one has a ground, a line and a demi-bold name; Delete, or the cross, takes it away."""

    removed = Signal()

    def __init__(self, companion: Companion, picture: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.companion, self._picture = companion, picture
        self._match: Match | None = None
        self._matching = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        action = QAction(tr("Remove {name}").format(name=companion.name), self)
        action.setProperty("drawing", "close")
        action.setToolTip(tr("Remove this reference and its control points (Delete)"))
        action.triggered.connect(self.removed)
        self.cross = IconButton(action, QSize(28, 28), 24)
        self.cross.setParent(self)
        self.show_match(None, matching=False, chosen=False)

    def show_match(self, match: Match | None, *, matching: bool, chosen: bool) -> None:
        """How it matches, and whether it is the one that is looked at."""
        if self.toolTip() and (match, matching, chosen) == (self._match, self._matching, self.isChecked()):
            return
        self._match, self._matching = match, matching
        self.setChecked(chosen)
        self.setToolTip(explained(self.companion, match))
        self.setAccessibleName(tr("Reference {number}, {name}").format(number=self.companion.number, name=self.companion.name))
        self.setAccessibleDescription(", ".join([word(match, matching=matching), *details(match)]))
        self.updateGeometry()
        self.update()

    def nextCheckState(self) -> None:
        """The document says which one is chosen."""

    # Size

    def _lines(self) -> tuple[int, int]:
        """Heights of a line of body text and of a small one."""
        return QFontMetrics(bold(self.font())).height(), QFontMetrics(small(self.font())).height()

    def _text_left(self) -> int:
        return PAD + PICTURE.width() + GAP

    def _small_texts(self, width: int) -> list[str]:
        """What stands below the name: what does not fit beside each other stands below each other."""
        metrics, room = QFontMetrics(small(self.font())), width - self._text_left() - PAD
        found = details(self._match)
        together = ", ".join(found)
        return [together] if metrics.horizontalAdvance(together) <= room else found

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, arg__1: int) -> int:
        """Of the picture, or of all lines of text."""
        body, fine = self._lines()
        return max(PICTURE.height(), body + (1 + len(self._small_texts(arg__1))) * (fine + LINE)) + 2 * PAD

    def sizeHint(self) -> QSize:
        """As in a panel of its first width."""
        width = max(288, self.minimumSizeHint().width())
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """The longest of the words fits, whichever it is now, so that no match makes the panel wider; a long name is shortened."""
        metrics, across = QFontMetrics(small(self.font())), BARS * (BAR.width() + BETWEEN) + 5
        longest = max(metrics.horizontalAdvance(text) for text in (tr("Good match"), tr("Weak match"), tr("Fair match"), tr("No match")))
        widest = max(
            metrics.horizontalAdvance(text)
            for text in (tr("{count} matches").format(count=9999), tr("Not matched yet"), tr("Held by points"))
        )
        return QSize(self._text_left() + max(across + longest, widest) + PAD, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cross stays in its corner."""
        super().resizeEvent(event)
        self.cross.setGeometry(self.width() - 28 - 2, 2, 28, 28)

    # Keys

    def event(self, e: QEvent) -> bool:
        """Our keys are ours before they are anybody's shortcut."""
        if isinstance(e, QKeyEvent) and e.type() == QEvent.Type.ShortcutOverride and Qt.Key(e.key()) in _OURS:
            e.accept()
            return True
        return super().event(e)

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Up and down to the others, Enter to look at it, Delete to take it away."""
        key = Qt.Key(e.key())
        if key in _KEYS:
            self._step(_KEYS[key])
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.removed.emit()
        elif key in _OURS:
            self.click()
        else:
            super().keyPressEvent(e)

    def _step(self, by: int) -> None:
        around = self.parentWidget()
        rows = around.findChildren(ReferenceRow) if around else [self]
        rows.sort(key=lambda row: row.y())
        at = rows.index(self) + by
        if 0 <= at < len(rows):
            rows[at].setFocus(Qt.FocusReason.TabFocusReason)

    # Picture

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, picture, number, texts, bars, ring."""
        del event
        painter, worn, rect = QPainter(self), current(), QRectF(self.rect())
        chosen = self.isChecked()
        if chosen or self.underMouse():
            marks.ground(painter, rect, worn.selected if chosen else worn.control)
        if chosen:
            painter.fillRect(QRectF(0, 8, marks.SELECTED_LINE, self.height() - 16), QColor(worn.text))
        self._paint_picture(painter)
        self._paint_texts(painter, worn.text, worn.text if chosen else worn.second)
        marks.ring(painter, self, rect)

    def _paint_picture(self, painter: QPainter) -> None:
        image, room = self._picture, QRectF(PAD, (self.height() - PICTURE.height()) / 2, PICTURE.width(), PICTURE.height())
        ratio = image.devicePixelRatioF()
        place = QRectF(0, 0, image.width() / ratio, image.height() / ratio)
        place.moveCenter(room.center())
        painter.drawImage(place, image)
        marks.badge(painter, room.topLeft() + QPointF(6, 6), self.companion.number, self.font())

    def _paint_texts(self, painter: QPainter, first: str, second: str) -> None:
        body, fine = self._lines()
        below = self._small_texts(self.width())
        top = (self.height() - body - (1 + max(1, len(below))) * (fine + LINE)) / 2
        line = QRectF(self._text_left(), top, self.width() - self._text_left() - PAD, body)
        painter.setFont(bold(self.font()) if self.isChecked() else self.font())
        painter.setPen(QColor(first))
        name = line.adjusted(0, 0, -22, 0)
        elided = painter.fontMetrics().elidedText(self.companion.name, Qt.TextElideMode.ElideMiddle, int(name.width()))
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setFont(small(self.font()))
        line = QRectF(line.left(), line.bottom() + LINE, line.width(), fine)
        across = self._paint_bars(painter, line, first)
        painter.setPen(QColor(first))
        painter.drawText(line.adjusted(across, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, word(self._match, matching=self._matching))
        painter.setPen(QColor(second))
        for at, text in enumerate(below, 1):
            painter.drawText(line.translated(0, at * (fine + LINE)), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bars(self, painter: QPainter, line: QRectF, colour: str) -> float:
        """Five bars, those that are not filled a thin line each; how much room they take."""
        if self._match is None or is_held(self._match):
            return 0.0
        filled, middle = bars(self._match), line.center().y()
        for at in range(BARS):
            left = line.left() + at * (BAR.width() + BETWEEN)
            high = BAR.height() if at < filled else 1.5
            painter.fillRect(QRectF(left, middle - high / 2, BAR.width(), high), QColor(colour if at < filled else current().edge))
        return BARS * (BAR.width() + BETWEEN) + 5
