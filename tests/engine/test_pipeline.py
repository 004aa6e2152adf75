"""The one road: frames, what is cut and pasted, previews, progress, seeds and the record."""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import skimage.data

from engine.errors import BadInput, NothingKnown
from engine.evidence import NearestNeighborField
from engine.exemplar import PatchSettings
from engine.geometry import Box
from engine.job import Job, Result, Settings, Step, finished
from engine.methods import method_named, shelf
from engine.picture import Mask, Patch, Picture
from engine.pipeline import LEAST_MARGIN, Pipeline, frame
from tests.engine import seen
from tests.engine.cases import rectangles, scene

if TYPE_CHECKING:
    from collections.abc import Callable

LAYOUTS = pytest.mark.parametrize("channels", [1, 2, 3, 4])
DEPTHS = pytest.mark.parametrize("depth", [np.uint8, np.uint16])
SIZE = (60, 80)
HOLE = (20, 30, 36, 50)


def asked(pixels: np.ndarray, *holes: tuple[int, int, int, int], level: int = 255, **choices: Any) -> Job:
    choices = seen.choices(choices.get("method", "patchmatch"), pixels) | choices if pixels.any() else choices
    return Job(Picture(pixels), Mask(rectangles(pixels.shape[:2], *holes, level=level)), **choices)


def blank(size: tuple[int, int], *holes: tuple[int, int, int, int], **choices: Any) -> Job:
    return asked(np.zeros((*size, 3), np.uint8), *holes, **choices)


def run(job: Job) -> tuple[list[Step], Result]:
    steps: list[Step] = []
    going = Pipeline().run(job)
    while True:
        try:
            steps.append(next(going))
        except StopIteration as end:
            return steps, end.value


def filled(job: Job) -> np.ndarray:
    return job.picture.with_patches(finished(Pipeline().run(job)).patches).pixels


def test_a_frame_is_the_hole_and_its_margin() -> None:
    (window,) = frame(blank((900, 1000), (400, 450, 410, 470)))
    assert window.box == Box(400 - LEAST_MARGIN, 450 - LEAST_MARGIN, 10 + 2 * LEAST_MARGIN, 20 + 2 * LEAST_MARGIN)
    assert window.size == window.box.size


def test_a_large_hole_has_half_its_side_as_margin() -> None:
    (window,) = frame(blank((1000, 1400), (300, 300, 700, 900)))
    assert window.box == Box(100, 0, 800, 1200)


def test_a_frame_ends_where_the_picture_ends() -> None:
    (window,) = frame(blank((200, 300), (0, 290, 10, 300)))
    assert window.box == Box(0, 290 - LEAST_MARGIN, 10 + LEAST_MARGIN, 10 + LEAST_MARGIN)


@pytest.mark.parametrize(("apart", "frames"), [(2 * LEAST_MARGIN - 20, 1), (2 * LEAST_MARGIN, 1), (2 * LEAST_MARGIN + 60, 2)])
def test_frames_merge_where_their_margins_touch(apart: int, frames: int) -> None:
    first, second = (100, 100, 110, 110), (100, 110 + apart, 110, 120 + apart)
    windows = frame(blank((300, 700), first, second))
    assert len(windows) == frames
    boxes = [window.box for window in windows]
    assert all(not one.touches(other) for one in boxes for other in boxes if one is not other)


def test_every_hole_lies_in_a_frame_with_all_of_its_margin() -> None:
    rng = np.random.default_rng(0)
    holes = [(int(r), int(c), int(r) + 5, int(c) + 8) for r, c in zip(rng.integers(0, 1400, 12), rng.integers(0, 1900, 12), strict=True)]
    boxes = [window.box for window in frame(blank((1500, 2000), *holes))]
    assert len(boxes) > 2
    for top, left, bottom, right in holes:
        around = Box(top, left, bottom - top, right - left).grown(LEAST_MARGIN, LEAST_MARGIN).common(Box(0, 0, 1500, 2000))
        assert sum(box.common(around) == around for box in boxes if around) == 1


def test_dust_makes_one_frame() -> None:
    dust = np.zeros((600, 800), np.uint8)
    dust[::20, ::20] = 255
    assert len(frame(Job(Picture(np.zeros((600, 800), np.uint8)), Mask(dust)))) == 1


def test_a_frame_reaches_to_the_sampling_area() -> None:
    area = rectangles((700, 900), (650, 820, 690, 880)) > 0
    (window,) = frame(blank((700, 900), (200, 200, 220, 220), area=area))
    assert window.box == Box(200 - LEAST_MARGIN, 200 - LEAST_MARGIN, 690 - 200 + LEAST_MARGIN, 880 - 200 + LEAST_MARGIN)


