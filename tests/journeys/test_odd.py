"""What nobody is meant to do, and everybody does once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.view.canvas.reticle import ring_pieces
from engine.geometry import Box
from tests.app.meadow import grass, magenta
from tests.journeys.photographer import ALT, CTRL, KEY, LEFT, MIDDLE, NONE, PATIENCE, RIGHT, SHIFT, Photographer

THING = Box(60, 80, 16, 18)


def cover(person: Photographer) -> None:
    person.paint((68, 84), (68, 94), size=26)


def ready(person: Photographer) -> np.ndarray:
    """A photograph whose thing is painted over."""
    was = grass(160, 200, THING)
    person.open(was)
    cover(person)
    return was


@pytest.mark.parametrize(
    "key", [KEY.Key_Z, KEY.Key_D, KEY.Key_Return, KEY.Key_L, KEY.Key_I, KEY.Key_Tab, KEY.Key_Space, KEY.Key_Y, KEY.Key_Escape]
)
def test_a_key_in_the_middle_of_a_stroke(person: Photographer, key: KEY) -> None:
    ready(person)
    painted = person.painted
    person.press(20, 20)
    person.move(20, 40)
    keys = CTRL if key in (KEY.Key_Z, KEY.Key_D) else NONE
    person.key(key, keys)
    person.move(30, 60)
    person.release(30, 60)
    person.idle()
    person.drag((120, 20), (120, 40))
    while person.document.history.done:
        person.key(KEY.Key_Z, CTRL)
        person.idle()
    assert not person.painted.any()
    for _ in range(20):
        person.key(KEY.Key_Z, CTRL | SHIFT)
    assert painted.any()
    assert not person.document.history.undone


def test_the_photograph_is_closed_in_the_middle_of_a_stroke(person: Photographer) -> None:
    ready(person)
    person.press(20, 20)
    person.move(20, 40)
    person.key(KEY.Key_W, CTRL)
    assert person.document.photograph is None
    QTest.mouseRelease(person.canvas, LEFT)
    person.open(grass())
    assert not person.painted.any()
    cover(person)
    assert person.painted.any()


def test_several_buttons_at_once(person: Photographer) -> None:
    ready(person)
    view = person.canvas.viewport
    person.press(20, 20)
    person.press(20, 20, button=MIDDLE)
    person.move(40, 60)
    person.release(40, 60, button=MIDDLE)
    assert person.canvas.viewport == view
    person.press(40, 60, ALT, RIGHT)
    person.release(40, 60, ALT, RIGHT)
    person.release(40, 60)
    assert len(person.document.history.done) == 2
    person.drag((20, 20), (60, 90), button=MIDDLE)
    assert person.canvas.viewport != view


def test_the_wheel_in_the_middle_of_a_stroke(person: Photographer) -> None:
    ready(person)
    person.press(100, 100)
    person.wheel(person.at(100, 100), 4)
    QTest.mouseMove(person.canvas, person.at(100, 110))
    person.release(100, 110)
    assert person.painted[100, 100:110].all()


def test_a_stroke_begins_and_ends_outside_the_photograph(person: Photographer) -> None:
    ready(person)
    person.document.clear_mask()
    person.toolbox.set_size(10)
    person.drag((-30, 50), (20, 50), (200, 60))
    assert person.painted[10, 50]
    person.key(KEY.Key_M)
    person.drag((-30, -30), (10, 10))
    assert person.painted[0, 0]
    person.drag((-30, -30), (-10, -10))
    person.click(80, 80)
    person.fill()


def test_saved_while_it_fills(person: Photographer) -> None:
    ready(person)
    person.fill()
    person.do("save_as")
    path = person.folder / "one.png"
    person.name(path)
    person.paint((120, 40), (130, 60), size=30)
    person.desk.actions["fill"].trigger()
    person.idle()
    assert person.document.unsaved
    person.key(KEY.Key_S, CTRL)
    person.idle()
    assert not person.document.unsaved
    person.key(KEY.Key_Z, CTRL)
    assert person.document.unsaved
    person.key(KEY.Key_Y, CTRL)
    assert not person.document.unsaved


def test_another_is_opened_over_what_is_not_saved(person: Photographer) -> None:
    ready(person)
    person.fill()
    now, second = person.pixels, person.file(grass(), "second.png")
    person.desk.filing.open(second)
    person.answer("Cancel")
    assert np.array_equal(person.pixels, now)
    person.desk.filing.open(second)
    person.answer("Save")
    person.name()
    person.until(lambda: person.has(second))
    assert (person.folder / "meadow-inlay.png").exists()


def test_three_are_opened_at_once_and_the_last_is_there(person: Photographer) -> None:
    paths = [person.file(grass(120 + k, 160), f"{k}.png") for k in range(3)]
    for path in paths:
        person.desk.filing.open(path)
    person.idle()
    assert person.has(paths[-1])
    assert person.document.mask.size == (122, 160)


def test_the_window_is_closed_while_a_photograph_is_opened(person: Photographer) -> None:
    person.desk.filing.open(person.file(grass(400, 500).repeat(4, 0).repeat(4, 1), "large.jpg"))
    person.window.close()
    person.qtbot.waitUntil(lambda: not person.window.isVisible(), timeout=PATIENCE)


def test_closed_again_while_it_asks(person: Photographer) -> None:
    ready(person)
    person.fill()
    person.window.close()
    person.asked()
    person.window.close()
    QApplication.processEvents()
    person.answer("Cancel")
    person.settle()
    assert person.window.isVisible()
    assert not [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not person.window]


def test_a_held_key_is_let_go_elsewhere(person: Photographer) -> None:
    ready(person)
    person.canvas.setFocus()
    person.hold(KEY.Key_Backslash)
    assert person.display.original_held
    person.window.fill_page.grow.field.setFocus()
    assert not person.display.original_held
    person.canvas.setFocus()
    person.hold(KEY.Key_Space)
    person.window.fill_page.grow.field.setFocus()
    assert person.toolbox.tool == "brush"


def test_results_of_a_hole_that_is_undone_are_compared_no_more(person: Photographer) -> None:
    ready(person)
    person.fill()
    person.key(KEY.Key_Return, SHIFT)
    person.idle()
    person.key(KEY.Key_Y)
    person.display.set("left", 0)
    person.display.set("right", 1)
    person.settle()
    for _ in range(4):
        person.key(KEY.Key_Z, CTRL)
        person.settle()
    assert not person.document.choices
    for _ in range(4):
        person.key(KEY.Key_Y, CTRL)
        person.settle()
    assert len(person.document.choices[0].candidates) == 2


def test_a_layer_is_seen_over_a_hole_that_is_undone_and_done_again(person: Photographer) -> None:
    ready(person)
    person.fill()
    person.key(KEY.Key_I)
    for _, layer in person.desk.inspection.layers():
        person.desk.inspection.set_layer(layer.name)
        person.move(68, 89)
        person.settle()
        person.key(KEY.Key_Z, CTRL)
        person.settle()
        person.key(KEY.Key_Y, CTRL)
        person.settle()
    person.click(68, 89)
    person.key(KEY.Key_W, CTRL)
    person.answer("Discard")
    assert person.document.photograph is None
    person.open(grass())
    person.move(50, 50)


def test_enter_many_times(person: Photographer) -> None:
    ready(person)
    for _ in range(5):
        person.desk.actions["fill"].trigger()
        person.window.escape()
        person.idle()
    assert not person.filling.rows()
    assert not person.document.choices
    for _ in range(5):
        person.desk.actions["fill"].trigger()
    person.idle()
    assert len(person.document.choices) == 1
    for _ in range(6):
        person.desk.actions["another"].trigger()
    assert len(person.filling.rows()) == 6
    for row in person.filling.rows()[2:]:
        person.filling.cancel(row.number)
    person.idle()
    seeds = [one.seed for one in person.document.choices[0].candidates]
    assert len(set(seeds)) == len(seeds)
    assert not magenta(person.pixels)


def test_a_photograph_of_one_pixel_and_a_very_long_one(person: Photographer) -> None:
    for size in ((1, 1), (1, 3000), (3000, 2)):
        person.open(person.file(np.full((*size, 3), 90, np.uint8), f"{size[0]}x{size[1]}.png"))
        person.settle()
        person.click(0, 0)
        person.wheel(QPoint(300, 300), 60)
        person.settle()
        person.wheel(QPoint(300, 300), -90)
        person.settle()
        person.key(KEY.Key_0, CTRL)
        person.drag((0, 0), (size[0] - 1, size[1] - 1))
        person.key(KEY.Key_Return)
        person.idle()
        while person.document.history.done:
            person.desk.actions["undo"].trigger()


def test_a_double_click_is_two_clicks(person: Photographer) -> None:
    ready(person)
    person.document.clear_mask()
    QTest.mouseDClick(person.canvas, LEFT, pos=person.at(30, 30))
    assert person.painted[30, 30]
    person.drag((80, 20), (80, 30))
    assert person.painted[80, 25]


def test_the_window_is_made_small_and_large(person: Photographer) -> None:
    ready(person)
    for size in ((1100, 700), (1900, 1000), (1100, 1200), (1440, 900)):
        person.window.resize(*size)
        person.settle()
        assert person.canvas.viewport.fitted
        frame = person.canvas.viewport.frame
        middle = QPointF(person.canvas.width() / 2, person.canvas.height() / 2)
        assert (frame.center() - middle).manhattanLength() < 2
    person.do("full_screen")
    person.settle()
    person.do("full_screen")
    person.settle()


def test_the_largest_brush_at_the_largest_zoom(person: Photographer) -> None:
    person.open(grass(400, 500))
    person.desk.recipe.set_grow(64)
    person.paint((200, 250), size=3)
    person.toolbox.set_size(5000)
    person.toolbox.set_hardness(0.5)
    person.move(200, 250)
    for _ in range(12):
        person.wheel(person.at(200, 250), 3)
        person.settle()
    assert person.canvas.viewport.zoom == 64
    seen = QRect(0, 0, person.canvas.width(), person.canvas.height())
    assert len(ring_pieces((2500.0 * 64, 1000.0 * 64), 1.0, seen.translated(-2500 * 64, 0))) < 100
    person.wheel(person.at(200, 250), -60)
    person.settle()
