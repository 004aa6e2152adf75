"""Work cut into runs that do not depend on how many threads there are, so that the result does not either.

What may last is a generator that yields nothing now and then: whoever drives it may look around, go on, or close it. When it pauses is
up to the clock; what it returns is not.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import torch

from engine.job import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray


T = TypeVar("T")
Run = TypeVar("Run")

Pausing: TypeAlias = Generator[None, None, T]
"""Work that pauses now and then, and returns what it made."""

PAUSE = 0.03
"""Seconds after which work pauses at the next run's end; runs last milliseconds."""


class Workers:
    """A few threads for what releases the interpreter lock; as many as torch uses. A context: they end with it."""

    def __init__(self) -> None:
        self._others = torch.get_num_threads() - 1
        self._pool = ThreadPoolExecutor(self._others) if self._others else None
        self._resumed = time.perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def pause(self) -> Pausing[None]:
        """Yield, if the last time is a while ago."""
        if time.perf_counter() - self._resumed > PAUSE:
            yield
            self._resumed = time.perf_counter()

    def each(self, work: Callable[[Run], object], runs: Sequence[Run]) -> Pausing[None]:
        """Call `work(run)` for every run, at once where there are threads; an error of one is raised.

        Closed at a pause, it waits for the runs that have begun, and begins no other.
        """
        left = iter(runs)  # who is free takes the next one

        def take() -> None:
            for run in left:
                work(run)

        others = [self._pool.submit(take) for _ in range(min(self._others, len(runs) - 1))] if self._pool else []
        try:
            for run in left:
                work(run)
                yield from self.pause()
        finally:
            for _ in left:
                pass
            wait(others)
        for other in others:
            other.result()


def pieces(length: int, about: int = 1 << 16) -> list[tuple[int, int]]:
    """Runs (first, last + 1) of `about` elements of a list each: as many as arithmetic of whole arrays does in a millisecond."""
    return [(first, min(first + about, length)) for first in range(0, length, about)]


def strips(size: tuple[int, ...], about: int = 1 << 18) -> list[tuple[int, int]]:
    """Runs (top, bottom) of whole rows of a picture (height, width, ..), of `about` pixels each and an even number of rows."""
    return pieces(size[0], max(2, about // max(size[1], 1) // 2 * 2))


def runs_of_rows(rows: NDArray[np.int32], about: int, *, shifted: bool = False, tall: int | None = None) -> list[tuple[int, int]]:
    """Runs (first, last + 1) of a list sorted by rows, each of whole rows and some `about` elements.

    `shifted` moves the cuts by half a run, so that what one set of runs keeps apart the other brings together. `tall`: no
    run spans more rows than that.
    """
    n = len(rows)
    cuts = rows[np.arange(about // 2 if shifted else about, n - about // 4, about)]
    if tall is not None and n:
        cuts = np.concatenate([cuts, np.arange(rows[0], rows[-1] + 1, tall, dtype=np.int32)])
    edges = np.unique(np.concatenate([[0], np.searchsorted(rows, cuts), [n]]))
    return [(int(a), int(b)) for a, b in pairwise(edges)]


def places(mask: NDArray[np.bool_], workers: Workers) -> Pausing[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Rows and columns of the pixels of a mask (h, w), in reading order."""
    runs = strips(mask.shape)
    edges = [0, *np.cumsum([np.count_nonzero(mask[slice(*run)]) for run in runs])]
    rows, columns = np.empty(edges[-1], np.int32), np.empty(edges[-1], np.int32)

    def work(number: int) -> None:
        mine = slice(edges[number], edges[number + 1])
        down, columns[mine] = np.nonzero(mask[slice(*runs[number])])
        rows[mine] = down + runs[number][0]

    yield from workers.each(work, range(len(runs)))
    return rows, columns


def told(work: Pausing[T], fraction: float, stage: str) -> Generator[Step, None, T]:
    """A Step a pause, all with the same share done."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
        yield Step(fraction, stage)
