"""What the engine's thread is given to do: the one place in the application that knows the pipeline, and only once it runs."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from app.kinds import Kind
    from engine.geometry import Box
    from engine.job import Card, Job, Result, Step
    from engine.matching.kinds import Kind as Features
    from engine.picture import Mask, Patch, Picture
    from engine.pipeline import Pipeline
    from engine.reference import Match as Found

_PIPELINES: list[Pipeline] = []


def _pipeline() -> Pipeline:
    """The one pipeline, made by the engine's thread when it is needed first: until then the window is up without torch."""
    if not _PIPELINES:
        from engine.pipeline import Pipeline  # noqa: PLC0415

        _PIPELINES.append(Pipeline())
    return _PIPELINES[0]


def _hand_back() -> None:
    """Give memory that a fill needed back to the system: the C library of Linux keeps it else, 50 MB after ten fills."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True, eq=False)
class Prepare:
    """Load the engine and compile what has to be compiled, once for this processor. Returns the cards of methods and of finishes."""

    def run(self) -> Generator[Step, None, tuple[tuple[Card, ...], tuple[Card, ...]]]:
        """Do it."""
        from engine.prepared import prepare  # noqa: PLC0415

        cards = yield from prepare()
        # What the libraries made stays for good. Looking through all of it now and then, as the collector does, takes 90 ms, and
        # holds up whoever paints.
        gc.freeze()
        return cards


@dataclass(eq=False)
class Fill:
    """Fill the holes of a Job."""

    job: Job | None

    def run(self) -> Generator[Step, None, Result]:
        """Do it."""
        assert self.job is not None
        try:
            return (yield from _pipeline().run(self.job))
        finally:
            _hand_back()

    def let_go(self) -> Job:
        """The Job, which is held here no longer: its picture need not be copied to be written to."""
        job, self.job = self.job, None
        assert job is not None
        return job


@dataclass(eq=False)
class Match:
    """Find out how the references of a Job lie on its picture. Returns one match for each, in their order."""

    job: Job | None

    def run(self) -> Generator[Step, None, tuple[Found, ...]]:
        """Do it."""
        assert self.job is not None
        try:
            return (yield from _pipeline().match(self.job))
        finally:
            self.job = None  # its picture need not be copied to be written to
            _hand_back()


def _lack(kind: Features) -> str:
    """What a kind that is not ready lacks. The hash of a file that is there is not looked at: it may be large."""
    from engine.weights import MissingWeights, there, where  # noqa: PLC0415

    if not kind.weights or there(kind.weights):
        return f"{kind.title} needs the Python package {kind.library}, which is not installed; install it, or match by other features."
    try:
        where(kind.weights)
    except MissingWeights as missing:
        return str(missing)
    return ""


@dataclass(frozen=True, eq=False)
class ListKinds:
    """See by which features references can be matched, and of which of them the weights are here. Returns Kinds."""

    def run(self) -> Generator[Step, None, tuple[Kind, ...]]:
        """Do it."""
        from app.kinds import Kind  # noqa: PLC0415
        from engine.matching.kinds import FEATURES  # noqa: PLC0415

        yield from ()
        return tuple(Kind(name, one.title, one.licence, "" if one.ready else _lack(one)) for name, one in FEATURES.items())


@dataclass(frozen=True, eq=False)
class Guess:
    """A first look at what a fill will be like, for the time until the engine is ready."""

    picture: Picture
    mask: Mask
    box: Box
    of: Fill

    def run(self) -> Generator[Step, None, Patch]:
        """Do it."""
        from engine.ops.guess import first_guess  # noqa: PLC0415

        yield from ()
        return first_guess(self.picture, self.mask, self.box)
