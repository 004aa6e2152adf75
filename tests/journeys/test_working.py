"""Working on: stopping, queueing, several results, tools and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from app.toolbox import TOOLS
from engine.geometry import Box, Place
from tests.app.meadow import grass, magenta
from tests.journeys.photographer import ALT, CTRL, KEY, LEFT, NONE, PATIENCE, RIGHT, SHIFT, Photographer, differing

if TYPE_CHECKING:
    from app.choice import Choice

THING = Box(60, 80, 16, 18)
LARGE = Box(300, 400, 130, 200)
"""So large that a fill of it takes a while."""


def cover(person: Photographer) -> None:
    person.paint((68, 84), (68, 94), size=26)


def cover_large(person: Photographer) -> None:
    """Paint over what takes a while to fill."""
    person.key(KEY.Key_M)
    person.drag((290, 390), (440, 610))
    person.key(KEY.Key_B)


def meadow(height: int = 800, width: int = 1000) -> np.ndarray:
    """A large one."""
    rows, columns = np.mgrid[:height, :width]
    grey = grass(400, 500)[rows % 400, columns % 500]
    grey[LARGE.slices] = (255, 0, 255)
    return grey


def begun(person: Photographer) -> None:
    """Enter; the fill runs."""
    person.window.canvas.setFocus()
    person.desk.actions["fill"].trigger()
    assert person.filling.running


# Stopping, queueing


def test_a_fill_is_stopped_and_another_works(person: Photographer) -> None:
    was = meadow()
    person.open(was)
    cover_large(person)
    painted = person.painted
    begun(person)
    person.until(lambda: person.filling.preview is not None)
    assert person.filling.running
    person.key(KEY.Key_Escape)
    assert not person.filling.running or person.filling.stopping
    assert np.array_equal(person.painted, painted)
    person.idle()
    assert person.last == "Stopped. Nothing was changed."
    assert np.array_equal(person.pixels, was)
    person.key(KEY.Key_Z, CTRL)
    assert not person.painted.any()
    person.key(KEY.Key_Z, CTRL | SHIFT)
    person.fill()
    assert not magenta(person.pixels)


def test_the_next_hole_is_painted_and_queued_while_one_fills(person: Photographer) -> None:
    was = meadow()
    was[120:140, 200:220] = (255, 0, 255)
    person.open(was)
    cover_large(person)
    begun(person)
    person.paint((125, 205), (135, 215), size=40)
    assert person.filling.running
    texts = [row.text for row in person.filling.rows()]
    assert texts[-1] == "Painted, not yet queued"
    assert person.window.footer.add.isEnabled()
    QTest.mouseClick(person.window.footer.add, LEFT)
    assert not person.document.holes()
    person.idle()
    assert len(person.document.choices) == 2
    assert not magenta(person.pixels)
    changed = differing(person.pixels, was)
    assert not changed[~person.document.applied_mask().hole].any()


def test_two_holes_side_by_side_take_nothing_from_each_other(person: Photographer) -> None:
    was = meadow()
    was[330:350, 640:660] = (255, 0, 255)
    person.open(was)
    cover_large(person)
    begun(person)
    person.paint((335, 645), (345, 655), size=30)
    begun(person)
    person.idle()
    first, second = person.document.choices
    assert not magenta(person.pixels)
    assert not (second.candidates[-1].patch.pixels == (255, 0, 255)).all(axis=-1).any()
    assert first.chosen == second.chosen == 0


def came_from(choice: Choice) -> set[tuple[int, int]]:
    """Where every third pixel of a fill came from."""
    candidate, found = choice.candidates[-1], set[tuple[int, int]]()
    for row, column in np.argwhere(choice.hole)[::3]:
        place = Place.pixel(choice.box.top + int(row), choice.box.left + int(column))
        for evidence in candidate.evidence:
            found |= {(one.place.box.top, one.place.box.left) for one in evidence.sources(place)}
    return found


def test_closed_while_filling(person: Photographer) -> None:
    person.open(meadow())
    cover_large(person)
    begun(person)
    person.window.close()
    person.qtbot.waitUntil(lambda: not person.window.isVisible(), timeout=PATIENCE)


def test_another_photograph_while_filling(person: Photographer) -> None:
    person.open(meadow())
    cover_large(person)
    begun(person)
    was = grass(160, 200, THING)
    person.open(person.file(was, "next.png"))
    cover(person)
    person.fill()
    assert len(person.document.choices) == 1
    assert not magenta(person.pixels)


def test_undone_while_it_fills(person: Photographer) -> None:
    was = meadow()
    person.open(was)
    cover_large(person)
    painted = person.painted
    begun(person)
    person.key(KEY.Key_Z, CTRL)
    assert np.array_equal(person.painted, painted)
    person.idle()
    assert np.array_equal(person.pixels, was)
    assert not person.document.choices


# Results


def test_results_are_chosen_by_click_and_key(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    choice = person.fill()
    for _ in range(2):
        person.key(KEY.Key_Return, SHIFT)
        person.idle()
    assert len(choice.candidates) == 3
    assert choice.chosen == 2
    seen = [one.patch.pixels.tobytes() for one in choice.candidates]
    tiles = person.window.fill_page.results.tiles
    assert len(tiles) == 3
    person.settle()
    QTest.mouseClick(tiles[0], LEFT)
    assert choice.chosen == 0
    assert standing(person, choice) == [seen[0]]
    person.canvas.setFocus()
    person.key(KEY.Key_Period)
    assert choice.chosen == 1
    person.key(KEY.Key_Comma)
    person.key(KEY.Key_Comma)
    assert choice.chosen == 2  # round the end
    person.key(KEY.Key_Z, CTRL)
    assert choice.chosen == 0
    assert tiles[0].isChecked()
    assert not tiles[2].isChecked()


def standing(person: Photographer, choice: Choice) -> list[bytes]:
    """The candidates that the picture shows."""
    seen = person.pixels[choice.box.slices]
    return [one.patch.pixels.tobytes() for one in choice.candidates if np.array_equal(one.patch.pixels[choice.hole], seen[choice.hole])]


def test_a_click_on_a_hole_shows_its_results(person: Photographer) -> None:
    was = grass(160, 200, THING)
    was[20:30, 20:30] = (255, 0, 255)
    person.open(was)
    cover(person)
    first = person.fill()
    person.paint((22, 22), (28, 28), size=18)
    second = person.fill()
    assert person.document.shown is second
    person.key(KEY.Key_H)
    person.click(68, 89)
    assert person.document.shown is first
    person.key(KEY.Key_I)
    person.click(25, 25)
    assert person.document.shown is second


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
    for tool, key in zip(TOOLS, "BELMAIH", strict=True):
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
