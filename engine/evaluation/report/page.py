"""The page of a report, from its headline to how it was measured; it needs nothing from elsewhere, and no scripts to be read."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from engine.evaluation.outcome import machine, versions
from engine.evaluation.report import plots, tables
from engine.evaluation.report.headline import headline, margin
from engine.evaluation.report.svg import hue, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.evaluation.outcome import Outcome
    from engine.evaluation.report.strips import Strip, Tile
    from engine.evaluation.scores.score import Score
    from engine.evaluation.summary import Part
    from engine.evaluation.trial import Trial


FEW = 9
"""Scores that stand in one table."""


def page(outcome: Outcome, strips: Mapping[str, Sequence[Strip]]) -> str:
    """The whole page.

    Args:
        outcome: what was found.
        strips: of each kind of hole, those to show first.
    """
    style, script = ((files("resources") / "report" / f"report.{kind}").read_text("utf-8") for kind in ("css", "js"))
    title = ", ".join(outcome.methods)
    parts = "".join(_part(outcome, part, strips.get(part.hole, ())) for part in outcome.parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="Inlay">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}: an evaluation</title>
<style>{style}</style>
</head>
<body><main>
<p class="eyebrow">Inlay · evaluation</p>
<h1>{escape(headline(outcome, outcome.parts[0]))}</h1>
<p>{escape(margin(outcome, outcome.parts[0]))}</p>
{_facts(outcome)}
{_legend(outcome)}
{parts}{_measured(outcome)}</main>
<script>{script}</script>
</body>
</html>
"""


def _facts(outcome: Outcome) -> str:
    """One line: how much was measured."""
    pictures = {trial.case.picture for trial in outcome.trials}
    counts = [
        (len(pictures), "pictures"),
        (sum(part.holes for part in outcome.parts), "holes"),
        (len(outcome.methods), "methods"),
        (len(outcome.trials), "trials"),
        (len(outcome.failed), "failed"),
        (len(outcome.scores), "scores"),
    ]
    return tag("div", "".join(tag("span", f"{tag('b', f'{count:,}')} {words}") for count, words in counts), class_="facts")


def _legend(outcome: Outcome) -> str:
    names = "".join(tag("li", plots.key(number) + escape(one), class_=hue(number)) for number, one in enumerate(outcome.methods))
    return tag("ul", names, class_="legend")


def _part(outcome: Outcome, part: Part, strips: Sequence[Strip]) -> str:
    """All that is said of one kind of hole."""
    each = {method: _filled(outcome.trials, part.hole, method) for method in outcome.methods}
    content = tag("h2", f"Holes: {escape(part.hole)}")
    if part != outcome.parts[0]:
        content += tag("p", tag("b", escape(headline(outcome, part))) + escape(f" {margin(outcome, part)}"))
    content += tag("p", escape(_counts(part)))
    content += _scores(outcome, part)
    if any(each.values()):
        content += _plots(outcome, each) + _strips(outcome, strips, part)
    return tag("section", content)


def _filled(trials: Sequence[Trial], hole: str, method: str) -> list[Trial]:
    return [trial for trial in trials if trial.case.hole == hole and trial.method == method and not trial.error]


def _counts(part: Part) -> str:
    """How many holes count."""
    failed = [f"{one.method} failed on {one.failed}" for one in part.standings if one.failed]
    said = f"{part.holes} holes in {part.pictures} pictures; means are over the {part.common} that every method filled. "
    if failed:
        said += f"{', '.join(failed)}: a method that filled none is left out of that count. "
    return said + "The best of each column is in bold; beneath each mean stands its 95 % interval, by bootstrap over pictures."


def _scores(outcome: Outcome, part: Part) -> str:
    """Means, differences and costs."""
    groups = _groups(outcome)
    content = "".join(tag("h3", words) + tables.means(part, scores) for words, scores in groups)
    if len(outcome.methods) > 1:
        content += tag("h3", f"Each method less {escape(outcome.methods[0])}, on the same holes") + tag("p", _READING)
        for number, (words, scores) in enumerate(groups):
            singles = [one for one in scores if not one.of_set]
            shown = tables.differences(part, singles)
            content += tag("details", tag("summary", words) + shown, open_=None if number else "") if singles else ""
    return content + tag("h3", "What it cost") + tables.costs(part)


