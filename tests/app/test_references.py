"""References of the open photograph: their list, their points, and how every change of them is undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.companion import PointPair, free_name
from app.document import Document
from engine.geometry import Box, Window
from engine.picture import Picture
from engine.reference import ControlPoint, Match

if TYPE_CHECKING:
    from app.references import References

pytestmark = pytest.mark.usefixtures("qapp")


def picture(height: int = 20, width: int = 30) -> Picture:
    return Picture(np.zeros((height, width, 3), np.uint8))


@pytest.fixture
def document() -> Document:
    made = Document()
    made.open(picture())
    return made


@pytest.fixture
def references(document: Document) -> References:
    return document.references


def steps(document: Document) -> list[str]:
    return [edit.name for edit in document.history.done]


def numbers(references: References) -> list[int]:
    return [one.number for one in references.items]


def match(name: str) -> Match:
    window = Window(Box.whole((20, 30)), (4, 6))
    return Match(name, 0.6, 9, 1.0, np.zeros((0, 4), np.float32), window, np.zeros((4, 6, 2), np.float32))


# The list


def test_each_has_a_name_and_a_number_of_its_own(references: References) -> None:
    one, two, three = (references.add(picture(), Path(folder) / "a.jpg") for folder in ("x", "y", "z"))
    assert [one.name for one in references.items] == ["a.jpg", "a.jpg (2)", "a.jpg (3)"]
    assert [one.number, two.number, three.number] == [1, 2, 3]
    assert references.chosen is three
    references.remove(two)
    assert numbers(references) == [1, 3], "numbers stay with their photographs"
    assert references.chosen is three
    assert references.add(picture()).number == 2
    assert [one.name for one in references.as_references()] == ["a.jpg", "Pasted photograph", "a.jpg (3)"]


def test_names_that_are_taken_get_a_number() -> None:
    assert free_name("a", []) == "a"
    assert free_name("a", ["a", "a (2)"]) == "a (3)"


def test_adding_and_removing_are_steps_and_the_same_objects_come_back(document: Document, references: References) -> None:
    one, two = references.add(picture(), Path("a.jpg")), references.add(picture(), Path("b.jpg"))
    references.choose(one)
    references.set_matches({one: match("a.jpg")})
    references.remove(one)
    assert references.items == [two]
    assert references.chosen is two
    assert steps(document) == ["Add reference", "Add reference", "Remove reference"]
    document.undo()
    assert references.items == [one, two]
    assert references.match_of(one) is not None, "nothing has to be found out again"
    document.undo()
    document.undo()
    assert references.items == []
    assert references.chosen is None
    document.redo()
    assert references.items == [one]
    assert references.chosen is one


def test_one_that_comes_along_is_no_step(document: Document, references: References) -> None:
    references.add(picture(), Path("second.jpg"), along=True)
    assert references.along
    assert not document.history.done
    references.begin(here=(1, 1))
    references.begin(there=(2, 2))
    document.undo()
    assert numbers(references) == [1], "undo of a point takes the point alone"
    references.add(picture(), Path("mine.jpg"))
    assert not references.along


def test_another_photograph_has_none(document: Document, references: References) -> None:
    references.add(picture())
    references.begin(here=(1, 1))
    told: list[int] = []
    references.changed.connect(lambda: told.append(len(references.items)))
    document.open(picture())
    assert told == [0]
    assert references.points(references.chosen) == []
    assert not document.history.done


def test_a_file_is_found_again(references: References, tmp_path: Path) -> None:
    one = references.add(picture(), tmp_path / "a.jpg")
    assert references.at(tmp_path / "a.jpg") is one
    assert references.at(tmp_path / "b.jpg") is None
    assert references.named("a.jpg") is one
    assert references.named("") is None


# Points


def test_a_pair_is_set_by_halves_and_only_the_whole_is_a_step(document: Document, references: References) -> None:
    assert references.begin(here=(1, 1)) is None, "there is no reference"
    one = references.add(picture())
    before = len(steps(document))
    assert references.begin(there=(4, 5)) == PointPair(1, None, (4, 5))
    assert references.begin(there=(6, 7)) == PointPair(1, None, (6, 7)), "the same side again: it is moved"
    assert len(steps(document)) == before
    assert references.points(one) == [PointPair(1, None, (6, 7))]
    assert references.as_references()[0].points == ()
    assert references.complete(here=(1, 2)) == PointPair(1, (1, 2), (6, 7))
    assert references.complete(here=(9, 9)) is None
    assert steps(document)[before:] == ["Add control point"]
    assert references.as_references()[0].points == (ControlPoint((1, 2), (6, 7)),)


def test_a_half_pair_can_be_dropped_and_goes_with_its_reference(references: References) -> None:
    one, two = references.add(picture()), references.add(picture())
    assert not references.drop_half()
    references.begin(here=(1, 1))
    assert references.drop_half()
    references.begin(here=(1, 1))
    references.choose(one)
    assert references.half is None
    assert references.points(two) == []


def test_a_drag_is_one_step(document: Document, references: References) -> None:
    one = references.add(picture())
    references.begin(here=(1, 1))
    references.begin(there=(2, 2))
    for at in range(5):
        references.move(1, there=(3, at), done=False)
    references.move(1, there=(3, 9))
    assert steps(document)[-2:] == ["Add control point", "Move control point"]
    document.undo()
    assert references.points(one) == [PointPair(1, (1, 1), (2, 2))]
    document.redo()
    assert references.points(one) == [PointPair(1, (1, 1), (3, 9))]


def test_a_drag_that_was_not_let_go_is_a_step_before_the_next(document: Document, references: References) -> None:
    one = references.add(picture())
    references.begin(here=(1, 1))
    references.begin(there=(2, 2))
    references.move(1, here=(5, 5), done=False)
    document.undo()
    assert references.points(one) == [PointPair(1, (1, 1), (2, 2))]
    assert steps(document)[-1] == "Add control point"


def test_numbers_stay_with_pairs(document: Document, references: References) -> None:
    one = references.add(picture())
    for k in range(3):
        references.begin(here=(k, k))
        references.begin(there=(k, k))
    references.delete(2)
    assert [pair.number for pair in references.points(one)] == [1, 3]
    references.begin(here=(8, 8))
    assert references.points(one)[-1].number == 2, "the half one comes last, with the free number"
    references.begin(there=(8, 8))
    assert [pair.number for pair in references.points(one)] == [1, 2, 3]
    references.clear()
    assert references.points(one) == []
    document.undo()
    assert [pair.number for pair in references.points(one)] == [1, 2, 3]


def test_undo_drops_what_is_half_set(document: Document, references: References) -> None:
    one = references.add(picture())
    references.begin(here=(1, 1))
    references.begin(there=(1, 1))
    references.begin(here=(2, 2))
    document.undo()
    assert references.points(one) == []


def test_points_of_a_file_take_the_place_of_those_there_are(document: Document, references: References) -> None:
    one, two = references.add(picture()), references.add(picture())
    references.begin(here=(1, 1))
    references.begin(there=(1, 1))
    references.put([[ControlPoint((2, 2), (3, 3))], []])
    assert references.points(one) == [PointPair(1, (2, 2), (3, 3))]
    assert references.points(two) == []
    document.undo()
    assert references.points(two) == [PointPair(1, (1, 1), (1, 1))]
    assert steps(document)[-1] == "Add control point"


def test_a_stroke_and_a_point_are_undone_in_their_order(document: Document, references: References) -> None:
    references.add(picture())
    document.mask.writing(Box(2, 2, 4, 4))[...] = 255
    document.mask_changed.emit(Box(2, 2, 4, 4))
    document.committed("Stroke")
    references.begin(here=(1, 1))
    references.begin(there=(1, 1))
    document.undo()
    assert document.mask.pixels.any()
    document.undo()
    assert not document.mask.pixels.any()
    assert len(references.items) == 1
