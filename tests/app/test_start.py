"""The first page, before a photograph is open."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.actions import Actions
from app.view import theme
from app.view.row import ListRow
from app.view.start import Start
from tests.app.chrome import dressed, grabbed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def start(core: Core) -> Start:
    made = Start(Actions(core.document))
    core.qtbot.addWidget(made)
    made.resize(1100, 632)
    shown(made)
    return made


def test_the_first_page_asks_for_a_file_or_the_sample(start: Start, qtbot: QtBot) -> None:
    with qtbot.waitSignal(start.open_requested):
        QTest.mouseClick(start.open, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(start.sample_requested):
        QTest.mouseClick(start.sample, Qt.MouseButton.LeftButton)


def test_the_sample_scene_is_tinted_where_it_is_masked(start: Start) -> None:
    samples = files("resources") / "samples"
    drawn = grabbed(start.scene)
    (mask, plain) = (
        QImage.fromData((samples / name).read_bytes()).scaledToWidth(drawn.width()) for name in ("landmark-mask.png", "landmark.jpg")
    )
    cut = mask.height() - drawn.height()
    tint = np.array(QColor(theme.MASKS["red"]).getRgb()[:3])
    off: dict[bool, list[float]] = {True: [], False: []}
    for x in range(4, drawn.width() - 4, 9):
        for y in range(4, drawn.height() - 4, 9):
            around = {mask.pixelColor(x + dx, y + dy + cut).red() > 128 for dx in (-4, 0, 4) for dy in (-4, 0, 4)}
            if len(around) == 1:
                was, now = (np.array(image.pixelColor(x, at).getRgb()[:3]) for image, at in ((plain, y + cut), (drawn, y)))
                covered = around.pop()
                off[covered].append(float(np.abs(now - (0.6 * was + 0.4 * tint if covered else was)).mean()))
    assert len(off[True]) > 50
    assert np.median(off[True]) < 12
    assert np.median(off[False]) < 12


def test_recent_files_replace_the_scene(start: Start, qtbot: QtBot) -> None:
    there = [Path(f"photographs/2024/picture-{number}.tif") for number in range(8)]
    start.set_recent(there)
    rows = start.findChildren(ListRow)
    assert [row.text() for row in rows] == [path.name for path in there[:6]]
    assert not start.scene.isVisible()
    with qtbot.waitSignal(start.recent_requested) as asked:
        QTest.mouseClick(rows[2], Qt.MouseButton.LeftButton)
    assert asked.args == [there[2]]
    start.set_recent([])
    assert start.scene.isVisible()


def test_a_file_held_over_the_first_page_is_answered(start: Start) -> None:
    before = grabbed(start).pixelColor(20, 20)
    start.set_dropping(True)
    after = grabbed(start)
    assert before == QColor(theme.current().surround)
    assert after.pixelColor(20, 20) == QColor(theme.current().drop)
    assert after.pixelColor(0, 100) == QColor(theme.current().accent)
