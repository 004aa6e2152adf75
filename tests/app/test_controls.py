"""Buttons, links and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from app.view import theme
from app.view.controls import KeyButton, Link, label
from app.view.row import ListRow
from tests.app.chrome import colours, dressed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.mark.parametrize(
    "make",
    [lambda: KeyButton("Fill", "Enter"), lambda: Link("Clear"), lambda: QPushButton("Save"), lambda: ListRow("Distance", "heat", "eye")],
)
def test_a_ring_is_shown_after_a_key_only(qtbot: QtBot, make: object) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    first, second = QPushButton("First"), make()  # type: ignore[operator]
    column.addWidget(first)
    column.addWidget(second)
    shown(window)
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    second.setFocus(Qt.FocusReason.MouseFocusReason)
    by_pointer = colours(second)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    accent = QColor(theme.current().accent).name()
    assert accent in colours(second)
    assert len(colours(second)) > len(by_pointer) or isinstance(second, Link)


def test_a_label_is_never_read_as_markup() -> None:
    assert label("<b>lake</b>.tif").textFormat() == Qt.TextFormat.PlainText
