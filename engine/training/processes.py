"""Several processes at one run, a graphics card each: torchrun starts them, and what each of them does here keeps them in step.

Every process takes its share of each step's examples, and `DistributedDataParallel` gives all of them the mean of their gradients, so that
together they make the step that one process would make with the joint batch.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from engine.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from torch import nn

Made = TypeVar("Made")

PATIENCE = timedelta(hours=2)
"""How long the others wait while one decodes photographs or validates."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Which of the processes of a run this is. Alone unless torchrun says otherwise."""

    rank: int = 0
    """From 0; the first one alone writes and says anything."""
    world: int = 1
    """How many there are."""
    local: int = 0
    """Which one it is on this machine."""
    on_machine: int = 1
    """How many there are on this machine."""

    @classmethod
    def of_torchrun(cls) -> Processes:
        """What torchrun put into the environment."""
        said = (("RANK", "0"), ("WORLD_SIZE", "1"), ("LOCAL_RANK", "0"), ("LOCAL_WORLD_SIZE", "1"))
        return cls(*(int(os.environ.get(name, usual)) for name, usual in said))

    @property
    def first(self) -> bool:
        """Whether this one writes and speaks for all."""
        return self.rank == 0

    def device(self, device: torch.device) -> torch.device:
        """That of this process: each has a graphics card of its own. Raises BadInput where there are too few."""
        if device.type != "cuda":
            return device
        if self.local >= torch.cuda.device_count():
            raise BadInput(
                f"There are {torch.cuda.device_count()} graphics cards here, too few for so many processes; give torchrun as many."
            )
        return torch.device("cuda", self.local)

    @contextlib.contextmanager
    def joined(self, device: torch.device) -> Generator[None]:
        """Stay in touch with the others meanwhile: NCCL between graphics cards, else Gloo."""
        if self.world == 1:
            yield
            return
        if device.type == "cuda":
            torch.cuda.set_device(device)
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
        try:
            yield
            self._wait()  # who leaves first takes the others' connections along
        finally:
            distributed.destroy_process_group()

    def in_turn(self, work: Callable[[], Made]) -> Made:
        """One process of each machine does it first, and the others then find what it left."""
        if self.local:
            self._wait()
        made = work()
        if not self.local:
            self._wait()
        return made

    def _wait(self) -> None:
        """Until all have come here."""
        if self.world > 1:
            distributed.barrier()

    def shared(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network as it is called in a step: its gradients become the mean of all processes'. Alone, it is the network itself.

        Buffers stay each process's own; those of the first are kept.
        """
        if self.world == 1 or not any(one.requires_grad for one in network.parameters()):
            return network
        return DistributedDataParallel(network, [device] if device.type == "cuda" else None, forward_sync_buffers=False)

    def mean(self, values: Sequence[float], device: torch.device) -> list[float]:
        """The mean of each value over all processes."""
        if self.world == 1:
            return list(values)
        every = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.all_reduce(every)
        return (every / self.world).tolist()
