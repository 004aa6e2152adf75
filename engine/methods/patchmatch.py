"""Multi-scale patch completion: the hole is made of patches of its surroundings, from coarse to fine, then merged by gradients.

Barnes et al., PatchMatch, SIGGRAPH 2009; Wexler, Shechtman, Irani, Space-Time Completion of Video, PAMI 2007. The work is done by
`engine.exemplar`, as other methods leave to patches what they do not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.exemplar import PatchSettings, filled
from engine.job import Card
from engine.method import Method

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np

    from engine.job import Fill, Step
    from engine.method import Cutout


class PatchMatch(Method):
    """See the module's text."""

    card = Card(
        "patchmatch",
        "Patches",
        "Fills the hole with patches of its surroundings, matched from coarse to fine and merged without seams.",
        "Barnes et al., PatchMatch, SIGGRAPH 2009; Wexler et al., Space-Time Completion of Video, PAMI 2007",
        PatchSettings,
        copies=True,
        devices=("cpu", "cuda"),
    )

    def fill(self, cutout: Cutout, settings: PatchSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        return (yield from filled(cutout, settings, rng))
