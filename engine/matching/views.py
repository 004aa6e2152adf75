"""A photograph in the size at which it is matched: 8 bit RGB, with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels

SIDE = 1024
"""Pixels of the longer side, at most."""
USUAL = 800.0
"""The longer side for which lengths in pixels are meant; they grow and shrink with it."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A photograph reduced; unknown pixels are continued smoothly from the known ones, so that they make no edge."""

    pixels: NDArray[np.uint8]
    """(h, w, 3) RGB."""
    known: NDArray[np.bool_]
    """(h, w): pixels of which all is known."""
    full: tuple[int, int]
    """Height and width of the photograph."""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.known.shape[0], self.known.shape[1]

    @property
    def unit(self) -> float:
        """Pixels here for a pixel of a usual view."""
        return max(self.size) / USUAL

    @property
    def scale(self) -> NDArray[np.float64]:
        """Pixels of the photograph for a pixel here, down and across."""
        return np.array(self.full, np.float64) / np.array(self.size, np.float64)

    @property
    def grey(self) -> NDArray[np.float32]:
        """(h, w) in levels of 255."""
        return cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)

    def from_full(self, places: NDArray[Any]) -> NDArray[Any]:
        """Places (..., 2) of the photograph, here."""
        return (places + 0.5) / self.scale - 0.5

    def to_full(self, places: NDArray[Any]) -> NDArray[Any]:
        """Places (..., 2) here, in the photograph."""
        return ((places + 0.5) * self.scale - 0.5).astype(places.dtype, copy=False)


def view_of(pixels: Pixels, known: NDArray[np.bool_], side: int = SIDE) -> View:
    """A photograph (h, w, 1 or 3) of any depth, whose unknown pixels are 0, as it is matched."""
    full = (known.shape[0], known.shape[1])
    times = min(1.0, side / max(full))
    size = (max(1, round(full[0] * times)), max(1, round(full[1] * times)))
    colours = np.ascontiguousarray(_eight(reduced(pixels, size)))
    share = reduced(known.view(np.uint8) * np.uint8(255), size)
    if share.all():
        seen = colours
    else:  # what is unknown counts as 0 in a mean
        seen = np.clip(np.rint(colours.astype(np.float32) * 255 / np.maximum(share, 1)[..., None]), 0, 255).astype(np.uint8)
    rgb = np.repeat(seen, 3, axis=2) if seen.shape[2] == 1 else seen
    whole = share == 255
    return View(_continued(rgb, whole), whole, full)


def reduced(values: Any, size: tuple[int, int]) -> Any:
    """An array (h, w, ..) as means over the pixels of a smaller size."""
    small = values if values.shape[:2] == size else cv2.resize(values, size[::-1], interpolation=cv2.INTER_AREA)
    return small.reshape(*size, *values.shape[2:])


def _eight(pixels: Any) -> Any:
    return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)


def _continued(rgb: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The same with unknown pixels diffused from the known ones."""
    if known.all() or not known.any():
        return rgb
    return np.asarray(cv2.inpaint(rgb, (~known).view(np.uint8), 3, cv2.INPAINT_TELEA), np.uint8)
