"""The texture memory as a finish: lawful behind other methods, and true to the colours it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from skimage import data

from engine import finishes, methods
from engine.evidence import NearestNeighborField
from engine.finish import STAGE
from engine.job import Job, finished
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.retrieved import RetrievedPatches
from tests.engine import laws
from tests.engine.cases import ALL, AWKWARD, LARGE, Cases, rectangles
from tests.engine.laws import Subject
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.job import Result

pytestmark = needs_weights("tmad")

NAME = "texture-memory"
FINISH = finishes.shelf()[NAME]
SIZE, HOLE = (200, 200), (60, 60, 140, 140)


def subject(method: str, **settings: Any) -> Subject:
    return Subject(methods.shelf()[method], finish=FINISH, finishing=replace(FINISH.card.settings(), **settings))


TRIED = {
    laws.law_3_the_same_job_gives_the_same_bytes: Cases((*ALL.named[:11], LARGE), 0),
    laws.law_5_any_size_and_any_hole: Cases(AWKWARD.named, 0),
    laws.law_6_it_can_be_cancelled_after_any_step: Cases((LARGE, ALL.named[2]), 0),
    laws.law_7_progress_rises_to_1: Cases(ALL.named, 0),
    laws.law_8_every_source_is_known_and_what_is_copied_equals_it: Cases(ALL.named, 0),
    laws.law_9_inputs_are_not_modified: Cases(ALL.named, 0),
    laws.law_10_finite_in_range_dtype_and_layout_kept: Cases(ALL.named, 0),
}
"""The laws that a finish could break; the others the road keeps for it."""


@pytest.mark.parametrize("law", TRIED, ids=lambda law: law.__name__)
def test_the_laws_hold_behind_a_method_that_copies_nothing(law: Callable[..., None]) -> None:
    law(subject("telea"), TRIED[law])


@pytest.mark.parametrize("settings", [{"memory": "windows"}, {"smooth": 1.0, "ranks": 1}], ids=str)
def test_sources_are_lawful_at_other_settings_too(settings: dict[str, Any]) -> None:
    laws.law_8_every_source_is_known_and_what_is_copied_equals_it(subject("patchmatch", **settings), Cases(ALL.named, 0))


# Colours and texture


def lawn() -> np.ndarray:
    """Grass that is red at the left and blue at the right."""
    grass = data.grass()[: SIZE[0], : SIZE[1], None] / 255
    across = np.linspace(0, 1, SIZE[1])[None, :, None]
    tint = (1 - across) * np.array([1.0, 0.5, 0.4]) + across * np.array([0.4, 0.5, 1.0])
    return np.rint(255 * grass * tint).astype(np.uint8)


def run(method: str, finish: str = NAME, **choices: Any) -> Result:
    return finished(Pipeline().run(Job(Picture(lawn()), Mask(rectangles(SIZE, HOLE)), method, finish=finish, device="cpu", **choices)))


def rough(pixels: np.ndarray) -> float:
    """How much neighbours differ."""
    return float(np.abs(np.diff(pixels.astype(float), axis=1)).mean())


@pytest.fixture(scope="module")
def fills() -> dict[str, Result]:
    return {"plain": run("harmonic", ""), "finished": run("harmonic")}


def test_a_smooth_fill_gets_the_texture_of_the_photograph(fills: dict[str, Result]) -> None:
    top, left, bottom, right = HOLE
    truth = rough(lawn()[top:bottom, left:right])
    plain, finished_ = (rough(fills[name].patches[0].pixels) for name in ("plain", "finished"))
    assert plain < 0.2 * truth
    assert 0.6 * truth < finished_ < 1.4 * truth


def test_it_keeps_the_colours_it_was_given(fills: dict[str, Result]) -> None:
    """Patches from elsewhere on the lawn are of another hue."""
    plain, done = (fills[name].patches[0].pixels.astype(float) for name in ("plain", "finished"))
    left, right = slice(0, 20), slice(-20, None)
    for part in (left, right):
        before, after = (pixels[:, part].mean(axis=(0, 1)) for pixels in (plain, done))
        assert np.abs(after - before).max() < 20, (before, after)
        assert np.argmax(after) == np.argmax(before)


def test_what_it_made_of_which_patches_is_told_last(fills: dict[str, Result]) -> None:
    evidence = fills["finished"].evidence
    assert {one.stage for one in evidence} == {STAGE}
    (patches,) = [one for one in evidence if isinstance(one, RetrievedPatches)]
    assert [one for one in evidence if isinstance(one, NearestNeighborField)]
    coarse = patches.values[patches.stages.index("coarse")].astype(int)
    given = fills["plain"].patches[0].pixels.reshape(-1, 3).astype(int)
    assert np.abs(coarse - given).mean() < 3, "the colours it began with are those of the method"


def test_a_sampling_area_holds_for_a_method_that_copies_nothing() -> None:
    area = rectangles(SIZE, (0, 0, 200, 50)) > 0
    for one in run("harmonic", area=area).evidence:
        if isinstance(one, NearestNeighborField):
            assert area[one.rows + one.pixels.window.box.top, one.columns + one.pixels.window.box.left].all()
