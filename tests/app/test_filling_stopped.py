"""Fills that are stopped, undone or overtaken: the mask comes back, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.geometry import Box
from tests.app.meadow import HERE, THERE, around, grass, magenta

if TYPE_CHECKING:
    from tests.app.conftest import Core


@pytest.mark.parametrize("when", ["at once", "after its first preview"])
def test_esc_gives_the_mask_back_at_once(core: Core, when: str) -> None:
    was = grass(200, 200)
    core.open(was)
    core.paint(Box(40, 40, 100, 100), 200)
    core.filling.fill()
    if when != "at once":
        core.qtbot.waitUntil(lambda: core.filling.preview is not None or not core.filling.running)
        assert core.filling.running
    core.filling.stop()
    assert (core.document.mask.pixels[40:140, 40:140] == 200).all()
    assert core.filling.preview is None
    assert core.filling.outlines() == []
    if core.filling.running:
        assert core.filling.rows()[0].text == "Stopping…"
    core.idle()
    assert core.last == "Stopped. Nothing was changed."
    assert np.array_equal(core.pixels, was)
    assert [edit.name for edit in core.document.history.done] == ["Stroke"]
    core.filling.fill()
    core.idle()
    assert core.last.startswith("Filled in")


def test_esc_stops_the_first_and_the_next_goes_on(core: Core) -> None:
    core.open(grass())
    core.paint(HERE)
    core.filling.fill()
    core.paint(THERE)
    core.filling.fill()
    core.filling.stop()
    core.idle()
    (choice,) = core.document.choices
    assert choice.box.common(THERE) == THERE
    assert core.document.holes() == [HERE]


def test_what_waits_can_be_cancelled(core: Core) -> None:
    core.open(grass())
    core.paint(HERE)
    core.filling.fill()
    core.paint(THERE)
    core.filling.fill()
    core.filling.cancel(2)
    assert core.document.holes() == [THERE]
    core.idle()
    assert [choice.number for choice in core.document.choices] == [1]


def test_nothing_to_stop(core: Core) -> None:
    core.filling.stop()
    core.filling.cancel(1)
    core.open(grass())
    core.filling.stop()
    assert core.said == []


def test_undo_takes_a_fill_and_its_mask_back_in_one_step(core: Core) -> None:
    was = grass(120, 160, HERE)
    core.open(was)
    core.fill(around(HERE))
    filled = core.pixels.copy()
    core.document.undo()
    assert np.array_equal(core.pixels, was)
    assert core.document.holes() == [around(HERE)]
    core.document.redo()
    assert np.array_equal(core.pixels, filled)
    assert core.document.holes() == []


def test_undo_of_queued_fills_takes_each_with_its_mask(core: Core) -> None:
    was = grass(120, 160, HERE, THERE)
    core.open(was)
    for box in (HERE, THERE):
        core.paint(around(box))
        core.filling.fill()
    core.idle()
    core.document.undo()
    assert core.document.holes() == [around(THERE)]
    assert magenta(core.pixels) == THERE.area
    core.document.undo()
    assert magenta(core.pixels) == THERE.area + HERE.area
    assert np.array_equal(core.pixels, was)


def test_undo_while_it_fills_cancels(core: Core) -> None:
    was = grass(200, 200)
    core.open(was)
    core.paint(Box(40, 40, 100, 100))
    core.filling.fill()
    core.document.undo()
    assert core.document.holes() == [Box(40, 40, 100, 100)]
    core.idle()
    assert core.last == "Stopped. Nothing was changed."
    assert np.array_equal(core.pixels, was)
    assert not core.document.history.undone, "a fill that was cancelled is asked for anew"
    core.document.undo()
    assert core.document.holes() == []


def test_undo_takes_back_what_was_painted_last_and_then_the_fill(core: Core) -> None:
    core.open(grass())
    core.paint(HERE)
    core.filling.fill()
    core.paint(THERE)
    core.document.undo()
    assert core.filling.running
    assert not core.filling.stopping
    core.document.undo()
    assert core.document.holes() == [HERE]
    core.idle()
    assert core.document.choices == []


def test_undo_takes_out_of_the_queue(core: Core) -> None:
    core.open(grass())
    for box in (HERE, THERE):
        core.paint(box)
        core.filling.fill()
    core.document.undo()
    assert core.document.holes() == [THERE]
    core.idle()
    assert [choice.number for choice in core.document.choices] == [1]


def test_undo_cancels_another_result_before_the_first(core: Core) -> None:
    core.open(grass())
    core.fill(HERE)
    filled = core.pixels.copy()
    core.filling.another()
    core.document.undo()
    core.idle()
    assert np.array_equal(core.pixels, filled)
    assert len(core.document.choices[0].candidates) == 1


def test_a_result_for_another_picture_is_kept_and_does_not_stand(core: Core) -> None:
    core.open(grass(120, 160, HERE))
    core.fill(around(HERE))
    first = core.document.choices[0]
    core.paint(THERE)
    core.filling.fill()
    core.document.choose(first, None)
    before = core.pixels.copy()
    core.idle()
    assert np.array_equal(core.pixels, before)
    assert "not put into it" in core.last
    assert core.said[-1].kind == "warning"
    kept = core.document.choices[1]
    assert (kept.chosen, core.document.shown) == (None, kept)
    core.document.choose(kept, 0)
    assert not np.array_equal(core.pixels, before)
    assert np.array_equal(core.pixels[HERE.slices], before[HERE.slices])
    core.document.undo()
    assert np.array_equal(core.pixels, before)


def test_a_change_where_it_did_not_look_leaves_a_result_standing(core: Core) -> None:
    core.open(grass(60, 700))
    left, right = Box(20, 20, 10, 10), Box(20, 660, 10, 10)
    core.fill(left)
    first = core.document.choices[0]
    core.paint(right)
    core.filling.fill()
    core.document.choose(first, None)
    core.idle()
    assert core.last.startswith("Filled in")
    assert core.document.choices[1].chosen == 0


def test_a_stroke_while_it_fills_is_not_split_nor_lost(core: Core) -> None:
    core.open(grass())
    core.paint(HERE)
    core.filling.fill()
    core.document.mask.writing(THERE)[...] = 255
    core.document.mask_changed.emit(THERE)
    core.idle()
    core.document.mask.writing(Box(66, 58, 16, 10))[...] = 255
    core.document.mask_changed.emit(Box(66, 58, 16, 10))
    core.document.committed("Stroke")
    assert core.document.holes() == [Box(66, 40, 16, 28)]
    core.document.undo()
    assert core.document.holes() == []
    assert core.document.choices
