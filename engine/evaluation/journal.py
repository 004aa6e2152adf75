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
from engine.evaluation.outcome import SCHEMA, Case, Trial

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from io import BufferedRandom
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
        whole = _lines(self.path)
        if whole:
            _check_same(folder, json.loads(whole[0]), asked)
            self.trials = {trial.key: trial for trial in (Trial.read(json.loads(one)) for one in whole[1:])}
        with written_to(folder):
            self._file = self._opened(folder, b"".join(whole) or _line({"schema": SCHEMA, "asked": asked}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, trial: Trial) -> None:
        """Keep a trial. Raises EngineFailure where the disk refuses it."""
        with written_to(self.path.parent):
            self._file.write(_line(asdict(trial)))
            self._file.flush()
        self.trials[trial.key] = trial

    def _opened(self, folder: Path, content: bytes) -> BufferedRandom:
        """The file with whole lines alone, open at its end."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        file = self.path.open("r+b")
        if self.path.stat().st_size < len(content):
            file.write(content)
            file.flush()
        file.truncate(len(content))
        file.seek(0, 2)
        return file


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


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content).encode() + b"\n"


def _lines(path: Path) -> list[bytes]:
    """All whole lines; none where there is no file."""
    try:
        found = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}); choose another folder.") from None
    return [one for one in found if one.endswith(b"\n")]


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
