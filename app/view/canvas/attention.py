"""How much each part of the photograph counts for a cell of the hole: heat over the photograph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter

from app.view.theme import BLACK
from engine.drawing import heat_colours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.view.canvas.looked_cell import LookedCell
    from app.view.canvas.viewport import Viewport
    from engine.geometry import Box
    from engine.retrieved import RetrievedPatches

LEAST = 0.01
"""Of the greatest share: what counts less is not drawn."""

FAINT, STRONG = 0.15, 0.65
"""How strong the heat is that stands for the least share, and for the greatest."""

VEIL = 0.4
"""Of black over the photograph, so that the heat is told from its colours."""


class AttentionLayer(QObject):
    """Tints the patches of the photograph by their share in the cell that is looked at; the greatest share is the lightest."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, looked: LookedCell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looked = looked
        self._state: object = None
        self._tints: list[tuple[Box, QColor]] = []
        looked.changed.connect(self._changed)

    @Slot()
    def _changed(self) -> None:
        found = self._looked.attended
        state = found and (found, self._looked.opacity)
        if state == self._state:
            return
        self._state, self._tints = state, _tints(*found) if found else []
        self.stale.emit(None, 0)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows: in an image of its own, as patches overlap and the strongest of them counts."""
        if not self._tints:
            return
        room = QRectF(clip)
        image = QImage(math.ceil(clip.width() * ratio), math.ceil(clip.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        brush = QPainter(image)
        brush.translate(-clip.left(), -clip.top())
        brush.fillRect(viewport.frame.intersected(room), _veil())
        brush.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for box, colour in self._tints:
            at = viewport.rect(box)
            if at.intersects(room):
                brush.fillRect(_whole(at, ratio), colour)
        brush.end()
        painter.setOpacity(self._looked.opacity)
        painter.drawImage(clip.topLeft(), image)


def _tints(evidence: RetrievedPatches, cell: int) -> list[tuple[Box, QColor]]:
    """Boxes and their colours over the veil, the least share first; the cell itself is not veiled."""
    attended = evidence.attended(cell)
    if not attended:
        return []
    most = attended[0][1]
    seen = [(box, share / most) for box, share in reversed(attended) if share >= LEAST * most]
    colours = heat_colours(np.array([[share for _, share in seen]], np.float32), 0.0, 1.0)[0]
    strengths = [FAINT + (STRONG - FAINT) * math.sqrt(share) for _, share in seen]
    tints = [(box, _over_veil(rgb, strength)) for (box, _), rgb, strength in zip(seen, colours, strengths, strict=True)]
    return [*tints, (evidence.cell(cell), QColor(0, 0, 0, 0))]


def _over_veil(rgba: NDArray[np.uint8], strength: float) -> QColor:
    """A colour so strong, with the veil showing through."""
    alpha = strength + VEIL * (1 - strength)
    red, green, blue = (round(int(value) * strength / alpha) for value in rgba[:3])
    return QColor(red, green, blue, round(255 * alpha))


def _veil() -> QColor:
    colour = QColor(BLACK)
    colour.setAlphaF(VEIL)
    return colour


def _whole(rect: QRectF, ratio: float) -> QRectF:
    """On whole pixels of the device, so that patches side by side leave no seam."""
    left, top, right, bottom = (round(at * ratio) / ratio for at in (rect.left(), rect.top(), rect.right(), rect.bottom()))
    return QRectF(left, top, right - left, bottom - top)
