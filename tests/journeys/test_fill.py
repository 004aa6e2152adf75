"""From a photograph to a filled one: open, paint, fill, look, compare, undo, save."""

from __future__ import annotations

import numpy as np

from engine.geometry import Box
from tests.app.meadow import MAGENTA, grass, magenta
from tests.journeys.photographer import ALT, CTRL, KEY, SHIFT, Photographer, differing

THING = Box(60, 80, 16, 18)
MIDDLE = (68, 89)


def cover(person: Photographer) -> None:
    """Paint over the thing."""
    person.paint((68, 84), (68, 94), size=26)


def test_from_open_to_saved_and_opened_again(person: Photographer) -> None:
    was = grass(160, 200, THING)
    person.open(was)
    cover(person)
    assert magenta(person.pixels)
    assert person.document.holes()
    choice = person.fill()
    now = person.pixels
    assert not magenta(now)
    assert not person.document.holes()
    assert not differing(now, was)[~hole(person)].any()
    seen = person.colour(*MIDDLE)
    assert max(abs(a - int(b)) for a, b in zip(seen, now[MIDDLE], strict=True)) <= 60
    assert seen != MAGENTA
    assert "Filled in" in person.last

    person.key(KEY.Key_S, CTRL)
    proposed = person.name()
    assert proposed.name == "meadow-inlay.png"
    person.idle()
    assert person.last == "Saved meadow-inlay.png. 0 pixels changed outside the mask."
    assert not person.document.unsaved

    person.key(KEY.Key_Return, SHIFT)
    person.idle()
    assert len(choice.candidates) == 2
    assert person.document.unsaved
    person.key(KEY.Key_S, CTRL)
    assert person.dialog is None  # the second time nothing is asked
    person.idle()
    assert not person.document.unsaved

    now, mask = person.pixels, hole(person)
    person.open(proposed)
    assert np.array_equal(person.pixels, now)
    assert not differing(person.pixels, was)[~mask].any()


def hole(person: Photographer) -> np.ndarray:
    return person.document.applied_mask().hole


def test_undo_and_redo_go_back_and_forth_over_everything(person: Photographer) -> None:
    was = grass(160, 200, THING)
    person.open(was)
    cover(person)
    painted = person.painted
    person.fill()
    filled = person.pixels
    person.key(KEY.Key_Z, CTRL)
    assert np.array_equal(person.pixels, was)
    assert np.array_equal(person.painted, painted)
    person.key(KEY.Key_Z, CTRL)
    assert not person.painted.any()
    person.key(KEY.Key_Z, CTRL)  # nothing is left to be undone
    person.key(KEY.Key_Z, CTRL | SHIFT)
    assert np.array_equal(person.painted, painted)
    person.key(KEY.Key_Y, CTRL)
    assert np.array_equal(person.pixels, filled)
    assert not person.painted.any()


def test_the_source_of_a_pixel_is_seen_and_pinned(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    person.fill()
    person.key(KEY.Key_I)
    assert person.display.page == "evidence"
    person.move(*MIDDLE)
    inspection = person.desk.inspection
    assert inspection.place == MIDDLE
    assert inspection.source is not None
    row, column = inspection.source.place.box.top, inspection.source.place.box.left
    assert not hole(person)[row, column]
    person.click(*MIDDLE)
    assert inspection.pinned
    person.move(66, 86)
    assert inspection.place == MIDDLE
    person.key(KEY.Key_Escape)
    assert not inspection.pinned
    assert inspection.place == (66, 86)
    person.move(66, 87)
    assert inspection.place == (66, 87)
    person.move(5, 5)
    assert inspection.dimmed
    person.key(KEY.Key_B)
    assert person.display.page == "fill"


def test_not_from_here_is_an_edit_and_a_fill(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    choice = person.fill()
    person.key(KEY.Key_I)
    person.move(*MIDDLE)
    source = person.desk.inspection.source
    assert source is not None
    person.click(*MIDDLE, keys=ALT)
    person.idle()
    assert len(choice.candidates) == 2
    assert person.document.area.pixels[source.place.box.top, source.place.box.left]
    person.move(*MIDDLE)
    again = person.desk.inspection.source
    assert again is not None
    assert again.place.box != source.place.box
    person.key(KEY.Key_Z, CTRL)
    assert choice.chosen == 0
    person.key(KEY.Key_Z, CTRL)
    assert not person.document.area.pixels.any()


def test_the_original_is_seen_while_its_key_is_held(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    person.fill()
    person.key(KEY.Key_H)
    person.canvas.setFocus()
    filled = person.colour(*MIDDLE)
    person.hold(KEY.Key_Backslash)
    assert person.colour(*MIDDLE) == MAGENTA
    person.let_go(KEY.Key_Backslash)
    assert person.colour(*MIDDLE) == filled != MAGENTA


def test_a_line_divides_the_original_from_the_fill(person: Photographer) -> None:
    person.open(grass(160, 200, THING))
    cover(person)
    person.fill()
    person.key(KEY.Key_H)
    person.key(KEY.Key_Y)
    assert person.colour(*MIDDLE) == MAGENTA  # the thing lies left of the middle
    line = person.canvas.viewport.to_picture(person.canvas.split.line(person.canvas.viewport), 0)[1]
    person.drag((30, line - 0.5), (30, 40), (30, 20))
    assert person.display.split_at < 0.15
    assert person.colour(*MIDDLE) != MAGENTA
    person.key(KEY.Key_Right)
    person.key(KEY.Key_Y)
    assert person.display.compare == "single"


def test_filled_twice_over_the_same_place(person: Photographer) -> None:
    was = grass(160, 200, THING)
    person.open(was)
    cover(person)
    person.fill()
    first = person.pixels
    person.paint((60, 100), (75, 100), size=20)
    person.fill()
    assert len(person.document.choices) == 2
    assert not magenta(person.pixels)
    person.key(KEY.Key_Z, CTRL)
    assert np.array_equal(person.pixels, first)
