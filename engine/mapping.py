"""From which places of other photographs the pixels of a hole came: the mapping field and its anchors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evidence import Evidence, HolePixels, Layer, Source
from engine.geometry import Box, Place
from engine.picture import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

AROUND = 3
"""Pixels on each side of a source that are shown with it."""


@dataclass(frozen=True, slots=True, eq=False)
class MappingField(Evidence):
    """For every filled pixel its place in a reference, if it has one: the mapping field, as it was matched or as it was corrected.

    Arrays are lists over the n hole pixels.
    """

    pixels: HolePixels
    places: NDArray[np.float32]
    """(n, 2): row and column in the reference at full size; NaN where the pixel has no place in any."""
    origins: NDArray[np.int8]
    """(n,): which of the references, from 0; -1: none, the pixel came from the picture itself."""
    names: tuple[str, ...]
    """The references'."""
    sizes: tuple[tuple[int, int], ...]
    """Their heights and widths."""
    weights: NDArray[np.floating]
    """(n,): how sure the place is, 0 to 1."""
    found: NDArray[np.float32]
    """(m, 5): see `Evidence.anchors`."""
    frame: tuple[int, int]
    """Height and width of the picture."""
    name: str = "Mapping field"
    stage: str = "corrected"

    def __post_init__(self) -> None:
        for array in (self.places, self.origins, self.weights, self.found):
            frozen(array)

    def layers(self) -> tuple[Layer, ...]:
        """The field as offsets; and which photograph each pixel came from, once that is decided."""
        lengths = np.hypot(*self._offsets(slice(None)).T)
        farthest = float(np.nanmax(lengths, initial=1.0))
        field = Layer(f"field {self.stage}", "vectors", "px", (0.0, farthest))
        if self.stage != "corrected":
            return (field,)
        labels = ("this photograph", *self.names)
        return (field, Layer("photograph", "labels", "", (0.0, float(len(self.names))), labels))

    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """See `Evidence.layer`; a field is place less pixel, rows down then columns across, the reference enlarged or reduced to the picture."""
        part = self.pixels.between(at)
        if name == f"field {self.stage}":
            return self.pixels.spread(self._offsets(part), at, step, part.start)
        if name == "photograph" and self.stage == "corrected":
            return self.pixels.spread(self.origins[part] + np.float32(1), at, step, part.start)
        raise KeyError(name)

    def sources(self, place: Place) -> list[Source]:
        """See `Evidence.sources`: the nearest pixel of the reference, and those around it."""
        k = self.pixels.find(place.box.top, place.box.left)
        if k is None or self.origins[k] < 0 or self.stage != "corrected":
            return []
        number = int(self.origins[k])
        whole = Box.whole(self.sizes[number])
        row, column = (min(max(round(float(at)), 0), most - 1) for at, most in zip(self.places[k], whole.size, strict=True))
        around = Box(row - AROUND, column - AROUND, 2 * AROUND + 1, 2 * AROUND + 1).common(whole)
        assert around is not None
        return [Source(Place.pixel(row, column, self.names[number]), around, float(self.weights[k]), float("nan"))]

    def anchors(self) -> NDArray[np.float32]:
        """See `Evidence.anchors`."""
        return self.found

    def _offsets(self, part: slice) -> NDArray[np.float32]:
        """(n, 2) of some pixels; NaN where there is none."""
        height, width = self.frame
        ratios = np.array([(height / h, width / w) for h, w in self.sizes] or [(1.0, 1.0)], np.float32)
        window = self.pixels.window
        (down, across), (top, left) = window.scale, (window.box.top, window.box.left)
        at = np.stack([(self.pixels.rows_of(part) + 0.5) * down - 0.5 + top, (self.pixels.columns_of(part) + 0.5) * across - 0.5 + left], 1)
        seen = (self.places[part] + 0.5) * ratios[np.maximum(self.origins[part], 0)] - 0.5
        return (seen - at).astype(np.float32)
