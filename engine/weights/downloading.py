"""One file from an address: what has come is kept and gone on from, hashed as it is written, and named only when it is right."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from engine.errors import EngineFailure
from engine.job import Step
from engine.weights.disk import refused_by_disk
from engine.weights.folder import CHUNK, pieces

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from engine.weights.manifest import WeightFile

PATIENCE = 30.0
"""Seconds without a byte after which a server is given up."""


def download(file: WeightFile, to: Path) -> Generator[Step, None, Path]:
    """Fetch the file from its address to `to`, whose folder is there; a broken download is gone on from, now or the next time.

    Returns:
        `to`, which holds the file; until it does, whatever was there stays.

    Raises:
        EngineFailure: where the server cannot be reached, has another file or breaks off, or the disk refuses it.
    """
    with refused_by_disk(to.parent, file.file), contextlib.closing(_Part(file, to)) as part:
        yield from part.recalled()
        most = -1
        while part.size < file.bytes:
            if part.size <= most:
                raise EngineFailure(
                    f"The download of {file.name} broke off after {_progress(part)}; do it again, and it goes on from there."
                )
            most = part.size
            yield from _continued(part)
        part.finish()
    return to


class _Part:
    """What has come so far: a file beside the one it will be, its hash, and by what the server knows this version of it."""

    def __init__(self, file: WeightFile, to: Path) -> None:
        self.file, self.to = file, to
        self.path, self._tag = (to.with_name(f".{to.name}.{kind}") for kind in ("part", "part-version"))
        self.size, self._digest = 0, hashlib.sha256()
        self._stream = self.path.open("ab")

    def recalled(self) -> Generator[Step]:
        """Take what an earlier download left into the hash."""
        for piece in pieces(self.path):
            self._digest.update(piece)
            self.size += len(piece)
            yield self.step()
        if self.size > self.file.bytes:
            self.begin(None)

    @property
    def version(self) -> str | None:
        """The server's name for the version that this is a part of; None where it gave none."""
        return (self._tag.read_text(encoding="latin-1") or None) if self._tag.is_file() else None

    def begin(self, version: str | None) -> None:
        """Nothing of it has come yet."""
        self._stream.truncate(0)
        self.size, self._digest = 0, hashlib.sha256()
        self._tag.write_text(version or "", encoding="latin-1")

    def add(self, chunk: bytes) -> None:
        """More of it has come."""
        self._stream.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def step(self) -> Step:
        """How far it has come."""
        return Step(min(1.0, self.size / self.file.bytes), f"{self.file.name}: {_progress(self)}")

    def finish(self) -> None:
        """Give it its name, where it is the file. Raises EngineFailure, and keeps nothing, where it is another."""
        self.close()
        if self.size != self.file.bytes or self._digest.hexdigest() != self.file.sha256:
            self.drop()
            raise EngineFailure(_another(self.file))
        self.path.replace(self.to)
        self._tag.unlink(missing_ok=True)

    def drop(self) -> None:
        """Nothing of it is kept."""
        self.close()
        self.path.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; where nothing has come, it is not kept."""
        self._stream.close()
        if self.path.is_file() and not self.path.stat().st_size:
            self.path.unlink(missing_ok=True)
            self._tag.unlink(missing_ok=True)


def _continued(part: _Part) -> Generator[Step]:
    """Ask for what is missing and take what comes, to the end or until it breaks off."""
    with contextlib.closing(_answer(part)) as answer:
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:  # the file has changed, or the server sends wholes alone
            part.begin(_version(answer))
        if _whole_size(answer) not in {None, part.file.bytes}:
            part.drop()
            raise EngineFailure(_another(part.file))
        while part.size <= part.file.bytes:  # one chunk too many is enough to know that it is another file
            try:
                chunk = answer.read(CHUNK // 4)
            except (OSError, http.client.HTTPException):
                return
            if not chunk:
                return
            part.add(chunk)
            yield part.step()


def _answer(part: _Part) -> Any:
    """The server's answer to a request for what is missing, or for all, where it does not give parts. Raises EngineFailure."""
    for _ in range(2):
        request = urllib.request.Request(part.file.url, headers={"User-Agent": "inlay", **_wanted(part)})  # noqa: S310 - the manifest's own
        answer = _opened(request, part.file)
        if answer.status == http.HTTPStatus.OK or (answer.status == http.HTTPStatus.PARTIAL_CONTENT and _range(answer)[0] == part.size):
            return answer
        answer.close()
        part.begin(None)
    part.drop()
    raise EngineFailure(_another(part.file))


def _wanted(part: _Part) -> dict[str, str]:
    """The headers that ask for what is missing, if it is still the same file."""
    if not part.size:
        return {}
    return {"Range": f"bytes={part.size}-", **({"If-Range": part.version} if part.version else {})}


def _opened(request: urllib.request.Request, file: WeightFile) -> Any:
    """The answer, also that there is nothing beyond what was asked for. Raises EngineFailure for all others that are not the file."""
    try:
        return urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return error
        error.close()
        raise EngineFailure(f"{file.url} answers {error.code} {error.reason}; try again later, or {_by_hand(file)}.") from None
    except (OSError, http.client.HTTPException) as error:
        raise EngineFailure(f"{file.url} cannot be reached ({_reason(error)}); go online, or {_by_hand(file)}.") from None


def _reason(error: Exception) -> object:
    """The system's words for what went wrong, without numbers."""
    cause = getattr(error, "reason", None) or error
    return getattr(cause, "strerror", None) or cause


def _version(answer: Any) -> str | None:
    """What a later request can ask for this version by: a strong ETag, or when it was changed."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified")


def _whole_size(answer: Any) -> int | None:
    """How large the server's file is; None where it does not say."""
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        return _range(answer)[1]
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _range(answer: Any) -> tuple[int, int | None]:
    """Where the answer begins, and how large the whole is."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
    if found is None:
        return -1, None
    return int(found[1]), None if found[2] == "*" else int(found[2])


def _progress(part: _Part) -> str:
    return f"{part.size / 1e6:.1f} of {part.file.bytes / 1e6:.1f} MB"


def _by_hand(file: WeightFile) -> str:
    return f"get {file.file} elsewhere and give it with `inlay weights --fetch {file.asked} --from FILE`"


def _another(file: WeightFile) -> str:
    return f"What {file.url} sends is not {file.name} (its size or SHA-256 is another), so nothing was kept; try again later, or {_by_hand(file)}."
