"""The real window, driven by mouse, wheel and key events, with an eye on when its canvas has been painted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest

from app.application import application, opened
from engine.evaluation.memory import resident
from engine.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from engine.geometry import Box

CANVAS = (1600, 1000)
"""Width and height of the canvas in all that is timed by the frame."""
_PATIENCE = 10.0
_NO_BUTTON, _LEFT, _NO_KEY = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Eye(QObject):
    """Counts how often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look at an event and let it pass."""
        if event.type() == QEvent.Type.Paint:
            self.seen += 1
        return False


class Driver:
    """A window that is shown, and hands for it."""

    def __init__(self) -> None:
        self.qt = application()
        self.window = opened()
        self.desk, self.canvas = self.window.desk, self.window.canvas
        self.eye = Eye(self.canvas)
        self.worked: list[float] = []
        """Seconds that this thread worked in each act that was timed: what would be left on an idle machine."""

    # Waiting

    def until(self, reached: Callable[[], object], seconds: float = 120.0) -> float:
        """Let the window live until something holds; the seconds it took."""
        begun = time.perf_counter()
        while not reached():
            self.qt.processEvents()
            if time.perf_counter() - begun > seconds:
                raise TimeoutError(f"not reached in {seconds:.0f} s: {reached}")
            time.sleep(0.0002)
        return time.perf_counter() - begun

    def prepared(self) -> None:
        """Wait for the engine."""
        self.until(lambda: self.desk.recipe.cards)

    def still(self, seconds: float = 0.3) -> None:
        """Wait until the canvas has not been painted for a while."""
        seen, since = -1, time.perf_counter()
        while time.perf_counter() - since < seconds:
            self.qt.processEvents()
            if self.eye.seen != seen:
                seen, since = self.eye.seen, time.perf_counter()
            time.sleep(0.001)

    def timed(self, act: Callable[[], object]) -> float:
        """Seconds from before an act until the canvas has been painted after it."""
        seen, begun, before = self.eye.seen, time.perf_counter(), time.thread_time()
        act()
        while self.eye.seen == seen:
            self.qt.processEvents()
            if time.perf_counter() - begun > _PATIENCE:
                raise TimeoutError(f"nothing was painted after {act}")
        self.worked.append(time.thread_time() - before)
        return time.perf_counter() - begun

    # Hands

    def size_canvas(self, width: int = CANVAS[0], height: int = CANVAS[1]) -> None:
        """Make the window as large as gives the canvas that size."""
        for _ in range(3):
            self.window.resize(self.window.width() + width - self.canvas.width(), self.window.height() + height - self.canvas.height())
            self.still(0.1)

    def show(self, pixels: np.ndarray) -> None:
        """Open a picture that is no file."""
        self.desk.document.open(Picture(pixels))
        self.still()

    def mouse(self, kind: QEvent.Type, place: QPointF, *, pressed: bool = True, button: Qt.MouseButton = _LEFT) -> None:
        """Send a mouse event to the canvas."""
        changed = _NO_BUTTON if kind == QEvent.Type.MouseMove else button
        held = button if pressed and kind != QEvent.Type.MouseButtonRelease else _NO_BUTTON
        event = QMouseEvent(kind, place, QPointF(self.canvas.mapToGlobal(place.toPoint())), changed, held, _NO_KEY)
        self.qt.sendEvent(self.canvas, event)

    def wheel(self, place: QPointF, notches: int) -> None:
        """Turn the wheel over the canvas."""
        where = QPointF(self.canvas.mapToGlobal(place.toPoint()))
        event = QWheelEvent(place, where, QPoint(), QPoint(0, 120 * notches), _NO_BUTTON, _NO_KEY, Qt.ScrollPhase.NoScrollPhase, False)
        self.qt.sendEvent(self.canvas, event)

    def drag(self, places: Sequence[QPointF], *, button: Qt.MouseButton = _LEFT) -> list[float]:
        """Press at the first place, move over the others, let go; seconds from each move to its painting."""
        self.mouse(QEvent.Type.MouseMove, places[0], pressed=False)
        self.mouse(QEvent.Type.MouseButtonPress, places[0], button=button)
        self.still(0.05)
        spent = [self.timed(lambda place=place: self.mouse(QEvent.Type.MouseMove, place, button=button)) for place in places[1:]]
        self.mouse(QEvent.Type.MouseButtonRelease, places[-1], button=button)
        return spent

    def key(self, key: Qt.Key) -> None:
        """Press a key and let it go, where the canvas hears it."""
        QTest.keyClick(self.canvas, key)

    def paint_over(self, box: Box) -> None:
        """Brush over an upright box of the picture in one stroke as wide as the box."""
        view = self.canvas.viewport
        shown = view.rect(box)
        self.desk.toolbox.choose("brush")
        self.desk.toolbox.set_hardness(1.0)
        self.desk.toolbox.set_size(float(box.width))
        inner = shown.height() / 2 - shown.width() / 2
        places = [QPointF(shown.center().x(), shown.center().y() + inner * share) for share in np.linspace(-1, 1, 12)]
        self.drag(places)

    # What there is

    @property
    def memory(self) -> float:
        """MiB of memory that is this process's own: what it made, and not what it has loaded together with others."""
        return resident("RssAnon")


def wavy(places: int, width: float, height: float) -> list[QPointF]:
    """A winding way over the middle of an area."""
    at = np.linspace(0, 1, places)
    across, down = 0.15 + 0.7 * at, 0.5 + 0.3 * np.sin(9 * at)
    return [QPointF(x * width, y * height) for x, y in zip(across, down, strict=True)]


def compiled() -> int:
    """How many kernels this process had to compile because they were kept nowhere."""
    from engine.ops import gradients, patches  # noqa: PLC0415

    kernels = [one for module in (patches, gradients) for one in vars(module).values() if hasattr(one, "stats")]
    return sum(sum(one.stats.cache_misses.values()) for one in kernels)
