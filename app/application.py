"""The program: one desk, one window, and what each action does with them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.desk import Desk
from app.view import style
from app.view.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def application() -> QApplication:
    """The Qt application, dressed; the one there is, or a new one."""
    there = QApplication.instance()
    made = there if isinstance(there, QApplication) else QApplication(sys.argv[:1])
    made.setApplicationName("Inlay")
    made.setOrganizationName("Inlay")
    style.dress(made)
    return made


def opened(photo: Path | None = None) -> Window:
    """A window that is shown, with a photograph where one is given. The engine is loaded once it has been drawn."""
    desk = Desk()
    window = Window(desk)
    window.show()
    if photo is None:
        _FirstSight(window, desk.filling.prepare)
    else:
        _prepare_after(desk)
        desk.filing.open(photo)
    return window


class _FirstSight(QObject):
    """Does something once a window has been drawn for the first time."""

    def __init__(self, window: Window, act: Callable[[], None]) -> None:
        super().__init__(window)
        self._act = act
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is inside a window is drawn in the same turn of the loop as the window; the act comes in the next."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._act)
        return False


def _prepare_after(desk: Desk) -> None:
    """Load the engine once the photograph is there, or is not to be had: both at once would keep it waiting."""

    def prepare() -> None:
        if not desk.filing.busy:
            desk.filing.changed.disconnect(prepare)
            desk.filling.prepare()

    desk.filing.changed.connect(prepare)


def run(photo: Path | None = None) -> int:
    """Open the window until it is closed. The exit code."""
    qt = application()
    window = opened(photo)
    code = qt.exec()
    window.desk.close()
    return code
