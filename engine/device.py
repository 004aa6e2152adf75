"""Where a method runs: the device asked for, tried with a real kernel before it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.errors import BadInput

if TYPE_CHECKING:
    from engine.job import Card

_NAMES = {"cpu": "the processor", "cuda": "CUDA", "mps": "Metal"}


def works(name: str) -> bool:
    """Whether a small kernel runs there; that a driver answers is no proof."""
    if name == "cpu":
        return True
    backend = torch.cuda if name == "cuda" else torch.backends.mps
    if not backend.is_available():
        return False
    try:
        return float((torch.arange(4, device=name).float() * 2).sum()) == 12.0
    except RuntimeError:
        return False


def chosen(asked: str, card: Card) -> torch.device:
    """The device for a method: the one asked for, or with "auto" the first on its card that works.

    Raises BadInput where the one asked for does not work or the method cannot use it.
    """
    if asked == "auto":
        return torch.device(next(name for name in card.devices if works(name)))
    if asked not in card.devices:
        raise BadInput(f"{card.title} does not run on {_NAMES[asked]}; ask for {' or '.join(card.devices)}, or auto.")
    if not works(asked):
        raise BadInput(f"{_NAMES[asked]} is not available here; ask for cpu, or auto.")
    return torch.device(asked)
