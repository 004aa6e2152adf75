"""The tools at the side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.view import theme
from tests.app.chrome import Chrome, colours, dressed, grabbed, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def chrome(core: Core) -> Chrome:
    return opened(core)


def test_a_click_on_a_tool_asks_for_it_and_leaves_the_focus(chrome: Chrome) -> None:
    chrome.actions["lasso"].triggered.connect(lambda: chrome.toolbox.choose("lasso"))
    before = chrome.panel.tab("fill")
    before.setFocus()
    lasso = next(button for button in chrome.rail.buttons() if button.accessibleName() == "Lasso")
    QTest.mouseClick(lasso, Qt.MouseButton.LeftButton)
    assert chrome.toolbox.tool == "lasso"
    assert lasso.isChecked()
    assert QApplication.focusWidget() is before
    assert "Draw around" in chrome.header.hint.hint.text()


def test_a_chosen_tool_is_marked_without_hue(chrome: Chrome) -> None:
    brush, eraser = chrome.rail.buttons()[:2]
    assert grabbed(brush).pixelColor(0, 18) == QColor(theme.current().text)
    assert grabbed(eraser).pixelColor(0, 18) == QColor(theme.current().chrome)
    assert all(QColor(name).red() == QColor(name).green() == QColor(name).blue() for name in colours(brush))
