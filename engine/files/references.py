"""Other photographs of the same place from files, in the colours of the picture that they are held against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.files import colour
from engine.files.opening import open_picture
from engine.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def open_reference(path: Path, like: Picture) -> Picture:
    """A photograph to be held against another one: any file that `open_picture` opens, upright, in its own depth.

    Where both have colours, those of the file are converted to the colour profile of `like`, so that equal numbers mean equal colours; no
    profile, or one that cannot be read, means sRGB. Nothing is kept that only saving needs.

    Raises:
        BadInput: what `open_picture` raises.
    """
    picture = open_picture(path)
    file = replace(picture.file, encoded=None) if picture.file else None
    if not (like.layout.startswith("rgb") and picture.layout.startswith("rgb")):
        return Picture(picture.pixels, picture.icc, file=file)
    return Picture(colour.between_profiles(picture.pixels, picture.icc, like.icc), like.icc, file=file)


def names_of(paths: Sequence[Path]) -> tuple[str, ...]:
    """What to call photographs: by their files' names, with a number behind those that are taken: "01.jpg", "01.jpg (2)"."""
    names: list[str] = []
    for path in paths:
        name, number = path.name, 1
        while name in names:
            number += 1
            name = f"{path.name} ({number})"
        names.append(name)
    return tuple(names)
