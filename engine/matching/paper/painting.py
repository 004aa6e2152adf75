"""The paper's fill: the picture's colours brought into the reference's geometry, and from there back into the hole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from engine.job import Step
from engine.matching.paper.levels import MARGIN, SIDE, fields
from engine.matching.warping import looked_up, places

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.matching.paper.levels import Common, PaperFields
    from engine.matching.warping import Map
    from engine.nets.tapped import Tapped

    Shades = NDArray[np.float32]

_MATCHED = 0.9
"""Of the work."""


@dataclass(frozen=True, slots=True, eq=False)
class Restored:
    """A hole of n pixels, in reading order, filled as the paper does, and from where."""

    values: Shades
    """(n, c) in [0, 1]."""
    matched: NDArray[np.float32]
    """(n, 2): row and column in the reference, both pictures at full size, as matched."""
    corrected: NDArray[np.float32]
    """(n, 2): as corrected."""
    anchors: NDArray[np.float32]
    """(m, 5): see `Evidence.anchors`."""
    probability: NDArray[np.float32]
    """(n,): of each matched vector to be right."""


def restored(
    target: Shades, hole: NDArray[np.bool_], reference: Shades, network: Tapped, common: Common = "warp", margin: int = MARGIN
) -> Generator[Step, None, Restored]:
    """Fill a hole as the paper does: the fields are found on squares of 256 pixels, the colours are taken at full size.

    Args:
        target: (h, w, 3) in [0, 1], with a first fill in its hole.
        hole: (h, w), at least one pixel.
        reference: (H, W, 3).
        network: see `fields`.
        common: see `fields`.
        margin: see `MARGIN`.
    """
    small = np.asarray(cv2.resize(hole.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)) > 0
    steps = fields(_square(target), small | _centre(hole), _square(reference), network, common, margin)
    found = yield from _slower(steps)
    size, other = hole.shape, (reference.shape[0], reference.shape[1])
    matched, right = (_enlarged(field, size, other) for field in (found.there.astype(np.float32), found.corrected.field.astype(np.float32)))
    back = _enlarged(found.here.astype(np.float32), other, size)
    yield Step(_MATCHED, "painting")
    painted = yield from _averaged(target, back)
    values = (yield from _averaged(painted, right))[hole]
    sure = _at_full(found.corrected.probability.astype(np.float32), size)[hole]
    return Restored(np.clip(values, 0, 1), matched[hole], right[hole], _anchors(found, size, other), sure)


def _slower(steps: Generator[Step, None, PaperFields]) -> Generator[Step, None, PaperFields]:
    """The same steps, as a part of more."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        yield Step(_MATCHED * step.fraction, step.stage)


def _square(picture: Shades) -> Shades:
    reduces = min(picture.shape[:2]) > SIDE
    small: Any = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA if reduces else cv2.INTER_CUBIC)
    return np.clip(small, 0, 1)


def _centre(hole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The square's pixel in which a hole's middle lies, so that none is lost."""
    out = np.zeros((SIDE, SIDE), np.bool_)
    middle = np.argwhere(hole).mean(axis=0)
    row, column = ((middle + 0.5) * SIDE / hole.shape).astype(int)
    out[row, column] = True
    return out


def _spots(size: tuple[int, int]) -> Map:
    """(h, w, 2): where each pixel of a full-size picture lies in its square."""
    return ((places(size) + np.float32(0.5)) * (SIDE / np.array(size, np.float32)) - np.float32(0.5)).astype(np.float32)


def _at_full(values: Any, size: tuple[int, int]) -> Any:
    return looked_up(values, _spots(size))


def _enlarged(field: Map, size: tuple[int, int], other: tuple[int, int]) -> Map:
    """A field (256, 256, 2) of squares as one of the full pictures, linear between its vectors."""
    at = _spots(size) + _at_full(field - places((SIDE, SIDE)), size)
    return (at + np.float32(0.5)) * (np.array(other, np.float32) / SIDE) - np.float32(0.5)


def _averaged(colours: Shades, field: Map) -> Generator[Step, None, Shades]:
    """Colours (H, W, c) where a field (h, w, 2) says, the mean of the overlapping 3 x 3 patches that it brings."""
    total, count = np.zeros((*field.shape[:2], colours.shape[2]), np.float32), np.zeros((*field.shape[:2], 1), np.float32)
    height, width = field.shape[:2]
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            to = slice(max(0, -down), height - max(0, down)), slice(max(0, -across), width - max(0, across))
            centre = slice(max(0, down), height - max(0, -down)), slice(max(0, across), width - max(0, -across))
            brought = looked_up(colours, np.ascontiguousarray(field[centre] - np.array((down, across), np.float32)))
            total[to] += brought.reshape(*brought.shape[:2], -1)
            count[to] += 1
            yield Step(_MATCHED, "painting")
    return total / count


def _anchors(found: PaperFields, size: tuple[int, int], other: tuple[int, int]) -> NDArray[np.float32]:
    ours, theirs = ((pair + 0.5) * np.array(full) / SIDE - 0.5 for pair, full in ((found.anchors.here, size), (found.anchors.there, other)))
    strength = found.anchors.strength[:, None] / max(float(found.anchors.strength.max(initial=0)), 1e-8)
    return np.concatenate([ours, theirs, strength], axis=1).astype(np.float32)
