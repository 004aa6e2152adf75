"""A bench: fillers in processes of their own and a judge, which take one hole after the other."""

from __future__ import annotations

import re
import time
import zlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from PIL import Image

from engine.errors import EngineFailure
from engine.evaluation.journal import written_to
from engine.evaluation.methods import takes_references
from engine.evaluation.outcome import finite
from engine.evaluation.trial import Case, Trial, matched
from engine.evaluation.workers import Effort, Worker

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.evaluation.asked import Asked, Field
    from engine.evaluation.scores import Judge

    Pixels = NDArray[np.uint8]

FILLS, FEATURES = "fills", "features"
"""Folders of an evaluation."""
TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Task:
    """One hole: who has to fill it, and which fills of it have to be judged."""

    number: int
    """Of the case in its Field."""
    fill: tuple[str, ...]
    judge: tuple[Trial, ...] = ()
    """Trials whose fills are kept already, and whose scores are not."""


class Bench:
    """Fills and judges; a context, at whose end the fillers' processes are gone.

    Args:
        folder: the evaluation's.
        field: pictures and holes.
        judge: what scores the fills.
        asked: the device where methods of the shelf compute, and after how long a fill counts as failed.
    """

    def __init__(self, folder: Path, field: Field, judge: Judge, asked: Asked) -> None:
        self.folder, self.field, self.judge, self._device = folder, field, judge, asked.device
        self._effort = Effort(runs=1, limit=asked.timeout)
        self._workers: dict[str, Worker] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def trials(self, task: Task) -> Generator[Trial]:
        """The task's trials, each with its scores, its fill written.

        Raises:
            BadInput: a photograph or a mask cannot be read.
            EngineFailure: the disk refuses a fill.
        """
        truth, mask = self.field.shown(task.number)
        for trial in task.judge:
            yield self._judged(trial, fill_of(self.folder, trial), truth, mask)
        taking = {method for method in task.fill if takes_references(method)}
        beside = self.field.beside(task.number) if taking else {}
        for method in task.fill:
            yield self._tried(self.field.cases[task.number], method, truth, mask, beside if method in taking else {})

    def _tried(self, case: Case, method: str, truth: Pixels, mask: Pixels, beside: Mapping[str, Pixels]) -> Trial:
        """One method on one hole."""
        begun = time.perf_counter()
        trial, filled = self._filled(case, method, truth, mask, beside)
        trial = replace(trial, seconds=time.perf_counter() - begun)
        if filled is None:
            return trial
        with written_to(self.folder):
            self._keep(trial, filled)
        return self._judged(trial, filled, truth, mask)

    def _filled(self, case: Case, method: str, truth: Pixels, mask: Pixels, beside: Mapping[str, Pixels]) -> tuple[Trial, Pixels | None]:
        """One fill, not judged yet, with the known pixels as they were."""
        hole = mask > 0
        trial = Trial(case, method, (truth.shape[0], truth.shape[1]), float(hole.mean()))
        try:
            filled, reply = self._worker(method).fill(truth, mask, self._effort, beside)
        except OSError as error:
            raise EngineFailure(
                f"A filler's temporary files cannot be written ({error.strerror or error}); make room, and give the same command to go on."
            ) from None
        if filled is None:
            return replace(trial, error=str(reply["error"])), None
        cost = {name: float(reply[name]) for name in ("cpu", "wall", "peak", "rise") if name in reply}
        whole = np.where(hole[..., None], filled, truth)
        return replace(trial, cost=cost, fill=f"{FILLS}/{stem(method, case)}.png", match=matched(reply.get("record", {}))), whole

    def _judged(self, trial: Trial, filled: Pixels, truth: Pixels, mask: Pixels) -> Trial:
        begun = time.perf_counter()
        scores = self.judge.scores(filled, truth, mask)
        features = self.judge.features(filled, truth, mask)
        with written_to(self.folder):
            self._write_features(stem(trial.method, trial.case), features)
            if features and not (self.folder / FEATURES / f"{stem(TRUTH, trial.case)}.npz").exists():
                self._write_features(stem(TRUTH, trial.case), self.judge.features(truth, truth, mask))
        return replace(trial, scores={**trial.scores, **finite(scores)}, seconds=round(trial.seconds + time.perf_counter() - begun, 4))

    def _keep(self, trial: Trial, filled: Pixels) -> None:
        path = self.folder / trial.fill
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(filled).save(path, compress_level=3)

    def _write_features(self, name: str, features: dict[str, NDArray[np.float32]]) -> None:
        if not features:
            return
        path = self.folder / FEATURES / f"{name}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez(file, **dict[str, Any](features))

    def _worker(self, method: str) -> Worker:
        """The method's filler, which starts with its first hole."""
        if method not in self._workers:
            self._workers[method] = self._stack.enter_context(Worker(method, device=self._device))
        return self._workers[method]


def fill_of(folder: Path, trial: Trial) -> Pixels:
    """A fill that was kept, (H, W, 3)."""
    with Image.open(folder / trial.fill) as file:
        return np.asarray(file.convert("RGB"))


def features_of(folder: Path, method: str, case: Case) -> dict[str, NDArray[np.float32]]:
    """What a fill's set scores are computed from; of the truth where the method is `TRUTH`."""
    path = folder / FEATURES / f"{stem(method, case)}.npz"
    if not path.exists():
        return {}
    with np.load(path) as arrays:
        return {name: arrays[name] for name in arrays.files}


def stem(method: str, case: Case) -> str:
    """The name of a trial's files without their ending: a folder a method, and names that any disk takes."""
    return f"{plain(method)}/{plain(case.hole)}-{case.number:05d}-{plain(case.picture)}"


def plain(name: str) -> str:
    """A name of letters, digits, dots and hyphens; one that had to be changed says by four digits which it was."""
    changed = re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.")[:60]
    return changed if changed == name else f"{changed}-{zlib.crc32(name.encode()) & 0xFFFF:04x}"
