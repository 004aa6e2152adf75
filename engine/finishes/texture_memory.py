"""`texture-memory`: a fill keeps its colours and gets the photograph's own texture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.finish import Finish
from engine.job import Card
from engine.texture.synthesis import TextureSettings, synthesised

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np

    from engine.job import Fill, Step
    from engine.method import Cutout


class TextureMemory(Finish):
    """What `tmad` does, with a fill in place of its coarse network (there: the networks of others before PSNet). See `engine.texture.synthesis`."""

    card: ClassVar[Card] = Card(
        name="texture-memory",
        title="Texture memory",
        sentence="Lays patches of the photograph over a fill, after its colours, which networks make of both.",
        paper="Xu et al., Texture Memory-Augmented Deep Patch-Based Image Inpainting, IEEE TIP 2021",
        settings=TextureSettings,
        copies=True,
        devices=("cpu", "cuda"),
        not_after=("tmad",),
        weights="tmad",
    )

    def finish(self, cutout: Cutout, fill: Fill, settings: TextureSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Finish.finish`. Raises MissingWeights."""
        return synthesised(cutout, fill, settings, rng)
