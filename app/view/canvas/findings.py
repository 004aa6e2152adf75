"""Why a fill looks as it does, over the photograph: a layer of its evidence in the hole."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from app.view.canvas.drawn import Outlined, device
from engine.drawing import draw
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.choice import Choice
    from app.display import Display
    from app.document import Document
    from app.inspection import Inspection
    from app.view.canvas.viewport import Viewport
    from engine.evidence import Evidence, Layer

SAMPLES = 1 << 16
"""Of a layer, that are drawn and kept together: evidence lies in rows, so a strip as wide as the hole costs least."""

KEPT = 256
"""Strips; 64 MB."""

BUDGET = 0.008
"""Seconds that new strips may take in a frame; what is missing comes in the next."""

LINE = 48
"""Device-independent pixels around a hole that its outline reaches."""


class EvidenceLayer(QObject):
    """Draws the chosen layer over the fill that is shown, with the hole's outline, while the page of evidence is open."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, inspection: Inspection, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._inspection, self._display = document, inspection, display
        self._layer: tuple[Evidence, Layer] | None = None
        self._strips: dict[tuple[int, Box], QImage] = {}
        self._outline: Outlined | None = None
        self._state: object = None
        document.choices_changed.connect(self._changed)
        inspection.changed.connect(self._changed)
        display.changed.connect(self._changed)

    @property
    def _shown(self) -> Choice | None:
        """The fill whose evidence is drawn."""
        choice = self._document.shown
        hidden = self._display.page != "evidence" or self._display.original_held
        return None if hidden or choice is None or choice.standing is None else choice

    @Slot()
    def _changed(self) -> None:
        """Draw anew, where what is drawn is another."""
        choice, name = self._shown, self._inspection.layer_name
        state = choice, choice and choice.standing, name, self._inspection.opacity
        if state == self._state:
            return
        before, self._state = self._outline, state
        keep = before is not None and choice is not None and before.coverage is choice.coverage
        self._outline = before if keep else Outlined(choice.box, choice.coverage) if choice else None
        layer = self._inspection.layer if choice else None
        if layer is None or self._layer is None or (layer[0], layer[1].name) != (self._layer[0], self._layer[1].name):
            self._strips.clear()
        self._layer = layer
        for outline in {before, self._outline} - {None}:
            assert outline is not None
            self.stale.emit(outline.box, LINE)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows."""
        if self._outline is None:
            return
        if self._layer is not None:
            self._paint_layer(painter, viewport, clip, *self._layer)
        with device(painter, viewport, clip, ratio) as seen:
            self._outline.paint(painter, seen)

    def _paint_layer(self, painter: QPainter, viewport: Viewport, clip: QRect, evidence: Evidence, layer: Layer) -> None:
        assert self._outline is not None
        if len(self._strips) > KEPT:
            self._strips.clear()
        around = viewport.box(QRectF(clip).adjusted(-1, -1, 1, 1))
        visible = around and around.common(self._outline.box)
        if visible is None:
            return
        step, until = 1 << max(0, math.floor(-math.log2(viewport.zoom) + 1e-9)), time.perf_counter() + BUDGET
        painter.setOpacity(self._inspection.opacity)
        for strip in _strips(visible, self._outline.box, step):
            if (step, strip) not in self._strips:
                if time.perf_counter() > until:
                    QTimer.singleShot(0, self, self._go_on)
                    break
                self._strips[step, strip] = _image(draw(layer, evidence.layer(layer.name, strip, step)))
            image = self._strips[step, strip]
            painter.drawImage(viewport.rect(Box(strip.top, strip.left, image.height() * step, image.width() * step)), image)
        painter.setOpacity(1.0)

    @Slot()
    def _go_on(self) -> None:
        if self._outline is not None:
            self.stale.emit(self._outline.box, 0)


def _strips(visible: Box, whole: Box, step: int) -> Iterator[Box]:
    """The strips of a box that are seen."""
    height = step * max(1, SAMPLES * step // whole.width)
    for top in range(whole.top + (visible.top - whole.top) // height * height, visible.bottom, height):
        yield Box(top, whole.left, min(height, whole.bottom - top), whole.width)


def _image(pixels: np.ndarray) -> QImage:
    height, width = pixels.shape[:2]
    image = QImage(np.ascontiguousarray(pixels).data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
