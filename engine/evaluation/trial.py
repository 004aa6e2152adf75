"""A trial: what one method made of one hole, what that is worth and what it cost."""

from __future__ import annotations

import math
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


MATCH = ("matched", "match_score", "inliers", "coverage", "used")
"""What is kept of a method's references, in the order of a table."""


def matched(record: Mapping[str, Any]) -> dict[str, float | str]:
    """What a run record says of references, in plain numbers: of the one that was used most, or else of the best there was.

    Args:
        record: "matched" (whether any reference was used) and "references", a mapping each with "name", "used" (the share of the hole
            that came from it, or whether any did), and what else is known: "score" (-1 to 1), "inliers", "coverage" (the share of the
            hole that it shows, 0 to 1). An empty one gives an empty answer.

    Returns:
        "matched" (1 or 0), "match_score", "inliers" and "coverage" as far as they are known, and "used": names, that which was used most
        first, with commas between.
    """
    every: list[Mapping[str, Any]] = list(record.get("references", ()))
    if "matched" not in record and not every:
        return {}
    used = sorted((one for one in every if one.get("used")), key=lambda one: -float(one["used"]))
    found: dict[str, float | str] = {"matched": float(record.get("matched", bool(used)))}
    if every:
        best = used[0] if used else max(every, key=lambda one: (one.get("score", 0.0), one.get("inliers", 0)))
        for name, key in (("match_score", "score"), ("inliers", "inliers"), ("coverage", "coverage")):
            if (value := best.get(key)) is not None and math.isfinite(value):
                found[name] = float(value)
    return found | {"used": ", ".join(str(one["name"]) for one in used)}


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
    match: Mapping[str, float | str] = field(default_factory=dict[str, "float | str"])
    """What a method that fills from references made of them, see `matched`; empty for others."""
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
