"""What the pointer and the keys do over the photograph, by the tool in hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputEvent, QKeyEvent, QMouseEvent, QPointingDevice, QTabletEvent

from app.tools.lasso import Lasso
from app.tools.rectangle import Rectangle
from app.tools.stroke import Point
from app.view.canvas.aim import PAINTS, SHAPES, Aim
from app.view.canvas.gestures import Gesture, Painting, Shaping, Sizing, Undecided, area_of, mask_of
from app.view.canvas.point_tool import GRIP, PointTool
from app.words import tr

if TYPE_CHECKING:
    from app.document import Document
    from app.inspection import Inspection
    from app.toolbox import Toolbox

ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
"""x and y."""

STRIDE = 16
"""Device-independent pixels that an arrow goes with Shift."""

FAR = 10
"""Pixels of the picture that an arrow moves a control point by with Shift."""

ENTER, DELETE = {Qt.Key.Key_Return, Qt.Key.Key_Enter}, {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}

HELD = 300
"""Milliseconds after which a key is not tapped but held."""

_ALT, _SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
_NONE = Qt.KeyboardModifier.NoModifier


class _Asks(QObject):
    """What the pointer asks of others."""

    not_from_here = Signal()


class Pointer:
    """Hears of the canvas's events and says which it used; one gesture at a time."""

    def __init__(self, document: Document, toolbox: Toolbox, inspection: Inspection, aim: Aim) -> None:
        self._document, self._toolbox, self._inspection, self._aim = document, toolbox, inspection, aim
        self.points = PointTool(document, aim)
        self._asks = _Asks(aim)
        self.not_from_here = self._asks.not_from_here
        """A signal: what the inspected pixel came from is not wanted."""
        self._last: Point | None = None
        self._chosen = self._back = toolbox.chosen
        self._since = QElapsedTimer()
        toolbox.changed.connect(self._tool_changed)
        document.opened.connect(self._opened)
        for signal in (toolbox.changed, document.choices_changed):
            signal.connect(self._look_again)

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way: Esc then belongs to it."""
        return self._aim.gesture is not None or self.points.held is not None

    @property
    def holds_inspect(self) -> bool:
        """Whether Inspect was chosen so long ago that who now lets go of its key was holding it."""
        return self._chosen == "inspect" and self._since.isValid() and self._since.hasExpired(HELD)

    def _tool_changed(self) -> None:
        """Remember from which tool Inspect was chosen, and when; a half pair of control points does not outlast its tool."""
        before, self._chosen = self._chosen, self._toolbox.chosen
        if before == "points" != self._chosen:
            self.points.leave()
        if self._chosen == "inspect" != before:
            self._back = before
            self._since.start()

    def _opened(self) -> None:
        self._last = None

    def _look_again(self) -> None:
        """Another tool is in hand, or another fill stands, under a pointer that has not moved."""
        if self._aim.place is not None and not self.busy:
            self._look(Point(*self._aim.place))

    # What the canvas tells

    def event(self, kind: str, event: QEvent, row: float, column: float) -> bool:
        """Hear of an event of the canvas; whether it was used.

        Args:
            kind: "press", "move", "release", "double", "key", "key_release", "override" (whether a key is wanted that is a shortcut too), "tablet"
                or "leave".
            event: Qt's own.
            row: where the pointer is in the picture; pixel corners lie at whole numbers.
            column: as `row`.
        """
        if self._document.photograph is None:
            return False
        if isinstance(event, QKeyEvent):
            if kind == "override":
                return self._overrides(event)
            return self._key_release(event) if kind == "key_release" else self._key(event)
        if isinstance(event, QTabletEvent):
            return self._tablet(event, Point(row, column, event.pressure()))
        if isinstance(event, QMouseEvent):
            return self._mouse(kind, event, Point(row, column))
        if kind == "leave":
            self._aim.leave()
            self._inspection.leave()
        return False

    def show_at(self, row: int, column: int) -> None:
        """Show the results of the fill that was clicked on, if any."""
        choice = self._document.choice_at(row, column)
        if choice is not None:
            self._document.show(choice)

    def _mouse(self, kind: str, event: QMouseEvent, point: Point) -> bool:
        self._hover(event, point)
        if kind == "move":
            return self._to(point)
        if kind == "release":
            return self._end(event)
        return self._press(event.button(), event.modifiers(), point)

    def _tablet(self, event: QTabletEvent, point: Point) -> bool:
        """A pen, or its other end, which erases."""
        if self._toolbox.tool not in PAINTS + SHAPES and not self.busy:
            return False
        self._hover(event, point)
        if event.type() == QEvent.Type.TabletMove:
            self._to(point)
            return True
        if event.type() == QEvent.Type.TabletRelease:
            return self._end(event)
        turned = event.pointerType() == QPointingDevice.PointerType.Eraser
        return self._press(event.button(), event.modifiers() | (_ALT if turned else _NONE), point)

    def _hover(self, event: QInputEvent, point: Point) -> None:
        self._aim.alt = bool(event.modifiers() & _ALT)
        self._aim.move_to(*self._aim.view().to_widget(point.row, point.column))
        self._look(point)

    def _look(self, point: Point) -> None:
        """Read the pixel under the pointer, or find the control point there, if the tool in hand does."""
        if self._toolbox.tool == "points":
            self.points.hover("here", (point.row, point.column), self._grip)
        if self._toolbox.tool != "inspect":
            return
        row, column = math.floor(point.row), math.floor(point.column)
        if self._document.mask.box.holds(row, column):
            self._inspection.look(row, column)
        else:
            self._inspection.leave()

    @property
    def _grip(self) -> float:
        """Pixels of the picture around a control point in which it is taken hold of."""
        return GRIP / self._aim.view().scale

    def escape(self) -> bool:
        """Drop what is being drawn, or the half of a pair of control points; whether there was anything."""
        gesture, self._aim.gesture = self._aim.gesture, None
        if gesture is not None:
            gesture.drop()
            self._aim.refresh()
        return gesture is not None or self.points.escape()

    def free(self) -> bool:
        """Let go of the pinned pixel and look at the one under the pointer; whether there was one."""
        pinned = self._inspection.pinned
        if pinned:
            self._inspection.free()
            self._look_again()
        return pinned

    # Gestures

    def _press(self, button: Qt.MouseButton, keys: Qt.KeyboardModifier, point: Point) -> bool:
        """Begin what the tool in hand does; whether it does anything."""
        if self.busy:
            return True
        tool, sizes = self._toolbox.tool, button == Qt.MouseButton.RightButton and keys & _ALT
        if button != Qt.MouseButton.LeftButton and not (sizes and tool in PAINTS):
            return False
        if tool == "inspect":
            self._inspect(point, alt=bool(keys & _ALT))
            return True
        if tool == "points":
            return self.points.press("here", (point.row, point.column), self._grip)
        gesture = self._begun(tool, point, keys, sizes=bool(sizes))
        if gesture is None:
            return False
        self._aim.gesture = gesture
        if isinstance(gesture, Painting):
            gesture.to(point)
        self._aim.refresh()
        return True

    def _begun(self, tool: str, point: Point, keys: Qt.KeyboardModifier, *, sizes: bool) -> Gesture | None:
        scale = self._aim.view().scale
        if sizes:
            return Sizing(self._toolbox, point, scale)
        if tool in SHAPES:
            return self._shaping(tool, point, alt=bool(keys & _ALT))
        if tool not in PAINTS:
            return None
        if not keys & _SHIFT:
            return self._painting(tool, alt=bool(keys & _ALT))
        sizing = Sizing(self._toolbox, point, scale)
        return Undecided(sizing, self._painting(tool, alt=bool(keys & _ALT), start=self._last), scale)

    def _painting(self, tool: str, *, alt: bool, start: Point | None = None) -> Painting:
        if tool == "area":
            return Painting(area_of(self._document, allow=not alt), self._aim.tip, start)
        erase = alt or tool == "eraser"
        return Painting(mask_of(self._document, tr("Erase") if erase else tr("Stroke"), erase=erase), self._aim.tip, start)

    def _shaping(self, tool: str, point: Point, *, alt: bool) -> Shaping:
        name, shape = (tr("Lasso"), Lasso) if tool == "lasso" else (tr("Rectangle"), Rectangle)
        return Shaping(mask_of(self._document, name, erase=alt), shape(point.row, point.column), point)

    def _to(self, point: Point) -> bool:
        if self.points.held is not None:
            self.points.move("here", (point.row, point.column))
            return True
        if self._aim.gesture is None:
            return False
        self._aim.gesture.to(point)
        self._aim.refresh()
        return True

    def _end(self, event: QMouseEvent | QTabletEvent | QKeyEvent) -> bool:
        """Release; a button that began nothing ends nothing."""
        gesture = self._aim.gesture
        pressed = event.buttons() if isinstance(event, QMouseEvent | QTabletEvent) else Qt.MouseButton.NoButton
        if self.points.held is not None:
            return bool(pressed & Qt.MouseButton.LeftButton) or self.points.release()
        if gesture is None or pressed & (Qt.MouseButton.RightButton if isinstance(gesture, Sizing) else Qt.MouseButton.LeftButton):
            return gesture is not None
        if isinstance(gesture, Sizing) or (isinstance(gesture, Undecided) and gesture.sizes):
            self._aim.leave_ring()
        self._aim.gesture = None
        gesture.end()
        self._remember(gesture)
        self._aim.refresh()
        return True

    def _remember(self, gesture: Gesture) -> None:
        """From where the next straight stroke is drawn."""
        line = gesture.line if isinstance(gesture, Undecided) else gesture
        if isinstance(line, Painting) and line.last is not None:
            self._last = line.last

    def _inspect(self, point: Point, *, alt: bool) -> None:
        """Pin the pixel, or forbid what it came from, and show the results of its fill."""
        row, column = math.floor(point.row), math.floor(point.column)
        if not self._document.mask.box.holds(row, column):
            return
        if alt:
            self._inspection.free()
            self._inspection.look(row, column)
            if not self._inspection.dimmed:
                self.not_from_here.emit()
            return
        self._inspection.pin(row, column)
        self.show_at(row, column)

    # Keys

    def _overrides(self, event: QKeyEvent) -> bool:
        """Enter takes a proposed point rather than fill, and Delete one away, while the canvas has the keyboard."""
        if self._toolbox.tool != "points":
            return False
        return (event.key() in ENTER and self.points.proposed is not None) or (event.key() in DELETE and self.points.touched is not None)

    def _point_key(self, event: QKeyEvent) -> bool:
        """What the keys do to control points; whether one was used."""
        key = Qt.Key(event.key())
        if key in ENTER:
            return self.points.accept()
        if key in DELETE:
            return self.points.delete()
        if key not in ARROWS or event.modifiers() & (_ALT | Qt.KeyboardModifier.ControlModifier):
            return False
        across, down = ARROWS[key]
        far = FAR if event.modifiers() & _SHIFT else 1
        return self.points.nudge(down * far, across * far)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Alt:
            self._aim.set_alt(held=True)
            return False
        if key == Qt.Key.Key_Escape:
            return self.escape() or self.free()
        if key == Qt.Key.Key_Insert:
            return self._insert(event)
        if self._toolbox.tool == "points" and self._point_key(event):
            return True
        if key in ARROWS and not event.modifiers() & (_ALT | Qt.KeyboardModifier.ControlModifier):
            return self._arrow(ARROWS[key], STRIDE if event.modifiers() & _SHIFT else 1)
        return key == Qt.Key.Key_Space and self._hold_shape(held=True)

    def _key_release(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Alt:
            self._aim.set_alt(held=False)
        if event.key() == Qt.Key.Key_I:
            if self.holds_inspect:
                self._toolbox.choose(self._back)
            self._since.invalidate()
        return event.key() == Qt.Key.Key_Space and self._hold_shape(held=False)

    def _hold_shape(self, *, held: bool) -> bool:
        """Move the shape that is being drawn as long as Space is down."""
        gesture = self._aim.gesture
        if isinstance(gesture, Shaping):
            gesture.held = held
        return gesture is not None

    def _arrow(self, way: tuple[int, int], stride: int) -> bool:
        """Move the pointer without a mouse; from the middle where it was not over the canvas."""
        view = self._aim.view()
        x, y = self._aim.spot or (view.width / 2, view.height / 2)
        x, y = min(max(x + way[0] * stride, 0.0), view.width), min(max(y + way[1] * stride, 0.0), view.height)
        self._aim.move_to(x, y, by_keys=True)
        point = Point(*view.to_picture(x, y))
        self._look(point)
        self._to(point)
        return True

    def _insert(self, event: QKeyEvent) -> bool:
        """Press the tool where the pointer is, or release it."""
        if self.busy:
            return self._end(event)
        place = self._aim.place
        return place is not None and not event.isAutoRepeat() and self._press(Qt.MouseButton.LeftButton, event.modifiers(), Point(*place))
