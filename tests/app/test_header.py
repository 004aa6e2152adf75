"""Menus, the options of a tool, and what a split compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.view.controls import IconButton
from engine.geometry import Box
from tests.app.chrome import Chrome, dressed, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def chrome(core: Core) -> Chrome:
    return opened(core)


def test_labels_go_first_where_room_is_short_then_hardness(chrome: Chrome) -> None:
    options = chrome.header.paint
    chrome.window.resize(1240, 800)
    assert options.size_label.isVisible()
    assert options.hardness_label.isVisible()
    chrome.window.resize(1239, 800)
    assert not options.size_label.isVisible()
    assert options.size_field.slider.isVisible()
    assert options.hardness.slider.isVisible()
    options.fit(260, 1)
    assert not options.hardness.slider.isVisible()
    assert options.size_field.slider.isVisible()


def test_size_and_hardness_set_the_brush(chrome: Chrome) -> None:
    options = chrome.header.paint
    QTest.mouseClick(options.size_field.field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(options.size_field.field, "214")
    QTest.keyClick(options.size_field.field, Qt.Key.Key_Return)
    assert chrome.toolbox.size == 214
    chrome.toolbox.set_hardness(0.25)
    assert options.hardness.field.text() == "25 %"
    chrome.toolbox.choose("eraser")
    assert options.name.text() == "Eraser"


def test_a_split_says_what_stands_on_both_sides(chrome: Chrome) -> None:
    chrome.display.set("compare", "split")
    split = chrome.header.split
    assert split.isVisible()
    assert not chrome.header.paint.isVisible()
    assert (split.left.currentText(), split.right.currentText()) == ("Original", "As it is now")
    split.right.setFocus()
    QTest.keyClick(split.right, Qt.Key.Key_Up)
    assert chrome.display.right == "original"


def test_results_of_the_shown_hole_can_be_compared(chrome: Chrome) -> None:
    chrome.core.fill(Box(20, 30, 8, 8))
    chrome.display.set("compare", "split")
    texts = [chrome.header.split.right.itemText(index) for index in range(chrome.header.split.right.count())]
    assert texts == ["Original", "As it is now", "Result 1"]


def test_without_a_photograph_there_are_only_the_menus(chrome: Chrome) -> None:
    chrome.core.document.close()
    assert chrome.header.menus.isVisible()
    assert not chrome.header.paint.isVisible()
    assert not any(button.isVisible() for button in chrome.header.findChildren(IconButton))


def test_every_action_of_the_menus_is_in_the_bar(chrome: Chrome) -> None:
    titles = [action.text().replace("&", "") for action in chrome.header.menus.actions()]
    assert titles == ["File", "Edit", "Mask", "Fill", "View", "Help"]
    in_menus = {entry.objectName() for menu in chrome.header.menus.actions() for entry in menu.menu().actions()}  # type: ignore[union-attr]
    assert {"open", "undo", "brush", "fill", "fit", "shortcuts"} <= in_menus


def test_undo_waits_for_something_to_undo(chrome: Chrome) -> None:
    undo = next(button for button in chrome.header.findChildren(IconButton) if button.defaultAction().objectName() == "undo")
    assert not undo.isEnabled()
    chrome.core.paint(Box(1, 1, 5, 5))
    assert undo.isEnabled()
