"""A smooth field through scattered vectors: a bilinear grid with bending energy and some tension, forgiving outliers.

Thin-plate energy as in Wahba, Spline Models, 1990, on a grid, so that thousands of vectors cost no more than a hundred; outliers lose their weight
by Cauchy's function. With tension the field runs out flat where nothing is known, instead of straight on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]
from scipy.sparse import linalg  # pyright: ignore[reportMissingTypeStubs]

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Stiffness:
    """How a field bends: the grid's cell in pixels, bending energy against vectors, membrane energy against bending energy, Cauchy's scale in pixels."""

    cell: float
    bending: float
    tension: float
    scale: float
    rounds: int


@dataclass(frozen=True, slots=True, eq=False)
class SmoothField:
    """Vectors (rows, columns) everywhere in a picture, as a grid."""

    grid: NDArray[np.float32]
    """(h, w, 2) at every `cell`th pixel from 0."""
    cell: float

    def over(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """(*size, 2): at each pixel."""
        rows, columns = (np.arange(length, dtype=np.float32) / np.float32(self.cell) for length in size)
        return cv2.remap(self.grid, *np.meshgrid(columns, rows), cv2.INTER_LINEAR)  # pyright: ignore[reportReturnType]


def fitted(
    places: NDArray[np.float64], vectors: NDArray[np.float64], weights: NDArray[np.float64], size: tuple[int, int], how: Stiffness
) -> tuple[SmoothField, NDArray[np.float64]]:
    """The field of a picture of that size through vectors (n, 2) at places (n, 2), and how much each was believed, 0 to 1.

    A weight of infinity is believed whatever the others say: a control point.
    """
    basis, grid = _basis(places, size, how.cell)
    fixed = np.isinf(weights)
    total = max(float(weights[~fixed].sum()), 1e-6)
    begun = np.where(fixed, 0.2 * total + 10, weights)
    stiff = _energy(grid, how.tension) * (how.bending * total / 10) + sparse.identity(grid[0] * grid[1]) * (1e-7 * max(total, 1))
    now, solved = begun, np.zeros((grid[0] * grid[1], 2))
    for _ in range(how.rounds):
        weighted: Any = basis.T @ sparse.diags(now)
        solved = linalg.splu((weighted @ basis + stiff).tocsc()).solve(weighted @ vectors)
        missed = ((vectors - basis @ solved) ** 2).sum(1)
        now = np.where(fixed, begun, begun / (1 + missed / how.scale**2))
    return SmoothField(solved.reshape(*grid, 2).astype(np.float32), how.cell), np.where(fixed, 1, now / np.maximum(begun, 1e-9))


def _basis(places: NDArray[np.float64], size: tuple[int, int], cell: float) -> tuple[Any, tuple[int, int]]:
    """(n, grid points): how much each grid point counts at each place; the grid's height and width."""
    height, width = (int(np.ceil(length / cell)) + 2 for length in size)
    rows, columns = np.clip(places[:, 0] / cell, 0, height - 1.001), np.clip(places[:, 1] / cell, 0, width - 1.001)
    top, left = rows.astype(int), columns.astype(int)
    down, across, number = rows - top, columns - left, np.arange(len(places))
    corner = top * width + left
    shares = np.concatenate([(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across])
    at = (np.tile(number, 4), np.concatenate([corner, corner + 1, corner + width, corner + width + 1]))
    return sparse.coo_matrix((shares, at), shape=(len(places), height * width)).tocsr(), (height, width)


def _energy(grid: tuple[int, int], tension: float) -> Any:
    """Bending energy of a grid, and `tension` times that of a membrane."""

    def second(n: int) -> Any:
        return sparse.diags([1.0, -2.0, 1.0], [0, 1, 2], shape=(n - 2, n))  # pyright: ignore[reportArgumentType]

    def first(n: int) -> Any:
        return sparse.diags([-1.0, 1.0], [0, 1], shape=(n - 1, n))  # pyright: ignore[reportArgumentType]

    height, width = grid
    rows, columns = sparse.identity(height), sparse.identity(width)
    bends = (sparse.kron(rows, second(width)), sparse.kron(second(height), columns), np.sqrt(2) * sparse.kron(first(height), first(width)))
    slopes = (sparse.kron(rows, first(width)), sparse.kron(first(height), columns))
    return sum((part.T @ part for part in bends), start=0 * sparse.identity(height * width)) + tension * sum(
        (part.T @ part for part in slopes), start=0 * sparse.identity(height * width)
    )
