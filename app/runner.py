"""One thread for the life of the program, which runs tasks one after another and sends up what they say."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal

from app.words import tr
from engine.errors import InlayError
from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.picture import Patch

MOST_STEPS = 30
"""Previews a second that are sent up; the others are dropped."""


class Task(Protocol):
    """A value with a generator: it yields Steps and returns what it made."""

    def run(self) -> Generator[Any, None, Any]:
        """Do it."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task came to nothing: a sentence for the user, and what to report where the fault is ours."""

    sentence: str
    report: str = ""
    error: InlayError | None = None
    """What the engine said, where it did."""


class Runner(QObject):
    """Runs tasks in a thread of its own. Each signal carries the task it speaks of, and arrives in the window's thread.

    A task is stopped between two of its steps, and its generator closed by the thread that runs it. Each task that was started ends with
    one of `finished`, `failed` and `stopped`, unless the runner is closed.
    """

    stepped = Signal(object, object)
    finished = Signal(object, object)
    failed = Signal(object, object)
    stopped = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._news = threading.Condition()  # guards what follows
        self._waiting: deque[Task] = deque()
        self._now: Task | None = None
        self._halt = self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def start(self, task: Task) -> None:
        """Run it when those before it are done."""
        with self._news:
            self._waiting.append(task)
            self._news.notify()

    def stop(self, task: Task) -> None:
        """Stop it before its next step; one that has not begun is out of the queue when this returns."""
        with self._news:
            waiting = any(one is task for one in self._waiting)
            if waiting:
                self._waiting = deque(one for one in self._waiting if one is not task)
            elif task is self._now:
                self._halt = True
        if waiting:
            self.stopped.emit(task)

    def close(self, seconds: float = 30.0) -> bool:
        """Stop everything and wait for the thread; whether it ended in time. Nothing is sent up any more."""
        with self._news:
            self._closed = self._halt = True
            self._waiting.clear()
            self._news.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while self._begun():
            self._carry_out()

    def _begun(self) -> bool:
        """Wait for a task and begin with it; False where there will be none."""
        with self._news:
            self._now = None
            self._news.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return False
            self._now, self._halt = self._waiting.popleft(), False
            return True

    def _carry_out(self) -> None:
        task = self._now
        assert task is not None
        try:
            self._follow(task)
        except InlayError as error:
            self._say(self.failed, task, Failure(str(error), error=error))
        except MemoryError:
            text = tr("There is not enough memory for this; close other programs or work on a smaller picture.")
            self._say(self.failed, task, Failure(text))
        except Exception as defect:  # noqa: BLE001 - the thread lives as long as the program, and a user gets a sentence
            text = tr("Inlay failed where it should not have ({what}).").format(what=f"{type(defect).__name__}: {defect}")
            self._say(self.failed, task, Failure(text, traceback.format_exc()))

    def _follow(self, task: Task) -> None:
        steps, told, stage = task.run(), 0.0, ""
        held: Patch | None = None
        try:
            while not self._halt:
                try:
                    step = next(steps)
                except StopIteration as end:
                    self._say(self.finished, task, end.value)
                    return
                now = time.monotonic()
                if isinstance(step, Step):  # the newest preview of those that are dropped comes with the next one
                    held = step.preview or held
                if now - told >= 1 / MOST_STEPS or (isinstance(step, Step) and step.stage != stage):
                    told, stage = now, getattr(step, "stage", "")
                    self._say(self.stepped, task, replace(step, preview=held) if isinstance(step, Step) else step)
                    held = None
        finally:
            steps.close()
        self._say(self.stopped, task)

    def _say(self, signal: Any, *what: object) -> None:
        """Send it up, where somebody is left to hear it."""
        if not self._closed:
            signal.emit(*what)
