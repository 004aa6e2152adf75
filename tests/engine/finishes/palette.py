"""A finish that tests put on the second shelf: every filled pixel becomes the known one whose colour is nearest to its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from engine.evidence import ConfidenceMap, HolePixels, NearestNeighborField
from engine.finish import Finish
from engine.job import Card, Fill, Settings, Step, setting

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.method import Cutout

MOST = 200
"""Known pixels that are looked at."""


@dataclass(frozen=True)
class PaletteSettings(Settings):
    keep: float = setting(0.0, "Keep", "How much of the colour stays as it was.", least=0.0, most=1.0)
    channel: str = setting("all", "Compare", "Which channels are compared.", choices=("all", "first"))


class Palette(Finish):
    """Lawful: it copies, and says from where."""

    card: ClassVar[Card] = Card(
        "palette", "Palette", "The nearest colour there is.", "none", PaletteSettings, copies=True, not_after=("navier-stokes",)
    )

    def finish(self, cutout: Cutout, fill: Fill, settings: PaletteSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        at = np.argwhere(cutout.sources)
        at = at[np.sort(rng.permutation(len(at))[:MOST])]
        yield Step(0.25, "looking, colours", cutout.patch(fill.values))
        theirs, wanted = cutout.image[tuple(at.T)], fill.values
        channels = slice(None) if settings.channel == "all" else slice(1)
        compared = wanted[:, channels] @ theirs[:, channels].T - np.square(theirs[:, channels]).sum(axis=1) / 2
        found = compared.argmax(axis=1)
        yield Step(1.0, "laying")
        values = settings.keep * wanted + (1 - settings.keep) * theirs[found]
        return Fill(values.astype(np.float32), self._evidence(cutout, at[found], settings), {"looked at": len(at)})

    @staticmethod
    def _evidence(cutout: Cutout, at: np.ndarray, settings: PaletteSettings) -> tuple[Any, ...]:
        pixels, n = HolePixels.of(cutout.window, cutout.hole), len(at)
        rows, columns = at.T[:, None].astype(np.int32)
        none, ones = np.zeros((1, n), np.int8), np.ones((1, n), np.float32)
        copied = np.full(n, settings.keep == 0)
        field = NearestNeighborField(pixels, rows.copy(), columns.copy(), none, none.copy(), ones, 0 * ones, 1, copied)
        return field, ConfidenceMap(pixels, np.full(n, 1 - settings.keep, np.float32), "share that is new")
