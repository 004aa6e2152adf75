"""A method of the shelf as a worker: `python ours.py patchmatch:look=smooth,effort=best` (see `serving.py`)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from serving import serve

from engine.job import Job
from engine.methods import shelf
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline

if TYPE_CHECKING:
    from engine.job import Result


def finish(job: Job, pipeline: Pipeline) -> Result:
    """Run a job to its end."""
    steps = pipeline.run(job)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


class Filler:
    """A method with settings, whatever the picture."""

    def __init__(self, text: str) -> None:
        self.method, _, settings = text.partition(":")
        pairs = dict(one.split("=", 1) for one in settings.split(",") if one)
        self.seed = int(pairs.pop("seed", "0"))
        self.settings = shelf()[self.method].card.settings.read(pairs)
        self.pipeline = Pipeline()

    def __call__(self, picture: Any, mask: Any) -> Any:
        """(H, W, 3) RGB and (H, W) mask, not grown -> the filled picture."""
        source = Picture(picture)
        job = Job(source, Mask(mask), self.method, self.settings, seed=self.seed, device="cpu")
        return source.with_patches(finish(job, self.pipeline).patches).pixels


def warm(fill: Filler) -> None:
    """Fill a small picture of noise, so that everything is imported, compiled and loaded."""
    rng = np.random.default_rng(0)
    mask = np.zeros((160, 160), np.uint8)
    mask[60:90, 50:110] = 255
    fill(rng.integers(0, 256, (160, 160, 3), dtype=np.uint8), mask)


def main() -> None:
    """Serve the method that is named."""
    torch.set_num_threads(int(os.environ.get("INLAY_THREADS", "1")))
    fill = Filler(sys.argv[1])
    warm(fill)
    serve(fill)


if __name__ == "__main__":
    main()
