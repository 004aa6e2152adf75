"""Drawn photographs for recipes: stripes, a slope and grain, some to train on and some held back."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.held import is_held
from engine.job import finished
from engine.training.photographs import Photographs, gathered

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def scene(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width] / 40
    stripes = np.sin(rows * rng.uniform(1, 9) + columns * rng.uniform(1, 9))[..., None] * rng.uniform(10, 50, 3)
    slope = (rows * rng.uniform(-9, 9) + columns * rng.uniform(-9, 9))[..., None]
    grain = rng.normal(0, 8, (height, width, 1))
    return np.clip(rng.uniform(80, 170, 3) + stripes + slope + grain, 0, 255).astype(np.uint8)


def photographs(folder: Path, train: int = 3, held: int = 2, size: tuple[int, int] = (260, 270)) -> tuple[Photographs, Photographs]:
    """Those to train on and those held back, kept in the folder."""
    drawn = folder / "drawn"
    drawn.mkdir()
    left = {False: train, True: held}
    for seed in count():
        content = cv2.imencode(".png", scene(seed, *size))[1].tobytes()
        if left[is_held(content)]:
            left[is_held(content)] -= 1
            (drawn / f"{seed:03d}.png").write_bytes(content)
        if not any(left.values()):
            break
    file = finished(gathered([drawn], folder / "cache"))
    return Photographs(file, "train"), Photographs(file, "held")
