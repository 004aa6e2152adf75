"""What a disk can refuse, said in a sentence."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from engine.errors import EngineFailure

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextlib.contextmanager
def refused_by_disk(folder: Path, what: str) -> Generator[None]:
    """Say in a sentence what failed when the disk of a folder refuses what is written to it. Raises EngineFailure for OSError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise EngineFailure(f"{what} could not be written to {folder} ({reason}); {_elsewhere()}.") from error


def make_folder(folder: Path, needed: int) -> None:
    """Make a folder for so many bytes. Raises EngineFailure where it cannot be made, or the disk has no room for them."""
    with refused_by_disk(folder, "The models folder"):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    if free < needed:
        raise EngineFailure(f"The disk of {folder} has {free / 1e6:.0f} MB left, and {needed / 1e6:.0f} MB are needed; {_elsewhere()}.")


def _elsewhere() -> str:
    return "make room, or let the variable INLAY_MODELS name a folder on another disk"
