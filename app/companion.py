"""A reference as the window has it: another photograph of the same place, and the pairs of points that were set in both by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from engine.reference import ControlPoint, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.picture import Picture

Spot: TypeAlias = tuple[float, float]
"""Row and column in full-size pixels; whole numbers are centres of pixels."""


@dataclass(frozen=True, slots=True)
class PointPair:
    """One place of the scene in both photographs; of a pair that is half set, one side is None."""

    number: int
    """As on its badge, from 1; it stays with the pair."""
    here: Spot | None = None
    """In the photograph."""
    there: Spot | None = None
    """In the reference."""

    @property
    def is_whole(self) -> bool:
        """Whether both sides are set."""
        return self.here is not None and self.there is not None

    def moved(self, here: Spot | None, there: Spot | None) -> PointPair:
        """With those sides elsewhere; None: where it is."""
        return replace(self, here=here or self.here, there=there or self.there)


@dataclass(slots=True, eq=False)
class Companion:
    """A photograph of the same place. The same object as long as it is a reference, and again when that is undone and done."""

    number: int
    """As on its badge, from 1; it stays with the photograph."""
    name: str
    """Its file's name, or one that no other reference has: what evidence calls it."""
    picture: Picture = field(repr=False)
    path: Path | None = None
    """None: it was pasted."""
    points: tuple[PointPair, ...] = ()
    """The whole pairs, by number; `References` alone writes here."""

    def reference(self) -> Reference:
        """What a Job is given of it."""
        points = tuple(ControlPoint(one.here, one.there) for one in self.points if one.here is not None and one.there is not None)
        return Reference(self.picture, self.name, points)


def free_number(taken: Iterable[int]) -> int:
    """The smallest number from 1 that is not taken."""
    there, number = set(taken), 1
    while number in there:
        number += 1
    return number


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or with the first number from 2 behind it that is not taken."""
    there, found, number = set(taken), name, 1
    while found in there:
        number += 1
        found = f"{name} ({number})"
    return found
