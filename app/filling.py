"""The queue of fills: what waits, what runs, and what became of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app import results
from app.asked import Asked, Hole
from app.message import Message
from app.sampling import area
from app.told import filled as told
from app.told import unmatched
from app.words import tr
from app.workshop import Fill, Guess, Prepare
from engine.errors import NoMatch
from engine.picture import Patch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.choice import Choice
    from app.document import Document
    from app.history import Edit
    from app.recipe import Recipe
    from app.runner import Failure, Runner
    from engine.geometry import Box
    from engine.job import Result, Step
    from engine.picture import Picture

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
        self._taken: dict[Asked, Edit] = {}
        self._now: Asked | None = None
        self._task: Fill | None = None
        self._begun = 0.0
        self._step: Step | None = None
        self._preparing: Step | None = None
        self.preview: Patch | None = None
        self.stopping = self._late = False
        self._unmatched: Choice | None = None
        """The choice that found no reference to match when it was to get one more candidate."""
        self.report = ""
        """What to send us about the last failure that was our own fault."""
        for signal, slot in ((engine.stepped, self._stepped), (engine.finished, self._finished)):
            signal.connect(slot)
        for signal, slot in ((engine.failed, self._failed), (engine.stopped, self._stopped), (files.finished, self._guessed)):
            signal.connect(slot)
        document.opened.connect(self._forget)
        document.undone.connect(self._undone)
        for signal in (document.history_changed, document.references.changed, recipe.changed):
            signal.connect(self.changed)

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
        return self._lack or ("" if self._document.holes() else tr("Paint over something to fill it."))

    @property
    def _lack(self) -> str:
        """What the method lacks to fill anything; empty where it has all."""
        recipe = self._recipe
        if not recipe.takes_references:
            return ""
        if not self._document.references.items:
            return tr("Add a photograph of the same place as a reference, or choose another method.")
        return recipe.kind.lacks if recipe.kind else ""

    @property
    def from_references(self) -> bool:
        """Whether the next fill takes from references."""
        return self._recipe.takes_references and bool(self._document.references.items)

    @property
    def can_repeat(self) -> bool:
        """Whether the hole that is shown can have another result."""
        return self._document.shown is not None

    def fill(self) -> None:
        """Queue what is painted."""
        if self.reason:
            self.said.emit(Message(self.reason))
        else:
            self._fill(self._recipe.method)

    def fill_without(self) -> None:
        """Fill without references what found none that matches."""
        again, self._unmatched = self._unmatched, None
        if again is not None and again in self._document.choices:
            self._another(again, self._recipe.plain)
        elif self._document.holes():
            self._fill(self._recipe.plain)

    def _fill(self, method: str) -> None:
        document, photograph = self._document, self._document.photograph
        assert photograph is not None
        self._unmatched = None
        painted = document.holes()
        holes = tuple(self._hole(document.numbers + k, box, photograph.size) for k, box in enumerate(painted, 1))
        document.numbers += len(holes)
        self._add(self._asked(holes, method), document.take(painted, tr("Fill")))

    def _hole(self, number: int, box: Box, size: tuple[int, int]) -> Hole:
        """A painted hole as it is filled."""
        room = self._recipe.room(box, size)
        painted = self._document.mask.pixels[room.slices].copy()
        return Hole(number, room, painted, self._recipe.grown(painted, size))

    def another(self, choice: Choice | None = None) -> None:
        """One more result for a hole (the one that is shown), by the next seed."""
        choice = choice or self._document.shown
        if choice is None:
            self.said.emit(Message(tr("Fill something first; then there can be another result.")))
        elif self._lack:
            self.said.emit(Message(self._lack))
        else:
            self._another(choice, self._recipe.method)

    def _another(self, choice: Choice, method: str) -> None:
        waiting = sum(asked.again is choice for asked in (*self._queue, self._now) if asked)
        seed = 1 + max((one.seed for one in choice.candidates), default=-1) + waiting
        hole = Hole(choice.number, choice.box, choice.coverage, choice.coverage)
        self._add(self._asked((hole,), method, seed, choice), self._document.take((), tr("Another result")))

    def _asked(self, holes: tuple[Hole, ...], method: str, seed: int = 0, again: Choice | None = None) -> Asked:
        recipe, document = self._recipe, self._document
        card, finish = next((card for card in recipe.cards if card.name == method), None), recipe.finish_after(method)
        copies = card is None or card.copies or (finish is not None and finish.copies)
        allowed = area(document.area.pixels) if copies else None
        references = document.references.as_references() if card is not None and card.references else ()
        behind = (finish.name, recipe.settings_of(finish.name)) if finish else ("", None)
        return Asked(holes, method, recipe.settings_of(method), allowed, seed, again, references, *behind)

    def _add(self, asked: Asked, taken: Edit) -> None:
        self._taken[asked] = taken
        self._queue.append(asked)
        self._next()
        self.changed.emit()

    def _next(self) -> None:
        """Begin with what waits longest."""
        photograph = self._document.photograph
        if self._now is not None or not self._queue or photograph is None:
            return
        asked = self._now = self._queue.pop(0)
        job = asked.job(self._picture(asked))
        self._task, self._begun = Fill(job), time.monotonic()
        if not self._recipe.cards:
            self._files.start(Guess(job.picture, job.mask, asked.holes[0].box, self._task))
        self._engine.start(self._task)

    def _picture(self, asked: Asked) -> Picture:
        """The photograph as a fill is to see it: another result for a soft hole blends with what stood there before the first."""
        assert self._document.photograph is not None
        picture, choice = self._document.photograph.picture(), asked.again
        if choice is None or (choice.coverage[choice.hole] == 255).all():
            return picture
        return picture.with_patches([Patch(0, choice.box, self._document.under(choice))])

    def stop(self) -> None:
        """Stop what runs; its mask comes back."""
        if self._now is not None and not self.stopping:
            self._give_back(self._now)
            self._halt()

    def _halt(self) -> None:
        """Drop what runs; the next begins when the engine has let go of it."""
        assert self._task is not None
        self.stopping = True
        self._see(None)
        QTimer.singleShot(ANSWER, self, self._say_why_late)
        self.changed.emit()
        self._engine.stop(self._task)

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
        if taken is not None:
            painted = () if asked.again else tuple((hole.box, hole.painted) for hole in asked.holes)
            self._document.give_back(painted, taken)

    # What comes back

    @Slot(object, object)
    def _stepped(self, task: object, step: Step) -> None:
        if isinstance(task, Prepare):
            self._preparing = step
        elif task is not self._task:
            return
        elif not self.stopping:
            self._step = step
            if step.preview is not None:
                self._see(step.preview)
        self.changed.emit()

    @Slot(object, object)
    def _guessed(self, task: object, patch: Patch) -> None:
        if isinstance(task, Guess) and task.of is self._task and self.preview is None and not self.stopping:
            self._see(patch)

    def _see(self, patch: Patch | None) -> None:
        self.preview = patch
        self.previewed.emit(patch)

    @Slot(object, object)
    def _finished(self, task: object, value: Any) -> None:
        if isinstance(task, Prepare):
            self._preparing = None
            self._recipe.set_cards(*value)
            self.changed.emit()
        elif task is self._task:
            if self.stopping:
                self._end_stopped()
            else:
                self._fill_came(value)

    def _fill_came(self, result: Result) -> None:
        asked, task, seconds = self._now, self._task, time.monotonic() - self._begun
        assert asked is not None
        assert task is not None
        choices = results.choices(asked, result, self._recipe.title(asked.method, asked.finish), seconds, self._document.under)
        taken = self._taken.pop(asked, None)
        if results.unchanged(task.let_go(), result, self._picture(asked)):
            self._document.stand([(choice, len(choice.candidates) - 1) for choice in choices], tr("Fill"), taken)
            self.said.emit(Message(told(result.record, seconds)))
        else:
            self._keep(choices)
        self._end()
        self.filled.emit(choices)

    def _keep(self, choices: list[Choice]) -> None:
        """Have results that were made for another picture than there is now, without letting them stand."""
        self._document.keep(choices)
        text = tr("The photograph was changed meanwhile, so this result was not put into it; it stands among the results.")
        self.said.emit(Message(text, "warning"))

    @Slot(object, object)
    def _failed(self, task: object, failure: Failure) -> None:
        actions = ("copy_report",) if failure.report else ()
        if isinstance(task, Prepare):
            self._preparing, self.report = None, failure.report
            self.said.emit(Message(failure.sentence, "error", actions))
            self.changed.emit()
        elif task is self._task and self.stopping:
            self._end_stopped()
        elif task is self._task and self._now is not None:
            self.report = failure.report
            asked = self._now
            self._give_back(asked)
            if isinstance(failure.error, NoMatch):
                self._unmatched = asked.again
                self._end()
                self.said.emit(unmatched(asked))
                return
            text = tr("The fill failed. {reason} Nothing was changed.").format(reason=failure.sentence)
            self._end()
            self.said.emit(Message(text, "error", actions))

    @Slot(object)
    def _stopped(self, task: object) -> None:
        if task is self._task:
            self._end_stopped()

    def _end_stopped(self) -> None:
        self._end()
        self.said.emit(Message(tr("Stopped. Nothing was changed.")))

    def _end(self) -> None:
        self._now, self._task, self._step = None, None, None
        self.stopping = self._late = False
        self._see(None)
        self._next()
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        """Another photograph is open: nothing of the old one is filled any more."""
        task = self._task
        self._queue.clear()
        self._taken.clear()
        self._end()
        if task is not None:
            self._engine.stop(task)

    @Slot(object)
    def _undone(self, edit: Edit) -> None:
        """Undo took back the step that queued a fill: the fill goes with it, and cannot be done again."""
        asked = next((asked for asked, taken in self._taken.items() if taken is edit), None)
        if asked is None:
            return
        self._document.history.undone.clear()
        del self._taken[asked]
        if asked is self._now:
            self._halt()
        else:
            self._queue.remove(asked)
        self.changed.emit()

    # What is shown

    def outlines(self) -> list[tuple[int, Box, NDArray[np.uint8]]]:
        """Number, box and coverage of each hole that runs or waits."""
        running = None if self.stopping else self._now
        holes = [hole for asked in (running, *self._queue) if asked is not None for hole in asked.holes]
        return [(hole.number, hole.box, hole.coverage) for hole in holes]

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
