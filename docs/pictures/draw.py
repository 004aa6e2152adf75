"""Draws the README's pictures beside itself: `python docs/pictures/draw.py`.

landmark.jpg         the sample scene before and after README's first command
landmark-sources.jpg ten pixels of that fill, and where they came from
"""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLES = ROOT / "resources" / "samples"
WIDTH, GAP = 640, 16
"""Of one picture, and between two, in pixels."""


def filled(folder: Path) -> Path:
    """The sample scene filled as README says, with its evidence beside it."""
    out = folder / "landmark-filled.jpg"
    command = ["fill", SAMPLES / "landmark.jpg", SAMPLES / "landmark-mask.png", "-o", out, "--evidence", folder / "landmark-evidence"]
    subprocess.run([sys.executable, ROOT / "main.py", *command], check=True)  # noqa: S603 - our own program
    return out


def reduced(path: Path) -> Image.Image:
    """A picture, WIDTH pixels wide."""
    picture = Image.open(path).convert("RGB")
    return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)


def main() -> None:
    """Draw both."""
    with TemporaryDirectory() as name:
        after = filled(Path(name))
        pair = [reduced(path) for path in (SAMPLES / "landmark.jpg", after)]
        sheet = Image.new("RGB", (2 * WIDTH + GAP, pair[0].height), "white")
        for number, picture in enumerate(pair):
            sheet.paste(picture, (number * (WIDTH + GAP), 0))
        sheet.save(HERE / "landmark.jpg", quality=85, optimize=True)
        sources = Image.open(after.with_name("landmark-evidence") / "hole-1-sources.png").convert("RGB")
        sources.save(HERE / "landmark-sources.jpg", quality=85, optimize=True)


if __name__ == "__main__":
    main()
