"""Several trained networks of `train tmad` on the same squares, each picture scored for itself: what `tmad_results.py --networks` reads.

    python benchmarks/tmad_ablations.py SQUARES NETWORK... [--limit N] -o FILE.json

SQUARES: what `tmad_squares.py` wrote. NETWORK: folders of runs or exported files; the first is what the others are compared with. Each is used
with the memory that it was trained for; with --both also with the other. A network that FILE holds already is not scored again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tmad_networks as networks
import torch

from engine.evaluation.scores import Judge
from engine.evaluation.sets import subjects
from engine.holes import hole
from engine.nets.tmad import HEADS, RANKS
from engine.training.canvases import matched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.training.canvases import Filled

SCORES = ("psnr", "ssim", "detail", "lpips-alexnet-hole", "lpips-vgg16-hole", "seam", "l1")
CONTROLS = ("coarse", "canvas")
"""Scored beside the heads: the coarse result, and the best canvas alone."""


def squares(folder: Path, limit: int | None) -> Iterator[tuple[str, Filled]]:
    """Squares with their middle missing, filled by patch matching; with a limit those that `inlay evaluate --limit` takes."""
    for subject in subjects(folder, limit):
        image = subject.pixels()
        missing = hole("box", (image.shape[0], image.shape[1]), np.random.default_rng(0)) > 0
        yield subject.name, matched(image, missing, RANKS, subject.number)


def scored(trained: networks.Trained, every: Sequence[Filled], judge: Judge, *, windows: bool) -> dict[str, dict[str, list[float]]]:
    """By head and control, by score: a value a square."""
    found: dict[str, dict[str, list[float]]] = {name: {score: [] for score in SCORES} for name in (*HEADS, *CONTROLS)}
    with torch.inference_mode():
        for square in every:
            guess = networks.coarse(trained, square)
            laid = networks.canvases(trained, square, guess, windows=windows)
            shown = [*networks.made(trained, square, guess, laid), networks.pixels(guess), networks.pixels(laid[:, 0])]
            for name, picture in zip(found, shown, strict=True):
                for score, value in judge.scores(picture, square.image, square.hole.astype(np.uint8)).items():
                    found[name][score].append(value)
    return found


def entry(path: Path, trained: networks.Trained, *, windows: bool) -> dict[str, Any]:
    """What is said of a network beside its scores."""
    return {
        "name": trained.name,
        "digest": _digest(path),
        "memory": "windows" if windows else "aligned",
        "settings": asdict(trained.settings),
        "told": trained.told,
        "training": f"inlay train tmad --data PHOTOGRAPHS -o {trained.name} --steps {trained.steps}{trained.typed}",
        "width": trained.width,
        "steps": trained.steps,
        "examples": trained.examples,
    }


def _digest(path: Path) -> str:
    """Of the file, or of what says which files of a run count."""
    return hashlib.sha256((path / "checkpoint.json" if path.is_dir() else path).read_bytes()).hexdigest()


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squares", type=Path, metavar="SQUARES")
    parser.add_argument("networks", nargs="+", type=Path, metavar="NETWORK")
    parser.add_argument("--limit", type=int, help="so many squares (all)")
    parser.add_argument("--both", action="store_true", help="each network with both memories")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    """Score them and write the file after each."""
    asked = parsed()
    names, every = zip(*squares(asked.squares, asked.limit), strict=True)
    before = json.loads(asked.out.read_text(encoding="utf-8")) if asked.out.exists() else {}
    kept = before["networks"] if before.get("squares") == list(names) else []
    judge, done = Judge(SCORES), list[dict[str, Any]]()
    for path in asked.networks:
        trained = networks.read(path)
        for windows in (trained.windows, not trained.windows)[: 1 + asked.both]:
            one = entry(path, trained, windows=windows)
            there = next((old for old in kept if all(old[key] == one[key] for key in ("digest", "memory", "told"))), None)
            done.append(one | {"scores": there["scores"] if there else scored(trained, every, judge, windows=windows)})
            print(f"{trained.name}, {one['memory']}: {len(names)} squares", file=sys.stderr)
            said = {"command": shlex.join(["python", *sys.argv]), "squares": names, "networks": done}
            asked.out.write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main()
