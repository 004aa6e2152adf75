"""Rows, columns and room for every word around the photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from app.actions import Actions
from app.message import Message
from app.view import style, theme
from app.view.controls import ComboBox, IconButton
from app.view.fields import SliderField
from app.view.panel.panel import Tab
from app.view.row import ListRow
from app.view.start import Start
from engine.geometry import Box
from tests.app.chrome import Chrome, built, dressed, opened, place, shown
from tests.app.pages import longer

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


@pytest.fixture
def longer_language(qapp: QApplication) -> Iterator[None]:
    with longer(qapp):
        yield


def clipped(root: QWidget) -> list[str]:
    """Texts that are seen and have not enough room."""
    too_small: list[str] = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QLabel) and widget.text():
            room, metrics = widget.contentsRect(), widget.fontMetrics()
            fits = (
                widget.heightForWidth(widget.width()) <= widget.height()
                if widget.wordWrap()
                else metrics.horizontalAdvance(widget.text()) <= room.width() and metrics.height() <= room.height()
            )
        elif isinstance(widget, QPushButton | Tab | ListRow):
            fits = widget.minimumSizeHint().width() <= widget.width() and widget.sizeHint().height() <= widget.height()
        else:
            continue
        right = widget.mapTo(root, QPoint(widget.width(), 0)).x()
        if not fits or right > root.width():
            too_small.append(f"{type(widget).__name__}: {widget.text()}")
    return too_small


# Rows and columns


def test_rows_are_28_and_sections_16_apart(chrome: Chrome) -> None:
    named = {text.text(): place(text, chrome.form) for text in chrome.form.findChildren(QLabel)}
    middle = {text: (top + bottom) / 2 for text, (_, top, _, bottom) in named.items()}
    assert middle["Colour match"] - middle["Patch size"] == 28
    assert middle["Take from"] - middle["Colour match"] == 28
    assert middle["Patch size"] - middle["Settings"] == 28
    assert middle["Mask"] - middle["Take from"] == 28 + 16


def test_columns_are_aligned_and_flush(chrome: Chrome) -> None:
    panel = chrome.panel
    assert panel.width() == 320
    sliders = [place(field.slider, panel) for field in chrome.form.findChildren(SliderField)]
    values = [place(field.field, panel) for field in chrome.form.findChildren(SliderField)]
    assert {left for left, *_ in sliders} == {112}
    assert {right for _, _, right, _ in values} == {304}
    assert {place(box, panel)[0::2] for box in chrome.form.findChildren(ComboBox)} == {(112, 304)}
    assert {place(text, panel)[0] for text in chrome.form.findChildren(QLabel)} == {16}
    assert place(chrome.footer.fill, panel)[0::2] == (16, 304)


def test_heights_of_the_parts(chrome: Chrome) -> None:
    assert chrome.header.height() == 40
    assert chrome.rail.width() == 48
    assert chrome.status.height() == 28
    assert chrome.panel.tab("fill").height() == 40
    assert chrome.footer.fill.height() == 36
    tools = chrome.rail.buttons()
    assert {button.height() for button in tools} == {36}
    assert tools[1].y() - tools[0].y() == 40


def test_targets_are_28_or_more(chrome: Chrome) -> None:
    small = [
        widget.accessibleName()
        for widget in chrome.window.findChildren(QWidget)
        if isinstance(widget, IconButton | QPushButton | Tab) and widget.isVisible() and min(widget.width(), widget.height()) < 28
    ]
    assert not small


def test_nothing_shifts_when_the_scroll_bar_comes(chrome: Chrome) -> None:
    before = place(chrome.footer.fill, chrome.window), [place(text, chrome.panel)[0::2] for text in chrome.form.findChildren(QLabel)]
    body = chrome.form.parentWidget()
    assert body is not None
    body.setMinimumHeight(2000)
    QApplication.processEvents()
    assert chrome.panel.page("fill").verticalScrollBar().maximum() > 0
    after = place(chrome.footer.fill, chrome.window), [place(text, chrome.panel)[0::2] for text in chrome.form.findChildren(QLabel)]
    assert before == after


def test_what_is_focused_and_named_can_be_spoken(chrome: Chrome) -> None:
    silent = [
        type(widget).__name__
        for widget in chrome.window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and not widget.accessibleName()
    ]
    assert not silent


# Words


@pytest.mark.parametrize("state", ["painted", "queue", "message", "nothing", "split", "inspect"])
@pytest.mark.usefixtures("longer_language")
def test_no_word_is_clipped_in_a_longer_language(core: Core, state: str) -> None:
    core.open(np.full((60, 90, 3), 120, np.uint8))
    chrome = built(core)
    chrome.window.resize(1100, 700)
    if state == "painted":
        core.paint(Box(5, 5, 10, 10))
        core.paint(Box(40, 60, 10, 10))
    elif state == "message":
        chrome.footer.say(Message("The fill failed. There is not enough memory. Nothing was changed.", "error", ("copy_report", "another")))
    elif state == "split":
        chrome.display.set("compare", "split")
    elif state == "inspect":
        chrome.toolbox.choose("inspect")
    elif state == "queue":
        core.paint(Box(5, 5, 10, 10))
        core.filling.fill()
        core.paint(Box(40, 60, 10, 10))
    shown(chrome.window)
    assert chrome.window.width() == 1100
    assert not clipped(chrome.window)
    core.idle()


@pytest.mark.usefixtures("longer_language")
def test_no_word_of_the_first_page_is_clipped_in_a_longer_language(core: Core) -> None:
    start = Start(Actions(core.document))
    core.qtbot.addWidget(start)
    start.resize(1100, 632)
    shown(start)
    assert start.width() == 1100
    assert start.height() == 632
    assert not clipped(start)


def test_no_word_is_clipped_at_one_and_a_half_times_the_type(core: Core, qapp: QApplication) -> None:
    core.open(np.full((60, 90, 3), 120, np.uint8))
    before = qapp.font()
    larger = qapp.font()
    larger.setPixelSize(20)
    try:
        style.apply(qapp, theme.DARK, larger)
        chrome = built(core)
        chrome.window.resize(1100, 700)
        shown(chrome.window)
        assert not clipped(chrome.window)
    finally:
        style.apply(qapp, theme.DARK, before)
