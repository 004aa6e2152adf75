"""Files seen from the window: dropped on the first page, saved by keys, asked about when it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from skimage import data

from app.application import application
from app.application import opened as start
from app.choice import Candidate, Choice
from app.desk import Desk
from app.view.window import Window
from engine.geometry import Box
from engine.picture import Patch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

PATIENCE = 30_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    application()
    window = Window(Desk())
    window.show()
    qtbot.waitExposed(window)
    yield window
    ended(window)


def ended(window: Window) -> None:
    dialog = window.dialogs.current
    if dialog is not None:
        dialog.close()
    assert window.desk.close()
    window.hide()
    window.deleteLater()


def drop(window: Window, *paths: Path) -> None:
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), copy, held, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(6, 6), copy, held, left, none))


def photo(folder: Path) -> Path:
    Image.fromarray(data.astronaut()[:80, :120]).save(folder / "lake.png")
    return folder / "lake.png"


def opened(window: Window, path: Path, qtbot: QtBot) -> None:
    drop(window, path)
    qtbot.waitUntil(lambda: window.canvas.isVisible() and not window.desk.filing.busy, timeout=PATIENCE)


def changed(window: Window) -> None:
    box = Box(4, 4, 6, 6)
    candidate = Candidate(Patch(0, box, np.full((6, 6, 3), 9, np.uint8)), (), "telea", "Telea", 0, 0.1)
    window.desk.document.stand([(Choice(1, box, np.full((6, 6), 255, np.uint8), [candidate]), 0)], "Fill")


def test_a_bad_file_is_told_on_the_first_page_until_a_good_one_comes(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"words")
    drop(window, tmp_path / "bad.jpg")
    qtbot.waitUntil(window.start.message.isVisible, timeout=PATIENCE)
    assert window.start.message.sentence.text() == "bad.jpg is not a picture Inlay knows; give it a JPEG, PNG, TIFF or WebP."
    opened(window, photo(tmp_path), qtbot)
    assert window.windowTitle().startswith("lake.png")
    assert window.start.message.isHidden()


def test_a_bad_file_leaves_the_open_photograph_where_it_is(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    opened(window, photo(tmp_path), qtbot)
    drop(window, tmp_path / "gone.jpg")
    qtbot.waitUntil(window.footer.message.isVisible, timeout=PATIENCE)
    assert "There is no file" in window.footer.message.sentence.text()
    assert window.canvas.isVisible()
    assert window.windowTitle().startswith("lake.png")


def test_a_window_without_changes_closes_at_once(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    opened(window, photo(tmp_path), qtbot)
    window.close()
    qtbot.waitUntil(window.isHidden, timeout=PATIENCE)
    assert window.desk.settings.geometry(window.screen().name()) is not None


@pytest.mark.parametrize(("words", "stays"), [("Cancel", True), ("Discard", False)])
def test_changes_are_asked_about_before_the_window_closes(window: Window, tmp_path: Path, qtbot: QtBot, words: str, stays: bool) -> None:
    opened(window, photo(tmp_path), qtbot)
    changed(window)
    window.close()
    qtbot.waitUntil(lambda: isinstance(window.dialogs.current, QMessageBox), timeout=PATIENCE)
    box = window.dialogs.current
    assert isinstance(box, QMessageBox)
    assert box.text() == "Save changes to lake.png?"
    QTest.mouseClick(next(one for one in box.buttons() if one.text() == words), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.dialogs.current is None, timeout=PATIENCE)
    if stays:
        assert window.isVisible()
    else:
        qtbot.waitUntil(window.isHidden, timeout=PATIENCE)


def test_ctrl_s_asks_for_a_name_once_and_says_what_it_did(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    opened(window, photo(tmp_path), qtbot)
    changed(window)
    assert window.isWindowModified()
    QTest.keyClick(window.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(window.dialogs.current, QFileDialog), timeout=PATIENCE)
    dialog = window.dialogs.current
    assert isinstance(dialog, QFileDialog)
    dialog.done(QFileDialog.DialogCode.Accepted)
    saved = tmp_path / "lake-inlay.png"
    qtbot.waitUntil(lambda: not window.desk.filing.busy and saved.exists(), timeout=PATIENCE)
    assert window.status.message.text == "Saved lake-inlay.png. 0 pixels changed outside the mask."
    assert not window.isWindowModified()
    before = saved.stat().st_mtime_ns
    changed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    QTest.keyClick(window.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.desk.filing.busy and saved.stat().st_mtime_ns > before, timeout=PATIENCE)
    assert window.dialogs.current is None


@pytest.mark.parametrize("there", [True, False])
def test_the_engine_is_loaded_once_the_given_photograph_is_open_or_cannot_be(tmp_path: Path, qtbot: QtBot, there: bool) -> None:
    path = photo(tmp_path)
    if not there:
        path.unlink()
    application()
    window = start(path)
    assert not window.desk.recipe.cards
    qtbot.waitUntil(lambda: bool(window.desk.recipe.cards), timeout=60_000)
    assert window.windowTitle().startswith("lake.png") == there
    ended(window)
