"""Each of the ten laws bites: someone lawless breaks it and it alone, and a law with nothing to look at fails.

Methods get a blanked copy and return values for the hole alone, so laws 1, 2 and 4 cannot be broken by one: there it is a road.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
import torch

from engine.evidence import HolePixels, NearestNeighborField
from engine.geometry import Box
from engine.job import Card, Fill, Result, Settings, Step
from engine.method import Cutout, Method
from engine.picture import Patch
from engine.pipeline import Pipeline
from tests.engine.beside import SamePlace
from tests.engine.cases import Cases, TooFewCases, named
from tests.engine.laws import LAWS, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from engine.job import Job

Steps = "Generator[Step, None, Fill]"


class Plain(Method):
    """The mean of what is known: dull and lawful."""

    card: ClassVar[Card] = Card("plain", "Plain", "The mean of what is known.", "none")

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        del settings, rng
        yield Step(0.5, "looking")
        values = np.repeat(cutout.image[cutout.known].mean(axis=0, keepdims=True), int(cutout.hole.sum()), axis=0)
        yield Step(1.0, "filling")
        return Fill(values.astype(np.float32))


class CopiesOne(Plain):
    """Copies the first known pixel everywhere, and says so: lawful too."""

    card: ClassVar[Card] = Card("copies", "Copies", "One pixel everywhere.", "none", copies=True)

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        del settings, rng
        yield Step(1.0, "copying")
        n = int(cutout.hole.sum())
        (row, column) = self.source(cutout)
        values = np.repeat(cutout.image[row, column][None], n, axis=0)
        rows, columns = np.full((1, n), row, np.int32), np.full((1, n), column, np.int32)
        none, ones = np.zeros((1, n), np.int8), np.ones((1, n), np.float32)
        pixels, copied = HolePixels.of(cutout.window, cutout.hole), np.ones(n, np.bool_)
        field = NearestNeighborField(pixels, rows, columns, none, none.copy(), ones, 0 * ones, 1, copied)
        return Fill(values, (field,))

    def source(self, cutout: Cutout) -> tuple[int, int]:
        return tuple(np.argwhere(cutout.sources)[0])


class Spilling(Pipeline):
    """Breaks law 1: one value beside the hole is another one afterwards."""

    def run(self, job: Job) -> Generator[Step, None, Result]:
        result = yield from super().run(job)
        beside = np.argwhere(job.mask.coverage == 0)
        if not len(beside) or not result.patches:
            return result
        box = Box(int(beside[0][0]), int(beside[0][1]), 1, 1)
        return Result((*result.patches, Patch(0, box, job.picture.pixels[box.slices] ^ 1)), result.evidence)


class Restless(Pipeline):
    """Breaks law 2: does something where nothing was asked."""

    def run(self, job: Job) -> Generator[Step, None, Result]:
        result = yield from super().run(job)
        box = Box(0, 0, 1, 1)
        return result if result.patches else Result((Patch(0, box, job.picture.pixels[box.slices] ^ 1),))


class Counting(Plain):
    """Breaks law 3: its answer hangs on the number of threads."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        fill = yield from super().fill(cutout, settings, rng)
        return Fill(np.abs(fill.values - np.float32(torch.get_num_threads() / 20)))


class Peeking(Pipeline):
    """Breaks law 4: the lowest bit of what was to be removed shines through."""

    def run(self, job: Job) -> Generator[Step, None, Result]:
        result = yield from super().run(job)
        hole = job.mask.hole
        return Result(tuple(self._shining(job, hole, patch) for patch in result.patches), result.evidence)

    def _shining(self, job: Job, hole: np.ndarray, patch: Patch) -> Patch:
        pixels, inside = patch.pixels.copy(), hole[patch.box.slices]
        pixels[inside] ^= job.picture.pixels[patch.box.slices][inside] & 1
        return Patch(patch.frame, patch.box, pixels)


class Fastidious(Plain):
    """Breaks law 5: wants two known pixels."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        if cutout.known.sum() < 2 and cutout.hole.size > 20:
            raise ValueError("too little to go by")
        return (yield from super().fill(cutout, settings, rng))


class Untidy(Plain):
    """Breaks law 6: after being cancelled it stays busy."""

    busy = False

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        if self.busy:
            raise RuntimeError("still busy with the last one")
        self.busy = True
        fill = yield from super().fill(cutout, settings, rng)
        self.busy = False
        return fill


class Straggling(Plain):
    """Breaks law 6: what it started in the background goes on after it was cancelled."""

    waiting: ClassVar[list[threading.Event]] = []

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        done = threading.Event()
        self.waiting.append(done)
        thread = threading.Thread(target=done.wait, daemon=True)
        thread.start()
        fill = yield from super().fill(cutout, settings, rng)
        done.set()
        thread.join()
        return fill


class Fickle(Plain):
    """Breaks law 7: takes back what it said was done."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        yield Step(0.9, "boasting")
        return (yield from super().fill(cutout, settings, rng))


