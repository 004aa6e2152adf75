"""The road with other photographs of the place: what is refused, what a method sees of them, what the record says."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.errors import BadInput
from engine.evidence import NearestNeighborField
from engine.geometry import Box
from engine.job import Fill, Job, Result, Step, finished
from engine.mapping import MappingField
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline, frame
from engine.reference import ControlPoint, Reference
from tests.engine.beside import SamePlace
from tests.engine.cases import rectangles, scene
from tests.engine.laws import with_threads

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.job import Settings
    from engine.method import Beside, Cutout

SIZE, HOLE = (60, 80), (20, 30, 36, 50)
KINDS = [(channels, depth) for channels in (1, 2, 3, 4) for depth in (np.uint8, np.uint16)]


class Seeing(SamePlace):
    """Keeps the cutouts it was given."""

    def __init__(self) -> None:
        self.cutouts: list[Cutout] = []

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        self.cutouts.append(cutout)
        return (yield from super().fill(cutout, settings, rng))


def asked(pixels: np.ndarray, *references: Reference, **choices: Any) -> Job:
    choices = {"method": "same-place"} | choices
    return Job(Picture(pixels), Mask(rectangles(pixels.shape[:2], HOLE)), references=references, **choices)


def run(job: Job, method: SamePlace | None = None) -> Result:
    pipeline = Pipeline()
    pipeline._methods["same-place"] = method or SamePlace()
    return finished(pipeline.run(job))


def seen(pixels: np.ndarray, *references: Reference) -> tuple[Beside, ...]:
    """The references as a method sees them."""
    method = Seeing()
    run(asked(pixels, *references), method)
    (cutout,) = method.cutouts
    return cutout.references


def other(*kind: Any, **more: Any) -> Reference:
    return Reference(Picture(scene(*SIZE, *kind, seed=3)), "other.jpg", **more)


def test_with_references_the_whole_picture_is_one_frame() -> None:
    pixels = scene(500, 900)
    coverage = rectangles((500, 900), (20, 20, 30, 30), (400, 800, 420, 850))
    assert len(frame(Job(Picture(pixels), Mask(coverage)))) == 2
    (window,) = frame(Job(Picture(pixels), Mask(coverage), references=(other(),)))
    assert window.box == Box(0, 0, 500, 900)
    assert frame(Job(Picture(pixels), Mask(0 * coverage), references=(other(),))) == []


@pytest.mark.parametrize("of", KINDS)
@pytest.mark.parametrize("to", KINDS)
def test_a_reference_is_seen_in_the_picture_s_channels_and_depth(of: tuple[int, Any], to: tuple[int, Any]) -> None:
    """Against the same by floating point, from the values as fractions."""
    reference = other(*of)
    (beside,) = seen(scene(*SIZE, *to), reference)
    pixels = reference.picture.pixels.reshape(*SIZE, -1)
    visible = pixels[..., -1] > 0 if of[0] in (2, 4) else np.ones(SIZE, bool)
    wanted = pixels[..., : 3 if of[0] > 2 else 1] / np.iinfo(of[1]).max
    channels = 3 if to[0] > 2 else 1
    if channels < wanted.shape[2]:
        wanted = wanted @ np.array([[0.299], [0.587], [0.114]])
    wanted = np.where(visible[..., None], np.broadcast_to(wanted, (*SIZE, channels)), 0) * np.iinfo(to[1]).max
    assert beside.pixels.dtype == to[1]
    assert beside.pixels.shape == (*SIZE, channels)
    step = np.iinfo(to[1]).max / min(np.iinfo(to[1]).max, np.iinfo(of[1]).max)
    assert np.abs(beside.pixels - wanted).max() <= 0.51 * step + 0.51
    assert np.array_equal(beside.known, visible)
    assert not beside.pixels.flags.writeable
    assert not beside.known.flags.writeable


def test_what_is_of_the_same_kind_is_exact_and_not_copied() -> None:
    reference = other()
    (beside,) = seen(scene(*SIZE), reference)
    assert np.shares_memory(beside.pixels, reference.picture.pixels)
    assert np.array_equal(beside.pixels, reference.picture.pixels)


def test_eight_bits_in_sixteen_and_back_are_the_same() -> None:
    reference = other()
    (deep,) = seen(scene(*SIZE, 3, np.uint16), reference)
    (again,) = seen(scene(*SIZE), Reference(Picture(deep.pixels.copy()), "deep.tif"))
    assert np.array_equal(again.pixels, reference.picture.pixels)


def test_colours_of_equal_parts_keep_their_grey() -> None:
    grey = scene(*SIZE, 1)
    (beside,) = seen(scene(*SIZE, 1), Reference(Picture(np.dstack([grey] * 3)), "grey.png"))
    assert np.array_equal(beside.pixels[..., 0], grey)


def test_what_is_wholly_transparent_is_blank_whatever_its_colour() -> None:
    reference = scene(*SIZE, 4, seed=3)
    loud = np.where((reference[..., 3:] == 0) & (np.arange(4) < 3), 255, reference).astype(np.uint8)
    quiet, shouting = (seen(scene(*SIZE), Reference(Picture(one), "a.png"))[0] for one in (reference, loud))
    assert np.array_equal(quiet.pixels, shouting.pixels)
    assert (quiet.pixels[~quiet.known] == 0).all()
    assert (~quiet.known).any()


def test_control_points_come_with_their_reference_in_the_window() -> None:
    points = (ControlPoint((1.5, 70.0), (0.0, 3.25)), ControlPoint((59.5, -0.5), (59.0, 79.0)))
    first, second = seen(scene(*SIZE), other(points=points), Reference(other().picture, "second.jpg"))
    assert first.points.tolist() == [[1.5, 70.0, 0.0, 3.25], [59.5, -0.5, 59.0, 79.0]]
    assert first.points.dtype == np.float64
    assert second.points.shape == (0, 4)
    assert (first.name, second.name) == ("other.jpg", "second.jpg")


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7)])
def test_a_reference_may_be_of_any_size(size: tuple[int, int]) -> None:
    (beside,) = seen(scene(*SIZE), Reference(Picture(scene(*size)), "other.jpg"))
    assert beside.known.shape == size


REFUSED: dict[str, tuple[Job, str]] = {
    "none for a method that needs one": (asked(scene(*SIZE)), '"Same place" needs another photograph of the same place; give it at least one'),
    "one for a method that takes none": (asked(scene(*SIZE), other(), method="telea"), '"Telea" fills from this photograph alone'),
    "a point outside the picture": (
        asked(scene(*SIZE), other(points=(ControlPoint((3, 3), (3, 3)), ControlPoint((59.6, 3), (3, 3))))),
        r"Control point 2 of other.jpg lies at row 59.6, column 3, outside the picture \(60 rows, 80 columns\); move it",
    ),
    "a point outside the reference": (asked(scene(*SIZE), other(points=(ControlPoint((3, 3), (3, -0.6)),))), "outside other.jpg"),
    "a point nowhere": (asked(scene(*SIZE), other(points=(ControlPoint((float("nan"), 3), (3, 3)),))), "row nan"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_in_a_sentence_before_the_first_step(case: str) -> None:
    job, says = REFUSED[case]
    pipeline = Pipeline()
    pipeline._methods["same-place"] = SamePlace()
    with pytest.raises(BadInput, match=says) as refused:
        next(pipeline.run(job))
    assert "\n" not in str(refused.value)


def test_the_record_names_the_references_and_what_the_method_said_of_them() -> None:
    points = (ControlPoint((1, 1), (2, 2)),)
    job = asked(scene(*SIZE), other(points=points), Reference(Picture(scene(5, 6)), "small.png"))
    record = json.loads(json.dumps(run(job).record))
    assert record["references"] == [
        {"name": "other.jpg", "picture": [60, 80], "points": 1, "used": True},
        {"name": "small.png", "picture": [5, 6], "points": 0, "used": False},
    ]
    assert record["matched"] is True
    empty = Job(job.picture, Mask(np.zeros(SIZE, np.uint8)), "same-place", references=job.references)
    assert [one["name"] for one in run(empty).record["references"]] == ["other.jpg", "small.png"]


def test_without_references_the_record_says_nothing_of_them() -> None:
    record = finished(Pipeline().run(asked(scene(*SIZE), method="harmonic"))).record
    assert "references" not in record


def test_the_fill_is_the_reference_and_its_evidence_comes_through() -> None:
    job = asked(scene(*SIZE), other())
    result = run(job)
    after = job.picture.with_patches(result.patches).pixels
    assert np.array_equal(after[job.mask.hole], job.references[0].picture.pixels[job.mask.hole])
    (field,) = result.evidence
    assert isinstance(field, MappingField)


class Partly(SamePlace):
    """Says of a part of the hole that it was copied from the picture, as one that fills gaps with patches does."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        fill = yield from super().fill(cutout, settings, rng)
        pixels = fill.evidence[0].pixels
        part = cutout.hole & (np.indices(cutout.hole.shape)[1] >= 40)
        values, n = fill.values.copy(), int(part.sum())
        values[pixels.columns >= 40] = cutout.image[2, 3]
        rows, columns = np.full((1, n), 2, np.int32), np.full((1, n), 3, np.int32)
        none, ones = np.zeros((1, n), np.int8), np.ones((1, n), np.float32)
        of = type(pixels).of(cutout.window, part)
        field = NearestNeighborField(of, rows, columns, none, none.copy(), ones, 0 * ones, 1, np.ones(n, np.bool_))
        return Fill(values, (*fill.evidence, field))


def test_patches_may_speak_of_a_part_of_the_hole() -> None:
    job = asked(scene(*SIZE), other())
    coverage = job.mask.coverage.copy()
    coverage[:, 48:] = np.minimum(coverage[:, 48:], 128)
    result = run(Job(job.picture, Mask(coverage), "same-place", references=job.references), Partly())
    (_, patches) = result.evidence
    assert isinstance(patches, NearestNeighborField)
    assert np.array_equal(patches.copied, patches.pixels.columns < 48)


def test_a_large_reference_is_cut_in_many_short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve megapixels of another kind, so that they have to be converted: no run of work is more than some rows of it."""
    monkeypatch.setattr("engine.ops.bands.PAUSE", -1.0)
    reference = Reference(Picture(np.zeros((3000, 4000, 4), np.uint16)), "large.tif")
    pipeline = Pipeline()
    pipeline._methods["same-place"] = SamePlace()
    going = pipeline.run(asked(scene(*SIZE, 1), reference))
    steps = with_threads(
        1, lambda: list(takewhile(lambda step: step.stage == "cutting", going))
    )  # another thread would take runs without a pause
    assert len(steps) > 40
    going.close()
