"""The cell of a hole that is looked at, as everything draws it that marks where its patches came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.display import Display
    from app.inspection import Inspection
    from app.retrieving import Retrieving
    from app.toolbox import Toolbox
    from engine.geometry import Box
    from engine.retrieved import Retrieved, RetrievedPatches

DIM = 0.35
"""What is left of a cell that is not looked at any more."""


class LookedCell(QObject):
    """The cell under the pointer while Inspect is the tool, or the pinned one; nothing while the original is looked at."""

    changed = Signal()

    def __init__(
        self, retrieving: Retrieving, inspection: Inspection, toolbox: Toolbox, display: Display, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._retrieving, self._inspection, self._toolbox, self._display = retrieving, inspection, toolbox, display
        for signal in (retrieving.changed, inspection.changed, toolbox.changed, display.changed):
            signal.connect(self.changed)

    @property
    def found(self) -> tuple[RetrievedPatches, int] | None:
        """The evidence, and the cell's number in it."""
        wanted = self._toolbox.tool == "inspect" or self._inspection.pinned
        return self._inspection.retrieved if wanted and not self._display.original_held else None

    @property
    def attended(self) -> tuple[RetrievedPatches, int] | None:
        """The same, where what counts for the cell is to be seen over the photograph."""
        return self.found if self._display.attention else None

    @property
    def opacity(self) -> float:
        """Less for a cell that is not looked at any more."""
        return DIM if self._inspection.dimmed else 1.0

    @property
    def box(self) -> Box | None:
        """Where it lies in the picture."""
        return self._retrieving.box if self.found else None

    @property
    def retrievals(self) -> list[Retrieved]:
        """What it was made from, the best rank first."""
        return self._retrieving.retrievals if self.found else []

    @property
    def foremost(self) -> int | None:
        """The rank that the panel points at, or else the one that prevails in the inspected pixel."""
        return self._retrieving.rank_here if self._retrieving.rank is None else self._retrieving.rank

    def strength(self, rank: int) -> float:
        """How strongly a rank is drawn: the others stand back while the panel points at one."""
        pointed = self._retrieving.rank
        return self.opacity if pointed in (None, rank) else self.opacity * DIM