def _groups(outcome: Outcome) -> list[tuple[str, list[Score]]]:
    """The scores of each table under its head, the leading one first; few scores stand in one table."""
    scores = sorted(outcome.scores, key=lambda one: one != outcome.lead)
    if len(scores) <= FEW:
        return [("Scores", scores)]
    heads = {"hole": "Within the hole", "picture": "Over the whole picture"}
    found = [
        (heads[over], [one for one in scores if one.over == over]) for over in sorted(heads, key=lambda over: over != outcome.lead.over)
    ]
    return [(words, have) for words, have in found if have]


_READING = """The mean difference of a pair and its 95 % interval; the dashed line is no difference. Green is better and orange worse with the
whole interval; the share is that of pictures on which the method was better. Of scores with a target the distance from it is compared."""


def _plots(outcome: Outcome, each: Mapping[str, Sequence[Trial]]) -> str:
    """The first score large, the others to be opened."""
    first, others = outcome.lead, [one for one in outcome.scores if not one.of_set and one != outcome.lead]
    content = tag("h3", "Plots") + '<div class="figures">'
    content += _figure(
        plots.by_hole_size(each, first), f"{first.title} by hole size", "A dot is a hole; lines are means of holes of like size."
    )
    content += _figure(
        plots.time_by_megapixels(each), "Time by size of the picture", "A dot is a fill, both axes by their logarithm; lines are medians."
    )
    content += _figure(plots.distribution(each, first, width=1160), f"{first.title} of all holes", _LANES, "whole") + "</div>"
    if others:
        more = "".join(_figure(plots.distribution(each, one, most=80), one.title, escape(one.sentence)) for one in others)
        content += tag("details", tag("summary", "The other scores") + tag("div", more, class_="figures"))
    return content


_LANES = "A dot is a hole; the bar is the middle half with its median, the sign beneath it the mean with its 95 % interval."


def _figure(drawn: str, title: str, reading: str, class_: str | None = None) -> str:
    return tag("figure", tag("figcaption", tag("b", escape(title)) + reading) + drawn, class_=class_)


def _strips(outcome: Outcome, strips: Sequence[Strip], part: Part) -> str:
    """The pictures, with what sorts them."""
    score = outcome.lead
    reading = (
        f"{len(strips)} of {part.holes} holes are shown (--strips N shows more), beginning with the worst, the median and the best "
        f"{score.title} of {outcome.methods[0]}, at full size about the hole. Beneath each fill is its difference from the truth, black where "
        "there is none. Pictures here are compressed; the fills as they were made lie in the folder fills."
    )
    options = tag("option", "as picked", value="") + "".join(_options(outcome, number) for number in range(len(outcome.methods)))
    choices = tag("label", '<input type="checkbox" class="apart" checked> differences')
    choices += tag("span", f"worst first by <select aria-label='sort by'>{options}</select>", class_="needs-script")
    choices += tag("span", "click a picture to see it larger and to flip through its strip", class_="needs-script")
    content = tag("div", choices, class_="choices") + "".join(_strip(one, outcome, score) for one in strips)
    return tag("h3", "Pictures") + tag("p", escape(reading)) + tag("div", content, class_="strips")


def _options(outcome: Outcome, number: int) -> str:
    shown = [one for one in outcome.scores if not one.of_set]
    return "".join(
        tag("option", escape(f"{one.title} of {outcome.methods[number]}"), value=f"{number}|{one.name}|{one.better}") for one in shown
    )


