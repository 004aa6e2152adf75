"""Somebody at the window: what a hand does with a mouse and a keyboard, and what an eye sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QMessageBox

from engine.geometry import Place

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QDialog, QWidget
    from pytestqt.qtbot import QtBot

    from app.choice import Choice
    from app.message import Message
    from app.view.window import Window

KEY = Qt.Key
NONE, SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
PATIENCE = 10_000
"""Milliseconds; nothing waits that long but a test that fails."""


class Photographer:
    """Works with one window, by events alone."""

    def __init__(self, qtbot: QtBot, window: Window, folder: Path) -> None:
        self.qtbot, self.window, self.folder = qtbot, window, folder
        self.desk, self.canvas, self.document = window.desk, window.canvas, window.desk.document
        self.filling, self.display, self.toolbox = window.desk.filling, window.desk.display, window.desk.toolbox
        self.said: list[Message] = []
        for speaks in (window.desk.filling, window.desk.filing, window.desk.adding, window.desk.exporting, window.desk.matching):
            speaks.said.connect(self.said.append)

    # Files

    def file(self, pixels: NDArray[Any], name: str = "meadow.png", **more: Any) -> Path:
        """A photograph in a file."""
        path = self.folder / name
        Image.fromarray(pixels).save(path, **more)
        return path

    def open(self, photograph: Path | NDArray[Any]) -> None:
        """Open a file, or a photograph made of pixels."""
        path = photograph if not isinstance(photograph, np.ndarray) else self.file(photograph)
        self.desk.filing.open(path)
        self.until(lambda: self.has(path))

    def has(self, path: Path) -> bool:
        """Whether that file is open."""
        return self.document.photograph is not None and self.document.photograph.path == path

    # Waiting

    def until(self, done: Any) -> None:
        """Let time pass until something is so."""
        self.qtbot.waitUntil(done, timeout=PATIENCE)

    def idle(self) -> None:
        """Until nothing runs and nothing is read or written."""
        self.until(lambda: not (self.filling.running or self.desk.filing.busy or self.desk.adding.busy))

    def settle(self) -> None:
        """Until all is drawn."""
        QApplication.processEvents()
        self.until(lambda: self.canvas.is_fine)

    # The hand

    def at(self, row: float, column: float) -> QPoint:
        """Where the middle of a pixel lies in the canvas."""
        x, y = self.canvas.viewport.to_widget(row + 0.5, column + 0.5)
        return QPoint(round(x), round(y))

    def move(self, row: float, column: float) -> None:
        """Move the pointer there."""
        QTest.mouseMove(self.canvas, self.at(row, column))
        QApplication.processEvents()

    def press(self, row: float, column: float, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        """Press there."""
        QTest.mousePress(self.canvas, button, keys, self.at(row, column))

    def release(self, row: float, column: float, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        """Let go there."""
        QTest.mouseRelease(self.canvas, button, keys, self.at(row, column))

    def click(self, row: float, column: float, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press and let go."""
        QTest.mouseClick(self.canvas, LEFT, keys, self.at(row, column))

    def drag(self, *places: tuple[float, float], keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        """From place to place with a button down."""
        self.press(*places[0], keys, button)
        for place in places[1:]:
            QTest.mouseMove(self.canvas, self.at(*place))
        self.release(*places[-1], keys, button)

    def paint(self, *places: tuple[float, float], size: float | None = None, keys: Qt.KeyboardModifier = NONE) -> None:
        """A stroke of the brush."""
        if size is not None:
            self.toolbox.set_size(size)
        self.drag(*places, keys=keys)

    def wheel(self, place: QPoint, notches: int) -> None:
        """Turn the wheel there."""
        spot = QPointF(place)
        event = QWheelEvent(
            spot,
            QPointF(self.canvas.mapToGlobal(place)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)

    def key(self, key: Qt.Key | str, keys: Qt.KeyboardModifier = NONE) -> None:
        """A key, into whatever has the focus."""
        QTest.keyClick(self.window.windowHandle(), key, keys)

    def hold(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        """A key goes down."""
        QTest.keyPress(self.window.windowHandle(), key, keys)

    def let_go(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        """A key comes up."""
        QTest.keyRelease(self.window.windowHandle(), key, keys)

    def do(self, name: str) -> None:
        """Choose an action of a menu."""
        action = self.desk.actions[name]
        assert action.isEnabled(), name
        action.trigger()

    def fill(self) -> Choice:
        """Enter, and wait; what came of it."""
        before = list(self.document.choices)
        self.key(KEY.Key_Return)
        self.idle()
        choice = self.document.shown
        assert choice is not None, self.last
        assert choice not in before, self.last
        return choice

    # Dialogs

    @property
    def dialog(self) -> QDialog | None:
        """The one that is open."""
        return self.window.dialogs.current

    def asked(self) -> str:
        """What is asked."""
        self.until(lambda: isinstance(self.dialog, QMessageBox))
        dialog = self.dialog
        assert isinstance(dialog, QMessageBox)
        return dialog.text()

    def answer(self, words: str) -> None:
        """Press the button of a question."""
        self.asked()
        dialog = self.dialog
        assert dialog is not None
        button = next(one for one in dialog.findChildren(QAbstractButton) if one.text().replace("&", "") == words)
        QTest.mouseClick(button, LEFT)
        self._back(dialog)

    def name(self, path: Path | None = None) -> Path:
        """Answer to which file: that name, or the one that is proposed, which is returned."""
        self.until(lambda: isinstance(self.dialog, QFileDialog))
        dialog = self.dialog
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        proposed = dialog.directory().absoluteFilePath(field.text())
        if path is not None:
            field.setText(str(path))
        QTest.keyClick(field, KEY.Key_Return)
        self._back(dialog)
        return type(self.folder)(proposed)

    def _back(self, dialog: QDialog) -> None:
        """A dialog is gone, and the window takes keys again unless another one came."""
        self.until(lambda: self.dialog is not dialog)
        window = self.window
        if self.dialog is None and window.isVisible():
            window.activateWindow()  # what a window manager does
            self.until(lambda: QApplication.activeWindow() is window or self.dialog is not None or not window.isVisible())

    # The eye

    @property
    def pixels(self) -> NDArray[Any]:
        """The photograph as it is now; a copy."""
        photograph = self.document.photograph
        assert photograph is not None
        return photograph.pixels(photograph.box).copy()

    @property
    def painted(self) -> NDArray[np.uint8]:
        """The mask; a copy."""
        return self.document.mask.pixels.copy()

    @property
    def last(self) -> str:
        """What was said last."""
        return self.said[-1].text if self.said else ""

    def colour(self, row: float, column: float) -> tuple[int, int, int]:
        """What is seen of a pixel."""
        self.settle()
        seen = self.canvas.grab().toImage().pixelColor(self.at(row, column) * self.canvas.devicePixelRatioF())
        return seen.red(), seen.green(), seen.blue()

    def seen(self, widget: QWidget | None = None) -> NDArray[np.uint8]:
        """All that is seen, (H, W, 3)."""
        self.settle()
        image = (widget or self.canvas).grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        return lines[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def differing(one: NDArray[Any], two: NDArray[Any]) -> NDArray[np.bool_]:
    """(H, W): where two pictures are not the same."""
    different = one != two
    return different.any(axis=2) if different.ndim == 3 else different


def came_from(choice: Choice) -> set[tuple[int, int]]:
    """Where every third pixel of a fill came from."""
    candidate, found = choice.candidates[-1], set[tuple[int, int]]()
    for row, column in np.argwhere(choice.hole)[::3]:
        place = Place.pixel(choice.box.top + int(row), choice.box.left + int(column))
        for evidence in candidate.evidence:
            found |= {(one.place.box.top, one.place.box.left) for one in evidence.sources(place)}
    return found
