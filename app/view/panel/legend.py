"""What the colours of a layer of labels stand for: a square and a name each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view import marks
from app.view.style import small
from app.view.theme import current
from app.words import tr
from engine.drawing import draw

if TYPE_CHECKING:
    from engine.evidence import Layer

_SQUARE, _GAP = 16, 8


class Legend(QWidget):
    """A row a label, in the colours that `engine.drawing` gives them. A long file name is shortened in its middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[QColor, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_labels(self, layer: Layer) -> None:
        """Those of a layer."""
        colours = draw(layer, np.arange(len(layer.labels), dtype=np.float32)[None])[0]
        named = [_named(text) for text in layer.labels]
        self.rows = [(QColor(*(int(value) for value in colour[:3])), text) for colour, text in zip(colours, named, strict=True)]
        self.updateGeometry()
        self.update()

    def _height(self) -> int:
        return max(24, QFontMetrics(small(self.font())).height() + 8)

    def sizeHint(self) -> QSize:
        """All rows; names may be long."""
        return QSize(160, self._height() * len(self.rows))

    def minimumSizeHint(self) -> QSize:
        """As high as it asks for."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares and names."""
        del event
        painter, worn, height = QPainter(self), current(), self._height()
        painter.setFont(small(self.font()))
        for at, (colour, text) in enumerate(self.rows):
            top = at * height
            square = QRectF(0, top + (height - _SQUARE) / 2, _SQUARE, _SQUARE)
            marks.ground(painter, square, colour.name(), 2)
            marks.border(painter, square, worn.edge, 1, 2)
            painter.setPen(QColor(worn.text))
            line = QRectF(_SQUARE + _GAP, top, self.width() - _SQUARE - _GAP, height)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)


def _named(label: str) -> str:
    """A label in the user's language; a file's name stays as it is."""
    known = {"this photograph": tr("This photograph"), "no patch": tr("No patch")}
    rank = label.removeprefix("rank ")
    return tr("Rank {number}").format(number=rank) if rank != label and rank.isdecimal() else known.get(label, label)
