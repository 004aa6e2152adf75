"""Places of a photograph that can be found again, and what finds and describes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.matching.remembered import Remembered
from engine.picture import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

REMEMBERED = 6
"""Photographs whose keypoints are kept: a target and some references, which are matched and soon after filled from."""
RIM = 4
"""Pixels between a keypoint and what is unknown, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """n places and what they look like; both arrays are made read-only."""

    places: NDArray[np.float32]
    """(n, 2): rows and columns of pixel centres, between pixels too."""
    vectors: NDArray[np.float32]
    """(n, d): unit vectors; the more alike two places are, the larger their product."""

    def __post_init__(self) -> None:
        frozen(self.places)
        frozen(self.vectors)

    def __len__(self) -> int:
        return len(self.places)


class Features(ABC):
    """Finds places in a photograph and describes them. The same pixels give the same bytes, at any number of threads.

    Keypoints of the last photographs are kept, so that matching and then filling computes them once.
    """

    def __init__(self) -> None:
        self._last = Remembered[Keypoints](REMEMBERED)

    def __call__(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None = None) -> Keypoints:
        """The keypoints of a photograph (h, w, 3) RGB, strongest first; none within `RIM` pixels of what is not `known` (h, w).

        What is unknown should be continued smoothly: vectors near it see a little of it.
        """
        pixels = np.ascontiguousarray(pixels)
        return self._last(lambda: self._found(pixels, known), pixels, known)

    @abstractmethod
    def at(self, pixels: NDArray[np.uint8], places: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, d): unit vectors of given places (n, 2), rows and columns, of a photograph (h, w, 3) RGB."""

    def maps(self, pixels: NDArray[np.uint8]) -> list[tuple[Tensor, float]]:
        """What a photograph (h, w, 3) RGB looks like everywhere: maps (C, rows, columns), each with its stride s in pixels.

        The centre of cell i lies at pixel (i + 0.5) s - 0.5. Nothing for features that are described at keypoints only.
        """
        del pixels
        return []

    @abstractmethod
    def _found(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_] | None) -> Keypoints:
        """See `__call__`."""