def _strip(strip: Strip, outcome: Outcome, score: Score) -> str:
    case = strip.case
    why = tag("em", escape(strip.why)) if strip.why else ""
    title = tag("h4", why + escape(case.picture) + tag("small", escape(f"{strip.facts}, {plots.titled(score)}")))
    values = {one.name: [trial.scores.get(one.name) for trial in strip.trials] for one in outcome.scores if not one.of_set}
    best = min((tables.badness_of(tile.value, score) for tile in strip.tiles if tile.value is not None), default=None)
    tiles = "".join(_tile(tile, strip, score, best) for tile in strip.tiles)
    return tag("article", title + tag("div", tiles, class_="tiles"), class_="strip", data_scores=json.dumps(values, allow_nan=False))


def _tile(tile: Tile, strip: Strip, score: Score, best: float | None) -> str:
    height, width = tile.size
    value = "" if tile.value is None else tables.rounded(tile.value, score)
    is_best = tile.value is not None and best == tables.badness_of(tile.value, score)
    words = tag("span", value, class_="best" if is_best else None) if value else ""
    caption = tag("figcaption", f"<div>{plots.key(tile.method) if tile.method is not None else ''}{escape(tile.title)}</div>{words}")
    shown = [(tile.data, tile.title, None), (tile.difference, f"{tile.title} less truth", "difference")]
    images = "".join(_image(data, (width, height), f"{strip.case.picture}: {alt}", class_) for data, alt, class_ in shown if data)
    if not tile.data:
        error = next((trial.error for trial in strip.trials if trial.method == tile.title), "")
        images = tag("div", escape(f"failed: {error}"), class_="none", style=f"width:{width}px;height:{height}px")
    return tag("figure", caption + images, class_=hue(tile.method) if tile.method is not None else None, style=f"width:{width}px")


def _image(data: str, size: tuple[int, int], alt: str, class_: str | None) -> str:
    return tag("img", src=data, width=size[0], height=size[1], alt=alt, class_=class_, loading="lazy")


def _measured(outcome: Outcome) -> str:
    """How one can do it again, and what the scores mean."""
    content = tag("h2", "How it was measured") + tag("p", escape(_ROAD)) + tag("p", tag("code", escape(outcome.command)))
    terms = "".join(
        tag("dt", escape(f"{one.title} {plots.arrow(one)}")) + tag("dd", escape(f"{one.sentence} {one.source}.")) for one in outcome.scores
    )
    content += tag("h3", "Scores") + tag("dl", terms, class_="definitions")
    if outcome.missing:
        missing = "".join(tag("dt", escape(name)) + tag("dd", escape(why)) for name, why in outcome.missing.items())
        content += tag("h3", "Scores that are not available") + tag("dl", missing, class_="definitions")
    if outcome.failed:
        failed = "".join(
            tag("dt", escape(trial.method)) + tag("dd", escape(f"{trial.case.hole}, {trial.case.picture}: {trial.error}"))
            for trial in outcome.failed[:100]
        )
        content += tag("details", tag("summary", f"{len(outcome.failed)} trials that failed") + tag("dl", failed, class_="definitions"))
    where = {"machine": machine(), "versions": versions(), "peers": outcome.peers, "asked": outcome.asked}
    rows = "".join(tag("dt", escape(what)) + tag("dd", escape(_listed(found))) for what, found in where.items())
    return content + tag("h3", "Machine and versions") + tag("dl", rows, class_="definitions")


def _listed(found: Mapping[str, Any]) -> str:
    """Names and values as a line of words; what is not set is left out."""
    shown = {name: " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value for name, value in found.items()}  # pyright: ignore[reportUnknownArgumentType]
    return ", ".join(f"{name} {value}" for name, value in shown.items() if value not in (None, False, ""))


_ROAD = """The hole's pixels were blanked before any method saw the picture, and known pixels that a method changed were put back.
Masks were used as they are, without growth; where one is soft, the fill is blended with the picture. Each method ran in a process of
its own with one thread; seconds are one fill's, without start and compilation, and memory is the most its process held. What failed
or was too late counts as failed. Intervals are percentiles of 2,000 resamples of the pictures, each with all its holes, the same
resamples for every method."""
