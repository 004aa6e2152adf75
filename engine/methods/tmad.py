"""`tmad`: the hole is retrieved from a memory of the photograph's own texture, and networks join what was retrieved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.job import Card
from engine.method import Method
from engine.texture.synthesis import TextureSettings, synthesised

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np

    from engine.job import Fill, Step
    from engine.method import Cutout


class Tmad(Method):
    """See `engine.texture.synthesis`."""

    card: ClassVar[Card] = Card(
        name="tmad",
        title="Texture memory",
        sentence="Lays patches into the hole several times over, and lets networks make its colours of all of these.",
        paper="Xu et al., Texture Memory-Augmented Deep Patch-Based Image Inpainting, IEEE TIP 2021",
        settings=TextureSettings,
        copies=True,
        devices=("cpu", "cuda"),
        weights="tmad",
    )

    def fill(self, cutout: Cutout, settings: TextureSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`. Raises MissingWeights."""
        return synthesised(cutout, None, settings, rng)
