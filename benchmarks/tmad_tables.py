"""Networks that were trained otherwise, beside the first of them and beside the paper; and what fills cost: tables of `tmad_results.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from evaluations import head, shown
from measured import table

from engine.evaluation.scores import SCORES
from engine.evaluation.statistics import mean, paired

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOLD = ("psnr", "ssim", "detail", "lpips-alexnet-hole", "lpips-vgg16-hole")
PAPER: dict[tuple[str, object], tuple[str, float, float, float]] = {
    ("sampling", False): ("table V, weighted sum less sampling", -0.331, -0.014, +0.471),
    ("ranks", 1): ("table V, N_c 1 less 4", -0.084, -0.015, +0.020),
    ("ranks", 2): ("table V, N_c 2 less 4", -0.073, -0.008, +0.016),
    ("ranks", 6): ("table V, N_c 6 less 4", +0.007, -0.003, -0.001),
    ("distribution", False): ("table VI, plain loss less patch distribution", -0.003, +0.002, +0.107),
}
"""By the one setting that differs: where it stands, and the differences of PSNR, SSIM and FID on Places with rectangles."""
LEAST = 0.005
"""Seconds of a stage that is told."""
BESIDE = ("psnr", "ssim", "lpips-alexnet-hole")
"""Ours for those: FID wants thousands of pictures, so LPIPS stands for it."""


def ablations(networks: dict[str, Any]) -> Iterator[str]:
    """Means of all, differences from the first that has the same memory, and the paper's directions."""
    every: list[dict[str, Any]] = networks["networks"]
    count = len(networks["squares"])
    yield (
        f"{count} squares, the middle missing. `train tmad` with the settings that are named (what is not named is as usual); every network with the"
        " memory it was trained for, scored by its texture head."
    )
    yield table(["network", "memory", "settings", "steps", *head(TOLD)], [_means(one) for one in every])
    yield "\n".join(f"    {one['training']}" for one in unique(every))
    rows = [
        [_named(one), _named(other), *_differences(one, other)]
        for one in every
        if (other := _other(every, one)) is not one and one["digest"] != other["digest"]
    ]
    if rows:
        yield "Differences with 95 % intervals, bold where they are of one sign (of detail the distances from 1 are compared, as everywhere on this page):"
        yield table(["network", "less", *head(TOLD)], rows)
    if beside := [row for one in every for row in _beside(one, _first(every, one))]:
        yield "Beside the paper, whose FID is the nearest it has to LPIPS:"
        yield table(["what", "paper", "ours", "its direction"], beside)


def training(networks: dict[str, Any]) -> Iterator[str]:
    """How much the parts of the first network add."""
    first = networks["networks"][0]
    rows = [[part, *(_mean(scores[name], name) for name in TOLD)] for part, scores in first["scores"].items()]
    yield f"What the parts of `{first['name']}` come to by themselves; a canvas is what patch matching alone makes:"
    yield table(["", *head(TOLD)], rows)


def unique(every: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each network once."""
    return list({one["digest"]: one for one in every}.values())


def _first(every: Sequence[dict[str, Any]], one: dict[str, Any]) -> dict[str, Any]:
    """The first network of the same memory."""
    return next(other for other in every if other["memory"] == one["memory"])


def _other(every: Sequence[dict[str, Any]], one: dict[str, Any]) -> dict[str, Any]:
    """What a network is compared with: the first of the same memory, and that with the first of all."""
    first = _first(every, one)
    return every[0] if one is first else first


def _named(one: dict[str, Any]) -> str:
    return f"`{one['name']}`, {one['memory']}"


def _means(one: dict[str, Any]) -> list[str]:
    told = [_mean(one["scores"]["texture"][name], name) for name in TOLD]
    return [f"`{one['name']}`", one["memory"], one["told"], str(one["steps"]), *told]


def _mean(every: Sequence[float], score: str) -> str:
    found = mean(np.array(every, np.float64), np.arange(len(every)))
    return f"{shown(score, found.mean)} ({shown(score, found.low)} to {shown(score, found.high)})"


def _differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    told: list[str] = []
    for name in TOLD:
        low, middle, high = _difference(one, other, name)
        text = f"{shown(name, middle, signed=True)} ({shown(name, low, signed=True)} to {shown(name, high, signed=True)})"
        told.append(f"**{text}**" if low * high > 0 else text)
    return told


def _difference(one: dict[str, Any], other: dict[str, Any], score: str) -> tuple[float, float, float]:
    """Low end, mean and high end."""
    ours, theirs = (np.array(each["scores"]["texture"][score], np.float64) for each in (one, other))
    found = paired(ours, theirs, np.arange(len(ours)), SCORES[score].better).difference
    return found.low, found.mean, found.high


def _beside(one: dict[str, Any], first: dict[str, Any]) -> Iterator[list[str]]:
    """The paper's difference and ours, where one setting differs and the paper has looked at it."""
    differing = {key: value for key, value in one["settings"].items() if value != first["settings"][key] and key not in ("begin", "only")}
    if len(differing) != 1 or (found := PAPER.get(next(iter(differing.items())))) is None:
        return
    what, *theirs = found
    for name, paper, title in zip(BESIDE, theirs, ("PSNR", "SSIM", "FID"), strict=True):
        low, middle, high = _difference(one, first, name)
        ours = f"{shown(name, middle, signed=True)} ({shown(name, low, signed=True)} to {shown(name, high, signed=True)})"
        holds = "not decided" if low * high <= 0 else "holds" if middle * paper > 0 else "**does not hold**"
        yield [f"{what}: {title}", f"{paper:+.3f}", ours if title != "FID" else f"LPIPS {ours}", holds]


def costs(one: dict[str, Any]) -> str:
    """What a machine was measured at."""
    lines = [f"{one['machine']}:", ""]
    if fill := one.get("fill"):
        parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in fill["stages"].items() if seconds >= LEAST)
        lines.append(
            f"- 256 x 256 with a hole of 128 x 128, {fill['threads']} threads: {fill['seconds']:.2f} s ({parts}), {fill['processor']:.2f} s of the processor; patches alone {fill['patchmatch']:.2f} s.{'' if fill['idle'] else ' The machine had other work to do.'}"
        )
    if fill and (large := fill.get("large")):
        lines.append(f"- 24 megapixels with a hole of 600 x 600: {large['seconds']:.1f} s, {large['processor']:.1f} s of the processor.")
    if memory := one.get("memory"):
        lines.append(
            f"- Peak memory of the synthesis, above what the process held before: {memory['hole']:.0f} MiB over the hole's surroundings,"
            f" {memory['whole']:.0f} MiB over a picture of {memory['side']} x {memory['side']}."
        )
    if cuda := one.get("cuda"):
        lines += [f"- {name}: {said}" for name, said in _cuda(cuda)]
    return "\n".join(lines)


def _cuda(cuda: dict[str, Any]) -> Iterator[tuple[str, str]]:
    rates = cuda["networks"]
    yield (
        "Networks alone, one picture at a time, bfloat16",
        f"{rates['eager']:.0f} a second as they are, {rates['graphs']:.0f} with CUDA graphs; {rates['cpu']:.1f} on the processor.",
    )
    fill = cuda["fill"]
    yield (
        "Whole fills",
        f"{fill['cuda']:.2f} s with the networks on the card, {fill['cpu']:.2f} s on the processor, which searches patches in both.",
    )
