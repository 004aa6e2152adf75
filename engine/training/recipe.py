"""What a recipe must be: one system's networks, examples, losses and validation; the loop in `run` does the rest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import torch

from engine.job import Settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from engine.job import Step
    from engine.training.photographs import Photographs

Batch: TypeAlias = "dict[str, Tensor]"
"""Examples laid together, on the device of the run: a first axis of examples before each array's own."""

Turn: TypeAlias = "tuple[str | tuple[str, ...], Mapping[str, Tensor]]"
"""Which networks are improved now, and the weighted losses whose sum they descend."""


class Recipe(ABC):
    """One system's training. An object that exists has checked its settings; everything is a function of them and of the run's seed.

    Args:
        settings: of the class that `options` names.
        width: channels of the networks against their published, or first, number.
    """

    name: ClassVar[str]
    """As typed: lower case and hyphens."""
    sentence: ClassVar[str]
    paper: ClassVar[str]
    options: ClassVar[type[Settings]] = Settings
    kept: ClassVar[str]
    """The network that is averaged over the run, validated and exported."""
    best: ClassVar[str]
    """The validation score by which to judge a run; higher is better."""
    steps: ClassVar[int]
    """Length of the schedule."""
    batch: ClassVar[int]
    """Examples a step."""
    rate: ClassVar[float] = 1e-3
    """The highest rate of learning: it rises over the first steps and falls to zero as half a cosine."""
    side: ClassVar[int] = 288
    """Photographs are kept with their shorter side reduced to this many pixels."""
    clip: ClassVar[float] = 2.0
    """Gradients of a turn are scaled to at most this norm."""

    def __init__(self, settings: Settings | None = None, width: float = 1.0) -> None:
        self.settings: Any = settings or self.options()
        self.width = width

    def prepare(self, photographs: Photographs, device: torch.device) -> Generator[Step, None, None]:
        """What has to be computed once from the photographs before the first step; kept beside them."""
        del photographs, device
        yield from ()

    @abstractmethod
    def networks(self) -> dict[str, nn.Module]:
        """All that is trained, anew. Weights are drawn from torch's generator, which the run has seeded."""

    @abstractmethod
    def example(self, photographs: Photographs, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """One example, drawn by `rng` alone: arrays of the same names, shapes and types each time. Called in worker processes."""

    @abstractmethod
    def losses(self, networks: Mapping[str, nn.Module], batch: Batch) -> Iterator[Turn]:
        """One step: yield turn after turn. What a turn names has been improved when the generator goes on, so an adversarial recipe yields.

        its critic's losses and then its generator's. Runs under autocast; randomness comes from torch's generator, seeded by the step.
        """

    @abstractmethod
    def validate(self, network: nn.Module, held: Photographs, device: torch.device) -> tuple[dict[str, float], NDArray[np.uint8] | None]:
        """Scores of the averaged network, and a strip of pictures (H, W, 3) to look at, or None. The same photographs each time."""

    def through(self) -> tuple[str, ...]:
        """Networks of others that it learns from, by their names in the manifest of weights.

        Asked when a run begins, kept in its record and told by the model card.
        """
        return ()

    def optimiser(self, networks: Mapping[str, nn.Module]) -> torch.optim.Optimizer:
        """What improves the networks of one turn: AdamW, whose decay spares biases and scales."""
        every = [one for network in networks.values() for one in network.parameters() if one.requires_grad]
        groups = [
            {"params": [one for one in every if one.ndim > 1], "weight_decay": 1e-2},
            {"params": [one for one in every if one.ndim <= 1], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW([group for group in groups if group["params"]], lr=self.rate)
