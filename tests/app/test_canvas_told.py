"""What a tool hears of the canvas, and what is told of the place under the pointer, the mask and a fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from skimage import data

from engine.geometry import Box
from engine.picture import Picture
from tests.app.seen import NO_KEY, Seen, Tool

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def seen(qtbot: QtBot, core: Core) -> Seen:
    return Seen(qtbot, core)


# Pointer


def test_the_tool_hears_where_in_the_picture_something_happens(seen: Seen) -> None:
    seen.open()
    seen.show_at(4, 100, 200)
    tool = seen.canvas.pointer = Tool(uses=True)
    seen.click(QPoint(41, 83))
    QTest.keyClick(seen.canvas, Qt.Key.Key_Escape)
    QTest.mouseDClick(seen.canvas, Qt.MouseButton.LeftButton, NO_KEY, QPoint(41, 83))
    heard = [one for one in tool.heard if one[0] not in {"move", "override"}]
    assert [kind for kind, _, _ in heard[:4]] == ["press", "release", "key", "key_release"]
    assert heard[0] == ("press", 120, 210)
    assert "double" in [kind for kind, _, _ in heard]


def test_what_the_tool_uses_moves_no_picture(seen: Seen) -> None:
    seen.open()
    seen.show_at(4, 100, 200)
    seen.canvas.pointer = Tool(uses=True)
    before = seen.canvas.viewport
    seen.drag(QPoint(300, 300), QPoint(350, 300), Qt.MouseButton.MiddleButton)
    QTest.keyPress(seen.canvas, Qt.Key.Key_Space)
    assert seen.canvas.viewport == before
    assert seen.toolbox.tool == "brush"


def test_no_tool_draws_on_a_preview(seen: Seen) -> None:
    seen.open()
    tool = seen.canvas.pointer = Tool(uses=True)
    seen.canvas.show_preview(Picture(np.zeros((30, 30, 3), np.uint8)), (3000, 3000))
    seen.click(QPoint(300, 300))
    assert not tool.heard


def test_the_pixel_under_the_pointer_is_told_and_that_there_is_none(seen: Seen) -> None:
    seen.open()
    hovered, lefts = list[tuple[int, int]](), list[bool]()
    seen.canvas.hovered.connect(lambda row, column: hovered.append((row, column)))
    seen.canvas.left.connect(lambda: lefts.append(True))
    seen.show_at(4, 100, 200)
    seen.move(QPoint(41, 83))
    assert hovered[-1] == (120, 210)
    seen.canvas.fit()
    seen.move(QPoint(3, 3))
    assert lefts == [True]


# Spoken


def test_the_canvas_says_tool_zoom_holes_and_photograph(seen: Seen) -> None:
    assert seen.canvas.accessibleName() == "Photograph, none open"
    seen.open()
    seen.canvas.actual_size()
    assert seen.canvas.accessibleName() == "Photograph"
    assert seen.canvas.accessibleDescription() == "Brush, zoom 100 %, no hole painted"
    seen.core.paint(Box(10, 10, 30, 30))
    seen.core.paint(Box(200, 200, 30, 30))
    seen.toolbox.choose("inspect")
    assert seen.canvas.accessibleDescription() == "Inspect, zoom 100 %, 2 holes painted"


def test_progress_is_told_in_quarters(seen: Seen) -> None:
    seen.open(data.camera()[:200, :200])
    told = set[str]()
    seen.core.filling.changed.connect(lambda: told.add(seen.canvas.accessibleDescription()))
    seen.core.fill(Box(50, 50, 60, 60))
    percents = {text.rsplit(", ", 1)[1] for text in told if "filling" in text}
    assert percents <= {f"{percent} % done" for percent in (0, 25, 50, 75, 100)}
    assert percents
