"""The laws every method keeps, as functions that take any Method (with any Finish, or any road) and raise AssertionError where one is broken.

A law runs its cases through the real Pipeline: named ones, then some that Hypothesis draws (the same ones each time). A law that had
too little to look at fails too, as `TooFewCases`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from engine.errors import NothingKnown
from engine.evidence import NearestNeighborField
from engine.geometry import Place
from engine.job import Job, Result, Step, finished
from engine.pipeline import Pipeline
from engine.retrieved import RetrievedPatches
from tests.engine.cases import ALL, AWKWARD, LARGE, MATCHING, SOME, WITH_LARGE, Case, Cases, rectangles, scene, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from engine.finish import Finish
    from engine.job import Fill, Settings
    from engine.method import Cutout, Method


@dataclass(frozen=True)
class Subject:
    """What is judged: a method with its default settings or others, and what follows it, run by the real road unless another is given."""

    method: type[Method]
    road: type[Pipeline] = Pipeline
    settings: Settings | None = None
    finish: type[Finish] | None = None
    finishing: Settings | None = None

    @property
    def copies(self) -> bool:
        """Whether it takes a sampling area and has to answer where pixels came from."""
        return self.method.card.copies or (self.finish is not None and self.finish.card.copies)

    def pipeline(self) -> Pipeline:
        """A pipeline that has this method and finish built already, so that they need not stand on a shelf."""
        pipeline = self.road()
        pipeline._methods[self.method.card.name] = self.method()
        if self.finish is not None:
            pipeline._finishes[self.finish.card.name] = self.finish()
        return pipeline

    def run(self, job: Job) -> Result:
        return finished(self.pipeline().run(job))


def law_1_nothing_outside_the_mask_changes(subject: Subject, cases: Cases = ALL) -> None:
    def check(case: Case) -> int:
        job = case.job(subject)
        after = job.picture.with_patches(subject.run(job).patches)
        outside = case.coverage == 0
        assert np.array_equal(after.pixels[outside], case.pixels[outside]), case
        return int(outside.sum())

    cases.each(check, least=3000)


def law_2_an_empty_mask_returns_the_same_picture(subject: Subject, cases: Cases = ALL) -> None:
    def check(case: Case) -> int:
        job = replace(case, coverage=np.zeros_like(case.coverage)).job(subject)
        result = subject.run(job)
        assert job.picture.with_patches(result.patches) is job.picture, case
        return 1

    cases.each(check, least=12)


def law_3_the_same_job_gives_the_same_bytes(subject: Subject, cases: Cases = WITH_LARGE) -> None:
    def check(case: Case) -> int:
        seen = [with_threads(threads, lambda: bytes_of(subject.run(case.job(subject)))) for threads in (1, 2, 1)]
        assert seen[0] == seen[2], f"{case} differs from run to run"
        assert seen[0] == seen[1], f"{case} differs at another number of threads"
        return 1

    cases.each(check, least=12)


def law_4_what_the_mask_hides_is_not_seen(subject: Subject, cases: Cases = ALL) -> None:
    def check(case: Case) -> int:
        hidden = case.coverage == 255
        noise = np.random.default_rng(5).integers(0, np.iinfo(case.pixels.dtype).max, case.pixels.shape, case.pixels.dtype, endpoint=True)
        other = np.where(hidden if case.pixels.ndim == 2 else hidden[..., None], noise, case.pixels)
        one, two = (_outcome(subject, case, pixels) for pixels in (case.pixels, other))
        assert one == two, case
        return int(hidden.sum())

    cases.each(check, least=500)


def law_5_any_size_and_any_hole(subject: Subject, cases: Cases = AWKWARD) -> None:
    def check(case: Case) -> int:
        job = case.job(subject)
        laid = np.zeros(job.picture.size, int)
        for patch in subject.run(job).patches:
            assert patch.box.common(job.picture.box) == patch.box, case
            laid[patch.box.slices] += 1
        assert (laid[case.coverage > 0] == 1).all(), f"{case}: a pixel of the hole got no answer, or several"
        return 1

    cases.each(check, least=8)
    assert _refused_when_nothing_is_known(subject) == 3


def law_6_it_can_be_cancelled_after_any_step(subject: Subject, cases: Cases = SOME) -> None:
    def check(case: Case) -> int:
        pipeline = subject.pipeline()
        wanted, steps = _bytes_of_all(pipeline.run(case.job(subject)))
        threads = set(threading.enumerate())
        for after in (1, steps // 2, steps) if case in (LARGE, *MATCHING) else range(steps + 1):
            run = pipeline.run(case.job(subject))
            for _ in range(after):
                if next(run, None) is None:
                    break  # how often it pauses is up to the clock
                assert not torch.is_inference_mode_enabled(), case
            run.close()
            assert set(threading.enumerate()) <= threads, f"{case}: a thread is left after {after} steps"
        assert _bytes_of_all(pipeline.run(case.job(subject)))[0] == wanted, f"{case}: the next job came out differently"
        return steps

    with_threads(2, lambda: cases.each(check, least=6))


def law_7_progress_rises_to_1(subject: Subject, cases: Cases = ALL) -> None:
    def check(case: Case) -> int:
        fractions = [step.fraction for step in _steps(subject, case)]
        assert all(0 <= fraction <= 1 for fraction in fractions), (case, fractions)
        assert fractions == sorted(fractions), (case, fractions)
        assert fractions[-1] == 1, (case, fractions)
        return len(fractions)

    cases.each(check, least=24)


def law_8_every_source_is_known_and_what_is_copied_equals_it(subject: Subject, cases: Cases = ALL) -> None:
    copies = subject.copies

    def check(case: Case) -> int:
        job = case.job(subject)
        result = subject.run(job)
        usable = case.usable if job.area is not None else case.known
        filled = job.picture.with_patches(result.patches).pixels
        answered = sum(_answered(case, job, result, usable, (int(row), int(column))) for row, column in np.argwhere(case.coverage > 0))
        asked = int((case.coverage > 0).sum())
        copied = _copied(case, job.picture.pixels, filled, result)
        _check_memory(case, result, usable)
        assert not copies or answered >= 0.99 * asked, f"{case}: {answered} of {asked} say where they came from"
        return answered + copied if copies else asked

    cases.each(check, least=600)


def law_9_inputs_are_not_modified(subject: Subject, cases: Cases = ALL) -> None:
    def check(case: Case) -> int:
        watched = _Watched(subject)
        job = case.job(subject)
        watched.subject.run(job)
        assert np.array_equal(job.picture.pixels, case.pixels), case
        assert np.array_equal(job.mask.coverage, case.coverage), case
        assert job.area is None or np.array_equal(job.area, case.area), case
        for mine, theirs in zip(job.references, case.references(), strict=False):
            assert np.array_equal(mine.picture.pixels, theirs.picture.pixels), f"{case}: {mine.name}"
        for cutout, before in zip(watched.cutouts, watched.copies, strict=True):
            for name, copy in before.items():
                assert np.array_equal(_arrays(cutout)[name], copy), f"{case}: the cutout's {name}"
        assert all(np.array_equal(values, copy) for values, copy in watched.given), f"{case}: the fill before"
        return len(watched.cutouts)

    cases.each(check, least=12)


def law_10_finite_in_range_dtype_and_layout_kept(subject: Subject, cases: Cases = ALL) -> None:
    def check(case: Case) -> int:
        watched = _Watched(subject)
        job = case.job(subject)
        result = watched.subject.run(job)
        for patch in result.patches:
            assert patch.pixels.dtype == case.pixels.dtype, case
            assert patch.pixels.shape[2:] == case.pixels.shape[2:], case
        for cutout, fill in zip(watched.cutouts, watched.fills, strict=True):
            assert fill.values.dtype == np.float32, case
            assert fill.values.shape == (int(cutout.hole.sum()), cutout.pixels.shape[2]), case
            assert np.isfinite(fill.values).all(), case
            assert fill.values.min() >= 0, (case, fill.values.min())
            assert fill.values.max() <= 1, (case, fill.values.max())
        return len(watched.fills)

    cases.each(check, least=12)


LAWS: tuple[Callable[..., None], ...] = (
    law_1_nothing_outside_the_mask_changes,
    law_2_an_empty_mask_returns_the_same_picture,
    law_3_the_same_job_gives_the_same_bytes,
    law_4_what_the_mask_hides_is_not_seen,
    law_5_any_size_and_any_hole,
    law_6_it_can_be_cancelled_after_any_step,
    law_7_progress_rises_to_1,
    law_8_every_source_is_known_and_what_is_copied_equals_it,
    law_9_inputs_are_not_modified,
    law_10_finite_in_range_dtype_and_layout_kept,
)


@dataclass
class _Watched:
    """A subject whose method and finish are seen at work: each cutout they got, a copy of it made before, and the Fill they gave."""

    of: Subject
    cutouts: list[Cutout] = field(default_factory=list)
    copies: list[dict[str, np.ndarray]] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    given: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    """Values that a finish got, and copies of them made before."""

    def _got(self, cutout: Cutout) -> None:
        self.cutouts.append(cutout)
        self.copies.append({name: array.copy() for name, array in _arrays(cutout).items()})

    @property
    def subject(self) -> Subject:
        watch = self

        class Watched(self.of.method):  # type: ignore[name-defined, misc]
            def fill(self, cutout: Cutout, settings: Any, rng: np.random.Generator) -> Generator[Step, None, Fill]:
                watch._got(cutout)
                fill = yield from super().fill(cutout, settings, rng)
                watch.fills.append(fill)
                return fill

        return replace(self.of, method=Watched, finish=self.of.finish and self._watched_finish(self.of.finish))

    def _watched_finish(self, finish: type[Finish]) -> type[Finish]:
        watch = self

        class Watched(finish):  # type: ignore[valid-type, misc]
            def finish(self, cutout: Cutout, fill: Fill, settings: Any, rng: np.random.Generator) -> Generator[Step, None, Fill]:
                watch._got(cutout)
                watch.given.append((fill.values, fill.values.copy()))
                better = yield from super().finish(cutout, fill, settings, rng)
                watch.fills.append(better)
                return better

        return Watched


def _arrays(cutout: Cutout) -> dict[str, np.ndarray]:
    """All that a method is given, its references' too."""
    mine = {name: getattr(cutout, name) for name in ("pixels", "hole", "known", "sources")}
    theirs = {f"{one.name}: {name}": getattr(one, name) for one in cutout.references for name in ("pixels", "known", "points")}
    return mine | theirs


