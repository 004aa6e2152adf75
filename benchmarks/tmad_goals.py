"""What the texture memory is to reach, and whether it does: the first table of the page that `tmad_results.py` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from evaluations import LPIPS, both, shown
from measured import table

from engine.evaluation.scores import SCORES
from engine.evaluation.statistics import paired

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evaluations import Evaluations, Part

METHOD, SMOOTH, WINDOWS, RIVAL = "tmad", "tmad:smooth=1", "tmad:memory=windows", "patchmatch"
HOLE = "box"
SCORES_TOLD = ("psnr", "ssim", "detail", *LPIPS, "seam")
GAINS: dict[str, dict[str, float]] = {
    "cpu": {"psnr": 0.4, "ssim": 0.005, "detail": 0.0, **dict.fromkeys(LPIPS, 0.0)},
    "gpu": {"psnr": 0.9, "ssim": 0.02, **dict.fromkeys(LPIPS, -0.03)},
}
"""By what the networks were trained on: the least (of LPIPS the most) that a score may be less the rival's."""
DETAIL, SMOOTH_GAIN, BEHIND = (0.8, 1.0), 1.1, 0.6
SECONDS, PICTURES, MEMORY = 0.6, 300.0, 0.8
"""A fill on two cores; pictures a second on one graphics card; peak memory over that of the whole picture."""

Line = tuple[str, str, str, bool | None]
"""What, the goal, the figure, and whether it is reached; None: that cannot be told."""


def goals(found: Evaluations, networks: dict[str, Any] | None, speeds: Sequence[dict[str, Any]], trained: str) -> str:
    """The table."""
    lines = [*_scores(found.of(HOLE), trained)] if HOLE in found.kinds else []
    lines += [*(_coarse(networks) if networks and trained == "gpu" else ()), *(line for one in speeds for line in _speed(one))]
    words = {True: "reached", False: "**not reached**", None: "not known"}
    return table(["what", "goal", "figure", ""], [[*line[:3], words[line[3]]] for line in lines])


def _scores(part: Part, trained: str) -> Iterator[Line]:
    """Beside the rival on the same holes."""
    for score, goal in GAINS[trained].items():
        yield from _gain(part, METHOD, score, goal)
    if trained == "cpu":
        yield from _gain(part, SMOOTH, "psnr", SMOOTH_GAIN)
    elif METHOD in part:
        detail = float(np.mean([trial.scores["detail"] for trial in part[METHOD].values() if trial.scores.get("detail") is not None]))
        yield f"`{METHOD}`, detail", f"{DETAIL[0]:g} to {DETAIL[1]:g}", f"{detail:.2f}", DETAIL[0] <= detail <= DETAIL[1]


def _gain(part: Part, method: str, score: str, goal: float) -> Iterator[Line]:
    if method not in part or RIVAL not in part:
        return
    common, ours, theirs = both(part, method, RIVAL, score)
    if common:
        # of detail the plain difference: more of it is wanted, not what is nearer to the truth's
        better = "higher" if score == "detail" else SCORES[score].better
        one = paired(ours, theirs, np.array(common), better).difference
        told = f"{shown(score, one.mean, signed=True)} ({shown(score, one.low, signed=True)} to {shown(score, one.high, signed=True)})"
        least = better == "higher"
        name = f"`{method}`, {SCORES[score].title} less {RIVAL}'s"
        yield name, f"{'>=' if least else '<='} {goal:+g}", told, one.mean >= goal if least else one.mean <= goal


def _coarse(networks: dict[str, Any]) -> Iterator[Line]:
    """The texture head beside the coarse network, of the first network."""
    scores = networks["networks"][0]["scores"]
    behind = float(np.mean(np.subtract(scores["coarse"]["psnr"], scores["texture"]["psnr"])))
    yield "PSNR of the coarse network less the texture's", f"<= {BEHIND:g}", f"{behind:+.2f}", behind <= BEHIND


def _speed(one: dict[str, Any]) -> Iterator[Line]:
    """What a machine was measured at."""
    if fill := one.get("fill"):
        whole, worked = fill["seconds"], fill["processor"]
        # other work on the machine makes a fill slower, never quicker
        reached = True if whole <= SECONDS else False if fill["idle"] else None
        busy = "" if fill["idle"] else f", beside other work; {worked:.2f} of the processor"
        yield f"256 x 256, box, seconds on {fill['threads']} cores", f"<= {SECONDS:g}", f"{whole:.2f}{busy}", reached
    if memory := one.get("memory"):
        share = memory["hole"] / memory["whole"]
        yield "peak memory of the synthesis, over that of the whole picture", f"<= {MEMORY:g}", f"{share:.2f}", share <= MEMORY
    if cuda := one.get("cuda"):
        rate = cuda["networks"]["graphs"]
        yield f"256 x 256, box, pictures a second on {cuda['name']}", f">= {PICTURES:g}", f"{rate:.0f}", rate >= PICTURES
