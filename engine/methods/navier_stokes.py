"""OpenCV's Navier-Stokes inpainting: lines of equal brightness are continued into the hole as streamlines of a fluid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.job import Card, Fill, Settings, Step, setting
from engine.method import Cutout, Method
from engine.ops.diffusion import diffused
from engine.ops.filters import NAVIER_STOKES

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np


@dataclass(frozen=True)
class NavierStokesSettings(Settings):
    """How far the filter looks."""

    radius: int = setting(3, "Radius", "Pixels around each point that are looked at.", least=1, most=20)


class NavierStokes(Method):
    """See the module's text."""

    card = Card(
        "navier-stokes",
        "Navier-Stokes",
        "Carries lines of equal brightness into the hole as a fluid would; quick, and blurred in wide holes.",
        "Bertalmio, Bertozzi, Sapiro, Navier-Stokes, Fluid Dynamics, and Image and Video Inpainting, CVPR 2001",
        NavierStokesSettings,
    )

    def fill(self, cutout: Cutout, settings: NavierStokesSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        del rng
        yield Step(0.0, "diffusing")
        values = diffused(cutout.pixels, cutout.known, cutout.hole, settings.radius, NAVIER_STOKES)
        yield Step(1.0, "diffusing")
        return Fill(values)
