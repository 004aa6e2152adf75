"""The window as a whole: words, themes, actions, and what it keeps in memory."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QPoint, QRect, QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QMenu, QWidget

from engine.geometry import Box
from tests.app.meadow import grass
from tests.journeys.photographer import CTRL, KEY, SHIFT, Photographer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THING = Box(60, 80, 16, 18)
FILLS = 100
MOST_GROWTH = 24 * 2**20
"""Bytes that so many fills may leave behind; a single leaked copy of the picture or of its evidence is more."""


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


def cramped(root: QWidget) -> list[str]:
    """Texts that are seen and have not enough room, or lie over each other."""
    found: list[str] = []
    texts: list[tuple[QWidget, QRect]] = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, QLabel | QAbstractButton | QComboBox | QLineEdit) or not widget.isVisible():
            continue
        text = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
        if not text or widget.visibleRegion().isEmpty() or (isinstance(widget, QAbstractButton) and not widget.sizeHint().isValid()):
            continue
        if not has_room(widget):
            found.append(f"{type(widget).__name__} {widget.size().toTuple()} of {widget.sizeHint().toTuple()}: {text}")
        place = widget.visibleRegion().boundingRect().translated(widget.mapTo(root, QPoint(0, 0)))
        if place.right() > root.width() or place.left() < 0:
            found.append(f"outside: {text}")
        found += [f"over {other}: {text}" for other, there in texts if there.intersects(place) and not other.isAncestorOf(widget)]
        texts.append((widget, place))
    return found


def has_room(widget: QWidget) -> bool:
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) <= widget.height()
        room = widget.contentsRect()
        return widget.fontMetrics().horizontalAdvance(widget.text()) <= room.width() and widget.fontMetrics().height() <= room.height()
    if isinstance(widget, QLineEdit):
        return widget.fontMetrics().horizontalAdvance(widget.text()) <= widget.width()
    if isinstance(widget, QAbstractButton) and widget.hasHeightForWidth():
        return widget.heightForWidth(widget.width()) <= widget.height()
    least = widget.minimumSizeHint() if isinstance(widget, QAbstractButton) else widget.sizeHint()
    return least.width() <= widget.width() and least.height() <= widget.height()


@pytest.mark.usefixtures("longer")
def test_no_word_is_cut_at_the_smallest_size_in_a_longer_language(start: Callable[..., Photographer]) -> None:
    person = start()
    window = person.window
    window.resize(1100, 700)

    def roomy(state: str) -> None:
        def fits() -> None:  # a text that changes gets its room in the next turn
            assert not cramped(window), state

        person.settle()
        person.qtbot.waitUntil(fits, timeout=2000)
        assert window.size().toTuple() == (1100, 700), state

    roomy("empty")
    person.open(grass(160, 200, THING))
    roomy("open")
    for tool in ("eraser", "lasso", "rectangle", "area", "inspect", "hand", "brush"):
        person.do(tool)
        roomy(tool)
    person.paint((68, 84), (68, 94), size=26)
    person.paint((120, 20), (120, 40), size=20)
    roomy("painted")
    person.desk.actions["fill"].trigger()
    person.paint((20, 150), (30, 150), size=12)
    roomy("filling")
    person.idle()
    person.key(KEY.Key_Return, SHIFT)
    person.idle()
    roomy("results")
    person.key(KEY.Key_Y)
    roomy("split")
    person.key(KEY.Key_Y)
    person.key(KEY.Key_I)
    choice = person.document.shown
    assert choice is not None
    row, column = np.argwhere(choice.hole)[len(np.argwhere(choice.hole)) // 2] + (choice.box.top, choice.box.left)
    person.move(row, column)
    roomy("evidence")
    for _, layer in person.desk.inspection.layers():
        person.desk.inspection.set_layer(layer.name)
        roomy(layer.name)
    person.key(KEY.Key_B)
    for card in person.desk.recipe.cards:
        person.desk.recipe.set_method(card.name)
        roomy(card.name)
    person.desk.filing.save_as(person.folder / "nowhere" / "lake.png")
    person.until(lambda: person.said[-1].kind == "error")
    roomy("error")


def test_another_theme_is_worn_at_once_and_moves_nothing(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    person.paint((68, 84), (68, 94), size=26)
    person.fill()
    person.do("theme_dark")
    dark, places = at_rest(person), where(person.window)
    person.do("theme_light")
    light = at_rest(person)
    assert where(person.window) == places
    strip = (slice(5, 35), slice(-600, -300))
    assert dark[strip].mean() < 80
    assert light[strip].mean() > 200
    person.do("theme_dark")
    assert np.array_equal(at_rest(person), dark)


def at_rest(person: Photographer) -> np.ndarray:
    """The window once nothing fades any more."""
    seen = [person.seen(person.window)]

    def stands() -> bool:
        seen.append(person.seen(person.window))
        return not person.window.status.message.fading and np.array_equal(seen[-1], seen[-2])

    person.until(stands)
    return seen[-1]


def where(window: QWidget) -> list[tuple[str, tuple[int, ...]]]:
    """Every widget that is seen, and its place."""
    return [(type(one).__name__, one.geometry().getRect()) for one in window.findChildren(QWidget) if one.isVisible()]


def test_every_action_says_what_it_is_and_has_a_key_of_its_own(person: Photographer) -> None:
    person.open(grass())
    keys: Counter[str] = Counter()
    for action in person.desk.actions.all():
        assert action.text().replace("&", ""), action.objectName()
        assert len(action.toolTip().splitlines()) == 2, action.objectName()
        assert action.statusTip()
        keys.update(key.toString(QKeySequence.SequenceFormat.PortableText) for key in action.shortcuts())
        if action.property("drawing"):
            assert not action.icon().isNull(), action.objectName()
    assert not [key for key, times in keys.items() if times > 1]


def test_every_letter_of_a_menu_is_its_own(person: Photographer) -> None:
    person.open(grass())
    menus = [*person.window.header.findChildren(QMenu)]
    assert len(menus) >= 6
    for menu in menus:
        letters = Counter(mnemonic(action.text()) for action in menu.actions() if not action.isSeparator() and mnemonic(action.text()))
        twice = [letter for letter, times in letters.items() if times > 1]
        assert not twice, [action.text() for action in menu.actions() if mnemonic(action.text()) in twice]


def mnemonic(text: str) -> str:
    at = text.replace("&&", "").find("&")
    return text[at + 1].lower() if at >= 0 else ""


def test_every_widget_that_takes_the_focus_can_be_spoken(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    person.paint((68, 84), (68, 94), size=26)
    person.fill()
    for page in ("fill", "evidence"):
        person.display.set("page", page)
        person.settle()
        silent = [
            one
            for one in person.window.findChildren(QWidget)
            if one.isVisible() and one.focusPolicy() != one.focusPolicy().NoFocus and not one.accessibleName()
        ]
        assert not silent


def test_a_hundred_fills_leave_nothing_behind(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    person.window.canvas.setFocus()
    process = psutil.Process()

    def fill_and_undo() -> None:
        person.paint((68, 84), (68, 94), size=26)
        person.desk.actions["fill"].trigger()
        person.idle()
        person.desk.actions["undo"].trigger()
        person.desk.actions["undo"].trigger()

    for _ in range(10):
        fill_and_undo()
    gc.collect()
    before, widgets = process.memory_info().rss, len(person.window.findChildren(QWidget))
    for _ in range(FILLS):
        fill_and_undo()
    QApplication.processEvents()
    gc.collect()
    assert not person.document.choices
    assert process.memory_info().rss - before < MOST_GROWTH
    assert len(person.window.findChildren(QWidget)) <= widgets


def test_what_is_remembered_comes_back(start: Callable[..., Photographer]) -> None:
    person = start()
    person.open(grass())
    person.toolbox.set_size(33)
    person.do("theme_light")
    person.do("mask_blue")
    person.window.resize(1100, 710)
    person.key(KEY.Key_Q, CTRL)
    person.until(lambda: not person.window.isVisible())
    again = start()
    assert again.toolbox.size == 33
    assert again.display.theme == "light"
    assert again.display.mask_colour == "blue"
    assert again.window.size().toTuple() == (1100, 710)
    assert [path.name for path in again.desk.filing.recent] == ["meadow.png"]
    again.do("theme_system")
