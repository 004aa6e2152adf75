"""The sample scene on the first page: the drawn photograph with its mask, as it looks while painting."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view.theme import BLACK, CASING, MASK_SHARE, MASKS, WHITE
from app.words import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT, LEAST, RADIUS = 600, 420, 160, 3.0
_SOFT, _WHITE, _CASED = 5, 0.6, 1.5
"""Pixels over which the mask's edge is softened to measure distances from it; half widths of the line and its casing."""


class Scene(QWidget):
    """The lower part of the picture, as much as there is room for; what is to go is tinted and outlined."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        samples = files("resources") / "samples"
        self._picture = QImage.fromData((samples / "landmark.jpg").read_bytes())
        self._mask = QImage.fromData((samples / "landmark-mask.png").read_bytes())
        self._drawn = QImage()
        self.setAccessibleName(tr("The sample scene: somebody before a landmark, painted over"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(WIDTH * self._picture.height() // self._picture.width())
        self.setMinimumHeight(LEAST)

    def sizeHint(self) -> QSize:
        """Not all of its height, where the window is low."""
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """From a copy that was drawn once for this size."""
        del event
        ratio = self.devicePixelRatio()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._drawn.size() != size:
            self._drawn = self._made(size, ratio)
        painter, edge = QPainter(self), QPainterPath()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(edge)
        painter.drawImage(QRectF(self.rect()), self._drawn)

    def _made(self, size: QSize, ratio: float) -> QImage:
        """Picture, tint and outline, in pixels of the device."""
        drawn, inside = (_lower(image, size) for image in (self._picture, self._mask))
        painter = QPainter(drawn)
        covered = _values(inside)
        distance = np.abs(_softened(covered, round(_SOFT * ratio)) - 0.5) * 2 * round(_SOFT * ratio)
        for colour, share in (
            (MASKS["red"], covered * MASK_SHARE),
            (BLACK, np.clip(_CASED * ratio - distance + 0.5, 0, 1) * CASING),
            (WHITE, np.clip(_WHITE * ratio - distance + 0.5, 0, 1)),
        ):
            painter.drawImage(0, 0, _tint(share, colour))
        painter.end()
        return drawn


def _lower(image: QImage, size: QSize) -> QImage:
    """An image as wide as asked, its lower part as high as asked."""
    scaled = image.scaledToWidth(size.width(), Qt.TransformationMode.SmoothTransformation)
    part = QRect(0, scaled.height() - size.height(), size.width(), size.height())
    return scaled.copy(part).convertToFormat(QImage.Format.Format_RGB32)


def _values(image: QImage) -> NDArray[Any]:
    """(h, w) from 0 to 1 of a grey image."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].astype(np.float32) / 255


def _softened(values: NDArray[Any], reach: int) -> NDArray[Any]:
    """The mean of each value's neighbours down and across, `reach` to each side."""
    for axis in (0, 1):
        padded = np.pad(values, [(reach + 1, reach) if at == axis else (0, 0) for at in (0, 1)], mode="edge")
        sums = padded.cumsum(axis=axis, dtype=np.float64)
        width = 2 * reach + 1
        ahead, behind = (np.take(sums, range(start, start + values.shape[axis]), axis=axis) for start in (width, 0))
        values = ((ahead - behind) / np.float64(width)).astype(np.float32)
    return values


def _tint(share: NDArray[Any], colour: str) -> QImage:
    """One colour, as dense as `share` says."""
    tone = QColor(colour)
    planes = [np.full_like(share, value) for value in (tone.blue(), tone.green(), tone.red())]
    pixels = np.stack([*planes, share * 255], axis=-1).astype(np.uint8)
    height, width = share.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
