"""Why a pixel looks as it does: evidence answers from where, and how sure, and names the layers that can be drawn.

Evidence is kept as lists over the hole's pixels, never as whole pictures, in the coordinates of the method that made it;
its Window maps it to the picture.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.geometry import Box, Place, Window
from engine.picture import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ROWS = 1024
_SAMPLE = 100_000


@dataclass(frozen=True, slots=True)
class Layer:
    """Something that can be drawn over the picture."""

    name: str
    kind: Literal["vectors", "heat", "labels"]
    """vectors: (h, w, 2) rows down and columns across; heat and labels: (h, w). All float32, NaN where there is nothing."""
    unit: str
    range: tuple[float, float]
    """Least and greatest value (of a vector: length) a key has to show."""
    labels: tuple[str, ...] = ()
    """What the whole numbers of a layer of labels stand for, from 0."""


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
    """The pixels a method filled, in its window and in reading order; kept as runs of neighbours in a row.

    Run i is the pixels `starts[i]` to `ends[i]` - 1 of row `lines[i]`, the first of them number `before[i]` of all.
    """

    window: Window
    lines: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    before: NDArray[np.int64]
    """One longer: the last is how many there are."""

    def __post_init__(self) -> None:
        for array in (self.lines, self.starts, self.ends, self.before):
            frozen(array)

    @classmethod
    def of(cls, window: Window, hole: NDArray[np.bool_]) -> HolePixels:
        """All pixels of a hole (h, w) of the window's size."""
        width = hole.shape[1] + 1
        parts: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        for top in range(0, len(hole), _ROWS):
            bordered = np.zeros((len(hole[top : top + _ROWS]), width + 1), np.bool_)
            bordered[:, 1:-1] = hole[top : top + _ROWS]
            parts.append(np.flatnonzero(bordered[:, 1:] != bordered[:, :-1]) + top * width)
        edges = np.concatenate(parts)  # where a run begins and ends, in turn
        lines, starts = np.divmod(edges[::2], width)
        ends = edges[1::2] % width
        before = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
        return cls(window, lines.astype(np.int32), starts.astype(np.int32), ends.astype(np.int32), before)

    def __len__(self) -> int:
        return int(self.before[-1])

    @property
    def box(self) -> Box | None:
        """The smallest box of the picture that holds them all; None where there are none."""
        if not len(self):
            return None
        top, left = int(self.lines[0]), int(self.starts.min())
        return self.window.picture_box(Box(top, left, int(self.lines[-1]) + 1 - top, int(self.ends.max()) - left))

    @property
    def rows(self) -> NDArray[np.int32]:
        """(n,): each pixel's row in the window."""
        return self.rows_of(slice(None))

    @property
    def columns(self) -> NDArray[np.int32]:
        """(n,): each pixel's column in the window."""
        return self.columns_of(slice(None))

    def rows_of(self, part: slice) -> NDArray[np.int32]:
        """The rows of some of the pixels, by their numbers from first to last."""
        run = self._runs_of(part)
        return self._cut(np.repeat(self.lines[run], self.ends[run] - self.starts[run]), run, part)

    def columns_of(self, part: slice) -> NDArray[np.int32]:
        """The columns of some of the pixels, by their numbers from first to last."""
        run = self._runs_of(part)
        lengths = self.ends[run] - self.starts[run]
        numbers = np.arange(int(lengths.sum()), dtype=np.int32)
        ahead = (np.cumsum(lengths) - lengths).astype(np.int32) - self.starts[run]
        return self._cut(numbers - np.repeat(ahead, lengths), run, part)

    def _runs_of(self, part: slice) -> slice:
        """The runs in which they lie."""
        first, last, _ = part.indices(len(self))
        begin = int(np.searchsorted(self.before, first, "right")) - 1
        return slice(begin, max(begin, int(np.searchsorted(self.before, last, "left"))))

    def _cut(self, values: NDArray[np.int32], run: slice, part: slice) -> NDArray[np.int32]:
        """Those of some pixels out of those of their runs."""
        first, last, _ = part.indices(len(self))
        begin = int(self.before[run.start])
        values = values[first - begin : max(first, last) - begin]
        frozen(values)
        return values

    def find(self, row: int, column: int) -> int | None:
        """The index of the pixel that a pixel of the picture falls in; None outside the hole."""
        first, last = (int(end) for end in self._of_rows(self.window.rows_seen(np.array([row])))[:, 0])
        c = int(self.window.columns_seen(np.array([column]))[0])
        k = first + int(np.searchsorted(self.starts[first:last], c, "right")) - 1
        return int(self.before[k]) + c - int(self.starts[k]) if k >= first and c < self.ends[k] else None

    def between(self, at: Box) -> slice:
        """The numbers of the pixels in all rows that a box of the picture sees."""
        runs = self._of_rows(self.window.rows_seen(np.array([at.top, at.bottom - 1])))
        return slice(int(self.before[runs[0, 0]]), int(self.before[runs[1, 1]]))

    def spread(self, values: NDArray[Any], at: Box, step: int, first: int = 0) -> NDArray[np.float32]:
        """Values (n, ...) of the pixels from number `first` on, laid out over a box of the picture, every `step`th row and column; else NaN."""
        rows, columns = np.arange(at.top, at.bottom, step), np.arange(at.left, at.right, step)
        out = np.full((len(rows), len(columns), *values.shape[1:]), np.nan, np.float32)
        c = self.window.columns_seen(columns)
        inside = ((c >= 0) & (c < self.window.size[1])).nonzero()[0]
        line = np.full((self.window.size[1], *values.shape[1:]), np.nan, np.float32)
        for i, (begin, end) in enumerate(self.before[self._of_rows(self.window.rows_seen(rows))].T):
            if begin < end:
                there = self.columns_of(slice(int(begin), int(end)))
                line[there] = values[begin - first : end - first]
                out[i, inside] = line[c[inside]]
                line[there] = np.nan
        return out

    def _of_rows(self, rows: NDArray[np.int64]) -> NDArray[np.intp]:
        """(2, rows): where the runs of each row begin and end."""
        rows32 = rows.astype(np.int32)  # another type would copy the whole list at each search
        return np.stack([np.searchsorted(self.lines, rows32, "left"), np.searchsorted(self.lines, rows32, "right")])


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

    def anchors(self) -> NDArray[np.float32]:
        """(n, 5): places on which this rests: row and column in the picture, row and column in the source's origin, how sure they are from 0 to 1."""
        return np.zeros((0, 5), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class NearestNeighborField(Evidence):
    """For every filled pixel the known pixel it came from, with the patch around it.

    Arrays are (runs, n) over the n hole pixels: one run as a rule; several where results of several seeds were averaged.
    Origin rows and columns are int32 in the window; `up` and `left` int8 say where the pixel lies within its patch. Weights and distances
    of any precision: half is enough to look at, and takes half the memory.
    """

    pixels: HolePixels
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    up: NDArray[np.int8]
    left: NDArray[np.int8]
    weights: NDArray[np.floating]
    distances: NDArray[np.floating]
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
        farthest = float(np.hypot(*self._offsets(slice(None)).T).max(initial=1.0))
        some = self.distances[0, :: 1 + self.distances.shape[1] // _SAMPLE].astype(np.float32)
        return (
            Layer("field", "vectors", "px", (0.0, farthest)),
            Layer(
                "distance",
                "heat",
                "levels of 255",
                (0.0, max(1.0, float(np.percentile(some, 98))) if some.size else 1.0),
            ),
        )

    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """See `Evidence.layer`; "field" is source less pixel, rows down then columns across, in picture pixels."""
        if name == "field":
            part = self.pixels.between(at)
            return self.pixels.spread(self._offsets(part), at, step, part.start)
        if name == "distance":
            return self.pixels.spread(self.distances[0], at, step)
        raise KeyError(name)

    def sources(self, place: Place) -> list[Source]:
        """See `Evidence.sources`: one Source a run."""
        k = self.pixels.find(place.box.top, place.box.left)
        found = [] if k is None else [self._source(run, k) for run in range(len(self.rows))]
        return sorted(found, key=lambda source: -source.weight)

    def _offsets(self, part: slice) -> NDArray[np.float32]:
        """(n, 2): source less pixel of some pixels, of the first run, in picture pixels."""
        steps = np.stack([self.rows[0, part] - self.pixels.rows_of(part), self.columns[0, part] - self.pixels.columns_of(part)], axis=1)
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
    values: NDArray[np.floating]
    meaning: str
    name: str = "Confidence"
    stage: str = "patches"
    drawn: str = "confidence"
    """The name of its layer."""

    def __post_init__(self) -> None:
        frozen(self.values)

    def layers(self) -> tuple[Layer, ...]:
        """The confidence."""
        return (Layer(self.drawn, "heat", self.meaning, (0.0, 1.0)),)

    def layer(self, name: str, at: Box, step: int = 1) -> NDArray[np.float32]:
        """See `Evidence.layer`."""
        if name != self.drawn:
            raise KeyError(name)
        return self.pixels.spread(self.values, at, step)
