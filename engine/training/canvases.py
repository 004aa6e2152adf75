"""Holes of photographs filled by patch matching, a few times each, kept for networks that learn what to make of such fills."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from engine.errors import EngineFailure
from engine.exemplar import PatchSettings, solved
from engine.geometry import Box, Window
from engine.holes import hole
from engine.job import Step, finished
from engine.method import Cutout, encoded
from engine.ops.bands import Workers
from engine.training.crops import crop
from engine.training.examples import unheard

if TYPE_CHECKING:
    from collections.abc import Generator
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.training.photographs import Photographs

SCALES = (1.0, 1.125)
"""Crops are of so many times their size in the photograph."""
KINDS = ("box", "irregular-0-20", "irregular-20-40", "object")
"""Holes, beside rectangles of up to half a side, which are as frequent as all these together."""
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A square of a photograph, a hole, and its fills."""

    image: NDArray[np.uint8]
    """(S, S, 3)."""
    hole: NDArray[np.bool_]
    """(S, S)."""
    values: NDArray[np.uint8]
    """(ranks, n, 3): of the hole's pixels in reading order, the fill whose patches match best first."""

    def canvases(self) -> NDArray[np.uint8]:
        """(ranks, S, S, 3): the square with each of its fills."""
        out = np.repeat(self.image[None], len(self.values), axis=0)
        out[:, self.hole] = self.values
        return out


def drawn(photograph: NDArray[np.uint8], size: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A square of a photograph, (S, S, 3), and a hole of it, (S, S): every second a rectangle whose sides are 0.3 to 0.5 of its side."""
    image = crop(photograph, size, rng, SCALES)
    if rng.random() < 0.5:
        tall, wide = (int(one) for one in np.ceil(rng.uniform(0.3, 0.5, 2) * size))
        top, left = (int(rng.integers(size // 16, size - length - size // 16)) for length in (tall, wide))
        missing = np.zeros((size, size), np.bool_)
        missing[top : top + tall, left : left + wide] = True
        return image, missing
    return image, hole(KINDS[int(rng.integers(len(KINDS)))], (size, size), rng) > 0


def matched(image: NDArray[np.uint8], missing: NDArray[np.bool_], ranks: int, seed: int) -> Filled:
    """The hole filled by patch matching, so many times, from seeds of their own."""
    box = Box.around(missing)
    assert box is not None
    cutout = Cutout(
        Window.plain(Box.whole(missing.shape)),
        np.where(missing[..., None], np.uint8(0), image),
        missing,
        ~missing,
        ~missing,
        box,
        torch.device("cpu"),
    )
    with Workers() as workers:
        solutions, _ = finished(solved(cutout, PatchSettings(), [seed + rank for rank in range(ranks)], workers))
    best = sorted(solutions, key=lambda one: float(np.mean(one.distances, dtype=np.float64)))
    return Filled(image, missing, np.stack([encoded(one.values, image.dtype).astype(np.uint8, copy=False) for one in best]))


class Canvases:
    """Fills of drawn squares of a split's photographs, mapped from one file.

    Args:
        file: what `prepared` wrote.
        photographs: of which.
        size: side of the squares.
        ranks: fills of each.
    """

    def __init__(self, file: Path, photographs: Photographs, size: int, ranks: int) -> None:
        self.file, self.photographs, self.size, self.ranks = file, photographs, size, ranks
        self._ends = np.load(file.with_suffix(".npy"))
        self._values: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> Filled:
        """The square of that number, from 0."""
        if self._values is None:
            self._values = np.memmap(self.file, np.uint8, "r")
        image, missing = _drawn(self.photographs, self.size, number)
        begin = int(self._ends[number - 1]) if number else 0
        return Filled(image, missing, np.array(self._values[begin : int(self._ends[number])]).reshape(self.ranks, -1, 3))

    def __getstate__(self) -> dict[str, Any]:
        """A worker maps the file anew."""
        return self.__dict__ | {"_values": None}


def prepared(photographs: Photographs, number: int, size: int, ranks: int) -> Generator[Step, None, Canvases]:
    """Fill so many squares, on all cores, or find those that were filled before; what was begun goes on where it was left.

    Raises EngineFailure where a process dies, or the disk is full.
    """
    file = photographs.file.with_name(f"patchmatch-{photographs.split}-{number}-{size}-{ranks}.bin")
    if not file.with_suffix(".npy").exists():
        try:
            yield from _kept(file, photographs, number, size, ranks)
        except OSError as error:
            raise EngineFailure(f"Filled holes could not be kept in {file.parent} ({error.strerror or error}); make room there.") from None
        except BrokenProcessPool:
            raise EngineFailure(
                "A process that fills holes has died, perhaps for want of memory; what is filled is kept, and the same command goes on."
            ) from None
    return Canvases(file, photographs, size, ranks)


def _kept(file: Path, photographs: Photographs, number: int, size: int, ranks: int) -> Generator[Step, None, None]:
    """Write the values, and after them where each square's end. Whoever does the same at once writes the same bytes to the same places."""
    values, ends = file.with_suffix(".part"), file.with_suffix(".ends")
    done = _done(values, ends)
    parts = [range(begin, min(begin + _AT_ONCE, number)) for begin in range(len(done), number, _AT_ONCE)]
    with values.open("r+b") as out, ends.open("r+b") as told, contextlib.closing(_matched(photographs, parts, size, ranks)) as made:
        out.seek(done[-1] if done else 0)
        told.seek(8 * len(done))
        for fills in made:
            for one in fills:
                out.write(one.tobytes())
                done.append(one.size + (done[-1] if done else 0))
            out.flush()
            told.write(np.array(done[-len(fills) :], np.int64).tobytes())
            told.flush()
            yield Step(len(done) / number, "patch matching fills holes")
    with contextlib.suppress(FileNotFoundError):  # the other was sooner
        values.replace(file)
    with ends.open("wb") as told:
        np.save(told, np.array(done, np.int64))
    ends.replace(file.with_suffix(".npy"))


def _done(values: Path, ends: Path) -> list[int]:
    """Where the squares end that were filled before."""
    for one in (values, ends):
        one.touch()
    return [int(end) for end in np.fromfile(ends, np.int64) if end <= values.stat().st_size]


def _matched(photographs: Photographs, parts: list[range], size: int, ranks: int) -> Generator[list[NDArray[np.uint8]], None, None]:
    """The fills of each part, in order, by a process a core; none of them outlives this."""
    if not parts:
        return
    before = set(multiprocessing.active_children())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pool = ProcessPoolExecutor(min(cores, len(parts)), multiprocessing.get_context("spawn"), _alone)
    try:
        with unheard():
            made = pool.map(_fills, *zip(*((photographs, part, size, ranks) for part in parts), strict=True))
        yield from made
    except BaseException:  # nobody waits for squares that nobody will take
        for one in set(multiprocessing.active_children()) - before:
            one.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _alone() -> None:
    """A process of many computes on one thread, and ends with the one that it works for, however that ends."""
    torch.set_num_threads(1)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _fills(photographs: Photographs, numbers: range, size: int, ranks: int) -> list[NDArray[np.uint8]]:
    return [matched(*_drawn(photographs, size, number), ranks, number).values for number in numbers]


def _drawn(photographs: Photographs, size: int, number: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    return drawn(photographs[number % len(photographs)], size, np.random.default_rng([size, number]))
