"""Candidates laid over the original, and evidence that is let go."""

from __future__ import annotations

import numpy as np
import pytest

from app import choice as module
from app.choice import Candidate, Choice, composed, evidence_bytes, let_go
from app.photograph import Photograph
from engine.evidence import ConfidenceMap, HolePixels
from engine.geometry import Box, Window
from engine.picture import Patch, Picture
from tests.engine.cases import scene

BOX = Box(4, 5, 10, 12)


def confidence(pixels: HolePixels | None = None) -> ConfidenceMap:
    made = pixels or HolePixels.of(Window.plain(BOX), np.ones(BOX.size, np.bool_))
    return ConfidenceMap(made, np.zeros(len(made.rows), np.float32), "share of votes")


WEIGHT = evidence_bytes([confidence()])


def choice(number: int, candidates: int = 1, chosen: int | None = 0) -> Choice:
    patch = Patch(0, BOX, np.full((*BOX.size, 3), number, np.uint8))
    made = [Candidate(patch, (confidence(),), "telea", "Telea", seed, 1.0) for seed in range(candidates)]
    return Choice(number, BOX, np.full(BOX.size, 255, np.uint8), made, chosen)


def forgotten(choices: list[Choice]) -> list[list[bool]]:
    return [[one.forgotten for one in each.candidates] for each in choices]


def test_what_several_share_is_counted_once() -> None:
    pixels = HolePixels.of(Window.plain(BOX), np.ones(BOX.size, np.bool_))
    assert BOX.area * 4 < WEIGHT, "a float for each pixel, and where the pixels lie"
    assert evidence_bytes([confidence(pixels), confidence(pixels)]) == WEIGHT + BOX.area * 4
    assert evidence_bytes([]) == 0


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (5.0, [[False, False, False], [False], [False]]),
        (4.0, [[True, False, False], [False], [False]]),
        (3.0, [[True, False, True], [False], [False]]),
        (2.0, [[True, True, True], [False], [False]]),
        (0.0, [[True, True, True], [True], [False]]),
    ],
)
def test_what_does_not_stand_is_let_go_first_and_then_the_oldest(
    monkeypatch: pytest.MonkeyPatch, room: float, expected: list[list[bool]]
) -> None:
    monkeypatch.setattr(module, "MOST_EVIDENCE", int(room * WEIGHT))
    choices = [choice(1, 3, chosen=1), choice(2), choice(3)]
    let_go(choices)
    assert forgotten(choices) == expected
    assert all(not one.evidence for each in choices for one in each.candidates if one.forgotten)
    let_go(choices)
    assert forgotten(choices) == expected


def test_the_original_is_what_stands_without_any() -> None:
    pixels = scene(30, 40)
    photo = Photograph(Picture(pixels.copy()))
    assert np.array_equal(composed(photo, [choice(1, chosen=None)], photo.box), pixels)


def test_the_last_lies_above() -> None:
    photo = Photograph(Picture(scene(30, 40)))
    assert (composed(photo, [choice(1), choice(2), choice(3, chosen=None)], BOX) == 2).all()


def test_a_part_of_a_box_is_that_part_of_all() -> None:
    photo = Photograph(Picture(scene(30, 40)))
    whole, part = composed(photo, [choice(9)], photo.box), Box(8, 2, 20, 9)
    assert np.array_equal(composed(photo, [choice(9)], part), whole[part.slices])
