"""What the colours of a layer of evidence mean: a wheel for offsets, a bar with numbers for values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.view.controls import label
from app.view.panel.legend import Legend
from app.view.style import small
from app.view.theme import BLACK, current
from app.words import tr
from engine.drawing import heat_key, vector_key

if TYPE_CHECKING:
    from engine.evidence import Layer

WHEEL, BAR, GAP = 88, 12, 16


class KeyView(QWidget):
    """The key of one layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wheel, self.bar = _Wheel(), _Bar()
        self.text = label("", "small", wraps=True)
        self.caption = label("", "small", wraps=True)
        self.legend = Legend()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(4)
        beside = QHBoxLayout()
        beside.setSpacing(GAP)
        beside.addWidget(self.wheel)
        beside.addWidget(self.text, 1)
        rows.addLayout(beside)
        rows.addWidget(self.bar)
        rows.addWidget(self.caption)
        rows.addWidget(self.legend)

    def show_layer(self, layer: Layer) -> None:
        """Show what that layer's colours mean."""
        parts = {"vectors": (self.wheel, self.text), "heat": (self.bar, self.caption), "labels": (self.legend,)}
        for kind, widgets in parts.items():
            for widget in widgets:
                widget.setVisible(kind == layer.kind)
        low, high = layer.range
        if layer.kind == "vectors":
            self.text.setText(_wheel_text(high, layer.unit))
            told = self.text.text()
        elif layer.kind == "labels":
            self.legend.show_labels(layer)
            told = ", ".join(layer.labels)
        else:
            self.bar.show_range(low, high)
            self.caption.setText(layer.unit)
            told = f"{number(low)} … {number(high)}, {layer.unit}"
        self.setAccessibleName(tr("Key"))
        self.setAccessibleDescription(told)


def _wheel_text(longest: float, unit: str) -> str:
    return "\n".join(
        (
            tr("Hue: where the source lies."),
            tr("Paler: nearer. White: in place."),
            tr("Rim: {length} {unit}.").format(length=f"{longest:.0f}", unit=unit),
        )
    )


def number(value: float) -> str:
    """A value with as many digits as one can use."""
    return f"{value:.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.1f}"


@lru_cache(maxsize=4)
def _wheel_image(side: int) -> QImage:
    """One more pixel around, so that the rim can be cut smoothly."""
    drawn = vector_key(side + 2)
    drawn[..., 3] = 255
    pixels = np.ascontiguousarray(drawn)
    return QImage(pixels.data, side + 2, side + 2, QImage.Format.Format_RGBA8888).copy()


class _Wheel(QWidget):
    """The colour wheel; the colour at a place is that of a source which lies that way."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """88 each way."""
        return QSize(WHEEL, WHEEL)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The disc, a thin rim, and the two axes."""
        del event
        painter, ratio = QPainter(self), self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        image = _wheel_image(round(WHEEL * ratio))
        brush = QBrush(image)
        transform = brush.transform()
        transform.translate(-1 / ratio, -1 / ratio)
        transform.scale(1 / ratio, 1 / ratio)
        brush.setTransform(transform)
        disc = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(current().edge), 1))
        painter.setBrush(brush)
        painter.drawEllipse(disc)
        line = QColor(BLACK)
        line.setAlphaF(0.35)
        painter.setPen(QPen(line, 1))
        middle = WHEEL / 2
        painter.drawLine(QPointF(middle, 2), QPointF(middle, WHEEL - 2))
        painter.drawLine(QPointF(2, middle), QPointF(WHEEL - 2, middle))


class _Bar(QWidget):
    """The even scale with its two ends and its middle in numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._range = (0.0, 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_range(self, low: float, high: float) -> None:
        """What its ends stand for."""
        self._range = (low, high)
        self.update()

    def sizeHint(self) -> QSize:
        """The bar, and a line of numbers below it."""
        return QSize(WHEEL, BAR + 4 + QFontMetrics(small(self.font())).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bar and numbers."""
        del event
        painter, worn = QPainter(self), current()
        colours = np.ascontiguousarray(heat_key((1, 256)))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, self.width(), BAR), QImage(colours.data, 256, 1, QImage.Format.Format_RGBA8888))
        low, high = self._range
        painter.setFont(small(self.font()))
        painter.setPen(QColor(worn.text))
        below = QRectF(0, BAR + 4, self.width(), self.height() - BAR - 4)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for value, side in zip((low, (low + high) / 2, high), sides, strict=True):
            painter.drawText(below, side, number(value))