def with_threads(threads: int, work: Callable[[], Any]) -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return work()
    finally:
        torch.set_num_threads(before)


def bytes_of(result: Result) -> list[Any]:
    """All of a result but the seconds it took."""
    parts: list[Any] = [(patch.box, patch.pixels.tobytes()) for patch in result.patches]
    for evidence in result.evidence:
        arrays = ((one.name, getattr(evidence, one.name)) for one in fields(evidence))  # type: ignore[arg-type]
        parts.extend((name, array.tobytes()) for name, array in arrays if isinstance(array, np.ndarray))
    return parts


def _bytes_of_all(run: Generator[Step, None, Result]) -> tuple[list[Any], int]:
    """A run's result as bytes, and how many steps it took."""
    steps = 0
    while True:
        try:
            next(run)
        except StopIteration as end:
            return bytes_of(end.value), steps
        steps += 1


def _outcome(subject: Subject, case: Case, pixels: np.ndarray) -> list[Any]:
    return bytes_of(subject.run(case.job(subject, pixels)))


def _steps(subject: Subject, case: Case) -> list[Step]:
    return list(subject.pipeline().run(case.job(subject)))


def _refused_when_nothing_is_known(subject: Subject) -> int:
    """How many of three pictures with no known pixel are refused as such."""
    clear = scene(6, 6, 4)
    clear[3:, :, 3] = 0
    covered = (
        Case("one covered pixel", scene(1, 1), rectangles((1, 1), (0, 0, 1, 1))),
        Case("all covered", scene(8, 9, 1), rectangles((8, 9), (0, 0, 8, 9), level=100)),
        Case("nothing visible left", clear, rectangles((6, 6), (0, 0, 3, 6))),
    )
    refused = 0
    for case in covered:
        try:
            subject.run(case.job(subject))
        except NothingKnown:
            refused += 1
    return refused


