"""What T-MAD is worth, written to one page from evaluations and from scored networks.

    python benchmarks/tmad_results.py EVALUATION... [--networks FILE.json] [--speed FILE.json...] [--trained cpu|gpu] -o docs/results-tmad.md

EVALUATION: folders that `inlay evaluate SQUARES --holes box --methods patchmatch,tmad,tmad:smooth=1,...` wrote, on the same squares; --networks:
what `tmad_ablations.py` wrote; --speed: what `tmad_speed.py` wrote, on each machine; --trained: on what the shipped networks were trained, which
decides what they are to reach.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from evaluations import Evaluations, both, head, shown, values
from measured import plain, table
from tmad_goals import METHOD, RIVAL, SCORES_TOLD, SMOOTH, WINDOWS, goals
from tmad_tables import ablations, costs, training

from engine.evaluation.scores import SCORES
from engine.evaluation.statistics import mean, paired

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evaluations import Part

INTRODUCTION = (
    "Written by `python benchmarks/tmad_results.py`; [T-MAD](tmad.md) says what the method is, [scores](scores.md) what the scores are."
    " Squares are the middle 256 x 256 of photographs that training never saw (`python benchmarks/tmad_squares.py PHOTOGRAPHS -o SQUARES`),"
    " the hole is the middle 128 x 128. Intervals hold the mean with a confidence of 95 % (bootstrap over photographs); differences are of"
    " pairs on the same photographs; of detail and seam they are of distances from 1 and 0, so that less is better."
)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluations", nargs="+", type=Path, metavar="EVALUATION")
    parser.add_argument("--networks", type=Path, help="what tmad_ablations.py wrote")
    parser.add_argument("--speed", nargs="+", type=Path, default=[], help="what tmad_speed.py wrote")
    parser.add_argument("--trained", choices=("cpu", "gpu"), default="cpu", help="on what the shipped networks were trained (cpu)")
    parser.add_argument("-o", "--out", type=Path, required=True)
    return parser.parse_args()


def page(found: Evaluations, networks: dict[str, Any] | None, speeds: Sequence[dict[str, Any]], trained: str) -> str:
    """The whole page."""
    parts = ["# What the texture memory is worth", INTRODUCTION, commands(found, networks, speeds)]
    parts += ["## Goals", goals(found, networks, speeds, trained)]
    for kind in found.kinds:
        parts += [f"## {kind.capitalize()} holes", *_kind(found.of(kind))]
    if networks:
        parts += ["## Trained otherwise", *ablations(networks), *training(networks)]
    parts += ["## What it costs", *(costs(one) for one in speeds)] if speeds else []
    return "\n\n".join(part for part in parts if part) + "\n"


def commands(found: Evaluations, networks: dict[str, Any] | None, speeds: Sequence[dict[str, Any]]) -> str:
    """What gives these numbers again."""
    every = [*found.commands, *([networks["command"]] if networks else []), *(one["command"] for one in speeds)]
    return "\n".join(f"    {plain(one).replace('python tmad_', 'python benchmarks/tmad_')}" for one in dict.fromkeys(every))


def _kind(part: Part) -> Iterator[str]:
    """One kind of hole: means, differences from patches alone, finishes, the paper's memory."""
    scores = [name for name in SCORES_TOLD if any(name in trial.scores for trials in part.values() for trial in trials.values())]
    yield table(["", "holes", *head(scores), "processor s"], [_row(part, method, scores) for method in part])
    if RIVAL in part:
        yield f"Less `{RIVAL}` on the same holes:"
        yield _differences(part, [(method, RIVAL) for method in part if method != RIVAL], scores)
    finished = [(method, before) for method in part if (before := unfinished(method)) in part]
    if finished:
        yield "What the texture memory adds as a finish, less the same method without it:"
        yield _differences(part, finished, scores)
    others = [(WINDOWS, METHOD), (SMOOTH, METHOD)]
    if pairs := [(one, other) for one, other in others if one in part and other in part]:
        yield "The paper's windows, and the smooth end, less `tmad` as it is:"
        yield _differences(part, pairs, scores)


def unfinished(method: str) -> str:
    """The method without its finish; "" where it has none."""
    before, plus, _ = method.partition("+")
    return before if plus else ""


def _row(part: Part, method: str, scores: Sequence[str]) -> list[str]:
    """How many, means with intervals, mean processor seconds."""
    scenes = list(part[method])
    told = [_mean(values(part, method, name, scenes), scenes, name) for name in scores]
    return [f"`{method}`", str(len(scenes)), *told, f"{np.mean([part[method][one].cost['cpu'] for one in scenes]):.2f}"]


def _mean(every: Any, scenes: Sequence[str], score: str) -> str:
    good = np.isfinite(every)
    if not good.any():
        return "-"
    found = mean(every[good], np.array(scenes)[good])
    return f"{shown(score, found.mean)} ({shown(score, found.low)} to {shown(score, found.high)})"


def _differences(part: Part, pairs: Sequence[tuple[str, str]], scores: Sequence[str]) -> str:
    one_other = len({other for _, other in pairs}) == 1
    rows = [
        [f"`{one}`" if one_other else f"`{one}` less `{other}`", *(_difference(part, one, other, name) for name in scores)]
        for one, other in pairs
    ]
    return table(["", *head(scores)], rows)


def _difference(part: Part, one: str, other: str, score: str) -> str:
    """With its interval; bold where that has one sign."""
    common, ours, theirs = both(part, one, other, score)
    if not common:
        return "-"
    found = paired(ours, theirs, np.array(common), SCORES[score].better).difference
    told = f"{shown(score, found.mean, signed=True)} ({shown(score, found.low, signed=True)} to {shown(score, found.high, signed=True)})"
    return f"**{told}**" if found.low * found.high > 0 else told


def main() -> None:
    """Write the page."""
    asked = parsed()
    found = Evaluations.read(asked.evaluations)
    networks, *speeds = (json.loads(file.read_text(encoding="utf-8")) if file else None for file in (asked.networks, *asked.speed))
    asked.out.write_text(page(found, networks, speeds, asked.trained), encoding="utf-8", newline="\n")
    print(f"Written: {asked.out}")


if __name__ == "__main__":
    main()
