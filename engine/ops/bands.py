"""Work cut into runs that do not depend on how many threads there are, so that the result does not either."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray


class Workers:
    """A few threads for kernels that release the interpreter lock; as many as torch uses. A context: they end with it."""

    def __init__(self) -> None:
        self._others = torch.get_num_threads() - 1
        self._pool = ThreadPoolExecutor(self._others) if self._others else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def each(self, work: Callable[..., Any], runs: Sequence[Any]) -> None:
        """Call `work(run)` for every run, at once where there are threads; an error of one is raised."""
        left = iter(runs)  # who is free takes the next one

        def take() -> None:
            for run in left:
                work(run)

        others = [self._pool.submit(take) for _ in range(min(self._others, len(runs) - 1))] if self._pool else []
        take()
        for other in others:
            other.result()


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
