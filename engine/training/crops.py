"""What an inpainting recipe learns from: a square of a photograph, turned and toned a little, and a hole to be filled in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.holes import hole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

SCALES = (1.0, 2.0)
"""A square is drawn from so many times its size in the photograph, where that is large enough."""


def crop(photograph: Pixels, size: int, rng: np.random.Generator, scales: tuple[float, float] = SCALES, *, colour: bool = True) -> Pixels:
    """A square of a photograph, (size, size, 3) uint8; in half of all draws mirrored left to right.

    Args:
        photograph: (H, W, 3) uint8 sRGB; it is not changed. One that is too small for a square is enlarged.
        size: height and width of the square.
        rng: all chance there is.
        scales: least and greatest side in the photograph against `size`, drawn evenly by its logarithm; (1, 1) takes pixels as they are.
        colour: whether colours change a little as well: `toned`.
    """
    shorter = min(photograph.shape[:2])
    least, most = (min(size * scale, shorter) for scale in scales)
    side = round(float(np.exp(rng.uniform(np.log(least), np.log(most)))))
    top, left = (int(rng.integers(0, length - side, endpoint=True)) for length in photograph.shape[:2])
    square = photograph[top : top + side, left : left + side]
    if rng.random() < 0.5:
        square = square[:, ::-1]
    square = _resized(square, size)
    return toned(square, rng) if colour else square


def middle(photograph: Pixels, size: int) -> Pixels:
    """The middle of a photograph, (size, size, 3); of one that is too small as much as is there, enlarged."""
    side = min(size, *photograph.shape[:2])
    top, left = ((length - side) // 2 for length in photograph.shape[:2])
    return _resized(photograph[top : top + side, left : left + side], size)


def toned(square: Pixels, rng: np.random.Generator) -> Pixels:
    """Pixels (h, w, 3) as another exposure and white balance would have them: a gamma of e^-0.15 to e^0.15, channels times 0.95 to 1.05."""
    gamma, gains = np.exp(rng.uniform(-0.15, 0.15)), rng.uniform(0.95, 1.05, 3)
    curves = np.clip((np.arange(256) / 255)[:, None] ** gamma * gains * 255, 0, 255).round().astype(np.uint8)
    return curves[square, np.arange(3)]


def masked(
    photograph: Pixels,
    size: int,
    rng: np.random.Generator,
    kinds: Sequence[str] = ("brush", "irregular"),
    scales: tuple[float, float] = SCALES,
    *,
    colour: bool = True,
) -> dict[str, NDArray[np.float32]]:
    """One example, float32: "image" (3, size, size) RGB in [0, 1], whole, and "hole" (1, size, size), 1 where it is to be filled, else 0.

    Args:
        photograph: as in `crop`.
        size: as in `crop`.
        rng: as in `crop`.
        kinds: of holes, `engine.holes.KINDS`; each is as likely as the others. A soft rim is hole.
        scales: as in `crop`.
        colour: as in `crop`.

    Raises:
        BadInput: there is no such kind of hole.
    """
    square = crop(photograph, size, rng, scales, colour=colour)
    coverage = hole(kinds[int(rng.integers(len(kinds)))], (size, size), rng)
    image = np.ascontiguousarray(square.transpose(2, 0, 1), np.float32) / np.float32(255)
    return {"image": image, "hole": (coverage > 0).astype(np.float32)[None]}


def _resized(square: Pixels, size: int) -> Pixels:
    """(size, size, 3): means of areas where it gets smaller, interpolated where it gets larger; always a copy."""
    if len(square) == size:
        return np.ascontiguousarray(square.copy())
    how = cv2.INTER_AREA if len(square) > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (size, size), interpolation=how), np.uint8)
