"""A photograph and a reference of which it is known what matches, side by side in a real window, and the hand that points at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from skimage import data

from app.display import Display
from app.toolbox import Toolbox
from app.view.canvas.aim import Aim
from app.view.canvas.canvas import Canvas
from app.view.canvas.findings import EvidenceLayer
from app.view.canvas.overlay import Overlay
from app.view.canvas.pointer import Pointer
from app.view.canvas.reticle import Reticle
from app.view.canvas.views import Views
from app.view.panel.excerpts import Excerpts
from app.view.theme import DARK
from engine.geometry import Box, Window
from engine.picture import Picture
from engine.reference import Match
from tests.app.seen import rgb

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from app.companion import Companion
    from app.view.canvas.link import Spot
    from app.view.canvas.pane import Pane
    from tests.app.conftest import Core

LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
NO_KEY = Qt.KeyboardModifier.NoModifier
PHOTOGRAPH = data.astronaut()
TOP, LEFT_CUT, SHRUNK = 40, 60, 2
"""The reference is a part of the photograph at half its size."""
REFERENCE = np.ascontiguousarray(
    PHOTOGRAPH[TOP : TOP + 440, LEFT_CUT : LEFT_CUT + 400].reshape(220, 2, 200, 2, 3).mean(axis=(1, 3)).astype(np.uint8)
)


def there(spot: Spot) -> Spot:
    """Where a place of the photograph lies in the reference, both counted from their corners."""
    return (spot[0] - TOP) / SHRUNK, (spot[1] - LEFT_CUT) / SHRUNK


def matched(name: str, score: float = 0.8) -> Match:
    """What the engine would find."""
    window = Window(Box.whole(PHOTOGRAPH.shape), (16, 16))
    centres = (np.indices((16, 16)).transpose(1, 2, 0) + 0.5) * 32
    pairs = np.random.default_rng(0).uniform(80, 430, (400, 2))
    both = np.concatenate([pairs - 0.5, np.array([there((row, column)) for row, column in pairs]) - 0.5], axis=1)
    grid = (centres - (TOP, LEFT_CUT)) / SHRUNK - 0.5
    return Match(name, score, 400, 1.0, both.astype(np.float32), window, grid.astype(np.float32))


class Paired:
    """The canvas among its views, with all that is drawn on it."""

    def __init__(self, qtbot: QtBot, core: Core) -> None:
        self.qtbot, self.core, self.document = qtbot, core, core.document
        self.references = core.document.references
        self.display, self.toolbox = Display(), Toolbox()
        document, filling, inspection = core.document, core.filling, core.inspection
        self.canvas = Canvas(document, filling, self.display, self.toolbox, DARK)
        self.aim = Aim(document, self.toolbox, lambda: self.canvas.viewport)
        self.pointer = self.canvas.pointer = Pointer(document, self.toolbox, inspection, self.aim)
        self.aim.changed.connect(lambda: self.canvas.set_tool_cursor(self.aim.cursor))
        excerpt = Excerpts(document).part
        self.views = Views(
            self.canvas, document, filling, inspection, self.display, self.toolbox, self.aim, self.pointer.points, excerpt, DARK
        )
        qtbot.addWidget(self.views)
        layers = EvidenceLayer(document, inspection, self.display), Overlay(document, filling, core.recipe, self.display, self.toolbox)
        self.layers = (*layers, *self.views.layers, Reticle(self.toolbox, self.aim))
        self.canvas.layers += self.layers
        for layer in self.layers:
            layer.stale.connect(self.canvas.update_box)
        self.beside, self.side, self.points = self.views.beside, self.views.side, self.pointer.points
        self.views.resize(1002, 628)
        self.views.show()
        qtbot.waitExposed(self.views)
        self.document.open(Picture(PHOTOGRAPH.copy()))

    def add(self, path: Path, *, match: bool = True) -> Companion:
        """One more reference, beside the photograph."""
        companion = self.references.add(Picture(REFERENCE.copy()), path)
        if match:
            self.references.set_matches({companion: matched(companion.name)})
        self.display.set("compare", "side")
        self.settle()
        return companion

    def settle(self) -> None:
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.canvas.is_fine and self.beside.is_fine and not self.beside.waits)
        QApplication.processEvents()

    def show_at(self, zoom: float, spot: Spot) -> None:
        """Let a place of the photograph stand in the middle of its view."""
        view = self.canvas.viewport.zoomed_to(zoom, 0, 0)
        x, y = view.to_widget(*spot)
        self.canvas.set_viewport(view.panned(view.width / 2 - x, view.height / 2 - y))
        self.settle()

    def at(self, pane: Pane, spot: Spot) -> QPointF:
        return QPointF(*pane.viewport.to_widget(*spot))

    def grabbed(self, pane: Pane) -> NDArray[np.uint8]:
        self.settle()
        return rgb(pane.grab().toImage())

    def _send(self, pane: Pane, kind: QEvent.Type, spot: Spot, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        place = self.at(pane, spot)
        QApplication.sendEvent(pane, QMouseEvent(kind, place, pane.mapToGlobal(place), button, held, NO_KEY))

    def move(self, pane: Pane, spot: Spot, held: Qt.MouseButton = NONE) -> None:
        """The pointer goes there; it leaves the other view."""
        for other in {self.canvas, self.beside} - {pane}:
            QApplication.sendEvent(other, QEvent(QEvent.Type.Leave))
        self._send(pane, QEvent.Type.MouseMove, spot, NONE, held)

    def press(self, pane: Pane, spot: Spot, button: Qt.MouseButton = LEFT) -> None:
        self.move(pane, spot)
        self._send(pane, QEvent.Type.MouseButtonPress, spot, button, button)

    def release(self, pane: Pane, spot: Spot, button: Qt.MouseButton = LEFT) -> None:
        self._send(pane, QEvent.Type.MouseButtonRelease, spot, button, NONE)

    def click(self, pane: Pane, spot: Spot) -> None:
        self.press(pane, spot)
        self.release(pane, spot)

    def drag(self, pane: Pane, start: Spot, end: Spot, button: Qt.MouseButton = LEFT) -> None:
        begin, to = self.at(pane, start), self.at(pane, end)
        self.press(pane, start, button)
        for place in ((begin + to) / 2, to):  # by places of the view: the picture may move along
            QApplication.sendEvent(pane, QMouseEvent(QEvent.Type.MouseMove, place, pane.mapToGlobal(place), NONE, button, NO_KEY))
        QApplication.sendEvent(pane, QMouseEvent(QEvent.Type.MouseButtonRelease, to, pane.mapToGlobal(to), button, NONE, NO_KEY))

    def wheel(self, pane: Pane, spot: Spot, notches: int) -> None:
        place = self.at(pane, spot)
        event = QWheelEvent(
            place, pane.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), NONE, NO_KEY, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(pane, event)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        self.canvas.setFocus()
        self.qtbot.keyClick(self.canvas, key, modifier)
