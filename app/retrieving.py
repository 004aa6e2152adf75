"""Which patches a cell of the hole was made from, as canvas and panel show them, and at which stage of the fill the hole is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.words import tr
from engine.retrieved import RetrievedPatches

if TYPE_CHECKING:
    from app.choice import Candidate, Choice
    from app.document import Document
    from app.inspection import Inspection
    from engine.geometry import Box
    from engine.retrieved import Retrieved

HOLE, BLENDED = "hole", "blended"
"""The first of all stages, when nothing was filled yet, and the last, the result itself."""


class Retrieving(QObject):
    """The cell of the inspected pixel with its patches, and the stage that is drawn in the hole of the fill that is shown."""

    changed = Signal()
    """Another cell, another stage, other patches, or another rank that is pointed at; silent where none of them is another one."""

    def __init__(self, document: Document, inspection: Inspection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._inspection = document, inspection
        self.stage = BLENDED
        """The one that is drawn in the hole."""
        self.rank: int | None = None
        """The rank that somebody points at outside the canvas, which is drawn stronger."""
        self._candidate: Candidate | None = None
        self._state: object = None
        inspection.changed.connect(self._changed)
        document.choices_changed.connect(self._stands)
        document.opened.connect(self._stands)

    # The fill that is shown

    @property
    def choice(self) -> Choice | None:
        """The fill that is shown, if it knows its patches: whose stages can be seen."""
        choice = self._document.shown
        return choice if choice is not None and _known(choice.standing) else None

    @property
    def known(self) -> list[RetrievedPatches]:
        """What it knows, a piece of evidence for each part of its hole that was filled alone."""
        return _known(self.choice.standing) if self.choice else []

    # The cell that is looked at

    @property
    def evidence(self) -> RetrievedPatches | None:
        """That of the cell; where none is looked at, that of the fill that is shown. None: there is nothing to be shown of patches."""
        found = self._inspection.retrieved
        if found is not None:
            return found[0]
        return self.known[0] if self.known else None

    @property
    def cell(self) -> int | None:
        """The number, in `evidence`, of the cell that holds the inspected pixel."""
        found = self._inspection.retrieved
        return found[1] if found else None

    @property
    def dimmed(self) -> bool:
        """Whether that cell was only the last to be looked at."""
        return self._inspection.dimmed

    @property
    def box(self) -> Box | None:
        """Where the cell lies in the picture."""
        found = self._inspection.retrieved
        return found[0].cell(found[1]) if found else None

    @property
    def retrievals(self) -> list[Retrieved]:
        """What the cell was made from, the best rank first."""
        found = self._inspection.retrieved
        return found[0].retrievals(found[1]) if found else []

    @property
    def rank_here(self) -> int | None:
        """The rank that prevails in the inspected pixel, from 0; None where none does."""
        found, place = self._inspection.retrieved, self._inspection.place
        at = found[0].pixels.find(*place) if found and place else None
        rank = int(found[0].ranks[at]) if found and at is not None else -1
        return rank if rank >= 0 else None

    def point_at(self, rank: int | None) -> None:
        """Somebody points at a rank outside the canvas; None: no more."""
        self.rank = rank
        self._changed()

    # Stages

    @property
    def stages(self) -> tuple[str, ...]:
        """From the hole to the result, as far as the fill that is shown has kept them."""
        return (HOLE, *self.known[0].stages, BLENDED) if self.known else ()

    def set_stage(self, stage: str) -> None:
        """Draw another stage in the hole. Raises ValueError for one that the fill has not kept."""
        if stage not in self.stages:
            raise ValueError(f"a stage is one of {self.stages}, not {stage!r}")
        self.stage = stage
        self._changed()

    def may_step(self, by: int) -> bool:
        """Whether there is a stage so many further on."""
        return self.stage in self.stages and 0 <= self.stages.index(self.stage) + by < len(self.stages)

    def step(self, by: int) -> None:
        """Draw the stage so many further on, if there is one."""
        if self.may_step(by):
            self.set_stage(self.stages[self.stages.index(self.stage) + by])

    # What changes

    @Slot()
    def _stands(self) -> None:
        """What stands may be another result: the result itself is seen, not how an earlier one came about."""
        candidate = self.choice.standing if self.choice else None
        if candidate is not self._candidate:
            self._candidate, self.stage = candidate, BLENDED
        self._changed()

    @Slot()
    def _changed(self) -> None:
        self.rank = self.rank if self.cell is not None else None
        state = self._candidate, self._inspection.retrieved, self.dimmed, self.rank_here, self.rank, self.stage
        if state != self._state:
            self._state = state
            self.changed.emit()


def stage_title(stage: str) -> str:
    """What a stage is called."""
    known = {
        HOLE: tr("Hole"),
        "coarse": tr("Coarse"),
        "retrieved": tr("Retrieved"),
        "synthesised": tr("Synthesised"),
        BLENDED: tr("Blended"),
    }
    return known.get(stage, tr(stage.capitalize()))


def _known(candidate: Candidate | None) -> list[RetrievedPatches]:
    """What a result knows of its patches: where two steps of its fill tell of the same pixels, the later one."""
    found: list[RetrievedPatches] = []
    for one in reversed(candidate.evidence if candidate else ()):
        if isinstance(one, RetrievedPatches) and not any(_meet(one.pixels.box, other.pixels.box) for other in found):
            found.append(one)
    return found


def _meet(one: Box | None, other: Box | None) -> bool:
    """Whether two boxes share a pixel."""
    return one is not None and other is not None and one.common(other) is not None
