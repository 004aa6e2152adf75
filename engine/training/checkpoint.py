"""Checkpoints: all that a run needs to go on, bit for bit, in files that a full disk or a power cut cannot spoil.

A folder of checkpoints holds one folder for each, `step-N`, and `checkpoint.json`, which says which of them count and what
each of their files has for a hash. In `step-N`, `state.json` is the state with its tensors taken out, and the tensors lie
in `state-NNN.safetensors`, each at most 16 MiB. A checkpoint is written aside and renamed when it is whole, and only then
`checkpoint.json` is replaced, so there is a good one at any moment. The newest two are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput, EngineFailure
from engine.training.shards import Packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

POINTER = "checkpoint.json"
FORMAT = "inlay-checkpoint-1"
KEPT = 2


class _Broken(Exception):  # noqa: N818 - said in a sentence by whoever catches it
    """A file of a checkpoint is not what was written: its name and what is wrong."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What `checkpoint.json` says of one checkpoint: its step, its folder, and a SHA-256 for each of its files."""

    step: int
    folder: str
    files: Mapping[str, str]


def save(folder: Path, step: int, state: Mapping[str, Any]) -> None:
    """Write a checkpoint; the newest whole one before it is kept, older ones go.

    Args:
        folder: where the checkpoints of a run are; made if it is not there.
        step: how many steps the run has made, from 0.
        state: nested mappings, lists and tuples of tensors (any type and shape, on any device) and of what JSON holds.

    Raises:
        EngineFailure: where the disk refuses it; what was there before stays.
        BadInput: where `checkpoint.json` is of another format.
        TypeError: for anything else in the state.
    """
    before = _entries(folder)
    aside = folder / f".{secrets.token_hex(6)}.inlay-part"
    try:
        aside.mkdir(parents=True)
        files = dict(_written(aside, state))
        name = _free_name(folder, step)
        aside.rename(folder / name)
        kept = [_Entry(step, name, files), *_still_good(folder, before, step)]
        _point(folder, kept)
    except OSError as error:
        raise EngineFailure(_refused(folder, step, before, error)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _forget(folder, {one.folder for one in kept})


def load(folder: Path, tell: Callable[[str], None] | None = None) -> dict[str, Any] | None:
    """The state of the newest checkpoint, its tensors on the CPU; None where there is none.

    Args:
        folder: where the checkpoints of a run are.
        tell: is told in a sentence when the newest is broken and the one before is taken; None: standard error.

    Raises:
        BadInput: where all that are kept are broken, or `checkpoint.json` is of another format.
    """
    broken: list[str] = []
    for entry in _entries(folder):
        try:
            state = _read(folder / entry.folder, entry.files)
        except _Broken as why:
            broken.append(f"{entry.folder}/{why}")
            continue
        if broken:
            (tell or _to_standard_error)(
                f"The newest checkpoint in {folder} is broken ({broken[0]}); the one of step {entry.step} is used."
            )
        return state
    if broken:
        raise BadInput(f"No checkpoint in {folder} is whole ({'; '.join(broken)}); start the run again in another folder.")
    return None


def steps(folder: Path) -> tuple[int, ...]:
    """The steps of the checkpoints there, the newest first, without looking into them. Raises BadInput as `load` does."""
    return tuple(one.step for one in _entries(folder))


def _entries(folder: Path) -> list[_Entry]:
    """What `checkpoint.json` lists, the newest first; nothing where it is not there."""
    try:
        said = json.loads((folder / POINTER).read_bytes())
        if said["format"] != FORMAT:
            raise BadInput(
                f"{folder / POINTER} was written by another version ({said['format']}); use that one, or start in another folder."
            )
        return [_Entry(int(one["step"]), _plain_name(one["folder"]), dict(one["files"])) for one in said["checkpoints"]]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise BadInput(f"{folder / POINTER} cannot be read ({error.strerror or error}).") from None
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{folder / POINTER} is broken, so its checkpoints cannot be told; start the run again in another folder.") from None


def _plain_name(name: str) -> str:
    if not name.startswith("step-") or "/" in name or "\\" in name:
        raise ValueError(name)
    return name


def _written(folder: Path, state: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Write a state's files; their names and hashes."""
    packed = Packed()
    tree = packed.add(state)
    for number, shard in enumerate(packed.shards()):
        name = f"state-{number:03d}.safetensors"
        yield name, _written_file(folder / name, shard)
    yield "state.json", _written_file(folder / "state.json", json.dumps(tree).encode())
    _settle(folder)


def _written_file(path: Path, content: bytes) -> str:
    """Write a file and wait until the disk has it; its SHA-256."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def _settle(folder: Path) -> None:
    """Wait until the disk has a folder's names; Windows has no such call."""
    if os.name == "nt":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _free_name(folder: Path, step: int) -> str:
    """`step-N`; with a number behind it where that is there already, so that nothing good is ever written over."""
    name, again = f"step-{step}", 1
    while (folder / name).exists():
        again += 1
        name = f"step-{step}-{again}"
    return name


def _still_good(folder: Path, entries: Iterable[_Entry], step: int) -> list[_Entry]:
    """Of the checkpoints up to a step those to keep: the newest whole ones. Later ones are of a course that was left."""
    whole: list[_Entry] = []
    for entry in entries:
        if entry.step <= step and len(whole) < KEPT - 1 and _is_whole(folder / entry.folder, entry.files):
            whole.append(entry)
    return whole


def _point(folder: Path, entries: Iterable[_Entry]) -> None:
    listed = [{"step": one.step, "folder": one.folder, "files": one.files} for one in entries]
    part = folder / f".{secrets.token_hex(6)}.inlay-part.json"
    try:
        _written_file(part, json.dumps({"format": FORMAT, "checkpoints": listed}, indent=1).encode())
        part.replace(folder / POINTER)
    finally:
        part.unlink(missing_ok=True)
    _settle(folder)


def _forget(folder: Path, kept: Iterable[str]) -> None:
    """Remove what is no longer pointed to, and what a run that was killed left half-written."""
    stale = [one for one in folder.glob("step-*") if one.name not in set(kept)]
    for one in (*stale, *folder.glob(".*.inlay-part")):
        shutil.rmtree(one, ignore_errors=True)


def _content(path: Path, digest: str) -> bytes:
    """A file's bytes, which are those that were written. Raises _Broken."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _Broken(f"{path.name}: {error.strerror or error}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise _Broken(f"{path.name} is not what was written")
    return content


def _is_whole(folder: Path, files: Mapping[str, str]) -> bool:
    try:
        for name, digest in files.items():
            _content(folder / name, digest)
    except _Broken:
        return False
    return True


def _read(folder: Path, files: Mapping[str, str]) -> dict[str, Any]:
    """A checkpoint's state; no byte of it is made sense of before its hash was right. Raises _Broken."""
    shards = (_content(folder / name, digest) for name, digest in files.items() if name != "state.json")
    if "state.json" not in files:
        raise _Broken("state.json: not listed")
    return unpacked(json.loads(_content(folder / "state.json", files["state.json"])), shards)


def _refused(folder: Path, step: int, before: Iterable[_Entry], error: OSError) -> str:
    last = next((f"that of step {one.step} is still good" for one in before), "there is none before it")
    return f"The checkpoint of step {step} could not be written to {folder} ({error.strerror or error}); {last}. Make room, and go on with --resume."


def _to_standard_error(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
