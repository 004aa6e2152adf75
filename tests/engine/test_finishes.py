"""What may follow a fill: a method with a finish before each of the ten laws, and what the road makes of the two."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest

from engine import finishes, methods
from engine.errors import BadInput
from engine.evidence import NearestNeighborField
from engine.finish import Finish
from engine.finishes import finish_named, shelf, typed
from engine.geometry import Place
from engine.job import Card, Fill, Job, Result, Settings, Step
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from tests.engine import laws
from tests.engine.cases import ALL, Cases, rectangles, scene
from tests.engine.finishes.palette import Palette, PaletteSettings
from tests.engine.finishing import lay_palette
from tests.engine.laws import LAWS, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import torch

    from engine.method import Cutout

METHODS = methods.shelf()
SIZE, HOLE = (60, 80), (20, 30, 36, 50)


class Softer(Finish):
    """Copies nothing, and fails where it is told to."""

    card: ClassVar[Card] = Card("softer", "Softer", "Half as strong.", "none")

    def finish(self, cutout: Cutout, fill: Fill, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        del cutout, settings, rng
        yield Step(1.0, "softening")
        return Fill(0.25 + 0.5 * fill.values)


@pytest.fixture(autouse=True)
def second_shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    lay_palette(monkeypatch)


def job(method: str = "telea", finish: str = "palette", **choices: Any) -> Job:
    return Job(Picture(scene(*SIZE)), Mask(rectangles(SIZE, HOLE)), method, finish=finish, device="cpu", **choices)


def run(asked: Job, pipeline: Pipeline | None = None) -> tuple[list[Step], Result]:
    steps: list[Step] = []
    going = (pipeline or Pipeline()).run(asked)
    while True:
        try:
            steps.append(next(going))
        except StopIteration as end:
            return steps, end.value


def filled(asked: Job) -> np.ndarray:
    """The hole's pixels."""
    top, left, bottom, right = HOLE
    return asked.picture.with_patches(run(asked)[1].patches).pixels[top:bottom, left:right]


# The laws


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_laws_hold_with_a_finish(law: Callable[..., None]) -> None:
    (cases,) = law.__defaults__
    law(Subject(METHODS["telea"], finish=Palette), replace(cases, drawn=cases.drawn // 4))


def test_the_law_of_sources_holds_whichever_of_the_two_copies() -> None:
    for method, finish in (("patchmatch", Palette), ("patchmatch", Softer), ("harmonic", Softer)):
        laws.law_8_every_source_is_known_and_what_is_copied_equals_it(Subject(METHODS[method], finish=finish), Cases(ALL.named, 0))


class Writes(Palette):
    """Breaks law 9: what it was given is another fill afterwards."""

    def finish(self, cutout: Cutout, fill: Fill, settings: PaletteSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        fill.values[...] = 0
        return (yield from super().finish(cutout, fill, settings, rng))


class Shrill(Softer):
    """Breaks law 10: beyond white."""

    def finish(self, cutout: Cutout, fill: Fill, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        softer = yield from super().finish(cutout, fill, settings, rng)
        return Fill(softer.values * 3)


@pytest.mark.parametrize(
    ("finish", "law"),
    [(Writes, laws.law_9_inputs_are_not_modified), (Shrill, laws.law_10_finite_in_range_dtype_and_layout_kept)],
)
def test_a_lawless_finish_is_found(finish: type[Finish], law: Callable[..., None]) -> None:
    with pytest.raises(AssertionError):
        law(Subject(METHODS["telea"], finish=finish), Cases(ALL.named, 0))


# The shelf


def test_a_finish_is_on_the_shelf_by_being_there_and_answers_to_its_name() -> None:
    assert list(shelf()) == sorted(shelf())
    assert finish_named("palette").__name__ == "Palette"


def test_no_finish_is_called_as_a_method_is() -> None:
    assert not set(shelf()) & set(METHODS)


@pytest.mark.parametrize("finish", shelf().values(), ids=lambda finish: finish.card.name)
def test_every_card_can_be_read_and_every_setting_explained(finish: type[Finish]) -> None:
    card = finish.card
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", card.name)
    assert card.title
    assert card.sentence.endswith(".")
    assert card.paper
    assert "cpu" in card.devices
    assert not card.references
    for limits in card.settings.described().values():
        assert limits.label
        assert limits.help.endswith(".")


def test_a_finish_is_typed_with_its_settings() -> None:
    assert typed("palette") == ("palette", finish_named("palette").card.settings())
    name, settings = typed("palette: keep=0.5, channel=first")
    assert (name, vars(settings)) == ("palette", {"keep": 0.5, "channel": "first"})


# What is refused


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("varnish", "There is no finish varnish; there "),
        ("", "There is no finish ; there "),
        ("palette:keep", "A setting is given as KEY=VALUE, not 'keep'."),
        ("palette:gloss=1", "There is no setting gloss here; there is keep, channel."),
        ("palette:keep=2", "keep goes from 0.0 to 1.0; 2.0 is outside."),
    ],
)
def test_what_is_typed_wrongly_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as said:
        typed(text)
    assert str(said.value).startswith(sentence)
    assert "palette" in str(said.value) or "palette" in text


def test_an_empty_shelf_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishes, "__path__", [])
    with pytest.raises(BadInput, match=r"There is no finish palette; there are none yet\."):
        finish_named("palette")


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"finish": "varnish"}, "There is no finish varnish"),
        ({"finishing": METHODS["telea"].card.settings()}, "These settings are not those of Palette"),
        ({"finish": "", "finishing": PaletteSettings()}, "There are settings of a finish but no finish"),
        ({"method": "navier-stokes"}, '"Navier-Stokes" has done already what "Palette" would do'),
        ({"device": "mps"}, "Telea does not run on Metal"),
    ],
)
def test_a_job_that_cannot_be_finished_as_asked_is_refused_before_anything_runs(choices: dict[str, Any], sentence: str) -> None:
    going = Pipeline().run(replace(job(), **choices))
    with pytest.raises(BadInput) as said:
        next(going)
    assert str(said.value).startswith(sentence)
    assert str(said.value).endswith(".")
    assert str(said.value).count(".") == 1


