"""Means of methods on scenes, and differences from the rival, as tables of the page that `references.py` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from descriptors import GROUPS, group
from evaluations import PLAIN, RIVAL, both, head, present, shown, used_reference, values
from measured import table

from engine.evaluation.scores import SCORES
from engine.evaluation.statistics import paired
from engine.reference import FAIR, GOOD, TRUSTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluations import Evaluations, Part

CLOSE, FAR = 0.1, 2.0
"""dB: a difference that counts, and one that shows a false match."""
RELATIVE = ("lpips-alexnet-hole", "lpips-vgg16-hole", "lab")
"""Scores whose differences are told in percent too."""


def means(kind: str, part: Part, found: Evaluations) -> str:
    """Every method's means, and its differences from the rival on the same holes."""
    rows = [[f"`{method}`", *_row(part, method, list(part[method]), found.scores)] for method in part]
    columns = ["", "holes", *head(found.scores), "processor s", "from a reference"]
    parts = [f"### {kind} holes", table(columns, rows)]
    if RIVAL in part:
        others = [method for method in part if method != RIVAL]
        scores = [name for name in found.scores if name not in ("detail", "seam")]
        differences = [
            [f"`{method}`", *(difference(part, method, RIVAL, name) for name in scores), wins(part, method)] for method in others
        ]
        said = f"Less {RIVAL} on the same holes, with 95 % intervals (bootstrap over scenes):"
        parts += [said, table(["", *head(scores), f"better, worse by over {CLOSE} dB"], differences)]
    return "\n\n".join(parts)


def _row(part: Part, method: str, scenes: Sequence[str], scores: Sequence[str]) -> list[str]:
    """How many, means, mean processor seconds, and how many came from a reference."""
    cpu = np.mean([part[method][scene].cost["cpu"] for scene in scenes]) if scenes else np.nan
    used = [used_reference(part[method][scene]) for scene in scenes if part[method][scene].match]
    return [str(len(scenes)), *_means(part, method, scenes, scores), f"{cpu:.2f}", f"{sum(used)}" if used else ""]


def _means(part: Part, method: str, scenes: Sequence[str], scores: Sequence[str]) -> list[str]:
    every = [values(part, method, name, scenes) for name in scores]
    return [shown(name, float(np.nanmean(one))) if np.isfinite(one).any() else "-" for name, one in zip(scores, every, strict=True)]


def difference(part: Part, method: str, other: str, score: str, scenes: Sequence[str] | None = None) -> str:
    """A method's score less another's, with its interval, and in percent where that says more."""
    common, ours, theirs = both(part, method, other, score, scenes)
    if not common:
        return "-"
    found = paired(ours, theirs, np.array(common), SCORES[score].better).difference
    told = shown(score, found.mean, signed=True)
    if np.isfinite(found.low):
        told += f" ({shown(score, found.low, signed=True)} to {shown(score, found.high, signed=True)})"
    return f"{told}, {100 * found.mean / theirs.mean():+.0f} %" if score in RELATIVE else told


def wins(part: Part, method: str, scenes: Sequence[str] | None = None) -> str:
    """On how many scenes it is the better or the worse by PSNR."""
    common, ours, theirs = both(part, method, RIVAL, "psnr", scenes)
    return f"{(ours - theirs > CLOSE).sum()}, {(theirs - ours > CLOSE).sum()} of {len(common)}"


def groups(kind: str, part: Part, found: Evaluations) -> str:
    """Means of every method on easy, tourist, monument and hard scenes."""
    scores = [name for name in found.scores if name not in ("detail", "seam")]
    rows: list[list[str]] = []
    for name in GROUPS:
        for method in part:
            scenes = [scene for scene in part[method] if group(scene) == name]
            if scenes:
                rows.append([name, f"`{method}`", *_row(part, method, scenes, scores)])
    return f"### {kind} holes\n\n" + table(["", "", "holes", *head(scores), "processor s", "from a reference"], rows)


def on_matched(kind: str, part: Part, found: Evaluations) -> str:
    """The scenes that methods filled from a reference: gains, false matches, and what the score foretells."""
    takers = [method for method in part if any(used_reference(one) for one in part[method].values())]
    parts = [
        f"### {kind} holes",
        table(["", "scenes", "PSNR less Telea's", f"worse than Telea by over {FAR:g} dB", f"PSNR less {RIVAL}'s"], []),
    ]
    rows = [[f"`{method}`", *_matched(part, method)] for method in takers]
    parts[1] = table(
        ["", "scenes", "PSNR less Telea's", f"worse than Telea by over {FAR:g} dB", f"PSNR less {RIVAL}'s", "better, worse"], rows
    )
    if found.lead in takers:
        parts += [
            f"By {found.lead}'s score of the match:",
            table(["score", "scenes", *head(["psnr"]), "less Telea's", f"less {RIVAL}'s"], _bands(part, found)),
        ]
    return "\n\n".join(parts)


def _matched(part: Part, method: str) -> list[str]:
    scenes = [scene for scene, one in part[method].items() if used_reference(one)]
    telea = present(part, PLAIN)
    rival = difference(part, method, RIVAL, "psnr", scenes) if method != RIVAL else ""
    versus = wins(part, method, scenes) if method != RIVAL else ""
    if telea is None:
        return [str(len(scenes)), "-", "-", rival, versus]
    lost = false_matches(part, method, telea)
    named = f"{len(lost)} of {len(scenes)}" + (f" ({', '.join(lost)})" if lost else "")
    return [str(len(scenes)), difference(part, method, telea, "psnr", scenes), named, rival, versus]


def false_matches(part: Part, method: str, telea: str) -> list[str]:
    """Scenes filled from a reference and much worse than Telea's method."""
    scenes = [scene for scene, one in part[method].items() if used_reference(one)]
    common, ours, theirs = both(part, method, telea, "psnr", scenes)
    return [scene for scene, loss in zip(common, theirs - ours, strict=True) if loss > FAR]


def _bands(part: Part, found: Evaluations) -> list[list[str]]:
    """Scenes by the score of their match."""
    telea, rows = present(part, PLAIN), list[list[str]]()
    for label, least, most in (("none", -1, TRUSTED), ("weak", TRUSTED, FAIR), ("fair", FAIR, GOOD), ("good", GOOD, 1.01)):
        scenes = [scene for scene, one in part[found.lead].items() if least <= float(one.match.get("match_score", -2)) < most]
        if scenes:
            against = [difference(part, found.lead, other, "psnr", scenes) if other in part else "-" for other in (telea or "", RIVAL)]
            words = f"{label} (below {most:g})" if label == "none" else f"{label} (from {least:g})"
            rows.append([words, str(len(scenes)), *_means(part, found.lead, scenes, ["psnr"]), *against])
    return rows
