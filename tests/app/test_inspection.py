"""Where the pixel under the pointer came from, by the evidence of a real fill."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.geometry import Box
from tests.app.meadow import HERE, THERE, grass

if TYPE_CHECKING:
    from app.inspection import Inspection
    from tests.app.conftest import Core

INSIDE, OUTSIDE = (38, 48), (5, 5)


@pytest.fixture
def looking(core: Core) -> Inspection:
    core.open(grass())
    core.fill(HERE)
    return core.inspection


def test_a_filled_pixel_has_its_source_and_two_patches_of_one_size(looking: Inspection, core: Core) -> None:
    looking.look(*INSIDE)
    assert (looking.place, looking.dimmed) == (INSIDE, False)
    source, target = looking.source, looking.target
    assert source is not None
    assert target is not None
    assert target.size == source.patch.size
    assert target.holds(*INSIDE)
    offset = (INSIDE[0] - target.top, INSIDE[1] - target.left)
    assert (source.place.box.top - source.patch.top, source.place.box.left - source.patch.left) == offset
    assert not core.document.choices[0].holds(source.place.box.top, source.place.box.left)


def test_outside_a_fill_the_last_pair_stays_dimmed(looking: Inspection) -> None:
    looking.look(*OUTSIDE)
    assert (looking.place, looking.dimmed, looking.source) == (None, True, None)
    looking.look(*INSIDE)
    looking.look(*OUTSIDE)
    assert (looking.place, looking.dimmed) == (INSIDE, True)
    looking.look(*INSIDE)
    looking.leave()
    assert (looking.place, looking.dimmed) == (INSIDE, True)


def test_a_pinned_pixel_stays_until_it_is_freed(looking: Inspection) -> None:
    looking.pin(*INSIDE)
    looking.look(40, 50)
    looking.leave()
    assert (looking.place, looking.pinned, looking.dimmed) == (INSIDE, True, False)
    looking.pin(40, 50)
    assert (looking.place, looking.pinned) == ((40, 50), True)
    looking.pin(40, 50)
    assert not looking.pinned
    looking.pin(*INSIDE)
    looking.pin(*OUTSIDE)
    assert not looking.pinned
    looking.free()
    looking.look(41, 51)
    assert looking.place == (41, 51)


def test_the_layers_of_what_stands(looking: Inspection, core: Core) -> None:
    assert {layer.name for _, layer in looking.layers()} >= {"field", "distance"}
    assert looking.layer is None
    looking.set_layer("field")
    assert looking.layer is not None
    evidence, layer = looking.layer
    assert layer.kind == "vectors"
    assert np.isfinite(evidence.layer("field", HERE)).all()
    core.document.choose(core.document.choices[0], None)
    assert looking.layers() == []
    assert looking.layer is None
    looking.set_opacity(7)
    assert looking.opacity == 1


def test_what_would_be_excluded_holds_the_source(looking: Inspection) -> None:
    assert looking.would_exclude is None
    looking.not_from_here()
    looking.look(*INSIDE)
    assert looking.would_exclude is not None
    assert looking.source is not None
    box, where = looking.would_exclude
    at = looking.source.place.box
    assert where[at.top - box.top, at.left - box.left]


def test_not_from_here_forbids_and_is_undone(looking: Inspection, core: Core) -> None:
    looking.look(*INSIDE)
    assert looking.would_exclude is not None
    box, where = looking.would_exclude
    looking.not_from_here()
    assert np.array_equal(core.document.area.pixels[box.slices] == 2, where)
    core.document.undo()
    assert not core.document.area.pixels.any()


def test_another_candidate_is_asked_anew(looking: Inspection, core: Core) -> None:
    core.filling.another()
    core.idle()
    choice = core.document.choices[0]
    looking.pin(*INSIDE)
    assert looking.candidate is choice.candidates[1]
    core.document.choose(choice, 0)
    assert looking.candidate is choice.candidates[0]
    assert looking.pinned


def test_a_fill_that_fills_over_another_answers_where_it_lies(looking: Inspection, core: Core) -> None:
    core.fill(Box(40, 44, 30, 20))
    looking.look(44, 50)
    assert looking.choice is core.document.choices[1]
    looking.look(31, 41)
    assert looking.choice is core.document.choices[0]


def test_nothing_is_held_of_an_undone_fill(looking: Inspection, core: Core) -> None:
    looking.pin(*INSIDE)
    gone = weakref.ref(core.document.choices[0])
    core.document.undo()
    assert (looking.place, looking.pinned, looking.candidate) == (None, False, None)
    core.paint(THERE)
    gc.collect()
    assert gone() is None


def test_another_photograph_has_nothing_to_look_at(looking: Inspection, core: Core) -> None:
    looking.pin(*INSIDE)
    core.open(grass(50, 50))
    assert (looking.place, looking.pinned, looking.sources) == (None, False, [])
    looking.look(10, 10)
    assert looking.would_exclude is None


def test_looking_where_nothing_is_open(core: Core) -> None:
    core.inspection.look(0, 0)
    core.inspection.pin(0, 0)
    core.inspection.leave()
    assert (core.inspection.place, core.inspection.target, core.inspection.layers()) == (None, None, [])


def test_a_method_that_copies_nothing_has_no_source(core: Core) -> None:
    core.open(grass())
    core.recipe.set_method("harmonic")
    core.fill(HERE)
    core.inspection.pin(*INSIDE)
    assert (core.inspection.place, core.inspection.pinned, core.inspection.would_exclude) == (None, False, None)
