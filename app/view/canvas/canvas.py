"""The canvas: the photograph, and who hears of the pointer and the keys over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QNativeGestureEvent

from app.view.canvas import spoken
from app.view.canvas.navigation import Navigation
from app.view.canvas.stage import Stage

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QTabletEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.toolbox import Toolbox
    from app.view.theme import Theme


class Pointer(Protocol):
    """Who draws, inspects and marks."""

    def event(self, kind: str, event: QEvent, row: float, column: float) -> bool:
        """Hear of the pointer or a key; whether it was used, so that the canvas leaves it alone."""
        ...

    def escape(self) -> bool:
        """Drop what is being drawn; whether there was anything."""
        ...


class Canvas(Stage):
    """The picture, and the hand and the wheel that move it; the tools are asked first."""

    hovered = Signal(int, int)
    """Row and column of the pixel under the pointer."""
    left = Signal()
    """The pointer is over no pixel any more."""
    clicked = Signal(int, int)
    """Row and column where the hand clicked and did not drag."""

    def __init__(
        self, document: Document, filling: Filling, display: Display, toolbox: Toolbox, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, filling, display, theme, parent)
        self.pointer: Pointer | None = None
        self._filling, self._toolbox = filling, toolbox
        self._navigation = Navigation(toolbox)
        self._cursor = QCursor(Qt.CursorShape.ArrowCursor)
        self._space = self._over = False
        self._spot = QPointF()
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("canvas")
        toolbox.changed.connect(self._show_cursor)
        for signal in (document.opened, document.history_changed, filling.changed, toolbox.changed, self.zoom_changed):
            signal.connect(self._speak)
        self._speak()

    def set_tool_cursor(self, cursor: QCursor) -> None:
        """The cursor of the tool in hand, where the canvas itself has no other to show."""
        self._cursor = cursor
        self._show_cursor()

    @Slot()
    def _speak(self) -> None:
        text = spoken.description(self._view, spoken.tool_name(self._toolbox.tool), self._document, self._filling)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
        if self.accessibleName() != spoken.name(self._document):
            self.setAccessibleName(spoken.name(self._document))

    # Pointer

    def _ask(self, kind: str, event: QEvent, place: QPointF | None = None) -> bool:
        """Let the tools have an event first; whether they used it."""
        if self.pointer is None or self._quick is not None:
            return False
        place = self._spot if place is None else place
        row, column = self._view.to_picture(place.x(), place.y())
        return self.pointer.event(kind, event, row, column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The line of a comparison, the tool, or the picture is taken hold of."""
        place = event.position()
        if self._navigation.panning or self.split.dragged:
            return  # one thing at a time
        if event.button() == Qt.MouseButton.LeftButton and self._on_split(place):
            self.split.press(self._view, place.x())
        elif not self._ask("press", event, place):
            self._navigation.press(event)
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragged, or only moved."""
        place = self._spot = event.position()
        self._hover(place)
        if self.split.dragged:
            self.split.move(self._view, place.x())
        elif self._navigation.panning:
            self.set_viewport(self._navigation.move(self._view, event))
        else:
            self._ask("move", event, place)
        self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self.split.dragged:
            self.split.release()
        elif self._navigation.panning:
            if self._navigation.release(event) and self._over:
                row, column = self._view.to_picture(event.position().x(), event.position().y())
                self.clicked.emit(int(row), int(column))
        else:
            self._ask("release", event, event.position())
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On the line of a comparison: back to the middle."""
        place = event.position()
        if event.button() == Qt.MouseButton.LeftButton and self._on_split(place):
            self.split.centre()
        elif not self._ask("double", event, place):
            self._navigation.press(event)

    def _on_split(self, place: QPointF) -> bool:
        return self.split.hit(self._view, place, line=self._toolbox.tool in {"hand", "inspect"})

    def _hover(self, place: QPointF) -> None:
        row, column = self._view.to_picture(place.x(), place.y())
        over = self.has_picture and 0 <= row < self._view.size[0] and 0 <= column < self._view.size[1]
        if over:
            self.hovered.emit(int(row), int(column))
        elif self._over:
            self.left.emit()
        self._over = over

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer came."""
        self._spot = event.position()
        self._show_cursor()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer went."""
        self._ask("leave", event)
        if self._over:
            self._over = False
            self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoomed at the pointer, or panned by a touchpad."""
        view = self._navigation.wheel(self._view, event) if self.has_picture else None
        if view is not None:
            self.set_viewport(view)
        event.accept()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen; what no tool uses comes again as the mouse."""
        event.setAccepted(self._ask("tablet", event, event.position()))

    def event(self, event: QEvent) -> bool:
        """Gestures, and keys that a tool wants before they are shortcuts, for which a widget has no handler of its own."""
        if event.type() == QEvent.Type.ShortcutOverride and self._ask("override", event):
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent) and self.has_picture:
            view = self._navigation.gesture(self._view, event)
            if view is not None:
                self.set_viewport(view)
                return True
        return super().event(event)

    @Slot()
    def _show_cursor(self) -> None:
        if self._navigation.panning:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self.split.dragged or self._on_split(self._spot):
            shape = Qt.CursorShape.SplitHCursor
        elif self._toolbox.tool == "hand":
            shape = Qt.CursorShape.OpenHandCursor
        else:
            shape = self._cursor
        if self.cursor() != QCursor(shape):
            self.setCursor(shape)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The tools first; then the hand, the original and the line of a comparison."""
        if self._key_is_ours(event) or self._ask("key", event):
            event.accept()
        elif event.key() == Qt.Key.Key_Space and self.has_picture:
            if not event.isAutoRepeat():
                self._space = True
                self._toolbox.hold("hand")
        elif event.key() == Qt.Key.Key_Backslash and self.has_picture:
            self._display.set("original_held", True)
        else:
            event.ignore()

    def _key_is_ours(self, event: QKeyEvent) -> bool:
        """The arrows move the line of a comparison; with Shift they stay the pointer's."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not steps or not self.split.shown or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        self.split.step(steps)
        return True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """What was held is let go."""
        if event.isAutoRepeat() or self._let_go(event.key()) or self._ask("key_release", event):
            event.accept()
        else:
            event.ignore()

    def _let_go(self, key: int) -> bool:
        if key == Qt.Key.Key_Space and self._space:
            self._space = False
            self._toolbox.release()
            return True
        if key == Qt.Key.Key_Backslash:
            self._display.set("original_held", False)
            return True
        return False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys that are let go elsewhere are not heard: nothing stays held."""
        self._let_go(Qt.Key.Key_Space)
        self._let_go(Qt.Key.Key_Backslash)
        super().focusOutEvent(event)
