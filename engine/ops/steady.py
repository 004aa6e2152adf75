"""Computing with torch so that the outcome is the same at any number of threads."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager


@contextmanager
def one_thread() -> Generator[None]:
    """What torch computes inside, it computes on one thread: in float32, sums are cut by the number of threads, and so their last bits change."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def brisk() -> Generator[None]:
    """A network's convolutions in bfloat16 on all threads where the processor computes in it, elsewhere in float32 on one thread.

    The former takes half the time, and its sums do not depend on the number of threads; emulated it would take up to six times as long.
    """
    if _bfloat16():
        with torch.autocast("cpu", torch.bfloat16):
            yield
    else:
        with one_thread():
            yield


def halved() -> AbstractContextManager[Any]:
    """In bfloat16 where the processor computes in it: for networks other layers of which (group normalisation) sum by threads, and that run on one."""
    return torch.autocast("cpu", torch.bfloat16, enabled=_bfloat16())


@functools.cache
def _bfloat16() -> bool:
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
