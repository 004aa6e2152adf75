"""T-MAD's networks as they are shipped, ready to compute."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import torch

from engine import weights
from engine.nets.tmad import Tmad
from engine.ops.steady import halved

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

NAME = "tmad"


@functools.cache
def network(device: torch.device) -> Tmad:
    """The networks on a device. Raises MissingWeights."""
    loaded = weights.load(Tmad(), NAME).eval().requires_grad_(requires_grad=False)
    return loaded.to(device=device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def computing(device: torch.device) -> AbstractContextManager[Any]:
    """In which they compute: in half precision, where that is quicker."""
    return halved() if device.type == "cpu" else torch.autocast(device.type, torch.bfloat16)