def _answered(case: Case, job: Job, result: Result, usable: np.ndarray, at: tuple[int, int]) -> bool:
    """Whether a filled pixel says where it came from; each of its sources must be one that is allowed."""
    sources = [source for one in result.evidence for source in one.sources(Place.pixel(*at))]
    references = {one.name: one.picture for one in job.references}
    for source in sources:
        place, origin = source.place.box, source.place.origin
        assert (source.place.frame, place.size) == (0, (1, 1)), case
        assert source.patch.common(place) == place, case
        assert 0 <= source.weight <= 1, (case, source)
        if origin:
            assert _within(visible(references[origin].pixels), place), f"{case}: {at} has its source in {place} of {origin}"
            assert source.patch.common(references[origin].box) == source.patch, f"{case}: {at} has its patch in {source.patch} of {origin}"
        else:
            assert _within(usable, place), f"{case}: {at} has its source in {place}"
            assert _within(usable, source.patch), f"{case}: {at} has its patch in {source.patch}"
            assert 0 <= source.distance <= 255, (case, source)
    return bool(sources)


def _within(allowed: np.ndarray, box: Any) -> bool:
    inside = box.common(type(box).whole(allowed.shape)) == box
    return bool(inside and allowed[box.slices].all())


def _check_memory(case: Case, result: Result, usable: np.ndarray) -> None:
    """Every patch of a texture memory lies in what may be used."""
    for evidence in result.evidence:
        if isinstance(evidence, RetrievedPatches):
            for number in range(len(evidence.cells)):
                for one in evidence.retrievals(number):
                    assert usable[one.box.slices].all(), f"{case}: {one.box}, of rank {one.rank + 1}, may not be used"


def _copied(case: Case, before: np.ndarray, after: np.ndarray, result: Result) -> int:
    """How many pixels say they are copies; each must equal its source in every channel."""
    count = 0
    for evidence in result.evidence:
        if isinstance(evidence, NearestNeighborField):
            box = evidence.pixels.window.box
            where = np.flatnonzero(evidence.copied)
            to = after[evidence.pixels.rows[where] + box.top, evidence.pixels.columns[where] + box.left]
            from_ = before[evidence.rows[0][where] + box.top, evidence.columns[0][where] + box.left]
            assert np.array_equal(to, from_), f"{case}: what is said to be copied is not"
            count += len(where)
    return count
