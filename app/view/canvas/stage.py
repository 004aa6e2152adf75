"""The photograph on its surround, and what lies over it: what the canvas shows, with no ear for the pointer."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.view import marks
from app.view.canvas.backdrop import paint_checker, paint_drop, paint_grid, surround
from app.view.canvas.sights import Sights
from app.view.canvas.split import Split
from app.view.canvas.viewport import Viewport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QHideEvent, QImage, QMoveEvent, QPaintEvent, QResizeEvent, QShowEvent

    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.view.theme import Theme
    from engine.geometry import Box
    from engine.picture import Picture

BUDGET = 0.006
"""Seconds that making tiles may take in a frame while the picture is moved; what is missing comes in the next."""

SEPARATE = 4
"""Parts that are repainted one by one; where there are more, everything between them is repainted too."""


class Layer(Protocol):
    """What is drawn over the picture."""

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRect, ratio: float) -> None:
        """Draw what a part of the canvas shows, in device-independent pixels."""
        ...


class Stage(QWidget):
    """Shows the open photograph. The picture moves only where the user moves it: see `_settle`."""

    zoom_changed = Signal()
    viewport_changed = Signal()

    def __init__(self, document: Document, filling: Filling, display: Display, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers: list[Layer] = []
        self._document, self._display, self._theme = document, display, theme
        self.sights = Sights(document, filling, display, self)
        self.split = Split(display)
        self._view = Viewport((1, 1), 1.0, 1.0)
        self._quick: QImage | None = None
        self._before: Viewport | None = None
        self._drop = ""
        self._place, self._window_size = QPoint(), QSize()
        self._drawn = self._moving = False
        self._refits = QTimer(self, singleShot=True, interval=0)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        document.opened.connect(self._opened)
        self.sights.changed.connect(self._sight_changed)
        display.changed.connect(self._display_changed)
        self._opened()

    def sizeHint(self) -> QSize:
        """As at the window's first size."""
        return QSize(1072, 832)

    def minimumSizeHint(self) -> QSize:
        """As at the window's smallest size."""
        return QSize(320, 240)

    def event(self, event: QEvent) -> bool:
        """Another screen, for which a widget has no handler of its own."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._screen_changed()
        return super().event(event)

    # Where the picture lies

    @property
    def viewport(self) -> Viewport:
        """Where the picture lies now."""
        return self._view

    @property
    def has_picture(self) -> bool:
        """Whether there is anything to look at."""
        return self._quick is not None or self.sights.tiles is not None

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

    @Slot()
    def fit(self) -> None:
        """All of the picture."""
        self.set_viewport(self._view.fit())

    @Slot()
    def actual_size(self) -> None:
        """100 %, with the middle of the canvas staying there."""
        self.set_viewport(self._view.zoomed_to(1.0, self.width() / 2, self.height() / 2))

    @Slot()
    def zoom_in(self) -> None:
        """To the next round zoom."""
        self.set_viewport(self._view.stepped(1))

    @Slot()
    def zoom_out(self) -> None:
        """To the round zoom before."""
        self.set_viewport(self._view.stepped(-1))

    def _settle(self) -> None:
        """The canvas lies elsewhere or has another size: the picture keeps its place in the window.

        Only where the window itself was resized and the zoom says Fit, it is fitted again.
        """
        window, view = self.window(), self._view
        place, before = self.mapTo(window, QPoint(0, 0)), self._place
        self._place = place
        if window.size() != self._window_size:
            self._window_size = window.size()
            self._refits.start()  # what a layout does until the next turn of the loop belongs to the same resize
        if view.fitted and (self._refits.isActive() or not self._drawn):
            self.set_viewport(replace(view, width=float(self.width()), height=float(self.height())).fit())
        else:
            moved = before - place
            self.set_viewport(view.resized(self.width(), self.height(), moved.x(), moved.y()).kept())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size."""
        super().resizeEvent(event)
        self._settle()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Another place."""
        super().moveEvent(event)
        self._settle()

    def showEvent(self, event: QShowEvent) -> None:
        """Seen."""
        super().showEvent(event)
        self._screen_changed()
        self._settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page is shown: what happens to the layout meanwhile moves nothing that is seen."""
        super().hideEvent(event)
        self._drawn = False

    def _screen_changed(self) -> None:
        """Another screen may have another ratio and another profile."""
        handle = self.window().windowHandle()
        if handle is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self.sights.set_screen(handle.format().colorSpace())
        self.set_viewport(replace(self._view, ratio=self.devicePixelRatioF()))

    # What is shown

    @Slot()
    def _opened(self) -> None:
        photograph, quick = self._document.photograph, self._quick
        self._quick, self._before = None, None
        self.sights.read()
        size = photograph.size if photograph is not None else (1, 1)
        if quick is None or size != self._view.size:
            self.set_viewport(Viewport(size, self.width(), self.height(), ratio=self.devicePixelRatioF()).fit())
        self._moving = False
        self.update()

    def show_preview(self, picture: Picture | None, full_size: tuple[int, int] = (1, 1)) -> None:
        """Show a small view of a photograph that is being opened, as large as that will be, until it is.

        None: it could not be opened, and what was there is seen again.
        """
        if picture is None:
            before, self._quick = self._before, None
            self._before = None
            if before is not None:
                self.set_viewport(before.resized(self.width(), self.height()).kept())
            self.update()
            return
        self._before = self._before or self._view
        self._quick = self.sights.colours_for(picture.icc).image(picture.pixels)
        self.set_viewport(Viewport(full_size, self.width(), self.height(), ratio=self.devicePixelRatioF()).fit())
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._theme = theme
        self.update()

    def set_drop(self, text: str) -> None:
        """Say what letting go of a file here will do, while it is held over the window; empty: nothing is."""
        self._drop = text
        self.update()

    def update_box(self, box: Box, margin: int = 0) -> None:
        """Repaint the part that shows a box of the picture, and so many pixels of the canvas around it."""
        view = self._view
        blurred = math.ceil(2 * max(view.scale, 1 / view.ratio)) + 1
        around = margin + (blurred if view.zoom < 2 else 1)
        self.update(view.rect(box).toAlignedRect().adjusted(-around, -around, around, around))

    @Slot(object)
    def _sight_changed(self, box: Box | None) -> None:
        if box is None:
            self.update()
        else:
            self.update_box(box)

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name == "compare" and self.split.shown:
            self.split.bring(self._view)
        if name in {"surround", "compare"}:
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has to be painted anew, in the order in which things lie over each other."""
        if self.mapTo(self.window(), QPoint(0, 0)) != self._place:
            self._settle()  # something further out was moved and took the canvas along
        until = time.perf_counter() + BUDGET if self._moving else math.inf
        region = event.region()
        parts = cast("Iterable[QRect]", region) if region.rectCount() <= SEPARATE else [event.rect()]
        painter = QPainter(self)
        complete = True
        for part in parts:
            complete = self._paint(painter, part, until) and complete
        painter.end()
        self._drawn = True
        if complete:
            self._moving = False
        else:
            QTimer.singleShot(0, self, self.update)

    def _paint(self, painter: QPainter, clip: QRect, until: float) -> bool:
        """Paint one part; whether it is as fine as it can be."""
        ground = surround(self._theme, self._display.surround, dropping=bool(self._drop))
        painter.setClipRect(clip)
        painter.fillRect(clip, ground)
        complete = True
        if self._quick is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._view.frame, self._quick)
        elif self.sights.tiles is not None:
            complete = self._paint_picture(painter, clip, until)
            self._paint_layers(painter, clip)
        if self._drop:
            paint_drop(painter, self.rect(), self._drop, self._theme, self.font())
        marks.ring(painter, self, QRectF(self.rect()), 0)
        return complete

    def _paint_picture(self, painter: QPainter, clip: QRect, until: float) -> bool:
        view, tiles = self._view, self.sights.tiles
        ratio = view.ratio
        fine = QRectF(clip.left() * ratio, clip.top() * ratio, clip.width() * ratio, clip.height() * ratio).toAlignedRect()
        if tiles is not None and tiles.alpha:
            paint_checker(painter, view, self._theme)
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        complete = self.sights.draw(painter, view, fine, until)
        paint_grid(painter, view, fine, self._theme)
        painter.restore()
        return complete

    def _paint_layers(self, painter: QPainter, clip: QRect) -> None:
        for layer in self.layers:
            painter.save()
            painter.setClipRect(clip)
            layer.paint(painter, self._view, clip, self._view.ratio)
            painter.restore()
        painter.save()
        painter.setClipRect(clip)
        self.split.paint(painter, self._view, self.font())
        painter.restore()
