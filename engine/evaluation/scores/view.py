"""A picture with its hole, and two of them side by side; what several scores take of them is computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Hole = NDArray[np.bool_]

T = TypeVar("T")


class Remembering:
    """Something of which parts are computed: each once, when it is first wanted."""

    def __init__(self) -> None:
        self._made: dict[Callable[..., Any], Any] = {}

    def once(self, make: Callable[[Self], T]) -> T:
        """What `make` gives for this; only the first call for a function runs it."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]


class View(Remembering):
    """A picture and its hole.

    Args:
        pixels: (H, W, 3) uint8, RGB.
        hole: (H, W), at least one pixel.
    """

    def __init__(self, pixels: Pixels, hole: Hole) -> None:
        super().__init__()
        self.pixels, self.hole = pixels, hole

    @property
    def shorter(self) -> int:
        """The shorter side, in pixels."""
        return min(self.hole.shape)


class Pair(Remembering):
    """A fill beside the truth, with the same hole."""

    def __init__(self, filled: View, truth: View) -> None:
        super().__init__()
        self.filled, self.truth, self.hole = filled, truth, truth.hole


def around(hole: Hole, margin: int) -> Box:
    """The box of what is true in (H, W), something is, and a margin around it, inside the picture."""
    box = Box.around(hole)
    assert box is not None
    within = box.grown(margin, margin).common(Box.whole(hole.shape))
    assert within is not None
    return within


def touched(pair: Pair) -> Hole:
    """(H, W): the hole, and whatever else is not as it was."""
    return pair.hole | (pair.filled.pixels != pair.truth.pixels).any(-1)


def grey(view: View) -> NDArray[np.float64]:
    """(H, W) in [0, 1]: 0.2125 R + 0.7154 G + 0.0721 B, scikit-image's `rgb2gray`."""
    return view.pixels @ (np.array([0.2125, 0.7154, 0.0721]) / 255)