def test_the_whole_picture_is_a_frame_where_asked() -> None:
    (window,) = frame(blank((700, 900), (5, 5, 9, 9), (600, 800, 650, 850), whole=True))
    assert window.box == Box(0, 0, 700, 900)


def test_an_empty_mask_makes_no_frame_no_patch_and_one_step() -> None:
    steps, result = run(blank((20, 30)))
    assert result.patches == ()
    assert result.evidence == ()
    assert [step.fraction for step in steps] == [1.0]


@LAYOUTS
@DEPTHS
@pytest.mark.parametrize("method", sorted(shelf()))
def test_nothing_outside_the_hole_changes_and_something_inside_does(channels: int, depth: type, method: str) -> None:
    job = asked(scene(*SIZE, channels, depth), HOLE, (0, 70, 9, 80), method=method)
    after, hole = filled(job), job.mask.hole
    assert after.dtype == depth
    assert np.array_equal(after[~hole], job.picture.pixels[~hole])
    assert (after[hole] != job.picture.pixels[hole]).mean() > 0.3


@LAYOUTS
@DEPTHS
def test_a_soft_mask_blends_exactly(channels: int, depth: type) -> None:
    """Old and new in the proportion of coverage, rounded; the new from a run with a hard mask."""
    pixels = scene(*SIZE, channels, depth)
    coverage = rectangles(SIZE, HOLE)
    soft = np.where(coverage > 0, np.arange(SIZE[1]) * 3 + 10, 0).astype(np.uint8)
    hard, blended = (filled(Job(Picture(pixels.copy()), Mask(mask), "harmonic")) for mask in (coverage, soft))
    share = (soft / 255)[..., None] if pixels.ndim == 3 else soft / 255
    wanted = pixels + share * (hard.astype(float) - pixels)
    off = np.abs(blended - wanted)
    assert off.max() <= 0.5 + (0.01 if channels in (1, 3) else 0.51)  # new alpha is no whole number before it is blended
    assert (blended != pixels).any()


def test_blended_pixels_are_no_copies() -> None:
    pixels, settings = scene(*SIZE), PatchSettings(adapt=False)
    coverage = rectangles(SIZE, HOLE)
    coverage[:, 40:] = np.minimum(coverage[:, 40:], 200)
    (field, _) = finished(Pipeline().run(Job(Picture(pixels), Mask(coverage), settings=settings))).evidence
    assert isinstance(field, NearestNeighborField)
    assert np.array_equal(field.copied, field.pixels.columns < 40)


@DEPTHS
def test_alpha_is_continued_smoothly(depth: type) -> None:
    pixels = scene(*SIZE, 4, depth)
    slope = np.linspace(0.2, 0.9, SIZE[1])
    pixels[..., 3] = np.rint(slope * np.iinfo(depth).max).astype(depth)
    for method in ("patchmatch", "harmonic"):
        after = filled(asked(pixels.copy(), HOLE, method=method))
        inside = after[20:36, 30:50, 3] / np.iinfo(depth).max
        assert np.abs(inside - slope[30:50]).max() < 0.01


def test_opaque_surroundings_make_an_opaque_fill() -> None:
    pixels = scene(*SIZE, 4)
    pixels[..., 3] = 255
    pixels[22:30, 32:44, 3] = 0
    assert (filled(asked(pixels, HOLE))[..., 3] == 255).all()


def test_transparent_pixels_are_never_sources() -> None:
    pixels = scene(*SIZE, 4)
    pixels[:, 52:, :3] = (255, 0, 255)
    pixels[..., 3] = 255
    pixels[:, 52:, 3] = 0
    for method in sorted(shelf()):
        after = filled(asked(pixels.copy(), HOLE, method=method))[20:36, 30:50]
        assert after[..., 1].min() > 40, method


def test_the_sampling_area_is_kept_to() -> None:
    pixels = np.full((*SIZE, 3), 60, np.uint8)
    pixels[:, 60:] = 200
    job = asked(pixels, HOLE, area=np.broadcast_to(np.arange(SIZE[1]) >= 60, SIZE).copy(), settings=PatchSettings(adapt=False))
    assert (filled(job)[20:36, 30:50] == 200).all()


