"""Strips of pictures: what was given, what each method made of it, the truth, and where they differ, at full size about the hole."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.evaluation.scores.score import Score
    from engine.evaluation.trial import Case, Trial

    Pixels = NDArray[np.uint8]

LEAST, MOST = 216, 384
"""Rows and columns of a tile."""
ACROSS = 1600
"""Columns of a strip at most, unless LEAST for each tile are more."""
MARGIN = 32
"""Known pixels that are shown about a hole, where there is room."""
QUALITY = 90
"""Of the tiles' WebP."""
HOLE_COLOUR = (204, 121, 167)
"""Reddish purple of Okabe and Ito's palette."""
FULL_SCALE = 96
"""Levels of 255 at which a difference is drawn brightest."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of a strip."""

    title: str
    data: str
    """A data URI."""
    size: tuple[int, int]
    """Height and width."""
    method: int | None = None
    """Which method's; None: of the input, the truth or a difference."""
    value: float | None = None
    """Its score."""
    difference: str = ""
    """A data URI of how far it is from the truth."""


@dataclass(frozen=True, slots=True)
class Strip:
    """All tiles of one hole."""

    case: Case
    why: str
    """Why it was picked, or nothing."""
    facts: str
    tiles: tuple[Tile, ...]
    trials: tuple[Trial, ...]


def window(mask: Pixels, most: int) -> tuple[slice, slice]:
    """Rows and columns that a strip shows, at most so many: all of the hole with what is about it, or where hole meets known pixels."""
    lines = [np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0)]
    spans = [(int(one[0]), int(one[-1]) + 1) for one in lines]
    if all(end - start + MARGIN <= most for start, end in spans):
        return _shown(*spans[0], mask.shape[0], most), _shown(*spans[1], mask.shape[1], most)
    return _busiest(mask > 0, most)


def _shown(start: int, end: int, length: int, most: int) -> slice:
    """A span with its margin, LEAST long if there is as much, and within the picture."""
    side = min(length, most, max(LEAST, end - start + 2 * MARGIN))
    first = min(max(0, (start + end - side) // 2), length - side)
    return slice(first, first + side)


def _busiest(hole: NDArray[np.bool_], most: int) -> tuple[slice, slice]:
    """The largest window that has as much hole and as much known as can be."""
    height, width = (min(most, length) for length in hole.shape)
    sums = np.zeros((hole.shape[0] + 1, hole.shape[1] + 1), np.int64)
    sums[1:, 1:] = hole.cumsum(0).cumsum(1)
    held = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    top, left = np.unravel_index(int(np.minimum(held, height * width - held).argmax()), held.shape)
    return slice(int(top), int(top) + height), slice(int(left), int(left) + width)


def strip(truth: Pixels, mask: Pixels, fills: Mapping[str, Pixels], trials: Sequence[Trial], score: Score, why: str = "") -> Strip:
    """The strip of one hole.

    Args:
        truth: (H, W, 3).
        mask: (H, W), 0 outside the hole.
        fills: by method, (H, W, 3); a method that failed has none.
        trials: the hole's, one a method, in the order of the tiles.
        score: what is written beside each tile.
        why: it was picked.
    """
    region = window(mask, min(MOST, max(LEAST, ACROSS // (len(trials) + 2))))
    there = mask[region] > 0
    want = truth[region]
    tiles = [_tile("with hole", np.where(there[..., None], np.array(HOLE_COLOUR, np.uint8), want))]
    for number, trial in enumerate(trials):
        if trial.method in fills:
            got = fills[trial.method][region]
            tiles.append(_tile(trial.method, got, number, trial.scores.get(score.name), _apart(got, want)))
        else:
            tiles.append(Tile(trial.method, "", want.shape[:2], number))
    tiles.append(_tile("truth", want))
    height, width = mask.shape
    facts = f"{width} x {height} pixels, hole {100 * trials[0].ratio:.1f} %"
    return Strip(trials[0].case, why, facts, tuple(tiles), tuple(trials))


def _tile(title: str, pixels: Pixels, method: int | None = None, value: float | None = None, difference: Pixels | None = None) -> Tile:
    height, width = pixels.shape[:2]
    return Tile(title, _data(pixels), (height, width), method, value, "" if difference is None else _data(difference))


def _apart(got: Pixels, want: Pixels) -> Pixels:
    """The largest difference of a pixel's channels, from black over orange to white."""
    far = np.abs(got.astype(np.int16) - want).max(-1).astype(np.float32) / FULL_SCALE
    ramp = np.stack([far * 2.2, far * 1.4 - 0.15, far * 2 - 1.0], axis=-1)
    return (np.clip(ramp, 0, 1) * 255).astype(np.uint8)


def _data(pixels: Pixels) -> str:
    """The picture as a data URI."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "WEBP", quality=QUALITY, method=4)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def picks(trials: Sequence[Trial], score: Score, count: int, badness: Sequence[float]) -> list[tuple[Trial, str]]:
    """Which of the first method's trials are shown: its worst, its median and its best, and then the others in their order.

    Args:
        trials: of the first method, on one kind of hole.
        score: what they are ranked by.
        count: how many to pick at most.
        badness: of each, higher is worse.
    """
    order = [int(one) for one in np.argsort(badness, kind="stable")[::-1]]
    each = max(1, min(3, count // 3))
    middle = max(0, len(order) // 2 - each // 2)
    chosen: dict[int, str] = {}
    for why, some in (("worst", order[:each]), ("median", order[middle : middle + each]), ("best", order[-each:])):
        for one in some:
            chosen.setdefault(one, f"{why} {score.title} of {trials[one].method}")
    for one in range(len(trials)):
        chosen.setdefault(one, "")
    return [(trials[one], why) for one, why in chosen.items()][:count]
