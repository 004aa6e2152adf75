"""What one Enter asks for; the Job is made of it when its turn comes, from the picture as it then is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.job import Job
from engine.picture import Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.choice import Choice
    from engine.geometry import Box
    from engine.job import Settings
    from engine.picture import Picture
    from engine.reference import Reference


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """A painted hole, with as much room around it as its fill may change."""

    number: int
    """As on its badge, from 1."""
    box: Box
    painted: NDArray[np.uint8]
    """As it was painted; what comes back where the fill is stopped."""
    coverage: NDArray[np.uint8]
    """As it is filled: grown, and feathered where asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Holes and what is to be done with them. Masks and choices wait in the queue, never the photograph."""

    holes: tuple[Hole, ...]
    method: str
    settings: Settings | None
    area: NDArray[Any] | None
    """(H, W) bool: where texture may be copied from; None: everywhere."""
    seed: int = 0
    again: Choice | None = None
    """The choice that gets one more candidate; None: new holes."""
    references: tuple[Reference, ...] = ()
    """As they were when it was asked, for a method that fills from them."""
    finish: str = ""
    """What follows the method's fill; empty: nothing."""
    finishing: Settings | None = None

    @property
    def number(self) -> int:
        """Of the first hole."""
        return self.holes[0].number

    def job(self, picture: Picture) -> Job:
        """All of it as a Job of the photograph as it now is."""
        return Job(
            picture,
            Mask(self.coverage(picture.box)),
            self.method,
            self.settings,
            self.area,
            self.seed,
            references=self.references,
            finish=self.finish,
            finishing=self.finishing,
        )

    def coverage(self, box: Box) -> NDArray[np.uint8]:
        """How far the pixels of a box are replaced."""
        coverage = np.zeros(box.size, np.uint8)
        for hole in self.holes:
            common = hole.box.common(box)
            if common is not None:
                part = coverage[common.moved(-box.top, -box.left).slices]
                np.maximum(part, hole.coverage[common.moved(-hole.box.top, -hole.box.left).slices], out=part)
        return coverage

    def first_in(self, box: Box) -> int:
        """The number of the first hole that touches a box."""
        return next((hole.number for hole in self.holes if hole.box.common(box)), self.number)
