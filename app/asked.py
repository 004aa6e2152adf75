"""What one Enter asks for; the Job is made of it when its turn comes, from the picture as it then is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.choice import Choice
    from engine.geometry import Box
    from engine.job import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A mask and what is to be done with it. Masks and choices wait in the queue, never pictures."""

    number: int
    """Of its first hole, as on the badge."""
    box: Box
    painted: NDArray[Any]
    """The box's part of the mask as it was painted, uint8; what comes back where the fill is stopped."""
    coverage: NDArray[Any]
    """The same box's part as it is filled: grown, and feathered where asked."""
    method: str
    title: str
    settings: Settings | None
    area: NDArray[Any] | None
    """(H, W) bool: where texture may be copied from; None: everywhere."""
    seed: int = 0
    device: str = "auto"
    again: Choice | None = None
    """The choice that gets one more candidate; None: a new hole."""
