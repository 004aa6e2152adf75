"""Retrieved patches go into files by the files' thread: both files, the sentence that says so, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtTest import QTest

from app.exporting import Exporting
from app.message import Message
from app.retrieving import Retrieving
from engine.files import open_picture
from engine.geometry import Box
from tests.app.pages import photograph
from tests.app.patched import know_patches

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import Core

HOLE = Box(98, 100, 24, 24)


class Desk:
    """A core, and what exports from it."""

    def __init__(self, core: Core, path: Path) -> None:
        Image.fromarray(photograph()).save(path)
        core.document.open(open_picture(path))
        self.core, self.said = core, list[Message]()
        self.retrieving = Retrieving(core.document, core.inspection, core.document)
        self.exporting = Exporting(core.document, self.retrieving, core.files, core.document)
        self.exporting.said.connect(self.said.append)

    def export(self, path: Path) -> Message:
        self.exporting.export(path)
        self.core.qtbot.waitUntil(lambda: not self.exporting.busy)
        QTest.qWait(0)
        return self.said[-1]


@pytest.fixture
def desk(core: Core, tmp_path: Path) -> Desk:
    """A fill that knows its patches."""
    made = Desk(core, tmp_path / "cup.png")
    core.fill(HOLE)
    return made


def test_both_files_are_written_beside_the_photograph(desk: Desk, tmp_path: Path) -> None:
    evidence = know_patches(desk.core.document)
    path = desk.exporting.proposal(tmp_path / "elsewhere")
    assert path == tmp_path / "cup-retrieved.png"
    said = desk.export(path)
    assert said.text == "Saved cup-retrieved.png and cup-retrieved.npz."
    with np.load(tmp_path / "cup-retrieved.npz") as arrays:
        assert {"boxes", "chosen", "scores"} <= set(arrays)
        np.testing.assert_array_equal(arrays["chosen"], evidence.chosen)
        np.testing.assert_array_equal(arrays["scores"], evidence.scores)
        top = evidence.retrievals(0)[0].box
        assert arrays["boxes"][0, 0].tolist() == [top.top, top.left, *top.size]
    assert open_picture(path).pixels.std() > 10
    assert desk.exporting.proposal(tmp_path) == tmp_path / "cup-retrieved-2.png"


def test_what_is_there_is_replaced_only_where_that_was_asked(desk: Desk, tmp_path: Path) -> None:
    know_patches(desk.core.document)
    path, arrays = tmp_path / "sheet.png", tmp_path / "sheet.npz"
    arrays.write_text("mine")
    said = desk.export(path)
    assert said.kind == "error"
    assert "sheet.npz is there already" in said.text
    assert arrays.read_text() == "mine"
    assert not path.exists()
    arrays.unlink()
    path.write_text("asked about by the dialog")
    assert desk.export(path).kind == "info"
    assert open_picture(path).size[1] > 100


def test_a_folder_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    know_patches(desk.core.document)
    said = desk.export(tmp_path / "nowhere" / "sheet.png")
    assert said.kind == "error"
    assert said.text.endswith(".")
    assert not said.actions


def test_without_patches_there_is_nothing_to_export(desk: Desk, tmp_path: Path) -> None:
    assert desk.export(tmp_path / "sheet.png").text == "Nothing is filled from retrieved patches, so there are none to export."
    assert not (tmp_path / "sheet.png").exists()
    desk.core.document.close()
    assert desk.export(tmp_path / "sheet.png").text.startswith("Nothing is filled")
