"""Scores of single pixels: peak signal to noise ratio, mean absolute errors, total variation. All in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.scores.view import Pair, View, around, grey, touched

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_ERROR = 1e-9
"""Smallest mean squared error, in levels squared, that a peak signal to noise ratio is taken of: a perfect fill has 138.13 dB."""


def psnr(pair: Pair) -> float:
    """10 log10(255^2 / mean squared error over the hole's pixels and channels), in decibels."""
    return _decibels(float(np.square(pair.once(errors)).mean()))


def psnr_picture(pair: Pair) -> float:
    """The same over all pixels of the picture."""
    return _decibels(float(np.square(pair.once(differences)).sum()) / pair.truth.pixels.size)


def psnr_edgeconnect(pair: Pair) -> float:
    """The same over all pixels of the grey picture, as EdgeConnect's `scripts/metrics.py`."""
    return _decibels(255**2 * float(np.square(pair.filled.once(grey) - pair.truth.once(grey)).mean()))


def l1(pair: Pair) -> float:
    """Mean absolute error over the hole's pixels and channels, in percent of the range."""
    return float(np.abs(pair.once(errors)).mean()) / 2.55


def l1_picture(pair: Pair) -> float:
    """The same over all pixels of the picture."""
    return float(np.abs(pair.once(differences)).sum()) / pair.truth.pixels.size / 2.55


def mae_edgeconnect(pair: Pair) -> float:
    """100 sum|a - b| / sum(a + b) over the grey pictures: a relative error, called MAE in EdgeConnect's `scripts/metrics.py`."""
    ours, theirs = pair.filled.once(grey), pair.truth.once(grey)
    return 100 * float(np.abs(ours - theirs).sum()) / max(float((ours + theirs).sum()), 1e-9)


def mae_structureflow(pair: Pair) -> float:
    """The same over the channels of RGB, as StructureFlow's `scripts/metrics.py`."""
    every = int(pair.filled.pixels.sum(dtype=np.int64)) + int(pair.truth.pixels.sum(dtype=np.int64))
    return 100 * float(np.abs(pair.once(differences)).sum()) / max(every, 1)


def total_variation(pair: Pair) -> float:
    """Absolute steps between neighbours of which one at least lies in the hole, summed; per pixel of the hole and channel, in percent."""
    return _variation(pair.filled, pair.hole)


def total_variation_picture(pair: Pair) -> float:
    """The same over all pairs of neighbours, per pixel of the picture and channel."""
    return _variation(pair.filled, np.ones_like(pair.hole))


def errors(pair: Pair) -> NDArray[np.float64]:
    """(n, 3): fill less truth at the hole's pixels, in levels."""
    return pair.filled.pixels[pair.hole].astype(np.float64) - pair.truth.pixels[pair.hole]


def differences(pair: Pair) -> NDArray[np.float64]:
    """(h, w, 3): fill less truth in the box outside which there is no difference, in levels."""
    box = around(pair.once(touched), 0).slices
    return pair.filled.pixels[box].astype(np.float64) - pair.truth.pixels[box]


def _decibels(squared: float) -> float:
    return float(10 * np.log10(255**2 / max(squared, LEAST_ERROR)))


def _variation(view: View, of: NDArray[np.bool_]) -> float:
    """Sum of the absolute steps, down and across, of pairs that touch `of`, per pixel of it and channel, in percent of the range."""
    box = around(of, 1).slices
    values, inside = view.pixels[box].astype(np.int16), of[box]
    total = 0
    for axis in (0, 1):
        before, after = (inside[:-1], inside[1:]) if axis == 0 else (inside[:, :-1], inside[:, 1:])
        total += int(np.abs(np.diff(values, axis=axis))[before | after].sum(dtype=np.int64))
    return total / (int(of.sum()) * values.shape[2]) / 2.55
