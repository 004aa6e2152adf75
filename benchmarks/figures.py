"""From trials to figures: means, paired differences with their standard errors, ratios, and goals."""

from __future__ import annotations

import operator
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scores import HIGHER_IS_BETTER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trials import Trial

COLUMNS = {"psnr": ".2f", "ssim": ".3f", "detail": ".2f", "seam": "+.1f", "swd": ".1f", "lab": ".2f"}
COMPARISONS = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Difference:
    """Ours less the peer's on the same holes."""

    mean: float
    error: float
    """Standard error of the mean; 0 for a single pair."""
    ahead: int
    """On how many holes ours is better."""
    pairs: int

    def __str__(self) -> str:
        return f"{self.mean:+.3f} ± {self.error:.3f} ({self.ahead} of {self.pairs})"


def pairs(trials: list[Trial], ours: str, peer: str) -> list[tuple[Trial, Trial]]:
    """The trials of two methods on the same cases, where neither failed."""
    theirs = {one.key: one for one in trials if one.method == peer and not one.error}
    return [(one, theirs[one.key]) for one in trials if one.method == ours and not one.error and one.key in theirs]


def difference(both: list[tuple[Trial, Trial]], score: str) -> Difference:
    """Of one score, paired."""
    values = [(ours.scores[score], theirs.scores[score]) for ours, theirs in both]
    gaps = [ours - theirs for ours, theirs in values]
    error = statistics.stdev(gaps) / len(gaps) ** 0.5 if len(gaps) > 1 else 0.0
    ahead = sum(badness(score, ours) < badness(score, theirs) for ours, theirs in values)
    return Difference(statistics.fmean(gaps), error, ahead, len(gaps))


def badness(score: str, value: float) -> float:
    """A number that is lower for a better value of the score."""
    higher = HIGHER_IS_BETTER[score]
    if higher is None:
        return abs(value - (1.0 if score == "detail" else 0.0))
    return -value if higher else value


def mean(trials: Iterable[Trial], score: str) -> float:
    """Of one score over the trials that have it; not a number where none has."""
    values = [one.scores[score] for one in trials if score in one.scores]
    return statistics.fmean(values) if values else float("nan")


def median_cost(trials: Iterable[Trial], what: str) -> float:
    """Of one cost ("cpu", "wall", "peak", "rise") over the trials that did not fail."""
    values = [one.cost[what] for one in trials if what in one.cost]
    return statistics.median(values) if values else float("nan")


def ratio(both: list[tuple[Trial, Trial]], what: str) -> float:
    """Median over the holes of the peer's cost over ours."""
    return statistics.median(theirs.cost[what] / ours.cost[what] for ours, theirs in both)


def measure(both: list[tuple[Trial, Trial]], name: str) -> float:
    """One figure by its name in the settings: "speed", "memory", a score such as "psnr", or "psnr gain" over the peer.

    Speed is the peer's CPU seconds over ours, memory ours over the peer's (rise above what was resident before the fill).
    """
    if name == "speed":
        return ratio(both, "cpu")
    if name == "memory":
        return 1 / ratio(both, "rise")
    score, _, gain = name.partition(" ")
    return difference(both, score).mean if gain else mean((ours for ours, _ in both), score)


@dataclass(frozen=True)
class Verdict:
    """A goal, its figure, and whether it is reached."""

    goal: str
    figure: str
    reached: bool

    def __str__(self) -> str:
        return f"{self.goal}: {self.figure}, {'reached' if self.reached else 'NOT REACHED'}"


def verdict(both: list[tuple[Trial, Trial]], goal: str) -> Verdict:
    """A goal such as "psnr gain >= 0.5" or "swd ahead" (its mean is better than the peer's), on paired trials."""
    if not both:
        return Verdict(goal, "no pair of fills", reached=False)
    if goal.endswith(" ahead"):
        score = goal.removesuffix(" ahead")
        ours, theirs = (mean(side, score) for side in zip(*both, strict=True))
        return Verdict(goal, f"{ours:.3f} against {theirs:.3f}", badness(score, ours) < badness(score, theirs))
    name, sign, wanted = goal.rsplit(" ", 2)
    value = measure(both, name)
    shown = f"{value:.4g}"
    if name.endswith(" gain"):
        shown = str(difference(both, name.removesuffix(" gain")))
    return Verdict(goal, shown, COMPARISONS[sign](value, float(wanted)))


def table(trials: list[Trial]) -> str:
    """One line a kind of hole and method: means of the scores, medians and means of the costs."""
    lines = [f"| hole | method | n | {' | '.join(COLUMNS)} | CPU s mean (median) | wall s | rise MiB | changed outside |"]
    lines.append("|---" * (lines[0].count("|") - 1) + "|")
    for kind in dict.fromkeys(one.kind for one in trials):
        for method in dict.fromkeys(one.method for one in trials):
            group = [one for one in trials if one.kind == kind and one.method == method]
            if group:
                lines.append(_line(kind, method, group))
    return "\n".join(lines)


def _line(kind: str, method: str, group: list[Trial]) -> str:
    """A line of the table."""
    good = [one for one in group if not one.error]
    if not good:
        return f"| {kind} | {method} | 0 | {group[0].error} |"
    shown = " | ".join(f"{mean(good, score):{form}}" if good[0].scores else "" for score, form in COLUMNS.items())
    seconds = statistics.fmean(one.cost["cpu"] for one in good)
    costs = f"{seconds:.3f} ({median_cost(good, 'cpu'):.3f}) | {median_cost(good, 'wall'):.3f} | {median_cost(good, 'rise'):.0f}"
    count = f"{len(good)}" if len(good) == len(group) else f"{len(good)} of {len(group)}"
    return f"| {kind} | {method} | {count} | {shown} | {costs} | {max(one.changed_outside for one in good)} |"


def duels(trials: list[Trial], ours: str, peer: str) -> str:
    """Ours less a peer's, a line a kind of hole."""
    lines = []
    for kind in dict.fromkeys(one.kind for one in trials):
        both = [pair for pair in pairs(trials, ours, peer) if pair[0].kind == kind]
        if both:
            gaps = [f"{score} {difference(both, score)}" for score in COLUMNS if both[0][0].scores]
            costs = f"CPU {ratio(both, 'cpu'):.1f}x less, rise {1 / ratio(both, 'rise'):.2f} of its"
            lines.append(f"{kind}: {ours} less {peer}: {', '.join([*gaps, costs])}")
    return "\n".join(lines)
