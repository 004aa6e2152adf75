"""Draws the check points of the hard scenes: crops of both photographs, centred at each point, one below the other.

    python benchmarks/check_points.py PAIRS -o OUT [SCENE ...]

PAIRS is a folder of scenes, each with a target `01.jpg` and references beside it. `check_points.json` holds for each scene places that
are seen in both photographs, as shares of height and width of the centres of pixels: (row + 0.5) / height. They were set by eye
alone, on a grid and then on crops like those drawn here, before any method of matching had been run on these scenes; each crop was
looked at again and moved until both crosses stood at the same thing. They are good to about half a hundredth of the long side: enough to
tell a mapping that is right from one that is not, too little to rank two that are right.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageOps

FILE = Path(__file__).with_suffix(".json")
SIDE = 300
"""Pixels of a crop."""


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One place of a scene in the target and in the reference; shares of height and width."""

    here: tuple[float, float]
    there: tuple[float, float]
    what: str


@dataclass(frozen=True, slots=True)
class CheckedScene:
    """A scene with a reference and the points that are seen in both; without any there is a reason."""

    name: str
    reference: str
    points: tuple[CheckPoint, ...]
    reason: str = ""


def scenes(file: Path = FILE) -> tuple[CheckedScene, ...]:
    """All of the file."""
    return tuple(_scene(name, held) for name, held in json.loads(file.read_text(encoding="utf-8")).items())


def _scene(name: str, held: dict[str, Any]) -> CheckedScene:
    points = tuple(CheckPoint(tuple(point["here"]), tuple(point["there"]), point["what"]) for point in held["points"])
    return CheckedScene(name, held["reference"], points, held.get("reason", ""))


def crop(photograph: Image.Image, place: tuple[float, float], across: float) -> Image.Image:
    """A square around a place, `across` of the long side wide, its contrast stretched, with a cross and a ruler in hundredths."""
    half = across / 2 * max(photograph.size)
    down, right = place[0] * photograph.height, place[1] * photograph.width
    box = (right - half, down - half, right + half, down + half)
    drawn = ImageOps.autocontrast(photograph.transform((SIDE, SIDE), Image.Transform.EXTENT, box, Image.Resampling.BICUBIC), cutoff=0.5)
    pen, middle, hundredth = ImageDraw.Draw(drawn), SIDE / 2, SIDE / across / 100
    for near, far in ((-22, -6), (6, 22)):
        pen.line([(middle + near, middle), (middle + far, middle)], fill="red", width=2)
        pen.line([(middle, middle + near), (middle, middle + far)], fill="red", width=2)
    for k in range(-int(middle / hundredth), int(middle / hundredth) + 1):
        pen.line([(middle + k * hundredth, SIDE - 6), (middle + k * hundredth, SIDE)], fill="yellow")
    return drawn


def sheet(folder: Path, scene: CheckedScene, across: float) -> Image.Image:
    """Both rows of crops of a scene: the target's above the reference's."""
    both = [Image.open(folder / scene.name / name).convert("RGB") for name in ("01.jpg", scene.reference)]
    drawn = Image.new("RGB", (max(len(scene.points), 1) * (SIDE + 4), 2 * (SIDE + 4)))
    for k, point in enumerate(scene.points):
        for row, (photograph, place) in enumerate(zip(both, (point.here, point.there), strict=True)):
            drawn.paste(crop(photograph, place, across), (k * (SIDE + 4), row * (SIDE + 4)))
        ImageDraw.Draw(drawn).text((k * (SIDE + 4) + 4, 2), point.what, fill="red", stroke_width=2, stroke_fill="white")
    return drawn


def main() -> None:
    """Draws the scenes that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="PAIRS", help="a folder of scenes")
    parser.add_argument("names", nargs="*", metavar="SCENE")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a folder for the pictures")
    parser.add_argument("--across", type=float, default=0.1, help="the width of a crop as a share of the long side")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for scene in scenes():
        if scene.points and (not asked.names or scene.name in asked.names):
            file = asked.output / f"{scene.name}.png"
            sheet(asked.folder, scene, asked.across).save(file)
            print(file)


if __name__ == "__main__":
    main()
