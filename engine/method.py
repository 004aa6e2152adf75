"""What a method must be, and the cutout it is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from engine.picture import Patch, by_pixels

if TYPE_CHECKING:
    from collections.abc import Generator

    import torch
    from numpy.typing import NDArray

    from engine.geometry import Box, Window
    from engine.job import Card, Fill, Step
    from engine.picture import Pixels
    from engine.reference import Match


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A reference as a method sees it: whole, in the depth and with as many channels as the cutout. Nothing here may be written to."""

    name: str
    pixels: Pixels
    """(h, w, 1 or 3); 0 where not known."""
    known: NDArray[np.bool_]
    """(h, w): what is not wholly transparent."""
    points: NDArray[np.float64]
    """(n, 4): control points, row and column in the cutout's window, row and column here."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """What a method sees: a window of the picture with the hole's pixels blanked, colour only.

    All arrays are (h, w) of the window's size; `known` and the hole never overlap, but a pixel may be neither (wholly
    transparent): it is no rim, no source, and is not filled. Nothing here may be written to.
    """

    window: Window
    pixels: Pixels
    """(h, w, 1 or 3), the picture's depth; 0 where not known."""
    hole: NDArray[np.bool_]
    known: NDArray[np.bool_]
    sources: NDArray[np.bool_]
    """Known pixels from which texture may be copied (the sampling area)."""
    box: Box
    """The smallest box around the hole, in the window."""
    device: torch.device
    references: tuple[Beside, ...] = ()

    @property
    def image(self) -> NDArray[np.float32]:
        """(h, w, 1 or 3) float32 in [0, 1]."""
        return self.pixels.astype(np.float32) / np.float32(np.iinfo(self.pixels.dtype).max)

    def patch(self, values: NDArray[np.float32]) -> Patch:
        """The hole's box with these values (n, channels) in its hole, in the window's coordinates."""
        pixels = self.pixels[self.box.slices].copy()
        by_pixels(pixels)[self.hole[self.box.slices]] = by_pixels(encoded(values, self.pixels.dtype))
        return Patch(0, self.box, pixels)


def encoded(values: NDArray[np.float32], depth: np.dtype[Any]) -> Pixels:
    """Values in [0, 1] as whole numbers of a depth, rounded; what lies outside is clipped."""
    levels = np.clip(values, 0, 1)
    levels *= np.float32(np.iinfo(depth).max)
    return np.rint(levels, out=levels).astype(depth)


def deepened(pixels: NDArray[np.uint8], depth: np.dtype[Any]) -> Pixels:
    """Pixels of 8 bits in a depth of as many or more."""
    return pixels if depth == np.uint8 else pixels.astype(depth) * depth.type(257)


class Method(ABC):
    """A way to fill a hole. One file of `engine/methods` holds one, and so it is on the shelf."""

    card: ClassVar[Card]

    @abstractmethod
    def fill(self, cutout: Cutout, settings: Any, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """Fill the cutout's hole (at least one pixel of it, at least one known), yielding Steps on the way.

        `settings` is of the card's type. Fractions rise to 1; a Step's preview, if any, is a Patch in the window's
        coordinates with the pixels seen so far. Being closed at any yield must leave nothing behind.
        """

    def match(self, cutout: Cutout, settings: Any) -> Generator[Step, None, tuple[Match, ...]]:
        """How the cutout's references lie on it, in their order, where the card says that there are some. The hole may be empty."""
        raise NotImplementedError(f"{self.card.name} takes no references")
