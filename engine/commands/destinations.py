"""Where `fill` writes: what can be wrong with a name is found before any work, and nothing is left half-written."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.files import formats
from engine.files.evidence import check_evidence_folder
from engine.files.evidence_staged import said_of, standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def check_destinations(output: Path, record: Path | None, evidence: Path | None, sources: Mapping[str, Path], *, overwrite: bool) -> None:
    """Raise BadInput where a file or folder could not be written, or would replace what is read.

    Args:
        output: the picture to write.
        record: the run record to write, or None.
        evidence: the folder for evidence, or None.
        sources: what is read, by its name in a sentence. The picture may take the place of "the photograph", nothing else may.
        overwrite: whether files that are there may be replaced.
    """
    for path in (output, record, evidence):
        if path is not None:
            _check_name(path)
    formats.format_of_suffix(output)
    _check_file(output, overwrite=overwrite)
    _check_apart("The picture", output, {what: path for what, path in sources.items() if what != "the photograph"})
    if evidence is not None:
        check_evidence_folder(evidence)
        _check_apart("The evidence", evidence, {"the picture": output})
        _check_writable(standing(evidence))
    if record is not None:
        _check_apart("The run record", record, {**sources, "the picture": output})
        _check_file(record, overwrite=overwrite, made=evidence)


def _check_name(path: Path) -> None:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{path} cannot be the name of a file here ({reason}); give another name.") from None


def _check_file(path: Path, *, overwrite: bool, made: Path | None = None) -> None:
    """A file that may be written; `made` is a folder that will be made if it is not there."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder; give the name of a file.")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is no ordinary file and is not replaced; give another name.")
    if path.exists() and not overwrite:
        raise BadInput(f"{path} exists already; give another name, or --overwrite to replace it.")
    folder = path.resolve().parent
    if folder.is_dir():
        _check_writable(folder)
    elif made is None or folder != made.resolve():
        raise BadInput(f"There is no folder {folder} for {path.name}; make it first.")


def _check_apart(what: str, path: Path, others: Mapping[str, Path]) -> None:
    for name, other in others.items():
        if path.resolve() == other.resolve() or (path.exists() and other.exists() and path.samefile(other)):
            raise BadInput(f"{what} would replace {name} {other}; give another name.")


def _check_writable(folder: Path) -> None:
    """Try it: permissions alone do not tell whether a disk takes files."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BadInput(f"Nothing can be written into the folder {folder} ({error.strerror or error}); choose another.") from None


def write_record(path: Path, text: str) -> None:
    """Write the run record, whole or not at all. Raises EngineFailure where the disk refuses it."""
    part = path.resolve().with_name(f".{secrets.token_hex(6)}.inlay-part")
    try:
        with said_of(f"The picture was saved, but its run record could not be written to {path}"):
            part.write_text(text, encoding="utf-8")
            part.replace(path.resolve())
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
