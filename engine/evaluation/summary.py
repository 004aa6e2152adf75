"""Trials drawn together: for each kind of hole what each method reached, and how it compares with the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.statistics import Interval, Paired, mean, paired

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.evaluation.scores.score import Score
    from engine.evaluation.trial import Case, Trial


@dataclass(frozen=True, slots=True)
class Standing:
    """What one method reached on one kind of hole."""

    method: str
    filled: int
    failed: int
    means: Mapping[str, Interval]
    """By score, over the holes that every method filled."""
    against: Mapping[str, Paired]
    """By score, less the first method's, over the holes that both filled; empty for the first."""
    over_all: Mapping[str, float]
    """Scores of all fills at once (Frechet distances)."""
    seconds: float
    """The median of a fill's wall seconds; NaN where it never filled."""
    cpu: float
    """The same of processor seconds, of all threads; far less than `seconds` where something else kept the machine busy."""
    peak: float
    """The most memory that its process held, in MiB, program and libraries included."""
    rise: float
    """The most that one fill added to it, in MiB."""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of hole."""

    hole: str
    holes: int
    pictures: int
    common: int
    """Holes that every method filled (but for methods that filled none)."""
    standings: tuple[Standing, ...]


def parts(
    trials: Sequence[Trial],
    methods: Sequence[str],
    scores: Sequence[Score],
    seed: int,
    over_all: Mapping[tuple[str, str], Mapping[str, float]],
) -> tuple[Part, ...]:
    """All kinds of holes, in the order in which they come.

    Args:
        trials: of all methods.
        methods: the first is what the others are compared with.
        scores: which scores, and which way each is better.
        seed: of the resampling.
        over_all: scores of whole sets of fills, by kind of hole and method.
    """
    kinds = list(dict.fromkeys(trial.case.hole for trial in trials))
    families = [kind.partition("-")[0] for kind in kinds]
    # the buckets of irregular holes come as the pictures do
    kinds.sort(key=lambda kind: (families.index(kind.partition("-")[0]), kind))
    return tuple(_part(kind, _by_method(trials, methods, kind), scores, seed, over_all) for kind in kinds)


def _by_method(trials: Iterable[Trial], methods: Iterable[str], kind: str) -> dict[str, dict[Case, Trial]]:
    found: dict[str, dict[Case, Trial]] = {method: {} for method in methods}
    for trial in trials:
        if trial.case.hole == kind and trial.method in found:
            found[trial.method][trial.case] = trial
    return found


def _part(
    kind: str,
    found: Mapping[str, Mapping[Case, Trial]],
    scores: Sequence[Score],
    seed: int,
    over_all: Mapping[tuple[str, str], Mapping[str, float]],
) -> Part:
    filled = {method: {case: trial for case, trial in have.items() if not trial.error} for method, have in found.items()}
    common = common_cases(filled.values())
    first = next(iter(filled))
    cases = list(dict.fromkeys(case for have in found.values() for case in have))
    standings = tuple(
        Standing(
            method,
            len(have),
            len(found[method]) - len(have),
            {one.name: _mean(have, common, one, seed) for one in scores},
            {one.name: _against(have, filled[first], one, seed) for one in scores if method != first},
            over_all.get((kind, method), {}),
            *(float(np.median([trial.cost[name] for trial in have.values()])) if have else np.nan for name in ("wall", "cpu")),
            *(max((trial.cost.get(name, np.nan) for trial in have.values()), default=np.nan) for name in ("peak", "rise")),
        )
        for method, have in filled.items()
    )
    return Part(kind, len(cases), len({case.picture for case in cases}), len(common), standings)


def common_cases(filled: Iterable[Mapping[Case, Trial]]) -> list[Case]:
    """The cases that every method filled; a method that filled none at all has no say."""
    have = [one for one in filled if one]
    return [case for case in have[0] if all(case in one for one in have)] if have else []


def _mean(have: Mapping[Case, Trial], cases: Iterable[Case], score: Score, seed: int) -> Interval:
    rows = [(value, case.picture) for case in cases if case in have and (value := have[case].scores.get(score.name)) is not None]
    return mean(np.array([value for value, _ in rows]), np.array([picture for _, picture in rows]), seed)


def _against(have: Mapping[Case, Trial], first: Mapping[Case, Trial], score: Score, seed: int) -> Paired:
    rows = [
        (one, other, case.picture)
        for case, trial in have.items()
        if case in first and (one := trial.scores.get(score.name)) is not None and (other := first[case].scores.get(score.name)) is not None
    ]
    one, other = (np.array([row[number] for row in rows], np.float64) for number in (0, 1))
    return paired(one, other, np.array([row[2] for row in rows]), score.better, seed)
