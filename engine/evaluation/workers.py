"""Fillers in processes of their own, which live long, so that start-up and imports are no part of what is measured."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from engine.errors import BadInput, EngineFailure
from engine.evaluation import preparing
from engine.evaluation.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

HERE = Path(__file__).resolve().parent
START_LIMIT = 300.0
"""Seconds until a worker has to be ready: the first one compiles."""
COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "INLAY_THREADS")
"""Variables by which libraries are told how many threads to use."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how long a filler may try one hole."""

    runs: int = 3
    budget: float = 6.0
    """Seconds after which no further run is begun."""
    limit: float = 120.0
    """Seconds after which the filler is ended."""


class Worker:
    """One filler in a process of its own. It is started by its first fill and ended by `close`, with the program at the latest.

    Args:
        method: a method of the shelf and its settings, `patchmatch:smooth=1,seed=3`; or `peer:NAME`, one of `peers.PEERS`.
        peers: the interpreter that has the peers; None: the one that was prepared, or INLAY_PEERS.
        threads: how many it may use.
        device: where a method of the shelf computes, one of `engine.job.DEVICES`.

    Raises:
        BadInput: there is no such peer, or no interpreter for it.
    """

    def __init__(self, method: str, peers: Path | None = None, threads: int = 1, device: str = "cpu") -> None:
        self.method, self.threads, self.device = method, threads, device
        self._command = _command(method, peers)
        self._process: _Process | None = None
        self._has_run = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fill(
        self, picture: Pixels, mask: Pixels, effort: Effort | None = None, references: Mapping[str, Pixels] | None = None
    ) -> tuple[Pixels | None, dict[str, Any]]:
        """Fill a hole whose pixels nobody is shown.

        The filler sees the hole, wherever the mask is not 0, as zeros, and a hard mask. Where the mask is soft its fill is blended here.

        Args:
            picture: (H, W, 3) uint8 RGB.
            mask: (H, W) uint8; 255 is filled wholly, less is blended with the picture.
            effort: three runs, unless told otherwise.
            references: other photographs of the same place by their names, (h, w, 3) uint8 RGB; a method that takes none never sees them.

        Returns:
            The filled picture, and what it cost: "cpu" and "wall" in seconds, "before", "peak" and "rise" in MiB, "memory" (how that was
            measured), "runs"; of a method that takes references, "record": what it says of them. Where it failed, None and {"error": why}.

        Raises:
            BadInput, EngineFailure: the filler cannot even be started.
            EngineFailure: the disk takes no pictures to hand over.
        """
        effort = effort or Effort()
        if (failure := self._started()) is not None:
            return None, {"error": failure}
        assert self._process is not None
        hole = mask > 0
        blanked, hard = np.where(hole[..., None], np.uint8(0), picture), np.where(hole, np.uint8(255), np.uint8(0))
        filled, reply = self._process.fill(blanked, hard, effort, references or {})
        if not self._process.alive:
            self._process = None
        if filled is None or filled.shape != picture.shape:
            return None, {"error": reply.get("error", "gave a picture of another shape")}
        return blended(filled, picture, mask), reply

    def start(self) -> None:
        """Start the process now and wait until it has imported and compiled what it needs.

        Raises:
            BadInput: there is no such method or setting, or the peer is not all there.
            EngineFailure: the process came to nothing.
        """
        if self._process is not None:
            return
        process = _Process(self._command, self._environment())
        reply = process.answer(START_LIMIT)
        if "error" not in reply:
            self._process, self._has_run = process, True
            return
        process.end()
        if "sentence" not in reply:  # it came to say nothing itself
            raise EngineFailure(f"{self.method} does not start: {reply['error']}.")
        if reply["sentence"]:
            raise BadInput(reply["error"])
        raise BadInput(f"{self.method} cannot be used here ({reply['error']}); `inlay peers` says what the peers need.")

    def close(self) -> None:
        """End the process and drop its files."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _started(self) -> str | None:
        """Start the process if there is none. Why it cannot be started again, though it once ran."""
        try:
            self.start()
        except (BadInput, EngineFailure) as failure:
            if not self._has_run:
                raise
            return str(failure).rstrip(".")
        return None

    def _environment(self) -> dict[str, str]:
        """The project is on the path of its own methods alone: a peer's interpreter must not see the libraries beside it."""
        environment = os.environ | dict.fromkeys(COUNTS, str(self.threads)) | {"INLAY_DEVICE": self.device}
        environment.pop("PYTHONPATH", None)
        if not self.method.startswith("peer:"):
            environment["PYTHONPATH"] = os.pathsep.join([str(HERE.parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        return environment


class _Process:
    """A process that serves: pictures and requests go in, answers come out. What it prints is kept for its last words."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        with _disk():
            self._folder = Path(tempfile.mkdtemp(prefix="inlay-fill-"))
            self._said = self._folder / "said.txt"
            said = self._said.open("wb")
        with said:
            try:
                self._popen = subprocess.Popen(  # noqa: S603 - the command is ours
                    [*command, str(self._folder)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    text=True,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as error:
                shutil.rmtree(self._folder, ignore_errors=True)
                raise EngineFailure(f"{command[0]} cannot be started ({error.strerror or error}); check that it may be run.") from None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(self._popen, self._answers), daemon=True)
        reader.start()
        self.end = weakref.finalize(self, _ended, self._popen, reader, self._folder)

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self.end.alive and self._popen.poll() is None

    def fill(self, picture: Pixels, mask: Pixels, effort: Effort, references: Mapping[str, Pixels]) -> tuple[Pixels | None, dict[str, Any]]:
        """The filled picture, or None, and the answer."""
        names = {name: str(self._folder / f"{name}.npy") for name in ("picture", "mask", "out")}
        with _disk():
            np.save(names["picture"], picture)
            np.save(names["mask"], mask)
            beside = self._put(references)
        reply = self._ask(names | {"references": beside, "runs": effort.runs, "budget": effort.budget}, effort.limit)
        return (None if "error" in reply else np.load(names["out"])), reply

    def _put(self, references: Mapping[str, Pixels]) -> list[str]:
        """The references' files, in place of those of the last fill."""
        folder = self._folder / "references"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, pixels in references.items():
            np.save(folder / f"{name}.npy", pixels)
        return [str(folder / f"{name}.npy") for name in references]

    def _ask(self, request: dict[str, Any], limit: float) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(json.dumps(request) + "\n")
            self._popen.stdin.flush()
        except OSError:
            return self._gone()
        return self.answer(limit)

    def answer(self, limit: float) -> dict[str, Any]:
        """The next answer. A process that is late or dead is ended, and that is the answer."""
        try:
            line = self._answers.get(timeout=limit)
        except queue.Empty:
            self.end()
            return {"error": f"took over {limit:g} s and was ended"}
        return json.loads(line) if line else self._gone()

    def _gone(self) -> dict[str, Any]:
        """Why it ended, as far as can be told."""
        code = self._popen.wait()
        words = self._said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        self.end()
        why = signal.Signals(-code).name if code < 0 else f"code {code}"
        return {"error": f"its process ended with {why}" + (f" ({words[-1].strip()[:200]})" if words else "")}


@contextlib.contextmanager
def _disk() -> Generator[None]:
    """Where a disk fails, pictures cannot be handed to a process: EngineFailure."""
    try:
        yield
    except OSError as error:
        where = tempfile.gettempdir()
        raise EngineFailure(
            f"Pictures cannot be handed over in {where} ({error.strerror or error}); make room there, or set TMPDIR."
        ) from None


def _read(process: subprocess.Popen[str], answers: queue.SimpleQueue[str]) -> None:
    """Hand on lines; an empty one says that there will be no more."""
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")


def _ended(process: subprocess.Popen[str], reader: threading.Thread, folder: Path) -> None:
    """End a process and the programs that it runs, wait for it, and drop its files."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reader.join(timeout=5)
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            assert pipe is not None
            pipe.close()
    shutil.rmtree(folder, ignore_errors=True)


def _command(method: str, peers: Path | None) -> list[str]:
    """The command that serves a method. Raises BadInput."""
    kind, _, name = method.partition(":")
    serving = str(HERE / "serving.py")
    if kind != "peer":
        return [sys.executable, "-P", serving, str(HERE / "ours.py"), method]
    _check_name(name)
    return [str(peers or preparing.interpreter()), "-P", serving, str(HERE / "peers.py"), name]


def check_peer(name: str) -> None:
    """Ask the interpreter of the peers whether it can serve one. Raises BadInput where it cannot."""
    _check_name(name)
    missing = preparing.state(preparing.interpreter()).missing[name]
    if missing:
        raise BadInput(f"The peer {name} is not ready ({missing}); `inlay peers` says what to do.")


def _check_name(name: str) -> None:
    if name not in PEERS:
        raise BadInput(f"There is no peer {name}; there are {', '.join(PEERS)}.")


def blended(filled: Pixels, picture: Pixels, mask: Pixels) -> Pixels:
    """A fill whose soft rim is mixed with the picture by the mask; elsewhere it stays as it is, known pixels that it changed too."""
    soft = (mask > 0) & (mask < 255)
    if not soft.any():
        return filled
    share, out = mask[soft].astype(np.uint16)[:, None], filled.copy()
    out[soft] = (share * filled[soft] + (255 - share) * picture[soft] + 127) // 255
    return out
