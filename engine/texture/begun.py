"""What the coarse network is given: the picture at a quarter of its size, its hole filled smoothly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.ops.filters import area_halved
from engine.ops.membrane import membrane

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from engine.job import Step
    from engine.ops.bands import Workers

HALVINGS = 2
"""How often the picture is halved: what such a network sees is coarse in any case, and in small it sees far and learns soon."""
MULTIPLE = 2 ** (HALVINGS + 3)
"""What height and width have to be multiples of: the network itself halves three times."""


def begun(
    image: NDArray[np.float32], missing: NDArray[np.bool_], workers: Workers
) -> Generator[Step, None, tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """A picture (H, W, 3) in [0, 1] at a quarter of its size, filled by the smoothest surface through the hole's rim; and its hole there.

    Sides are multiples of `MULTIPLE`. A pixel is known where any of its 16 is, as the mean of those; what the hole holds is not looked at.
    Something must be known.
    """
    shares, sums = (~missing).astype(np.float32), np.where(missing[..., None], np.float32(0), image)
    for _ in range(HALVINGS):
        shares, sums = area_halved(shares), area_halved(sums)
    small = np.divide(sums, np.maximum(shares, np.float32(1e-6))[..., None], dtype=np.float32)
    hole = shares == 0
    if hole.any():
        small[hole] = yield from membrane(small, ~hole, hole, workers)
    return small, hole
