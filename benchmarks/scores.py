"""How good a fill is, against the photograph as it was. All scores look at the hole alone.

- psnr: decibels, over the hole's pixels and channels; higher is nearer to the truth.
- ssim: structural similarity (Gaussian window of 11 pixels, sigma 1.5), the mean over the hole and the channels.
- detail: mean gradient of the fill over the truth's. 1 is as sharp as the truth; less is blur, more is noise and seams.
- seam: mean step across the hole's rim, less the truth's, in levels of 255. More than 0 is a visible outline; less is a rim smoothed over.
- swd: sliced Wasserstein distance between the 7x7 patches of the fill and of the truth, x 1000: is it the same texture, wherever it stands?
- lab: mean Lab distance after a Gaussian blur of sigma 12 pixels: is the colour right, whatever the texture?
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from skimage.metrics import structural_similarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Hole = NDArray[np.bool_]

HIGHER_IS_BETTER = {"psnr": True, "ssim": True, "detail": None, "seam": None, "swd": False, "lab": False}
"""None: nearer to the truth's own value (1 for detail, 0 for seam) is better."""
REACH = 8
"""Pixels around the hole that SSIM and gradients are computed on; their windows reach 5."""
PATCH = 7
DIRECTIONS = 64
MOST_PATCHES = 20_000


def scores(filled: Pixels, truth: Pixels, mask: Pixels) -> dict[str, float]:
    """Every score of one fill: (H, W, 3) RGB twice and the hole's (H, W) mask, 0 outside."""
    region = _around(mask > 0, REACH)
    got, want, hole = filled[region], truth[region], mask[region] > 0
    return {
        "psnr": psnr(got, want, hole),
        "ssim": ssim(got, want, hole),
        "detail": slope(got)[hole].mean() / max(slope(want)[hole].mean(), 1e-9),
        "seam": rim_step(got, hole) - rim_step(want, hole),
        "swd": patch_distance(filled, truth, mask > 0),
        "lab": colour_distance(filled, truth, mask > 0),
    }


def changed_outside(filled: Pixels, truth: Pixels, mask: Pixels) -> int:
    """How many known pixels are not what they were."""
    return int(((filled != truth).any(-1) & (mask == 0)).sum())


def psnr(got: Pixels, want: Pixels, hole: Hole) -> float:
    """Peak signal to noise ratio over the hole, in decibels."""
    error = np.square(got[hole].astype(np.float64) - want[hole]).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def ssim(got: Pixels, want: Pixels, hole: Hole) -> float:
    """Structural similarity, its map averaged over the hole and the channels."""
    _, similar = structural_similarity(
        want, got, channel_axis=-1, full=True, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return float(similar[hole].mean())


def slope(picture: Pixels) -> NDArray[np.float64]:
    """(H, W): length of the gradient of the mean of the channels."""
    down, across = np.gradient(picture.astype(np.float64).mean(-1))
    return np.hypot(down, across)


def rim_step(picture: Pixels, hole: Hole) -> float:
    """Mean absolute difference of the two pixels of every edge between the hole and what is known, over the channels; 0 without a rim."""
    steps = []
    for axis in (0, 1):
        crossing = np.diff(hole.astype(np.int8), axis=axis) != 0
        steps.append(np.abs(np.diff(picture.astype(np.int16), axis=axis))[crossing].ravel())
    every = np.concatenate(steps)
    return float(every.mean()) if every.size else 0.0


def patch_distance(got: Pixels, want: Pixels, hole: Hole) -> float:
    """Mean distance of the sorted projections of all patches centred in the hole, over random directions, x 1000 of the range."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(PATCH * PATCH * 3, DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    rows, columns = np.nonzero(hole)
    if len(rows) > MOST_PATCHES:
        some = np.sort(rng.choice(len(rows), MOST_PATCHES, replace=False))
        rows, columns = rows[some], columns[some]
    ours, theirs = (np.sort(_patches(picture, rows, columns) @ directions, axis=0) for picture in (got, want))
    return float(np.abs(ours - theirs).mean() / 255 * 1000)


def colour_distance(got: Pixels, want: Pixels, hole: Hole) -> float:
    """Mean CIE76 distance of the blurred pictures over the hole."""
    region = _around(hole, 48)
    ours, theirs = (_soft_lab(picture[region]) for picture in (got, want))
    return float(np.linalg.norm(ours - theirs, axis=-1)[hole[region]].mean())


def _soft_lab(picture: Pixels) -> NDArray[np.float32]:
    """CIE Lab of the picture blurred by a Gaussian of sigma 12."""
    blurred = cv2.GaussianBlur(picture.astype(np.float32) / 255, (0, 0), 12)
    return np.asarray(cv2.cvtColor(blurred, cv2.COLOR_RGB2Lab), np.float32)


def _patches(picture: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float32]:
    """(n, 147): the 7x7 patches around these pixels, the picture mirrored at its edges."""
    reach = PATCH // 2
    padded = np.pad(picture, ((reach, reach), (reach, reach), (0, 0)), "reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (PATCH, PATCH), (0, 1))
    return windows[rows, columns].reshape(len(rows), -1).astype(np.float32)


def _around(hole: Hole, margin: int) -> tuple[slice, slice]:
    """The hole's box and a margin around it, inside the picture."""
    spans = []
    for axis in (1, 0):
        where = np.nonzero(hole.any(axis))[0]
        spans.append(slice(max(0, int(where[0]) - margin), int(where[-1]) + 1 + margin))
    return spans[0], spans[1]
