"""The road of an evaluation: what is to be done, doing it, and drawing it together. What was done already is not done again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.evaluation.bench import TRUTH, Bench, Task, features_of
from engine.evaluation.benches import Benches
from engine.evaluation.outcome import Outcome
from engine.evaluation.scores import set_scores
from engine.evaluation.summary import common_cases, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.evaluation.asked import Asked, Field
    from engine.evaluation.journal import Journal
    from engine.evaluation.scores import Judge
    from engine.evaluation.trial import Trial


LEAD = "lpips-alexnet"
"""The score that a report is about, unless others are asked for."""


@dataclass(frozen=True, slots=True)
class News:
    """How far an evaluation is: trials done of all, those of earlier runs among them, and which was the last."""

    done: int
    of: int
    last: str


def evaluation(
    asked: Asked, folder: Path, field: Field, judge: Judge, journal: Journal, processes: int = 1, *, retry: bool = False
) -> Generator[News, None, list[Trial]]:
    """Do what is left to do, yielding news, and return all trials that are asked for.

    Args:
        asked: the evaluation.
        folder: where fills are kept.
        field: its pictures and holes.
        judge: of its scores.
        journal: what was done already, and where each trial is written as soon as it is done.
        processes: benches at once.
        retry: try those again that failed before.

    Raises:
        BadInput: a photograph or a mask cannot be read.
        EngineFailure: the disk refuses a file, or a process ended by itself.
    """
    wanted = [(case, method) for case in field.cases for method in asked.methods]
    tasks = to_do(asked, folder, field, judge, journal, retry=retry)
    left = sum(len(task.fill) + len(task.judge) for task in tasks)
    yield News(len(wanted) - left, len(wanted), "")
    with _benches(asked, folder, field, judge, min(processes, len(tasks))) as bench:
        for number, trial in enumerate(bench(tasks), 1):
            journal.add(trial)
            yield News(len(wanted) - left + number, len(wanted), f"{trial.case.hole} {trial.case.picture}, {trial.method}")
    return [journal.trials[key] for key in wanted]


def to_do(asked: Asked, folder: Path, field: Field, judge: Judge, journal: Journal, *, retry: bool = False) -> list[Task]:
    """What has not been done: holes to be filled, and kept fills without a score that is wanted now."""
    tasks: list[Task] = []
    for number, case in enumerate(field.cases):
        fill: list[str] = []
        again: list[Trial] = []
        for method in asked.methods:
            trial = journal.trials.get((case, method))
            if trial is None or (trial.error and retry) or (trial.fill and not (folder / trial.fill).is_file()):
                fill.append(method)
            elif not trial.error and _unjudged(trial, folder, judge):
                again.append(trial)
        if fill or again:
            tasks.append(Task(number, tuple(fill), tuple(again)))
    return tasks


def _unjudged(trial: Trial, folder: Path, judge: Judge) -> bool:
    """Whether a kept fill lacks a score that is wanted."""
    wanted = [score for score in judge.wanted if score.least <= min(trial.size)]
    if {score.name for score in wanted if not score.of_set} - set(trial.scores):
        return True
    networks = {score.needs[0] for score in wanted if score.of_set}
    return bool(networks) and not networks <= set(features_of(folder, trial.method, trial.case))


@contextmanager
def _benches(asked: Asked, folder: Path, field: Field, judge: Judge, count: int) -> Generator[Callable[[list[Task]], Iterator[Trial]]]:
    """What does tasks: a bench in this process, or several in processes of their own. One thread each, so that scores are the same."""
    if count > 1:
        with Benches(folder, field, asked, tuple(score.name for score in judge.wanted), count) as benches:
            yield benches.trials
    else:
        with _one_thread(judge), Bench(folder, field, judge, asked) as bench:
            yield lambda tasks: (trial for task in tasks for trial in bench.trials(task))


@contextmanager
def _one_thread(judge: Judge) -> Generator[None]:
    """Networks of the judge on one thread, where it has any."""
    if not any(score.needs for score in judge.wanted):
        yield
        return
    import torch  # noqa: PLC0415 - most scores do without

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def drawn_together(asked: Asked, folder: Path, judge: Judge, trials: Sequence[Trial], command: str, peers: Mapping[str, str]) -> Outcome:
    """The outcome of an evaluation's trials.

    Args:
        asked: the evaluation.
        folder: where the features of its fills are.
        judge: of its scores.
        trials: all of them, in order.
        command: as typed.
        peers: versions of the peers' programs.
    """
    singles = [score for score in judge.wanted if not score.of_set]
    shown = tuple(
        replace(one, scores={score.name: one.scores[score.name] for score in singles if score.name in one.scores}) for one in trials
    )
    over_all = _over_all(asked, folder, shown) if len(singles) < len(judge.wanted) else {}
    have = {name for found in (*(one.scores for one in shown), *over_all.values()) for name in found}
    scores = tuple(score for score in judge.wanted if score.name in have) or tuple(singles)
    lead = next((score for score in scores if score.name == LEAD and asked.scores is None), scores[0])
    found = parts(shown, asked.methods, scores, asked.seed, over_all)
    return Outcome(command, asked.told(), asked.methods, scores, judge.missing, shown, found, lead, peers)


def _over_all(asked: Asked, folder: Path, trials: Sequence[Trial]) -> dict[tuple[str, str], dict[str, float]]:
    """Scores of whole sets of fills, by kind of hole and method, over the holes that every method filled."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for kind in dict.fromkeys(trial.case.hole for trial in trials):
        filled = {
            method: {one.case: one for one in trials if (one.case.hole, one.method, one.error) == (kind, method, "")}
            for method in asked.methods
        }
        cases = common_cases(filled.values())
        truths = [features_of(folder, TRUTH, case) for case in cases]
        for method in (one for one in asked.methods if filled[one]):
            found[kind, method] = set_scores([features_of(folder, method, case) for case in cases], truths)
    return found
