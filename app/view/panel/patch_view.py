"""A patch of the photograph, enlarged pixel by pixel with what lies around it, and outlined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view.theme import BLACK, CASING, current
from engine.geometry import Box

if TYPE_CHECKING:
    from app.view.panel.excerpts import Excerpts

SIDE = 136
DIM = 0.35
"""What is left of a patch that is not looked at any more."""

_LINE, _CASE = 2.0, 4.4


class PatchView(QWidget):
    """A square that holds a patch and half as much again on each side of it. Its pixels are all equally large."""

    def __init__(self, name: str, colour: str, excerpts: Excerpts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._excerpts, self._colour = excerpts, colour
        self._box: Box | None = None
        self._origin = ""
        self._pixel: tuple[int, int] | None = None
        self._dimmed = False
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_patch(self, box: Box | None, pixel: tuple[int, int] | None = None, *, dimmed: bool = False, origin: str = "") -> None:
        """Show a box of the photograph, or of the reference of that name, with one of its pixels marked; None: nothing."""
        if (box, pixel, dimmed, origin) != (self._box, self._pixel, self._dimmed, self._origin):
            self._box, self._pixel, self._dimmed, self._origin = box, pixel, dimmed, origin
            self.update()

    @property
    def box(self) -> Box | None:
        """The patch that is shown."""
        return self._box

    def sizeHint(self) -> QSize:
        """As in a panel of its first width."""
        return QSize(SIDE, SIDE)

    def minimumSizeHint(self) -> QSize:
        """Two of them and a gap fit into the narrowest panel."""
        return QSize(SIDE - 32, SIDE - 32)

    def hasHeightForWidth(self) -> bool:
        """It is square."""
        return True

    def heightForWidth(self, arg__1: int) -> int:
        """It is square."""
        return arg__1

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, the enlarged pixels, the lines around the patch and its pixel."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current().sunken))
        if self._box is None:
            return
        painter.setClipRect(self.rect())
        if self._dimmed:
            painter.setOpacity(DIM)
        self._paint(painter, self._box)

    def _paint(self, painter: QPainter, patch: Box) -> None:
        scale = self._scale(patch)
        frame = self._frame(patch, scale)
        around = _reach(patch, round(max(self.width() / scale / patch.width, self.height() / scale / patch.height) + 0.5))
        found = self._excerpts.part(around, self._origin)
        if found is not None:
            image, there = found
            painter.drawImage(_rect(frame, patch, there, scale), image)
        outline(painter, frame, self._colour)
        if self._pixel is not None and scale >= 5:
            _mark(painter, _rect(frame, patch, Box(*self._pixel, 1, 1), scale))

    def _scale(self, patch: Box) -> float:
        """How large a pixel is drawn: whole pixels of the screen, if they are not smaller than those."""
        ratio = self.devicePixelRatioF()
        fits = self.width() * ratio / (2 * max(patch.size) + 1)
        return (int(fits) if fits >= 1 else fits) / ratio

    def _frame(self, patch: Box, scale: float) -> QRectF:
        """Where the patch is drawn: in the middle, on whole pixels of the screen."""
        ratio = self.devicePixelRatioF()
        width, height = patch.width * scale, patch.height * scale
        left, top = (int((room - side) / 2 * ratio) / ratio for room, side in ((self.width(), width), (self.height(), height)))
        return QRectF(left, top, width, height)


def _reach(patch: Box, times: int) -> Box:
    """A box with room for what is seen around a patch."""
    return patch.grown(patch.height * times // 2 + 1, patch.width * times // 2 + 1)


def _rect(frame: QRectF, patch: Box, box: Box, scale: float) -> QRectF:
    """Where a box of the photograph is drawn."""
    left, top = frame.left() + (box.left - patch.left) * scale, frame.top() + (box.top - patch.top) * scale
    return QRectF(left, top, box.width * scale, box.height * scale)


def outline(painter: QPainter, frame: QRectF, colour: str) -> None:
    """A line in a colour over a wider dark one, around the pixels and not on them."""
    around = frame.marginsAdded(QMarginsF(*(_CASE / 2,) * 4))
    case = QColor(BLACK)
    case.setAlphaF(CASING)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line, width in ((case, _CASE), (QColor(colour), _LINE)):
        painter.setPen(QPen(line, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(around)


def _mark(painter: QPainter, pixel: QRectF) -> None:
    """A thin double line around one pixel."""
    case = QColor(BLACK)
    case.setAlphaF(CASING)
    for inset, colour in ((-0.5, case), (0.5, QColor(current().on_primary))):
        painter.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(pixel.adjusted(inset, inset, -inset, -inset))
