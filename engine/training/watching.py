"""What is seen of a run while it runs: a line of progress, `log.jsonl`, curves for TensorBoard, and strips of pictures."""

from __future__ import annotations

import contextlib
import json
import math
import re
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import cv2
from tqdm import tqdm

from engine.errors import EngineFailure

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.training.run import News

LOG, STRIPS, CURVES = "log.jsonl", "strips", "tensorboard"

EVERY = 60.0
"""Seconds between two plain lines where there is no terminal."""

_HORIZON = 100
"""Steps over which a running mean of a loss reaches, about."""


class Log:
    """`log.jsonl`: one row a step. Opened for a run that goes on from a step, it loses the rows after that, so that it is one curve.

    Raises EngineFailure where the disk refuses a row.
    """

    def __init__(self, folder: Path, step: int = 0) -> None:
        self._path = folder / LOG
        with _said(self._path):
            kept = [row for row in rows(folder) if row["step"] <= step]
            part = self._path.with_suffix(".part")
            part.write_text("".join(f"{json.dumps(row)}\n" for row in kept), encoding="utf-8")
            part.replace(self._path)
            self._file = self._path.open("a", encoding="utf-8")

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one row, and let others see it."""
        with _said(self._path):
            self._file.write(f"{json.dumps(row)}\n")
            self._file.flush()

    def close(self) -> None:
        """Nothing more is added."""
        with _said(self._path):
            self._file.close()


@contextlib.contextmanager
def _said(path: Path) -> Generator[None]:
    """Say what failed when the disk does."""
    try:
        yield
    except OSError as error:
        raise EngineFailure(f"{path} could not be written ({error.strerror or error}); make room, and go on with --resume.") from error


def rows(folder: Path) -> list[dict[str, Any]]:
    """The rows of a run's log, in order; what a cut-off write left at its end is no row."""
    try:
        lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found: list[dict[str, Any]] = []
    for line in lines:
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found


class Watch:
    """All that is told of a run.

    Args:
        folder: of the run; the log, the strips and the curves are written there.
        steps: length of the schedule.
        step: how many steps were made before.
        minutes: after how many the run will be stopped.
        quiet: no line of progress.
    """

    def __init__(self, folder: Path, steps: int, step: int = 0, *, minutes: float = math.inf, quiet: bool = False) -> None:
        self._log = Log(folder, step)
        self._strips = _Strips(folder / STRIPS, step)
        self._line = _Line(steps, step, minutes, quiet=quiet)
        self._curves = _curves(folder / CURVES, step)
        if self._curves is None:
            self.say("TensorBoard is not installed, so curves are in log.jsonl alone; pip install tensorboard to have both.")

    def add(self, news: News) -> None:
        """A step was made."""
        row: dict[str, Any] = {"step": news.step, "seconds": round(news.seconds, 2), "examples": news.examples, "rate": news.rate}
        row["losses"] = dict(news.losses)
        if news.scores:
            row["scores"] = dict(news.scores)
        self._log.add(row)
        if self._curves is not None:
            values = {"rate": news.rate, **{f"loss/{name}": one for name, one in news.losses.items()}}
            self._curves.add(values | {f"score/{name}": one for name, one in news.scores.items()}, news.step)
        if news.strip is not None:
            self._strips.add(news.step, news.strip)
        self._line.add(news)

    def say(self, sentence: str) -> None:
        """Say a sentence without spoiling the line of progress."""
        self._line.say(sentence)

    def close(self) -> None:
        """The run has ended."""
        self._line.close()
        self._log.close()
        if self._curves is not None:
            self._curves.close()


class _Strips:
    """Strips of validation as PNG, named by their step. Those after the step from which a run goes on are of a course that was left."""

    def __init__(self, folder: Path, step: int) -> None:
        self._folder = folder
        with _said(folder):
            for file in folder.glob("step-*.png"):
                number = re.fullmatch(r"step-(\d+)", file.stem)
                if number and int(number[1]) > step:
                    file.unlink(missing_ok=True)

    def add(self, step: int, strip: NDArray[np.uint8]) -> None:
        file = self._folder / f"step-{step:07d}.png"
        with _said(file):
            self._folder.mkdir(exist_ok=True)
            file.write_bytes(cv2.imencode(".png", strip[..., ::-1])[1].tobytes())