# The road


def test_without_one_nothing_is_told_of_a_finish() -> None:
    _, result = run(job(finish=""))
    assert "finish" not in result.record


def test_the_finish_makes_the_fill_another_and_the_record_says_how() -> None:
    asked = job(finishing=finish_named("palette").card.settings.read({"keep": "0.25"}))
    _, result = run(asked)
    assert (result.record["method"], result.record["looked at"]) == ("telea", 200)
    assert result.record["finish"] == {"name": "palette", "settings": {"keep": 0.25, "channel": "all"}, "device": "cpu"}
    assert "finishing" in result.record["seconds"]
    assert result.record["settings"] == {"radius": 3}
    assert not np.array_equal(filled(asked), filled(replace(asked, finish="", finishing=None)))


def test_it_begins_with_the_fill_of_the_method() -> None:
    kept = job(finishing=finish_named("palette").card.settings(keep=1.0))
    np.testing.assert_array_equal(filled(kept), filled(job(finish="")))
    known = scene(*SIZE)[rectangles(SIZE, HOLE) == 0]
    assert (filled(job())[:, :, None] == known).all(axis=-1).any(axis=-1).all()


def test_its_chance_hangs_on_the_seed_alone() -> None:
    """So that what differs between two methods with a finish is what they filled."""
    everywhere = {
        (method, seed): {(int(row), int(column)) for row, column in zip(field.rows[0], field.columns[0], strict=True)}
        for method, seed in (("telea", 1), ("harmonic", 1), ("telea", 2))
        for field in (run(job(method, seed=seed))[1].evidence[0],)
    }
    first, same, other = everywhere.values()
    assert len(first & same) > 2 * len(first & other)


def test_progress_goes_on_rising_and_says_what_is_being_done() -> None:
    steps, _ = run(job("harmonic"))
    stages = [step.stage for step in steps]
    first = stages.index("finishing, looking, colours")
    assert first > 0
    assert not any(stage.startswith("finishing") for stage in stages[:first])
    assert set(stages[first:]) - {"pasting"} == {"finishing, looking, colours", "finishing, laying", "done"}
    assert steps[first].fraction == 0.625
    assert all(step.fraction <= 0.5 for step in steps[:first])


def test_a_preview_of_a_finish_lies_in_the_picture() -> None:
    steps, _ = run(job())
    (preview,) = [step.preview for step in steps if step.stage.startswith("finishing") and step.preview is not None]
    assert (preview.box.top, preview.box.left, preview.box.bottom, preview.box.right) == HOLE
    np.testing.assert_array_equal(preview.pixels, filled(job(finish="")))


def test_a_sampling_area_means_something_to_a_finish_that_copies() -> None:
    area = rectangles(SIZE, (0, 0, 12, 80)) > 0
    for asked in (job(area=area), job("patchmatch", area=area)):
        _, result = run(asked)
        (field,) = [one for one in result.evidence if isinstance(one, NearestNeighborField) and one.stage == "finish"]
        assert area[field.rows[0], field.columns[0]].all()
        assert field.copied.all()


def test_a_sampling_area_is_refused_where_neither_copies() -> None:
    pipeline = Pipeline()
    pipeline._finishes["softer"] = Softer()
    with pytest.raises(BadInput, match="Telea copies no pixels"):
        run(job(finish="softer", area=np.ones(SIZE, bool)), pipeline)


def test_evidence_of_the_finish_comes_last_and_says_that_it_is_its() -> None:
    _, result = run(job("patchmatch"))
    kinds = [(one.name, one.stage) for one in result.evidence]
    fields = "Nearest-neighbour field"
    assert kinds == [(fields, "patches"), ("Confidence", "patches"), (fields, "finish"), ("Confidence", "finish")]
    before, after = result.evidence[0], result.evidence[2]
    assert after.copied.all()
    assert before.copied.mean() < 0.5, "what the method copied is not there any more"
    row, column = HOLE[:2]
    place = after.sources(Place.pixel(row, column))[0].place
    assert np.array_equal(result.patches[0].pixels[0, 0], scene(*SIZE)[place.box.top, place.box.left])


def test_a_finish_runs_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[torch.device] = []

    class Elsewhere(Softer):
        card: ClassVar[Card] = replace(Softer.card, devices=("mps", "cpu"))

        def finish(self, cutout: Cutout, fill: Fill, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
            there.append(cutout.device)
            return (yield from super().finish(cutout, fill, settings, rng))

    monkeypatch.setattr("engine.device.works", lambda _: True)
    pipeline = Pipeline()
    pipeline._finishes["softer"] = Elsewhere()
    for device in ("mps", "auto", "cpu"):
        _, result = run(replace(job(finish="softer"), device=device), pipeline)
        assert (result.record["device"], result.record["finish"]["device"]) == ("cpu", str(there[-1]))
    assert [str(one) for one in there] == ["mps", "mps", "cpu"]
