"""Several folders of `inlay evaluate` on the same scenes as one: their trials by kind of hole, method and scene."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import BadInput
from engine.evaluation.scores import SCORES
from engine.evaluation.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

RIVAL = "peer:homography"
PLAIN = ("peer:telea", "telea")
"""Names of Telea's method."""
ALONE = ("patchmatch", *PLAIN)
"""Who fills without a reference, the best first."""
LPIPS = ("lpips-alexnet-hole", "lpips-vgg16-hole")
SAME = ("sets", "size", "seed", "held")
"""What has to be the same for trials to be compared."""

Part = dict[str, dict[str, Trial]]
"""One kind of hole: trials that filled, by method and scene."""


@dataclass(frozen=True)
class Evaluations:
    """All of them."""

    trials: Mapping[tuple[str, str, str], Trial]
    """By kind of hole, method and scene."""
    methods: tuple[str, ...]
    scores: tuple[str, ...]
    commands: tuple[str, ...]
    pairs: Path
    size: int | None

    @classmethod
    def read(cls, folders: Sequence[Path]) -> Evaluations:
        """Of two trials of one hole by one method the later folder's counts. Raises BadInput where they do not belong together."""
        found = [json.loads((folder / "scores.json").read_text(encoding="utf-8")) for folder in folders]
        first = found[0]["asked"]
        for folder, one in zip(folders, found, strict=True):
            differing = [name for name in SAME if one["asked"][name] != first[name]]
            if differing:
                raise BadInput(f"{folder} was made with another {differing[0]} than {folders[0]}; measure both in the same way.")
        trials = [Trial.read(one) for each in found for one in each["trials"]]
        lpips = next((name for name in LPIPS if any(name in one.scores for one in trials)), None)
        names = ("psnr", "ssim", *([lpips] if lpips else []), "detail", "seam", "lab")
        journal = json.loads((folders[0] / "journal.jsonl").open(encoding="utf-8").readline())
        return cls(
            {(one.case.hole, one.method, one.case.picture): one for one in trials},
            tuple(dict.fromkeys(method for each in found for method in each["methods"])),
            tuple(name for name in names if any(name in one.scores for one in trials)),
            tuple(each["command"] for each in found),
            Path(journal["asked"]["sets"][0]),
            first["size"],
        )

    @property
    def lead(self) -> str:
        """The method that the page is about."""
        return self.methods[0]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of holes, in the order in which they come."""
        return tuple(dict.fromkeys(kind for kind, _, _ in self.trials))

    def of(self, kind: str) -> Part:
        """One kind of hole."""
        part: Part = {method: {} for method in self.methods}
        for (hole, method, scene), trial in self.trials.items():
            if hole == kind and not trial.error:
                part[method][scene] = trial
        return {method: dict(sorted(trials.items())) for method, trials in part.items() if trials}


def values(part: Part, method: str, score: str, scenes: Sequence[str]) -> Values:
    """(n,) a method's scores on these scenes, which it filled; NaN where there is none."""
    return np.array([part[method][scene].scores.get(score) for scene in scenes], np.float64)


def both(part: Part, one: str, other: str, score: str, scenes: Sequence[str] | None = None) -> tuple[list[str], Values, Values]:
    """The scenes (of these, or of all) that two methods filled and have this score on, and both their scores."""
    asked = part[one] if scenes is None else scenes
    common = [scene for scene in asked if scene in part[one] and scene in part.get(other, {})]
    ours, theirs = (values(part, method, score, common) if common else np.zeros(0) for method in (one, other))
    good = np.isfinite(ours) & np.isfinite(theirs)
    return [scene for scene, keep in zip(common, good, strict=True) if keep], ours[good], theirs[good]


def present(part: Part, names: Sequence[str]) -> str | None:
    """The first of these methods that took part."""
    return next((name for name in names if name in part), None)


def used_reference(trial: Trial) -> bool:
    """Whether any of a fill came from a reference."""
    return bool(trial.match.get("used"))


def shown(score: str, value: float, *, signed: bool = False) -> str:
    """A score with its decimals."""
    if not np.isfinite(value):
        return "-"
    digits = min(SCORES[score].digits, 3)
    return f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"


def head(scores: Sequence[str]) -> list[str]:
    """Titles of columns, with which way is better."""
    arrows: dict[str, Any] = {"higher": "↑", "lower": "↓", "one": "→ 1", "zero": "→ 0"}
    return [f"{SCORES[name].title} {arrows[SCORES[name].better]}" for name in scores]
