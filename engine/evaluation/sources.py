"""Where photographs lie: files of a folder, members of a tar shard, scenes. Told by content; nothing is decoded here."""

from __future__ import annotations

import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.files import formats
from engine.files.opening import content

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = 16
"""Bytes that tell a picture's format."""
FIRST = "01"
"""The name of the photograph of a scene that is filled."""


@dataclass(frozen=True, slots=True)
class File:
    """A photograph's bytes: a file, or a part of a shard."""

    path: Path
    name: str
    """What it is called in a sentence."""
    offset: int = 0
    length: int | None = None
    """In bytes; None: to the end."""

    def read(self) -> bytes:
        """All bytes. Raises BadInput."""
        if self.length is None:
            return content(self.path)
        data = self._part(self.length)
        if len(data) < self.length:
            raise BadInput(f"The shard {self.path} was cut off within {self.name}; copy it again.")
        return data

    def head(self) -> bytes:
        """The first bytes. Raises BadInput."""
        return self._part(HEAD if self.length is None else min(HEAD, self.length))

    def _part(self, length: int) -> bytes:
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.offset)
                return stream.read(length)
        except OSError as error:
            raise BadInput(f"{self.path} cannot be read ({error.strerror or error}); check that it is there and may be read.") from None


@dataclass(frozen=True, slots=True)
class Found:
    """A photograph of a source, its name there, and the other photographs of its scene."""

    name: str
    file: File
    references: tuple[Path, ...] = ()


def found_in(path: Path) -> list[Found]:
    """The photographs of a folder, a tar shard or a folder of scenes, by name. Raises BadInput."""
    if path.is_dir():
        return _in_folder(path)
    if path.is_file():
        return _in_shard(path)
    raise BadInput(f"There is nothing called {path}; give a folder of photographs, a folder of scenes or a tar shard.")


def pictures_in(folder: Path) -> list[Path]:
    """The files of a folder that are pictures, by name; hidden ones and what lies deeper are passed over.

    Raises:
        BadInput: the folder cannot be read, or a file that is called a picture is none.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be read ({error.strerror or error}); check its permissions.") from None
    return [path for path in files if _is_picture(File(path, path.name))]


def _is_picture(file: File) -> bool:
    """By its first bytes; a file that is only called a picture is an error, any other is not ours. Raises BadInput."""
    try:
        formats.format_of_content(file.head(), file.name)
    except BadInput:
        if PurePosixPath(file.name).suffix.lower() in formats.SUFFIXES:
            raise
        return False
    return True


def _in_folder(folder: Path) -> list[Found]:
    """Its photographs, or else its scenes."""
    if files := pictures_in(folder):
        return [Found(name, File(path, path.name)) for name, path in zip(_names(path.name for path in files), files, strict=True)]
    if scenes := sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        found = [_scene(scene, files) for scene in scenes if (files := pictures_in(scene))]
        if found:
            return found
    raise BadInput(f"There are no photographs in the folder {folder}; give one with JPEG, PNG, TIFF or WebP files in it.")


def _scene(folder: Path, files: list[Path]) -> Found:
    first = [path for path in files if path.stem == FIRST]
    if len(first) != 1:
        raise BadInput(
            f"The scene {folder} has {len(first) or 'no'} photographs called {FIRST}, and that one is filled; name one of them so."
        )
    return Found(folder.name, File(first[0], f"{folder.name}/{first[0].name}"), tuple(path for path in files if path != first[0]))


def _in_shard(path: Path) -> list[Found]:
    """The photographs of an uncompressed tar file."""
    members = {member.name: File(path, f"{path.name}/{member.name}", member.offset_data, member.size) for member in _members(path)}
    names = sorted(name for name, file in members.items() if not _hidden(name) and _is_picture(file))
    if not names:
        raise BadInput(f"There are no photographs in the shard {path}; give one with JPEG, PNG, TIFF or WebP files in it.")
    return [Found(name, members[whole]) for name, whole in zip(_names(names), names, strict=True)]


def _members(path: Path) -> list[tarfile.TarInfo]:
    """The files in a shard. Raises BadInput where it is none, was cut off, or goes on with something else."""
    try:
        with tarfile.open(path, "r:") as shard:
            members, end = [member for member in shard.getmembers() if member.isfile()], shard.offset
    except (tarfile.TarError, OSError) as error:
        raise BadInput(
            f"{path} cannot be read as an uncompressed tar shard ({error}); give a folder of photographs or a whole shard."
        ) from None
    # Python's reader takes a damaged header for the end, which is really all zeros.
    if any(File(path, path.name, end).head()):
        raise BadInput(f"The shard {path} is broken (what stands at byte {end:,} is no file); copy it again.")
    return members


def _hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith(".")


def _names(files: Iterable[str]) -> list[str]:
    """Names without their endings, but where two would be the same."""
    files = list(files)
    short = [str(PurePosixPath(name).with_suffix("")) for name in files]
    counts = Counter(short)
    return [name if counts[name] == 1 else whole for name, whole in zip(short, files, strict=True)]
