"""A picture on its surround, moved and zoomed, with what lies over it: what each view of a photograph is."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view.canvas.backdrop import paint_checker, paint_grid, surround
from app.view.canvas.viewport import Viewport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPaintEvent

    from app.display import Display
    from app.view.theme import Theme
    from engine.geometry import Box

BUDGET = 0.006
"""Seconds that making tiles may take in a frame while the picture is moved; what is missing comes in the next."""

SEPARATE = 4
"""Parts that are repainted one by one; where there are more, everything between them is repainted too."""


class Layer(Protocol):
    """What is drawn over the picture."""

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows, in device-independent pixels."""
        ...


class Pane(QWidget):
    """Paints a picture where its viewport says, part by part and as finely as there is time for, and layers over it."""

    zoom_changed = Signal()
    viewport_changed = Signal()

    def __init__(self, display: Display, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers: list[Layer] = []
        self._display, self._theme = display, theme
        self._view = Viewport((1, 1), 1.0, 1.0)
        self._drawn = self._moving = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        display.changed.connect(self._surround_changed)

    # Where the picture lies

    @property
    def viewport(self) -> Viewport:
        """Where the picture lies now."""
        return self._view

    @property
    def is_fine(self) -> bool:
        """Whether what is seen is as fine as it can be: while the picture moves, parts of it are coarser."""
        return not self._moving

    def set_viewport(self, view: Viewport) -> None:
        """Move the picture."""
        before, self._view = self._view, view
        if view == before:
            return
        self._moving = True
        self.update()
        self.viewport_changed.emit()
        if (view.zoom, view.fitted) != (before.zoom, before.fitted):
            self.zoom_changed.emit()

    # What is shown

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._theme = theme
        self.update()

    @Slot(str)
    def _surround_changed(self, name: str) -> None:
        if name == "surround":
            self.update()

    @Slot(object)
    @Slot(object, int)
    def update_box(self, box: Box | None, margin: int = 0) -> None:
        """Repaint the part that shows a box of the picture (None: all), and so many pixels of the canvas around it."""
        if box is None:
            self.update()
            return
        view = self._view
        blurred = math.ceil(2 * max(view.scale, 1 / view.ratio)) + 1
        around = margin + (blurred if view.zoom < 2 else 1)
        self.update(view.rect(box).toAlignedRect().adjusted(-around, -around, around, around))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has to be painted anew, in the order in which things lie over each other."""
        until = time.perf_counter() + BUDGET if self._moving else math.inf
        region = event.region()
        parts = cast("Iterable[QRect]", region) if region.rectCount() <= SEPARATE else [event.rect()]
        painter = QPainter(self)
        complete = True
        for part in parts:
            painter.setClipRect(part)
            painter.fillRect(part, self._ground())
            complete = self._paint(painter, part, until) and complete
        painter.end()
        self._drawn = True
        if complete:
            self._moving = False
        else:
            QTimer.singleShot(0, self, self.update)

    def _ground(self) -> QColor:
        return surround(self._theme, self._display.surround)

    def _paint(self, painter: QPainter, clip: QRect, until: float) -> bool:
        """Paint one part; whether it is as fine as it can be."""
        complete = self._paint_picture(painter, clip, until)
        self._paint_layers(painter, clip)
        return complete

    def draw(self, painter: QPainter, view: Viewport, clip: QRect, until: float = math.inf) -> bool:
        """Draw the picture as a view of it shows it, all in device pixels; whether it is as fine as it can be."""
        raise NotImplementedError

    @property
    def _has_alpha(self) -> bool:
        """Whether something may be seen through the picture."""
        raise NotImplementedError

    def _paint_picture(self, painter: QPainter, clip: QRect, until: float) -> bool:
        view = self._view
        ratio = view.ratio
        fine = QRectF(clip.left() * ratio, clip.top() * ratio, clip.width() * ratio, clip.height() * ratio).toAlignedRect()
        if self._has_alpha:
            paint_checker(painter, view, self._theme)
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        complete = self.draw(painter, view, fine, until)
        paint_grid(painter, view, fine, self._theme)
        painter.restore()
        return complete

    def _paint_layers(self, painter: QPainter, clip: QRect) -> None:
        for layer in self.layers:
            painter.save()
            painter.setClipRect(clip)
            layer.paint(painter, self._view, clip, self._view.ratio)
            painter.restore()
