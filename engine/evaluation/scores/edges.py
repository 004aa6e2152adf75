"""Scores of gradients: is the fill as sharp as the truth, and does its rim show?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.scores.view import Pair, View, around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evaluation.scores.view import Hole, Pixels


def detail(pair: Pair) -> float:
    """Mean length of the fill's gradient over the hole, over the truth's; 1 is as sharp, less is blur, more is noise or false edges."""
    return pair.filled.once(mean_slope) / max(pair.truth.once(mean_slope), 1e-9)


def seam(pair: Pair) -> float:
    """Mean step across the hole's rim less the truth's, in levels; more than 0 is an outline, less a rim that was smoothed over."""
    return pair.filled.once(rim_step) - pair.truth.once(rim_step)


def mean_slope(view: View) -> float:
    """Mean over the hole of the length of the gradient (central differences) of the mean of the channels, in levels a pixel."""
    box = around(view.hole, 2).slices
    return float(slope(view.pixels[box])[view.hole[box]].mean())


def rim_step(view: View) -> float:
    """Mean absolute difference of the two pixels on either side of the hole's rim, over the channels, in levels; 0 where there is no rim."""
    box = around(view.hole, 1).slices
    pixels, hole = view.pixels[box], view.hole[box]
    every = np.concatenate([_crossing(pixels, hole, axis) for axis in (0, 1)])
    return float(every.mean()) if every.size else 0.0


def slope(pixels: Pixels) -> NDArray[np.float64]:
    """(H, W): length of the gradient of the mean of the channels; one-sided at the edge, 0 along a side of one pixel."""
    grey = pixels.astype(np.float64).mean(-1)
    down, across = (np.gradient(grey, axis=axis) if grey.shape[axis] > 1 else np.zeros_like(grey) for axis in (0, 1))
    return np.hypot(down, across)


def _crossing(pixels: Pixels, hole: Hole, axis: int) -> NDArray[np.int16]:
    """Absolute differences, all channels, of neighbours along an axis of which one lies in the hole."""
    crossing = np.diff(hole.astype(np.int8), axis=axis) != 0
    return np.abs(np.diff(pixels.astype(np.int16), axis=axis))[crossing].ravel()
