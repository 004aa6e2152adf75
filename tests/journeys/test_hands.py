"""Tools, keys, and a picture that stays where it is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from app.toolbox import TOOLS
from engine.geometry import Box
from engine.picture import Picture
from tests.app.meadow import grass
from tests.journeys.photographer import ALT, CTRL, KEY, NONE, RIGHT, SHIFT, Photographer, came_from
from tests.journeys.test_working import begun, cover, cover_large, meadow

THING = Box(60, 80, 16, 18)


# Tools


def test_brush_eraser_and_alt(person: Photographer) -> None:
    person.open(grass())
    person.paint((50, 50), (50, 90), size=20)
    assert person.painted[50, 50:90].all()
    person.key(KEY.Key_E)
    person.drag((50, 80), (50, 90))
    assert not person.painted[50, 82]
    assert person.painted[50, 60]
    person.key(KEY.Key_X)
    assert person.toolbox.tool == "brush"
    person.drag((50, 50), (50, 60), keys=ALT)
    assert not person.painted[50, 55]
    for _ in range(3):
        person.key(KEY.Key_Z, CTRL)
    assert not person.painted.any()


def test_the_lasso_and_the_rectangle(person: Photographer) -> None:
    person.open(grass())
    person.key(KEY.Key_L)
    person.drag((20, 20), (20, 60), (60, 60), (60, 20))
    assert person.painted[40, 40] == 255
    assert not person.painted[40, 70]
    person.key(KEY.Key_M)
    person.drag((40, 40), (80, 100))
    assert person.painted[70, 90] == 255
    assert person.painted[30, 30] == 255
    person.drag((30, 30), (50, 50), keys=ALT)
    assert not person.painted[40, 40]
    person.press(90, 10)
    person.move(110, 40)
    person.key(KEY.Key_Escape)
    person.release(110, 40)
    assert not person.painted[100, 20]


def test_shift_drag_sizes_the_brush_and_shift_click_draws_a_line(person: Photographer) -> None:
    person.open(grass())
    person.toolbox.set_size(20)
    person.drag((60, 60), (60, 70), (60, 80), keys=SHIFT)
    assert person.toolbox.size == pytest.approx(20 + 2 * 20, abs=22)
    assert person.toolbox.size > 25
    assert not person.painted.any()
    size = person.toolbox.size
    person.drag((60, 60), (60, 50), keys=ALT, button=RIGHT)
    assert person.toolbox.size < size
    person.toolbox.set_size(10)
    person.click(20, 20)
    person.click(20, 100, SHIFT)
    assert person.painted[20, 20:100].all()
    person.key(KEY.Key_BracketRight)
    assert person.toolbox.size == 12
    person.key(KEY.Key_BracketLeft)
    assert person.toolbox.size == 10


@pytest.mark.parametrize("allow", [True, False])
def test_the_sampling_area_is_kept_to(person: Photographer, allow: bool) -> None:
    person.open(grass(160, 200, THING))
    person.key(KEY.Key_A)
    keys = ALT if not allow else NONE
    person.paint((20, 20), (20, 180), (40, 180), (40, 20), size=34, keys=keys)
    codes = person.document.area.pixels
    assert set(np.unique(codes)) == {0, 1 if allow else 2}
    person.key(KEY.Key_B)
    cover(person)
    found = came_from(person.fill())
    allowed = (codes == 1) if allow else codes != 2
    assert found
    assert all(allowed[place] for place in found)
    person.do("clear_area")
    assert not person.document.area.pixels.any()


# Keys


def test_the_keyboard_alone(person: Photographer) -> None:
    person.open(grass())
    person.toolbox.set_size(20)
    person.canvas.setFocus()
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Insert)
    for _ in range(4):
        person.key(KEY.Key_Right, SHIFT)
    person.key(KEY.Key_Insert)
    assert person.painted.any()
    assert len(person.document.history.done) == 1
    person.fill()
    person.key(KEY.Key_Return, SHIFT)
    person.idle()
    person.key(KEY.Key_Comma)
    assert person.document.shown is not None
    assert person.document.shown.chosen == 0


def test_f6_goes_round_and_tab_hides_all_but_the_photograph(person: Photographer) -> None:
    person.open(grass())
    person.paint((50, 50), (50, 60), size=20)
    window = person.window
    person.canvas.setFocus()
    person.key(KEY.Key_Tab)
    assert not window.rail.isVisible()
    assert not window.panel.isVisible()
    assert not window.status.isVisible()
    person.key(KEY.Key_Tab)
    assert window.rail.isVisible()
    assert window.panel.isVisible()
    visited = []
    for _ in range(5):
        person.key(KEY.Key_F6)
        focus = window.focusWidget()
        visited.append(
            next(
                one
                for one in (window.footer, window.panel, window.header, window.rail, window.canvas)
                if one is focus or one.isAncestorOf(focus)
            )
        )
    assert visited[-1] is window.canvas
    assert len(set(map(id, visited))) >= 4
    person.key(KEY.Key_F6, SHIFT)
    assert window.rail.isAncestorOf(window.focusWidget())


def test_single_letters_are_letters_in_a_field(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    field = person.window.fill_page.grow.field
    field.setFocus()
    person.key(KEY.Key_E)
    assert person.toolbox.tool == "brush"
    person.key(KEY.Key_Return)
    person.idle()
    assert not person.document.choices
    assert person.window.focusWidget() is person.canvas
    field.setFocus()
    field.setText("9")
    person.key(KEY.Key_Escape)
    assert person.window.focusWidget() is person.canvas
    assert field.text() != "9"
    field.setFocus()
    for key in (KEY.Key_1, KEY.Key_2, KEY.Key_Return):
        person.key(key)
    assert person.desk.recipe.grow == 12


def test_enter_in_an_open_list_chooses_and_does_not_fill(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    combo = person.window.fill_page.method.combo
    following = combo.itemData(combo.currentIndex() + 1)
    combo.showPopup()
    view = combo.view()
    person.until(view.isVisible)
    QTest.keyClick(view, KEY.Key_Down)
    QTest.keyClick(view, KEY.Key_Return)
    person.idle()
    assert not view.isVisible()
    assert person.desk.recipe.method == following
    assert not person.document.choices


def test_every_tool_has_its_key(person: Photographer) -> None:
    person.open(grass())
    person.document.references.add(Picture(grass()))
    for tool, key in zip(TOOLS, "BELMAPIH", strict=True):
        person.key(getattr(KEY, f"Key_{key}"))
        assert person.toolbox.tool == tool
        assert person.desk.actions[tool].isChecked()
    person.key(KEY.Key_B)
    person.hold(KEY.Key_Space)
    assert person.toolbox.tool == "hand"
    before = person.canvas.viewport
    person.drag((60, 60), (70, 80))
    person.let_go(KEY.Key_Space)
    assert person.toolbox.tool == "brush"
    assert person.canvas.viewport != before
    assert not person.painted.any()


# The picture stays


def test_the_wheel_zooms_at_the_pointer(person: Photographer) -> None:
    person.open(meadow())
    spot = QPoint(431, 277)
    for notches in (3, 5, -4, 9, -2):
        before = person.canvas.viewport
        person.wheel(spot, notches)
        after = person.canvas.viewport
        assert after.scale != before.scale
        one_pixel_drawn = 0.5 / before.scale + 0.5 / after.scale
        assert after.to_picture(spot.x(), spot.y()) == pytest.approx(before.to_picture(spot.x(), spot.y()), abs=one_pixel_drawn)


def test_the_picture_stays_when_the_panel_goes_and_while_it_fills(person: Photographer) -> None:
    person.open(meadow())
    cover_large(person)

    def corner() -> QPoint:
        person.settle()
        return person.canvas.mapTo(person.window, QPoint(*map(round, person.canvas.viewport.to_widget(0, 0))))

    was = corner()
    scale = person.canvas.viewport.scale
    for name in ("panel", "panel", "chrome", "chrome", "inspect", "brush", "compare_split", "compare_single"):
        person.desk.actions[name].trigger()
        assert corner() == was, name
    begun(person)
    assert corner() == was
    person.until(lambda: person.filling.preview is not None)
    assert corner() == was
    person.idle()
    assert corner() == was
    assert person.canvas.viewport.scale == scale
