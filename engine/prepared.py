"""The engine made ready before its first fill: its libraries loaded, and its kernels compiled, or found where they are kept."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.job import Job, Step
from engine.picture import Mask, Picture

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.job import Card

COMPILING = "Preparing for this processor, once"
_LARGEST = ("libtorch_cpu.so", "libtorch_cpu.dylib")
_SELDOM = 1_000_000
_ARENA_MAX = -8


def prepare() -> Generator[Step, None, tuple[tuple[Card, ...], tuple[Card, ...]]]:
    """Load what a fill needs and run a small one, so that nothing is left to be compiled. Returns the cards of methods and of finishes.

    For a program with a thread that must not be kept waiting: other threads go on all the while. Its garbage collector is
    told that what is loaded stays.
    """
    yield Step(0.0, "loading")
    _keep_few_heaps()
    _load_beforehand()
    import torch  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport] - a quarter of what there is to load, by itself

    yield Step(0.2, "loading")
    from engine import finishes, methods  # noqa: PLC0415

    cards = tuple(method.card for method in methods.shelf().values()), tuple(finish.card for finish in finishes.shelf().values())
    yield Step(0.3, "loading")
    with _left_alone():
        yield from _tried()
    return cards


def _keep_few_heaps() -> None:
    """Let glibc keep two heaps instead of eight a core: what one thread freed is then taken by the next."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def _load_beforehand() -> None:
    """Load torch's largest library, if it is where it is expected.

    Python would load it while no other thread can run, for a quarter of a second; a foreign function does not hold them up.
    """
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None or os.name != "posix":
        return
    for library in (Path(found.origin).parent / "lib" / name for name in _LARGEST):
        if library.exists():
            load = ctypes.CDLL(None).dlopen
            load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
            load(os.fsencode(library), os.RTLD_NOW | os.RTLD_GLOBAL)


@contextlib.contextmanager
def _left_alone() -> Generator[None, None, None]:
    """Let the garbage collector pass over all that is loaded, now and in the end, and over what is old meanwhile.

    A look at the half a million objects of these libraries, or at what a compiler leaves behind, stops every thread for up to 0.3 s.
    """
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(*thresholds[:2], _SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.freeze()


def _tried() -> Generator[Step, None, None]:
    """Run a small Job: each pause of it is a kernel compiled or found. That it has to be compiled is known from the first one on."""
    from engine.ops import gradients, patches  # noqa: PLC0415
    from engine.pipeline import Pipeline  # noqa: PLC0415

    kernels = [kernel for module in (patches, gradients) for kernel in vars(module).values() if hasattr(kernel, "stats")]
    coverage = np.zeros((48, 48), np.uint8)
    coverage[16:32, 16:32] = 255
    for step in Pipeline().run(Job(Picture(np.zeros((48, 48, 3), np.uint8)), Mask(coverage), device="cpu")):
        compiled = any(kernel.stats.cache_misses for kernel in kernels)
        yield Step(0.3 + 0.7 * step.fraction, COMPILING if compiled else "loading")
