"""A method of the shelf as a filler for `serving.py`: `patchmatch:smooth=1,effort=best,seed=3`, or with a finish `telea:radius=5+texture-memory:smooth=1`."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from engine.errors import BadInput, NoMatch
from engine.finishes import check_follows, finish_named, typed
from engine.job import Job, chosen_settings, finished
from engine.methods import shelf
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.job import Card, Settings

BESIDE = ("seed", "device")
"""What may stand among a method's settings and is told to the Job instead."""
UNASKED = ("no_match=fill",)
"""Settings, of methods that have them, unless they are typed: nobody is there to be asked."""


@dataclass(frozen=True)
class Typed:
    """A method of the shelf as it is typed, and the finish behind it."""

    method: str
    settings: Settings
    beside: Mapping[str, str]
    """What stands among its settings and is told to the Job instead."""
    finish: str = ""
    finishing: Settings | None = None


class OfTheShelf:
    """A method with settings, whatever the picture.

    Args:
        text: the method's name, and after a colon KEY=VALUE pairs with commas between them; the same of a finish after a plus sign.

    Raises:
        BadInput: there is no such method, setting or value.
    """

    def __init__(self, text: str) -> None:
        self.typed = read(text)
        self.takes_references = shelf()[self.typed.method].card.references
        self.record: dict[str, Any] = {}
        """What the last fill says of its references."""
        self.pipeline = Pipeline()

    def __call__(self, picture: Any, mask: Any, references: Mapping[str, Any] | None = None) -> Any:
        """(H, W, 3) RGB, (H, W) mask, not grown, and references (h, w, 3) by their names -> the filled picture."""
        source, of = Picture(picture), self.typed
        seed, device = int(of.beside.get("seed", "0")), of.beside.get("device") or os.environ.get("INLAY_DEVICE", "cpu")
        others = tuple(Reference(Picture(pixels), name) for name, pixels in (references or {}).items())
        asked = Job(source, Mask(mask), of.method, of.settings, seed=seed, device=device, references=others)
        job = replace(asked, finish=of.finish, finishing=of.finishing)
        result = finished(self.pipeline.run(job))
        self.record = {name: result.record[name] for name in ("matched", "references") if name in result.record}
        return source.with_patches(result.patches).pixels


def read(text: str) -> Typed:
    """A method with its settings, and its finish with its own. Raises BadInput."""
    before, plus, behind = text.partition("+")
    method, _, rest = before.partition(":")
    methods = shelf()
    if method not in methods:
        raise BadInput(f"There is no method {method}; there are {', '.join(methods)}, and peers are called peer:NAME.")
    pairs = [pair.strip() for pair in rest.split(",") if pair.strip()]
    beside = {key: value for key, _, value in (pair.partition("=") for pair in pairs) if key in BESIDE}
    if not beside.get("seed", "0").isdecimal():
        raise BadInput(f"seed takes a whole number from 0, not {beside['seed']!r}.")
    card = methods[method].card
    own = [pair for pair in pairs if pair.partition("=")[0] not in BESIDE]
    unasked = [pair for pair in UNASKED if pair.partition("=")[0] in card.settings.described()]
    settings = chosen_settings([*unasked, *own], card.settings)  # what is typed comes later and counts
    finish, finishing = _finish(behind, card) if plus else ("", None)
    return Typed(method, settings, beside, finish, finishing)


def _finish(text: str, method: Card) -> tuple[str, Settings]:
    """The finish behind a method. Raises BadInput."""
    name, settings = typed(text)
    check_follows(finish_named(name).card, method)
    return name, settings


def filler(text: str) -> OfTheShelf:
    """A method that has filled a small picture of noise already, so that everything is imported, compiled and loaded. Raises BadInput."""
    torch.set_num_threads(int(os.environ.get("INLAY_THREADS", "1")))
    fill = OfTheShelf(text)
    mask = np.zeros((160, 160), np.uint8)
    mask[60:90, 50:110] = 255
    noise = np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    with contextlib.suppress(NoMatch):
        fill(noise, mask, {"itself": noise} if fill.takes_references else None)
    fill.record = {}
    return fill
