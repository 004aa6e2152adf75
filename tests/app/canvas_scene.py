"""A photograph on a real canvas, and the hand that draws on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from app.display import Display
from app.toolbox import Toolbox
from app.view.canvas.aim import Aim
from app.view.canvas.canvas import Canvas
from app.view.canvas.pointer import Pointer
from app.view.canvas.reticle import Reticle
from app.view.theme import DARK

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
NO_KEY, SHIFT, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
SIDE = 200


class Scene:
    """A canvas that shows a grey picture at 200 %, its corner in the canvas's corner."""

    def __init__(self, qtbot: QtBot, core: Core) -> None:
        self.core, self.document, self.inspection = core, core.document, core.inspection
        self.display, self.toolbox = Display(), Toolbox()
        self.canvas = Canvas(core.document, core.filling, self.display, self.toolbox, DARK)
        qtbot.addWidget(self.canvas)
        self.aim = Aim(core.document, self.toolbox, lambda: self.canvas.viewport)
        self.pointer = self.canvas.pointer = Pointer(core.document, self.toolbox, core.inspection, self.aim)
        self.canvas.layers += [Reticle(self.toolbox, self.aim)]
        self.canvas.resize(2 * SIDE, 2 * SIDE)
        self.canvas.show()
        qtbot.waitExposed(self.canvas)
        core.open(np.full((SIDE, SIDE, 3), 119, np.uint8))
        view = self.canvas.viewport.zoomed_to(2.0, 0, 0)
        self.canvas.set_viewport(view.panned(-view.left, -view.top))
        self.toolbox.set_size(10)

    @property
    def mask(self) -> np.ndarray:
        return self.document.mask.pixels

    @property
    def undoable(self) -> list[str]:
        return [edit.name for edit in self.document.history.done]

    def at(self, row: float, column: float) -> QPoint:
        return QPointF(*self.canvas.viewport.to_widget(row, column)).toPoint()

    def send(
        self, kind: QEvent.Type, place: tuple[float, float], button: Qt.MouseButton, held: Qt.MouseButton, keys: Qt.KeyboardModifier
    ) -> None:
        spot = QPointF(self.at(*place))
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, spot, self.canvas.mapToGlobal(spot), button, held, keys))

    def press(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT) -> None:
        self.send(QEvent.Type.MouseButtonPress, place, button, button, keys)

    def move(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, held: Qt.MouseButton = LEFT) -> None:
        self.send(QEvent.Type.MouseMove, place, NONE, held, keys)

    def release(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT) -> None:
        self.send(QEvent.Type.MouseButtonRelease, place, button, NONE, keys)

    def drag(self, *places: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY, button: Qt.MouseButton = LEFT) -> None:
        self.press(places[0], keys, button)
        for place in places[1:]:
            self.move(place, keys, button)
        self.release(places[-1], keys, button)

    def click(self, place: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.drag(place, keys=keys)

    def pen(self, kind: QEvent.Type, place: tuple[float, float], pressure: float, tip: QPointingDevice.PointerType) -> None:
        device = QPointingDevice(
            "pen", 1, QInputDevice.DeviceType.Stylus, tip, QInputDevice.Capability.Pressure, 1, 1
        )  # fmt: skip
        spot = QPointF(self.at(*place))
        held = NONE if kind == QEvent.Type.TabletRelease else LEFT
        button = NONE if kind == QEvent.Type.TabletMove else LEFT
        event = QTabletEvent(kind, device, spot, self.canvas.mapToGlobal(spot), pressure, 0, 0, 0, 0, 0, NO_KEY, button, held)
        QApplication.sendEvent(self.canvas, event)
