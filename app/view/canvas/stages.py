"""How a fill came about, seen in its hole in place of the result: the hole itself, and one stage after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter

from app.choice import composed
from app.retrieving import BLENDED, HOLE, stage_title
from app.view.canvas import contour
from app.view.canvas.drawn import Drawn, Look, device
from app.view.canvas.pooled import Pooled
from app.view.theme import BADGE, WHITE
from app.words import tr
from engine.geometry import Box
from engine.picture import Patch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.choice import Choice
    from app.display import Display
    from app.document import Document
    from app.retrieving import Retrieving
    from app.view.canvas.sights import Sights
    from app.view.canvas.viewport import Viewport

STRIP = 256
"""Rows of a stage that are worked out at a time."""

ABOVE = 10.0
"""Device-independent pixels between a hole and the name of the stage above it."""


class StageLayer(QObject):
    """Puts the stage that is looked at into the hole, with its name above, while the page of evidence is open."""

    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, retrieving: Retrieving, display: Display, sights: Sights, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._retrieving, self._display, self._sights = document, retrieving, display, sights
        self._state: object = None
        self._tint: Drawn | None = None
        for signal in (document.opened, document.choices_changed, retrieving.changed, display.changed):
            signal.connect(self._changed)

    @property
    def _shown(self) -> Choice | None:
        """The fill in whose hole a stage is seen."""
        return self._retrieving.choice if self._display.page == "evidence" and self._retrieving.stage != BLENDED else None

    @Slot()
    def _changed(self) -> None:
        choice, stage, display = self._shown, self._retrieving.stage, self._display
        state = choice and (stage, display.mask_colour, display.original_held, [one.standing for one in self._document.choices])
        if state == self._state:
            return
        self._state, self._tint = state, None
        if choice is None:
            self._sights.set_stage(None)
        else:
            self._sights.set_stage(self._staged(choice), self._top(choice))
            self._tint = _tinted(choice) if stage == HOLE else None
        self.stale.emit(None, 0)

    # What is seen in the hole

    def _top(self, choice: Choice) -> NDArray[np.bool_]:
        """The part of a hole over which no other fill lies."""
        every, where = self._document.choices, choice.hole.copy()
        for other in every[every.index(choice) + 1 :]:
            meets = other.box.common(choice.box) if other.standing is not None else None
            if meets is not None:
                where[meets.moved(-choice.box.top, -choice.box.left).slices] &= ~other.hole[
                    meets.moved(-other.box.top, -other.box.left).slices
                ]
        return where

    def _staged(self, choice: Choice) -> Patch:
        """A hole's box: what is there without the fill, and on it the stage, blended as the mask is soft."""
        photograph, stage, box = self._document.photograph, self._retrieving.stage, choice.box
        assert photograph is not None
        assert choice.standing is not None
        pixels = composed(photograph, (other for other in self._document.choices if other is not choice), box)
        for evidence in self._retrieving.known if stage != HOLE else ():
            for top in range(0, box.height, STRIP):
                strip = Box(top, 0, min(STRIP, box.height - top), box.width)
                _lay(pixels[strip.slices], evidence.seen(stage, strip.moved(box.top, box.left)), choice.coverage[strip.slices])
        if photograph.has_alpha and stage != HOLE:
            pixels[..., -1] = choice.standing.patch.pixels[..., -1]
        return Patch(0, box, pixels)

    # What lies over it

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw the tint of a hole that is not filled yet, and the name of the stage."""
        choice = self._shown
        if choice is None or self._display.original_held:
            return
        if self._tint is not None:
            with device(painter, viewport, clip, ratio) as seen:
                self._tint.paint(painter, seen.styled(self._display.mask_colour))
        stages, stage = self._retrieving.stages, self._retrieving.stage
        text = tr("{name}  ·  stage {number} of {count}")
        named = text.format(name=stage_title(stage), number=stages.index(stage) + 1, count=len(stages))
        _paint_name(painter, named, viewport.rect(choice.box), QRectF(0, 0, viewport.width, viewport.height))


def _tinted(choice: Choice) -> Drawn:
    """The tint of a mask over its hole."""
    pooled = Pooled(lambda: choice.coverage)

    def tile(at: Box, look: Look) -> NDArray[np.uint32] | None:
        return contour.tile(pooled, at, look.grid.moved(choice.box), look.ratio, str(look.style))

    return Drawn(tile)


def _lay(pixels: NDArray[Any], values: NDArray[np.float32], coverage: NDArray[np.uint8]) -> None:
    """Write values in levels of 255 into pixels of any depth and layout, as far as they are covered and there is a value."""
    colours = pixels.reshape(*pixels.shape[:2], -1)[..., : values.shape[2]]
    share = coverage[..., None] * np.float32(1 / 255)
    levels = values * np.float32(np.iinfo(pixels.dtype).max / 255)
    there = np.isfinite(values).all(axis=2)
    mixed = colours[there] + share[there] * (levels[there] - colours[there])
    colours[there] = np.rint(mixed).astype(pixels.dtype)


def _paint_name(painter: QPainter, text: str, hole: QRectF, canvas: QRectF) -> None:
    """Above the hole, wholly in the canvas."""
    font = QFont(QGuiApplication.font())
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetricsF(font)
    badge = QRectF(0, 0, round(metrics.horizontalAdvance(text)) + 16, round(metrics.height()) + 4)
    left = min(max(hole.center().x() - badge.width() / 2, 2.0), canvas.width() - badge.width() - 2)
    top = min(max(hole.top() - badge.height() - ABOVE, 2.0), canvas.height() - badge.height() - 2)
    badge.moveTo(round(left), round(top))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(BADGE))
    painter.drawRoundedRect(badge, 4, 4)
    painter.setPen(QColor(WHITE))
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
