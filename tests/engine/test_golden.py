"""Fills of photographs, compared with pictures that were looked at and found good.

A fill may change a little from one processor or library to another, hence the tolerances; it may not change as much as the next
seed changes it. When a change of the engine is meant to change the fills, renew the pictures, look at every one, and commit them:

    python -m tests.engine.test_golden
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from engine.job import Job, finished
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline

FOLDER = Path(__file__).parent / "golden"

MEAN, FAR, SHARE = 2.5, 24, 0.03
"""Tolerances in the hole: mean difference in levels of 255, and the share of values that may be further off than FAR levels."""

PICTURES = (
    *((scene, "patchmatch") for scene in ("cat", "coffee", "astronaut", "grass", "rocket")),
    *(("cat", method) for method in ("harmonic", "telea", "navier-stokes", "tmad")),
)


def photograph(scene: str) -> np.ndarray:
    """A piece of one of the photographs in scikit-image's wheel, (128, 128, 3)."""
    pixels, top, left = {
        "cat": (skimage.data.chelsea, 60, 200),
        "coffee": (skimage.data.coffee, 200, 300),
        "astronaut": (skimage.data.astronaut, 40, 140),
        "grass": (skimage.data.grass, 100, 100),
        "rocket": (skimage.data.rocket, 260, 230),
    }[scene]
    image = pixels()
    image = np.dstack([image] * 3) if image.ndim == 2 else image
    return np.ascontiguousarray(image[top : top + 128, left : left + 128])


def mask(scene: str) -> np.ndarray:
    """A box, a soft disc, wires, a hole at the edge, a beam over edges: one for each photograph."""
    rows, columns = np.indices((128, 128))
    if scene == "cat":
        hole = (np.abs(rows - 64) < 18) & (np.abs(columns - 60) < 24)
    elif scene == "coffee":
        return np.clip(255 * (1.5 - np.hypot(rows - 60, columns - 64) / 24), 0, 255).astype(np.uint8)
    elif scene == "astronaut":
        hole = (np.abs(rows - columns // 2 - 30) < 2) | (np.abs(columns - 40 - rows // 5) < 3)
    elif scene == "grass":
        hole = (rows > 90) & (columns < 50)
    else:
        hole = (np.abs(rows - 48 - columns // 9) < 8) & (columns > 60)
    return hole.astype(np.uint8) * 255


def filled(scene: str, method: str, seed: int = 0) -> np.ndarray:
    job = Job(Picture(photograph(scene)), Mask(mask(scene)), method, seed=seed)
    return job.picture.with_patches(finished(Pipeline().run(job)).patches).pixels


def differences(scene: str, one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """In the hole: mean difference in levels, and the share of values further off than FAR."""
    off = np.abs(one.astype(int) - other)[mask(scene) > 0]
    return float(off.mean()), float((off > FAR).mean())


@pytest.mark.parametrize(("scene", "method"), PICTURES)
def test_a_fill_is_what_was_found_good(scene: str, method: str) -> None:
    with Image.open(FOLDER / f"{scene}-{method}.png") as stored:
        golden = np.array(stored)
    mean, far = differences(scene, filled(scene, method), golden)
    assert mean <= MEAN
    assert far <= SHARE


@pytest.mark.parametrize("scene", ["cat", "grass"])
def test_another_result_is_outside_the_tolerances(scene: str) -> None:
    mean, far = differences(scene, filled(scene, "patchmatch", seed=0), filled(scene, "patchmatch", seed=1))
    assert mean > MEAN or far > SHARE


def test_the_folder_holds_these_pictures_and_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{scene}-{method}.png" for scene, method in PICTURES}


def renew() -> None:
    """Write the pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for scene, method in PICTURES:
        Image.fromarray(filled(scene, method)).save(FOLDER / f"{scene}-{method}.png", optimize=True)


if __name__ == "__main__":
    renew()
