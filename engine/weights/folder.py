"""Where weights lie on this machine, and whether a file there is the one that the manifest names."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_dir

from engine.errors import BadInput
from engine.weights.manifest import named, shipped_folder

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.weights.manifest import WeightFile

CHUNK = 1 << 20

_verified: set[tuple[str, int, int, str]] = set()
"""Path, size, time of the last change, and the hash that was found: a file is read for its hash once a process."""


class MissingWeights(BadInput):
    """Weights that are known and not on this machine; the sentence says how to get them."""

    def __init__(self, file: WeightFile, path: Path) -> None:
        self.file, self.path = file, path
        super().__init__(f"{file.name} is not there ({file.what}): there is no {path.name} in {path.parent}; {_get(file)}.")


def models_folder() -> Path:
    """Where files of weights are put and looked for: INLAY_MODELS, or the user's data folder of this system. It may not be there yet."""
    return Path(os.environ.get("INLAY_MODELS") or Path(user_data_dir("inlay", appauthor=False), "models")).expanduser().absolute()


def place(file: WeightFile) -> Path:
    """Where that file belongs, whether or not it is there."""
    return (shipped_folder() if file.shipped else models_folder()) / file.file


def there(name: str) -> bool:
    """Whether every file of that name or group is in its place and of the right size; its hash is not looked at. Raises BadInput."""
    return all(there_at(place(file), file) for file in named(name))


def there_at(path: Path, file: WeightFile) -> bool:
    """Whether a file of the right size is there; its hash is not looked at."""
    return path.is_file() and path.stat().st_size == file.bytes


def where(name: str) -> Path:
    """The file of that name, which is the one the manifest means: its size and SHA-256 were held against it.

    Raises:
        MissingWeights: where it is not on this machine.
        BadInput: where there are no such weights, or the file is another one.
    """
    files = named(name)
    if files[0].name != name:
        raise BadInput(f"{name} is a group of weights: ask for one of {', '.join(file.name for file in files)}.")
    return verify(files[0], place(files[0]))


def verify(file: WeightFile, path: Path) -> Path:
    """The path, when what lies there is that file. Raises MissingWeights where there is nothing, BadInput where it is another file."""
    if not path.is_file():
        raise MissingWeights(file, path)
    if not verified(file, path):
        raise BadInput(f"{path} is not the file that it should be (its size or SHA-256 is another); {_get(file)}.")
    return path


def verified(file: WeightFile, path: Path) -> bool:
    """Whether what lies there has the file's size and hash. Raises BadInput where it cannot be read."""
    try:
        found = path.stat()
        key = (str(path), found.st_size, found.st_mtime_ns, file.sha256)
        if key not in _verified and found.st_size == file.bytes and sha256_of(path) == file.sha256:
            _verified.add(key)
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}); give yourself the right to, or {_get(file)}.") from None
    return key in _verified


def _get(file: WeightFile) -> str:
    return "install the program again" if file.shipped else f"get it with `inlay weights --fetch {file.asked}`"


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes. Raises OSError."""
    digest = hashlib.sha256()
    for piece in pieces(path):
        digest.update(piece)
    return digest.hexdigest()


def pieces(path: Path) -> Generator[bytes]:
    """A file's bytes, a megabyte at a time. Raises OSError."""
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece
