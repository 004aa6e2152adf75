"""The one road of an edit: frame > cut > fill > paste."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch

from engine.device import chosen
from engine.errors import BadInput, NothingKnown
from engine.evidence import Evidence, NearestNeighborField
from engine.finish import Finish, followed
from engine.finishes import check_follows, finish_named
from engine.geometry import Box, Window, merged
from engine.job import Job, Result, Settings, Step
from engine.method import Beside, Cutout, Method, encoded
from engine.methods import method_named
from engine.ops import filters
from engine.ops.bands import Workers, pieces, strips, told
from engine.ops.layout import colours, likened
from engine.ops.membrane import membrane
from engine.picture import Patch, by_pixels

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.job import Card, Fill
    from engine.ops.bands import Pausing
    from engine.reference import Match, Reference

T = TypeVar("T")

LEAST_MARGIN = 128
"""Pixels of context on each side of a hole; half the hole's side where that is more."""
_CELL = 16


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A method, and perhaps a finish, with their settings and where they run."""

    method: Method
    settings: Settings
    device: torch.device
    finish: Finish | None
    finishing: Settings
    finish_device: torch.device

    def on(self, cutout: Cutout, seed: list[int]) -> Generator[Step, None, Fill]:
        """Fill a cutout; the chance of a finish does not hang on how much of it the method needs."""
        finish = self.finish
        filling = self.method.fill(cutout, self.settings, np.random.default_rng(seed))
        if finish is None:
            return filling
        again, rng = replace(cutout, device=self.finish_device), np.random.default_rng([*seed, 1])
        return followed(filling, lambda fill: finish.finish(again, fill, self.finishing, rng))


class Pipeline:
    """Runs Jobs, one after another. Methods and finishes are built once and kept."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}
        self._finishes: dict[str, Finish] = {}

    @torch.inference_mode()
    def run(self, job: Job) -> Generator[Step, None, Result]:
        """Fill the Job's holes, yielding Steps in picture coordinates with fractions that rise from 0 to 1.

        Raises BadInput for a Job that cannot be met as asked, NothingKnown where no pixel is known.
        """
        filters.set_threads(torch.get_num_threads())
        work = self._work(job)
        patches: list[Patch] = []
        evidence: list[Evidence] = []
        told_of: dict[str, Any] = {}
        clock = _Clock()
        windows = frame(job)
        areas = [window.box.area for window in windows]
        with Workers() as workers:
            for number, window in enumerate(windows):
                first, last = sum(areas[:number]) / sum(areas), sum(areas[: number + 1]) / sum(areas)
                cutout = yield from told(cut(job, window, work.device, workers), first, "cutting")
                fill = yield from self._followed(work.on(cutout, [job.seed, number]), job, window, (first, last), clock, workers)
                patch = yield from told(paste(job, window, cutout, fill.values, workers), last, "pasting")
                patches.append(patch)
                for one in fill.evidence:
                    evidence.append((yield from told(_final(one, job, patch, workers), last, "pasting")))  # noqa: PERF401 - it pauses
                told_of |= fill.record
                clock.lap("pasting")
        yield Step(1.0, "done")
        return Result(tuple(patches), tuple(evidence), _record(job, work, windows, clock, told_of))

    @torch.inference_mode()
    def match(self, job: Job) -> Generator[Step, None, tuple[Match, ...]]:
        """How the Job's references lie on its picture, in their order; nothing is filled. The mask may be empty.

        Raises BadInput for a Job that cannot be met as asked, NothingKnown where no pixel is known.
        """
        filters.set_threads(torch.get_num_threads())
        work = self._work(job)
        with Workers() as workers:
            cutout = yield from told(cut(job, Window.plain(job.picture.box), work.device, workers), 0.0, "cutting")
        return (yield from work.method.match(cutout, work.settings))

    def _work(self, job: Job) -> _Work:
        """Who does what a Job asks for, and how. Raises BadInput where it cannot be met as asked."""
        if job.method not in self._methods:
            self._methods[job.method] = method_named(job.method)()
        if job.finish and job.finish not in self._finishes:
            self._finishes[job.finish] = finish_named(job.finish)()
        method, finish = self._methods[job.method], self._finishes.get(job.finish)
        cards = [method.card, *([finish.card] if finish else ())]
        _check(job, cards)
        able = [card for card in cards if job.device in ("auto", *card.devices)] or cards
        devices = [chosen(job.device if card in able else "cpu", card) for card in cards]
        finishing = _settings(job.finishing, finish.card) if finish else Settings()
        return _Work(method, _settings(job.settings, method.card), devices[0], finish, finishing, devices[-1])

    def _followed(
        self, steps: Generator[Step, None, Fill], job: Job, window: Window, share: tuple[float, float], clock: _Clock, workers: Workers
    ) -> Generator[Step, None, Fill]:
        """A method's Steps, moved to the picture and to their share of the whole; its Fill in the end."""
        first, last = share
        try:
            while True:
                try:
                    step = next(steps)
                except StopIteration as end:
                    return end.value
                clock.lap(step.stage.partition(",")[0])
                fraction, preview = min(1.0, first + (last - first) * step.fraction), step.preview
                if preview is not None:
                    preview = yield from told(_placed(job, window, preview, workers), fraction, step.stage)
                yield Step(fraction, step.stage, preview)
        finally:
            steps.close()


