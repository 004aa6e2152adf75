"""The plots of a report: a score by the size of the hole, its distribution, time by megapixels, and intervals of differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.report.svg import Axis, dot, drawing, figure, hue, line, marker, polyline, tag, text, tick
from engine.evaluation.statistics import mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.evaluation.scores.score import Score
    from engine.evaluation.statistics import Interval
    from engine.evaluation.trial import Trial

SIZE = (560, 380)
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 382, 16, 330
"""The rectangle of a plot with axes; on its right the names of the methods stand at the ends of their lines."""
MOST_DOTS = 400
"""Dots of a method in a plot; of more trials every n-th is drawn, and all count in lines and intervals."""
_BINS = 6
_LEAST_IN_BIN = 5


@dataclass(frozen=True, slots=True)
class Cloud:
    """The trials of a method as points of a plot."""

    name: str
    number: int
    """Of the method: its colour and its marker."""
    across: NDArray[np.float64]
    up: NDArray[np.float64]
    pictures: NDArray[np.str_]
    words: Sequence[str]

    @classmethod
    def of(cls, trials: Sequence[Trial], number: int, across: Sequence[float], up: Sequence[float]) -> Cloud:
        """One from trials and two numbers of each."""
        return cls(
            trials[0].method if trials else "",
            number,
            np.array(across, np.float64),
            np.array(up, np.float64),
            np.array([trial.case.picture for trial in trials], np.str_),
            [f"{trial.case.picture}: {figure(one)} at {figure(other)}" for trial, one, other in zip(trials, up, across, strict=True)],
        )


def by_hole_size(trials: Mapping[str, Sequence[Trial]], score: Score) -> str:
    """A score by the share of the picture that the hole takes: a dot a hole, and means of holes of like size with their interval."""
    clouds: list[Cloud] = []
    for number, have in enumerate(trials.values()):
        rows = [(trial, value) for trial in have if (value := trial.scores.get(score.name)) is not None]
        shown = [trial for trial, _ in rows]
        clouds.append(Cloud.of(shown, number, [100 * trial.ratio for trial in shown], [value for _, value in rows]))
    axes = _axes(clouds)
    content = _frame(axes, "hole, % of the picture", titled(score)) + "".join(_dots(cloud, axes) for cloud in clouds)
    lines = [_line_of_means(cloud, axes) for cloud in clouds if cloud.up.size]
    content += "".join(area for area, _, _ in lines) + "".join(drawn for _, drawn, _ in lines)
    return drawing(
        SIZE,
        content + _names([(end, cloud) for (_, _, end), cloud in zip(lines, _full(clouds), strict=True)]),
        f"{score.title} by hole size",
    )


def time_by_megapixels(trials: Mapping[str, Sequence[Trial]]) -> str:
    """Seconds of a fill by the picture's size, both by their logarithm."""
    clouds = [
        Cloud.of(have, number, [trial.megapixels for trial in have], [trial.cost["wall"] for trial in have])
        for number, have in enumerate(trials.values())
    ]
    axes = _axes(clouds, logarithmic=True)
    content = _frame(axes, "picture, megapixels", "seconds a fill") + "".join(_dots(cloud, axes) for cloud in clouds)
    ends: list[tuple[float, Cloud]] = []
    for cloud in _full(clouds):
        points = [(axes[0].at(across), axes[1].at(up)) for across, up in _medians(cloud)]
        content += (polyline(points, f"line {hue(cloud.number)}") if len(points) > 1 else "") + marker(points[-1], cloud.number)
        ends.append((points[-1][1], cloud))
    return drawing(SIZE, content + _names(ends), "Seconds a fill by megapixels")


