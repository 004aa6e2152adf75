"""The view beside the photograph: a reference, or the photograph as it was. It is looked at and pointed into, never painted on."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QNativeGestureEvent, QPainter

from app.view.canvas import cursors
from app.view.canvas.companion_tiles import CompanionTiles
from app.view.canvas.link import place
from app.view.canvas.navigation import Navigation
from app.view.canvas.pane import Pane
from app.view.canvas.point_tool import GRIP
from app.view.canvas.sights import ORIGINAL
from app.view.canvas.tiles import CURRENT

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QMouseEvent, QResizeEvent, QWheelEvent

    from app.companion import Companion
    from app.display import Display
    from app.document import Document
    from app.toolbox import Toolbox
    from app.view.canvas.canvas import Canvas
    from app.view.canvas.link import Spot
    from app.view.canvas.point_tool import PointTool
    from app.view.canvas.side import Side
    from app.view.canvas.tiles import Tiles
    from app.view.canvas.viewport import Viewport
    from app.view.theme import Theme

STILL = 0.5
"""Pixels of the canvas that a view may be off before it counts as moved by hand."""


class Beside(Pane):
    """Shows the same place as the photograph's view, as large; moved by hand it keeps that distance until it is brought back.

    The wheel zooms both views. Keys belong to the photograph's view.
    """

    strayed_changed = Signal()
    """It shows another place than the photograph's view, or no longer."""

    def __init__(
        self, side: Side, canvas: Canvas, document: Document, toolbox: Toolbox, points: PointTool, display: Display, theme: Theme
    ) -> None:
        super().__init__(display, theme)
        self._side, self._canvas, self._document, self._toolbox, self._points = side, canvas, document, toolbox, points
        self._tiles = CompanionTiles(document.references, self)
        self._navigation = Navigation(toolbox)
        self._shown: Companion | None = None
        self._shift = 0.0, 0.0
        self._spot = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(canvas)
        self.setObjectName("beside")
        self._tiles.ready.connect(self.update)
        canvas.viewport_changed.connect(self.follow)
        canvas.sights.changed.connect(self._photograph_changed)
        side.changed.connect(self._another)
        toolbox.changed.connect(self._show_cursor)

    # Where the picture lies

    @property
    def strayed(self) -> bool:
        """Whether it was moved by hand, and shows another place."""
        return max(abs(self._shift[0]), abs(self._shift[1])) * self._view.scale > STILL

    @Slot()
    def follow(self) -> None:
        """Show what the photograph's view shows."""
        if not self._side.shown:
            return
        size = self._side.size("there")
        assert size is not None
        ratio = self.devicePixelRatioF()
        own = replace(self._view, size=size, width=float(self.width()), height=float(self.height()), ratio=ratio)
        self.set_viewport(self._side.link.follow(own, self._canvas.viewport, self._shift))
        self._side.show(self._canvas.viewport, self._view)

    @Slot()
    def come_back(self) -> None:
        """Show the same place again."""
        self._stray((0.0, 0.0))
        self.follow()

    def _stray(self, shift: Spot) -> None:
        before = self.strayed
        self._shift = shift
        if before != self.strayed:
            self.strayed_changed.emit()

    @Slot()
    def _another(self) -> None:
        """Another picture, or the same one known to lie elsewhere: where it was moved by hand, the same place stays in the middle."""
        before, self._shown = self._shown, self._side.companion
        stays = self.strayed and before is self._shown
        self._stray(self._side.link.shift(self._view, self._canvas.viewport) if stays else (0.0, 0.0))
        self.follow()
        self.update()

    def _moved(self, view: Viewport) -> None:
        """The user moved the picture: both views zoom, this one alone is panned."""
        if abs(view.zoom - self._view.zoom) > 1e-9 * view.zoom:
            self._zoom(view.zoom / self._view.zoom)
        else:
            self._stray(self._side.link.shift(view, self._canvas.viewport))
            self.follow()

    def _zoom(self, by: float) -> None:
        """Zoom both, with what is under the pointer staying there, and in the other view coming to the same x and y."""
        x, y, here, link = self._spot.x(), self._spot.y(), self._canvas.viewport, self._side.link
        if self.strayed:
            here = here.zoomed(by, x, y)
            self._shift = link.shift(self._view.zoomed(here.zoom / self._canvas.viewport.zoom, x, y), here)
        else:
            row, column = link.near_here(place(self._view, x, y))
            at = here.left + column * here.scale, here.top + row * here.scale
            here = here.zoomed(by, *at).panned(x - at[0], y - at[1])
        self._canvas.set_viewport(here)
        self.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size."""
        super().resizeEvent(event)
        self.follow()

    # What is shown

    @property
    def waits(self) -> bool:
        """Whether the tiles of the reference are still being made."""
        return self._side.shown and self._source()[0] is None

    @Slot(object)
    def _photograph_changed(self) -> None:
        if self._side.shown and self._side.companion is None:
            self.update()

    def _source(self) -> tuple[Tiles | None, str]:
        """What is drawn, and in which of its states."""
        companion = self._side.companion
        return (self._tiles.of(companion), CURRENT) if companion else (self._canvas.sights.tiles, ORIGINAL)

    def draw(self, painter: QPainter, view: Viewport, clip: QRect, until: float = math.inf) -> bool:
        """Draw the picture as a view of it shows it; nothing as long as its tiles are being made."""
        tiles, sight = self._source()
        return tiles is None or tiles.draw(painter, view, clip, sight, until)

    @property
    def _has_alpha(self) -> bool:
        tiles, _ = self._source()
        return tiles is not None and tiles.alpha

    def _paint(self, painter: QPainter, clip: QRect, until: float) -> bool:
        handle = self.window().windowHandle()
        if handle is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self._tiles.set_screen(handle.format().colorSpace())
        return super()._paint(painter, clip, until) if self._side.shown else True

    # Pointer

    @property
    def _points_at_work(self) -> bool:
        return self._toolbox.tool == "points" and self._side.companion is not None

    def _place(self, event: QMouseEvent) -> Spot:
        self._spot = event.position()
        return self._view.to_picture(self._spot.x(), self._spot.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A point is set, or the picture is taken hold of: there is nothing else to be done here."""
        place, left = self._place(event), event.button() == Qt.MouseButton.LeftButton
        if self._navigation.panning or self._points.held is not None:
            return  # one thing at a time
        if not (left and self._points_at_work and self._points.press("there", place, GRIP / self._view.scale)):
            self._navigation.press(event, by_hand=not self._points_at_work)
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragged, or only pointed."""
        if self._navigation.panning:
            self._moved(self._navigation.move(self._view, event))
        place = self._place(event)
        height, width = self._view.size
        self._side.point(place if 0 <= place[0] < height and 0 <= place[1] < width else None)
        if self._points_at_work:
            self._points.hover("there", place, GRIP / self._view.scale)
        self._points.move("there", place)
        self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._navigation.panning:
            self._navigation.release(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._points.release()
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a press."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Both views are zoomed at the pointer, or a touchpad pans this one."""
        self._spot = event.position()
        view = self._navigation.wheel(self._view, event)
        if view is not None and self._side.shown:
            self._moved(view)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Gestures, for which a widget has no handler of its own."""
        if isinstance(event, QNativeGestureEvent) and self._side.shown:
            self._spot = event.position()
            view = self._navigation.gesture(self._view, event)
            if view is not None:
                self._moved(view)
                return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.follow()
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer came."""
        super().enterEvent(event)
        self._show_cursor()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer went."""
        super().leaveEvent(event)
        self._side.point(None)

    @Slot()
    def _show_cursor(self) -> None:
        if self._navigation.panning:
            shape = QCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._points_at_work:
            shape = cursors.cross(self._view.ratio)
        else:
            shape = QCursor(Qt.CursorShape.OpenHandCursor)
        if self.cursor() != shape:
            self.setCursor(shape)
