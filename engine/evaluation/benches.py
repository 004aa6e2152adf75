"""Several benches at once, each in a process of its own: one a core, if so many are asked for.

Processes are spawned and never forked, and what they are to do goes through a pipe each, a hole at a time. Ctrl+C is for the
process that started them, which ends them; and where that one is gone, their pipes end and so do they.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Self

from engine.errors import EngineFailure, InlayError
from engine.evaluation.asked import Asked, Field
from engine.evaluation.bench import Bench, Task

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from multiprocessing.process import BaseProcess
    from pathlib import Path
    from types import FrameType

    from engine.evaluation.trial import Trial


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
DONE = "done"
PATIENCE = 10
"""Seconds in which a process that is told to end closes its contexts."""


class Benches:
    """So many benches; a context, at whose end their processes are gone."""

    def __init__(self, folder: Path, field: Field, asked: Asked, scores: tuple[str, ...], count: int) -> None:
        self._setup = (folder, asked, list(field.subjects), scores)
        self._field, self._count = field, count
        self._busy: dict[Connection, tuple[BaseProcess, Task | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        processes = [process for process, _ in self._busy.values()]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(PATIENCE)
            process.kill()
        for connection in self._busy:
            connection.close()
        self._busy.clear()

    def trials(self, tasks: Iterable[Task]) -> Generator[Trial]:
        """The trials of all tasks, in the order in which they are done. Raises InlayError as a bench does."""
        left = deque(tasks)
        for _ in range(min(self._count, len(left))):
            self._hand(self._started(), left)
        while any(task is not None for _, task in self._busy.values()):
            ready = [one for one in wait(list(self._busy)) if isinstance(one, Connection)]
            for connection in ready:
                yield from self._heard(connection, left)

    def _started(self) -> Connection:
        """A new process, and this end of its pipe."""
        ours, theirs = multiprocessing.Pipe()
        with _environment(dict.fromkeys(THREADS, "1")), _no_interrupts():
            process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, self._setup))
            process.start()
            self._busy[ours] = (process, None)
        theirs.close()
        return ours

    def _hand(self, connection: Connection, left: deque[Task]) -> None:
        """Give a process its next task, if there is one."""
        process, _ = self._busy[connection]
        task = left.popleft() if left else None
        self._busy[connection] = (process, task)
        if task is not None:
            connection.send(task)

    def _heard(self, connection: Connection, left: deque[Task]) -> Generator[Trial]:
        """What a process has to say."""
        try:
            said = connection.recv()
        except EOFError:
            process, _ = self._busy.pop(connection)
            process.join()
            raise EngineFailure(
                f"A process of the evaluation ended by itself (code {process.exitcode}), perhaps for want of memory; "
                "give the same command to go on, with fewer --processes."
            ) from None
        if isinstance(said, InlayError):
            raise said
        if said == DONE:
            self._hand(connection, left)
        else:
            yield said


def serve(connection: Connection, setup: tuple[Any, ...]) -> None:
    """The far side: does tasks until there are no more, or it is told to end."""
    from engine.evaluation.scores import Judge  # noqa: PLC0415 - may bring torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    folder, asked, subjects, scores = setup
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with Bench(folder, Field(asked, subjects), Judge(scores), asked) as bench:
                while True:
                    for trial in bench.trials(connection.recv()):
                        connection.send(trial)
                    connection.send(DONE)
        except InlayError as error:
            connection.send(EngineFailure(str(error)) if isinstance(error, EngineFailure) else type(error)(str(error)))


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Leave by all contexts, so that no filler stays behind."""
    sys.exit(0)


@contextlib.contextmanager
def _no_interrupts() -> Generator[None]:
    """Ctrl+C waits until the body is done, and never reaches a process that is started in it."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # it starts with the first process, and would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Generator[None]:
    """Variables that processes inherit which are started in the body."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
