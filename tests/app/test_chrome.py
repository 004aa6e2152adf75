"""What stands around the photograph: rows, columns and words, with real keys and a real pointer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTranslator
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QPushButton, QVBoxLayout, QWidget

from app.actions import Actions
from app.display import Display
from app.filling import Row
from app.message import Message
from app.toolbox import Toolbox
from app.view import style, theme
from app.view.controls import ComboBox, IconButton, KeyButton, Link, label
from app.view.fields import Scale, SliderField
from app.view.footer import Footer
from app.view.form import Form
from app.view.header import Header
from app.view.panel import Panel, Tab
from app.view.queue import Queue
from app.view.rail import Rail
from app.view.row import ListRow
from app.view.start import Start
from app.view.status import Status
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core

PERCENT = Scale(0, 1, "%", step=0.01, factor=100)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """In the dark theme."""
    style.dress(qapp).choose("dark")
    yield
    style.dress(qapp).choose("dark")


class Longer(QTranslator):
    """A language whose every text is 40 % longer than ours."""

    def translate(self, *asked: object) -> str:
        text = str(asked[1])
        return text + " " + "xo" * max(1, round(len(text) * 0.2))

    def isEmpty(self) -> bool:  # noqa: N802
        return False


@pytest.fixture
def longer(qapp: QApplication) -> Iterator[None]:
    translator = Longer()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@dataclass
class Chrome:
    """All that stands around a canvas, laid out as the window does."""

    window: QMainWindow
    core: Core
    actions: Actions
    toolbox: Toolbox
    display: Display
    header: Header
    rail: Rail
    panel: Panel
    footer: Footer
    status: Status
    form: Form


def built(core: Core) -> Chrome:
    """The chrome around a document."""
    window, parent = QMainWindow(), QObject()
    core.qtbot.addWidget(window)
    parent.setParent(window)
    actions, toolbox, display = Actions(parent), Toolbox(parent), Display(parent)
    actions.follow(core.document, core.filling, toolbox, display, core.inspection)
    header, rail, panel = Header(actions, core.document, toolbox, display), Rail(actions), Panel(display)
    footer, status, form = Footer(actions, core.document, core.filling), Status(core.document), page()
    panel.add_page("fill", "Fill", form)
    panel.add_page("evidence", "Evidence", QWidget())
    panel.set_footer(footer)
    middle, around, row = QWidget(), QWidget(), QHBoxLayout()
    column = QVBoxLayout(around)
    for layout in (column, row):
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
    row.addWidget(rail)
    row.addWidget(middle, 1)
    row.addWidget(panel)
    column.addLayout(row, 1)
    column.addWidget(status)
    window.setMenuWidget(header)
    window.setCentralWidget(around)
    return Chrome(window, core, actions, toolbox, display, header, rail, panel, footer, status, form)


def page() -> Form:
    """A page with every kind of row."""
    form = Form()
    form.head("Method")
    form.sentence("Copies the best fitting patches of this photograph.")
    form.head("Settings")
    form.slider("Patch size", Scale(3, 15, "px", step=2))
    form.slider("Colour match", PERCENT)
    form.combo("Take from").addItems(["Automatic area", "Everywhere"])
    form.head("Mask", Link("Clear"))
    form.slider("Feather", Scale(0, 64, "px"))
    form.check("Match exposure")
    return form


@pytest.fixture
def chrome(core: Core) -> Chrome:
    core.open(np.full((60, 90, 3), 120, np.uint8))
    made = built(core)
    made.window.resize(1440, 900)
    shown(made.window)
    return made


def shown(widget: QWidget) -> None:
    widget.show()
    widget.activateWindow()
    assert QTest.qWaitForWindowActive(widget)
    QApplication.processEvents()


def place(widget: QWidget, within: QWidget) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a widget in another."""
    corner = widget.mapTo(within, QPoint(0, 0))
    return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()


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


def grabbed(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def ink(widget: QWidget) -> tuple[int, int]:
    """The first and the last column in which something is drawn."""
    image = grabbed(widget)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    drawn = np.flatnonzero((np.abs(rows - rows[0, 0]) > 40).any(axis=(0, 2)))
    return int(drawn[0]), int(drawn[-1])


def colours(widget: QWidget) -> set[str]:
    """Every colour that is seen on a widget."""
    image = grabbed(widget)
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def has_ring(widget: QWidget) -> bool:
    return QColor(theme.current().accent).name() in colours(widget)


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
@pytest.mark.usefixtures("longer")
def test_no_word_is_clipped_in_a_longer_language(core: Core, state: str) -> None:
    core.open(np.full((60, 90, 3), 120, np.uint8))
    chrome = built(core)
    chrome.window.resize(1100, 700)
    if state == "painted":
        core.paint(Box(5, 5, 10, 10))
        core.paint(Box(40, 60, 10, 10))
    elif state == "message":
        chrome.footer.say(Message("The fill failed: not enough memory. Nothing was changed.", "error", ("copy_report", "another")))
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


@pytest.mark.usefixtures("longer")
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


# Keys and pointer


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


# Numbers


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


# Header


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


# Footer


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
    footer.say(Message("The fill failed: no memory. Nothing was changed.", "error", ("copy_report",)))
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


# Status


def test_the_status_tells_size_depth_place_as_x_y_and_zoom(chrome: Chrome) -> None:
    status = chrome.status
    assert status.size_text.text() == "90 × 60"  # noqa: RUF001
    assert status.bits.text() == "8 bit"
    status.set_place(12, 34)
    status.set_zoom(0.17, fits=True)
    assert (status.place.text(), status.fit.text(), status.zoom.text()) == ("34, 12", "Fit", "17 %")
    status.set_place(None, None)
    status.set_zoom(2.0, fits=False)
    assert (status.place.text(), status.fit.text(), status.zoom.text()) == ("", "Free", "200 %")


def test_a_replaced_message_fades_and_the_new_one_comes(chrome: Chrome) -> None:
    said = chrome.status.message
    said.say("One")
    said.say("Two")
    assert said.text == "Two"
    assert said.accessibleName() == "Two"
    chrome.core.qtbot.waitUntil(lambda: not said.fading)
    seen = grabbed(said)
    said.say("")
    chrome.core.qtbot.waitUntil(lambda: not said.fading)
    assert grabbed(said) != seen


def test_before_a_photograph_it_says_where_fills_run(chrome: Chrome) -> None:
    chrome.core.document.close()
    chrome.status.set_machine("No GPU found: fills run on the processor.")
    assert chrome.status.name.text() == "No GPU found: fills run on the processor."
    assert chrome.status.zoom.text() == "Nothing leaves this computer"


# First page


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


def test_a_label_is_never_read_as_markup() -> None:
    assert label("<b>lake</b>.tif").textFormat() == Qt.TextFormat.PlainText
