"""Working on: stopping, queueing, several results, tools and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtTest import QTest

from engine.geometry import Box
from tests.app.meadow import grass, magenta
from tests.journeys.photographer import CTRL, KEY, LEFT, PATIENCE, SHIFT, Photographer, differing

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


def test_escape_twice_stops_what_runs_and_what_waits(person: Photographer) -> None:
    was = meadow()
    person.open(was)
    person.desk.recipe.set_setting("smooth", 1.0)  # several runs: long enough to paint meanwhile
    person.desk.recipe.set_setting("effort", "best")
    cover_large(person)
    begun(person)
    cover(person)
    waits = person.painted
    assert waits.any()
    person.key(KEY.Key_Return)
    assert not person.painted.any()
    person.key(KEY.Key_Escape)
    person.key(KEY.Key_Escape)
    assert person.painted[waits > 0].all()
    assert person.painted[LARGE.slices].all()
    person.idle()
    assert np.array_equal(person.pixels, was)


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
