"""How much memory a fill takes: by the kernel's own high-water mark, or by looking often where there is none."""

from __future__ import annotations

import contextlib
import ctypes
import re
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
MIB = 1024
PAGE = 4 / MIB
"""MiB. A rise is at least this, so that ratios exist."""
EVERY = 0.005
"""Seconds between two looks."""


class Memory(ABC):
    """Measures one run after another.

    Attributes:
        how: "high-water mark" (of the kernel), "looked at every 5 ms" (shorter peaks go unseen), or "not measured".
    """

    how: str

    @abstractmethod
    def start(self) -> None:
        """A run begins."""

    @abstractmethod
    def stop(self) -> dict[str, float]:
        """It has ended: "before", "peak" and "rise" in MiB; empty where nothing can be measured."""


def best() -> Memory:
    """What this machine allows."""
    with contextlib.suppress(OSError, ValueError):
        CLEAR.write_text("5")
        resident("VmHWM")
        return HighWater()
    with contextlib.suppress(ImportError):
        return Looks()
    return Unknown()


class HighWater(Memory):
    """Linux: the mark is reset before a run and read after it."""

    how = "high-water mark"

    def __init__(self) -> None:
        self._before = 0.0

    def start(self) -> None:
        """Give free memory back and start a new mark."""
        _trim()
        CLEAR.write_text("5")
        self._before = resident("VmRSS")

    def stop(self) -> dict[str, float]:
        """Read it."""
        return _cost(self._before, resident("VmHWM"))


class Looks(Memory):
    """Elsewhere: psutil is asked again and again by a thread of its own. Raises ImportError without it."""

    how = f"looked at every {EVERY * 1000:.0f} ms"

    def __init__(self) -> None:
        import psutil  # noqa: PLC0415 - not needed on Linux

        self._process: Any = psutil.Process()
        self._before = self._peak = 0.0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._before = self._peak = self._now()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Look once more."""
        assert self._thread is not None
        self._ended.set()
        self._thread.join()
        return _cost(self._before, max(self._peak, self._now()))

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            self._peak = max(self._peak, self._now())

    def _now(self) -> float:
        return self._process.memory_info().rss / 2**20


class Unknown(Memory):
    """Nothing is known, and nothing is claimed."""

    how = "not measured"

    def start(self) -> None:
        """Do nothing."""

    def stop(self) -> dict[str, float]:
        """Say nothing."""
        return {}


def resident(what: str) -> float:
    """MiB of this process on Linux: VmRSS, now, or VmHWM, at most since the mark was reset. Raises OSError or ValueError elsewhere."""
    found = re.search(rf"{what}:\s+(\d+)", STATUS.read_text())
    if found is None:
        raise ValueError(what)
    return int(found[1]) / MIB


def _trim() -> None:
    """Give free memory back to the system, where its library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _cost(before: float, peak: float) -> dict[str, float]:
    return {"before": before, "peak": peak, "rise": max(peak - before, PAGE)}
