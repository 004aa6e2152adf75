"""Filling, with the real engine in its own thread, on small pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.geometry import Box
from tests.app.meadow import HERE, MAGENTA, THERE, around, changed, grass, magenta, sources

if TYPE_CHECKING:
    from tests.app.conftest import Core


def test_a_hole_is_filled_and_nothing_else(core: Core) -> None:
    was = grass(120, 160, HERE)
    core.open(was)
    core.fill(around(HERE))
    assert core.last.startswith("Filled in")
    assert magenta(core.pixels) == 0
    assert changed(core, was) is not None
    assert HERE.grown(3, 3).common(changed(core, was)) == changed(core, was)
    (choice,) = core.document.choices
    assert (choice.number, choice.chosen, core.document.shown) == (1, 0, choice)
    candidate = choice.candidates[0]
    assert (candidate.method, candidate.seed) == ("patchmatch", 0)
    assert len(sources(candidate, HERE)) == HERE.area
    assert core.filling.rows() == []
    assert core.filling.outlines() == []


def test_the_mask_leaves_while_it_fills_and_the_next_hole_can_be_painted(core: Core) -> None:
    core.open(grass())
    core.paint(HERE)
    core.filling.fill()
    assert core.filling.running
    assert core.document.holes() == []
    assert not core.filling.can_fill
    assert [(number, coverage.max()) for number, _, coverage in core.filling.outlines()] == [(1, 255)]
    core.paint(THERE)
    assert core.filling.can_fill
    assert [row.number for row in core.filling.rows()] == [1, 2]
    core.idle()


def test_previews_are_seen_while_it_fills_and_none_after(core: Core) -> None:
    seen: list[object] = []
    core.filling.previewed.connect(seen.append)
    core.open(grass(200, 200))
    core.fill(Box(40, 40, 100, 100))
    assert [patch for patch in seen if patch is not None]
    assert seen[-1] is None
    assert core.filling.preview is None


def test_the_second_hole_is_filled_from_the_picture_that_the_first_left(core: Core) -> None:
    """Two holes 20 pixels apart, the second queued while the first fills: nothing that stood under the first comes back in the second."""
    core.open(grass(120, 160, HERE, THERE))
    core.paint(around(HERE))
    core.filling.fill()
    core.paint(around(THERE))
    core.filling.fill()
    assert [(row.number, row.waiting) for row in core.filling.rows()] == [(1, False), (2, True)]
    core.idle()
    first, second = core.document.choices
    assert (first.chosen, second.chosen) == (0, 0)
    assert magenta(core.pixels) == 0
    places = sources(second.candidates[0], THERE)
    assert len(places) == THERE.area
    assert all(tuple(core.pixels[place]) != MAGENTA for place in places)
    seen = Box(*second.candidates[0].record["frames"][0])
    assert seen.common(HERE) == HERE, "the first hole was there to be copied from"


def test_two_distant_holes_of_one_enter_choose_apart(core: Core) -> None:
    core.open(grass(60, 512))
    left, right = Box(20, 20, 10, 10), Box(20, 480, 10, 10)
    core.fill(left, right)
    one, two = core.document.choices
    assert (one.number, two.number) == (1, 2)
    assert [edit.name for edit in core.document.history.done][-1] == "Fill"
    filled = core.pixels.copy()
    core.document.choose(one, None)
    assert np.array_equal(core.pixels[left.slices], grass(60, 512)[left.slices])
    assert np.array_equal(core.pixels[right.slices], filled[right.slices])
    assert (one.chosen, two.chosen) == (None, 0)


def test_holes_whose_frames_merge_are_one_choice(core: Core) -> None:
    core.open(grass())
    core.fill(HERE, THERE)
    (choice,) = core.document.choices
    assert choice.box.common(HERE) == HERE
    assert choice.box.common(THERE) == THERE
    assert not choice.holds(56, 48)
    core.fill(Box(100, 100, 5, 5))
    assert [one.number for one in core.document.choices] == [1, 3], "the holes were numbered 1 and 2"


def test_another_result_is_the_next_seed_of_the_same_choice(core: Core) -> None:
    was = grass(120, 160, HERE)
    core.open(was)
    core.fill(around(HERE))
    first = core.pixels.copy()
    core.filling.another()
    core.filling.another()
    core.idle()
    (choice,) = core.document.choices
    assert [one.seed for one in choice.candidates] == [0, 1, 2]
    assert choice.chosen == 2
    assert magenta(core.pixels) == 0
    assert any(not np.array_equal(choice.candidates[0].patch.pixels, one.patch.pixels) for one in choice.candidates[1:])
    core.document.undo()
    core.document.undo()
    assert np.array_equal(core.pixels, first)
    core.document.undo()
    assert np.array_equal(core.pixels, was)


def test_another_result_of_a_soft_hole_blends_with_the_photograph_and_not_with_the_first(core: Core) -> None:
    core.open(grass())
    core.recipe.set_feather(6)
    core.fill(HERE)
    again = core.document.choices[0]
    first = again.candidates[0].patch.pixels
    for _ in range(2):
        core.filling.another(again)
    core.idle()
    core.open(grass())
    core.fill(HERE)
    alone = core.document.choices[0]
    core.document.choose(alone, None)
    core.filling.another(alone)
    core.idle()
    assert np.array_equal(alone.candidates[0].patch.pixels, first)
    assert np.array_equal(alone.candidates[1].patch.pixels, again.candidates[1].patch.pixels)


def test_a_choice_of_merged_holes_has_one_candidate_more_though_its_frames_are_apart_now(core: Core) -> None:
    core.open(grass(60, 512))
    left, right = Box(20, 20, 10, 10), Box(20, 480, 10, 10)
    core.document.area.writing(Box(0, 200, 60, 100))[...] = 1
    core.document.committed("Area")
    core.fill(left, right)
    (choice,) = core.document.choices
    core.document.clear_area()
    core.filling.another()
    core.idle()
    assert len(choice.candidates) == 2
    assert choice.candidates[1].patch.box == choice.box
    assert len(sources(choice.candidates[1], left)) == left.area
    assert len(sources(choice.candidates[1], right)) == right.area
    assert np.array_equal(core.pixels[:, 100:400], grass(60, 512)[:, 100:400])


def test_not_from_here_keeps_the_next_result_from_there(core: Core) -> None:
    core.open(grass())
    core.fill(HERE)
    core.inspection.look(38, 48)
    assert core.inspection.would_exclude is not None
    box, where = core.inspection.would_exclude
    core.inspection.not_from_here()
    for _ in range(2):
        core.filling.another()
    core.idle()
    excluded = np.zeros((120, 160), bool)
    excluded[box.slices] = where
    assert excluded.any()
    (choice,) = core.document.choices
    assert any(excluded[place] for place in sources(choice.candidates[0], HERE))
    for candidate in choice.candidates[1:]:
        assert not any(excluded[place] for place in sources(candidate, HERE))
    for _ in range(2):
        core.document.undo()
    core.document.undo()
    assert not core.document.area.pixels.any()


@pytest.mark.parametrize("allow", [True, False])
def test_the_sampling_area_is_where_texture_comes_from(core: Core, allow: bool) -> None:
    core.open(grass())
    box = Box(0, 80, 120, 80)
    core.document.area.writing(box)[...] = 1 if allow else 2
    core.document.committed("Area")
    core.fill(HERE)
    places = sources(core.document.choices[0].candidates[0], HERE)
    assert places
    assert all(box.holds(*place) == allow for place in places)
