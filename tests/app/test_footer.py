"""The fill button, the queue above it, and what is said there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.filling import Row
from app.message import Message
from app.view import theme
from app.view.controls import IconButton
from app.view.panel.queue import Queue
from engine.geometry import Box
from engine.picture import Picture
from tests.app.chrome import Chrome, dressed, grabbed, opened, place, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def chrome(core: Core) -> Chrome:
    return opened(core)


def test_a_disabled_fill_has_its_reason_above_it(chrome: Chrome) -> None:
    footer = chrome.footer
    assert not footer.fill.isEnabled()
    assert footer.reason.text() == "Paint over something to fill it."
    assert place(footer.reason, footer)[3] <= place(footer.fill, footer)[1]
    before = place(footer.fill, chrome.window)
    chrome.core.paint(Box(5, 5, 10, 10))
    assert footer.fill.isEnabled()
    assert not footer.reason.isVisible()
    assert footer.fill.text() == "Fill"
    chrome.core.paint(Box(40, 60, 10, 10))
    assert footer.fill.text() == "Fill 2 holes"
    assert place(footer.fill, chrome.window) == before


def test_what_asks_for_control_points_goes_with_the_first_pair(chrome: Chrome) -> None:
    references, row = chrome.core.document.references, chrome.footer.message
    references.add(Picture(np.zeros((64, 64, 3), np.uint8)))
    chrome.footer.say(Message("Something else.", "warning", ("fill_without",)))
    references.begin(here=(5, 5), there=(5, 5))
    assert row.isVisible(), "points are no answer to that"
    references.clear()
    chrome.footer.say(Message("Nothing matches.", "warning", ("set_points", "fill_without")))
    references.begin(here=(5, 5))
    assert row.isVisible(), "half a pair is not enough"
    references.begin(there=(5, 5))
    assert not row.isVisible()


def test_while_a_fill_runs_there_are_its_row_and_stop(chrome: Chrome) -> None:
    footer = chrome.footer
    chrome.actions["fill"].triggered.connect(chrome.core.filling.fill)
    chrome.core.paint(Box(5, 5, 10, 10))
    QTest.mouseClick(footer.fill, Qt.MouseButton.LeftButton)
    assert not footer.fill.isVisible()
    assert footer.stop.isVisible()
    assert footer.add.isVisible()
    assert [row.number for row in footer.queue.rows] == [1]
    assert footer.queue.isVisible()
    chrome.core.idle()
    assert footer.fill.isVisible()
    assert not footer.queue.isVisible()


def test_a_waiting_fill_is_taken_out_by_its_cross(chrome: Chrome) -> None:
    core = chrome.core
    core.paint(Box(5, 5, 10, 10))
    core.filling.fill()
    core.paint(Box(40, 60, 10, 10))
    core.filling.fill()
    rows = chrome.footer.queue.rows
    assert [row.number for row in rows] == [1, 2]
    cross = rows[1].findChild(IconButton)
    assert cross is not None
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert [row.text for row in core.filling.rows() if row.waiting] == []
    core.idle()
    assert len(core.document.holes()) == 1


def test_rows_of_the_queue_are_28_and_more_than_five_scroll(qtbot: QtBot) -> None:
    queue = Queue()
    qtbot.addWidget(queue)
    queue.resize(288, 10)
    waiting = [Row(number, "Waiting", None, None, waiting=True) for number in range(1, 9)]
    queue.show_rows(waiting[:3])
    shown(queue)
    assert queue.height() == 3 * 28
    queue.show_rows(waiting)
    assert queue.height() == 5 * 28
    QApplication.processEvents()
    assert queue.verticalScrollBar().maximum() == 3 * 28


def test_a_running_row_tells_stage_time_and_share(qtbot: QtBot) -> None:
    queue = Queue()
    qtbot.addWidget(queue)
    queue.resize(288, 10)
    queue.show_rows([Row(1, "Matching, level 2 of 6", 0.25, 4.2, waiting=False)])
    shown(queue)
    (row,) = queue.rows
    assert (row.text.text(), row.left.text(), row.bar.fraction) == ("Matching, level 2 of 6", "about 4 s left", 0.25)
    queue.show_rows([Row(1, "Matching, level 3 of 6", 0.5, 130, waiting=False)])
    assert queue.rows == [row]
    assert row.left.text() == "about 2 min left"
    bar = grabbed(row.bar)
    accent = QColor(theme.current().accent)
    assert bar.pixelColor(bar.width() // 2 - 6, 2) == accent
    assert bar.pixelColor(bar.width() // 2 + 6, 2) != accent


def test_a_message_offers_what_can_be_done(chrome: Chrome) -> None:
    asked: list[str] = []
    chrome.actions["copy_report"].triggered.connect(lambda: asked.append("report"))
    footer = chrome.footer
    before = place(footer.fill, chrome.window)
    footer.say(Message("The fill failed. There is no memory left. Nothing was changed.", "error", ("copy_report",)))
    assert place(footer.fill, chrome.window) == before
    assert footer.message.isVisible()
    assert [button.text() for button in footer.message.buttons] == ["Copy report"]
    QTest.mouseClick(footer.message.buttons[0], Qt.MouseButton.LeftButton)
    assert asked == ["report"]
    assert place(footer.fill, chrome.window) == before
    assert footer.dismiss()
    assert not footer.dismiss()


def test_a_plain_fact_stands_in_the_status_alone(chrome: Chrome) -> None:
    fact = Message("Filled in 5.8 s")
    chrome.footer.say(fact)
    chrome.status.say(fact)
    assert not chrome.footer.message.isVisible()
    assert chrome.status.message.text == "Filled in 5.8 s"
