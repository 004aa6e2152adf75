"""What is asked in windows of their own, answered by keys and clicks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QMenu, QMessageBox, QWidget
from skimage import data

from app.actions import Actions
from app.adding import Adding
from app.choice import Candidate, Choice
from app.document import Document
from app.filing import Filing
from app.question import Question
from app.runner import Runner
from app.settings import Settings
from app.view.dialogs import Dialogs
from app.view.recent import keep_recent
from engine.files import open_picture
from engine.geometry import Box
from engine.picture import Patch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

PATIENCE = 30_000


@dataclass
class Desk:
    qtbot: QtBot
    document: Document
    filing: Filing
    actions: Actions
    window: QWidget
    dialogs: Dialogs
    said: list[str] = field(default_factory=list)

    def shown(self, kind: type[Any]) -> Any:
        """The dialog that is open."""
        assert isinstance(self.dialogs.current, kind)
        self.qtbot.waitUntil(self.dialogs.current.isVisible, timeout=PATIENCE)
        return self.dialogs.current

    def file(self, path: Path) -> None:
        """Type a name into the file dialog, and press Enter."""
        dialog = self.shown(QFileDialog)
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        edit.setText(str(path))
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.gone(dialog)

    def click(self, words: str) -> None:
        """A button of the question."""
        box = self.shown(QMessageBox)
        button = next(one for one in box.buttons() if one.text() == words)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.gone(box)

    def escape(self) -> None:
        dialog = self.shown(QDialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        self.gone(dialog)

    def gone(self, dialog: QDialog) -> None:
        """It may have made place for another one."""
        self.qtbot.waitUntil(lambda: self.dialogs.current is not dialog, timeout=PATIENCE)

    def idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.filing.busy, timeout=PATIENCE)

    def change(self) -> None:
        box = Box(4, 4, 6, 6)
        candidate = Candidate(Patch(0, box, np.full((6, 6, 3), 9, np.uint8)), (), "telea", "Telea", 0, 0.1)
        self.document.stand([(Choice(1, box, np.full((6, 6), 255, np.uint8), [candidate]), 0)], "Fill")


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    document, files, actions = Document(window), Runner("files", window), Actions(window)
    filing = Filing(document, files, Settings(), window)
    made = Desk(qtbot, document, filing, actions, window, Dialogs(window, filing, Adding(document, files, window), actions))
    filing.said.connect(lambda message: made.said.append(message.text))
    yield made
    if made.dialogs.current is not None:
        made.dialogs.current.close()
    assert files.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.fromarray(data.astronaut()[:40, :60]).save(tmp_path / "lake.png")
    return tmp_path / "lake.png"


def test_the_action_asks_for_a_photograph_and_opens_it(desk: Desk, photo: Path) -> None:
    desk.actions["open"].trigger()
    assert "*.TIFF" in desk.shown(QFileDialog).nameFilters()[0]
    desk.file(photo)
    desk.idle()
    assert desk.document.photograph is not None
    assert desk.document.photograph.path == photo


def test_who_chooses_no_file_opens_none(desk: Desk) -> None:
    desk.actions["open"].trigger()
    desk.escape()
    assert not desk.filing.busy
    assert not desk.said


def test_the_first_save_proposes_a_name_that_can_be_taken_or_changed(desk: Desk, photo: Path) -> None:
    desk.filing.open(photo)
    desk.idle()
    desk.change()
    desk.filing.save()
    dialog = desk.shown(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert [one.rsplit("/", 1)[1] for one in dialog.selectedFiles()] == ["lake-inlay.png"]
    assert dialog.selectedNameFilter() == "PNG (*.png)"
    desk.file(photo.with_name("mine"))
    desk.idle()
    assert open_picture(photo.with_name("mine.png")).pixels[5, 5].tolist() == [9, 9, 9]
    assert not desk.document.unsaved


def test_another_format_changes_the_names_ending(desk: Desk, photo: Path) -> None:
    desk.filing.open(photo)
    desk.idle()
    desk.actions["save_as"].trigger()
    dialog = desk.shown(QFileDialog)
    dialog.selectNameFilter("TIFF (*.tif *.tiff)")
    dialog.filterSelected.emit("TIFF (*.tif *.tiff)")
    assert dialog.selectedFiles()[0].endswith("/lake-inlay.tif")
    assert dialog.defaultSuffix() == "tif"
    desk.escape()


def test_who_gives_no_name_does_not_leave(desk: Desk, photo: Path) -> None:
    left: list[bool] = []
    desk.filing.closed_allowed.connect(lambda: left.append(True))
    desk.filing.open(photo)
    desk.idle()
    desk.change()
    desk.filing.leave()
    desk.click("Save")
    desk.escape()
    desk.filing.save_as(photo.with_name("out.png"))
    desk.idle()
    assert not left


@pytest.mark.parametrize(("words", "answer"), [("Save", "save"), ("Discard", "discard"), ("Cancel", "cancel")])
def test_a_question_is_answered_by_verbs(desk: Desk, words: str, answer: str) -> None:
    answers: list[str] = []
    desk.filing.answer = answers.append  # pyright: ignore[reportAttributeAccessIssue]
    desk.dialogs.ask(Question("Save changes to lake.tif?", (("save", "Save"), ("discard", "Discard"), ("cancel", "Cancel"))))
    box = desk.shown(QMessageBox)
    assert box.text() == "Save changes to lake.tif?"
    assert box.defaultButton().text() == "Save"
    desk.click(words)
    assert answers == [answer]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_escape_changes_nothing_and_enter_takes_the_first_answer(desk: Desk, key: Qt.Key) -> None:
    answers: list[str] = []
    desk.filing.answer = answers.append  # pyright: ignore[reportAttributeAccessIssue]
    desk.dialogs.ask(Question("Save as TIFF?", (("tiff", "Save as TIFF"), ("jpeg", "Save as JPEG"), ("cancel", "Cancel")), "Why not."))
    box = desk.shown(QMessageBox)
    QTest.keyClick(box, key)
    desk.gone(box)
    assert answers == ["cancel" if key == Qt.Key.Key_Escape else "tiff"]


def test_masks_and_evidence_have_names_of_their_own(desk: Desk, photo: Path) -> None:
    desk.filing.open(photo)
    desk.idle()
    painted = np.zeros((40, 60), np.uint8)
    painted[4:9, 5:30] = 255
    desk.document.set_mask(painted)
    desk.dialogs.save_mask()
    assert desk.shown(QFileDialog).selectedFiles()[0].endswith("/lake-mask.png")
    desk.file(photo.with_name("lake-mask.png"))
    desk.idle()
    desk.document.clear_mask()
    desk.dialogs.open_mask()
    desk.file(photo.with_name("lake-mask.png"))
    desk.idle()
    np.testing.assert_array_equal(desk.document.mask.pixels, painted)
    desk.dialogs.export_evidence()
    assert desk.shown(QFileDialog).selectedFiles()[0].endswith("/lake-evidence")
    desk.file(photo.with_name("why"))
    assert "no evidence" in desk.said[-1]


def test_shortcuts_are_those_of_the_actions_and_can_be_searched(desk: Desk) -> None:
    desk.actions["shortcuts"].trigger()
    listed = desk.dialogs.keys
    assert listed is not None
    rows = dict(listed.shown())
    for action in desk.actions.all():
        keys = action.property("keys")
        name = action.text().replace("&", "").rstrip("…")
        if keys and action.objectName() != "stop":
            assert rows[name] == ", ".join(keys), name
    assert rows["Delete the control point last touched"] == "Delete"
    QTest.keyClicks(listed.search, "brush HARDER")
    assert [name for name, _ in listed.shown()] == ["Harder brush"]
    listed.search.clear()
    assert dict(listed.shown()) == rows
    QTest.keyClicks(listed.search, "nothing at all")
    assert listed.shown() == []
    desk.actions["shortcuts"].trigger()
    assert desk.dialogs.keys is listed
    listed.close()
    assert desk.dialogs.keys is None


def test_about_tells_licence_and_that_nothing_leaves(desk: Desk) -> None:
    desk.actions["about"].trigger()
    box = desk.shown(QMessageBox)
    assert box.text().startswith("Inlay")
    assert "Apache" in box.informativeText()
    assert "Nothing leaves this computer." in box.informativeText()
    desk.click("Close")


def test_recent_files_are_a_menu(desk: Desk, photo: Path) -> None:
    menu = QMenu(desk.window)
    keep_recent(menu, desk.filing)
    assert [action.isEnabled() for action in menu.actions()] == [False]
    odd = photo.with_name("a & b.png")
    odd.write_bytes(photo.read_bytes())
    desk.filing.open(odd)
    desk.idle()
    menu.aboutToShow.emit()
    (action,) = menu.actions()
    assert action.text() == "a && b.png"
    desk.filing.close()
    action.trigger()
    desk.idle()
    assert desk.document.photograph is not None
    assert desk.document.photograph.path == odd
