"""A method of the shelf as a filler for `serving.py`: `patchmatch:look=smooth,effort=best,seed=3`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from engine.errors import BadInput
from engine.job import Job, chosen_settings, finished
from engine.methods import shelf
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline

if TYPE_CHECKING:
    from engine.job import Settings

BESIDE = ("seed", "device")
"""What may stand among a method's settings and is told to the Job instead."""


class OfTheShelf:
    """A method with settings, whatever the picture.

    Args:
        text: the method's name, and after a colon KEY=VALUE pairs with commas between them.

    Raises:
        BadInput: there is no such method, setting or value.
    """

    def __init__(self, text: str) -> None:
        self.method, self.settings, self.beside = read(text)
        self.pipeline = Pipeline()

    def __call__(self, picture: Any, mask: Any) -> Any:
        """(H, W, 3) RGB and (H, W) mask, not grown -> the filled picture."""
        source = Picture(picture)
        seed, device = int(self.beside.get("seed", "0")), self.beside.get("device") or os.environ.get("INLAY_DEVICE", "cpu")
        job = Job(source, Mask(mask), self.method, self.settings, seed=seed, device=device)
        return source.with_patches(finished(self.pipeline.run(job)).patches).pixels


def read(text: str) -> tuple[str, Settings, dict[str, str]]:
    """A method's name, its settings, and what is beside them. Raises BadInput."""
    method, _, rest = text.partition(":")
    methods = shelf()
    if method not in methods:
        raise BadInput(f"There is no method {method}; there are {', '.join(methods)}, and peers are called peer:NAME.")
    pairs = [pair.strip() for pair in rest.split(",") if pair.strip()]
    beside = {key: value for key, _, value in (pair.partition("=") for pair in pairs) if key in BESIDE}
    if not beside.get("seed", "0").isdecimal():
        raise BadInput(f"seed takes a whole number from 0, not {beside['seed']!r}.")
    own = [pair for pair in pairs if pair.partition("=")[0] not in BESIDE]
    return method, chosen_settings(own, methods[method].card.settings), beside


def filler(text: str) -> OfTheShelf:
    """A method that has filled a small picture of noise already, so that everything is imported, compiled and loaded. Raises BadInput."""
    torch.set_num_threads(int(os.environ.get("INLAY_THREADS", "1")))
    fill = OfTheShelf(text)
    mask = np.zeros((160, 160), np.uint8)
    mask[60:90, 50:110] = 255
    fill(np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8), mask)
    return fill
