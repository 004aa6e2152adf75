"""Examples by number: each is a function of the run's seed and its number alone, so that a run can be resumed or shared among processes."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

    from engine.training.photographs import Photographs
    from engine.training.recipe import Batch, Recipe


class Examples(Dataset[dict[str, "NDArray[Any]"]]):
    """A recipe's examples without end."""

    def __init__(self, recipe: Recipe, photographs: Photographs, seed: int) -> None:
        self.recipe, self.photographs, self.seed = recipe, photographs, seed

    def __getitem__(self, number: int) -> dict[str, NDArray[Any]]:
        """The example of that number, from 0."""
        if get_worker_info() is not None:
            cv2.setNumThreads(1)
        return self.recipe.example(self.photographs, np.random.default_rng([self.seed, number]))


class _Numbers:
    """Which examples each step of one process takes: its share of the joint batch, in order."""

    def __init__(self, first: int, last: int, batch: int, rank: int, world: int) -> None:
        self.first, self.last, self.batch, self.rank, self.world = first, last, batch, rank, world

    def __len__(self) -> int:
        return self.last - self.first

    def __iter__(self) -> Iterator[list[int]]:
        own = self.batch // self.world
        for step in range(self.first, self.last):
            begin = step * self.batch + self.rank * own
            yield list(range(begin, begin + own))


def batches(examples: Examples, steps: range, batch: int, workers: int, *, rank: int = 0, world: int = 1) -> Generator[Batch, None, None]:
    """One batch a step, on the processor, made by `workers` processes (0: in this one).

    Args:
        examples: what is drawn from.
        steps: of which steps.
        batch: examples a step, over all `world` processes, of which it is a multiple.
        workers: how many processes make examples.
        rank: which of the processes this is.
        world: how many take part in the run.
    """
    loader = DataLoader(
        examples,
        batch_sampler=_Numbers(steps.start, steps.stop, batch, rank, world),  # pyright: ignore[reportArgumentType] - any iterable of lists
        num_workers=workers,
        prefetch_factor=6 if workers else None,
        persistent_workers=False,
        pin_memory=torch.cuda.is_available(),
        multiprocessing_context="spawn" if workers else None,
    )
    with unheard():
        feed = iter(loader)
    yield from feed


@contextlib.contextmanager
def unheard() -> Generator[None]:
    """Processes that are started meanwhile do not hear that the run is to stop: it needs their examples until it has, and ends them itself.

    Where one of them dies all the same, torch would break off whatever the run is doing; it is enough that the next batch does not come.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    if hasattr(signal, "SIGCHLD"):
        before[signal.SIGCHLD] = signal.getsignal(signal.SIGCHLD)
    try:
        yield
    finally:
        for number, one in before.items():
            signal.signal(number, one)
