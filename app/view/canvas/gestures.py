"""What is under way between a press and its release: a stroke, a shape, a change of the brush's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app import sampling
from app.tools.mark import Mark, apply, cover, uncover, write
from app.tools.stroke import Point, Stroke
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from app.document import Document
    from app.sheet import Sheet
    from app.toolbox import Toolbox
    from app.tools.lasso import Lasso
    from app.tools.rectangle import Rectangle
    from app.tools.tip import Tip

HARDER = 200
"""Device-independent pixels up that make a soft brush hard."""

LEVEL = 12
"""Device-independent pixels that the hand may tremble up and down while it changes the size."""

STILL = 3
"""Device-independent pixels that the hand may tremble by in a click."""


class Gesture(Protocol):
    """Follows the pointer until it is released."""

    def to(self, point: Point) -> None:
        """The pointer moved."""
        ...

    def end(self) -> None:
        """It was released."""
        ...

    def drop(self) -> None:
        """Nothing is to come of it."""
        ...


@dataclass(frozen=True)
class Canvas:
    """What a gesture writes on: the mask, or the sampling area."""

    document: Document
    sheet: Sheet
    changed: SignalInstance
    name: str
    """What undo calls it."""
    mark: Mark

    def end(self) -> None:
        """What was written becomes one step of undo."""
        history = self.document.history
        before = history.done[-1:]
        self.document.committed(self.name)
        if history.done[-1:] == before:
            self.document.history_changed.emit()  # nothing is other than it was, but the gesture is over

    def drop(self) -> None:
        """Put back what stood there before the gesture."""
        change = self.sheet.done()
        if change is not None:
            self.sheet.toggle(change)
            self.changed.emit(change.box)
            self.document.history_changed.emit()


def mask_of(document: Document, name: str, *, erase: bool) -> Canvas:
    """The mask, to be painted on or taken away from."""
    return Canvas(document, document.mask, document.mask_changed, name, uncover if erase else cover)


def area_of(document: Document, *, allow: bool) -> Canvas:
    """The sampling area, in which texture is allowed or forbidden."""
    code = sampling.code(document.area.pixels, allow=allow)
    return Canvas(document, document.area, document.area_changed, tr("Sampling area"), write(code))


class Painting:
    """A stroke."""

    def __init__(self, on: Canvas, tip: Tip, start: Point | None = None) -> None:
        self._on = on
        self._stroke = Stroke(on.sheet, tip, on.mark)
        self._stroke.last = start

    @property
    def last(self) -> Point | None:
        """Its last stamp."""
        return self._stroke.last

    def to(self, point: Point) -> None:
        """Draw on."""
        for box in self._stroke.to(point):
            self._on.changed.emit(box)

    def end(self) -> None:
        """It becomes one step of undo."""
        self._on.end()

    def drop(self) -> None:
        """As if it had not been begun."""
        self._on.drop()


class Shaping:
    """A lasso or a rectangle; held, it is moved as a whole."""

    def __init__(self, on: Canvas, shape: Lasso | Rectangle, start: Point) -> None:
        self._on, self.shape, self._last = on, shape, start
        self.held = False

    def to(self, point: Point) -> None:
        """Draw on, or move."""
        if self.held:
            self.shape.move(point.row - self._last.row, point.column - self._last.column)
        else:
            self.shape.to(point.row, point.column)
        self._last = point

    def end(self) -> None:
        """It is closed and filled."""
        filled = self.shape.filled(self._on.sheet.box)
        box = apply(self._on.mark, self._on.sheet, *filled) if filled else None
        if box is not None:
            self._on.changed.emit(box)
            self._on.end()

    def drop(self) -> None:
        """Nothing was written yet."""


class Sizing:
    """The size of the brush, across, and its hardness, upwards; the ring stays where it was pressed."""

    def __init__(self, toolbox: Toolbox, start: Point, scale: float) -> None:
        self._toolbox, self.start, self._scale = toolbox, start, scale
        self._size, self._hardness = toolbox.size, toolbox.hardness

    def to(self, point: Point) -> None:
        """The ring's edge goes as far as the pointer does."""
        self._toolbox.set_size(round(max(1.0, self._size + 2 * (point.column - self.start.column))))
        up = (self.start.row - point.row) * self._scale
        up = up - LEVEL if up > LEVEL else min(0.0, up + LEVEL)
        self._toolbox.set_hardness(round(self._hardness + up / HARDER, 2))

    def end(self) -> None:
        """Both stay as they are now."""

    def drop(self) -> None:
        """Both are again what they were."""
        self._toolbox.set_size(self._size)
        self._toolbox.set_hardness(self._hardness)


class Undecided:
    """Pressed with Shift: a drag changes the size, a click draws a straight line."""

    def __init__(self, sizing: Sizing, line: Painting, scale: float) -> None:
        self._sizing, self.line, self._scale = sizing, line, scale
        self.sizes = False

    @property
    def start(self) -> Point:
        """Where it was pressed."""
        return self._sizing.start

    def to(self, point: Point) -> None:
        """Beyond a tremble it is a drag."""
        away = max(abs(point.row - self.start.row), abs(point.column - self.start.column)) * self._scale
        self.sizes = self.sizes or away > STILL
        if self.sizes:
            self._sizing.to(point)

    def end(self) -> None:
        """A click: the line is drawn."""
        if not self.sizes:
            self.line.to(self.start)
            self.line.end()

    def drop(self) -> None:
        """Neither."""
        self._sizing.drop()
