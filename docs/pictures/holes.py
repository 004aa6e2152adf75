"""Draws holes.png: seven holes of every kind, in a picture of 256 x 256. `python docs/pictures/holes.py`."""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.holes import KINDS, hole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

SIZE, SHOWN, GAP, LABEL, ACROSS = (256, 256), 128, 8, 150, 7
PAPER, INK = 255, 40


def row(kind: str) -> Pixels:
    """The kind's name, and its holes for the seed 0 and the pictures 0 to 6, each with the share it covers."""
    out = np.full((SHOWN + GAP + 14, LABEL + ACROSS * (SHOWN + GAP)), PAPER, np.uint8)
    write(out, kind, (0, SHOWN // 2), 0.45)
    for number in range(ACROSS):
        mask = hole(kind, SIZE, np.random.default_rng([0, number]))
        left = LABEL + number * (SHOWN + GAP)
        out[:SHOWN, left : left + SHOWN] = cv2.resize(mask, (SHOWN, SHOWN), interpolation=cv2.INTER_AREA)
        write(out, f"{100 * np.mean(mask > 0):.0f} %", (left, SHOWN + 12), 0.35)
    return out


def write(out: Pixels, text: str, where: tuple[int, int], scale: float) -> None:
    """Words with their lower left corner at x and y."""
    cv2.putText(out, text, where, cv2.FONT_HERSHEY_SIMPLEX, scale, (INK,), 1, cv2.LINE_AA)


def main() -> None:
    """Write the picture beside this file."""
    drawn = np.concatenate([row(kind) for kind in KINDS if kind not in {"irregular", "centre"}])
    _, data = cv2.imencode(".png", drawn, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    Path(__file__).with_name("holes.png").write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
