"""The loop: examples, losses, steps, validation, checkpoints. Everything a run does is told by what it yields."""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from engine.errors import EngineFailure
from engine.training import checkpoint
from engine.training.average import averaged, follow
from engine.training.examples import Examples, batches
from engine.training.processes import Processes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from engine.training.photographs import Photographs
    from engine.training.recipe import Batch, Recipe

WARMING = 60
"""Steps in which the rate of learning rises."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fixed when a run begins, and what may change when it goes on."""

    steps: int
    """Length of the schedule."""
    batch: int
    """Examples a step, over all processes."""
    seed: int = 0
    device: str = "cpu"
    half: bool = True
    """Compute in bfloat16 where that is safe (autocast); weights and their steps stay in float32."""
    workers: int = 1
    """Processes that make examples; 0: the run itself."""
    minutes: float = math.inf
    """The run stops after so many; its schedule stays what it was."""
    validation: int = 500
    """Steps between two validations."""
    saving: float = 5.0
    """Minutes between two checkpoints."""


@dataclass(frozen=True, slots=True)
class News:
    """What a step made."""

    step: int
    """Steps that are done."""
    losses: Mapping[str, float]
    rate: float
    examples: int
    """Examples seen so far."""
    seconds: float
    """Spent on the run so far, over all its sittings."""
    scores: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of the averaged network, where this step was validated."""
    strip: NDArray[np.uint8] | None = None
    saved: bool = False
    """A checkpoint was written after this step."""


class Run:
    """One run of a recipe, from its beginning or from its newest checkpoint.

    Args:
        recipe: prepared.
        photographs: to train on.
        held: to validate on.
        plan: the schedule and its seed.
        folder: where checkpoints are kept.
        processes: of which this is one, where several make the run together; the first one alone validates and writes.
    """

    def __init__(
        self, recipe: Recipe, photographs: Photographs, held: Photographs, plan: Plan, folder: Path, processes: Processes | None = None
    ) -> None:
        self.recipe, self.photographs, self.held, self.plan, self.folder = recipe, photographs, held, plan, folder
        self.device = torch.device(plan.device)
        self.processes = processes or Processes()
        self.stopping = False
        """Set to have the run end after the step that it is at."""
        torch.manual_seed(plan.seed)
        self.networks = {name: _laid_out(one.to(self.device)).train() for name, one in recipe.networks().items()}
        self._called = {name: self.processes.shared(one, self.device) for name, one in self.networks.items()}
        self.average = averaged(self.networks[recipe.kept])
        self.optimisers: dict[tuple[str, ...], torch.optim.Optimizer] = {}
        self.step = 0
        self.seconds = self._before = 0.0
        """Spent on the run so far, over all its sittings."""
        self._scores: list[dict[str, Any]] = []

    def resume(self, state: Mapping[str, Any]) -> None:
        """Take up a checkpoint's state."""
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
        self.average.load_state_dict(state["average"])
        for who, kept in state["optimisers"].items():
            self._optimiser(tuple(who.split("+"))).load_state_dict(kept)
        self.step, self._scores = state["step"], list(state["scores"])
        self.seconds = self._before = state["seconds"]

    def state(self) -> dict[str, Any]:
        """All that a checkpoint has to hold. Chance needs no state: each step and each example is seeded by its number."""
        return {
            "step": self.step,
            "seconds": self.seconds,
            "scores": self._scores,
            "networks": {name: one.state_dict() for name, one in self.networks.items()},
            "average": self.average.state_dict(),
            "optimisers": {"+".join(who): one.state_dict() for who, one in self.optimisers.items()},
        }

    def news(self) -> Generator[News, None, None]:
        """Train until the schedule or the minutes end, or `stopping` is set; a checkpoint stands at the end, however it comes.

        Raises EngineFailure where a loss or a gradient is no number any more; the last good checkpoint stays.
        """
        plan, began = self.plan, time.perf_counter()
        saved_at, saved = began, self.step
        with contextlib.closing(self._feed()) as feed:
            for batch in feed:
                rate = self._rate()
                losses = self._made(batch, rate)
                self.step += 1
                follow(self.average, self.networks[self.recipe.kept], self.step)
                now = time.perf_counter()
                self.seconds = self._before + now - began
                over = self.step == plan.steps or self._agreed(self.stopping or now - began > plan.minutes * 60)
                due = (over and not self.stopping) or self.step % plan.validation == 0
                scores, strip = self._validated() if due and self.processes.first else ({}, None)
                if over or now - saved_at > plan.saving * 60:
                    self._save()
                    saved_at, saved = now, self.step
                yield News(self.step, losses, rate, self.step * plan.batch, self.seconds, scores, strip, saved == self.step)
                if over:
                    return
        if saved < self.step:
            self._save()

    def _save(self) -> None:
        if self.processes.first:
            checkpoint.save(self.folder, self.step, self.state())

    def _feed(self) -> Generator[Batch, None, None]:
        """This process's share of the examples of every step that is left."""
        steps, who = range(self.step, self.plan.steps), self.processes
        examples = Examples(self.recipe, self.photographs, self.plan.seed)
        try:
            yield from batches(examples, steps, self.plan.batch, self.plan.workers, rank=who.rank, world=who.world)
        except (RuntimeError, OSError, EOFError) as error:
            if self.stopping:
                return  # those who make examples were told to end as well, and have
            if "Caught " not in str(error) and ("DataLoader worker (pid" in str(error) or isinstance(error, (OSError, EOFError))):
                raise EngineFailure(
                    "A process that makes examples has died, perhaps for want of memory; the last checkpoint stands, and --resume goes on from it."
                ) from error
            raise

    def _agreed(self, wish: bool) -> bool:
        """Whether any of the processes wishes it, so that all do the same."""
        return self.processes.mean([float(wish)], self.device)[0] > 0

    def _rate(self) -> float:
        """Rises over the first steps and falls as half a cosine."""
        return self.recipe.rate * min(1.0, (self.step + 1) / WARMING) * (0.5 + 0.5 * math.cos(math.pi * self.step / self.plan.steps)) + 1e-7

    def _made(self, batch: Batch, rate: float) -> dict[str, float]:
        """A step with a batch that is still on the processor; its losses by name."""
        try:
            return self._step({name: one.to(self.device, non_blocking=True) for name, one in batch.items()}, rate)
        except torch.OutOfMemoryError as error:
            few = f"{self.plan.batch // self.processes.world} examples a step"
            advice = "train with a smaller --batch or --width in another folder"
            raise EngineFailure(f"The {self.device.type} has not enough memory for {few}; {advice}.") from error

    def _step(self, batch: Batch, rate: float) -> dict[str, float]:
        """Every turn of one step; its losses by name."""
        torch.manual_seed(self.plan.seed * 1_000_003 + self.step)
        told: dict[str, float] = {}
        turns = self.recipe.losses(self._called, batch)
        for who, terms in self._autocast(turns):
            names = (who,) if isinstance(who, str) else tuple(who)
            optimiser = self._optimiser(names)
            optimiser.zero_grad(set_to_none=True)
            torch.stack(list(terms.values())).sum().backward()
            values = dict(zip(terms, self.processes.mean([float(one.detach()) for one in terms.values()], self.device), strict=True))
            norm = torch.nn.utils.clip_grad_norm_([one for name in names for one in self.networks[name].parameters()], self.recipe.clip)
            self._check(values, float(norm))
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.step()
            told |= values
        return told

    def _autocast(self, turns: Iterator[Any]) -> Iterator[tuple[str | tuple[str, ...], Mapping[str, Tensor]]]:
        """The turns, each computed under autocast; what is done with them is not."""
        while True:
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.plan.half):
                turn = next(turns, None)
            if turn is None:
                return
            yield turn

    def _check(self, losses: Mapping[str, float], norm: float) -> None:
        """Stop before a step spoils the weights."""
        wrong = [name for name, value in losses.items() if not math.isfinite(value)] or ([] if math.isfinite(norm) else ["the gradient"])
        if wrong:
            advice = "a lower rate in the recipe" + (" or --float32" if self.plan.half else "")
            raise EngineFailure(
                f"{wrong[0]} is no number any more at step {self.step + 1}, so the run has stopped; its last checkpoint stands, and {advice} may help."
            )

    def _optimiser(self, names: tuple[str, ...]) -> torch.optim.Optimizer:
        """That of the networks which are improved together."""
        if names not in self.optimisers:
            self.optimisers[names] = self.recipe.optimiser({name: self.networks[name] for name in names})
        return self.optimisers[names]

    def _validated(self) -> tuple[dict[str, float], NDArray[np.uint8] | None]:
        """Scores and a strip of the averaged network; they enter the record that the model card shows."""
        scores, strip = self.recipe.validate(self.average, self.held, self.device)
        self._scores.append({"step": self.step, **scores})
        return scores, strip


def _laid_out(network: nn.Module) -> nn.Module:
    """Channels last, in which convolutions of pictures are quicker; those of clips have no such layout beside it."""
    if any(one.ndim == 5 for one in network.parameters()):
        return network
    return network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
