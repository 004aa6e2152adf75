"""What may follow a fill: a finish takes any method's answer and makes it better."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy as np

    from engine.job import Card, Fill, Step
    from engine.method import Cutout


class Finish(ABC):
    """A way to better a fill. One file of `engine/finishes` holds one, and so it is on the second shelf."""

    card: ClassVar[Card]

    @abstractmethod
    def finish(self, cutout: Cutout, fill: Fill, settings: Any, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """A Fill of the same hole, its own evidence behind that of the fill before; everything else as `Method.fill` has it."""
