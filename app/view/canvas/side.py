"""What two views that stand side by side know of each other: which photographs they show, and what lies where in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QObject, QPointF, Signal, Slot

from app.view.canvas.link import Link
from app.view.canvas.viewport import Viewport

if TYPE_CHECKING:
    from app.companion import Companion
    from app.display import Display
    from app.document import Document
    from app.view.canvas.link import Spot
    from engine.reference import Match

Half: TypeAlias = Literal["here", "there"]
"""Which of the two: the photograph, or what stands beside it."""

HALVES: tuple[Half, Half] = ("here", "there")

APART = 2
"""Device-independent pixels between both views."""


class Side(QObject):
    """The photograph, at the left, and beside it the chosen reference; where there is none, the photograph as it was."""

    changed = Signal()
    """Another photograph stands there, or it is known otherwise how both match."""
    moved = Signal()
    """What one of the views shows was moved."""
    pointed = Signal()
    """The pointer over the right view is elsewhere."""

    def __init__(self, document: Document, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._display = document, display
        self.here, self.there = Viewport((1, 1), 1.0, 1.0), Viewport((1, 1), 1.0, 1.0)
        self.pointer: Spot | None = None
        """Where the pointer is in the right one; None: not over it."""
        self._link: Link | None = None
        self._known: tuple[Companion | None, Match | None] = None, None
        document.opened.connect(self._renew)
        document.references.changed.connect(self._references_changed)

    @property
    def shown(self) -> bool:
        """Whether two views stand side by side."""
        return self._display.compare == "side" and self._document.photograph is not None

    @property
    def companion(self) -> Companion | None:
        """The reference that stands there, or would."""
        return self._document.references.chosen

    @property
    def match(self) -> Match | None:
        """How it matches; None where that is not known, or what is known is not trusted and no point set by hand holds it."""
        match = self._document.references.match_of(self.companion) if self.companion is not None else None
        if match is None or self.companion is None:
            return None
        return match if match.quality != "none" or (match.inliers and self.companion.points) else None

    @property
    def link(self) -> Link:
        """What lies where in both."""
        if self._link is None:
            photograph, companion = self._document.photograph, self.companion
            size = photograph.size if photograph is not None else (1, 1)
            self._link = Link(size, companion.picture.size if companion else size, self.match, same=companion is None)
        return self._link

    @Slot()
    def _references_changed(self) -> None:
        known = self.companion, self.match
        if known[0] is not self._known[0] or known[1] is not self._known[1]:
            self._renew()

    @Slot()
    def _renew(self) -> None:
        self._known, self._link, self.pointer = (self.companion, self.match), None, None
        self.changed.emit()

    # Where something lies

    def size(self, half: Half) -> tuple[int, int] | None:
        """Height and width of what stands there; None where nothing does."""
        photograph = self._document.photograph
        if half == "here" or photograph is None:
            return photograph.size if photograph else None
        return self.companion.picture.size if self.companion else photograph.size

    def view(self, half: Half) -> Viewport:
        """Where the picture of one of the views lies."""
        return self.here if half == "here" else self.there

    def at(self, half: Half, spot: Spot, seen: Half) -> QPointF:
        """Where a place in the picture of one of them lies, in x and y of either view."""
        x, y = self.view(half).to_widget(*spot)
        apart = self.here.width + APART
        return QPointF(x + apart * ((half == "there") - (seen == "there")), y)

    def show(self, here: Viewport, there: Viewport) -> None:
        """That is what the views show now."""
        if (here, there) != (self.here, self.there):
            self.here, self.there = here, there
            self.moved.emit()

    def point(self, spot: Spot | None) -> None:
        """The pointer is there in the right view; None: it left."""
        if spot != self.pointer:
            self.pointer = spot
            self.pointed.emit()


def other(half: Half) -> Half:
    """The other of the two."""
    return "there" if half == "here" else "here"
