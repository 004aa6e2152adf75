"""The sentences that an evaluation comes down to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.evaluation.report.tables import badness_of, rounded, value_of, verdict

if TYPE_CHECKING:
    from engine.evaluation.outcome import Outcome
    from engine.evaluation.scores.score import Score
    from engine.evaluation.summary import Part, Standing


def headline(outcome: Outcome, part: Part) -> str:
    """Who is best by the leading score on a kind of hole, and who is next."""
    score, ranked = outcome.lead, _ranked(outcome, part)
    if not ranked:
        return f"No method filled any of the {part.holes} {part.hole} holes."
    holes = f"{part.common} {part.hole} hole{'' if part.common == 1 else 's'}"
    best = f"{_named(score)} {_value(ranked[0], score)}"
    if len(ranked) == 1:
        return f"{ranked[0].method} on {holes}: {best}."
    return f"{ranked[0].method} leads on {holes}: {best}, before {ranked[1].method} with {_value(ranked[1], score)}."


def margin(outcome: Outcome, part: Part) -> str:
    """How far the best and the next are apart, and whether that is sure; empty where the one that is compared with is neither."""
    score, ranked, first = outcome.lead, _ranked(outcome, part), part.standings[0]
    if len(ranked) < 2 or first not in ranked[:2]:
        return ""
    best, second = ranked[:2]
    found = (second if first is best else best).against[score.name]
    ahead = found.difference.pictures - found.better - found.equal if first is best else found.better
    wins = f"{best.method} is the better on {ahead} of {found.difference.pictures} pictures."
    apart = f"They are {rounded(abs(found.difference.mean), score)} apart{_share(best, second, score)}"
    ends = sorted(math.copysign(1, found.difference.mean) * end for end in (found.difference.low, found.difference.high))
    if not math.isfinite(ends[0]):
        return f"{apart}; one picture says nothing about others."
    if verdict(found, score) == "even":
        return f"{apart}, which may be chance: the 95 % interval goes from {' to '.join(rounded(end, score, signed=True) for end in ends)}. {wins}"
    return f"{apart}, with a 95 % interval from {' to '.join(rounded(end, score) for end in ends)}. {wins}"


def _ranked(outcome: Outcome, part: Part) -> list[Standing]:
    """The methods that have the leading score, the best first."""
    have = [one for one in part.standings if math.isfinite(value_of(one, outcome.lead))]
    return sorted(have, key=lambda one: badness_of(value_of(one, outcome.lead), outcome.lead))


def _named(score: Score) -> str:
    """Its title as it stands in a sentence: "LPIPS (AlexNet)"."""
    title, comma, rest = score.title.partition(", ")
    return f"{title} ({rest})" if comma else title


def _value(standing: Standing, score: Score) -> str:
    return f"{rounded(value_of(standing, score), score)}{f' {score.unit}' if score.unit else ''}"


def _share(best: Standing, second: Standing, score: Score) -> str:
    """By what share an error is smaller."""
    if score.better != "lower" or not value_of(second, score) > 0:
        return ""
    return f" ({100 * (1 - value_of(best, score) / value_of(second, score)):.0f} % less)"
