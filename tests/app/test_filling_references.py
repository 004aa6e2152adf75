"""Fills from references: real matches, real evidence, and the ways on where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.told import filled
from engine.geometry import Box
from engine.methods import shelf
from tests.app.twice import APART, HOLE, elsewhere, first, second

if TYPE_CHECKING:
    from app.references import References
    from tests.app.conftest import Core

INSIDE = HOLE.top + 10, HOLE.left + 11


@pytest.fixture
def ready(core: Core) -> Core:
    core.recipe.set_cards(tuple(method.card for method in shelf().values()))
    core.recipe.set_setting("features", "rootsift", "refmatch")
    core.open(first())
    core.recipe.use_references()
    return core


def references(core: Core) -> References:
    return core.document.references


def test_without_a_reference_the_method_says_what_it_lacks(ready: Core) -> None:
    ready.paint(HOLE)
    assert not ready.filling.can_fill
    assert "Add a photograph of the same place" in ready.filling.reason
    ready.filling.fill()
    assert ready.last == ready.filling.reason
    ready.recipe.set_method("patchmatch")
    assert ready.filling.can_fill
    assert not ready.filling.from_references


def test_what_is_behind_comes_from_the_reference(ready: Core) -> None:
    references(ready).add(second(), Path("second.jpg"))
    assert ready.filling.from_references
    covered = first()
    covered[HOLE.slices] = (255, 0, 255)
    ready.open(covered)
    ready.recipe.use_references()
    references(ready).add(second(), Path("second.jpg"))
    ready.fill(HOLE)
    assert "Filled in" in ready.last
    error = np.abs(ready.pixels[HOLE.slices].astype(int) - first()[HOLE.slices]).mean()
    assert error < 6, "the real cup stands there again"


def test_a_pixel_knows_its_place_in_the_reference(ready: Core) -> None:
    references(ready).add(second(), Path("second.jpg"))
    ready.fill(HOLE)
    ready.inspection.look(*INSIDE)
    source = ready.inspection.source
    assert source is not None
    assert source.place.origin == "second.jpg"
    at = source.place.box
    assert abs(at.top - INSIDE[0] - APART[0]) <= 1
    assert abs(at.left - INSIDE[1] - APART[1]) <= 1
    assert ready.inspection.target is not None
    assert not ready.inspection.can_exclude
    assert ready.inspection.would_exclude is None
    assert ready.inspection.anchors
    names = [name for name, _, _ in ready.inspection.named_layers()]
    assert {"field matched", "field corrected", "photograph", "confidence"} <= set(names)
    assert len(set(names)) == len(names)


def test_where_the_reference_shows_less_patches_fill_and_both_are_told_apart(ready: Core) -> None:
    references(ready).add(type(second())(second().pixels[:, :130].copy()), Path("part.jpg"))
    ready.fill(Box(90, 120, 40, 60))
    choice = ready.document.shown
    assert choice is not None
    origins: set[str] = set()
    for column in range(122, 178, 4):
        ready.inspection.look(110, column)
        assert ready.inspection.source is not None
        origins.add(ready.inspection.source.place.origin)
    assert origins == {"part.jpg", ""}
    assert "% of it is shown by no reference and was made with patches." in ready.last
    names = [name for name, _, _ in ready.inspection.named_layers()]
    assert len(set(names)) == len(names)
    ready.inspection.set_layer("confidence, patches")
    assert ready.inspection.layer is not None
    assert ready.inspection.layer[0].stage == "patches"


def test_no_match_gives_the_mask_back_and_two_ways_on(ready: Core) -> None:
    references(ready).add(elsewhere(), Path("moon.jpg"))
    was = ready.pixels.copy()
    ready.fill(HOLE)
    assert ready.said[-1].text == "moon.jpg does not seem to show the same place. Nothing was changed."
    assert ready.said[-1].actions == ("set_points", "fill_without")
    assert ready.document.holes() == [HOLE]
    np.testing.assert_array_equal(ready.pixels, was)
    ready.filling.fill_without()
    ready.idle()
    assert ready.document.shown is not None
    assert ready.document.shown.candidates[0].method == "patchmatch"
    assert ready.recipe.method == "refmatch"
    assert not ready.document.holes()


def test_another_result_that_finds_no_match_is_had_without(ready: Core) -> None:
    ready.recipe.set_method("patchmatch")
    ready.fill(HOLE)
    choice = ready.document.shown
    assert choice is not None
    references(ready).add(elsewhere(), Path("moon.jpg"))
    references(ready).add(elsewhere(), Path("mars.jpg"))
    ready.recipe.use_references()
    ready.filling.another()
    ready.idle()
    assert ready.said[-1].text.startswith("None of the 2 references")
    assert len(choice.candidates) == 1
    ready.filling.fill_without()
    ready.idle()
    assert [one.method for one in choice.candidates] == ["patchmatch", "patchmatch"]


def test_the_job_has_the_references_of_when_it_was_asked(ready: Core) -> None:
    one = references(ready).add(second(), Path("second.jpg"))
    ready.paint(HOLE)
    ready.filling.fill()
    references(ready).remove(one)
    ready.idle()
    assert ready.document.shown is not None
    assert ready.document.shown.candidates[0].record["references"][0]["name"] == "second.jpg"


def test_what_was_taken_is_told() -> None:
    def said(*used: tuple[str, float], matched: bool = True) -> str:
        return filled({"references": [{"name": name, "used": share} for name, share in used], "matched": matched}, 1.25)

    assert filled({}, 1.25) == said(("a.jpg", 1.0)) == said(("a.jpg", 0.6), ("b.jpg", 0.399)) == "Filled in 1.2 s."
    assert said(("a.jpg", 1.0), ("b.jpg", 0.0)) == "Filled in 1.2 s. Nothing was needed from b.jpg."
    assert said(("a.jpg", 0.93)) == "Filled in 1.2 s. 7 % of it is shown by no reference and was made with patches."
    assert said(("a.jpg", 0.3), ("b.jpg", 0.0)).endswith(
        "70 % of it is shown by no reference and was made with patches. Nothing was taken from b.jpg."
    )
    assert "No reference shows what the hole hides, so" in said(("a.jpg", 0.0))
    assert "No reference matched, so it was filled from this photograph alone" in said(("a.jpg", 0.0), matched=False)
