"""The tables of a report: what each method reached, how it differs from the first, and what it cost."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.report.plots import arrow, interval, key
from engine.evaluation.report.svg import Axis, figure, hue, tag
from engine.evaluation.statistics import badness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.evaluation.scores.score import Score
    from engine.evaluation.statistics import Interval, Paired
    from engine.evaluation.summary import Part, Standing

MINUS = "\N{MINUS SIGN}"
NONE = "–"  # noqa: RUF001 - a dash
_WIDTH = 120
"""Of the drawing of an interval."""


def means(part: Part, scores: Sequence[Score]) -> str:
    """Methods by scores: the mean, its interval beneath, the best of a column in bold."""
    shown = [one for one in scores if any(one.name in standing.means or one.name in standing.over_all for standing in part.standings)]
    best = {one.name: _best(part, one) for one in shown}
    rows = "".join(
        _row(standing, number, "".join(_mean_cell(standing, one, best=best[one.name] == number) for one in shown))
        for number, standing in enumerate(part.standings)
    )
    return _table(["method", *map(_head, shown)], rows)


def differences(part: Part, scores: Sequence[Score]) -> str:
    """Each other method less the first: an interval beside the line of no difference, and on how many pictures it was better."""
    compared = part.standings[1:]
    axes = {one.name: _axis([standing.against[one.name].difference for standing in compared]) for one in scores}
    rows = "".join(
        _row(standing, number, "".join(_difference_cell(standing.against[one.name], one, axes[one.name], number) for one in scores))
        for number, standing in enumerate(compared, 1)
    )
    return _table([f"less {part.standings[0].method}", *map(_head, scores)], rows)


def costs(part: Part) -> str:
    """Fills, failures, seconds and memory."""
    rows = ""
    for number, one in enumerate(part.standings):
        failed = tag("b", str(one.failed), class_="failed") if one.failed else "0"
        cells = [_number(str(one.filled), one.filled), _number(failed, one.failed)]
        cells += [_number(figure(value), value) for value in (one.seconds, one.cpu, one.peak, one.rise)]
        rows += _row(one, number, "".join(cells))
    heads = ["method", "filled", "failed", "seconds a fill, median", "processor seconds", "peak memory, MiB", "of that for a fill"]
    return _table([heads[0], *(tag("span", head) for head in heads[1:])], rows)


def rounded(value: float, score: Score, *, signed: bool = False) -> str:
    """A score as it is worth showing."""
    if not math.isfinite(value):
        return NONE
    return f"{value:{'+' if signed else ''}.{score.digits}f}".replace("-", MINUS)


def value_of(standing: Standing, score: Score) -> float:
    """A method's mean of a score, or its score of all fills at once; NaN where there is none."""
    return standing.over_all.get(score.name, np.nan) if score.of_set else standing.means[score.name].mean


def badness_of(value: float, score: Score) -> float:
    """A number that falls as the score gets better."""
    return float(badness(np.array([value]), score.better)[0])


def verdict(found: Paired, score: Score) -> str:
    """Which side of no difference the whole interval lies on: "better", "worse" or "even"."""
    low, high = found.difference.low, found.difference.high
    if not math.isfinite(low) or low <= 0 <= high:
        return "even"
    return "better" if (low > 0) == (score.better == "higher") else "worse"


def _best(part: Part, score: Score) -> int | None:
    values = [value_of(standing, score) for standing in part.standings]
    ranked = [number for number, value in enumerate(values) if math.isfinite(value)]
    return min(ranked, key=lambda number: badness_of(values[number], score)) if len(ranked) > 1 else None


def _mean_cell(standing: Standing, score: Score, *, best: bool) -> str:
    value = value_of(standing, score)
    shown = tag("b", rounded(value, score), class_="best") if best else tag("span", rounded(value, score))
    found = standing.means.get(score.name)
    ends = tag("small", _ends(found, score)) if found is not None and not score.of_set and math.isfinite(found.low) else ""
    return _number(shown + ends, value)


def _ends(found: Interval, score: Score, *, signed: bool = False) -> str:
    return f"{rounded(found.low, score, signed=signed)} to {rounded(found.high, score, signed=signed)}"


def _difference_cell(found: Paired, score: Score, axis: Axis, number: int) -> str:
    if not found.difference.holes:
        return tag("td", NONE)
    words = f"{rounded(found.difference.mean, score, signed=True)}, 95 %: {_ends(found.difference, score, signed=True)}"
    share = f"better on {100 * found.better / found.difference.pictures:.0f} %"
    drawn = interval(found.difference, axis, number, words)
    said = tag("span", rounded(found.difference.mean, score, signed=True), class_=verdict(found, score))
    return tag("td", drawn + said + tag("small", share), data_value=found.difference.mean, title=f"{words}; {found.difference.holes} holes")


def _axis(found: Iterable[Interval]) -> Axis:
    """Of all differences in a column, with no difference on it."""
    reach = [abs(value) for one in found for value in (one.mean, one.low, one.high) if math.isfinite(value)]
    most = max(reach, default=0.0) * 1.08 or 1.0
    return Axis(-most, most, 6, _WIDTH - 6)


def _head(score: Score) -> str:
    return tag("span", escape(score.title), title=f"{score.sentence} {score.source}") + tag(
        "small", escape(f"{score.unit} {arrow(score)}".strip())
    )


def _row(standing: Standing, number: int, cells: str) -> str:
    return tag("tr", tag("th", key(number) + escape(standing.method), scope="row", class_=hue(number)) + cells)


def _number(shown: str, value: float) -> str:
    return tag("td", shown, data_value=value if math.isfinite(value) else "")


def _table(heads: Sequence[str], rows: str) -> str:
    """A table that a script may sort by any column; it scrolls by itself where the page is narrow."""
    head = "".join(tag("th", one if number else escape(one), scope="col") for number, one in enumerate(heads))
    return tag("div", tag("table", tag("thead", tag("tr", head)) + tag("tbody", rows), class_="sortable"), class_="wide")