class Inventing(CopiesOne):
    """Breaks law 8: says its pixels came out of the hole."""

    def source(self, cutout: Cutout) -> tuple[int, int]:
        return tuple(np.argwhere(cutout.hole)[0])


class Boasting(Pipeline):
    """Breaks law 8: says that every pixel is copied, though it is not. (A method's own word is checked by the road.)"""

    def run(self, job: Job) -> Generator[Step, None, Result]:
        result = yield from super().run(job)
        copies = [replace(one, copied=np.ones_like(one.copied)) for one in result.evidence if isinstance(one, NearestNeighborField)]
        return Result(result.patches, tuple(copies))


class Misplacing(SamePlace):
    """Breaks law 8: says that its pixels came from the corner of the other photograph, transparent or not."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        fill = yield from super().fill(cutout, settings, rng)
        (field,) = fill.evidence
        return replace(fill, evidence=(replace(field, places=np.zeros_like(field.places), origins=0 * field.origins),))


class Silent(Plain):
    """Breaks law 8: copies, and does not say from where."""

    card: ClassVar[Card] = Card("silent", "Silent", "Says nothing.", "none", copies=True)


class Scribbling(Plain):
    """Breaks law 9: writes into what it was given."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        fill = yield from super().fill(cutout, settings, rng)
        cutout.pixels.setflags(write=True)
        cutout.pixels[np.nonzero(cutout.known)] = 1
        return fill


class Unveiling(SamePlace):
    """Breaks law 9: writes into what it was given of the other photograph."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        fill = yield from super().fill(cutout, settings, rng)
        for one in cutout.references:
            one.known.setflags(write=True)
            one.known[:] = ~one.known
        return fill


class Glaring(Plain):
    """Breaks law 10: whiter than white."""

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Steps:
        fill = yield from super().fill(cutout, settings, rng)
        return Fill(fill.values + np.float32(1))


LAWLESS: tuple[tuple[int, Subject], ...] = (
    (1, Subject(Plain, Spilling)),
    (2, Subject(Plain, Restless)),
    (3, Subject(Counting)),
    (4, Subject(Plain, Peeking)),
    (5, Subject(Fastidious)),
    (6, Subject(Untidy)),
    (6, Subject(Straggling)),
    (7, Subject(Fickle)),
    (8, Subject(Inventing)),
    (8, Subject(CopiesOne, Boasting)),
    (8, Subject(Misplacing)),
    (8, Subject(Silent)),
    (9, Subject(Scribbling)),
    (9, Subject(Unveiling)),
    (10, Subject(Glaring)),
)


def _broken(subject: Subject) -> list[int]:
    """The numbers of the laws that a subject breaks."""
    return [number for number, law in enumerate(LAWS, 1) if not _kept(law, subject)]


def _kept(law: Callable[..., None], subject: Subject) -> bool:
    (cases,) = law.__defaults__
    try:
        law(subject, Cases(cases.named, 0))
    except TooFewCases:
        raise
    except (AssertionError, ValueError, RuntimeError):
        return False
    return True


@pytest.mark.parametrize("method", [Plain, CopiesOne, SamePlace], ids=lambda method: method.__name__)
def test_the_lawful_keep_them_all(method: type[Method]) -> None:
    assert _broken(Subject(method)) == []


@pytest.mark.parametrize(("number", "subject"), LAWLESS, ids=[(s.method if s.road is Pipeline else s.road).__name__ for _, s in LAWLESS])
def test_the_lawless_break_one_and_it_alone(number: int, subject: Subject) -> None:
    try:
        assert _broken(subject) == [number]
    finally:
        while Straggling.waiting:
            Straggling.waiting.pop().set()


def test_every_law_has_someone_who_breaks_it() -> None:
    assert {number for number, _ in LAWLESS} == set(range(1, len(LAWS) + 1))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_law_that_looked_at_too_little_fails(law: Callable[..., Any]) -> None:
    with pytest.raises(TooFewCases):
        law(Subject(Plain), Cases(named()[:1], 0))
