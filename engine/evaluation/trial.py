"""A trial: what one method made of one hole, what that is worth and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Case:
    """Which hole in which picture: what is the same for all methods."""

    picture: str
    """Its name, which no other picture of the set has."""
    number: int
    """Its place in the whole set; seeds the hole."""
    hole: str
    """Kind of hole, or the name of the folder with the masks."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one method made of one hole."""

    case: Case
    method: str
    size: tuple[int, int]
    """Height and width of the picture."""
    ratio: float
    """Share of the picture that the hole takes, 0 to 1."""
    scores: Mapping[str, float | None] = field(default_factory=dict[str, "float | None"])
    """None: not a finite number on this hole."""
    cost: Mapping[str, float] = field(default_factory=dict[str, float])
    """`cpu` and `wall` in seconds, `peak` and `rise` in MiB; empty where the fill failed."""
    error: str = ""
    """Why there is no fill; empty where there is."""
    fill: str = ""
    """The fill's file in the evaluation's folder."""
    seconds: float = 0.0
    """What the trial took altogether, filling, scoring and writing."""

    @property
    def megapixels(self) -> float:
        """Of the picture."""
        return self.size[0] * self.size[1] / 1e6

    @property
    def key(self) -> tuple[Case, str]:
        """What no other trial has."""
        return self.case, self.method

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Trial:
        """A trial from what `asdict` made of it."""
        changed: dict[str, Any] = {"case": Case(**row["case"]), "size": tuple(row["size"])}
        return cls(**{**row, **changed})
