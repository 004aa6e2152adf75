"""A device against the processor: `python benchmarks/devices.py --device cuda` times the search and vote of one level, and whole fills.

Ratios above 1 say how many times sooner the device is done. Both work on the same photograph with the same hole, one after the
other, after a round that is not counted; times are those of a clock on the wall and include every copy to the device and back.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

import holes
import numpy as np
import skimage.data
import torch
from photographs import SIZES, enlarged

from engine.device import works
from engine.job import Job, finished
from engine.ops.bands import Workers
from engine.ops.level import Level
from engine.ops.level_torch import WORTHWHILE, TorchLevel
from engine.ops.pyramid import Scale
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

ALL_SIZES = {"0.06 MP": (204, 306), "0.25 MP": (408, 612), **SIZES}
SIDE, SCANS, ROUNDS = 7, 3, 3


def seconds(work: Callable[[], object], runs: int) -> float:
    """The median of some runs after one that is not counted."""
    found: list[float] = []
    for _ in range(runs + 1):
        since = time.perf_counter()
        work()
        found.append(time.perf_counter() - since)
    return statistics.median(found[1:])


class Search:
    """Rounds of search and vote on one level, from the same random field each time."""

    def __init__(self, level: Level, scale: Scale) -> None:
        self.level = level
        finished(level.lay(scale))

    def __call__(self) -> None:
        """All rounds."""
        finished(self.level.start(0))
        self.level.scans = 0
        for _ in range(ROUNDS):
            finished(self.level.search(SCANS, max(self.level.size) // 2, 0))
            finished(self.level.vote(np.exp(self.level.cost * np.float32(-1e-5)) + np.float32(1e-6)))

    @property
    def error(self) -> float:
        """Root of the mean squared difference of patches to their sources, in levels of 255."""
        return float(np.sqrt(self.level.cost.mean() / (4 * SIDE**2)))


def compared(name: str, what: str, ours: float, theirs: float, notes: str) -> None:
    """One line of the table."""
    print(f"{name:>8}  {what:<7} {theirs * 1000:10.1f} {ours * 1000:10.1f} {theirs / ours:8.2f}  {notes}", flush=True)


def search(name: str, pixels: Pixels, mask: Pixels, device: torch.device, runs: int) -> None:
    """The search and vote of one level of the whole picture."""
    scale = Scale(np.dstack([pixels, np.zeros_like(mask)]), mask > 0, mask == 0)
    with Workers() as workers:
        pair = Search(Level(SIDE, workers), scale), Search(TorchLevel(SIDE, workers, device), scale)
        times = [seconds(one, runs) for one in pair]
    notes = f"{len(pair[0].level.rows)} targets, mean error {pair[0].error:.2f} and {pair[1].error:.2f}"
    compared(name, "search", times[1], times[0], notes)


def fill(name: str, pixels: Pixels, mask: Pixels, device: torch.device, runs: int) -> None:
    """A whole fill by patches."""
    jobs = [Job(Picture(pixels), Mask(mask), device=where) for where in ("cpu", device.type)]
    pipeline = Pipeline()
    times = [seconds(lambda job=job: finished(pipeline.run(job)), runs) for job in jobs]
    stages = finished(pipeline.run(jobs[1])).record["seconds"]
    compared(name, "fill", times[1], times[0], ", ".join(f"{stage} {spent:.2f} s" for stage, spent in stages.items()))


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", help="cuda; cpu runs the device's code on the processor, to see that it runs")
    parser.add_argument("--sizes", default=",".join(ALL_SIZES), help=f"of {', '.join(ALL_SIZES)}")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if asked.device not in {"cpu", "cuda"} or not works(asked.device):
        parser.error(f"{asked.device} is not available here.")
    if unknown := [size for size in asked.sizes.split(",") if size not in ALL_SIZES]:
        parser.error(f"there is no size {unknown[0]} here.")
    return asked


def main() -> None:
    """Print the table."""
    asked = parsed()
    device = torch.device(asked.device)
    named = torch.cuda.get_device_name() if device.type == "cuda" else "processor"
    print(f"{named} against {torch.get_num_threads()} threads of the processor, torch {torch.__version__}, medians of {asked.runs}.")
    print(f"In a fill, levels with fewer than {WORTHWHILE} missing pixels stay on the processor.")
    print(f"{'size':>8}  {'what':<7} {'CPU ms':>10} {'device ms':>10} {'ratio':>8}")
    for name in asked.sizes.split(","):
        pixels = enlarged(np.ascontiguousarray(skimage.data.coffee()[..., :3]), ALL_SIZES[name])
        mask = holes.brush(ALL_SIZES[name], 1)
        search(name, pixels, mask, device, asked.runs)
        fill(name, pixels, mask, device, asked.runs)


if __name__ == "__main__":
    main()
