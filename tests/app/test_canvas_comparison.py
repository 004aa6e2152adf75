"""The split, its line, and the original while its key is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.choice import Candidate, Choice
from engine.geometry import Box
from engine.picture import Patch
from tests.app.seen import NO_KEY, SIZE, Seen, Tool

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def seen(qtbot: QtBot, core: Core) -> Seen:
    return Seen(qtbot, core)


def candidates(box: Box, *values: int) -> Choice:
    choice = Choice(1, box, np.full(box.size, 255, np.uint8))
    for value in values:
        patch = Patch(0, box, np.full((*box.size, 3), value, np.uint8))
        choice.candidates.append(Candidate(patch, (), "telea", "Telea", 0, 1.0))
    return choice


def test_the_split_shows_both_sides_of_its_line(seen: Seen) -> None:
    seen.open()
    choice = candidates(Box(0, 0, 1024, 1024), 40, 80)
    seen.document.stand([(choice, 0)], "Fill")
    seen.display.set("compare", "split")
    seen.settle()
    view = seen.canvas.viewport
    left, right = seen.place(200, 100), seen.place(200, 900)
    shown = seen.grabbed()
    assert tuple(shown[right.y(), right.x()]) == (40, 40, 40)
    assert tuple(shown[left.y(), left.x()]) != (40, 40, 40)
    seen.display.set("left", 1)
    shown = seen.grabbed()
    assert tuple(shown[left.y(), left.x()]) == (80, 80, 80)
    assert tuple(shown[right.y(), right.x()]) == (40, 40, 40)
    assert seen.canvas.viewport == view


def test_the_line_is_dragged_centred_and_moved_by_keys(seen: Seen) -> None:
    seen.open()
    seen.display.set("compare", "split")
    tool = seen.canvas.pointer = Tool(uses=True)
    view = seen.canvas.viewport
    middle = seen.canvas.split.handle(view).center().toPoint()
    seen.drag(middle, middle + QPoint(100, 30))
    assert seen.display.split_at == pytest.approx(0.5 + 100 / (view.size[1] * view.scale), abs=0.01)
    seen.qtbot.keyClick(seen.canvas, Qt.Key.Key_Left)
    assert seen.display.split_at == pytest.approx(0.49 + 100 / (view.size[1] * view.scale), abs=0.01)
    QTest.mouseDClick(seen.canvas, Qt.MouseButton.LeftButton, NO_KEY, seen.canvas.split.handle(view).center().toPoint())
    assert seen.display.split_at == 0.5
    assert not [kind for kind, _, _ in tool.heard if kind in {"press", "release", "double", "key"}]


def test_beside_the_handle_the_tool_draws_across_the_line(seen: Seen) -> None:
    seen.open()
    seen.display.set("compare", "split")
    tool = seen.canvas.pointer = Tool(uses=True)
    handle = seen.canvas.split.handle(seen.canvas.viewport)
    seen.click(handle.center().toPoint() + QPoint(0, 60))
    assert [kind for kind, _, _ in tool.heard if kind != "move"] == ["press", "release"]


def test_a_line_out_of_sight_is_brought_back(seen: Seen) -> None:
    seen.open()
    seen.show_at(4, 10, 10)
    seen.display.set("compare", "split")
    assert 0 < seen.canvas.split.line(seen.canvas.viewport) < SIZE[0]


def test_the_original_is_shown_and_named_while_its_key_is_held(seen: Seen) -> None:
    seen.open()
    seen.show_at(1)
    before = seen.grabbed()
    seen.document.stand([(candidates(Box(300, 200, 20, 30), 7), 0)], "Fill")
    filled = seen.grabbed()
    assert np.all(filled[305:315, 205:225] == 7)
    QTest.keyPress(seen.canvas, Qt.Key.Key_Backslash)
    held = seen.grabbed()
    assert np.array_equal(held[60:], before[60:])
    assert not np.array_equal(held[:60], before[:60])
    QTest.keyRelease(seen.canvas, Qt.Key.Key_Backslash)
    assert np.array_equal(seen.grabbed(), filled)
