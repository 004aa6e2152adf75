"""The tabs of the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

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


def test_left_and_right_open_the_next_tab(chrome: Chrome) -> None:
    chrome.panel.tab("fill").setFocus(Qt.FocusReason.ShortcutFocusReason)
    QTest.keyClick(chrome.panel.tab("fill"), Qt.Key.Key_Right)
    assert chrome.display.page == "evidence"
    assert chrome.panel.tab("evidence").hasFocus()
    assert chrome.panel.tab("evidence").isChecked()
    QTest.keyClick(chrome.panel.tab("evidence"), Qt.Key.Key_Right)
    assert chrome.display.page == "fill"


def test_a_click_on_a_tab_opens_its_page(chrome: Chrome) -> None:
    QTest.mouseClick(chrome.panel.tab("evidence"), Qt.MouseButton.LeftButton)
    assert chrome.display.page == "evidence"
    assert chrome.panel.page("evidence").isVisible()
    assert not chrome.panel.page("fill").isVisible()
