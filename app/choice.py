"""What fills made of one hole: results to choose from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from app.asked import Asked
    from engine.evidence import Evidence
    from engine.geometry import Box
    from engine.picture import Patch


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One result for a hole, and where it came from."""

    patch: Patch
    evidence: tuple[Evidence, ...]
    method: str
    title: str
    seed: int
    seconds: float
    """What its hole took, from its first step to its last."""
    record: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(eq=False)
class Choice:
    """A hole (or several whose frames merged) that was filled, its candidates, and which of them stands in the picture."""

    number: int
    """As on its badge, from 1."""
    box: Box
    coverage: NDArray[Any]
    """The box's part of the grown mask, uint8."""
    asked: Asked
    """What was asked when it was filled first: another result asks the same with the next seed."""
    candidates: list[Candidate] = field(default_factory=list[Candidate])
    chosen: int | None = None
    """Which candidate stands; None: what was there before."""

    @property
    def hole(self) -> NDArray[Any]:
        """(h, w) of the box: where anything is replaced."""
        return self.coverage > 0

    @property
    def standing(self) -> Candidate | None:
        """The candidate that stands in the picture."""
        return None if self.chosen is None else self.candidates[self.chosen]

    def holds(self, row: int, column: int) -> bool:
        """Whether a pixel of the picture lies in the hole."""
        return self.box.holds(row, column) and bool(self.coverage[row - self.box.top, column - self.box.left])
