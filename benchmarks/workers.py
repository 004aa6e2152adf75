"""Fillers in processes of their own, which live long, so that start-up and imports are no part of what is measured."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

HERE = Path(__file__).resolve().parent
START_LIMIT = 300
"""Seconds until a worker has to be ready: the first one compiles."""


@dataclass(frozen=True)
class Effort:
    """How often and how long a filler may try one hole."""

    runs: int = 3
    budget: float = 6.0
    """Seconds after which no further run is begun."""
    limit: float = 120.0
    """Seconds after which the filler is ended."""


class Worker:
    """One filler: `patchmatch:look=smooth` (a method of the project and its settings) or `peer:NAME`."""

    def __init__(self, method: str, peers: Path | None = None, threads: int = 1) -> None:
        self.method, self.threads = method, threads
        self._command = _command(method, peers)
        self._folder = tempfile.TemporaryDirectory(prefix="fill-")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fill(self, picture: Pixels, mask: Pixels, effort: Effort) -> tuple[Pixels | None, dict[str, Any]]:
        """Fill a hole whose pixels nobody is shown; the filled picture (None where it failed) and `serving.measured`'s answer."""
        if self._process is None:
            self._start()
        names = {name: str(Path(self._folder.name) / f"{name}.npy") for name in ("picture", "mask", "out")}
        np.save(names["picture"], np.where(mask[..., None] > 0, np.uint8(0), picture))
        np.save(names["mask"], mask)
        reply = self._ask(names | {"runs": effort.runs, "budget": effort.budget}, effort.limit)
        return (None if "error" in reply else np.load(names["out"])), reply

    def close(self) -> None:
        """End the process and drop its files."""
        self._end()
        self._folder.cleanup()

    def _start(self) -> None:
        """Start the process and wait until it has imported and compiled what it needs."""
        counts = dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "INLAY_THREADS"), str(self.threads)
        )
        environment = os.environ | counts | {"PYTHONPATH": str(HERE.parent)}
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        reply = self._answer(START_LIMIT)
        if "error" in reply:
            raise SystemExit(f"{self.method} does not start: {reply['error']}.")

    def _ask(self, request: dict[str, Any], limit: float) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer(limit)

    def _answer(self, limit: float) -> dict[str, Any]:
        """The next answer; a worker that is late or dead is ended, and its next fill starts another."""
        assert self._process is not None
        assert self._process.stdout is not None
        in_time, _, _ = select.select([self._process.stdout], [], [], limit)
        line = self._process.stdout.readline() if in_time else ""
        if not line:
            self._end()
            return {"error": "its process ended" if in_time else f"took over {limit:g} s"}
        return json.loads(line)

    def _end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _command(method: str, peers: Path | None) -> list[str]:
    """The command that serves a method."""
    kind, _, name = method.partition(":")
    if kind != "peer":
        return [sys.executable, str(HERE / "ours.py"), method]
    if peers is None:
        raise SystemExit("Say which python has the peers: --peers PYTHON, or INLAY_PEERS in the environment.")
    return [str(peers), str(HERE / "peers.py"), name]
