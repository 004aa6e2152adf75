"""The last few outcomes of something slow."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Outcome = TypeVar("Outcome")


class Remembered(Generic[Outcome]):
    """Keeps the outcomes that were asked for last, by what they came of; one at a time is made.

    Args:
        most: how many.
    """

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[bytes, Outcome](), threading.Lock()

    def __call__(self, make: Callable[[], Outcome], *of: NDArray[np.generic] | None) -> Outcome:
        """What `make` gave, or gives now, for these arrays; they are told apart by their bytes."""
        key = _key(of)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]


def _key(of: tuple[NDArray[np.generic] | None, ...]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for one in of:
        digest.update(b"None" if one is None else f"{one.shape} {one.dtype}".encode())
        digest.update(b"" if one is None else np.ascontiguousarray(one).data)
    return digest.digest()