def _settings(given: Settings | None, card: Card) -> Settings:
    settings = given if given is not None else card.settings()
    if type(settings) is not card.settings:
        raise BadInput(f"These settings are not those of {card.title}; leave them out or give its own.")
    return settings


def _check(job: Job, cards: list[Card]) -> None:
    """What a Job must be for a method, and the finish that follows it where there is one."""
    card, *finishes = cards
    if job.finishing is not None and not finishes:
        raise BadInput("There are settings of a finish but no finish; name the finish or leave its settings out.")
    for finish in finishes:
        check_follows(finish, card)
    if job.area is not None and not any(one.copies for one in cards):
        raise BadInput(f"{card.title} copies no pixels, so a sampling area means nothing to it; leave the area out or choose patchmatch.")
    _check_references(job, card)
    if job.mask.coverage.any():
        if not _any_known(job, None):
            raise NothingKnown
        if job.area is not None and not _any_known(job, job.area):
            raise BadInput("The sampling area holds no visible pixel outside the mask; paint it where there is something to copy.")


def _check_references(job: Job, card: Card) -> None:
    if job.references and not card.references:
        raise BadInput(
            f'"{card.title}" fills from this photograph alone, so a reference means nothing to it; leave it out or choose refmatch.'
        )
    if card.references and not job.references:
        raise BadInput(f'"{card.title}" needs another photograph of the same place; give it at least one as a reference.')
    for one in job.references:
        for number, point in enumerate(one.points, 1):
            for (row, column), picture, name in ((point.here, job.picture, "the picture"), (point.there, one.picture, one.name)):
                height, width = picture.size
                if not (-0.5 <= row <= height - 0.5 and -0.5 <= column <= width - 0.5):
                    raise BadInput(
                        f"Control point {number} of {one.name} lies at row {row:g}, column {column:g}, outside {name} "
                        f"({height} rows, {width} columns); move it or leave it out."
                    )


def _any_known(job: Job, area: NDArray[np.bool_] | None) -> bool:
    """Whether there is a visible pixel outside the mask, and in the area; nothing is looked at below the first."""
    for run in strips(job.picture.size):
        rows = slice(*run)
        known = job.mask.coverage[rows] == 0
        if job.picture.has_alpha:
            known &= job.picture.pixels[rows, :, -1] > 0
        if (known if area is None else known & area[rows]).any():
            return True
    return False


