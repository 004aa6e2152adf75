"""A patch as a small picture: framed in a colour, its rank in a corner, at the same scale as others that stand beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view import icons, marks
from app.view.panel.patch_view import DIM, outline
from app.view.style import bold, small
from app.view.theme import BADGE, BLACK, RANKS, WHITE, current
from engine.geometry import Box

LEAST = 56
"""Device-independent pixels a tile is wide at least: four of them stand in the narrowest panel."""

AROUND = 6
"""Device-independent pixels around the patch in which its frame lies, on what is beside it in the photograph."""

WHOLE = 3
"""From this scale on each pixel of the photograph is a square of whole pixels of the screen; below it they are smoothed."""


class PatchTile(QWidget):
    """A square with an enlarged patch in its middle, on what lies around it in the photograph.

    Args:
        name: what it is called by a screen reader.
        rank: from 0, says the colour of the frame and the number in its corner; None: a white frame, no number.
    """

    def __init__(self, name: str, rank: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rank = rank
        self.box: Box | None = None
        """The patch that is shown."""
        self._side = 1
        self._image: tuple[QImage, Box] | None = None
        self._dimmed = self.struck = False
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def colour(self) -> str:
        """Of its frame."""
        return WHITE if self._rank is None else RANKS[self._rank % len(RANKS)]

    def show_patch(self, box: Box, side: int, image: tuple[QImage, Box] | None, *, dimmed: bool = False, struck: bool = False) -> None:
        """Show a patch.

        Args:
            box: where it lies; its longer side is not more than `side`.
            side: of the largest of those that stand side by side, which fills its tile; in pixels of the photograph.
            image: a picture of `room(box, side)`, or of what there is of it.
            dimmed: it is not looked at any more.
            struck: it is not to be used any more.
        """
        self.box, self._side, self._image, self._dimmed, self.struck = box, side, image, dimmed, struck
        self.update()

    def sizeHint(self) -> QSize:
        """Three in a panel of its first width."""
        return QSize(90, 90)

    def minimumSizeHint(self) -> QSize:
        """As narrow as can be looked at."""
        return QSize(LEAST, LEAST)

    def hasHeightForWidth(self) -> bool:
        """It is square."""
        return True

    def heightForWidth(self, arg__1: int) -> int:
        """It is square."""
        return arg__1

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, the enlarged patch, its frame, its rank."""
        del event
        painter, worn = QPainter(self), current()
        painter.fillRect(self.rect(), QColor(worn.sunken))
        if self.box is None:
            return
        painter.setClipRect(self.rect())
        painter.setOpacity(DIM if self._dimmed or self.struck else 1.0)
        frame = self._paint(painter, self.box)
        outline(painter, frame, self.colour)
        painter.setOpacity(1.0)
        if self._rank is not None:
            _number(painter, self._rank, self.colour)
        if self.struck:
            self._strike(painter)

    def _strike(self, painter: QPainter) -> None:
        """The sign of what is not to be used, seen on anything."""
        middle = QRectF(self.rect()).center()
        marks.ground(painter, QRectF(middle.x() - 16, middle.y() - 16, 32, 32), BADGE, 16)
        icons.draw(painter, "ban", WHITE, middle)

    def _paint(self, painter: QPainter, patch: Box) -> QRectF:
        """Draw the pixels; where the patch's own lie."""
        scale = self._scale()
        width, height = patch.width * scale, patch.height * scale
        frame = QRectF(round((self.width() - width) / 2), round((self.height() - height) / 2), width, height)
        if self._image is not None:
            image, there = self._image
            left, top = frame.left() + (there.left - patch.left) * scale, frame.top() + (there.top - patch.top) * scale
            drawn = QRectF(left, top, there.width * scale, there.height * scale)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < WHOLE)
            painter.drawImage(drawn, self._reduced(image, drawn))
        return frame

    def _reduced(self, image: QImage, drawn: QRectF) -> QImage:
        """The image, made smaller by means where it is drawn smaller: a painter would leave pixels out."""
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(drawn.width() * ratio)), max(1, round(drawn.height() * ratio))
        if width >= image.width():
            return image
        return image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def _scale(self) -> float:
        """How large a pixel of the photograph is drawn."""
        ratio = self.devicePixelRatioF()
        fits = (min(self.width(), self.height()) - 2 * AROUND) / self._side
        return int(fits * ratio) / ratio if fits >= WHOLE else fits


def room(patch: Box, side: int) -> Box:
    """A patch with what a tile may show around it: a tile of the least width shows 1.3 times the side."""
    half = side * 2 // 3 + 1
    return Box(patch.top + patch.height // 2 - half, patch.left + patch.width // 2 - half, 2 * half + 1, 2 * half + 1)


def _number(painter: QPainter, rank: int, colour: str) -> None:
    """A rank, from 1, on its colour, in the upper left corner."""
    font = bold(small(painter.font()))
    painter.setFont(font)
    height = max(18, painter.fontMetrics().height() + 2)
    square = QRectF(QPointF(0, 0), QSize(max(height, painter.fontMetrics().horizontalAdvance(str(rank + 1)) + 8), height).toSizeF())
    painter.fillRect(square.adjusted(0, 0, 1, 1), QColor(BLACK))
    painter.fillRect(square, QColor(colour))
    painter.setPen(QColor(BLACK))
    painter.drawText(square, Qt.AlignmentFlag.AlignCenter, str(rank + 1))
