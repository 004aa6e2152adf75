"""Draws the sample pictures beside itself: `python resources/samples/draw.py` (a few minutes, the same pictures every time).

landmark.jpg         view 1 of a small temple, with somebody passing by
landmark-mask.png    white where a user would paint to be rid of the passer-by and the shadow
landmark-clean.jpg   view 1 with nobody there: the truth behind the mask
landmark-second.jpg  view 2: another place, another lens, evening; nobody there
landmark-third.jpg   view 3: from nearly where view 1 is from, some minutes later, under other clouds; nobody there
landmark-mapping.npz `positions` (H/4, W/4, 2): where pixel (4 i, 4 j) of view 1 is in view 2, (row, column), NaN where it is not seen
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, this folder alone is on the path

from resources.samples.renderer import mapping, render

if TYPE_CHECKING:
    from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
SIZE = 1200, 1600
EVERY = 4
"""Pixels between positions of the mapping."""


def painted(photograph: NDArray[np.uint8], clean: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A mask (H, W), 255 generously around all that differs between two pictures, as a brush leaves it."""
    differs = (photograph != clean).any(axis=2).astype(np.uint8) * 255
    brush = max(1, round(photograph.shape[0] / 90))
    tip, sweep = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1)) for r in (brush, 4 * brush))
    stroke = cv2.morphologyEx(cv2.dilate(differs, tip), cv2.MORPH_CLOSE, sweep)
    rounded = cv2.GaussianBlur(stroke, (0, 0), brush) > 96
    return np.where(rounded | (differs > 0), 255, 0).astype(np.uint8)


def write(name: str, pixels: NDArray[np.uint8]) -> None:
    """An RGB picture as JPEG or a grey one as PNG, beside this file."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_OPTIMIZE, 1] if pixels.ndim == 3 else [cv2.IMWRITE_PNG_COMPRESSION, 9]
    encoded = cv2.imencode(Path(name).suffix, pixels[..., ::-1] if pixels.ndim == 3 else pixels, settings)[1]
    (HERE / name).write_bytes(encoded.tobytes())


def main() -> None:
    """Draw all of them."""
    photograph, clean = (render(1, SIZE, passer_by=passer_by) for passer_by in (True, False))
    write("landmark.jpg", photograph)
    write("landmark-clean.jpg", clean)
    write("landmark-mask.png", painted(photograph, clean))
    write("landmark-second.jpg", render(2, SIZE, passer_by=False))
    write("landmark-third.jpg", render(3, SIZE, passer_by=False))
    sixteenths = np.round(mapping(SIZE, EVERY) * 16) / 16
    np.savez_compressed(HERE / "landmark-mapping.npz", positions=sixteenths.astype(np.float32))


if __name__ == "__main__":
    main()
