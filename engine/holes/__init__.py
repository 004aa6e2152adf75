"""Holes as the field makes them: which pixels a method has to fill, drawn by chance and the same on every machine.

A hole is a pure function of its kind, the picture's size and a generator of random numbers; `docs/holes.md` shows every kind, says
where its parameters come from, and why the bytes do not depend on the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadInput
from engine.holes.irregular import BUCKETS, irregular
from engine.holes.presets import MEDIUM, THICK, THIN, of_preset
from engine.holes.strokes import brush
from engine.holes.things import thing

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Maker = Callable[[tuple[int, int], np.random.Generator], NDArray[np.uint8]]

__all__ = ["BUCKETS", "KINDS", "hole"]


def box(size: tuple[int, int], _rng: np.random.Generator) -> NDArray[np.uint8]:
    """Half of the height by half of the width, in the middle: 128 x 128 of 256 x 256, as in Context Encoders and all after it."""
    (height, width), (tall, wide) = size, (max(1, side // 2) for side in size)
    top, left = (height - tall) // 2, (width - wide) // 2
    mask = np.zeros(size, np.uint8)
    mask[top : top + tall, left : left + wide] = 255
    return mask


def centre(size: tuple[int, int], _rng: np.random.Generator) -> NDArray[np.uint8]:
    """All but the outer quarter on each side, rounded down: what is left where a photograph's own surroundings have to tell the place."""
    height, width = size
    mask = np.zeros(size, np.uint8)
    mask[height // 4 : height - height // 4, width // 4 : width - width // 4] = 255
    return mask


def _any_bucket(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    return irregular(tuple(BUCKETS)[rng.integers(len(BUCKETS))], size, rng)


_MAKERS: dict[str, Maker] = {
    "box": box,
    "centre": centre,
    "brush": brush,
    "thin": lambda size, rng: of_preset(THIN, size, rng),
    "medium": lambda size, rng: of_preset(MEDIUM, size, rng),
    "thick": lambda size, rng: of_preset(THICK, size, rng),
    "irregular": _any_bucket,
    "irregular-0-20": lambda size, rng: irregular("irregular-0-20", size, rng),
    "irregular-20-40": lambda size, rng: irregular("irregular-20-40", size, rng),
    "irregular-40-60": lambda size, rng: irregular("irregular-40-60", size, rng),
    "object": thing,
}

KINDS: tuple[str, ...] = tuple(_MAKERS)
"""The names of all kinds; `irregular` is one of its three buckets by chance."""


def hole(kind: str, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A hole for a picture of that size: never empty, never everything.

    Args:
        kind: one of `KINDS`.
        size: height and width, two pixels at least.
        rng: every draw comes from it. To judge, it is `np.random.default_rng([seed, number of the picture])`.

    Returns:
        (H, W) uint8: 255 is the hole, 0 is known; what lies between is the soft rim of an `object`.

    Raises:
        BadInput: there is no such kind, or the picture has one pixel or none.
    """
    if kind not in _MAKERS:
        raise BadInput(f"There are no holes of the kind {kind}; the kinds are {', '.join(KINDS)}.")
    if size[0] * size[1] < 2:
        raise BadInput(f"A picture of {size[1]} x {size[0]} pixels cannot have both a hole and something known; give a larger one.")
    return _with_both(_MAKERS[kind](size, rng), rng)


def _with_both(mask: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Where a picture of a few pixels has no hole, or nothing but hole, one pixel changes sides."""
    if not mask.any() or mask.all():
        mask.flat[rng.integers(mask.size)] = 0 if mask.all() else 255
    return mask
