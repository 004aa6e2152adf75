"""Why a pixel looks as it does: evidence answers from where, and how sure, and names the layers that can be drawn.

Evidence is kept as lists over the hole's pixels, never as whole pictures, in the coordinates of the method that made it;
its Window maps it to the picture.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.geometry import Box, Place, Window
from engine.picture import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Layer:
    """Something that can be drawn over the picture."""

    name: str
    kind: Literal["vectors", "heat"]
    """vectors: (h, w, 2) rows down and columns across; heat: (h, w). Both float32, NaN where there is nothing."""
    unit: str
    range: tuple[float, float]
    """Least and greatest value (of a vector: length) a key has to show."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a filled pixel came from."""

    place: Place
    """The pixel it is the copy of (or took its gradient from): a box of one pixel, known, in its origin."""
    patch: Box
    """The whole patch that was copied around it; every pixel of it is known too."""
    weight: float
    """Vote of that patch, 0 to 1."""
    distance: float
    """Root mean square difference, in levels of 255, of that patch and what it was matched with."""


@dataclass(frozen=True, slots=True, eq=False)
class HolePixels:
    """The pixels a method filled: rows and columns (n,) int32 in its window, in reading order."""

    window: Window
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]

    def __post_init__(self) -> None:
        frozen(self.rows)
        frozen(self.columns)

    @classmethod
    def of(cls, window: Window, hole: NDArray[np.bool_]) -> HolePixels:
        """All pixels of a hole (h, w) of the window's size."""
        rows, columns = np.nonzero(hole)
        return cls(window, rows.astype(np.int32), columns.astype(np.int32))

    def find(self, row: int, column: int) -> int | None:
        """The index of the pixel that a pixel of the picture falls in; None outside the hole."""
        first, last = (int(end) for end in self._runs(self.window.rows_seen(np.array([row])))[:, 0])
        c = int(self.window.columns_seen(np.array([column]))[0])
        k = first + int(np.searchsorted(self.columns[first:last], c))
        return k if k < last and self.columns[k] == c else None

    def spread(self, values: NDArray[np.float32], at: Box, step: int) -> NDArray[np.float32]:
        """Values (n, ...) of the pixels laid out over a box of the picture, every `step`th row and column; else NaN."""
        rows, columns = np.arange(at.top, at.bottom, step), np.arange(at.left, at.right, step)
        out = np.full((len(rows), len(columns), *values.shape[1:]), np.nan, np.float32)
        r, c = self.window.rows_seen(rows), self.window.columns_seen(columns)
        inside = ((c >= 0) & (c < self.window.size[1])).nonzero()[0]
        line = np.full((self.window.size[1], *values.shape[1:]), np.nan, np.float32)
        for i, (first, last) in enumerate(self._runs(r).T):
            if first < last:
                line[self.columns[first:last]] = values[first:last]
                out[i, inside] = line[c[inside]]
                line[self.columns[first:last]] = np.nan
        return out

    def _runs(self, rows: NDArray[np.int64]) -> NDArray[np.intp]:
        """(2, rows): where the pixels of each row begin and end in the lists."""
        rows32 = rows.astype(np.int32)  # another type would copy the whole list at each search
        return np.stack([np.searchsorted(self.rows, rows32, "left"), np.searchsorted(self.rows, rows32, "right")])


class Evidence(ABC):
    """One answer of one stage. `name` is the field's own word, `stage` says which part of the run it speaks of."""

    name: str
    stage: str
    pixels: HolePixels

    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """What can be drawn."""

    @abstractmethod
    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """The values of a layer over a box of the picture, every `step`th row and column, NaN outside the hole.

        Raises KeyError for a name that `layers` does not list.
        """

    def sources(self, place: Place) -> list[Source]:
        """From where the top left pixel of `place` came, the likeliest first; empty where this evidence cannot say."""
        del place
        return []


@dataclass(frozen=True, slots=True, eq=False)
class NearestNeighborField(Evidence):
    """For every filled pixel the known pixel it came from, with the patch around it.

    Arrays are (runs, n) over the n hole pixels: one run as a rule; several where results of several seeds were averaged.
    Origin rows and columns are int32 in the window; `up` and `left` int8 say where the pixel lies within its patch.
    """

    pixels: HolePixels
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    up: NDArray[np.int8]
    left: NDArray[np.int8]
    weights: NDArray[np.float32]
    distances: NDArray[np.float32]
    patch: int
    """Side of the square patch in window pixels."""
    copied: NDArray[np.bool_]
    """(n,): whether the filled pixel equals its source, value for value."""
    name: str = "Nearest-neighbour field"
    stage: str = "patches"

    def __post_init__(self) -> None:
        for array in (self.rows, self.columns, self.up, self.left, self.weights, self.distances, self.copied):
            frozen(array)

    def layers(self) -> tuple[Layer, ...]:
        """The field as offsets, and the distances of its patches."""
        farthest = float(np.hypot(*self._offsets().T).max(initial=1.0))
        return (
            Layer("field", "vectors", "px", (0.0, farthest)),
            Layer(
                "distance",
                "heat",
                "levels of 255",
                (0.0, max(1.0, float(np.percentile(self.distances[0], 98)))) if self.distances.size else (0.0, 1.0),
            ),
        )

    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """See `Evidence.layer`; "field" is source less pixel, rows down then columns across, in picture pixels."""
        if name == "field":
            return self.pixels.spread(self._offsets(), at, step)
        if name == "distance":
            return self.pixels.spread(self.distances[0], at, step)
        raise KeyError(name)

    def sources(self, place: Place) -> list[Source]:
        """See `Evidence.sources`: one Source a run."""
        k = self.pixels.find(place.box.top, place.box.left)
        found = [] if k is None else [self._source(run, k) for run in range(len(self.rows))]
        return sorted(found, key=lambda source: -source.weight)

    def _offsets(self) -> NDArray[np.float32]:
        """(n, 2): source less pixel, of the first run, in picture pixels."""
        steps = np.stack([self.rows[0] - self.pixels.rows, self.columns[0] - self.pixels.columns], axis=1)
        return (steps * self.pixels.window.scale).astype(np.float32)

    def _source(self, run: int, k: int) -> Source:
        window, row, column = self.pixels.window, int(self.rows[run, k]), int(self.columns[run, k])
        top, left = row - int(self.up[run, k]), column - int(self.left[run, k])
        return Source(
            Place.pixel(*window.picture_pixel(row, column)),
            window.picture_box(Box(top, left, self.patch, self.patch)),
            float(self.weights[run, k]),
            float(self.distances[run, k]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceMap(Evidence):
    """How sure a method is of each pixel it filled: values (n,) from 0 to 1; `meaning` says what a value stands for."""

    pixels: HolePixels
    values: NDArray[np.float32]
    meaning: str
    name: str = "Confidence"
    stage: str = "patches"

    def __post_init__(self) -> None:
        frozen(self.values)

    def layers(self) -> tuple[Layer, ...]:
        """The confidence."""
        return (Layer("confidence", "heat", self.meaning, (0.0, 1.0)),)

    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """See `Evidence.layer`."""
        if name != "confidence":
            raise KeyError(name)
        return self.pixels.spread(self.values, at, step)
