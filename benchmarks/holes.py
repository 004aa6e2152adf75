"""The holes: brush strokes, thin strokes, a centre box, an object's box. A hole is decided by the picture's size and a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

SMALL = 256
"""Side of the square picture that a centre box is cut in."""


def walk(
    rng: np.random.Generator, middle: NDArray[np.float64], spread: float, steps: int, stride: float, bend: float
) -> NDArray[np.float64]:
    """A smooth random path, (60, 2) x and y as shares of the sides: `steps` strides from near `middle`, each turning by about `bend`."""
    angle = rng.uniform(0, 2 * np.pi)
    corners = [middle + rng.normal(0, spread, 2)]
    for _ in range(steps):
        angle += rng.normal(0, bend)
        corners.append(np.clip(corners[-1] + stride * np.array([np.cos(angle), np.sin(angle)]), 0.08, 0.92))
    along = np.linspace(0, steps, 60)
    path = [np.interp(along, range(steps + 1), axis) for axis in np.transpose(corners)]
    return np.stack([np.convolve(np.pad(axis, 4, "edge"), np.full(9, 1 / 9), "valid") for axis in path], 1)


def draw(mask: Pixels, path: NDArray[np.float64], width: int) -> None:
    """A hard stroke along a path."""
    points = (path * mask.shape[::-1]).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(mask, [points], isClosed=False, color=(255,), thickness=max(1, width))


def brush(size: tuple[int, int], seed: int, share: float = 0.05) -> Pixels:
    """Three thick strokes crossing near the middle; their width is bisected until they cover `share` of the picture."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0.35, 0.65, 2)
    paths = [walk(rng, middle, spread=0.03, steps=5, stride=0.09, bend=0.7) for _ in range(3)]
    least, most, mask = 1.0, 0.5 * min(size), np.zeros(size, np.uint8)
    for _ in range(20):
        width = (least + most) / 2
        mask = np.zeros(size, np.uint8)
        for path, part in zip(paths, (1, 0.7, 0.5), strict=True):
            draw(mask, path, int(width * part))
        least, most = (least, width) if (mask > 0).mean() > share else (width, most)
    return mask


def thin(size: tuple[int, int], seed: int, strokes: int = 5) -> Pixels:
    """Long winding lines 5 to 13 pixels wide, such as wires and scratches, all over the picture."""
    rng, mask = np.random.default_rng(1000 + seed), np.zeros(size, np.uint8)
    for _ in range(strokes):
        path = walk(rng, rng.uniform(0.2, 0.8, 2), spread=0.0, steps=6, stride=0.1, bend=0.5)
        draw(mask, path, int(rng.integers(5, 14)))
    return mask


def box(size: tuple[int, int], _seed: int = 0) -> Pixels:
    """The middle quarter of the area."""
    height, width = size
    mask = np.zeros(size, np.uint8)
    mask[height // 4 : height - height // 4, width // 4 : width - width // 4] = 255
    return mask


def thing(size: tuple[int, int], seed: int) -> Pixels:
    """The generous box that somebody draws around a standing person or thing: 4 to 12 % of the picture, anywhere but at its edge."""
    rng = np.random.default_rng(2000 + seed)
    height, width = size
    tall, wide = int(height * rng.uniform(0.3, 0.45)), int(width * rng.uniform(0.14, 0.26))
    top, left = int(rng.uniform(0.08, 0.92) * (height - tall)), int(rng.uniform(0.08, 0.92) * (width - wide))
    mask = np.zeros(size, np.uint8)
    mask[top : top + tall, left : left + wide] = 255
    return mask


KINDS = {"brush": brush, "thin": thin, "box": box, "object": thing}


def cut(photograph: Pixels, kind: str, seed: int) -> tuple[Pixels, Pixels]:
    """A photograph and its hole (255). For a box the photograph's middle square is first made 256 pixels wide."""
    if kind == "box":
        photograph = middle_square(photograph)
    return photograph, KINDS[kind](photograph.shape[:2], seed)


def middle_square(photograph: Pixels) -> Pixels:
    """The largest square in the middle, reduced to 256 pixels a side."""
    height, width = photograph.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return np.asarray(cv2.resize(photograph[top : top + side, left : left + side], (SMALL, SMALL), interpolation=cv2.INTER_AREA), np.uint8)
