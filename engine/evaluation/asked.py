"""What an evaluation is asked for, and which trials follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput
from engine.evaluation.masks import masks
from engine.evaluation.methods import takes_references
from engine.evaluation.sets import subjects as found_in
from engine.evaluation.trial import Case
from engine.holes import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.evaluation.sets import Subject

    Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Asked:
    """An evaluation, whole: the same one gives the same scores on any number of processes."""

    sets: tuple[Path, ...]
    methods: tuple[str, ...]
    """As typed: `patchmatch:smooth=1`, `peer:fsr`. The others are compared with the first."""
    holes: tuple[str, ...] = ("brush",)
    """Kinds of `engine.holes.KINDS`, or one folder of masks."""
    limit: int | None = None
    seed: int = 0
    size: int | None = None
    held: bool = False
    scores: tuple[str, ...] | None = None
    """None: all that can be computed here. The first one leads the report."""
    device: str = "cpu"
    timeout: float = 120.0
    """Seconds after which a fill counts as failed."""

    def fixed(self) -> dict[str, Any]:
        """What decides a single trial, and so has to be the same for an evaluation to be gone on with."""
        return {
            "sets": sorted(str(path.resolve()) for path in self.sets),
            "holes": list(self.holes),
            "seed": self.seed,
            "size": self.size,
            "held": self.held,
            "device": self.device,
        }

    def told(self) -> dict[str, Any]:
        """The same for a reader, with what may be different another time."""
        return self.fixed() | {"sets": [path.name for path in self.sets], "limit": self.limit, "timeout": self.timeout}


class Field:
    """The pictures and holes of an evaluation.

    Args:
        asked: which.
        subjects: the pictures, where they have been looked for already.

    Raises:
        BadInput: what `engine.evaluation.sets.subjects` and `engine.evaluation.masks.masks` find wrong; or a method fills from
            references, and a photograph has none.
    """

    def __init__(self, asked: Asked, subjects: Sequence[Subject] | None = None) -> None:
        self.subjects = found_in(asked.sets, asked.limit, asked.size, held=asked.held) if subjects is None else subjects
        _check_references(asked.methods, self.subjects)
        self._masks = {name: masks(name, self.subjects, asked.seed) for name in asked.holes}
        self.cases = [
            Case(subject.name, subject.number, made.named(subject) if name in KINDS else made.name)
            for name, made in self._masks.items()
            for subject in self.subjects
        ]
        """Every hole in every picture, kind by kind."""

    def shown(self, number: int) -> tuple[Pixels, Pixels]:
        """The picture (H, W, 3) and the mask (H, W) of a case. Raises BadInput where one cannot be read."""
        made, subject = list(self._masks.values())[number // len(self.subjects)], self._subject(number)
        truth = subject.pixels()
        return truth, made.mask(subject, (truth.shape[0], truth.shape[1]))

    def beside(self, number: int) -> dict[str, Pixels]:
        """The references of a case, by their names. Raises BadInput where one cannot be read."""
        return self._subject(number).beside()

    def _subject(self, number: int) -> Subject:
        return self.subjects[number % len(self.subjects)]


def _check_references(methods: Sequence[str], subjects: Sequence[Subject]) -> None:
    """Whoever fills from references is given some. Raises BadInput."""
    without = next((subject.name for subject in subjects if not subject.references), None)
    needing = [method for method in methods if without is not None and takes_references(method)]
    if needing:
        raise BadInput(
            f"{needing[0]} fills from other photographs of the same place, and {without} has none; give a folder of scenes"
            " (SCENE/01.jpg is filled, SCENE/02.jpg and so on are the others), or leave that method out."
        )
