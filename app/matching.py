"""How the references match: found out while nothing is filled, and told to whoever shows it. Which method fills follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.message import Message
from app.words import tr
from app.workshop import ListKinds, Match
from engine.job import Job
from engine.picture import Mask

if TYPE_CHECKING:
    from app.companion import Companion, PointPair
    from app.display import Display
    from app.document import Document
    from app.filling import Filling
    from app.recipe import Recipe
    from app.runner import Failure, Runner

REST = 1000
"""Milliseconds after the last change of mask, points or settings: who rests so long can be told how it matches."""


@dataclass(frozen=True)
class _State:
    """What a match is made of."""

    points: tuple[tuple[Companion, tuple[PointPair, ...]], ...]
    chosen: object
    """Features and procedure."""
    painted: tuple[int, ...]
    """Which state of the mask, and how it is grown and feathered."""


class Matching(QObject):
    """Matches the references of the open photograph, where somebody looks at them or fills from them. A fill always goes first."""

    said = Signal(object)

    def __init__(
        self, document: Document, recipe: Recipe, filling: Filling, display: Display, engine: Runner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._recipe, self._filling, self._display, self._engine = document, recipe, filling, display, engine
        self._task: Match | None = None
        self._of: list[Companion] = []
        self._kinds: ListKinds | None = None
        self._begun: _State | None = None
        self._done: _State | None = None
        """The states that the running task and the last one began with."""
        self._seen: set[Companion] = set()
        self._mask = 0
        self._used = False
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._begin)
        document.mask_changed.connect(self._mask_changed)
        document.references.changed.connect(self._references_changed)
        for signal in (document.references.points_changed, recipe.changed, display.changed, filling.changed):
            signal.connect(self._look)
        for signal, slot in ((engine.finished, self._finished), (engine.failed, self._failed)):
            signal.connect(slot)
        engine.stopped.connect(self._stopped)

    def rest(self, milliseconds: int) -> None:
        """How long after the last change it begins."""
        self._rest.setInterval(milliseconds)

    def use(self) -> None:
        """Let fills take from references."""
        names = [one.name for one in self._document.references.items]
        self._recipe.use_references()
        several = tr("Fills now take what they can from {number} references.").format(number=len(names))
        if names:
            self.said.emit(Message(several if len(names) > 1 else tr("Fills now take what they can from {name}.").format(name=names[0])))

    # When

    @Slot(object)
    def _mask_changed(self, _box: object) -> None:
        """While a brush moves nothing is asked of the mask: that would hold it up."""
        self._mask += 1
        if self._document.references.items:
            self._drop()
            self._rest.start()

    @Slot()
    def _references_changed(self) -> None:
        """The first that somebody added: fills take from it; the last is gone: they do not."""
        references = self._document.references
        used = bool(references.items) and not references.along
        if used and not self._used:
            self.use()
        elif not references.items:
            self._recipe.leave_references()
        self._used = used
        new = set(references.items) - self._seen
        self._seen = set(references.items)
        self._look()
        if new:
            self._begin()

    @Slot()
    def _look(self) -> None:
        """Something changed: match anew once that has settled, and never while a fill runs."""
        if self._filling.running or not self._is_asked():
            self._drop()
        elif self._state() == self._done:
            self._rest.stop()
        elif self._task is None or self._state() != self._begun:
            self._drop()
            self._rest.start()

    def _is_asked(self) -> bool:
        """Whether somebody looks at references or fills from them."""
        if self._document.photograph is None or not self._recipe.cards:
            return False
        looks = self._display.page == "reference" or self._display.compare == "side"
        if self._kinds is None and (looks or self._document.references.items):
            self._kinds = ListKinds()
            self._engine.start(self._kinds)
        lacks = self._recipe.kind is not None and bool(self._recipe.kind.lacks)
        return bool(self._document.references.items) and not lacks and (looks or self._recipe.takes_references)

    def _state(self) -> _State:
        """What a match is made of. Where nothing is painted any more, what was found for the last hole stays."""
        references, card = self._document.references, self._recipe.reference_card
        settings = self._recipe.settings_of(card.name) if card else None
        chosen = getattr(settings, "features", None), getattr(settings, "procedure", None)
        points, before = tuple((one, one.points) for one in references.items), self._done
        if before is not None and not self._document.holes() and (points, chosen) == (before.points, before.chosen):
            return before
        size = self._document.mask.size
        return _State(points, chosen, (self._mask, self._recipe.growth(size), self._recipe.feather))

    # What is done

    @Slot()
    def _begin(self) -> None:
        photograph, card = self._document.photograph, self._recipe.reference_card
        if self._task is not None or self._filling.running or photograph is None or card is None or not self._is_asked():
            return
        self._rest.stop()
        if self._state() == self._done:
            return
        self._begun = self._state()
        self._of = list(self._document.references.items)
        job = Job(
            photograph.picture(),
            self._holes(),
            card.name,
            self._recipe.settings_of(card.name),
            references=self._document.references.as_references(),
        )
        self._task = Match(job)
        self._engine.start(self._task)
        self._document.references.set_matching(True)

    def _holes(self) -> Mask:
        """What is painted as it would be filled, so that a fill finds the same match."""
        sheet = self._document.mask
        coverage = np.zeros(sheet.size, np.uint8)
        for box in self._document.holes():
            room = self._recipe.room(box, sheet.size).slices
            np.maximum(part := coverage[room], self._recipe.grown(sheet.pixels[room], sheet.size), out=part)
        return Mask(coverage)

    def _drop(self) -> None:
        """Leave the engine to somebody else."""
        self._rest.stop()
        if self._task is not None:
            task = self._task
            self._end()
            self._engine.stop(task)

    def _end(self) -> None:
        self._task = None
        self._document.references.set_matching(False)

    @Slot(object, object)
    def _finished(self, task: object, made: Any) -> None:
        if task is self._kinds:
            self._recipe.set_kinds(made)
        elif task is self._task:
            self._done = self._begun
            self._end()
            self._document.references.set_matches(dict(zip(self._of, made, strict=True)))

    @Slot(object, object)
    def _failed(self, task: object, failure: Failure) -> None:
        if task is self._task:
            self._done = self._begun  # it would fail again
            self._end()
            text = tr("How the references match could not be found out. {reason}").format(reason=failure.sentence)
            self.said.emit(Message(text, "warning"))

    @Slot(object)
    def _stopped(self, task: object) -> None:
        if task is self._task:
            self._end()
