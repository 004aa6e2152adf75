"""One thread for the life of the program, which runs tasks one after another and sends up what they say."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal

from engine.errors import InlayError
from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Generator

MOST_STEPS = 30
"""Previews a second that are sent up; the others are dropped."""


class Task(Protocol):
    """A frozen value with a generator: it yields Steps and returns what it made."""

    def run(self) -> Generator[Any, None, Any]:
        """Do it."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task came to nothing: a sentence for the user, and what to report where the fault is ours."""

    sentence: str
    report: str = ""


class Runner(QObject):
    """Runs tasks in a thread of its own. Each signal carries the task it speaks of, and arrives in the window's thread.

    A task is stopped between two of its steps, and its generator closed by the thread that runs it.
    """

    stepped = Signal(object, object)
    finished = Signal(object, object)
    failed = Signal(object, object)
    stopped = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._stopped: set[int] = set()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def start(self, task: Task) -> None:
        """Run it when those before it are done."""
        self._waiting.put(task)

    def stop(self, task: Task) -> None:
        """Stop it before its next step, or before it begins."""
        self._stopped.add(id(task))

    def close(self, seconds: float = 30.0) -> bool:
        """Stop everything and wait for the thread; whether it ended in time."""
        self._stopped.add(0)
        self._waiting.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None and 0 not in self._stopped:
            try:
                self._follow(task)
            except InlayError as error:
                self.failed.emit(task, Failure(str(error)))
            except MemoryError:
                self.failed.emit(task, Failure("There is not enough memory for this; close other programs or work on a smaller picture."))
            except Exception as defect:  # noqa: BLE001 - the thread lives as long as the program, and a user gets a sentence
                what = f"{type(defect).__name__}: {defect}"
                self.failed.emit(task, Failure(f"Inlay failed where it should not have ({what}).", traceback.format_exc()))
            self._stopped.discard(id(task))
            task = None

    def _follow(self, task: Task) -> None:
        steps, told, stage = task.run(), 0.0, ""
        try:
            while not self._stopped & {0, id(task)}:
                try:
                    step = next(steps)
                except StopIteration as end:
                    self.finished.emit(task, end.value)
                    return
                now = time.monotonic()
                if now - told >= 1 / MOST_STEPS or (isinstance(step, Step) and step.stage != stage):
                    told, stage = now, getattr(step, "stage", "")
                    self.stepped.emit(task, step)
        finally:
            steps.close()
        self.stopped.emit(task)
