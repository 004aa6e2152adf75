"""Where the pixel under the pointer came from, and which layer of evidence lies over the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.excluded import Piece, piece_around
from app.words import tr
from engine.geometry import Place
from engine.retrieved import RetrievedPatches

if TYPE_CHECKING:
    import numpy as np

    from app.choice import Candidate, Choice
    from app.document import Document
    from engine.evidence import Evidence, Layer, Source
    from engine.geometry import Box


PATCHES = "patches"
"""The stage of what was copied from the photograph itself."""


class Inspection(QObject):
    """Looks at one filled pixel: the one under the pointer, or the one that is pinned.

    Outside a fill the last pair stays, dimmed.
    """

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.layer_name: str | None = None
        """The layer that is drawn over the fill; None: none."""
        self.opacity = 0.7
        self._reset()
        document.opened.connect(self._forget)
        document.choices_changed.connect(self._choices_changed)

    def _reset(self) -> None:
        self.place: tuple[int, int] | None = None
        self.pinned = self.dimmed = False
        self.away = False
        """Whether the pointer has left the picture."""
        self.over: Choice | None = None
        """The fill under the pointer, even if it does not know where it came from."""
        self.sources: list[Source] = []
        self.choice: Choice | None = None
        self.candidate: Candidate | None = None
        self.evidence: Evidence | None = None
        self.retrieved: tuple[RetrievedPatches, int] | None = None
        """What knows which patches the pixel's cell was made from, and the cell's number."""
        self._piece: Piece | None = None
        self._layers: list[tuple[Evidence, Layer]] | None = None

    def _forget(self) -> None:
        self._reset()
        self.changed.emit()

    def _choices_changed(self) -> None:
        """What stands may be another fill now: the same pixel is asked anew. Nothing is held of a fill that is gone."""
        self._layers = None
        if self.place is not None:
            self._see(*self.place)
            if self.dimmed and (self.candidate is None or self.choice not in self._document.choices):
                self._reset()
        self.changed.emit()

    # Looking

    def look(self, row: int, column: int) -> None:
        """The pointer is over that pixel; a pinned one stays."""
        if not self.pinned:
            self._see(row, column)
            self.changed.emit()

    def leave(self) -> None:
        """The pointer has left the picture: the last pair stays, dimmed."""
        if not self.pinned and self.place is not None:
            self.dimmed = self.away = True
            self.changed.emit()

    def pin(self, row: int, column: int) -> None:
        """Stay with that pixel, if it was filled; free the pinned one otherwise, or where it is that one."""
        again = self.pinned and self.place == (row, column)
        if not again:
            self._see(row, column)
        self.pinned = not again and not self.dimmed
        self.changed.emit()

    def free(self) -> None:
        """Follow the pointer again."""
        self.pinned = False
        self.changed.emit()

    def _see(self, row: int, column: int) -> None:
        choice = self.over = self._document.choice_at(row, column)
        self.away = False
        candidate = choice.standing if choice else None
        found = self._asked(candidate, row, column) if candidate else None
        if found is None:
            self.dimmed = True
            return
        self.place, self.dimmed, self._piece = (row, column), False, None
        self.choice, self.candidate = choice, candidate
        self.evidence, self.sources = found
        self.retrieved = self._cell(candidate, row, column) if candidate else None

    @staticmethod
    def _cell(candidate: Candidate, row: int, column: int) -> tuple[RetrievedPatches, int] | None:
        """The cell that a pixel lies in; the last stage's."""
        for evidence in reversed(candidate.evidence):
            cell = evidence.cell_at(row, column) if isinstance(evidence, RetrievedPatches) else None
            if isinstance(evidence, RetrievedPatches) and cell is not None:
                return evidence, cell
        return None

    @staticmethod
    def _asked(candidate: Candidate, row: int, column: int) -> tuple[Evidence, list[Source]] | None:
        """The evidence that knows where a pixel came from, and what it says; the last stage's first."""
        for evidence in reversed(candidate.evidence):
            sources = evidence.sources(Place.pixel(row, column))
            if sources:
                return evidence, sources
        return None

    @property
    def note(self) -> str:
        """Why the result that is shown says nothing of where it came from; empty where it does, or never did."""
        candidate = self._document.shown.standing if self._document.shown else None
        if candidate is None or not candidate.forgotten:
            return ""
        return tr("To save memory, where this result came from was let go; ask for another result to see it again.")

    @property
    def holds(self) -> bool:
        """Whether what was looked at last is what the photograph shows: the pointer is there, or has only left the picture."""
        stands = self.choice is not None and self.choice.standing is self.candidate
        return not self.dimmed or (self.away and stands)

    @property
    def source(self) -> Source | None:
        """The likeliest source of the pixel."""
        return self.sources[0] if self.sources else None

    @property
    def can_exclude(self) -> bool:
        """Whether what the pixel came from can be forbidden: it came from the photograph itself."""
        return self.source is not None and not self.source.place.origin

    @property
    def anchors(self) -> list[Evidence]:
        """What of the fill that is shown rests on anchors, the last stage first."""
        choice = self._document.shown
        candidate = choice.standing if choice else None
        return [one for one in reversed(candidate.evidence if candidate else ()) if len(one.anchors())]

    @property
    def target(self) -> Box | None:
        """The patch around the filled pixel that its source's patch was copied to."""
        if self.place is None or self.source is None:
            return None
        at = self.source.place.box
        return self.source.patch.moved(self.place[0] - at.top, self.place[1] - at.left)

    # Layers

    def layers(self) -> list[tuple[Evidence, Layer]]:
        """What can be drawn over the fill that is shown."""
        if self._layers is None:  # their ranges are those of all pixels, and they are asked for at each repaint
            choice = self._document.shown
            candidate = choice.standing if choice else None
            self._layers = [(one, layer) for one in (candidate.evidence if candidate else ()) for layer in one.layers()]
        return self._layers

    def named_layers(self) -> list[tuple[str, Evidence, Layer]]:
        """The same, each with a name of its own: of two that are called alike, the one of the later stage is called so.

        What is said of patches comes last where they only fill what references left.
        """
        pairs = self.layers()
        last = {layer.name: at for at, (_, layer) in enumerate(pairs)}
        named = [
            (layer.name if last[layer.name] == at else f"{layer.name}, {evidence.stage}", evidence, layer)
            for at, (evidence, layer) in enumerate(pairs)
        ]
        return sorted(named, key=lambda one: one[1].stage == PATCHES)

    @property
    def layer(self) -> tuple[Evidence, Layer] | None:
        """The one that is drawn."""
        return next(((one, layer) for name, one, layer in self.named_layers() if name == self.layer_name), None)

    def set_layer(self, name: str | None) -> None:
        """Draw another layer; None: none."""
        self.layer_name = name
        self.changed.emit()

    def set_opacity(self, opacity: float) -> None:
        """How much of a layer is seen, 0 to 1."""
        self.opacity = min(max(opacity, 0.0), 1.0)
        self.changed.emit()

    # Not from here

    @property
    def would_exclude(self) -> tuple[Box, np.ndarray] | None:
        """The box and the pixels (bool) that `not_from_here` would forbid; None where nothing is looked at."""
        if self.place is None or self.source is None or self.evidence is None or not self.can_exclude:
            return None
        if self._piece is None:
            photograph = self._document.photograph
            assert photograph is not None
            self._piece = piece_around(self.evidence, self.place, self.source, photograph.size)
        return self._piece.box, self._piece.where

    def not_from_here(self) -> None:
        """Forbid the piece that the fill around this pixel came from."""
        excluded = self.would_exclude
        if excluded is not None:
            self._document.forbid(excluded[1], excluded[0])
