"""Structural similarity (Wang et al., TIP 2004), with the windows that papers used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.evaluation.scores import filters
from engine.evaluation.scores.view import Pair, View, around, grey, touched

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values = NDArray[np.float64]

REACH = 5
"""Pixels from the middle of the Gaussian window of 11 to its edge."""
FAR = 25
"""Pixels from the middle of the square window of 51 to its edge."""


def ssim(pair: Pair) -> float:
    """Gaussian window of 11 pixels, sigma 1.5, no sample covariance; the map's mean over the hole and the channels."""
    return 1 - float(pair.once(_unlike_11)[pair.hole].mean())


def ssim_picture(pair: Pair) -> float:
    """The same map's mean over the pixels whose window lies in the picture."""
    return 1 - _inside(pair.once(_unlike_11), REACH)


def ssim_edgeconnect(pair: Pair) -> float:
    """Of the grey pictures, square window of 51 pixels, sample covariance; mean over the pixels whose window lies in the picture."""
    return 1 - _inside(_unlike(pair, grey, _mean_51, FAR, (51**2) / (51**2 - 1)), FAR)


def ssim_structureflow(pair: Pair) -> float:
    """The same a channel of RGB."""
    return 1 - _inside(_unlike(pair, _shares, _mean_51, FAR, (51**2) / (51**2 - 1)), FAR)


def similarity(ours: Values, theirs: Values, smooth: Callable[[Values], Values], correction: float = 1.0) -> Values:
    """The map, of the shape of its arguments, which lie in [0, 1].

    (2 m n + .01^2)(2 c + .03^2) / ((m^2 + n^2 + .01^2)(v + w + .03^2)), with means m and n, variances v and w and covariance c under the
    window that `smooth` applies; `correction` multiplies variances and covariance.
    """
    m, n = smooth(ours), smooth(theirs)
    both = correction * (smooth(ours * theirs) - m * n)
    spread = correction * (smooth(ours * ours + theirs * theirs) - m * m - n * n)
    return (2 * m * n + 1e-4) * (2 * both + 9e-4) / ((m * m + n * n + 1e-4) * (spread + 9e-4))


def _unlike_11(pair: Pair) -> Values:
    """(H, W): 1 less the similarity under the Gaussian window."""
    return _unlike(pair, _shares, _gaussian_11, REACH)


def _unlike(
    pair: Pair, values: Callable[[View], Values], smooth: Callable[[Values], Values], reach: int, correction: float = 1.0
) -> Values:
    """(H, W): 1 less the similarity, the channels' mean; computed only where a window meets a difference, it is 0 elsewhere."""
    changed = pair.once(touched)
    seen, wanted = around(changed, 2 * reach), around(changed, reach)
    found = similarity(pair.filled.once(values)[seen.slices], pair.truth.once(values)[seen.slices], smooth, correction)
    whole = np.zeros(changed.shape)
    part = wanted.moved(-seen.top, -seen.left)
    whole[wanted.slices] = 1 - found.reshape(*found.shape[:2], -1).mean(-1)[part.slices]
    return whole


def _inside(values: Values, reach: int) -> float:
    """The mean over the pixels at least `reach` from the picture's edge."""
    return float(values[reach:-reach, reach:-reach].mean())


def _shares(view: View) -> Values:
    """(H, W, 3) in [0, 1]."""
    return view.pixels / 255


def _gaussian_11(values: Values) -> Values:
    return filters.gaussian(values, 1.5, REACH)


def _mean_51(values: Values) -> Values:
    return filters.mean(values, 51)
