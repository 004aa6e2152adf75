"""The document: what is painted, which results stand, and how all of it is undone."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.choice import Candidate, Choice
from app.document import Document
from app.sampling import FORBIDDEN
from engine.geometry import Box
from engine.picture import Patch, Picture
from tests.engine.cases import scene

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(Picture(scene(300, 320)))
    return made


def paint(document: Document, box: Box, level: int = 255, *, commit: bool = True) -> None:
    document.mask.writing(box)[...] = level
    document.mask_changed.emit(box)
    if commit:
        document.committed("Stroke")


def now(document: Document) -> np.ndarray:
    assert document.photograph is not None
    return document.photograph.pixels(document.photograph.box)


def flat(box: Box, value: int) -> Candidate:
    return Candidate(Patch(0, box, np.full((*box.size, 3), value, np.uint8)), (), "telea", "Telea", 0, 1.0)


def choice(number: int, box: Box, *values: int) -> Choice:
    return Choice(number, box, np.full(box.size, 255, np.uint8), [flat(box, value) for value in values])


def names(document: Document) -> list[str]:
    return [edit.name for edit in document.history.done]


# Painting


def test_a_gesture_is_a_step(document: Document) -> None:
    paint(document, Box(10, 10, 30, 30))
    paint(document, Box(200, 10, 30, 30))
    assert document.holes() == [Box(10, 10, 30, 30), Box(200, 10, 30, 30)]
    document.undo()
    assert document.holes() == [Box(10, 10, 30, 30)]
    document.redo()
    assert len(document.holes()) == 2


def test_a_gesture_that_changes_nothing_is_no_step(document: Document) -> None:
    paint(document, Box(10, 10, 30, 30), 0)
    assert names(document) == []


def test_undo_within_a_stroke_takes_the_stroke_back(document: Document) -> None:
    paint(document, Box(10, 10, 30, 30))
    paint(document, Box(20, 20, 60, 60), commit=False)
    document.undo()
    assert document.holes() == [Box(10, 10, 30, 30)]
    document.committed("Stroke")
    document.undo()
    assert document.holes() == []


def test_clear_and_invert_are_steps(document: Document) -> None:
    document.clear_mask()
    assert names(document) == []
    paint(document, Box(0, 0, 300, 100))
    document.invert_mask()
    assert document.holes() == [Box(0, 100, 300, 220)]
    document.clear_mask()
    assert document.holes() == []
    document.undo()
    document.undo()
    assert document.holes() == [Box(0, 0, 300, 100)]


def test_a_mask_that_is_opened_takes_the_place_of_what_was_painted(document: Document) -> None:
    paint(document, Box(0, 0, 10, 10))
    coverage = np.zeros((300, 320), np.uint8)
    coverage[100:110, 100:120] = 77
    document.set_mask(coverage)
    assert document.holes() == [Box(100, 100, 10, 20)]
    document.undo()
    assert document.holes() == [Box(0, 0, 10, 10)]


# Results


def test_a_result_stands_and_is_undone_with_its_mask_in_one_step(document: Document) -> None:
    box, was = Box(100, 100, 40, 50), now(document).copy()
    paint(document, box)
    taken = document.take([box], "Fill")
    assert document.holes() == []
    document.stand([(choice(1, box, 9), 0)], "Fill", taken)
    assert (now(document)[box.slices] == 9).all()
    assert names(document) == ["Stroke", "Fill"]
    document.undo()
    assert np.array_equal(now(document), was)
    assert document.holes() == [box]
    assert document.choices == []
    document.redo()
    assert (now(document)[box.slices] == 9).all()
    assert document.holes() == []
    assert len(document.choices) == 1


def test_a_result_and_its_mask_are_one_step_though_another_hole_was_painted_meanwhile(document: Document) -> None:
    box, other = Box(100, 100, 40, 50), Box(160, 100, 40, 50)
    paint(document, box)
    taken = document.take([box], "Fill")
    paint(document, other)
    document.stand([(choice(1, box, 9), 0)], "Fill", taken)
    assert names(document) == ["Stroke", "Stroke", "Fill"]
    document.undo()
    assert document.holes() == [Box(100, 100, 100, 50)] or document.holes() == [box, other]
    assert document.mask.pixels[box.slices].all()
    document.redo()
    assert document.holes() == [other]


def test_a_result_is_a_step_of_its_own_where_its_hole_was_painted_again_meanwhile(document: Document) -> None:
    box, was = Box(100, 100, 40, 50), now(document).copy()
    paint(document, box)
    taken = document.take([box], "Fill")
    paint(document, Box(120, 120, 60, 60))
    document.stand([(choice(1, box, 9), 0)], "Fill", taken)
    assert names(document) == ["Stroke", "Fill", "Stroke", "Fill"]
    for _ in range(3):
        document.undo()
    assert document.holes() == [box]
    assert np.array_equal(document.mask.pixels > 0, np.pad(np.ones(box.size, bool), ((100, 160), (100, 170))))
    assert np.array_equal(now(document), was)
    for _ in range(3):
        document.redo()
    assert document.holes() == [Box(120, 120, 60, 60)]


def test_what_is_given_back_is_no_step(document: Document) -> None:
    box, other = Box(100, 100, 40, 50), Box(200, 100, 40, 50)
    paint(document, box, 200)
    painted = document.mask.pixels[box.slices].copy()
    taken = document.take([box], "Fill")
    paint(document, other)
    document.give_back([(box, painted)], taken)
    assert names(document) == ["Stroke", "Stroke"]
    assert (document.mask.pixels[box.slices] == 200).all()
    document.undo()
    document.undo()
    assert not document.mask.pixels.any()


def test_what_is_given_back_lies_over_what_was_painted_meanwhile(document: Document) -> None:
    box, over = Box(100, 100, 40, 50), Box(120, 120, 60, 60)
    paint(document, box)
    painted = document.mask.pixels[box.slices].copy()
    taken = document.take([box], "Fill")
    paint(document, over, 90)
    document.give_back([(box, painted)], taken)
    assert (document.mask.pixels[box.slices] == 255).all()
    assert document.mask.pixels[170, 170] == 90
    while document.history.done:
        document.undo()
    assert not document.mask.pixels.any()


def test_a_mask_given_back_within_a_stroke_leaves_the_stroke(document: Document) -> None:
    box, stroke = Box(100, 100, 40, 50), Box(145, 100, 20, 50)
    paint(document, box)
    painted = document.mask.pixels[box.slices].copy()
    taken = document.take([box], "Fill")
    paint(document, stroke, commit=False)
    document.give_back([(box, painted)], taken)
    document.committed("Stroke")
    assert document.mask.pixels[box.slices].all()
    assert document.mask.pixels[stroke.slices].all()
    document.undo()
    assert document.mask.pixels[box.slices].all()
    assert not document.mask.pixels[stroke.slices].any()


def test_another_candidate_is_chosen_and_undone(document: Document) -> None:
    box, was = Box(10, 10, 20, 20), now(document).copy()
    one = choice(1, box, 5, 6)
    document.stand([(one, 0)], "Fill")
    document.choose(one, 1)
    document.choose(one, None)
    assert np.array_equal(now(document), was)
    assert document.choice_at(15, 15) is one, "its results can be shown again"
    for value, chosen in ((6, 1), (5, 0)):
        document.undo()
        assert (now(document)[box.slices] == value).all()
        assert one.chosen == chosen
    document.redo()
    assert (now(document)[box.slices] == 6).all()


def test_a_later_fill_lies_above_whatever_is_chosen_below(document: Document) -> None:
    below, above = choice(1, Box(10, 10, 40, 40), 1, 2), choice(2, Box(30, 30, 40, 40), 8)
    was = now(document).copy()
    document.stand([(below, 0)], "Fill")
    document.stand([(above, 0)], "Fill")
    document.choose(below, 1)
    assert (now(document)[35, 35, 0], now(document)[15, 15, 0]) == (8, 2)
    assert document.choice_at(35, 35) is above
    document.choose(above, None)
    assert (now(document)[35, 35] == 2).all(), "what lies under a fill is the fill below, not the photograph"
    assert document.choice_at(35, 35) is below
    assert np.array_equal(now(document)[60, 60], was[60, 60])
    assert (document.under(above)[0, 0] == 2).all()
    while document.history.done:
        document.undo()
    assert np.array_equal(now(document), was)


def test_only_the_hole_is_written(document: Document) -> None:
    box, was = Box(250, 250, 30, 40), now(document).copy()
    one = choice(1, box, 3)
    one.coverage[:, 20:] = 0
    document.stand([(one, 0)], "Fill")
    changed = (now(document) != was).any(axis=2)
    assert Box.around(changed) == Box(250, 250, 30, 20)
    assert np.array_equal(document.applied_mask().hole, changed)


def test_results_of_an_undone_fill_are_freed_by_the_next_step(document: Document) -> None:
    one = choice(1, Box(10, 10, 20, 20), 5)
    gone = weakref.ref(one)
    document.stand([(one, 0)], "Fill")
    document.undo()
    del one
    gc.collect()
    assert gone() is not None, "redo needs it"
    paint(document, Box(5, 5, 5, 5))
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("how", ["open", "close"])
def test_nothing_is_left_of_a_document_that_is_closed(document: Document, how: str) -> None:
    one = choice(1, Box(10, 10, 20, 20), 5)
    document.stand([(one, 0)], "Fill")
    gone = [weakref.ref(one), weakref.ref(document.photograph), weakref.ref(document.mask)]
    del one
    if how == "open":
        document.open(Picture(scene(20, 20)))
    else:
        document.close()
    gc.collect()
    assert [ref() for ref in gone] == [None] * 3
    assert (document.history.done, document.choices, document.shown, document.holes()) == ([], [], None, [])
    assert not document.unsaved


# Sampling area


def test_not_from_here_is_a_step(document: Document) -> None:
    document.forbid(np.ones((5, 5), np.bool_), Box(7, 7, 5, 5))
    assert (document.area.pixels == FORBIDDEN).sum() == 25
    document.undo()
    assert not document.area.pixels.any()
    document.redo()
    document.clear_area()
    assert not document.area.pixels.any()
    document.undo()
    assert document.area.pixels.any()


# Saving


def test_unsaved_is_what_differs_from_what_was_saved(document: Document, tmp_path: Path) -> None:
    one = choice(1, Box(10, 10, 20, 20), 5, 6)
    paint(document, Box(0, 0, 9, 9))
    assert not document.unsaved, "a mask is no change of the photograph"
    document.stand([(one, 0)], "Fill")
    assert document.unsaved
    document.saved(document.standing, tmp_path)
    assert not document.unsaved
    document.choose(one, 1)
    assert document.unsaved
    document.undo()
    assert not document.unsaved
    document.undo()
    assert document.unsaved


def test_what_was_edited_while_it_was_saved_is_unsaved(document: Document, tmp_path: Path) -> None:
    document.stand([(choice(1, Box(10, 10, 20, 20), 5), 0)], "Fill")
    standing = document.standing
    document.stand([(choice(2, Box(50, 10, 20, 20), 5), 0)], "Fill")
    document.saved(standing, tmp_path)
    assert document.unsaved


def test_signals_name_what_changed(document: Document) -> None:
    pixels: list[Box] = []
    masks: list[Box] = []
    document.pixels_changed.connect(pixels.append)
    document.mask_changed.connect(masks.append)
    box = Box(100, 100, 40, 50)
    paint(document, box)
    taken = document.take([box], "Fill")
    document.stand([(choice(1, box, 9), 0)], "Fill", taken)
    document.undo()
    assert pixels == [box, box]
    assert masks[:2] == [box, box]
    assert masks[2].common(box) == box


def test_the_holes_are_right_whenever_anything_is_said(document: Document) -> None:
    """Whoever hears of a change may ask for the holes: none is asked of a mask that is half told."""
    seen: list[list[Box]] = []
    for signal in (
        document.pixels_changed,
        document.mask_changed,
        document.choices_changed,
        document.history_changed,
        document.area_changed,
    ):
        signal.connect(lambda *_: seen.append(document.holes()))
    box, other = Box(10, 10, 40, 50), Box(200, 200, 40, 50)
    paint(document, box)
    paint(document, other)
    taken = document.take([box, other], "Fill")
    document.stand([(choice(1, box, 9), 0), (choice(2, other, 9), 0)], "Fill", taken)
    for _ in range(3):
        document.undo()
    for _ in range(3):
        document.redo()
    assert seen[-1] == []


def test_a_photograph_of_one_pixel() -> None:
    document = Document()
    document.open(Picture(np.full((1, 1), 60000, np.uint16)))
    paint(document, Box(0, 0, 1, 1))
    assert document.holes() == [Box(0, 0, 1, 1)]
    document.undo()
    assert document.holes() == []


def test_nothing_is_open() -> None:
    document = Document()
    for act in (document.undo, document.redo, document.clear_mask, document.clear_area, document.close):
        act()
    assert document.choice_at(0, 0) is None
    assert not document.unsaved
