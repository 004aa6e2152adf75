"""The queue of fills: what waits, what runs, and what became of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.asked import Asked
from app.choice import Candidate, Choice
from app.message import Message
from app.sampling import area
from app.words import tr
from app.workshop import Fill, Guess, Prepare
from engine.errors import BadInput
from engine.geometry import Box
from engine.job import Job, Step
from engine.picture import Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.document import Document
    from app.history import Edit
    from app.recipe import Recipe
    from app.runner import Failure, Runner
    from engine.job import Result
    from engine.picture import Patch

ANSWER = 500
"""Milliseconds after which a fill that is being stopped says what it waits for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue."""

    number: int
    text: str
    fraction: float | None
    """None: it does not run."""
    left: float | None
    """Seconds, where they can be told."""
    waiting: bool
    """Whether it can be taken out of the queue."""


class Filling(QObject):
    """Asks the engine for one fill after another. A Job is made when its turn comes, from the picture as it then is."""

    changed = Signal()
    previewed = Signal(object)
    said = Signal(object)
    filled = Signal(object)

    def __init__(self, document: Document, recipe: Recipe, engine: Runner, files: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._recipe, self._engine, self._files = document, recipe, engine, files
        self._queue: list[Asked] = []
        self._taken: dict[Asked, Edit | None] = {}
        self._now: Asked | None = None
        self._task: Fill | None = None
        self._serial = 0
        self._begun = 0.0
        self._step: Step | None = None
        self._preparing: Step | None = None
        self.preview: Patch | None = None
        self.stopping = self._late = False
        self.report = ""
        """What to send us about the last failure that was our own fault."""
        for signal, slot in ((engine.stepped, self._stepped), (engine.finished, self._finished)):
            signal.connect(slot)
        for signal, slot in ((engine.failed, self._failed), (engine.stopped, self._stopped), (files.finished, self._guessed)):
            signal.connect(slot)
        document.opened.connect(self._forget)
        document.undone.connect(self._undone)
        document.history_changed.connect(self.changed)

    def prepare(self) -> None:
        """Load the engine, in its own thread."""
        self._engine.start(Prepare())

    # What is asked

    @property
    def running(self) -> bool:
        """Whether a fill runs."""
        return self._now is not None

    @property
    def can_fill(self) -> bool:
        """Whether there is something to fill."""
        return not self.reason

    @property
    def reason(self) -> str:
        """Why there is nothing to fill; empty where there is."""
        if self._document.photograph is None:
            return tr("Open a photograph first.")
        return "" if self._document.holes() else tr("Paint over something to fill it.")

    @property
    def can_repeat(self) -> bool:
        """Whether the hole that is shown can have another result."""
        return self._document.shown is not None

    def fill(self) -> None:
        """Queue what is painted."""
        document, photograph = self._document, self._document.photograph
        if self.reason or photograph is None:
            self.said.emit(Message(self.reason))
            return
        holes = document.holes()
        around = holes[0]
        for hole in holes[1:]:
            around = around.joined(hole)
        box = self._recipe.room(around, photograph.size)
        painted = document.mask.pixels[box.slices].copy()
        coverage = self._recipe.grown(painted, photograph.size)
        asked = self._asked(box, painted, coverage, document.numbers + 1)
        document.numbers += len(holes)
        self._taken[asked] = document.take(box, tr("Fill"))
        self._add(asked)

    def another(self, choice: Choice | None = None) -> None:
        """One more result for a hole (the one that is shown), by the next seed."""
        choice = choice or self._document.shown
        if choice is None:
            self.said.emit(Message(tr("Fill something first; then there can be another result.")))
            return
        waiting = sum(asked.again is choice for asked in (*self._queue, self._now) if asked)
        seed = 1 + max((one.seed for one in choice.candidates), default=-1) + waiting
        nothing = np.zeros(choice.box.size, np.uint8)
        self._add(self._asked(choice.box, nothing, choice.coverage, choice.number, seed, choice))

    def _asked(
        self,
        box: Box,
        painted: NDArray[np.uint8],
        coverage: NDArray[np.uint8],
        number: int,
        seed: int = 0,
        again: Choice | None = None,
    ) -> Asked:
        recipe, card = self._recipe, self._recipe.card
        allowed = area(self._document.area.pixels) if card is None or card.copies else None
        title = card.title if card else recipe.method
        return Asked(number, box, painted, coverage, recipe.method, title, recipe.settings, allowed, seed, again=again)

    def _add(self, asked: Asked) -> None:
        self._queue.append(asked)
        self._next()
        self.changed.emit()

    def _next(self) -> None:
        """Begin with what waits longest."""
        photograph = self._document.photograph
        if self._now is not None or not self._queue or photograph is None:
            return
        asked = self._now = self._queue.pop(0)
        coverage = np.zeros(photograph.size, np.uint8)
        coverage[asked.box.slices] = asked.coverage
        self._serial, self._begun, self._step = self._document.serial, time.monotonic(), None
        self.stopping = self._late = False
        mask = Mask(coverage)
        try:
            job = Job(photograph.picture(), mask, asked.method, asked.settings, asked.area, asked.seed, asked.device)
        except BadInput as wrong:
            self._came_to_nothing(tr("{reason} Nothing was changed.").format(reason=wrong), "error")
            return
        if not self._recipe.cards:
            self._files.start(Guess(job.picture, mask, asked.box))
        self._task = Fill(job)
        self._engine.start(self._task)

    def stop(self) -> None:
        """Stop what runs; its mask comes back."""
        if self._task is not None and not self.stopping:
            self.stopping = True
            self._engine.stop(self._task)
            QTimer.singleShot(ANSWER, self._say_why_late)
            self.changed.emit()

    @Slot()
    def _say_why_late(self) -> None:
        if self.stopping:
            self._late = True
            self.changed.emit()

    def cancel(self, number: int) -> None:
        """Take what waits out of the queue; its mask comes back."""
        for asked in [asked for asked in self._queue if asked.number == number]:
            self._queue.remove(asked)
            self._give_back(asked)
        self.changed.emit()

    def _give_back(self, asked: Asked) -> None:
        taken = self._taken.pop(asked, None)
        if asked.again is None and self._document.photograph is not None:
            self._document.give_back(asked.box, asked.painted, taken)

    # What comes back

    @Slot(object, object)
    def _stepped(self, task: object, step: Step) -> None:
        if isinstance(task, Prepare):
            self._preparing = step
        elif task is self._task and not self.stopping:
            self._step = step
            if step.preview is not None:
                self._see(step.preview)
        self.changed.emit()

    @Slot(object, object)
    def _guessed(self, task: object, patch: Patch) -> None:
        if isinstance(task, Guess) and self._task is not None and task.mask is self._task.job.mask and self.preview is None:
            self._see(patch)

    def _see(self, patch: Patch | None) -> None:
        self.preview = patch
        self.previewed.emit(patch)

    @Slot(object, object)
    def _finished(self, task: object, value: Any) -> None:
        if isinstance(task, Prepare):
            self._preparing = None
            self._recipe.set_cards(value)
            self.changed.emit()
        elif task is self._task:
            if self.stopping:
                self._end_stopped()
            else:
                self._fill_came(value)

    def _fill_came(self, result: Result) -> None:
        asked, seconds = self._now, time.monotonic() - self._begun
        assert asked is not None
        choices = [self._choice(asked, result, index, seconds) for index in range(len(result.patches))]
        taken = self._taken.pop(asked, None)
        document, applies = self._document, self._still_as_read(result)
        if applies:
            document.stand([(choice, len(choice.candidates) - 1) for choice in choices], tr("Fill"), taken)
            self.said.emit(Message(tr("Filled in {seconds} s.").format(seconds=f"{seconds:.1f}")))
        else:
            document.choices += [choice for choice in choices if choice not in document.choices]
            document.show(choices[-1])
            text = tr("The photograph was changed meanwhile, so this result was not put into it; it stands among the results.")
            self.said.emit(Message(text, "warning"))
        self._end()
        self.filled.emit(choices)

    def _still_as_read(self, result: Result) -> bool:
        """Whether no pixel was written that the fill has read."""
        frames = [Box(*frame) for frame in result.record["frames"]]
        return not any(frame.common(box) for box in self._document.written_since(self._serial) for frame in frames)

    def _choice(self, asked: Asked, result: Result, index: int, seconds: float) -> Choice:
        """The choice of one patch of a result, with its candidate added."""
        patch = result.patches[index]
        frame = Box(*result.record["frames"][index])
        evidence = tuple(one for one in result.evidence if one.pixels.window.box == frame)
        choice = asked.again
        if choice is None:
            inside = patch.box.common(asked.box)
            assert inside is not None
            coverage = np.zeros(patch.box.size, np.uint8)
            coverage[inside.moved(-patch.box.top, -patch.box.left).slices] = asked.coverage[
                inside.moved(-asked.box.top, -asked.box.left).slices
            ]
            choice = Choice(asked.number + index, patch.box, coverage, asked)
        choice.candidates.append(Candidate(patch, evidence, asked.method, asked.title, asked.seed, seconds, result.record))
        return choice

    @Slot(object, object)
    def _failed(self, task: object, failure: Failure) -> None:
        if isinstance(task, Prepare):
            self._preparing = None
            self.report = failure.report
            self.said.emit(Message(failure.sentence, "error", ("copy_report",) if failure.report else ()))
        elif task is self._task:
            self.report = failure.report
            text = tr("The fill failed: {reason} Nothing was changed.").format(reason=failure.sentence)
            self._came_to_nothing(text, "error", ("copy_report",) if failure.report else ())

    @Slot(object)
    def _stopped(self, task: object) -> None:
        if task is self._task:
            self._end_stopped()

    def _end_stopped(self) -> None:
        self._came_to_nothing(tr("Stopped. Nothing was changed."), "info")

    def _came_to_nothing(self, text: str, kind: Any, actions: tuple[str, ...] = ()) -> None:
        asked = self._now
        self._now = self._task = None
        if asked is not None:
            self._give_back(asked)
        self.said.emit(Message(text, kind, actions))
        self._end()

    def _end(self) -> None:
        self._now, self._task, self._step = None, None, None
        self.stopping = self._late = False
        self._see(None)
        self._next()
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        """Another photograph is open: nothing of the old one is filled any more."""
        if self._task is not None:
            self._engine.stop(self._task)
        self._queue.clear()
        self._taken.clear()
        self._end()

    @Slot(object)
    def _undone(self, edit: Edit) -> None:
        """Undo took back the step that queued a fill: the fill goes with it."""
        asked = next((asked for asked, taken in self._taken.items() if taken is edit), None)
        if asked is None:
            return
        self._document.history.undone.clear()
        del self._taken[asked]
        if asked is self._now and self._task is not None:
            self._engine.stop(self._task)
            self.said.emit(Message(tr("Stopped. Nothing was changed.")))
            self._end()
        elif asked in self._queue:
            self._queue.remove(asked)
        self.changed.emit()

    # What is shown

    def outlines(self) -> list[tuple[int, Box, NDArray[np.uint8]]]:
        """Number, box and coverage of each hole that runs or waits."""
        return [(asked.number, asked.box, asked.coverage) for asked in (self._now, *self._queue) if asked is not None]

    def rows(self) -> list[Row]:
        """The queue, what runs first, and what is painted and not yet queued last."""
        rows = [self._running_row(self._now)] if self._now else []
        rows += [Row(asked.number, tr("Waiting"), None, None, waiting=True) for asked in self._queue]
        if self._now and self._document.holes():
            rows.append(Row(self._document.numbers + 1, tr("Painted, not yet queued"), None, None, waiting=False))
        return rows

    def _running_row(self, asked: Asked) -> Row:
        step = self._step or self._preparing
        fraction = self._step.fraction if self._step else 0.0
        if self.stopping:
            text = tr("Finishing the current pass. Its result will be dropped.") if self._late else tr("Stopping…")
            return Row(asked.number, text, fraction, None, waiting=False)
        spent = time.monotonic() - self._begun
        left = spent * (1 - fraction) / fraction if spent > 1 and fraction > 0.02 else None
        stage = step.stage if step else tr("Starting")
        return Row(asked.number, stage[:1].upper() + stage[1:], fraction, left, waiting=False)
