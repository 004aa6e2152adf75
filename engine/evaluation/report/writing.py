"""Writes what an evaluation found: `scores.json`, `scores.csv` and `report.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evaluation.bench import fill_of
from engine.evaluation.journal import written_to
from engine.evaluation.outcome import as_csv, as_json
from engine.evaluation.report.page import page
from engine.evaluation.report.strips import picks, strip
from engine.evaluation.report.tables import badness_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.evaluation.asked import Field
    from engine.evaluation.outcome import Outcome
    from engine.evaluation.report.strips import Strip
    from engine.evaluation.scores.score import Score
    from engine.evaluation.trial import Trial


STRIPS, STRIPS_IN_ALL = 24, 72
"""Strips of a kind of hole, and of all kinds, unless more are asked for: what keeps a report to some ten megabytes."""


def write(outcome: Outcome, folder: Path, field: Field, count: int | None = None) -> None:
    """Write the three files, each whole or not at all.

    Args:
        outcome: what was found.
        folder: where to, and where the fills are.
        field: the pictures and holes.
        count: strips of pictures in the report for each kind of hole, at most; None: as many as keep it small.

    Raises:
        BadInput: a photograph or a mask cannot be read any more.
        EngineFailure: the disk refuses a file.
    """
    if count is None:
        count = max(3, min(STRIPS, STRIPS_IN_ALL // len(outcome.parts)))
    strips = {part.hole: chosen(outcome, folder, field, part.hole, count) for part in outcome.parts}
    for name, text in (("scores.json", as_json(outcome)), ("scores.csv", as_csv(outcome)), ("report.html", page(outcome, strips))):
        with written_to(folder):
            part = folder / f".{name}.inlay-part"
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(folder / name)


def chosen(outcome: Outcome, folder: Path, field: Field, hole: str, count: int) -> list[Strip]:
    """The strips of one kind of hole that are shown."""
    score = outcome.lead
    firsts = [one for one in outcome.trials if one.case.hole == hole and one.method == outcome.methods[0]]
    found = picks(firsts, score, count, [_badness(one, score) for one in firsts])
    return [_strip(outcome, folder, field, one, why) for one, why in found]


def _badness(trial: Trial, score: Score) -> float:
    """What strips are ranked by: what failed is worst."""
    value = trial.scores.get(score.name)
    return float("inf") if value is None else badness_of(value, score)


def _strip(outcome: Outcome, folder: Path, field: Field, of: Trial, why: str) -> Strip:
    """The pictures of one hole by all methods."""
    trials: Sequence[Trial] = [one for one in outcome.trials if one.case == of.case]
    truth, mask = field.shown(field.cases.index(of.case))
    fills = {one.method: fill_of(folder, one) for one in trials if not one.error}
    return strip(truth, mask, fills, trials, outcome.lead, why)
