"""Makes the example of docs/evaluate.md and draws its pictures beside itself: `python docs/pictures/evaluation.py FOLDER`.

Writes 20 pieces of five photographs (of scikit-image) into FOLDER/photographs, runs the page's command into FOLDER/measured, and takes
evaluation-report.png and evaluation-strips.jpg of its report by Chromium, which has to be installed.
"""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import skimage.data
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIDE = 256
COMMAND = "evaluate photographs --methods patchmatch,peer:pypatchmatch,telea --holes brush --scores lpips-alexnet,ssim,psnr,detail,seam,swd -o measured"
WIDTH, HEIGHT = 1440, 3400
REPORT, STRIPS = (0, 2390), (2575, 3232)
"""Rows of the page that are shown."""


def photographs(folder: Path) -> None:
    """Four pieces of each photograph: its corners."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("astronaut", "chelsea", "coffee", "rocket", "stereo_motorcycle"):
        pixels = getattr(skimage.data, name)()
        pixels = pixels[0] if isinstance(pixels, tuple) else pixels
        for number, (down, across) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
            top, left = down * (pixels.shape[0] - SIDE), across * (pixels.shape[1] - SIDE)
            Image.fromarray(pixels[top : top + SIDE, left : left + SIDE]).save(folder / f"{name}-{number + 1}.png")


def shot(page: Path, out: Path) -> Image.Image:
    """The page as a browser shows it."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={out}")
    subprocess.run(["chromium", *options, page.resolve().as_uri()], check=True, capture_output=True)  # noqa: S603, S607 - found by name
    return Image.open(out).convert("RGB")


def main() -> None:
    """Make the example and its pictures."""
    folder = Path(sys.argv[1]).resolve()
    photographs(folder / "photographs")
    subprocess.run([sys.executable, ROOT / "main.py", *COMMAND.split()], cwd=folder, check=True)  # noqa: S603 - our own program
    seen = shot(folder / "measured" / "report.html", folder / "report.png")
    seen.crop((0, REPORT[0], WIDTH, REPORT[1])).quantize(200, dither=Image.Dither.NONE).save(HERE / "evaluation-report.png", optimize=True)
    seen.crop((0, STRIPS[0], WIDTH, STRIPS[1])).save(HERE / "evaluation-strips.jpg", quality=72, optimize=True)


if __name__ == "__main__":
    main()
