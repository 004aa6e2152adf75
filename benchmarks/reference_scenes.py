"""Every scene with its scores, and those where filling from a reference fails, as tables of the page that `references.py` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from descriptors import group
from evaluations import ALONE, PLAIN, RIVAL, both, head, present, shown, used_reference, values
from measured import table
from reference_means import false_matches

if TYPE_CHECKING:
    from evaluations import Evaluations, Part

    from engine.evaluation.trial import Trial

WORST = 10
LOSS = 0.5
"""dB that a hard scene may lose against filling without a reference."""


def notable(kind: str, part: Part, found: Evaluations) -> str:
    """The scenes that were filled without a reference, the false matches, and the worst against the rival and in themselves."""
    if found.lead not in part:
        return ""
    mine = part[found.lead]
    without = [scene for scene, one in mine.items() if one.match and not used_reference(one)]
    lines = [f"- Filled without a reference, {len(without)} of {len(mine)}: {', '.join(without) or 'none'}."]
    telea = present(part, PLAIN)
    if telea:
        lines.append(
            f"- From a reference and worse than Telea by over 2 dB: {', '.join(false_matches(part, found.lead, telea)) or 'none'}."
        )
    if RIVAL in part:
        scenes, ours, theirs = both(part, found.lead, RIVAL, "psnr")
        order = np.argsort(ours - theirs)[:WORST]
        told = [f"{scenes[k]} {ours[k] - theirs[k]:+.1f} dB" for k in order if ours[k] < theirs[k]]
        lines.append(f"- Worst against {RIVAL}: {', '.join(told) or 'none'}.")
    scenes = [scene for scene, one in mine.items() if used_reference(one)]
    order = np.argsort(values(part, found.lead, "ssim", scenes))[:WORST]
    least = [f"{scenes[k]} {_of(mine[scenes[k]], 'ssim')}" for k in order]
    lines.append(f"- Least SSIM though filled from a reference: {', '.join(least) or 'none'}.")
    failed = [one.case.picture for (hole, method, _), one in found.trials.items() if (hole, method) == (kind, found.lead) and one.error]
    if failed:
        lines.append(f"- Not filled at all: {', '.join(failed)}.")
    return f"### {kind} holes\n\n" + "\n".join(lines)


def hard(kind: str, part: Part, found: Evaluations) -> str:
    """What hard scenes lose against filling without a reference."""
    other = present(part, ALONE)
    if other is None or found.lead not in part:
        return ""
    asked = [scene for scene in part[found.lead] if group(scene) == "hard"]
    scenes, ours, theirs = both(part, found.lead, other, "psnr", asked)
    if not scenes:
        return ""
    lost = [f"{scene} {gain:+.1f} dB" for scene, gain in zip(scenes, ours - theirs, strict=True) if gain < -LOSS]
    return (
        f"{kind} holes: {found.lead} less {other}, the mean over {len(scenes)} hard scenes {np.mean(ours - theirs):+.2f} dB;"
        f" worse by over {LOSS:g} dB on {len(lost)}" + (f": {', '.join(lost)}." if lost else ".")
    )


def every_scene(kind: str, part: Part, found: Evaluations) -> str:
    """A row a scene: the leading method's scores and match, and the PSNR of all others."""
    if found.lead not in part:
        return ""
    others = [method for method in part if method != found.lead]
    columns = ["scene", "", *head(found.scores), *(f"PSNR of {method}" for method in others), "match", "inliers", "coverage", "used"]
    rows = [
        [
            scene,
            group(scene),
            *(_of(one, name) for name in found.scores),
            *(_of(part[method].get(scene), "psnr") for method in others),
            *_match(one),
        ]
        for scene, one in part[found.lead].items()
    ]
    return f"### {found.lead}, {kind} holes\n\n" + table(columns, rows)


def _of(trial: Trial | None, score: str) -> str:
    value = trial.scores.get(score) if trial else None
    return "-" if value is None else shown(score, value)


def _match(trial: Trial) -> list[str]:
    """What the trial says of its references."""
    numbers = [(name, form) for name, form in (("match_score", ".2f"), ("inliers", ".0f"), ("coverage", ".2f"))]
    told = [format(trial.match[name], form) if name in trial.match else "-" for name, form in numbers]
    return [*told, str(trial.match.get("used", "")) or "none"]
