"""What a fill's result means to the document: which choices it makes or adds to, and whether it may still stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.choice import Candidate, Choice
from engine.geometry import Box
from engine.picture import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from app.asked import Asked
    from engine.evidence import Evidence
    from engine.job import Job, Result
    from engine.picture import Picture


def frames(result: Result) -> list[Box]:
    """What of the picture was read for each patch."""
    return [Box(*frame) for frame in result.record["frames"]]


def unchanged(job: Job, result: Result, now: Picture) -> bool:
    """Whether the pixels that a fill has read are still what they were."""
    if np.may_share_memory(job.picture.pixels, now.pixels):
        return True
    for frame in frames(result):
        read = job.mask.coverage[frame.slices] < 255
        if not np.array_equal(job.picture.pixels[frame.slices][read], now.pixels[frame.slices][read]):
            return False
    return True


def choices(asked: Asked, result: Result, title: str, seconds: float, under: Callable[[Choice], NDArray[Any]]) -> list[Choice]:
    """The choices that a result belongs to, each with one candidate more: a new one a frame, or the one that was asked for again.

    `under` gives what stands in a choice's box without it.
    """
    found: list[Choice] = []
    for choice, patch, evidence in _again(asked.again, result, under) if asked.again else _new(asked, result):
        choice.candidates.append(Candidate(patch, evidence, asked.method, title, asked.seed, seconds, result.record))
        found.append(choice)
    return found


def _new(asked: Asked, result: Result) -> list[tuple[Choice, Patch, tuple[Evidence, ...]]]:
    return [
        (
            Choice(asked.first_in(patch.box), patch.box, asked.coverage(patch.box)),
            patch,
            tuple(one for one in result.evidence if one.pixels.window.box.common(frame) == one.pixels.window.box),
        )
        for patch, frame in zip(result.patches, frames(result), strict=True)
    ]


def _again(choice: Choice, result: Result, under: Callable[[Choice], NDArray[Any]]) -> list[tuple[Choice, Patch, tuple[Evidence, ...]]]:
    """One candidate, of however many patches: frames that merged the first time, as a sampling area lay between, need not merge again."""
    patch = result.patches[0]
    if patch.box != choice.box:
        pixels = under(choice)
        for part in result.patches:
            pixels[part.box.moved(-choice.box.top, -choice.box.left).slices] = part.pixels
        patch = Patch(0, choice.box, pixels)
    return [(choice, patch, result.evidence)]
