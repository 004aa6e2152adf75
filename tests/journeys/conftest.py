"""The whole window with its real engine, opened for each journey and closed as a user closes it."""

from __future__ import annotations

import gc
import os
import threading
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from app.application import application, opened
from app.view.window import Window
from tests.journeys.photographer import PATIENCE, Photographer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

MAY_OPEN = (Window, QMenu, QDialog)
ALSO = {"QTipLabel", "QComboBoxPrivateContainer"}
"""Of Qt's own: tooltips and the lists of combo boxes."""


class Shown(QObject):
    """Hears of everything that is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            kind = watched.metaObject().className()
            if not isinstance(watched, MAY_OPEN) and kind not in ALSO:
                self.strange.append(f"{kind} {watched.objectName()}")
        return False


def settings_in(folder: Path) -> None:
    """What a journey remembers is not what the user remembers."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
            QSettings.setPath(form, scope, str(folder))


def bury() -> None:
    """Let everything go that waits to be deleted."""
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture
def start(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Photographer]]:
    """Starts the program as its user does, with a photograph or without; whatever it leaves behind is a mistake."""
    settings_in(tmp_path_factory.mktemp("settings"))
    application()
    bury()
    before, threads, shown = set(map(id, QApplication.topLevelWidgets())), set(threading.enumerate()), Shown()
    qapp.installEventFilter(shown)
    there: list[Photographer] = []

    def begin(photo: Path | None = None) -> Photographer:
        window = opened(photo)
        window.activateWindow()
        with qtbot.waitActive(window):
            pass
        person = Photographer(qtbot, window, tmp_path)
        there.append(person)
        person.until(lambda: bool(window.desk.recipe.cards))
        return person

    yield begin
    for person in there:
        leave(person)
    there.clear()
    qapp.removeEventFilter(shown)
    bury()
    assert not shown.strange
    assert not [thread.name for thread in set(threading.enumerate()) - threads if thread.name in {"engine", "files"}]
    left = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in before]
    assert not [(widget.metaObject().className(), widget.objectName()) for widget in left]


@pytest.fixture
def person(start: Callable[..., Photographer]) -> Photographer:
    """Somebody before the window, nothing open, the engine ready."""
    return start()


def leave(person: Photographer) -> None:
    """Close the window, whatever is not saved, and end the program."""
    window = person.window
    while person.dialog is not None:
        person.dialog.reject()
    if window.isVisible():
        person.document.close()
        window.close()
        person.qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert window.desk.close()
    window.deleteLater()
    window.desk.deleteLater()
