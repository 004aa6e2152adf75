"""Retrieved patches on disk: which cells tell most, their arrays, and both files that a user may ask for, whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import BadInput, EngineFailure
from engine.files.evidence_arrays import corners
from engine.files.evidence_sheet import contact_sheet

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.geometry import Window
    from engine.picture import Picture
    from engine.retrieved import RetrievedPatches

RETRIEVED = """All places are rows and columns of the whole picture, boxes top, left, height and width. <code>cells</code> (m, 4) are the cells of
the hole, <code>memory</code> (p, 4) the patches of the photograph that could be taken, <code>chosen</code> (m, ranks) the numbers, from 0, of those that
were, best first (-1: none), <code>boxes</code> (m, ranks, 4) their boxes, <code>scores</code> (m, ranks) what they count, as <code>meaning</code> says, and
<code>attention</code> (m, p) how much each patch counts for a cell. <code>rows</code> and <code>columns</code> (n) list the filled pixels, <code>ranks</code>
(n) the rank that prevails in each, from 0 (-1: none), <code>values</code> (stages, n, channels) its colours of 255 at each of <code>stages</code>."""


def arrays_of(evidence: RetrievedPatches) -> dict[str, NDArray[Any]]:
    """The numbers behind retrieved patches, all places in the picture; `RETRIEVED` tells what each is.

    Where the window shows the picture reduced, a pixel of it stands for several, and its place is that of its centre.
    """
    pixels, window = evidence.pixels, evidence.pixels.window
    memory = _in_picture(window, evidence.memory)
    there = evidence.chosen >= 0
    boxes = np.full((*evidence.chosen.shape, 4), -1, np.int64)
    boxes[there] = memory[evidence.chosen[there]]
    (height, width), (down, across) = window.box.size, window.size
    return {
        "cells": _in_picture(window, evidence.cells),
        "memory": memory,
        "chosen": evidence.chosen,
        "boxes": boxes,
        "scores": evidence.scores,
        "meaning": np.array(evidence.meaning),
        "attention": evidence.attention,
        "rows": window.box.top + (2 * pixels.rows.astype(np.int64) + 1) * height // (2 * down),
        "columns": window.box.left + (2 * pixels.columns.astype(np.int64) + 1) * width // (2 * across),
        "ranks": evidence.ranks,
        "stages": np.array(evidence.stages, np.str_),
        "values": evidence.values,
        "window_box": corners(window.box),
        "window_size": np.array(window.size),
    }


def _in_picture(window: Window, boxes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Boxes (k, 4) of the window as ones of the picture; see `Window.picture_box`."""
    start, size = boxes[:, :2].astype(np.int64), boxes[:, 2:].astype(np.int64)
    whole, seen, corner = np.array(window.box.size), np.array(window.size), np.array([window.box.top, window.box.left])
    first, last = start * whole // seen, -(-(start + size) * whole // seen)
    return np.concatenate([first + corner, last - first], axis=1)


def retrieved_files(path: Path) -> tuple[Path, Path]:
    """The arrays and the contact sheet that `write_retrieved` writes for a name: that of either, or what both begin with."""
    begin = path.stem if path.suffix.lower() in {".npz", ".png"} else path.name
    return path.with_name(f"{begin}.npz"), path.with_name(f"{begin}.png")


def write_retrieved(
    path: Path, evidence: RetrievedPatches, picture: Picture, numbers: Sequence[int] | None = None, *, overwrite: bool = False
) -> tuple[Path, Path]:
    """Write the arrays of retrieved patches and their contact sheet side by side; both or none.

    Args:
        path: where to; see `retrieved_files`.
        evidence: the patches.
        picture: the whole photograph as filled.
        numbers: the cells that the sheet shows; None: those that tell most.
        overwrite: replace files of these names.

    Returns:
        The .npz and the .png.

    Raises:
        BadInput: no such folder, or one where a file should be, or files that are there or may not be written.
        EngineFailure: the disk failed.
    """
    files = retrieved_files(path)
    for file in files:
        _check(file, overwrite=overwrite)
    sheet = contact_sheet(evidence, picture, numbers)
    with _both(files) as (arrays, image):
        with arrays.open("xb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays_of(evidence))
        sheet.save(image, "PNG", icc_profile=profile(picture), compress_level=4)
    return files


def profile(picture: Picture) -> bytes | None:
    """The profile of a figure in the picture's colours; figures are RGB, so that of a grey picture does not fit."""
    return picture.icc if picture.layout.startswith("rgb") else None


def _check(file: Path, *, overwrite: bool) -> None:
    """Raise BadInput where no file of that name may be written."""
    if not file.parent.is_dir():
        raise BadInput(f"There is no folder {file.parent} to save into; make it first.")
    if file.is_dir():
        raise BadInput(f"{file} is a folder; choose another name.")
    if file.exists() and not overwrite:
        raise BadInput(f"{file} is there already; choose another name or say that it may be overwritten.")


@contextlib.contextmanager
def _both(files: tuple[Path, Path]) -> Generator[list[Path]]:
    """Names of files that take the places of both once all went well, and are gone otherwise."""
    parts = [file.with_name(f".{secrets.token_hex(6)}.inlay-part") for file in files]
    try:
        yield parts
        _take_names(parts, files)
    except PermissionError as error:
        raise BadInput(f"{error.filename} may not be written; choose another folder or change its permissions.") from error
    except OSError as error:
        raise EngineFailure(
            f"The patches could not be written to {files[0].parent} ({error.strerror or error}); free some space or choose another disk."
        ) from error
    finally:
        for part in parts:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _take_names(parts: Sequence[Path], files: Sequence[Path]) -> None:
    """Give both files their names, or none of them: one that another program holds open cannot be replaced everywhere."""
    aside = {file: file.with_name(f".{secrets.token_hex(6)}.inlay-old") for file in files if file.exists()}
    done: list[Path] = []
    try:
        for file, old in aside.items():
            file.replace(old)
        for part, file in zip(parts, files, strict=True):
            part.replace(file)
            done.append(file)
    except OSError:
        for file in done:
            file.unlink()
        for file, old in aside.items():
            with contextlib.suppress(FileNotFoundError):
                old.replace(file)
        raise
    for old in aside.values():
        with contextlib.suppress(OSError):
            old.unlink()
