"""The sampling area: where texture may be copied from, as it is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOTHING, ALLOWED, FORBIDDEN = 0, 1, 2
"""Codes of the sheet it is painted on. What a stroke painted first says which of them later strokes add or take away;
"not from here" forbids in either case, so that what it excludes stays excluded."""


def is_only(codes: NDArray[np.uint8]) -> bool:
    """Whether texture comes only from what is allowed (the first stroke allowed)."""
    return bool((codes == ALLOWED).any())


def code(codes: NDArray[np.uint8], *, allow: bool) -> int:
    """What a stroke writes: the first allows or forbids; later ones add to that or take away from it."""
    if not codes.any():
        return ALLOWED if allow else FORBIDDEN
    only = is_only(codes)
    return (ALLOWED if only else NOTHING) if allow else (NOTHING if only else FORBIDDEN)


def area(codes: NDArray[np.uint8]) -> NDArray[Any] | None:
    """(H, W) bool where texture may come from; None: nothing was painted, so everywhere."""
    if not codes.any():
        return None
    return codes == ALLOWED if is_only(codes) else codes != FORBIDDEN
