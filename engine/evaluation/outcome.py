"""What an evaluation found: its trials, what they were run with, and the two files of numbers, `scores.json` and `scores.csv`."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from engine.evaluation.trial import MATCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.evaluation.scores.score import Score
    from engine.evaluation.summary import Part
    from engine.evaluation.trial import Trial

SCHEMA = 1
"""Of `scores.json`; rises when a key changes its meaning or goes."""

LIBRARIES = ("inlay", "torch", "numpy", "numba", "opencv-python-headless", "scipy")


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a report is made of, but for the pictures."""

    command: str
    asked: Mapping[str, Any]
    methods: tuple[str, ...]
    """The first is the one that the others are compared with."""
    scores: tuple[Score, ...]
    """Those that were computed, in the order of a table."""
    missing: Mapping[str, str]
    """Scores that could not be computed, each with the sentence why."""
    trials: tuple[Trial, ...]
    parts: tuple[Part, ...]
    """Means and differences, a kind of hole each."""
    lead: Score
    """The one that the report is about: what was asked for first, or LPIPS where it can be had."""
    peers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Versions of the peers' programs."""

    @property
    def seconds(self) -> float:
        """What all trials took, one after the other."""
        return sum(trial.seconds for trial in self.trials)

    @property
    def failed(self) -> tuple[Trial, ...]:
        """The trials without a fill."""
        return tuple(trial for trial in self.trials if trial.error)


def finite(scores: Mapping[str, float]) -> dict[str, float | None]:
    """Scores as plain numbers, with None in place of what is infinite or none."""
    return {name: float(value) if math.isfinite(value) else None for name, value in scores.items()}


def machine() -> dict[str, Any]:
    """What figures of time depend on, without naming anybody's computer."""
    return {"cores": os.cpu_count(), "system": platform.system(), "architecture": platform.machine(), "python": platform.python_version()}


def versions() -> dict[str, str]:
    """Of the program and of the libraries that decide scores."""
    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def as_json(outcome: Outcome) -> str:
    """The text of `scores.json`; docs/evaluate.md tells its keys."""
    content = {
        "schema": SCHEMA,
        "command": outcome.command,
        "asked": dict(outcome.asked),
        "versions": versions(),
        "peers": dict(outcome.peers),
        "machine": machine(),
        "seconds": round(outcome.seconds, 3),
        "peak_memory_mb": max((trial.cost.get("peak", 0.0) for trial in outcome.trials), default=0.0),
        "methods": list(outcome.methods),
        "scores": {one.name: asdict(one) for one in outcome.scores},
        "missing": dict(outcome.missing),
        "parts": [asdict(part) for part in outcome.parts],
        "trials": [asdict(trial) for trial in outcome.trials],
    }
    return json.dumps(_plain(content), indent=1, allow_nan=False) + "\n"


def as_csv(outcome: Outcome) -> str:
    """The text of `scores.csv`: one row a trial, empty cells where there is no number."""
    names = [one.name for one in outcome.scores if not one.of_set]
    costs, match = ("cpu", "wall", "peak", "rise"), MATCH if any(trial.match for trial in outcome.trials) else ()
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["picture", "number", "hole", "method", "height", "width", "hole_ratio", *names, *costs, "error", "fill", *match])
    for trial in outcome.trials:
        writer.writerow([*_row(trial, names, costs), *(trial.match.get(name) for name in match)])
    return lines.getvalue()


def _row(trial: Trial, names: Sequence[str], costs: Iterable[str]) -> list[Any]:
    """A line of `scores.csv`."""
    case = trial.case
    return [
        case.picture, case.number, case.hole, trial.method, *trial.size, round(trial.ratio, 6),
        *(trial.scores.get(name) for name in names), *(trial.cost.get(name) for name in costs), trial.error, trial.fill,
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    """The same with None for what JSON has no number for."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return None if isinstance(value, float) and not math.isfinite(value) else value
