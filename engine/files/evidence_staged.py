"""Evidence written aside first, and moved to where it belongs only when all of it is there."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from typing import TYPE_CHECKING

from engine.errors import BadInput, EngineFailure
from engine.files.evidence import write_evidence

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from engine.evidence import Evidence
    from engine.picture import Mask, Patch, Picture
    from engine.reference import Reference


def standing(folder: Path) -> Path:
    """The folder, or the nearest of those above it that is there. Raises BadInput where a file stands in the way."""
    folder = folder.resolve()
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        raise BadInput(f"The folder {folder} cannot be made, because {there} is a file; name another folder.")
    return there


@contextlib.contextmanager
def staged_evidence(
    folder: Path | None,
    before: Picture,
    result: Picture,
    patches: Sequence[Patch],
    evidence: Sequence[Evidence],
    mask: Mask,
    references: Sequence[Reference] = (),
) -> Generator[None]:
    """Evidence written aside first, and moved into its folder only where the body went well; see `write_evidence`.

    Nothing happens where `folder` is None. Raises EngineFailure where the disk refuses a file.
    """
    if folder is None:
        yield
        return
    aside = standing(folder) / f".{secrets.token_hex(6)}.inlay-part"
    try:
        with said_of(f"The evidence could not be written to {folder}"):
            files = write_evidence(aside, before, result, patches, evidence, mask, references)
        yield
        with said_of(f"The picture is safe, but its evidence could not be moved to {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                file.replace(folder / file.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextlib.contextmanager
def said_of(what: str) -> Generator[None]:
    """Say what failed when the disk does, under the name that the user gave."""
    try:
        yield
    except (OSError, EngineFailure) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = (cause.strerror or os.strerror(cause.errno or 0)) if isinstance(cause, OSError) else cause
        raise EngineFailure(f"{what} ({reason}); make room or choose another disk.") from error
