"""What an evaluation has found so far, a line a trial, so that a run which was stopped goes on where it was.

`journal.jsonl` begins with what was asked. Of two lines with the same trial the later one counts. A line that was cut off by a crash is
dropped.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from engine.errors import BadInput, EngineFailure
from engine.evaluation.outcome import SCHEMA
from engine.evaluation.trial import Case, Trial

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from io import FileIO
    from pathlib import Path

NAME = "journal.jsonl"


class Journal:
    """The journal of a folder, opened to be gone on with; a context.

    Args:
        folder: the evaluation's; it is made where it is not there.
        asked: what decides its trials (`Asked.fixed`).

    Raises:
        BadInput: the folder holds another evaluation, or something else.
        EngineFailure: the disk refuses it.
    """

    def __init__(self, folder: Path, asked: Mapping[str, Any]) -> None:
        self.path = folder / NAME
        self.trials: dict[tuple[Case, str], Trial] = {}
        """What was found, by `Trial.key`."""
        _check_folder(folder)
        with written_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self.path.touch()
            # unbuffered: what a full disk refused must not be tried again when the file is closed
            self._file = self.path.open("r+b", buffering=0)
        try:
            self._begin(asked)
        except BaseException:
            self._file.close()
            raise

    def _begin(self, asked: Mapping[str, Any]) -> None:
        """Read what is there, drop what was cut off, and leave the file open at its end."""
        _lock(self._file, self.path.parent)
        whole = [one for one in self._file.read().splitlines(keepends=True) if one.endswith(b"\n")]
        if whole:
            _check_same(self.path.parent, json.loads(whole[0]), asked)
            self.trials = {trial.key: trial for trial in (Trial.read(json.loads(one)) for one in whole[1:])}
        with written_to(self.path.parent):
            self._file.truncate(sum(map(len, whole)))
            self._file.seek(0, 2)
            if not whole:
                _append(self._file, _line({"schema": SCHEMA, "asked": asked}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, trial: Trial) -> None:
        """Keep a trial. Raises EngineFailure where the disk refuses it."""
        with written_to(self.path.parent):
            _append(self._file, _line(asdict(trial)))
        self.trials[trial.key] = trial


@contextlib.contextmanager
def written_to(folder: Path) -> Generator[None]:
    """Say in one sentence when the disk refuses what is written in the body. Raises EngineFailure."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise EngineFailure(
            f"The evaluation cannot be written to {folder} ({reason}); make room or choose another disk, and give the same command to go on."
        ) from None


def _append(file: FileIO, data: bytes) -> None:
    """Write all of it, however little is taken at once."""
    while data:
        data = data[file.write(data) :]


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content).encode() + b"\n"


def _lock(file: FileIO, folder: Path) -> None:
    """Keep a second run out of the folder while this one lasts. Raises BadInput where there is another."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadInput(f"Another run is writing to {folder}; wait until it has ended, or give another folder.") from None
    except OSError:
        return  # a disk of a network that has no locks


def _check_folder(folder: Path) -> None:
    """A new folder, an empty one, or one with a journal."""
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file; give the name of a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / NAME).is_file():
        raise BadInput(f"The folder {folder} holds something that is no evaluation; give a new or an empty one.")


def _check_same(folder: Path, first: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise BadInput where the folder's evaluation is another one."""
    was = first.get("asked", {})
    differing = [name for name in asked if was.get(name) != asked[name]]
    if first.get("schema") != SCHEMA or differing:
        what = "; ".join(f"{name} {_told(was.get(name))}, not {_told(asked[name])}" for name in differing) or "of another version of Inlay"
        raise BadInput(f"The folder {folder} holds another evaluation ({what}); give another folder, or the same arguments to go on.")


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return "unset" if value is None else str(value)
