"""The paper's mapping fields of two square pictures, from the coarsest features to the pixels, and their correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from engine import weights
from engine.job import Step
from engine.matching.paper.buddies import buddies, finer
from engine.matching.paper.common import SHARES, deconvolved, mixed, moved, pyramid
from engine.matching.paper.correction import corrected, region
from engine.matching.paper.search import LEVELS, doubled, identity, searched, unit
from engine.nets.vgg import Vgg16, Vgg19
from engine.ops.bands import Workers, told

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.matching.paper.buddies import Buddies
    from engine.matching.paper.correction import Corrected
    from engine.matching.paper.search import Field, Level, Maps
    from engine.nets.tapped import Tapped
    from engine.ops.bands import Pausing

Common: TypeAlias = Literal["warp", "adam"]
"""How features come into the other picture's place: those of the finer level are moved there by the field so far; or those of the coarser
level are, and the finer ones are found by optimisation, as in the paper."""

SIDE = 256
"""Height and width of the pictures."""
MARGIN = 32
"""Pixels around the hole whose vectors are looked at with those in it: half a radius of the coarsest level. The released program takes that of the
finest, one pixel, and then most wrong vectors of a large hole agree with each other, and stay."""
_SHARES = {5: 0.1, 4: 0.15, 3: 0.25, 2: 0.4, 1: 0.75, 0: 0.8}
"""Of the work, done after a level."""


@dataclass(frozen=True, slots=True, eq=False)
class PaperFields:
    """What the paper's procedure finds of two pictures: fields as matched and as corrected, and the anchors."""

    there: Field
    """(256, 256, 2), from the picture to the reference, as matched."""
    here: Field
    """(256, 256, 2), back."""
    corrected: Corrected
    """`there` with what was wrong in the hole replaced."""
    anchors: Buddies


def backbone() -> Tapped:
    """VGG-19 as in the paper where its file is present, else VGG-16. Raises MissingWeights where that is not there either."""
    if weights.there("vgg19"):
        return weights.load(Vgg19(), "vgg19").eval()
    return weights.load(Vgg16(), "vgg16").eval()


def fields(
    target: NDArray[np.float32],
    hole: NDArray[np.bool_],
    reference: NDArray[np.float32],
    network: Tapped,
    common: Common = "warp",
    margin: int = MARGIN,
) -> Generator[Step, None, PaperFields]:
    """Match two pictures as the paper does.

    Args:
        target: (256, 256, 3) in [0, 1], with a first fill in its hole: the paper's released program looks at that too.
        hole: (256, 256), at least one pixel.
        reference: (256, 256, 3).
        network: VGG-19 or VGG-16 with its weights.
        common: see `Common`.
        margin: see `MARGIN`.
    """
    yield Step(0.0, "features")
    one = pyramid(network, target)
    yield Step(0.03, "features")
    pair = one, pyramid(network, reference)
    with Workers() as workers:
        there: Field = identity((16, 16))
        here: Field = there
        maps = one[5], pair[1][5]
        found: Buddies | None = None
        done = 0.05
        for level in LEVELS:
            stage = f"matching, level {level.number}"
            if level.number < 5:
                grown = _grown(there, here, level)
                maps = yield from told(_common(network, pair, (there, here), grown, level, common), done, stage)
                there, here = grown
            mine, theirs = unit(maps[0]), unit(maps[1])
            there = yield from told(searched(mine, theirs, there, level, workers), done, stage)
            here = yield from told(searched(theirs, mine, here, level, workers), done, stage)
            own = one[level.number], pair[1][level.number]
            found = finer(found) if found and level.number else found
            found = buddies(there, here, own, level, region(_reduced(hole, there.shape[0]), level), found)
            done = _SHARES[level.number]
        assert found is not None
        right = yield from told(corrected(there, hole, found, LEVELS[-1], workers, margin), done, "correcting the field")
    return PaperFields(there, here, right, found)


def _grown(there: Field, here: Field, level: Level) -> tuple[Field, Field]:
    """Fields of a level from those of the one before; the last two are of one size."""
    return (doubled(there), doubled(here)) if level.number else (there, here)


def _common(
    network: Tapped,
    pair: tuple[list[Maps], list[Maps]],
    coarse: tuple[Field, Field],
    grown: tuple[Field, Field],
    level: Level,
    common: Common,
) -> Pausing[tuple[Maps, Maps]]:
    """Both pictures' features of a level, each in part the other's."""
    before = LEVELS[4 - level.number]
    out: list[Maps] = []
    for own, other, field, large in zip(pair, pair[::-1], coarse, grown, strict=True):
        if common == "adam":
            wanted = yield from moved(other[before.number], field, before.side)
            size = own[level.number].shape[:2]
            brought = yield from deconvolved(network, before.number, wanted, (size[0], size[1]))
        else:
            brought = yield from moved(other[level.number], large, before.side)
        out.append(mixed(own[level.number], brought, SHARES[common]))
    return out[0], out[1]


def _reduced(hole: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(side, side): where any of the hole's pixels lies."""
    times = hole.shape[0] // side
    return np.asarray(hole.reshape(side, times, side, times).any(axis=(1, 3)), np.bool_)