@pytest.mark.parametrize("method", sorted(shelf()))
@LAYOUTS
def test_previews_lie_in_the_picture_and_show_what_is_known_as_it_is(method: str, channels: int) -> None:
    pixels = np.tile(scene(*SIZE, channels), (1, 8) if channels == 1 else (1, 8, 1))
    coverage = np.maximum(rectangles(pixels.shape[:2], HOLE), rectangles(pixels.shape[:2], (30, 580, 50, 600), level=120))
    job = Job(Picture(pixels), Mask(coverage), method, **seen.choices(method, pixels))
    previews = [step.preview for step in run(job)[0] if step.preview]
    assert previews or method != "patchmatch"
    for preview in previews:
        assert preview.box.common(job.picture.box) == preview.box
        outside = coverage[preview.box.slices] == 0
        assert np.array_equal(preview.pixels[outside], pixels[preview.box.slices][outside])
        assert (coverage[preview.box.slices] > 0).any()
        job.picture.with_patches([preview])  # of the picture's own layout and depth


def test_previews_come_nearer_to_the_result() -> None:
    pixels = np.dstack([skimage.data.grass()[:200, :200]] * 3)
    steps, result = run(asked(pixels, (60, 60, 140, 140)))
    previews = [step.preview for step in steps if step.preview]
    assert len(previews) > 2
    wanted = result.patches[0].pixels.astype(float)
    off = [np.abs(one.pixels - wanted).mean() for one in previews if one.box == result.patches[0].box]
    assert len(off) == len(previews)
    assert off[-1] < 0.8 * off[0]


def test_progress_of_several_frames_rises_through_their_shares() -> None:
    steps, result = run(asked(scene(30, 900), (10, 5, 20, 15), (10, 880, 20, 890)))
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert max(fractions[:-2]) > 0.5
    assert len(result.patches) == 2
    first = [step for step in steps if step.preview and step.preview.box.left < 450]
    assert first
    assert all(step.fraction <= 0.6 for step in first)


def grass(seed: int, **choices: Any) -> np.ndarray:
    pixels = np.dstack([skimage.data.grass()[:100, :100]] * 3)
    return filled(asked(pixels, (30, 30, 70, 70), seed=seed, **choices))


def test_the_next_seed_gives_another_result_and_the_same_seed_the_same() -> None:
    first, again, other = grass(1), grass(1), grass(2)
    assert np.array_equal(first, again)
    assert (first != other)[30:70, 30:70].mean() > 0.2


def test_a_pipeline_carries_nothing_from_one_job_to_the_next() -> None:
    one, two = asked(scene(*SIZE), HOLE), asked(scene(*SIZE, seed=3), (5, 5, 20, 20))
    pipeline = Pipeline()
    finished(pipeline.run(two))
    after = one.picture.with_patches(finished(pipeline.run(one)).patches)
    assert np.array_equal(after.pixels, filled(one))


def test_a_method_is_closed_with_its_job_even_where_someone_holds_on_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kind, held = method_named("harmonic"), list[Any]()
    fill = kind.fill

    def kept(*arguments: Any) -> Any:
        held.append(fill(*arguments))
        return held[-1]

    monkeypatch.setattr(kind, "fill", kept)
    going = Pipeline().run(asked(scene(*SIZE), HOLE, method="harmonic"))
    next(going)
    assert inspect.getgeneratorstate(held[0]) == inspect.GEN_SUSPENDED
    going.close()
    assert inspect.getgeneratorstate(held[0]) == inspect.GEN_CLOSED


def test_frames_that_lie_apart_are_filled_as_if_alone() -> None:
    pixels = scene(30, 900)
    both = filled(asked(pixels.copy(), (10, 5, 20, 15), (10, 880, 20, 890)))
    alone = filled(asked(pixels.copy(), (10, 5, 20, 15)))
    assert np.array_equal(both[:, :400], alone[:, :400])


@pytest.mark.parametrize("method", sorted(shelf()))
def test_the_record_is_plain_and_tells_what_was_done(method: str) -> None:
    job = asked(scene(*SIZE), HOLE, method=method, seed=5)
    record = json.loads(json.dumps(run(job)[1].record))
    assert record["method"] == method
    assert record["seed"] == 5
    assert record["device"] == "cpu"
    assert record["picture"] == list(SIZE)
    assert record["hole"] == [20, 30, 16, 20]
    assert record["frames"] == [[0, 0, *SIZE]]
    assert set(record["settings"]) == set(method_named(method).card.settings.described())
    assert record["seconds"]
    assert all(spent >= 0 for spent in record["seconds"].values())


def test_the_record_of_an_empty_mask_is_plain_too() -> None:
    record = json.loads(json.dumps(run(blank((20, 30)))[1].record))
    assert record["hole"] is None
    assert record["frames"] == []


