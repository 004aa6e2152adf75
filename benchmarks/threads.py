"""Two cores against one: how much sooner a fill is there, on an idle machine; see README.md."""

from __future__ import annotations

import argparse
import statistics
from typing import TYPE_CHECKING, Any

import psutil
import trials
from compare import common_options, settings

from engine.evaluation.workers import Effort, Worker

if TYPE_CHECKING:
    from pathlib import Path

BUSY = 10.0
"""Per cent of all cores that others may use on a machine that counts as idle."""


def idle() -> bool:
    """Whether nobody else uses the machine for two seconds, and it has two cores."""
    return (psutil.cpu_count() or 1) >= 2 and psutil.cpu_percent(interval=2.0) < BUSY


def speed_up(peers: Path | None, runs: int = 5) -> float | None:
    """Wall seconds of one thread over those of two, the median over the photographs; None where the machine is not idle."""
    if not idle():
        return None
    asked = settings()["threads"]
    look = settings()["looks"][asked["look"]]
    ratios = []
    with Worker(look, threads=1) as one, Worker(look, threads=2) as two:
        for case in trials.cases(asked["set"], ["brush"], peers, None):
            walls: dict[Worker, list[float]] = {one: [], two: []}
            for worker in (one, two) * runs:
                walls[worker].append(worker.fill(case.truth, case.mask, Effort(runs=1))[1]["wall"])
            ratios.append(statistics.median(walls[one]) / statistics.median(walls[two]))
    return statistics.median(ratios) if idle() else None


def report(peers: Path | None) -> list[dict[str, Any]]:
    """The row of the results."""
    goal, figure = settings()["threads"]["goal"], speed_up(peers)
    shown = "not measured: the machine was not idle" if figure is None else f"{figure:.2f}"
    return [
        {
            "what": "two cores against one, wall time",
            "goal": f">= {goal}",
            "figure": shown,
            "reached": None if figure is None else figure >= goal,
        }
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    common_options(parser)
    for line in report(parser.parse_args().peers):
        print(line)


if __name__ == "__main__":
    main()
