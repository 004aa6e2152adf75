"""A canvas in its window, and what is seen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from skimage import data

from app.display import Display
from app.toolbox import Toolbox
from app.view.canvas.canvas import Canvas
from app.view.theme import DARK
from engine.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

SIZE = 800, 600
NO_KEY = Qt.KeyboardModifier.NoModifier
PHOTOGRAPH = data.astronaut().repeat(2, 0).repeat(2, 1)


class Seen:
    """A canvas of a core, in a window, and what is seen in it."""

    def __init__(self, qtbot: QtBot, core: Core) -> None:
        self.qtbot, self.core, self.document = qtbot, core, core.document
        self.display, self.toolbox = Display(), Toolbox()
        self.canvas = Canvas(core.document, core.filling, self.display, self.toolbox, DARK)
        qtbot.addWidget(self.canvas)
        self.canvas.resize(*SIZE)
        self.canvas.show()
        qtbot.waitExposed(self.canvas)

    def open(self, pixels: NDArray[Any] = PHOTOGRAPH, **more: bytes) -> None:
        self.document.open(Picture(pixels.copy(), **more))

    def show_at(self, zoom: float, row: float = 0, column: float = 0) -> None:
        """Let that place of the picture stand in the canvas's corner."""
        view = self.canvas.viewport.zoomed_to(zoom, 0, 0)
        self.canvas.set_viewport(view.panned(-column * view.scale - view.left, -row * view.scale - view.top))

    def grabbed(self) -> NDArray[np.uint8]:
        self.settle()
        return rgb(self.canvas.grab().toImage())

    def settle(self) -> None:
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.canvas.is_fine)

    def place(self, row: float, column: float) -> QPoint:
        return QPointF(*self.canvas.viewport.to_widget(row, column)).toPoint()

    def click(self, place: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mouseClick(self.canvas, button, NO_KEY, place)

    def drag(self, start: QPoint, end: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        QTest.mousePress(self.canvas, button, NO_KEY, start)
        self.move((start + end) / 2)
        self.move(end)
        QTest.mouseRelease(self.canvas, button, NO_KEY, end)

    def move(self, place: QPoint) -> None:
        QTest.mouseMove(self.canvas, place)
        self.settle()

    def wheel(self, place: QPoint, angle: int, pixels: QPoint | None = None, phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase) -> None:
        at = QPointF(place)
        event = QWheelEvent(
            at, self.canvas.mapToGlobal(at), pixels or QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, NO_KEY, phase, False
        )
        QApplication.sendEvent(self.canvas, event)


class Tool:
    """A pointer that writes down what it hears, and uses all or nothing of it."""

    def __init__(self, *, uses: bool) -> None:
        self.uses, self.heard = uses, list[tuple[str, int, int]]()

    def event(self, kind: str, event: QEvent, row: float, column: float) -> bool:
        del event
        self.heard.append((kind, int(row), int(column)))
        return self.uses


def rgb(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
