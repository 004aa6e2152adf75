"""Below every page: a message and what can be done about it, what runs and waits, and the one next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.view import icons, marks
from app.view.controls import Button, KeyButton, label, named
from app.view.panel.queue import Queue
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.document import Document
    from app.filling import Filling
    from app.message import Message

SIDE, TOP, BOTTOM, GAP = 16, 12, 16, 8


class Sign(QWidget):
    """Whether a message warns or tells of an error: the only colour of it."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = "info"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """One icon."""
        return icons.extent()

    def paintEvent(self, event: QPaintEvent) -> None:
        """At the first line of the sentence."""
        del event
        worn = current()
        colour = {"warning": worn.warning, "error": worn.error}.get(self.kind, worn.second)
        icons.draw(QPainter(self), self.kind, colour, QPointF(10, max(10, self.fontMetrics().height() / 2)))


class MessageRow(QWidget):
    """A sentence that asks for something, its sign, and buttons for what can be done."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.sign, self.sentence = Sign(), label("", wraps=True)
        self.message: Message | None = None
        self.buttons: list[Button] = []
        column, line = QVBoxLayout(self), QHBoxLayout()
        self._row = QGridLayout()
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(GAP)
        line.setSpacing(GAP)
        line.addWidget(self.sign)
        line.addWidget(self.sentence, 1)
        self._row.setSpacing(GAP)
        column.addLayout(line)
        column.addLayout(self._row)
        self.hide()

    def show_message(self, message: Message | None) -> None:
        """Another message, or none."""
        for made in self.buttons:
            made.hide()
            made.deleteLater()
        self.message, self.buttons = message, []
        if message is not None:
            self.sign.kind = message.kind
            self.sentence.setText(message.text)
            self.setAccessibleName(message.text)
            self._offer(message.actions)
        self.sign.update()
        self.setVisible(message is not None)

    def _offer(self, names: tuple[str, ...]) -> None:
        """The buttons in a row, or, where they are too long for that, one under another."""
        actions = [self._actions[name] for name in names]
        self.buttons = [Button(named(action)).acts(action) for action in actions]
        across = sum(made.sizeHint().width() + GAP for made in self.buttons) - GAP
        beside = across <= self.width()
        for at, made in enumerate(self.buttons):
            self._row.addWidget(made, *((0, at) if beside else (at, 0)))
        self._row.setColumnStretch(len(names) if beside else 1, 1)


def _next(holes: int, *, from_reference: bool) -> str:
    """What the next step is."""
    if from_reference:
        return tr("Fill {number} holes from reference").format(number=holes) if holes > 1 else tr("Fill from reference")
    return tr("Fill {number} holes").format(number=holes) if holes > 1 else tr("Fill")


class Footer(QWidget):
    """The same on each page. It grows upward; its button never moves."""

    def __init__(self, actions: Actions, document: Document, filling: Filling, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._filling = document, filling
        self.setAccessibleName(tr("Next step"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.message, self.queue, self.reason = MessageRow(actions), Queue(), label("", "small", wraps=True)
        key = tr("Enter")
        self.fill = KeyButton(tr("Fill"), key, primary=True).acts(actions["fill"])
        self.add = KeyButton(tr("Add to queue"), key).acts(actions["fill"])
        self.stop = KeyButton(tr("Stop"), tr("Esc")).acts(actions["stop"])
        self._lay()
        self.queue.cancelled.connect(filling.cancel)
        filling.changed.connect(self.refresh)
        document.opened.connect(self.dismiss)
        document.references.points_changed.connect(self._points_changed)
        self.refresh()

    def _lay(self) -> None:
        column, steps = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(SIDE, TOP, SIDE, BOTTOM)
        column.setSpacing(GAP)
        steps.setSpacing(GAP)
        for widget, stretch in ((self.fill, 1), (self.add, 3), (self.stop, 2)):
            steps.addWidget(widget, stretch)
        for widget in (self.message, self.queue, self.reason):
            column.addWidget(widget)
        column.addLayout(steps)

    @Slot()
    def refresh(self) -> None:
        """What runs, what waits, and what comes next."""
        runs, holes = self._filling.running, len(self._document.holes())
        self.queue.show_rows(self._filling.rows())
        self.fill.set_text(_next(holes, from_reference=self._filling.from_references))
        self.fill.setVisible(not runs)
        for widget in (self.add, self.stop):
            widget.setVisible(runs)
        self.stop.setEnabled(runs and not self._filling.stopping)
        reason = "" if runs else self._filling.reason
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self._settle()

    def _settle(self) -> None:
        """Lay out at once, so that the button is never painted elsewhere in between."""
        around: QWidget | None = self
        while around is not None and (layout := around.layout()) is not None:
            layout.activate()
            around = around.parentWidget()

    @Slot(object)
    def say(self, message: Message) -> None:
        """Show what warns, failed, or asks for something; anything else takes it away."""
        speaks = message.kind != "info" or bool(message.actions)
        self.message.show_message(message if speaks else None)
        self._settle()

    @Slot()
    def dismiss(self) -> bool:
        """Take the message away; whether there was one."""
        there = not self.message.isHidden()
        self.message.show_message(None)
        self._settle()
        return there

    @Slot()
    def _points_changed(self) -> None:
        """What asked for control points is answered as soon as there is a pair: that nothing matches need not be so any more."""
        message, given = self.message.message, any(one.points for one in self._document.references.items)
        if given and message is not None and "set_points" in message.actions:
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line above."""
        del event
        marks.divider(QPainter(self), 0, self.width(), 0, current().line)