def _curves(folder: Path, step: int) -> _Curves | None:
    """What writes curves for TensorBoard; None where that is not installed."""
    try:
        return _Curves(folder, step)
    except ImportError:
        return None


class _Curves:
    """An event file of TensorBoard, written by the run itself: torch's SummaryWriter leaves it to a thread, whose failures nobody could say.

    What an earlier event file has after the step from which the run goes on is not drawn any more. Raises ImportError without TensorBoard.
    """

    def __init__(self, folder: Path, step: int) -> None:
        record_writer = import_module("tensorboard.summary.writer.record_writer")
        self._events: Any = import_module("tensorboard.compat.proto.event_pb2")
        self._summaries: Any = import_module("tensorboard.compat.proto.summary_pb2")
        self._folder = folder
        with _said(folder):
            folder.mkdir(exist_ok=True)
            self._file = (folder / f"events.out.tfevents.{time.time():017.6f}.inlay").open("xb")
            self._writer = record_writer.RecordWriter(self._file)
        self._add(0, file_version="brain.Event:2")
        self._add(step + 1, session_log=self._events.SessionLog(status=self._events.SessionLog.START))

    def add(self, values: Mapping[str, float], step: int) -> None:
        """A point for each curve, by the curves' names."""
        points = [self._summaries.Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._add(step, summary=self._summaries.Summary(value=points))

    def close(self) -> None:
        """Nothing more is added."""
        with _said(self._folder):
            self._file.close()

    def _add(self, step: int, **what: Any) -> None:
        with _said(self._folder):
            self._writer.write(self._events.Event(wall_time=time.time(), step=step, **what).SerializeToString())
            self._file.flush()


class _Line:
    """One line that says how far the run is: drawn over itself on a terminal, else written once a minute."""

    def __init__(self, steps: int, step: int, minutes: float, *, quiet: bool) -> None:
        self._steps, self._first, self._batch = steps, step, 0
        self._quiet, self._until = quiet, time.monotonic() + 60 * minutes
        self._means: dict[str, tuple[float, float]] = {}
        self._scores = ""
        self._begun = self._said = time.monotonic()
        drawn = not quiet and sys.stderr.isatty()
        self._bar = tqdm(total=steps, initial=step, bar_format="{bar:12} {desc}", leave=False, mininterval=0.3) if drawn else None

    def add(self, news: News) -> None:
        if news.step == self._first + 1:
            self._begun, self._batch = time.monotonic(), news.examples // news.step  # workers have started, kernels are there
        self._mean(news.losses)
        if news.scores:
            self._scores = f"at {news.step}: {_listed(news.scores)}"
        if self._bar is not None:
            self._bar.set_description_str(self._text(news), refresh=False)
            self._bar.update(news.step - self._bar.n)
        elif news.scores or time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            self.say(self._text(news))

    def say(self, sentence: str) -> None:
        if not self._quiet:
            tqdm.write(sentence, file=sys.stderr)
            sys.stderr.flush()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def _mean(self, losses: Mapping[str, float]) -> None:
        keep = 1 - 1 / _HORIZON
        for name, value in losses.items():
            total, weight = self._means.get(name, (0.0, 0.0))
            self._means[name] = (total * keep + value, weight * keep + 1)

    def _text(self, news: News) -> str:
        """Step, time left, speed, scores, running means of the losses: a narrow terminal cuts off the last."""
        parts = [f"step {news.step}/{self._steps}"]
        made = news.step - self._first - 1
        if made:
            pace = (time.monotonic() - self._begun) / made
            left = min((self._steps - news.step) * pace, max(self._until - time.monotonic(), 0.0))
            parts += [f"{_span(left)} left", f"{self._batch / max(pace, 1e-9):.1f} examples/s"]
        means = {name: total / weight for name, (total, weight) in self._means.items()}
        return " | ".join(part for part in (*parts, self._scores, _listed(means)) if part)


def _listed(values: Mapping[str, float]) -> str:
    return " ".join(f"{name} {value:.4g}" for name, value in values.items())


def _span(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min" if seconds >= 60 else f"{seconds:.0f} s"