REFUSED: dict[str, tuple[Callable[[], Job], str]] = {
    "a method that is not on the shelf": (lambda: blank((9, 9), (2, 2, 4, 4), method="magic"), "no method magic"),
    "another method's settings": (lambda: blank((9, 9), (2, 2, 4, 4), method="telea", settings=PatchSettings()), "not those of Telea"),
    "settings of no method": (lambda: blank((9, 9), (2, 2, 4, 4), settings=Settings()), "not those of Patches"),
    "an area for a method that copies nothing": (
        lambda: blank((9, 9), (2, 2, 4, 4), method="harmonic", area=np.ones((9, 9), np.bool_)),
        "copies no pixels",
    ),
    "an area that is empty": (lambda: blank((9, 9), (2, 2, 4, 4), area=np.zeros((9, 9), np.bool_)), "sampling area"),
    "an area under the mask": (
        lambda: blank((9, 9), (2, 2, 4, 4), area=rectangles((9, 9), (2, 2, 4, 4)) > 0),
        "sampling area",
    ),
    "a device the method has no use for": (lambda: blank((9, 9), (2, 2, 4, 4), method="telea", device="mps"), "does not run on Metal"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_in_a_sentence_before_the_first_step(case: str) -> None:
    make, says = REFUSED[case]
    with pytest.raises(BadInput, match=says) as refused:
        next(Pipeline().run(make()))
    assert "\n" not in str(refused.value)


def test_a_mask_over_everything_is_refused() -> None:
    with pytest.raises(NothingKnown, match="whole picture"):
        finished(Pipeline().run(blank((9, 9), (0, 0, 9, 9))))


def textures() -> tuple[np.ndarray, np.ndarray]:
    """Stripes across on the left, fine dots of another colour on the right; and which of them each pixel is."""
    rows, columns = np.indices((140, 180))
    rng = np.random.default_rng(0)
    stripes = np.where((rows // 5) % 2, 190, 90)[..., None] * np.array([1.0, 0.75, 0.5])
    dots = np.where((rows // 2 + columns // 2) % 3 == 0, 210, 60)[..., None] * np.array([0.4, 0.7, 1.0])
    right = columns >= 90
    pixels = np.where(right[..., None], dots, stripes) + rng.normal(0, 4, (140, 180, 3))
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8), right


@pytest.mark.parametrize("settings", [PatchSettings(), PatchSettings(adapt=False), PatchSettings(patch=5), PatchSettings(smooth=1.0)])
def test_each_source_has_the_texture_of_its_pixel(settings: PatchSettings) -> None:
    """Two textures side by side and a hole across their border: away from the border every answer is of the right texture."""
    pixels, right = textures()
    _, result = run(asked(pixels, (45, 60, 95, 120), settings=settings))
    (field, _) = result.evidence
    assert isinstance(field, NearestNeighborField)
    rows, columns = field.pixels.rows, field.pixels.columns
    box = field.pixels.window.box
    away = np.abs(columns + box.left - 89.5) > 6
    of = right[rows + box.top, columns + box.left][away]
    for from_rows, from_columns in zip(field.rows, field.columns, strict=True):
        same = right[from_rows + box.top, from_columns + box.left][away] == of
        assert same.mean() >= 0.97


def test_a_patch_of_a_result_covers_its_hole_and_no_more() -> None:
    _, result = run(asked(scene(*SIZE), HOLE))
    (patch,) = result.patches
    assert isinstance(patch, Patch)
    assert patch.box == Box(20, 30, 16, 20)


def test_settings_reach_the_method() -> None:
    job = asked(scene(*SIZE), HOLE)
    results = [filled(replace(job, settings=settings)) for settings in (None, PatchSettings(), PatchSettings(smooth=1.0))]
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


@pytest.mark.parametrize("smooth", [0.0, 1.0])
def test_without_colour_adaptation_every_pixel_is_an_exact_copy(smooth: float) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (60, 70, 3), dtype=np.uint8)
    _, result = run(asked(pixels, (20, 20, 38, 45), settings=PatchSettings(adapt=False, smooth=smooth)))
    (field,) = [one for one in result.evidence if isinstance(one, NearestNeighborField)]
    assert field.copied.all()


def test_patches_smaller_than_asked_for_are_told() -> None:
    area = np.zeros((60, 70), np.bool_)
    area[5:10, 5:60] = True
    pixels = np.random.default_rng(5).integers(0, 256, (60, 70, 3), dtype=np.uint8)
    steps, result = run(asked(pixels, (20, 20, 38, 45), settings=PatchSettings(patch=9), area=area))
    (field,) = [one for one in result.evidence if isinstance(one, NearestNeighborField)]
    assert field.patch == 5
    assert steps[0].stage == "patches of 5, as no source holds 9"
