"""The first page: what the program is for, how to begin, and the sample scene or what was open before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.view import marks
from app.view.controls import KeyButton, key_of, label
from app.view.panel.footer import MessageRow
from app.view.row import ListRow
from app.view.scene import WIDTH, Scene
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.actions import Actions
    from app.message import Message

RECENT = 6
"""Files that are offered again."""


class KeyCap(QWidget):
    """A key as on a keyboard."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.setAccessibleName(key)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Around its text."""
        size = marks.cap_size(self._key, self.font())
        return QSize(round(size.width() + 0.5), round(size.height() + 0.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Outline and text in one tone."""
        del event
        worn = current()
        marks.cap(QPainter(self), QRectF(self.rect()), self._key, self.font(), worn.text, worn.text)


class Start(QWidget):
    """Shown while no photograph is open."""

    open_requested = Signal()
    sample_requested = Signal()
    recent_requested = Signal(object)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Start"))
        self.open = KeyButton(tr("Open photograph…"), key_of(actions["open"]), primary=True, raised=True)
        self.sample = KeyButton(tr("Try the sample scene"), raised=True)
        self.scene, self.recent, self._files = Scene(), QWidget(), QVBoxLayout()
        self.open.clicked.connect(self.open_requested)
        self.sample.clicked.connect(self.sample_requested)
        self.dropping = False
        self.message = MessageRow(actions)
        self._lay(actions)
        self.set_recent([])

    def _lay(self, actions: Actions) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(label(tr("Remove something from a photograph"), "title"))
        column.addSpacing(8)
        column.addWidget(label(tr("Drop a photograph anywhere in this window, paste one, or open a file.")))
        column.addSpacing(20)
        column.addLayout(self._buttons())
        column.addWidget(self.message)
        column.addSpacing(28)
        column.addWidget(self.scene, 100)
        column.addWidget(self.recent)
        column.addSpacing(20)
        column.addLayout(_steps(actions))
        column.addStretch(1)
        self.message.setMaximumWidth(WIDTH)
        self.message.setContentsMargins(0, 16, 0, 0)
        self._files.setContentsMargins(0, 0, 0, 0)
        self._files.setSpacing(0)
        self.recent.setLayout(self._files)
        self.recent.setFixedWidth(WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 16, 24, 16)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.open, self.sample):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def set_recent(self, files: Sequence[Path]) -> None:
        """Files that were open before, the latest first; without any the sample scene is shown."""
        while (item := self._files.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        if files:
            self._files.addWidget(label(tr("Open again"), "head"))
            self._files.addSpacing(4)
        for path in files[:RECENT]:
            row = ListRow(path.name, "image", note=_folder(path))
            row.clicked.connect(lambda _checked=False, path=path: self.recent_requested.emit(path))
            self._files.addWidget(row)
        self.recent.setVisible(bool(files))
        self.scene.setVisible(not files)

    def say(self, message: Message) -> None:
        """Show why nothing was opened; anything else takes it away."""
        self.message.show_message(message if message.kind != "info" else None)

    def set_dropping(self, dropping: bool) -> None:
        """Whether a file is held over the window."""
        self.dropping = dropping
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surround; lighter with a line while a file is held over it."""
        worn, painter = current(), QPainter(self)
        painter.fillRect(event.rect(), QColor(worn.drop if self.dropping else worn.surround))
        if self.dropping:
            marks.border(painter, QRectF(self.rect()), worn.accent, 2, 0)


def _steps(actions: Actions) -> QHBoxLayout:
    """The three keys that are all one needs."""
    row = QHBoxLayout()
    row.setSpacing(24)
    for name, head, sentence in (
        ("brush", tr("Paint over it"), tr("A little beyond its edge.")),
        ("fill", tr("Fill the hole"), tr("It appears coarse, then sharp.")),
        ("inspect", tr("See the source"), tr("Point at any filled pixel.")),
    ):
        step, line = QVBoxLayout(), QHBoxLayout()
        step.setSpacing(6)
        line.setSpacing(8)
        line.addWidget(KeyCap(key_of(actions[name])))
        line.addWidget(label(head, "strong"), 1)
        step.addLayout(line)
        step.addWidget(label(sentence, "caption"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(step, 1)
    return row


def _folder(path: Path) -> str:
    """Where a file lies, its last two folders."""
    parts = path.parent.parts[-2:]
    return "/".join(part.strip("/\\") for part in parts if part.strip("/\\"))
