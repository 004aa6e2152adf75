"""Numbers with their units: read, typed and dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from app.view.controls import label
from app.view.fields import Scale, SliderField
from tests.app.chrome import PERCENT, dressed, grabbed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


def ink(widget: QWidget) -> tuple[int, int]:
    """The first and the last column in which something is drawn."""
    image = grabbed(widget)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    drawn = np.flatnonzero((np.abs(rows - rows[0, 0]) > 40).any(axis=(0, 2)))
    return int(drawn[0]), int(drawn[-1])


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [
        (Scale(3, 15, "px", step=2), 7, "7 px"),
        (PERCENT, 0.6, "60 %"),
        (Scale(0, 1, step=0.1), 0.3, "0.3"),
        (Scale(0, 90, "°", words={0: "off"}), 0, "off"),
        (Scale(1, 5000, "px", even=False), 214, "214 px"),
    ],
)
def test_a_value_is_told_with_its_unit_and_read_back(scale: Scale, value: float, text: str) -> None:
    assert scale.text(value) == text
    assert scale.read(text) == value
    assert scale.value(scale.position(value)) == pytest.approx(value, rel=0.02)


def test_what_cannot_be_read_is_nothing_and_what_is_too_much_is_the_most() -> None:
    assert PERCENT.read("much") is None
    assert PERCENT.read("250") == 1
    assert PERCENT.read("12,4 %") == 0.12
    assert Scale(3, 15, "px", step=2).read("8") in {7, 9}


def test_equal_ways_on_an_uneven_scale_are_equal_ratios() -> None:
    scale = Scale(1, 4096, "px", step=1, even=False)
    half = scale.positions // 2
    assert scale.value(0) == 1
    assert scale.value(half) == 64
    assert scale.value(scale.positions) == 4096


@pytest.fixture
def number(qtbot: QtBot) -> Iterator[tuple[SliderField, list[float]]]:
    told: list[float] = []
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    made = SliderField("Opacity", PERCENT, window)
    row.addWidget(made.slider)
    row.addWidget(made.field)
    made.set_value(0.5)
    made.changed.connect(told.append)
    shown(window)
    yield made, told
    window.close()


@pytest.mark.parametrize("side", [Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight])
def test_a_value_is_flush_and_whole(number: tuple[SliderField, list[float]], side: Qt.AlignmentFlag) -> None:
    field = number[0].field
    field.align(side)
    reference = label(field.text())
    number[0].slider.window().layout().addWidget(reference)  # type: ignore[union-attr]
    QApplication.processEvents()
    first, last = ink(field)
    begin, end = ink(reference)
    assert last - first >= end - begin
    assert first == begin if side == Qt.AlignmentFlag.AlignLeft else field.width() - 1 - last <= 2


def test_a_typed_value_counts_after_enter(number: tuple[SliderField, list[float]]) -> None:
    made, told = number
    QTest.mouseClick(made.field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(made.field, "73")
    assert not told
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    assert told == [0.73]
    assert made.field.text() == "73 %"
    assert not made.field.hasFocus()
    assert made.slider.value() == 73


def test_escape_takes_a_typed_value_back(number: tuple[SliderField, list[float]]) -> None:
    made, told = number
    QTest.mouseClick(made.field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(made.field, "73")
    QTest.keyClick(made.field, Qt.Key.Key_Escape)
    assert (told, made.field.text()) == ([], "50 %")
    assert not made.field.hasFocus()


def test_nonsense_leaves_the_value(number: tuple[SliderField, list[float]]) -> None:
    made, told = number
    QTest.mouseClick(made.field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(made.field, "a lot")
    QTest.keyClick(made.field, Qt.Key.Key_Return)
    assert (told, made.field.text(), made.value) == ([], "50 %", 0.5)


def test_a_slider_is_moved_by_keys_and_by_a_click_and_speaks_its_unit(number: tuple[SliderField, list[float]]) -> None:
    made, told = number
    made.slider.setFocus()
    QTest.keyClick(made.slider, Qt.Key.Key_Right)
    assert told[-1] == 0.51
    assert made.slider.accessibleDescription() == "51 %"
    QTest.mouseClick(made.slider, Qt.MouseButton.LeftButton, pos=QPoint(made.slider.width() - 7, made.slider.height() // 2))
    assert told[-1] > 0.95


def test_the_wheel_over_a_slider_changes_nothing(number: tuple[SliderField, list[float]]) -> None:
    made, told = number
    middle = QPointF(made.slider.rect().center())
    event = QWheelEvent(
        middle,
        made.slider.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(made.slider, event)
    assert not told
    assert made.value == 0.5
