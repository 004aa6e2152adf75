"""Which place of one photograph is seen at which place of the other, for two views that stand side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.view.canvas.viewport import Viewport
    from engine.reference import Match

Spot: TypeAlias = tuple[float, float]
"""Row and column, counted from the corner of the picture's first pixel, as a Viewport does."""

LEAST_PAIRS = 6
"""Matches from which a plane mapping is drawn."""

CENTRE = 0.5
"""A match counts from the middle of a pixel, a Viewport from its corner."""


@dataclass(frozen=True, eq=False)
class Link:
    """Maps places between the photograph and what stands beside it.

    There are two answers: where a place lies, which may be nowhere; and where to look for it, which is always somewhere, so that a view
    can follow another. How large the other is seen is one number for all of it, so that it does not grow and shrink while one pans.
    """

    here_size: Spot
    """Height and width of the photograph."""
    there_size: Spot
    """Of the other."""
    match: Match | None = None
    """One that is trusted."""
    same: bool = False
    """Whether both show the same photograph."""
    plane: NDArray[np.float64] = field(init=False)
    """(2, 3): the plane mapping that comes nearest."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plane", self._plane())

    def _plane(self) -> NDArray[np.float64]:
        pairs = self.match.pairs if self.match is not None else np.zeros((0, 4), np.float32)
        if len(pairs) >= LEAST_PAIRS:
            fitted = _similar(pairs.astype(np.float64) + CENTRE)
            if fitted is not None:
                return fitted
        (height, width), (tall, wide) = self.here_size, self.there_size
        scale = max(tall / height, wide / width)  # the whole of either is about the whole of the other
        return np.array([[scale, 0.0, (tall - scale * height) / 2], [0.0, scale, (wide - scale * width) / 2]])

    @property
    def scale(self) -> float:
        """Pixels of the other photograph that one of the photograph is wide."""
        return math.sqrt(abs(float(np.linalg.det(self.plane[:, :2]))))

    def there(self, spot: Spot) -> Spot | None:
        """Where a place of the photograph lies in the other; None where that is not known."""
        if self.same or self.match is None:
            return spot if self.same else None
        found = self.match.there(spot[0] - CENTRE, spot[1] - CENTRE)
        return (found[0] + CENTRE, found[1] + CENTRE) if found and _inside(found, self.there_size) else None

    def here(self, spot: Spot) -> Spot | None:
        """Where a place of the other lies in the photograph; None where that is not known."""
        if self.same or self.match is None:
            return spot if self.same else None
        found = self.match.here(spot[0] - CENTRE, spot[1] - CENTRE)
        return (found[0] + CENTRE, found[1] + CENTRE) if found and _inside(found, self.here_size) else None

    def near(self, spot: Spot) -> Spot:
        """Where to look in the other for a place of the photograph: where the match says; beside the photograph, as the plane goes on."""
        inside = tuple(min(max(at, 0.0), float(most)) for at, most in zip(spot, self.here_size, strict=True))
        found = self.match.there(inside[0] - CENTRE, inside[1] - CENTRE) if self.match is not None else None
        row, column = self.plane @ (*spot, 1.0)
        if found is not None:
            off = np.array(found) + CENTRE - self.plane @ (*inside, 1.0)
            row, column = row + off[0], column + off[1]
        return float(row), float(column)

    def near_here(self, spot: Spot) -> Spot:
        """Where to look in the photograph for a place of the other."""
        found = self.here(spot)
        if found is not None:
            return found
        row, column = np.linalg.solve(self.plane[:, :2], np.subtract(spot, self.plane[:, 2]))
        return float(row), float(column)

    def follow(self, view: Viewport, of: Viewport, shift: Spot = (0.0, 0.0)) -> Viewport:
        """A view of the other photograph that shows what a view of the photograph shows; all of it where all is shown.

        Args:
            view: the other's, for its size and its canvas.
            of: the photograph's.
            shift: by how many pixels, down and across, what stands in the middle is another place than that to look at.
        """
        if of == of.fit() and shift == (0.0, 0.0):  # it may say Fit and be none, where only the canvas around it was resized
            return view.fit()
        row, column = self.near(middle(of))
        scale = of.scale / self.scale
        left = view.width / 2 - (column + shift[1]) * scale
        top = view.height / 2 - (row + shift[0]) * scale
        return replace(view, scale=scale, left=left, top=top, fitted=False)

    def shift(self, view: Viewport, of: Viewport) -> Spot:
        """The shift by which `follow` gives that view."""
        row, column = self.near(middle(of))
        down, across = middle(view)
        return down - row, across - column


def middle(view: Viewport) -> Spot:
    """The place in the middle of a view; not of what it draws, which is moved to whole pixels: what follows it would wander."""
    return place(view, view.width / 2, view.height / 2)


def place(view: Viewport, x: float, y: float) -> Spot:
    """The place at x and y of a view, where that is not moved to whole pixels either."""
    return (y - view.top) / view.scale, (x - view.left) / view.scale


def _inside(spot: Spot, size: Spot) -> bool:
    return -CENTRE <= spot[0] <= size[0] - CENTRE and -CENTRE <= spot[1] <= size[1] - CENTRE


def _similar(pairs: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The turned, scaled and moved plane (2, 3) that brings most places (n, 4) of the photograph near those of the other.

    Twice: the second time without the half that lies farther off, as what stands nearer or farther than most moves otherwise.
    """
    kept, fitted = np.ones(len(pairs), np.bool_), None
    for _ in range(2):
        fitted = _fitted(pairs[kept])
        if fitted is None:
            return None
        off = np.hypot(*(pairs[:, :2] @ fitted[:, :2].T + fitted[:, 2] - pairs[:, 2:]).T)
        kept = off <= np.median(off)
    return fitted


def _fitted(pairs: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """By least squares, as a complex factor and a complex sum: Umeyama's similarity in the plane."""
    here, there = (pairs[:, k] + 1j * pairs[:, k + 1] for k in (0, 2))
    around, beside = here - here.mean(), there - there.mean()
    spread = float((np.abs(around) ** 2).sum())
    if spread < 1.0:
        return None
    factor = complex((around.conj() * beside).sum() / spread)
    if abs(factor) < 1e-2:
        return None
    move = complex(there.mean() - factor * here.mean())
    return np.array([[factor.real, -factor.imag, move.real], [factor.imag, factor.real, move.imag]])
