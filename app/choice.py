"""What fills made of one hole: results to choose from, and what the picture is with those that stand."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.photograph import Photograph
    from engine.evidence import Evidence
    from engine.geometry import Box
    from engine.picture import Patch

MOST_EVIDENCE = 96 * 2**20
"""Bytes; beyond them evidence is let go."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One result for a hole, and where it came from."""

    patch: Patch
    evidence: tuple[Evidence, ...]
    method: str
    title: str
    seed: int
    seconds: float
    """What its fill took, from its first step to its last."""
    record: Mapping[str, Any] = field(default_factory=dict[str, Any])
    forgotten: bool = False
    """Its evidence was let go, to save memory."""


@dataclass(eq=False)
class Choice:
    """A hole (or several whose frames merged) that was filled, its candidates, and which of them stands in the picture."""

    number: int
    """As on its badge, from 1; later ones are higher and lie above."""
    box: Box
    coverage: NDArray[np.uint8]
    """The box's part of the grown mask."""
    candidates: list[Candidate] = field(default_factory=list[Candidate])
    chosen: int | None = None
    """Which candidate stands; None: what is there without it."""

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


def composed(photograph: Photograph, choices: Iterable[Choice], box: Box) -> NDArray[Any]:
    """A box of the photograph as it was opened, with the candidates that stand laid over it, later choices above earlier ones."""
    pixels = photograph.original(box).copy()
    for choice in choices:
        common, candidate = choice.box.common(box), choice.standing
        if common is not None and candidate is not None:
            inside = common.moved(-choice.box.top, -choice.box.left).slices
            where = choice.coverage[inside] > 0
            pixels[common.moved(-box.top, -box.left).slices][where] = candidate.patch.pixels[inside][where]
    return pixels


def evidence_bytes(evidence: Iterable[Evidence]) -> int:
    """Memory that evidence takes; what several share is counted once."""
    parts: list[Any] = [part for one in evidence for part in (one, one.pixels)]
    values: list[Any] = [getattr(part, of.name) for part in parts for of in fields(part)]
    return sum({id(value): int(value.nbytes) for value in values if hasattr(value, "nbytes")}.values())


def let_go(choices: Sequence[Choice]) -> None:
    """Let evidence go until no more than `MOST_EVIDENCE` bytes are left: first of what does not stand, the oldest first.

    The evidence of the newest candidate of the newest choice stays.
    """
    all_of = [(choice, index) for choice in choices for index, one in enumerate(choice.candidates) if one.evidence]
    ordered = sorted(all_of[:-1], key=lambda pair: pair[0].chosen == pair[1])
    left = sum(evidence_bytes(choice.candidates[index].evidence) for choice, index in all_of)
    for choice, index in ordered:
        if left <= MOST_EVIDENCE:
            return
        candidate = choice.candidates[index]
        left -= evidence_bytes(candidate.evidence)
        choice.candidates[index] = replace(candidate, evidence=(), forgotten=True)
