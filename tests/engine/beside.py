"""Other photographs of a place for tests, and a method that takes them: dull, quick and lawful."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from engine.evidence import HolePixels
from engine.job import Card, Fill, Settings, Step
from engine.mapping import MappingField
from engine.method import Cutout, Method

if TYPE_CHECKING:
    from collections.abc import Generator


class SamePlace(Method):
    """Takes each pixel of the hole from the same place of the first reference that shows it; elsewhere the mean of what is known."""

    card: ClassVar[Card] = Card("same-place", "Same place", "The other photograph's pixels.", "none", references=True)

    def fill(self, cutout: Cutout, settings: Settings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`."""
        del settings, rng
        yield Step(0.5, "looking")
        rows, columns = np.nonzero(cutout.hole)
        values = np.repeat(cutout.image[cutout.known].mean(axis=0, keepdims=True), len(rows), axis=0).astype(np.float32)
        places, origins = np.full((len(rows), 2), np.nan, np.float32), np.full(len(rows), -1, np.int8)
        for number, one in enumerate(cutout.references):
            inside = (rows < one.known.shape[0]) & (columns < one.known.shape[1]) & (origins < 0)
            inside[inside] = one.known[rows[inside], columns[inside]]
            values[inside] = one.pixels[rows[inside], columns[inside]] / np.float32(np.iinfo(one.pixels.dtype).max)
            places[inside] = np.stack([rows[inside], columns[inside]], axis=1)
            origins[inside] = number
        found = np.zeros((0, 5), np.float32)
        pixels, sure = HolePixels.of(cutout.window, cutout.hole), (origins >= 0).astype(np.float32)
        names, sizes = tuple(one.name for one in cutout.references), tuple(one.known.shape for one in cutout.references)
        field = MappingField(pixels, places, origins, names, sizes, sure, found, cutout.hole.shape)
        yield Step(1.0, "taking")
        return Fill(
            values,
            (field,),
            {
                "references": [{"name": one.name, "used": bool((origins == k).any())} for k, one in enumerate(cutout.references)],
                "matched": True,
            },
        )
