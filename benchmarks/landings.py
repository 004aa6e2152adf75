"""Whether a method finds the place: where its mapping takes the check points of the hard scenes.

    python benchmarks/landings.py PAIRS [--method refmatch:features=rootsift] [--size 800] [--scenes wxbs_him,evd_cafe]

The whole target is shown but for the middle quarter, and the reference that has the points (`check_points.json`). A scene counts as matched
rightly where the method trusts its match and takes three in four of the points to within 2 % of the reference's longer side.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from check_points import FILE, scenes
from measured import table

from engine.evaluation.ours import read
from engine.evaluation.sets import subjects
from engine.holes import hole
from engine.job import Job, finished
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from check_points import CheckedScene, CheckPoint

    from engine.evaluation.sets import Subject
    from engine.reference import Match

NEAR, ENOUGH = 0.02, 0.75
"""Share of the longer side within which a point has landed; share of the points that have to."""


@dataclass(frozen=True)
class Landing:
    """What a method made of one scene."""

    scene: str
    match: Match
    misses: tuple[float, ...]
    """For each check point, how far it landed from where it should, as a share of the reference's longer side; infinite where it has no place."""

    @property
    def landed(self) -> int:
        """Points that landed."""
        return sum(miss <= NEAR for miss in self.misses)

    @property
    def enough(self) -> bool:
        """Whether the mapping is right, trusted or not."""
        return self.landed >= ENOUGH * len(self.misses)

    @property
    def verdict(self) -> str:
        """One of "right", "wrong" (trusted, and elsewhere) and "none" (not trusted)."""
        return "none" if self.match.quality == "none" else "right" if self.enough else "wrong"


def landings(checked: Sequence[CheckedScene], pairs: Path, method: str, size: int | None) -> Iterator[Landing]:
    """Every scene that has check points, one after the other."""
    pipeline = Pipeline()
    there = {subject.name: subject for subject in subjects(pairs, size=size)}
    for scene in checked:
        if scene.points:
            yield landing(pipeline, there[scene.name], scene, method)


def landing(pipeline: Pipeline, subject: Subject, scene: CheckedScene, method: str) -> Landing:
    """One scene."""
    name, settings, _ = read(method)
    truth, reference = subject.pixels(), subject.beside()[scene.reference]
    size, other = (truth.shape[0], truth.shape[1]), (reference.shape[0], reference.shape[1])
    mask = Mask(hole("centre", size, np.random.default_rng(0)))
    job = Job(Picture(truth), mask, name, settings, references=(Reference(Picture(reference), scene.reference),))
    (match,) = finished(pipeline.match(job))
    return Landing(scene.name, match, tuple(missed(match, point, size, other) for point in scene.points))


def missed(match: Match, point: CheckPoint, size: tuple[int, int], other: tuple[int, int]) -> float:
    """How far a check point lands from where it should, as a share of the reference's longer side."""
    row, column = (share * side - 0.5 for share, side in zip(point.here, size, strict=True))
    at = match.there(row, column)
    if at is None:
        return float("inf")
    goal = [share * side - 0.5 for share, side in zip(point.there, other, strict=True)]
    return float(np.hypot(*np.subtract(at, goal)) / max(other))


def told(every: Sequence[Landing]) -> str:
    """How many were matched rightly, and a table."""
    counts = {word: sum(one.verdict == word for one in every) for word in ("right", "wrong", "none")}
    timid = sum(one.verdict == "none" and one.enough for one in every)
    said = (
        f"Check points on the hard scenes (set by eye before the first run; centre hole): matched rightly {counts['right']} of {len(every)},"
        f" trusted though wrong {counts['wrong']}, not trusted {counts['none']} (of which {timid} would have been right)."
    )
    head = ["scene", "match", "landed", "missed by, % of the longer side", "score", "inliers", "coverage"]
    return f"{said}\n\n{table(head, [_row(one) for one in every])}"


def _row(one: Landing) -> list[str]:
    misses = " ".join("-" if np.isinf(miss) else f"{100 * miss:.1f}" for miss in one.misses)
    numbers = [f"{one.match.score:.2f}", str(one.match.inliers), f"{one.match.coverage:.2f}"]
    return [one.scene, one.verdict, f"{one.landed} of {len(one.misses)}", misses, *numbers]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--method", default="refmatch")
    parser.add_argument("--size", type=int, default=800)
    parser.add_argument("--check", type=Path, default=FILE)
    parser.add_argument("--scenes", help="only these, by commas")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    wanted = chosen.scenes.split(",") if chosen.scenes else None
    checked = [one for one in scenes(chosen.check) if wanted is None or one.name in wanted]
    print(told(list(landings(checked, chosen.pairs, chosen.method, chosen.size))))


if __name__ == "__main__":
    main()