def frame(job: Job) -> list[Window]:
    """A window around each hole with its context; those that touch are one.

    The whole picture where the Job says so, and with references: what they show of the place may lie anywhere in it.
    """
    whole = job.picture.box
    if job.mask.box is None:
        return []
    if job.whole or job.references:
        return [Window.plain(whole)]
    area = Box.around(job.area) if job.area is not None else None
    framed: list[Box] = []
    for hole in _holes(job.mask.coverage):
        box = hole.grown(max(hole.height // 2, LEAST_MARGIN), max(hole.width // 2, LEAST_MARGIN)).common(whole)
        assert box is not None
        framed.append(box if area is None else box.joined(area))
    return [Window.plain(box) for box in merged(framed)]


def _holes(coverage: NDArray[np.uint8]) -> list[Box]:
    """Boxes around the holes; holes whose margins touch anyway come as one, so that dust makes no thousands of boxes."""
    height, width = coverage.shape
    cells = np.zeros((-(-height // _CELL), -(-width // _CELL)), np.bool_)
    for top in range(0, height, _CELL):
        line = np.pad(coverage[top : top + _CELL].any(axis=0), (0, -width % _CELL))
        cells[top // _CELL] = line.reshape(-1, _CELL).any(axis=1)
    reach = 2 * (LEAST_MARGIN // _CELL) - 1
    count, labels = filters.components(filters.dilated(cells, reach))
    boxes: list[Box] = []
    for label in range(1, count + 1):
        of = Box.around((labels == label) & cells)
        assert of is not None
        rough = Box(of.top * _CELL, of.left * _CELL, of.height * _CELL, of.width * _CELL).common(Box.whole(coverage.shape))
        assert rough is not None
        exact = Box.around(coverage[rough.slices])
        assert exact is not None
        boxes.append(exact.moved(rough.top, rough.left))
    return boxes


def cut(job: Job, window: Window, device: torch.device, workers: Workers) -> Pausing[Cutout]:
    """What the method may see of a window: colours of known pixels; the hole and what is wholly transparent are blank."""
    part, alpha = colours(job.picture.pixels[window.box.slices])
    coverage = job.mask.coverage[window.box.slices]
    area = None if job.area is None else job.area[window.box.slices]
    pixels: Any = np.zeros(part.shape, part.dtype)
    hole = np.empty(part.shape[:2], np.bool_)
    known = np.empty_like(hole)
    sources = known if area is None else np.empty_like(hole)

    def work(strip: tuple[int, int]) -> None:
        rows = slice(*strip)
        np.greater(coverage[rows], 0, out=hole[rows])
        np.logical_not(hole[rows], out=known[rows])
        if alpha is not None:
            known[rows] &= alpha[rows] > 0
        if area is not None:
            np.logical_and(known[rows], area[rows], out=sources[rows])
        np.copyto(by_pixels(pixels[rows]), by_pixels(part[rows]), where=known[rows])

    yield from workers.each(work, strips(hole.shape))
    for array in (pixels, hole, known, sources):
        array.setflags(write=False)
    box = Box.around(hole) or Box.whole(hole.shape)
    references: list[Beside] = []
    for one in job.references:
        references.append((yield from _beside(one, window, part, workers)))  # noqa: PERF401 - it pauses
    return Cutout(window, pixels, hole, known, sources, box, device, tuple(references))


def _beside(reference: Reference, window: Window, part: NDArray[Any], workers: Workers) -> Pausing[Beside]:
    """A reference with as many channels, and of the depth, as a part of the picture."""
    pixels, known = yield from likened(reference.picture, part.shape[2], part.dtype, workers)
    points = np.array([(*window.to_window(*one.here), *one.there) for one in reference.points], np.float64).reshape(-1, 4)
    points.setflags(write=False)
    return Beside(reference.name, pixels, known, points)


def paste(job: Job, window: Window, cutout: Cutout, values: NDArray[np.float32], workers: Workers) -> Pausing[Patch]:
    """The fill in the picture's own layout, blended where the mask is soft."""
    inner = cutout.box
    box = inner.moved(window.box.top, window.box.left)
    hole = cutout.hole[inner.slices]
    pixels = np.empty_like(job.picture.pixels[box.slices])
    runs = strips(hole.shape)
    edges = [0, *np.cumsum([np.count_nonzero(hole[slice(*run)]) for run in runs])]

    def work(number: int) -> None:
        rows, mine = slice(*runs[number]), slice(edges[number], edges[number + 1])
        new = cutout.pixels[inner.slices][rows].copy()
        by_pixels(new)[hole[rows]] = by_pixels(encoded(values[mine], cutout.pixels.dtype))
        strip = Box(box.top + rows.start, box.left, rows.stop - rows.start, box.width)
        pixels[rows] = _laid(job, strip, new)

    yield from workers.each(work, range(len(runs)))
    if job.picture.has_alpha:
        pixels[..., -1][hole] = yield from _alpha(job, window, cutout, workers)
    return Patch(0, box, pixels)


def _laid(job: Job, box: Box, new: Any) -> Any:
    """The picture's pixels of a box with new colours laid on as far as the mask covers them; alpha as it was."""
    pixels = job.picture.pixels[box.slices].copy()
    coverage = job.mask.coverage[box.slices]
    into = pixels[..., None] if pixels.ndim == 2 else pixels[..., : new.shape[2]]
    np.copyto(by_pixels(into), by_pixels(new), where=coverage == 255)
    soft = (coverage > 0) & (coverage < 255)
    if soft.any():
        share = coverage[soft].astype(np.float32)[:, None] / 255
        old = into[soft].astype(np.float32)
        into[soft] = np.rint(old + share * (new[soft] - old)).astype(pixels.dtype)
    return pixels


def _alpha(job: Job, window: Window, cutout: Cutout, workers: Workers) -> Pausing[Any]:
    """Alpha of the hole's pixels: the smooth continuation of what lies around."""
    alpha, top = job.picture.pixels[window.box.slices][..., -1], np.iinfo(job.picture.pixels.dtype).max
    coverage = job.mask.coverage[window.box.slices][cutout.hole].astype(np.float32)[:, None] / 255
    if all(((alpha[slice(*run)] == top) | cutout.hole[slice(*run)]).all() for run in strips(cutout.hole.shape)):
        new = np.ones((len(coverage), 1), np.float32)
    else:
        new = yield from _quiet(membrane(np.where(cutout.hole, 0, alpha)[..., None], ~cutout.hole, cutout.hole, workers))
    old = alpha[cutout.hole].astype(np.float32)[:, None] / np.float32(top)
    blended = np.where(coverage == 1, new, old + coverage * (new - old))  # what is wholly replaced is not seen, not even by rounding
    return encoded(blended.astype(np.float32, copy=False), alpha.dtype)[:, 0]


def _quiet(steps: Generator[Step, None, T]) -> Pausing[T]:
    """Work whose Steps are pauses only."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield


def _placed(job: Job, window: Window, preview: Patch, workers: Workers) -> Pausing[Patch]:
    """A method's preview in the picture's coordinates and layout."""
    box = preview.box.moved(window.box.top, window.box.left)
    pixels = np.empty_like(job.picture.pixels[box.slices])

    def work(strip: tuple[int, int]) -> None:
        part = Box(box.top + strip[0], box.left, strip[1] - strip[0], box.width)
        pixels[slice(*strip)] = _laid(job, part, preview.pixels[slice(*strip)])

    yield from workers.each(work, strips(box.size))
    return Patch(0, box, pixels)


def _final(evidence: Evidence, job: Job, patch: Patch, workers: Workers) -> Pausing[Evidence]:
    """The evidence of what was pasted: a blended pixel is no copy any more, nor is one whose alpha is another."""
    if not isinstance(evidence, NearestNeighborField):
        return evidence
    box, pixels = evidence.pixels.window.box, evidence.pixels
    copied = np.empty_like(evidence.copied)

    def work(run: tuple[int, int]) -> None:
        mine = slice(*run)
        rows, columns = pixels.rows_of(mine) + box.top, pixels.columns_of(mine) + box.left
        now = patch.pixels[rows - patch.box.top, columns - patch.box.left]
        then = job.picture.pixels[evidence.rows[0, mine] + box.top, evidence.columns[0, mine] + box.left]
        same = (now == then).reshape(len(now), -1).all(axis=1)
        copied[mine] = evidence.copied[mine] & same & (job.mask.coverage[rows, columns] == 255)

    yield from workers.each(work, pieces(len(copied)))
    return replace(evidence, copied=copied)


class _Clock:
    """Seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] += now - self._since
        self._since = now


def _record(job: Job, work: _Work, windows: list[Window], clock: _Clock, told_of: dict[str, Any]) -> dict[str, Any]:
    boxes = [window.box for window in windows]
    hole = job.mask.box
    given = [{"name": one.name, "picture": list(one.picture.size), "points": len(one.points)} for one in job.references]
    found = {one["name"]: one for one in told_of.get("references", ())}
    finish = {"name": job.finish, "settings": dict(vars(work.finishing)), "device": str(work.finish_device)}
    return {
        "method": job.method,
        "settings": dict(vars(work.settings)),
        **({"finish": finish} if work.finish else {}),
        "seed": job.seed,
        "device": str(work.device),
        "picture": list(job.picture.size),
        "hole": None if hole is None else [hole.top, hole.left, hole.height, hole.width],
        "frames": [[box.top, box.left, box.height, box.width] for box in boxes],
        **told_of,
        **({"references": [one | found.get(one["name"], {}) for one in given]} if given else {}),
        "seconds": {stage: round(seconds, 4) for stage, seconds in clock.seconds.items()},
    }
