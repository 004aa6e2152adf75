"""What filling from references is to reach, and whether it does: the first table of the page that `references.py` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from descriptors import group
from evaluations import ALONE, LPIPS, PLAIN, RIVAL, both, present, used_reference, values
from measured import table
from reference_means import false_matches
from reference_scenes import LOSS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evaluations import Evaluations, Part
    from landings import Landing

GAINS = {"centre": (1.6, 0.07, 0.82), "box": (1.6, 0.07, 0.82), "object": (1.9, 0.08, 0.72)}
"""By kind of hole: PSNR and SSIM above the rival's, LPIPS as a share of its."""
DETAIL, SEAM, LAB, SECONDS = (0.8, 1.1), 1.5, 0.8, 4.0
FALSE, RIGHT = 1 / 40, 8
"""Share of matched scenes that may be false; hard scenes matched rightly."""

Line = tuple[str, str, str, bool]
"""What, the goal, the figure, and whether it is reached."""


def goals(found: Evaluations, landed: Sequence[Landing]) -> str:
    """The table."""
    lines = [line for kind in found.kinds if kind in GAINS for line in _kind(kind, found.of(kind), found.lead)]
    if landed:
        right = sum(one.verdict == "right" for one in landed)
        lines.append(("hard scenes matched rightly, by check points", f">= {RIGHT} of {len(landed)}", str(right), right >= RIGHT))
    return (
        table(["what", "goal", "figure", ""], [[*line[:3], "reached" if line[3] else "**not reached**"] for line in lines]) if lines else ""
    )


def _kind(kind: str, part: Part, lead: str) -> Iterator[Line]:
    """One kind of hole."""
    if lead not in part:
        return
    for what, goal, figure, reached in (*_against(kind, part, lead), *_own(part, lead), *_trust(part, lead)):
        yield f"{kind}: {what}", goal, figure, reached


def _against(kind: str, part: Part, lead: str) -> Iterator[Line]:
    """Beside the rival on the same holes."""
    psnr, ssim, lpips = GAINS[kind]
    for score, least in (("psnr", psnr), ("ssim", ssim)):
        scenes, ours, theirs = both(part, lead, RIVAL, score)
        if scenes:
            gain = float(np.mean(ours - theirs))
            yield f"{score.upper()} less {RIVAL}'s", f">= {least:+g}", f"{gain:+.3f}", gain >= least
    for score, most in (*((name, lpips) for name in LPIPS), ("lab", LAB)):
        scenes, ours, theirs = both(part, lead, RIVAL, score)
        if scenes:
            share = float(np.mean(ours) / np.mean(theirs))
            yield f"{score} over {RIVAL}'s", f"<= {most:g}", f"{share:.3f}", share <= most


def _own(part: Part, lead: str) -> Iterator[Line]:
    """By itself."""
    scenes = list(part[lead])
    detail, seam = (float(np.nanmean(values(part, lead, name, scenes))) for name in ("detail", "seam"))
    seconds = float(np.mean([part[lead][scene].cost["cpu"] for scene in scenes]))
    yield "detail", f"{DETAIL[0]:g} to {DETAIL[1]:g}", f"{detail:.2f}", DETAIL[0] <= detail <= DETAIL[1]
    yield "seam, levels", f"within {SEAM:g}", f"{seam:+.1f}", abs(seam) <= SEAM
    yield "processor seconds a scene, one thread", f"<= {SECONDS:g}", f"{seconds:.2f}", seconds <= SECONDS


def _trust(part: Part, lead: str) -> Iterator[Line]:
    """False matches, and hard scenes against filling without a reference."""
    matched, telea, other = sum(map(used_reference, part[lead].values())), present(part, PLAIN), present(part, ALONE)
    if telea and matched:
        lost = len(false_matches(part, lead, telea))
        yield "matched scenes worse than Telea by over 2 dB", "at most 1 in 40", f"{lost} of {matched}", lost <= FALSE * matched
    if other:
        asked = [scene for scene in part[lead] if group(scene) == "hard"]
        scenes, ours, theirs = both(part, lead, other, "psnr", asked)
        lost = int(np.sum(theirs - ours > LOSS))
        yield f"hard scenes worse than {other} by over {LOSS:g} dB", "none", f"{lost} of {len(scenes)}", lost == 0
