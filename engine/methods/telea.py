"""OpenCV's fast marching inpainting: each pixel becomes a weighted mean of the known ones around it, from the rim inwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.job import Card, Fill, Settings, Step, setting
from engine.method import Cutout, Method
from engine.ops.diffusion import diffused
from engine.ops.filters import TELEA

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np


@dataclass(frozen=True)
class TeleaSettings(Settings):
    """How far the filter looks."""

    radius: int = setting(3, "Radius", "Pixels around each point that are looked at.", least=1, most=20)


class Telea(Method):
    """See the module's text."""

    card = Card(
        "telea",
        "Telea",
        "Marches inwards from the rim, each pixel a mean of those before it; quick, and blurred in wide holes.",
        "Telea, An Image Inpainting Technique Based on the Fast Marching Method, JGT 2004",
        TeleaSettings,
    )

    def fill(self, cutout: Cutout, settings: TeleaSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        del rng
        yield Step(0.0, "diffusing")
        values = diffused(cutout.pixels, cutout.known, cutout.hole, settings.radius, TELEA)
        yield Step(1.0, "diffusing")
        return Fill(values)
