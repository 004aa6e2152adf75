"""The sets that are judged on: folders of photographs, tar shards, folders of scenes. Their order, numbers and samples are fixed by names and bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.errors import BadInput
from engine.evaluation.sources import File, Found, found_in
from engine.files import colour
from engine.files.opening import decoded
from engine.held import ONE_IN, is_held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.picture import Picture

    Pixels = NDArray[np.uint8]


LEAST_SIZE = 8
"""Pixels."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One photograph of a set; its pixels are read when they are asked for."""

    name: str
    """Its file's name without the ending, or the scene's name; of several sources, after the source's: `train-000/000001`."""
    number: int
    """Its place in the whole set by name, from 0, whatever the limit: with the seed it decides the hole."""
    references: tuple[Path, ...]
    """Other photographs of its scene, by name; empty where the set has no scenes."""
    of: int
    """How many photographs the whole set has."""
    file: File
    size: int | None = None
    """Pixels that the longer side has at most; None: as it is."""

    def pixels(self) -> Pixels:
        """(H, W, 3) uint8 RGB, upright, reduced by the mean over areas.

        The values are as the file has them, no colour profile is applied: 16 bits are rounded to 8, grey is three times the same, and
        what is transparent lies on white.

        Raises:
            BadInput: the file is gone, or is not a whole picture.
        """
        pixels = _rgb(self.file)
        return scaled(pixels, scale(pixels, self.size))

    def beside(self) -> dict[str, Pixels]:
        """Its references by their files' names: as `pixels`, and each reduced by what the photograph itself is, not more.

        Raises:
            BadInput: a file is gone, or is not a whole picture.
        """
        share = scale(_rgb(self.file), self.size)
        return {path.name: scaled(_rgb(File(path, f"{path.parent.name}/{path.name}")), share) for path in self.references}


def subjects(where: Path | Sequence[Path], limit: int | None = None, size: int | None = None, *, held: bool = False) -> list[Subject]:
    """The photographs of a set, in the order of their sources' and their own names.

    Args:
        where: a folder of photographs, a folder of scenes (`<scene>/NN.jpg`: 01 is filled, the others are references), a tar shard, or
            several of these. Files are told by their content; other files and, beside photographs, folders are passed over.
        limit: only so many: those whose bytes have the smallest SHA-256. It is a fair sample, the same anywhere, and a larger limit
            has all that a smaller one has.
        size: the longer side is reduced to so many pixels; smaller photographs stay as they are.
        held: only what training keeps for validation (`engine.held`).

    Raises:
        BadInput: nothing is there, there are no photographs (or none that is held), a shard is broken, a scene has no 01, two
            photographs have one name, or the limit or the size is no number that makes sense.
    """
    if limit is not None and limit < 1:
        raise BadInput(f"The limit is one photograph at least, not {limit}.")
    if size is not None and size < LEAST_SIZE:
        raise BadInput(f"The size is {LEAST_SIZE} pixels at least, not {size}.")
    paths = [where] if isinstance(where, Path) else sorted(where, key=lambda path: (path.name, str(path)))
    found = [one for path in paths for one in _named(path, several=len(paths) > 1)]
    _check_names(found)
    every = [Subject(one.name, number, one.references, len(found), one.file, size) for number, one in enumerate(found)]
    if limit is None and not held:
        return every
    return _sample(every, limit, held=held)


def _named(path: Path, *, several: bool) -> list[Found]:
    """What is in a source, after its name where there are several."""
    found = found_in(path)
    before = f"{path.stem if path.is_file() else path.resolve().name}/" if several else ""
    return [Found(f"{before}{one.name}", one.file, one.references) for one in found]


def _check_names(found: Sequence[Found]) -> None:
    twice = [name for name, count in Counter(one.name for one in found).items() if count > 1]
    if twice:
        raise BadInput(f"Two photographs are called {twice[0]}; give each its own name.")


def _sample(every: Sequence[Subject], limit: int | None, *, held: bool) -> list[Subject]:
    """Those with the smallest hashes, in the set's order."""
    hashed: list[tuple[bytes, Subject]] = []
    for subject in every:
        data = subject.file.read()
        if not held or is_held(data):
            hashed.append((hashlib.sha256(data).digest(), subject))
    if not hashed:
        raise BadInput(f"None of the {len(every)} photographs is held for validation (one in {ONE_IN} is); give more of them.")
    chosen = sorted(hashed, key=lambda one: (one[0], one[1].number))[:limit]
    return sorted((subject for _, subject in chosen), key=lambda one: one.number)


def _rgb(file: File) -> Pixels:
    """(H, W, 3) uint8 of a file. Raises BadInput."""
    picture, _ = decoded(file.read(), Path(file.name))
    return rgb_of(picture)


def rgb_of(picture: Picture) -> Pixels:
    """(H, W, 3) uint8: 16 bits rounded to 8, grey as three equal channels, transparency laid on white."""
    pixels = colour.eight_bits(colour.on_white(picture.pixels))
    return np.ascontiguousarray(np.repeat(pixels[..., None], 3, -1) if pixels.ndim == 2 else pixels)


def scale(pixels: Pixels, size: int | None) -> float:
    """By what a picture is multiplied so that its longer side has at most `size` pixels; 1 at most."""
    return 1.0 if size is None else min(1.0, size / max(pixels.shape[:2]))


def scaled(pixels: Pixels, share: float) -> Pixels:
    """Both sides multiplied by a share of 1, each pixel the mean over its area."""
    if share == 1:
        return pixels
    shape = max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share))
    return np.asarray(cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA), np.uint8)
