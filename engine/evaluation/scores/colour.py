"""Is the colour right, whatever the texture?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.scores.filters import soft_lab
from engine.evaluation.scores.view import Pair, View, around

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGMA = 12.0
REACH = 48
"""Pixels at which the blur's weights end."""


def lab(pair: Pair) -> float:
    """Mean CIE76 distance over the hole of the two pictures after a Gaussian blur of sigma 12 pixels."""
    return float(np.linalg.norm(pair.filled.once(_colours) - pair.truth.once(_colours), axis=-1).mean())


def _colours(view: View) -> NDArray[np.float32]:
    """(n, 3): blurred Lab at the hole's pixels."""
    box = around(view.hole, REACH).slices
    return soft_lab(view.pixels[box], SIGMA)[view.hole[box]]
