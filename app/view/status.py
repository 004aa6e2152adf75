"""The row at the bottom: what is open at the left, a message in the middle, where the pointer is and how large at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QColor, QColorSpace, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QWidget

from app.view.controls import label
from app.view.style import small
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from app.document import Document
    from app.message import Message

HEIGHT, MARGIN, GAP, FADE = 28, 12, 16, 120


class Said(QWidget):
    """One sentence; when another replaces it, it fades, and the new one is there at once after it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self._leaving = "", ""
        self._fade = QVariantAnimation(self, startValue=1.0, endValue=0.0)
        self._fade.valueChanged.connect(self._faded)
        self._fade.finished.connect(self._gone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Another sentence; empty: none."""
        if text == self.text:
            return
        self._leaving = self._leaving or self.text
        self.text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        lasts = min(FADE, self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self))
        if self._leaving and lasts and self.isVisible():
            self._fade.setDuration(lasts)
            self._fade.start()
        else:
            self._gone()

    @property
    def fading(self) -> bool:
        """Whether the sentence before is still leaving."""
        return bool(self._leaving)

    @Slot()
    def _faded(self) -> None:
        self.update()

    @Slot()
    def _gone(self) -> None:
        self._leaving = ""
        self.update()

    def sizeHint(self) -> QSize:
        """As long as the sentence."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the middle of what is free; where there is no room, its end is left to the tool tip."""
        del event
        painter, text = QPainter(self), self._leaving or self.text
        painter.setFont(small(self.font()))
        painter.setPen(QColor(current().text))
        if self._leaving:
            painter.setOpacity(float(self._fade.currentValue()))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, shown)


class Status(QWidget):
    """Facts. Warnings and errors stand in the footer, with what can be done about them."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._machine = ""
        self.setAccessibleName(tr("Status"))
        self.name, self.size_text, self.bits, self.profile = label("", "caption"), *(label("", "small") for _ in range(3))
        self.message = Said()
        self.place, self.fit, self.zoom = (label("", "small") for _ in range(3))
        self._lay()
        document.opened.connect(self.refresh)
        document.history_changed.connect(self.refresh)
        self.refresh()

    def _lay(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 4, MARGIN, 4)
        row.setSpacing(GAP)
        for widget in (self.name, self.size_text, self.bits, self.profile):
            row.addWidget(widget)
        row.addWidget(self.message, 1)
        for widget in (self.place, self.fit, self.zoom):
            row.addWidget(widget)

    @Slot()
    def refresh(self) -> None:
        """Name, size, depth and profile of what is open; before that, where fills run."""
        photograph = self._document.photograph
        if photograph is None:
            self._write(self.name, self._machine)
            for widget in (self.size_text, self.bits, self.profile, self.place, self.fit):
                self._write(widget, "")
            self._write(self.zoom, tr("Nothing leaves this computer"))
            return
        height, width = photograph.size
        self._write(self.name, photograph.name)
        self._write(self.size_text, f"{width} \u00d7 {height}")
        self._write(self.bits, tr("{bits} bit").format(bits=photograph.depth))
        self._write(self.profile, _profile_name(photograph.icc))

    def set_machine(self, sentence: str) -> None:
        """Where fills run, once it is known; read until a photograph is open."""
        self._machine = sentence
        self.refresh()

    def set_place(self, row: int | None, column: int | None, of: str = "") -> None:
        """The pixel under the pointer, and of which photograph where it is not this one; shown as x, y."""
        place = "" if row is None or column is None else f"{column}, {row}"
        self._write(self.place, f"{of}  {place}" if of and place else place)

    def set_zoom(self, scale: float, *, fits: bool) -> None:
        """Device pixels a pixel of the picture, and whether it is the size at which all is seen."""
        percent = scale * 100
        self._write(self.fit, tr("Fit") if fits else tr("Free"))
        self._write(self.zoom, f"{percent:.0f} %" if percent >= 1 else f"{percent:.1f} %")

    @Slot(object)
    def say(self, message: Message, *, wholly: bool = False) -> None:
        """Show a message until the next one; what asks for something only where `wholly` says that nobody else shows it."""
        fact = message.kind == "info" and not message.actions
        self.message.say(message.text if fact or wholly else "")

    def _write(self, widget: QLabel, text: str) -> None:
        widget.setText(text)
        widget.setVisible(bool(text))

    def sizeHint(self) -> QSize:
        """28; a larger type makes it higher."""
        return QSize(0, max(HEIGHT, super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        """Its texts never make the window wider."""
        return self.sizeHint()


def _profile_name(icc: bytes | None) -> str:
    """What a profile calls itself."""
    if icc is None:
        return tr("No profile")
    return QColorSpace.fromIccProfile(icc).description() or tr("Own profile")
