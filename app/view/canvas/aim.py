"""Where the pointer is, and what it would do there: what its marks and its cursor follow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QCursor

from app.tools.tip import Tip
from app.view.canvas import cursors
from app.view.canvas.fade import Fade
from app.view.canvas.gestures import Gesture, Shaping, Sizing, Undecided
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.document import Document
    from app.toolbox import Toolbox
    from app.view.canvas.viewport import Viewport

PAINTS, SHAPES = ("brush", "eraser", "area"), ("lasso", "rectangle")

LINE = 6
"""Device-independent pixels that lines reach beyond what they go round."""


class Aim(QObject):
    """The pointer over the canvas. It is kept in the canvas's x and y, as the picture may move under it."""

    changed = Signal()
    """The cursor may be another one, or the pixel under it."""
    stale = Signal(object, int)
    """As of `Overlay`."""

    def __init__(self, document: Document, toolbox: Toolbox, view: Callable[[], Viewport], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._toolbox, self.view = document, toolbox, view
        self.spot: tuple[float, float] | None = None
        """x and y; None: not over the canvas."""
        self.by_keys = False
        """Whether the arrow keys moved it there, so that no cursor shows where."""
        self.alt = False
        self.gesture: Gesture | None = None
        self._marked: list[Box] = []
        self.fade = Fade(self)
        self.left: tuple[float, float] | None = None
        """Row and column of a ring that fades, where the size was changed."""
        self.fade.stepped.connect(self.refresh)
        self.fade.gone.connect(self._left)
        document.opened.connect(self._opened)
        toolbox.changed.connect(self.refresh)

    @property
    def place(self) -> tuple[float, float] | None:
        """Row and column in the picture."""
        return self.view().to_picture(*self.spot) if self.spot else None

    @property
    def tip(self) -> Tip:
        """The brush's."""
        return Tip(self._toolbox.size, self._toolbox.hardness)

    @property
    def erases(self) -> bool:
        """Whether a press would take away."""
        return self._toolbox.tool == "eraser" or (self.alt and self._toolbox.tool in PAINTS + SHAPES)

    @property
    def excludes(self) -> bool:
        """Whether a press would say "not from here"."""
        return self.alt and self._toolbox.tool == "inspect"

    @property
    def ring(self) -> tuple[float, float] | None:
        """Row and column around which the brush's ring stands; while its size is changed, where that began."""
        if self._toolbox.tool not in PAINTS or self._document.photograph is None:
            return None
        if isinstance(self.gesture, Sizing | Undecided):
            return self.gesture.start.row, self.gesture.start.column
        return self.place

    @property
    def corners(self) -> list[tuple[float, float]]:
        """Rows and columns of the shape that is being drawn."""
        return self.gesture.shape.corners if isinstance(self.gesture, Shaping) else []

    @property
    def cursor(self) -> QCursor:
        """The cursor of the tool in hand."""
        if self._document.photograph is None or self._toolbox.tool == "hand":
            return QCursor(Qt.CursorShape.ArrowCursor)
        return cursors.cross(self.view().ratio, minus=self.erases)

    @Slot()
    def _opened(self) -> None:
        self.gesture, self.left = None, None
        self.fade.stop()
        self.refresh()

    def move_to(self, x: float, y: float, *, by_keys: bool = False) -> None:
        """It is there now."""
        self.spot, self.by_keys = (x, y), by_keys
        self.refresh()

    def leave(self) -> None:
        """It is no longer over the canvas, unless the keys moved it."""
        if not self.by_keys:
            self.spot = None
            self.refresh()

    def set_alt(self, *, held: bool) -> None:
        """Alt was pressed or released."""
        if held != self.alt:
            self.alt = held
            self.refresh()

    def leave_ring(self) -> None:
        """The size is changed: the ring that showed it fades."""
        self.left = self.ring if self.fade.begin() else None

    @Slot()
    def _left(self) -> None:
        self.left = None
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw the marks where they are now, and no more where they were."""
        before, self._marked = self._marked, list(self._marks())
        for box in {*before, *self._marked}:
            self.stale.emit(box, LINE)
        self.changed.emit()

    def _marks(self) -> Iterable[Box]:
        if self.ring is not None:
            yield _around([self.ring], self._toolbox.size / 2)
        if self.left is not None:
            yield _around([self.left], self._toolbox.size / 2)
        if self.by_keys and self.place is not None:
            yield _around([self.place], 0)
        if self.corners:
            yield _around(self.corners, 0)


def _around(places: list[tuple[float, float]], radius: float) -> Box:
    """The box around places of the picture, and so far beyond."""
    rows, columns = zip(*places, strict=True)
    top, left = math.floor(min(rows) - radius), math.floor(min(columns) - radius)
    return Box(top, left, math.ceil(max(rows) + radius) - top + 1, math.ceil(max(columns) + radius) - left + 1)
