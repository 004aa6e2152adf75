"""Another photograph of the same place: what is given of it, and how it was found to lie on the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from engine.picture import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.geometry import Window
    from engine.picture import Picture

Quality: TypeAlias = Literal["good", "fair", "weak", "none"]

FAIR, GOOD, TRUSTED = 0.3, 0.5, 0.15
"""Scores of a match that is fair, that is good, and below which nothing is taken from a reference."""


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One place of the scene in two photographs, set by hand: positions of pixel centres, rows before columns, in full-size pixels."""

    here: tuple[float, float]
    """In the picture."""
    there: tuple[float, float]
    """In the reference."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A photograph of the same place, from another day or another camera.

    Raises ValueError for an empty name.
    """

    picture: Picture
    name: str
    """What evidence calls it: the origin of a `Place`. Each reference of a Job has its own."""
    points: tuple[ControlPoint, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a reference has a name, as the empty one is the picture's own")


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How a reference lies on the picture.

    `grid` (h, w, 2) float32 has, for the centre of each pixel of a coarse window of the whole picture, the row and column in the
    reference; NaN where nothing is known of it. Both photographs at full size.
    """

    name: str
    """The reference's."""
    score: float
    """Mean local correlation of both photographs around the hole, -1 to 1."""
    inliers: int
    """Matches that agree with the mapping."""
    coverage: float
    """Share of the hole that the reference shows, 0 to 1."""
    pairs: NDArray[np.float32]
    """(n, 4): row and column in the picture, row and column in the reference, of these matches."""
    window: Window
    grid: NDArray[np.float32]
    by_hand: bool = False
    """Whether control points hold it, whatever the score."""

    def __post_init__(self) -> None:
        frozen(self.pairs)
        frozen(self.grid)

    @property
    def quality(self) -> Quality:
        """The score in a word; "none": nothing is taken from this reference. What points hold is at least weak."""
        found = quality(self.score, self.inliers)
        return "weak" if found == "none" and self.by_hand else found

    def there(self, row: float, column: float) -> tuple[float, float] | None:
        """Where a place of the picture lies in the reference; None where nothing is known."""
        down, across = self.window.to_window(row, column)
        (height, width), r, c = self.grid.shape[:2], int(np.floor(down)), int(np.floor(across))
        r, c = min(max(r, 0), max(height - 2, 0)), min(max(c, 0), max(width - 2, 0))
        cell = self.grid[r : r + 2, c : c + 2].astype(np.float64)
        rows, columns = _shares(down - r, cell.shape[0]), _shares(across - c, cell.shape[1])
        at = np.einsum("r,c,rck->k", rows, columns, cell)
        return None if np.isnan(at).any() else (float(at[0]), float(at[1]))

    def here(self, row: float, column: float) -> tuple[float, float] | None:
        """Where a place of the reference lies in the picture: by the nearest of the grid, then by Newton's steps; None where nowhere."""
        away = np.hypot(self.grid[..., 0] - row, self.grid[..., 1] - column)
        if np.isnan(away).all():
            return None
        r, c = np.unravel_index(int(np.nanargmin(away)), away.shape)
        at = np.array(self.window.to_picture(float(r), float(c)))
        for _ in range(6):
            seen, below, beside = (self.there(*(at + step)) for step in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
            if seen is None or below is None or beside is None:
                return None
            turn = np.array([np.subtract(below, seen), np.subtract(beside, seen)]).T
            if abs(np.linalg.det(turn)) < 1e-6:
                break
            at = at + np.clip(np.linalg.solve(turn, np.subtract((row, column), seen)), -64, 64)
        return (float(at[0]), float(at[1])) if self.window.box.grown(64, 64).holds(*at) else None


def quality(score: float, inliers: int) -> Quality:
    """A match's score in a word."""
    if not inliers or not score >= TRUSTED:  # which a score that is no number is not either
        return "none"
    return "good" if score >= GOOD else "fair" if score >= FAIR else "weak"


def _shares(offset: float, count: int) -> NDArray[np.float64]:
    """Weights of one or two neighbours; beyond the outermost the line through both goes on."""
    return np.array([1.0]) if count == 1 else np.array([1 - offset, offset])
