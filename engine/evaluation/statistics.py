"""How sure a mean is, and a difference of two: bootstrap over pictures, with percentile intervals.

Holes in one picture resemble each other, so pictures are drawn with replacement, each with all its holes (a cluster
bootstrap: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13). The same seed draws the same
pictures for every method, so that methods which saw the same holes are resampled together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

RESAMPLES = 2000
LEVEL = 0.95
_BLOCK = 200
"""Resamples drawn at once: what bounds the memory, 200 numbers a picture."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where it lies with a confidence of 95 %; both ends are NaN where there are fewer than two pictures."""

    mean: float
    low: float
    high: float
    holes: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Paired:
    """One method against another on the holes that both filled."""

    difference: Interval
    """The mean of one's score less the other's; where a score has a target (1 or 0), of the distances from it."""
    better: int
    """Pictures on which the one was better."""
    equal: int
    """Pictures on which both were equal."""


def mean(values: Values, pictures: NDArray[Any], seed: int = 0) -> Interval:
    """The mean over all holes with its interval.

    Args:
        values: (n,) finite scores, a hole each.
        pictures: (n,) which picture each hole lies in: any values that can be told apart.
        seed: of the resampling.
    """
    if not values.size:
        return Interval(np.nan, np.nan, np.nan, 0, 0)
    sums, counts = _by_picture(values, pictures)
    low, high = _ends(sums, counts, seed) if sums.size > 1 else (np.nan, np.nan)
    return Interval(float(values.mean()), low, high, values.size, sums.size)


def paired(one: Values, other: Values, pictures: NDArray[Any], better: str, seed: int = 0) -> Paired:
    """Compare two methods on the same n holes; `better` is a Score's ("higher", "lower", "one" or "zero").

    A picture is better where the mean over its holes is.
    """
    difference = one - other if better in ("higher", "lower") else badness(one, better) - badness(other, better)
    sums, _ = _by_picture(badness(one, better) - badness(other, better), pictures)
    return Paired(mean(difference, pictures, seed), int((sums < 0).sum()), int((sums == 0).sum()))


def badness(values: Values, better: str) -> Values:
    """A number that falls as the score gets better: the distance from its target, or the score with its sign turned."""
    match better:
        case "higher":
            return -values
        case "one":
            return np.abs(values - 1)
        case "zero":
            return np.abs(values)
        case _:
            return values


def _by_picture(values: Values, pictures: NDArray[Any]) -> tuple[Values, Values]:
    """The sum of the values and their number in each picture."""
    _, place = np.unique(pictures, return_inverse=True)
    return np.bincount(place, values).astype(np.float64), np.bincount(place).astype(np.float64)


def _ends(sums: Values, counts: Values, seed: int) -> tuple[float, float]:
    """The interval's ends: quantiles of the mean over resampled pictures."""
    rng = np.random.default_rng(seed)
    even = np.full(sums.size, 1 / sums.size)
    means: list[Values] = []
    for _ in range(RESAMPLES // _BLOCK):
        drawn = rng.multinomial(sums.size, even, _BLOCK)
        means.append((drawn @ sums) / (drawn @ counts))
    low, high = np.quantile(np.concatenate(means), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
