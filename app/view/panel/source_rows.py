"""The sources of a pixel that several runs made, as small rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view import marks
from app.view.style import bold, small
from app.view.theme import BLACK, RANKS, current
from app.words import tr

if TYPE_CHECKING:
    from engine.evidence import Source

_SQUARE, _GAP = 16, 8


class SourceRows(QWidget):
    """Rank on its colour, place, way and weight of each source; hidden where there is only one, which the patches show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[str, str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Sources of this pixel"))
        self.hide()

    def show_sources(self, sources: list[Source], place: tuple[int, int]) -> None:
        """All sources of a pixel, the likeliest first."""
        rows = [_row(source, place) for source in sources] if len(sources) > 1 else []
        if rows == self.rows:
            return
        has_other_height, self.rows = len(rows) != len(self.rows), rows
        self.setAccessibleDescription("\n".join(", ".join(row) for row in rows))
        if has_other_height:
            self.setVisible(bool(rows))
            self.updateGeometry()
        self.update()

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(small(self.font()))

    def _height(self) -> int:
        return max(20, self._metrics().height() + 4)

    def sizeHint(self) -> QSize:
        """All rows."""
        widest = max((sum(self._metrics().horizontalAdvance(text) + _GAP for text in row) for row in self.rows), default=0)
        return QSize(_SQUARE + _GAP + widest, self._height() * len(self.rows))

    def minimumSizeHint(self) -> QSize:
        """Nothing is clipped."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rank, place, way, weight."""
        del event
        painter, worn, height = QPainter(self), current(), self._height()
        places = max((self._metrics().horizontalAdvance(row[0]) for row in self.rows), default=0)
        for at, (where, away, weight) in enumerate(self.rows):
            line = QRectF(0, at * height, self.width(), height)
            square = QRectF(0, line.top() + (height - _SQUARE) / 2, _SQUARE, _SQUARE)
            marks.ground(painter, square, RANKS[at % len(RANKS)], 2)
            painter.setFont(bold(small(self.font())))
            painter.setPen(QColor(BLACK))
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, str(at + 1))
            painter.setFont(small(self.font()))
            left = line.adjusted(_SQUARE + _GAP, 0, 0, 0)
            self._write(painter, left, where, worn.text)
            self._write(painter, left.adjusted(places + 2 * _GAP, 0, 0, 0), away, worn.second)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, weight)

    @staticmethod
    def _write(painter: QPainter, rect: QRectF, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)


def _row(source: Source, place: tuple[int, int]) -> tuple[str, str, str]:
    at = source.place.box
    away = math.hypot(at.top - place[0], at.left - place[1])
    return (
        f"{at.left}, {at.top}",
        source.place.origin or tr("{away} px away").format(away=f"{away:.0f}"),
        tr("weight {weight}").format(weight=f"{source.weight:.2f}"),
    )
