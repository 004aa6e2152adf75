"""Draws docs/train.md's pictures beside itself from a run of `landmark`: `python docs/pictures/train.py RUN`.

train-curves.png what `log.jsonl` holds: losses as running means, and the scores of its validations
train-strip.jpg  a validation of the averaged network on photographs that scikit-image carries
"""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from skimage import data

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from engine.training import checkpoint, record  # noqa: E402
from engine.training.photographs import Photographs, gathered  # noqa: E402
from engine.training.recipes import recipe_named  # noqa: E402
from engine.training.watching import rows  # noqa: E402

PANEL, MARGIN, NAMES, SCALE = (600, 300), 44, 92, 2
"""Width and height, what is left free around, at the right for names; drawn at twice that size."""
COLOURS = ("#2563eb", "#d97706", "#059669", "#7c3aed", "#dc2626")
SMOOTH = 100
"""Steps of a running mean."""


def curves(run: Path) -> Image.Image:
    """Two panels: losses relative to their beginning, and scores."""
    told = rows(run)
    names = list(told[-1]["losses"])
    losses = {name: _smooth([(row["step"], row["losses"][name]) for row in told]) for name in names}
    begun = {name: [(step, value / line[0][1]) for step, value in line] for name, line in losses.items()}
    scored = [row for row in told if "scores" in row]
    scores = {name: [(row["step"], row["scores"][name]) for row in scored] for name in scored[-1]["scores"]}
    left, right = _panel("losses, running means, 1 at the beginning", begun), _panel("scores of the running average", scores)
    both = Image.new("RGB", (left.width + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


def _smooth(line: list[tuple[int, float]]) -> list[tuple[int, float]]:
    values = np.array([value for _, value in line])
    sums = np.cumsum(np.concatenate([[0.0], values]))
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - SMOOTH, 0)
    return [(line[at][0], float(mean)) for at, mean in enumerate((sums[last] - sums[first]) / (last - first)) if at >= 5]


def _panel(title: str, lines: dict[str, list[tuple[int, float]]]) -> Image.Image:
    width, height = (side * SCALE for side in PANEL)
    margin, line_height = MARGIN * SCALE, 15 * SCALE
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(12 * SCALE)
    last = max(step for line in lines.values() for step, _ in line)
    most = max(value for line in lines.values() for _, value in line) * 1.05

    def at(step: float, value: float) -> tuple[float, float]:
        return margin + step / last * (width - margin - NAMES * SCALE), height - margin - value / most * (height - 2 * margin)

    for value in np.arange(0, most, next(step for step in (0.05, 0.1, 0.2, 0.25, 0.5, 1.0) if most / step <= 6)):
        pen.line([at(0, value), at(last, value)], fill="#e5e7eb", width=SCALE)
        pen.text((margin - 6 * SCALE, at(0, value)[1]), f"{value:.3g}", fill="#374151", font=font, anchor="rm")
    for step in (0, last // 2, last):
        pen.text(
            (at(step, 0)[0], height - margin + 6 * SCALE),
            f"{step} steps" if step == last else str(step),
            fill="#374151",
            font=font,
            anchor="mt",
        )
    pen.text((margin, margin // 2), title, fill="#111827", font=font, anchor="lm")
    below = -float("inf")
    for number, (name, line) in sorted(enumerate(lines.items()), key=lambda one: -one[1][1][-1][1]):
        colour = COLOURS[number % len(COLOURS)]
        pen.line([at(*one) for one in line], fill=colour, width=2 * SCALE, joint="curve")
        right, end = at(*line[-1])
        below = max(end, below + line_height)
        pen.text((right + 8 * SCALE, below), name, fill=colour, font=font, anchor="lm")
    return image


def strip(run: Path) -> Image.Image:
    """What the network makes of photographs that it never saw."""
    about, state = record.read(run), checkpoint.load(run)
    assert about is not None
    assert state is not None
    recipe = recipe_named(about.asked.recipe)(None, about.asked.width)
    network = recipe.networks()[recipe.kept]
    network.load_state_dict(state["average"])
    with TemporaryDirectory() as name:
        folder = Path(name) / "photographs"
        folder.mkdir()
        for number, picture in enumerate((data.astronaut(), data.chelsea(), data.coffee(), data.rocket(), data.stereo_motorcycle()[0])):
            Image.fromarray(picture).save(folder / f"{number}.png")
        steps = gathered([folder], Path(name), recipe.side)
        try:
            while True:
                next(steps)
        except StopIteration as end:
            photographs = Photographs(end.value, "train")
        _, seen = recipe.validate(network.eval(), photographs, torch.device("cpu"))
    assert seen is not None
    return Image.fromarray(seen)


def main() -> None:
    """Draw both."""
    run = Path(sys.argv[1])
    curves(run).save(HERE / "train-curves.png", optimize=True)
    strip(run).save(HERE / "train-strip.jpg", quality=90)


if __name__ == "__main__":
    main()
