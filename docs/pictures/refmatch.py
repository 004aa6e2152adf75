"""Draws the pictures of docs/refmatch.md beside itself: `python docs/pictures/refmatch.py` (a few minutes).

refmatch.jpg          the sample scene, its third view, and what was restored from it
refmatch-anchors.jpg  the anchors of that restoration in both photographs
refmatch-closer.jpg   its hole at full size: the photograph, restored from the third view, and filled without a reference
refmatch-colours.jpg  the same hole: the reference's own colours, matched exposure, palette
"""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLES = ROOT / "resources" / "samples"
PHOTOGRAPH, MASK, REFERENCE = (SAMPLES / name for name in ("landmark.jpg", "landmark-mask.png", "landmark-third.jpg"))
WIDTH, GAP, TITLE = 480, 12, 24
"""Of one picture, between two, and of the line above, in pixels."""
CLOSER = (870, 720, 1290, 1180)
"""Left, top, right and bottom of what is shown at full size."""


def filled(out: Path, *settings: str) -> Image.Image:
    """The sample scene filled with these options of the command."""
    command = ["fill", PHOTOGRAPH, MASK, "-o", out, "--quiet", *settings]
    subprocess.run([sys.executable, ROOT / "main.py", *command], check=True)  # noqa: S603 - our own program
    return Image.open(out).convert("RGB")


def row(*titled: tuple[str, Image.Image]) -> Image.Image:
    """Pictures of one size side by side, each below its title."""
    width, height = titled[0][1].size
    sheet = Image.new("RGB", (len(titled) * (width + GAP) - GAP, height + TITLE), "white")
    for number, (title, picture) in enumerate(titled):
        sheet.paste(picture, (number * (width + GAP), TITLE))
        ImageDraw.Draw(sheet).text((number * (width + GAP), 4), title, fill="black", font=ImageFont.load_default(14))
    return sheet


def reduced(picture: Image.Image) -> Image.Image:
    """WIDTH pixels wide."""
    return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)


def main() -> None:
    """Draw all of them."""
    before, beside = (Image.open(path).convert("RGB") for path in (PHOTOGRAPH, REFERENCE))
    with TemporaryDirectory() as name:
        folder = Path(name)
        reference = "--reference", str(REFERENCE)
        after = filled(folder / "after.png", *reference, "--evidence", str(folder / "evidence"))
        alone = filled(folder / "alone.png")
        own = filled(folder / "own.png", *reference, "--set", "exposure=no")
        painted = filled(folder / "painted.png", *reference, "--set", "palette=1")
        anchors = Image.open(folder / "evidence" / "hole-1-anchors.png").convert("RGB")
    photographs = ("This photograph", before), ("Another one, some minutes later", beside), ("Restored", after)
    drawn = {
        "refmatch.jpg": row(*((title, reduced(picture)) for title, picture in photographs)),
        "refmatch-closer.jpg": _closer(("This photograph", before), ("Restored from the other", after), ("Patches, without it", alone)),
        "refmatch-colours.jpg": _closer(("exposure=no", own), ("exposure=yes", after), ("palette=1", painted)),
        "refmatch-anchors.jpg": anchors.resize((1200, round(anchors.height * 1200 / anchors.width)), Image.Resampling.LANCZOS),
    }
    for file, picture in drawn.items():
        picture.save(HERE / file, quality=84, optimize=True)


def _closer(*titled: tuple[str, Image.Image]) -> Image.Image:
    return row(*((title, picture.crop(CLOSER)) for title, picture in titled))


if __name__ == "__main__":
    main()
