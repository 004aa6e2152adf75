"""Moving the picture under the canvas: wheel, touchpad, middle button, the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from app.view.canvas.viewport import NOTCH

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

    from app.toolbox import Toolbox
    from app.view.canvas.viewport import Viewport

CLICK = 3
"""Pixels that the hand may tremble by in a click."""


class Navigation:
    """What a gesture makes of a viewport. No inertia: the picture stops where the hand stops."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox
        self._last: QPointF | None = None
        self._pressed: QPointF | None = None
        self._button = Qt.MouseButton.NoButton

    @property
    def panning(self) -> bool:
        """Whether the picture is held."""
        return self._last is not None

    def wheel(self, view: Viewport, event: QWheelEvent) -> Viewport | None:
        """Zoomed at the pointer by a wheel, panned by two fingers on a touchpad; None where nothing comes of it."""
        place, angle, pixels = event.position(), event.angleDelta(), event.pixelDelta()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad or event.phase() != Qt.ScrollPhase.NoScrollPhase
        zooms = not touchpad or event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.phase() == Qt.ScrollPhase.ScrollMomentum:
            return None
        if zooms:
            turned = angle.y() or angle.x()
            return view.zoomed(NOTCH ** (turned / 120), place.x(), place.y()) if turned else None
        moved = pixels if not pixels.isNull() else angle
        return view.panned(moved.x(), moved.y())

    @staticmethod
    def gesture(view: Viewport, event: QNativeGestureEvent) -> Viewport | None:
        """Zoomed by a pinch, to Fit and back by a double tap of two fingers."""
        place = event.position()
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            return view.zoomed(1 + event.value(), place.x(), place.y())
        if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
            return view.zoomed_to(1.0, place.x(), place.y()) if view.fitted else view.fit()
        return None

    def press(self, event: QMouseEvent, *, by_hand: bool = False) -> bool:
        """Take hold of the picture: middle button, or the hand in hand, or whatever is in hand where it can do nothing else."""
        by_hand = event.button() == Qt.MouseButton.LeftButton and (by_hand or self._toolbox.tool == "hand")
        if event.button() != Qt.MouseButton.MiddleButton and not by_hand:
            return False
        self._last = self._pressed = event.position()
        self._button = event.button()
        return True

    def move(self, view: Viewport, event: QMouseEvent) -> Viewport:
        """Move it along."""
        assert self._last is not None
        moved, self._last = event.position() - self._last, event.position()
        return view.panned(moved.x(), moved.y())

    def release(self, event: QMouseEvent) -> bool:
        """Let go of it; whether it was only clicked, by the hand."""
        if event.button() != self._button:
            return False
        pressed, self._last, self._pressed = self._pressed, None, None
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        return (event.position() - pressed).manhattanLength() <= CLICK
