"""Where a fill came from, over the photograph: a layer of its evidence in the hole, and where one pixel was copied from."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from app.view.canvas import strokes
from app.view.canvas.drawn import Outlined, device
from app.view.theme import RANKS, WHITE
from engine.drawing import draw
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.choice import Choice
    from app.display import Display
    from app.document import Document
    from app.inspection import Inspection
    from app.toolbox import Toolbox
    from app.view.canvas.aim import Aim
    from app.view.canvas.viewport import Viewport
    from engine.evidence import Evidence, Layer

SAMPLES = 1 << 16
"""Of a layer, that are drawn and kept together: evidence lies in rows, so a strip as wide as the hole costs least."""

KEPT = 256
"""Strips; 64 MB."""

BUDGET = 0.008
"""Seconds that new strips may take in a frame; what is missing comes in the next."""

LEAST_SQUARE = 24.0
"""Device-independent pixels across the square around a patch, however small the patch is seen."""

INSET = 72.0
"""Across the small picture of a source that is out of view."""

EDGE = 8.0
"""From the inset to the edge of the canvas."""

DIM = 0.35
"""What is left of a pair that is not looked at any more."""

LINE = 48
"""Device-independent pixels around patches that what is drawn of them reaches."""


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


class SourceArrow(QObject):
    """Draws the patch that is looked at and the one that it is the copy of, and an arrow from there."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(
        self,
        inspection: Inspection,
        toolbox: Toolbox,
        aim: Aim,
        excerpt: Callable[[Box], tuple[QImage, Box] | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._inspection, self._toolbox, self._aim, self._excerpt = inspection, toolbox, aim, excerpt
        self._state: object = None
        self._drawn: list[Box] = []
        self._piece: Outlined | None = None
        inspection.changed.connect(self._changed)
        toolbox.changed.connect(self._changed)
        aim.changed.connect(self._changed)

    @property
    def _pair(self) -> tuple[Box, Box] | None:
        """The patch that is looked at, and its source."""
        seen, target, source = self._inspection, self._inspection.target, self._inspection.source
        if target is None or source is None or not (self._toolbox.tool == "inspect" or seen.pinned):
            return None
        return target, source.patch

    @Slot()
    def _changed(self) -> None:
        excluded = self._inspection.would_exclude if self._aim.excludes and self._pair else None
        state = self._pair, self._inspection.dimmed, excluded and id(excluded[1])
        if state == self._state:
            return
        self._state = state
        self._piece = Outlined(excluded[0], excluded[1].astype(np.uint8) * np.uint8(255)) if excluded else None
        before, self._drawn = self._drawn, [self._pair[0].joined(self._pair[1])] if self._pair else []
        if self._piece:
            self._drawn.append(self._piece.box)
        for box in {*before, *self._drawn}:
            self.stale.emit(box, LINE)

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows."""
        if self._piece is not None:
            with device(painter, viewport, clip, ratio) as seen:
                self._piece.paint(painter, seen)
        pair = self._pair
        if pair is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setOpacity(DIM if self._inspection.dimmed else 1.0)
        target, source = (_square(viewport, box) for box in pair)
        canvas = QRectF(0, 0, viewport.width, viewport.height)
        if not canvas.intersects(source):
            source = self._paint_inset(painter, canvas, source, pair[1])
        if not source.intersects(target):
            strokes.arrow(painter, _rim(source, target.center()), _rim(target, source.center()), RANKS[0])
        strokes.square(painter, source, RANKS[0])
        strokes.square(painter, target, WHITE)

    def _paint_inset(self, painter: QPainter, canvas: QRectF, source: QRectF, patch: Box) -> QRectF:
        """Paint the source where the canvas ends on the way to it; where that is."""
        room = EDGE + INSET / 2
        inside = canvas.adjusted(room, room, -room, -room)
        centre = QPointF(
            min(max(source.center().x(), inside.left()), inside.right()), min(max(source.center().y(), inside.top()), inside.bottom())
        )
        inset = QRectF(centre.x() - INSET / 2, centre.y() - INSET / 2, INSET, INSET)
        part = self._excerpt(patch.grown(patch.height // 2, patch.width // 2))
        if part is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
            painter.drawImage(inset, part[0])
        return inset


def _square(viewport: Viewport, box: Box) -> QRectF:
    """Where a patch is drawn: large enough to be seen, its edge around its pixels, on whole pixels of the device."""
    at, ratio = viewport.rect(box), viewport.ratio
    side = round(max(at.width(), LEAST_SQUARE) * ratio) / ratio
    left, top = (round((middle - side / 2) * ratio) / ratio for middle in (at.center().x(), at.center().y()))
    return QRectF(left, top, side, side)


def _rim(square: QRectF, towards: QPointF) -> QPointF:
    """Where the way from a square's middle leaves it."""
    way = towards - square.center()
    longest = max(abs(way.x()), abs(way.y()), 1e-9)
    return square.center() + way * ((square.width() / 2 + strokes.COLOUR_LINE[1] / 2) / longest)


def _strips(visible: Box, whole: Box, step: int) -> Iterator[Box]:
    """The strips of a box that are seen."""
    height = step * max(1, SAMPLES * step // whole.width)
    for top in range(whole.top + (visible.top - whole.top) // height * height, visible.bottom, height):
        yield Box(top, whole.left, min(height, whole.bottom - top), whole.width)


def _image(pixels: np.ndarray) -> QImage:
    height, width = pixels.shape[:2]
    image = QImage(np.ascontiguousarray(pixels).data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
