"""What may follow a fill: a finish takes any method's answer and makes it better."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from engine.job import Fill, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import numpy as np

    from engine.evidence import Evidence
    from engine.job import Card
    from engine.method import Cutout

T = TypeVar("T")

STAGE = "finish"
"""What evidence of a finish is told by, beside that of the fill before."""

_BEFORE = 0.5
"""The method's share of the progress: which of the two is quicker hangs on the method, the hole and the device."""


class Finish(ABC):
    """A way to better a fill. One file of `engine/finishes` holds one, and so it is on the second shelf."""

    card: ClassVar[Card]

    @abstractmethod
    def finish(self, cutout: Cutout, fill: Fill, settings: Any, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """A Fill of the same hole with what the finish itself has to show of it; everything else as `Method.fill` has it.

        `fill` is what there is so far, and may not be written to; its evidence and record are kept by the road, before those returned.
        """


def followed(filling: Generator[Step, None, Fill], finishing: Callable[[Fill], Generator[Step, None, Fill]]) -> Generator[Step, None, Fill]:
    """A method's run, then that of the finish which is begun with its Fill, as one: fractions rise over both.

    Returns the finish's values; evidence and record of both, the finish's last.
    """
    fill = yield from _within(0.0, _BEFORE, filling)
    better = yield from _within(_BEFORE, 1.0, finishing(fill), "finishing, ")
    return Fill(better.values, (*fill.evidence, *map(_told, better.evidence)), {**fill.record, **better.record})


def _within(first: float, last: float, steps: Generator[Step, None, T], doing: str = "") -> Generator[Step, None, T]:
    """Steps moved to a share of the whole, what is being done before the words of their stages."""
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield Step(first + (last - first) * step.fraction, doing + step.stage, step.preview)
    finally:
        steps.close()


def _told(evidence: Any) -> Evidence:
    """Evidence that says it is a finish's; every kind is a dataclass."""
    return replace(evidence, stage=STAGE)