def distribution(trials: Mapping[str, Sequence[Trial]], score: Score, most: int = MOST_DOTS, width: int = SIZE[0]) -> str:
    """Where the score lies on all holes: a dot a hole, the middle half as a bar, the median as a gap in it, the mean with its interval.

    Args:
        trials: by method.
        score: which.
        most: dots of a method.
        width: of the drawing.
    """
    lane = 54
    found = {method: _values(have, score) for method, have in trials.items()}
    bottom = 12 + lane * len(found)
    target = {"one": [1.0], "zero": [0.0]}.get(score.better, [])
    axis = Axis.around([float(value) for values, _ in found.values() for value in values] + target, 22, width - 18)
    content = "".join(
        line((axis.at(at), 8), (axis.at(at), bottom), "grid") + text((axis.at(at), bottom + 16), tick(at), "tick", "middle")
        for at in axis.ticks(width // 90)
    )
    content += "".join(line((axis.at(at), 8), (axis.at(at), bottom), "zero") for at in target)
    content += text((width / 2, bottom + 36), titled(score), "axis", "middle")
    for number, (method, (values, pictures)) in enumerate(found.items()):
        content += text((22, 24 + lane * number), method, f"name {hue(number)}")
        content += _lane(values, pictures, axis, 43.0 + lane * number, number, most) if values.size else ""
    return drawing((width, bottom + 44), content, f"Distribution of {score.title}")


def interval(found: Interval, axis: Axis, number: int, words: str) -> str:
    """A difference with its interval beside the line of no difference."""
    middle = 11.0
    content = line((axis.at(0), 1), (axis.at(0), 21), "zero")
    if np.isfinite(found.low):
        content += line((axis.at(found.low), middle), (axis.at(found.high), middle), f"whisker {hue(number)}")
    return drawing((axis.end + axis.start, 22), content + marker((axis.at(found.mean), middle), number), words, "interval")


def key(number: int) -> str:
    """The sign of a method, for tables and legends."""
    return tag("svg", marker((7.0, 7.0), number), viewBox="0 0 14 14", class_="key", aria_hidden="true")


def titled(score: Score) -> str:
    """A score's title with its unit and an arrow to where it is better."""
    return f"{score.title}{f' ({score.unit})' if score.unit else ''} {arrow(score)}"


def arrow(score: Score) -> str:
    """Which way is better."""
    return {"higher": "↑", "lower": "↓", "one": "→ 1", "zero": "→ 0"}[score.better]


def _values(trials: Sequence[Trial], score: Score) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    rows = [(value, trial.case.picture) for trial in trials if (value := trial.scores.get(score.name)) is not None]
    return np.array([value for value, _ in rows], np.float64), np.array([picture for _, picture in rows], np.str_)


def _full(clouds: Sequence[Cloud]) -> list[Cloud]:
    return [cloud for cloud in clouds if cloud.up.size]


def _axes(clouds: Sequence[Cloud], *, logarithmic: bool = False) -> tuple[Axis, Axis]:
    across, up = ([float(value) for cloud in clouds for value in getattr(cloud, name)] for name in ("across", "up"))
    return Axis.around(across, _LEFT, _RIGHT, logarithmic=logarithmic), Axis.around(up, _BOTTOM, _TOP, logarithmic=logarithmic)


def _frame(axes: tuple[Axis, Axis], across: str, up: str) -> str:
    """Grid, ticks and titles."""
    content = ""
    for at in axes[0].ticks():
        content += line((axes[0].at(at), _TOP), (axes[0].at(at), _BOTTOM), "grid") + text(
            (axes[0].at(at), _BOTTOM + 18), tick(at), "tick", "middle"
        )
    for at in axes[1].ticks():
        content += line((_LEFT, axes[1].at(at)), (_RIGHT, axes[1].at(at)), "grid") + text(
            (_LEFT - 8, axes[1].at(at) + 4), tick(at), "tick", "end"
        )
    turned = tag("text", up, transform=f"translate(14 {(_TOP + _BOTTOM) // 2}) rotate(-90)", class_="axis", text_anchor="middle")
    return content + text(((_LEFT + _RIGHT) / 2, _BOTTOM + 40), across, "axis", "middle") + turned


def _dots(cloud: Cloud, axes: tuple[Axis, Axis]) -> str:
    some = range(0, cloud.up.size, -(-cloud.up.size // MOST_DOTS) or 1)
    return "".join(
        dot(
            (axes[0].at(float(cloud.across[one])), axes[1].at(float(cloud.up[one]))),
            f"cloud {hue(cloud.number)}",
            f"{cloud.name}, {cloud.words[one]}",
        )
        for one in some
    )


def _line_of_means(cloud: Cloud, axes: tuple[Axis, Axis]) -> tuple[str, str, float]:
    """The area of the intervals, the line through the means, and the height at which it ends."""
    bins = [(float(cloud.across[some].mean()), mean(cloud.up[some], cloud.pictures[some])) for some in _bins(cloud.across)]
    aside = 5.0 * cloud.number if len(bins) == 1 else 0.0
    points = [(axes[0].at(across) + aside, axes[1].at(found.mean)) for across, found in bins]
    ends = [
        (x, axes[1].at(found.low), axes[1].at(found.high))
        for (x, _), (_, found) in zip(points, bins, strict=True)
        if np.isfinite(found.low)
    ]
    look = hue(cloud.number)
    if len(bins) > 1:
        area = polyline([(x, low) for x, low, _ in ends] + [(x, high) for x, _, high in reversed(ends)], f"band {look}", closed=True)
        drawn = polyline(points, f"line {look}")
    else:
        area, drawn = "", "".join(line((x, low), (x, high), f"whisker {look}") for x, low, high in ends)
    return area, drawn + "".join(marker(at, cloud.number) for at in points), points[-1][1]


def _bins(across: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Trials of like values: a bin for each of a few values, or as many trials in each; one bin where all are alike or few."""
    values = np.unique(across)
    if values.size <= _BINS and across.size >= _LEAST_IN_BIN * values.size:
        return [np.flatnonzero(across == value) for value in values]
    wanted = min(_BINS, across.size // _LEAST_IN_BIN) if np.ptp(across) > 0.01 * abs(float(across.mean())) else 1
    return np.array_split(np.argsort(across, kind="stable"), max(wanted, 1))


def _medians(cloud: Cloud) -> list[tuple[float, float]]:
    return [(float(np.median(cloud.across[some])), float(np.median(cloud.up[some]))) for some in _bins(cloud.across)]


def _names(ends: Sequence[tuple[float, Cloud]]) -> str:
    """The methods' names at the heights where their lines end, pushed apart where they would overlap."""
    gap, content, last = 17.0, "", -1e9
    heights: list[float] = []
    for wanted, _ in sorted(ends, key=lambda end: end[0]):
        last = max(wanted, last + gap)
        heights.append(last)
    over = max(0.0, last - (_BOTTOM + 4))
    for height, (_, cloud) in zip(heights, sorted(ends, key=lambda end: end[0]), strict=True):
        at = _RIGHT + 16.0, height - over
        content += marker(at, cloud.number) + text((at[0] + 10, at[1] + 4), _short(cloud.name), f"name {hue(cloud.number)}")
    return content


def _short(name: str) -> str:
    return name if len(name) <= 17 else name[:16] + "…"


def _lane(values: NDArray[np.float64], pictures: NDArray[np.str_], axis: Axis, middle: float, number: int, most: int) -> str:
    """One method's line of a distribution."""
    look = hue(number)
    some = values[:: -(-values.size // most) or 1]
    spread = np.random.default_rng(0).uniform(-9, 9, some.size)
    content = "".join(
        dot((axis.at(float(value)), middle + float(off)), f"cloud {look}", figure(value), 2.6)
        for value, off in zip(some, spread, strict=True)
    )
    low, median, high = (axis.at(float(value)) for value in np.quantile(values, [0.25, 0.5, 0.75]))
    content += line((low, middle), (high, middle), f"bar {look}") + line((median, middle - 7), (median, middle + 7), "median")
    found = mean(values, pictures)
    if np.isfinite(found.low):
        content += line((axis.at(found.low), middle + 14), (axis.at(found.high), middle + 14), f"whisker {look}")
    return content + marker((axis.at(found.mean), middle + 14), number, f"mean {figure(found.mean)}")
