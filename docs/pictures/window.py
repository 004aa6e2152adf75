"""Draws the manual's pictures beside itself: `python docs/pictures/window.py`.

The real window is driven by real mouse and key events on the sample scene. Where there is no screen: `QT_QPA_PLATFORM=offscreen`.
"""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QPoint, QSettings, Qt
from PySide6.QtTest import QTest

from app.application import application, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.view.window import Window

HERE = Path(__file__).resolve().parent
SIZE = 1280, 800
FILLED = 850, 1000
"""Row and column of a pixel of the sample scene's hole, before a column."""
QUALITY = 88


class Tour:
    """The window, and what a visitor does with it."""

    def __init__(self, window: Window) -> None:
        self.window, self.desk = window, window.desk

    def until(self, done: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        patience = QDeadlineTimer(60_000)
        while not done():
            if patience.hasExpired():
                raise TimeoutError("the window did not come so far")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    def picture(self, name: str) -> None:
        """Wait until all is drawn, and keep it."""
        calm = QDeadlineTimer(400)
        self.until(lambda: calm.hasExpired() and self.window.canvas.is_fine)
        self.window.grab().toImage().save(str(HERE / f"window-{name}.jpg"), "JPG", QUALITY)

    def at(self, row: float, column: float) -> QPoint:
        """Where a pixel of the scene is seen."""
        x, y = self.window.canvas.viewport.to_widget(row, column)
        return QPoint(round(x), round(y))

    def key(self, key: Qt.Key) -> None:
        """Press a key over the canvas."""
        QTest.keyClick(self.window.canvas, key)

    def over(self, row: float, column: float) -> None:
        """Move the pointer there."""
        for step in (1, 0):
            QTest.mouseMove(self.window.canvas, self.at(row + step, column + step))


def main() -> None:
    """Go round."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
    application()
    tour = Tour(opened())
    window, desk = tour.window, tour.desk
    window.resize(*SIZE)
    tour.until(lambda: bool(desk.recipe.cards))
    tour.picture("start")
    window.start.sample_requested.emit()
    tour.until(lambda: bool(desk.document.holes()))
    tour.over(*FILLED)
    tour.picture("paint")
    tour.key(Qt.Key.Key_Return)
    tour.until(lambda: bool(desk.document.choices))
    tour.key(Qt.Key.Key_I)
    tour.over(*FILLED)
    desk.inspection.set_layer("field")
    tour.picture("evidence")
    tour.key(Qt.Key.Key_H)
    desk.inspection.set_layer(None)
    tour.key(Qt.Key.Key_Y)
    desk.display.set("split_at", FILLED[1] / 1600)
    tour.picture("split")
    desk.close()


if __name__ == "__main__":
    main()
