"""Which hole each photograph of a set gets: one that is drawn, or one from a folder of masks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadInput
from engine.evaluation.sources import pictures_in
from engine.files.masks import open_mask
from engine.holes import BUCKETS, KINDS, hole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.evaluation.sets import Subject


class Masks(ABC):
    """The holes for the photographs of a set."""

    name: str
    """The kind of hole, or the name of the folder of masks."""

    @abstractmethod
    def named(self, subject: Subject) -> str:
        """What a photograph's hole is called: its kind, of `irregular` the bucket; or its file's name."""

    @abstractmethod
    def mask(self, subject: Subject, size: tuple[int, int]) -> NDArray[np.uint8]:
        """A photograph's hole: (H, W) uint8, 255 = hole, 0 = known, soft values between.

        Args:
            subject: the photograph.
            size: height and width of its pixels as they are judged.

        Raises:
            BadInput: a file's mask has another size, is empty, or leaves nothing; or the photograph is too small for a hole.
        """


def masks(holes: str | Path, subjects: Sequence[Subject], seed: int = 0) -> Masks:
    """The holes for the photographs of a set.

    Args:
        holes: one of `engine.holes.KINDS`, or a folder of masks: white is the hole. They go by name (the mask of `house.jpg` is
            `house.png`, say); where none has a photograph's name and there are exactly as many as the whole set has photographs, by order.
        subjects: the photographs.
        seed: of drawn holes. Each is drawn by `np.random.default_rng([seed, the photograph's number])`, so that it does not depend on
            what else is in the sample; `irregular` takes its three buckets in turn, by the same number.

    Raises:
        BadInput: there is neither such a kind nor such a folder, or a photograph has no mask there.
    """
    if str(holes) in KINDS and not isinstance(holes, Path):
        return _Drawn(str(holes), seed)
    folder = Path(holes)
    if not folder.is_dir():
        raise BadInput(f"There are no holes of the kind {holes} and no folder of that name; the kinds are {', '.join(KINDS)}.")
    return _Given(folder.resolve().name, _matched(folder, subjects))


@dataclass(frozen=True, slots=True)
class _Drawn(Masks):
    name: str
    seed: int

    def named(self, subject: Subject) -> str:
        return tuple(BUCKETS)[subject.number % len(BUCKETS)] if self.name == "irregular" else self.name

    def mask(self, subject: Subject, size: tuple[int, int]) -> NDArray[np.uint8]:
        return hole(self.named(subject), size, np.random.default_rng([self.seed, subject.number]))


@dataclass(frozen=True, slots=True)
class _Given(Masks):
    name: str
    files: Mapping[int, Path]
    """By the photographs' numbers."""

    def named(self, subject: Subject) -> str:
        return self.files[subject.number].stem

    def mask(self, subject: Subject, size: tuple[int, int]) -> NDArray[np.uint8]:
        return _opened(self.files[subject.number], subject, size)


def _matched(folder: Path, subjects: Sequence[Subject]) -> Mapping[int, Path]:
    """A mask for each photograph's number: by name, or else by order."""
    there = pictures_in(folder)
    by_name = {path.stem: path for path in there}
    matched = {subject.number: by_name[subject.name] for subject in subjects if subject.name in by_name}
    if not matched and subjects and len(there) == subjects[0].of:
        return {subject.number: there[subject.number] for subject in subjects}
    without = next((subject for subject in subjects if subject.number not in matched), None)
    if without is not None:
        raise BadInput(
            f"The folder {folder} has no mask called {without.name}; name masks as their photographs, or give as many as there are"
            f" ({without.of}, not {len(there)}) in their order."
        )
    return matched


def _opened(path: Path, subject: Subject, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A mask from a file, which has to have both a hole and something known."""
    coverage = open_mask(path, size).coverage
    if not coverage.any() or coverage.all():
        what = "has no hole" if not coverage.any() else "leaves nothing known"
        raise BadInput(f"The mask {path.name} {what} in the picture {subject.name}; give one with both white and black.")
    return coverage
