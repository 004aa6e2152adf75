"""The photograph on its surround, and what lies over it: what the canvas shows, with no ear for the pointer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, QTimer, Slot
from PySide6.QtGui import QPainter

from app.view import marks
from app.view.canvas.backdrop import paint_drop, surround
from app.view.canvas.pane import Pane
from app.view.canvas.sights import Sights
from app.view.canvas.split import Split
from app.view.canvas.viewport import Viewport

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QHideEvent, QImage, QMoveEvent, QPaintEvent, QResizeEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.view.theme import Theme
    from engine.picture import Picture


class Stage(Pane):
    """Shows the open photograph. The picture moves only where the user moves it: see `_settle`."""

    def __init__(self, document: Document, filling: Filling, display: Display, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(display, theme, parent)
        self._document = document
        self.sights = Sights(document, filling, display, self)
        self.split = Split(display)
        self._quick: QImage | None = None
        self._before: Viewport | None = None
        self._drop = ""
        self._place, self._window_size = QPoint(), QSize()
        self._refits = QTimer(self, singleShot=True, interval=0)
        document.opened.connect(self._opened)
        self.sights.changed.connect(self.update_box)
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
    def has_picture(self) -> bool:
        """Whether there is anything to look at."""
        return self._quick is not None or self.sights.tiles is not None

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

    def set_drop(self, text: str) -> None:
        """Say what letting go of a file here will do, while it is held over the window; empty: nothing is."""
        self._drop = text
        self.update()

    @Slot(str)
    def _display_changed(self, name: str) -> None:
        if name == "compare" and self.split.shown:
            self.split.bring(self._view)
        if name == "compare":
            self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has to be painted anew."""
        if self.mapTo(self.window(), QPoint(0, 0)) != self._place:
            self._settle()  # something further out was moved and took the canvas along
        super().paintEvent(event)

    def _ground(self) -> QColor:
        return surround(self._theme, self._display.surround, dropping=bool(self._drop))

    def _paint(self, painter: QPainter, clip: QRect, until: float) -> bool:
        """Paint one part; whether it is as fine as it can be."""
        complete = True
        if self._quick is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._view.frame, self._quick)
        elif self.sights.tiles is not None:
            complete = super()._paint(painter, clip, until)
        if self._drop:
            paint_drop(painter, self.rect(), self._drop, self._theme, self.font())
        marks.ring(painter, self, QRectF(self.rect()), 0)
        return complete

    def draw(self, painter: QPainter, view: Viewport, clip: QRect, until: float = math.inf) -> bool:
        """Draw the photograph as a view of it shows it."""
        return self.sights.draw(painter, view, clip, until)

    @property
    def _has_alpha(self) -> bool:
        return self.sights.tiles is not None and self.sights.tiles.alpha

    def _paint_layers(self, painter: QPainter, clip: QRect) -> None:
        super()._paint_layers(painter, clip)
        painter.save()
        painter.setClipRect(clip)
        self.split.paint(painter, self._view, self.font())
        painter.restore()
