"""A smooth surface through the hole's rim: the solution of Laplace's equation. No texture, no structure, no surprises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.job import Card, Fill, Settings, Step
from engine.method import Cutout, Method
from engine.ops.bands import Workers
from engine.ops.membrane import membrane

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np


class Harmonic(Method):
    """See the module's text."""

    card = Card("harmonic", "Harmonic", "A smooth surface through the hole's rim, for skies and plain walls.", "Laplace's equation")

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        del settings, rng
        with Workers() as workers:
            return Fill((yield from membrane(cutout.pixels, cutout.known, cutout.hole, workers)))
