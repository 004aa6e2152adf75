"""What the files' thread is given to do: frozen values with a generator each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.files import open_mask, open_picture, open_points, open_reference, save, save_points
from engine.files.colour import between_profiles
from engine.files.evidence_retrieved import write_retrieved
from engine.files.evidence_staged import staged_evidence
from engine.files.preview import preview
from engine.picture import Mask, Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.evidence import Evidence
    from engine.files import Saved
    from engine.files.preview import Preview
    from engine.picture import Patch
    from engine.reference import ControlPoint, Reference
    from engine.retrieved import RetrievedPatches

SIDE = 1000
"""Least longer side of the picture that is shown first."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A photograph from a file, and what comes painted on it."""

    picture: Picture
    mask: Mask | None = None


@dataclass(frozen=True, eq=False)
class Open:
    """Open a photograph; it says what it will look like where that is known sooner."""

    path: Path
    mask: Path | None = None

    def run(self) -> Generator[Preview, None, Opened]:
        """Do it: the whole is decoded while its small picture is."""
        with ThreadPoolExecutor(1) as other:
            whole = other.submit(open_picture, self.path)
            small = preview(self.path, SIDE)
            if small is not None:
                yield small
            picture = whole.result()
        return Opened(picture, open_mask(self.mask, picture.size) if self.mask else None)


@dataclass(frozen=True, eq=False)
class OpenReference:
    """Open a photograph of the same place as one that is open, in its colours."""

    path: Path | None
    """None: it was pasted."""
    like: Picture
    along: bool = False
    """It comes along with the photograph, and nobody asked for it."""
    pasted: Picture | None = None

    def run(self) -> Generator[None, None, Picture]:
        """Do it."""
        yield from ()
        if self.path is not None:
            return open_reference(self.path, self.like)
        assert self.pasted is not None
        return in_colours_of(self.pasted, self.like)


def in_colours_of(picture: Picture, like: Picture) -> Picture:
    """A picture that comes from no file, its numbers meaning the colours that those of another one mean."""
    if not (like.layout.startswith("rgb") and picture.layout.startswith("rgb")):
        return picture
    return Picture(between_profiles(picture.pixels, picture.icc, like.icc), like.icc)


@dataclass(frozen=True, eq=False)
class OpenPoints:
    """Open pairs of points for references of those names."""

    path: Path
    names: tuple[str, ...]

    def run(self) -> Generator[None, None, tuple[tuple[ControlPoint, ...], ...]]:
        """Do it."""
        yield from ()
        return open_points(self.path, self.names)


@dataclass(frozen=True, eq=False)
class SavePoints:
    """Write the pairs of points of all references."""

    path: Path
    references: tuple[Reference, ...]

    def run(self) -> Generator[None, None, Path]:
        """Do it."""
        yield from ()
        save_points(self.path, self.references)
        return self.path


@dataclass(frozen=True, eq=False)
class OpenMask:
    """Open a mask for a photograph of that height and width."""

    path: Path
    size: tuple[int, int]

    def run(self) -> Generator[None, None, Mask]:
        """Do it."""
        yield from ()
        return open_mask(self.path, self.size)


@dataclass(frozen=True, eq=False)
class Save:
    """Save a photograph as it stood when this was asked. What its format cannot hold has been accepted before."""

    picture: Picture
    opened: Callable[[], Picture]
    """Makes what it was when it was opened."""
    mask: Mask
    path: Path
    overwrite: bool
    standing: object
    """What tells that state of the pixels from others."""
    told: tuple[str, ...] = ()
    """Sentences about what the file does not hold, for the end."""

    def run(self) -> Generator[None, None, Saved]:
        """Do it."""
        yield from ()
        return save(self.picture, self.path, self.mask, self.opened(), overwrite=self.overwrite, accept_losses=True)


@dataclass(frozen=True, eq=False)
class SaveMask:
    """Save what is painted as a grey picture."""

    coverage: NDArray[np.uint8]
    path: Path
    overwrite: bool

    def run(self) -> Generator[None, None, Saved]:
        """Do it."""
        yield from ()
        picture = Picture(self.coverage)
        return save(picture, self.path, Mask(np.zeros_like(self.coverage)), picture, overwrite=self.overwrite)


@dataclass(frozen=True, eq=False)
class ExportEvidence:
    """Write where the pixels of fills came from into a folder."""

    folder: Path
    picture: Picture
    opened: Callable[[], Picture]
    patches: tuple[Patch, ...]
    evidence: tuple[Evidence, ...]
    mask: Mask
    references: tuple[Reference, ...] = ()

    def run(self) -> Generator[None, None, Path]:
        """Do it."""
        yield from ()
        with staged_evidence(self.folder, self.opened(), self.picture, self.patches, self.evidence, self.mask, self.references):
            pass
        return self.folder


@dataclass(frozen=True, eq=False)
class ExportRetrieved:
    """Write the patches that a fill was made from: a contact sheet and arrays, under one name."""

    path: Path
    evidence: RetrievedPatches
    picture: Picture
    """As filled."""
    overwrite: bool

    def run(self) -> Generator[None, None, tuple[Path, Path]]:
        """Do it; the arrays and the sheet."""
        yield from ()
        return write_retrieved(self.path, self.evidence, self.picture, overwrite=self.overwrite)
