"""What a fill from the texture memory costs: 256 x 256 pixels, the middle 128 x 128 missing, one picture at a time.

    python benchmarks/tmad_speed.py [--threads 2] [--runs 5] [-o FILE.json]

On the processor: seconds of a whole fill, by stage, beside patches alone; and of a 600 x 600 hole in 24 megapixels. Memory: the most that the synthesis adds to what its process held,
over the hole's surroundings as the program does it, and over the whole picture; each in a process of its own. On a graphics card, where there
is one: the networks with the paper's memory of windows (coarse result, retrieval, synthesis) at batch 1 in bfloat16, as they are and as one CUDA
graph, beside the processor; the smooth start and patch matching are the processor's in any case, and stand in the whole fills.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import skimage.data
import torch
from photographs import enlarged
from threads import idle
from tmad_passes import Passes

from engine.evaluation import memory
from engine.job import Job
from engine.methods import method_named
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.training.record import hardware
from engine.weights import MissingWeights, where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Square = tuple[NDArray[np.uint8], NDArray[np.uint8]]

SIDE, HOLE, SYNTHESISED = 256, 128, 192
"""Pixels a side: of the picture, its hole, and the part that is synthesised: the hole and 32 pixels around it."""


def picture() -> Square:
    """A square of a photograph of scikit-image, and its mask."""
    pixels, mask = np.ascontiguousarray(skimage.data.coffee()[60 : 60 + SIDE, 200 : 200 + SIDE]), np.zeros((SIDE, SIDE), np.uint8)
    first = (SIDE - HOLE) // 2
    mask[first : first + HOLE, first : first + HOLE] = 255
    return pixels, mask


def large() -> Square:
    """The whole photograph at 24 megapixels, a hole of 600 x 600 in it."""
    size = (4000, 6000)
    mask = np.zeros(size, np.uint8)
    mask[2000:2600, 4200:4800] = 255
    return enlarged(skimage.data.coffee(), size), mask


def fill(method: str, device: str, runs: int, shown: Square | None = None) -> dict[str, Any]:
    """Medians of a fill: its seconds, by stage, and those of the processor; the first run is not counted."""
    pixels, mask = shown or picture()
    pipeline, job = Pipeline(), Job(Picture(pixels), Mask(mask), method, method_named(method).card.settings(), device=device)
    whole: list[float] = []
    worked: list[float] = []
    stages: list[dict[str, float]] = []
    for _ in range(runs + 1):
        spent: dict[str, float] = defaultdict(float)
        began, since, busy = time.perf_counter(), time.perf_counter(), time.process_time()
        for step in pipeline.run(job):
            now = time.perf_counter()
            spent[step.stage.partition(",")[0]] += now - since
            since = now
        whole.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
        stages.append(spent)
    parts = {name: statistics.median(one.get(name, 0.0) for one in stages[1:]) for name in stages[-1]}
    return {"seconds": statistics.median(whole[1:]), "processor": statistics.median(worked[1:]), "stages": parts}


def filled(threads: int, runs: int) -> dict[str, Any]:
    """Fills on the processor."""
    torch.set_num_threads(threads)
    quiet = idle()
    patches = fill("patchmatch", "cpu", runs)
    whole = fill("tmad", "cpu", 1, large())
    return fill("tmad", "cpu", runs) | {"large": whole} | {"threads": threads, "patchmatch": patches["seconds"], "idle": quiet and idle()}


def remembered(side: int) -> float:
    """MiB that the synthesis of a square adds to what a fresh process holds."""
    command = [sys.executable, __file__, "--peak", str(side)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak(side: int) -> float:
    """The same in this process."""
    torch.set_num_threads(1)
    passes = Passes(torch.device("cpu"), SIDE, HOLE)
    passes.synthesis(64)  # what is made once is no part of it
    look = memory.best()
    look.start()
    passes.synthesis(side)
    return look.stop()["rise"]


def on_card(runs: int) -> dict[str, Any]:
    """The networks and whole fills on a graphics card."""
    card, processor = Passes(torch.device("cuda"), SIDE, HOLE), Passes(torch.device("cpu"), SIDE, HOLE)
    rates = {"eager": card.rate(), "graphs": card.rate(graph=True), "cpu": processor.rate(rounds=10)}
    fills = {device: fill("tmad", device, runs)["seconds"] for device in ("cuda", "cpu")} if has_weights() else None
    return {"name": torch.cuda.get_device_name(), "networks": rates, "fill": fills}


def has_weights() -> bool:
    """Whether the shipped networks are here; speed alone does not need what they learnt, a whole fill does."""
    try:
        where("tmad")
    except MissingWeights:
        return False
    return True


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peak", type=int, metavar="SIDE", help=argparse.SUPPRESS)
    parser.add_argument("-o", "--out", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and write where asked."""
    asked = parsed()
    if asked.peak:
        print(peak(asked.peak))
        return
    torch.set_num_threads(asked.threads)
    cuda = torch.cuda.is_available()
    found: dict[str, Any] = {"command": shlex.join(["python", *sys.argv]), "machine": hardware(torch.device("cuda" if cuda else "cpu"))}
    if has_weights():
        found["fill"] = filled(asked.threads, asked.runs)
    else:
        print("Whole fills are not timed: the weights tmad are not here.", file=sys.stderr)
    found["memory"] = {"hole": remembered(SYNTHESISED), "whole": remembered(SIDE), "side": SIDE}
    if cuda:
        found["cuda"] = on_card(asked.runs)
    else:
        print("Nothing is measured on a graphics card: there is none that torch can use.", file=sys.stderr)
    print(json.dumps(found, indent=2))
    if asked.out:
        asked.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
