"""A fill seen as it came about: hole, coarse, retrieved, synthesised, blended, in the hole on a real canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from app.retrieving import BLENDED, HOLE, stage_title
from app.view.theme import MASK_SHARE, MASKS
from engine.geometry import Box
from tests.app.patched import STAGES
from tests.app.retrieved_scene import AREA, SIZE, SPOT, Shown, photograph
from tests.app.test_findings import near

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from tests.app.conftest import Core


@pytest.fixture
def shown(qtbot: QtBot, core: Core) -> Shown:
    return Shown(qtbot, core, photograph())


@pytest.fixture
def make(qtbot: QtBot, core: Core) -> Callable[..., Shown]:
    return lambda *of, **more: Shown(qtbot, core, *of, **more)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_seen_in_the_hole_in_place_of_the_result(shown: Shown, stage: str) -> None:
    shown.display.set("cells", False)
    shown.retrieving.set_stage(stage)
    seen, inside = shown.grabbed(), AREA.grown(-4, -4)
    expected = shown.evidence.seen(stage, inside)
    assert np.array_equal(seen[inside.slices], expected.astype(np.uint8))
    outside = Box(200, 0, 90, 400)
    assert np.array_equal(seen[outside.slices], shown.now[outside.slices])


def test_the_first_stage_is_the_hole_and_the_last_the_result(shown: Shown) -> None:
    shown.display.set("cells", False)
    inside = AREA.grown(-4, -4).slices
    shown.retrieving.set_stage(HOLE)
    tint = np.array([int(MASKS["red"][at : at + 2], 16) for at in (1, 3, 5)])
    expected = (1 - MASK_SHARE) * photograph()[inside] + MASK_SHARE * tint
    assert np.abs(shown.grabbed()[inside] - expected).max() <= 2
    shown.retrieving.set_stage(BLENDED)
    assert np.array_equal(shown.grabbed()[inside], shown.now[inside])


def test_no_pixel_of_the_photograph_is_changed_by_looking(shown: Shown) -> None:
    before, steps = shown.now, shown.undoable
    for stage in shown.retrieving.stages:
        shown.retrieving.set_stage(stage)
        shown.grabbed()
    assert np.array_equal(shown.now, before)
    assert shown.undoable == steps


def test_its_name_stands_above_the_hole(shown: Shown) -> None:
    shown.display.set("cells", False)
    plain = shown.grabbed()
    shown.retrieving.set_stage("synthesised")
    above = np.s_[AREA.top - 50 : AREA.top - 8, :]
    named = differing(shown.grabbed(), plain)
    assert named[above].sum() > 800
    shown.show_at(4.0, SPOT[0], SPOT[1])  # the hole's upper edge is out of view: the name is not
    zoomed = shown.grabbed()
    assert near(zoomed[:30], (20, 20, 20), 2).sum() > 500


def differing(one: NDArray[Any], two: NDArray[Any]) -> NDArray[np.bool_]:
    return (one != two).any(axis=2)


@pytest.mark.parametrize("kind", ["grey", "16 bit", "alpha"])
def test_a_stage_is_seen_in_photographs_of_any_kind(make: Callable[..., Shown], kind: str) -> None:
    pixels = photograph()
    if kind == "grey":
        pixels = np.ascontiguousarray(pixels[..., 1])
    elif kind == "16 bit":
        pixels = pixels.astype(np.uint16) * np.uint16(257)
    else:
        pixels = np.concatenate([pixels, np.full((*SIZE, 1), 255, np.uint8)], axis=2)
    shown = make(pixels)
    shown.display.set("cells", False)
    shown.retrieving.set_stage("coarse")
    inside = AREA.grown(-4, -4)
    expected = shown.evidence.seen("coarse", inside)
    assert np.abs(shown.grabbed()[inside.slices] - expected).max() <= 1


def test_a_stage_is_blended_where_the_mask_is_soft(make: Callable[..., Shown]) -> None:
    shown = make(photograph(), 128)
    shown.display.set("cells", False)
    shown.retrieving.set_stage("coarse")
    inside = AREA.grown(-6, -6)
    expected = 0.5 * shown.evidence.seen("coarse", inside) + 0.5 * photograph()[inside.slices]
    assert np.abs(shown.grabbed()[inside.slices] - expected).max() <= 2


@pytest.mark.parametrize("zoom", [0.5, 4.0])
def test_stages_are_seen_at_every_zoom(shown: Shown, zoom: float) -> None:
    shown.display.set("cells", False)
    shown.show_at(zoom, *((AREA.top + 4, AREA.left + 4) if zoom > 1 else (0, 0)))
    shown.retrieving.set_stage("coarse")
    inside = shown.rect(AREA.grown(-6, -6)).toAlignedRect().intersected(shown.canvas.rect().adjusted(0, 40, 0, 0))
    seen = shown.grabbed()[inside.top() : inside.bottom(), inside.left() : inside.right()]
    row, column = shown.canvas.viewport.to_picture(inside.center().x() + 0.5, inside.center().y() + 0.5)
    here = shown.evidence.seen("coarse", Box(int(row), int(column), 1, 1))[0, 0]
    assert np.abs(seen[seen.shape[0] // 2, seen.shape[1] // 2] - here).max() <= 4


def test_another_result_is_seen_as_it_is(shown: Shown) -> None:
    shown.retrieving.set_stage("coarse")
    shown.core.filling.another()
    shown.core.idle()
    assert shown.retrieving.stage == BLENDED
    inside = AREA.grown(-4, -4).slices
    assert np.array_equal(shown.grabbed()[inside], shown.now[inside])
    shown.document.undo()
    assert shown.retrieving.stage == BLENDED
    assert shown.retrieving.stages[1:-1] == STAGES
    shown.document.undo()
    assert shown.retrieving.stages == ()


def test_a_later_fill_over_the_hole_stays_above_its_stages(shown: Shown) -> None:
    first = shown.document.shown
    later = Box(AREA.top + 10, AREA.left + 10, 20, 20)
    shown.core.fill(later)
    shown.document.show(first)
    shown.display.set("cells", False)
    shown.retrieving.set_stage("coarse")
    seen = shown.grabbed()
    assert np.array_equal(seen[later.slices], shown.now[later.slices])
    beside = Box(AREA.top + 40, AREA.left + 10, 10, 40)
    assert np.array_equal(seen[beside.slices], shown.evidence.seen("coarse", beside).astype(np.uint8))


# One step after another


def test_steps_end_at_both_ends(shown: Shown) -> None:
    retrieving = shown.retrieving
    assert retrieving.stages == (HOLE, *STAGES, BLENDED)
    assert retrieving.stage == BLENDED
    retrieving.step(1)
    seen = [retrieving.stage]
    while retrieving.may_step(-1):
        retrieving.step(-1)
        seen.append(retrieving.stage)
    assert tuple(reversed(seen)) == retrieving.stages
    assert [stage_title(stage) for stage in retrieving.stages] == ["Hole", "Coarse", "Retrieved", "Synthesised", "Blended"]
    with pytest.raises(ValueError, match="a stage is one of"):
        retrieving.set_stage("dreamt")
