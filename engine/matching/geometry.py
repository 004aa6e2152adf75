"""What matches say of the geometry between two photographs: homographies, one plane after another, or set by hand.

Places are (n, 2) rows and columns; a homography is a (3, 3) matrix over (row, column, 1), from the picture to the reference.
MAGSAC++: Barath et al., CVPR 2020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
from scipy.optimize import least_squares  # pyright: ignore[reportMissingTypeStubs]

if TYPE_CHECKING:
    from numpy.typing import NDArray

Places: TypeAlias = "NDArray[np.float64]"

LEAST = 12
"""Matches that have to agree on a homography; some 8 to 14 of wrong ones do."""
FURTHER = 16
"""Matches that have to agree on each plane after the first."""
REACH = 4.0
"""Pixels within which a match agrees with a plane."""
_SWAP = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
_FLAT = 0.2
"""How much narrower than long points lie, where they lie in a line."""
_TRIES, _SURE = 10_000, 0.9999


def carried(homography: NDArray[np.float64], places: Places) -> Places:
    """(..., 2): where places (..., 2) go."""
    seen = places @ homography[:, :2].T + homography[:, 2]
    depth = seen[..., 2:]
    return seen[..., :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth)


def homography(here: Places, there: Places, reach: float = REACH) -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
    """The plane on which most of the matches lie, and which do; None where there are too few."""
    nothing = np.zeros(len(here), np.bool_)
    if len(here) < LEAST:
        return None, nothing
    found, inside = cv2.findHomography(
        here[:, ::-1].astype(np.float64), there[:, ::-1].astype(np.float64), cv2.USAC_MAGSAC, reach, maxIters=_TRIES, confidence=_SURE
    )
    if found is None or not np.isfinite(found).all():  # pyright: ignore[reportUnnecessaryComparison] - the stub knows no failure
        return None, nothing
    return _swapped(found), inside.ravel() > 0


def _swapped(plane: NDArray[Any]) -> NDArray[np.float64]:
    """OpenCV's homography, over x and y, as one over rows and columns."""
    return (_SWAP @ plane @ _SWAP).astype(np.float64)


def planes(here: Places, there: Places, size: tuple[int, int], reach: float, most: int) -> list[tuple[NDArray[np.float64], int]]:
    """Planes of a picture of that size on which matches lie, one found after another among what the ones before leave, and how many lie on each."""
    found: list[tuple[NDArray[np.float64], int]] = []
    left = np.ones(len(here), np.bool_)
    for number in range(most):
        plane, inside = homography(here[left], there[left], reach)
        if plane is None or inside.sum() < (FURTHER if number else LEAST):
            break
        if sane(plane, size):
            found.append((plane, int(inside.sum())))
        left[np.flatnonzero(left)[inside]] = False
        left &= np.linalg.norm(carried(plane, here) - there, axis=1) > 1.5 * reach  # what lies nearly on it is of no other plane
    return found


def sane(plane: NDArray[np.float64], size: tuple[int, int]) -> bool:
    """Whether a plane neither folds nor turns over, nor enlarges its area 30 times or more, nor reduces it so, around the middle of a picture."""
    rows, columns = np.meshgrid(*(np.array([0.2, 0.5, 0.8]) * length for length in size), indexing="ij")
    at = np.stack([rows.ravel(), columns.ravel()], 1)
    depth = at @ plane[2, :2] + plane[2, 2]
    if (depth * np.sign(depth[4]) <= 0.05 * abs(depth[4])).any():
        return False
    down, across = (carried(plane, at + step) - carried(plane, at) for step in ((1.0, 0.0), (0.0, 1.0)))
    area = down[:, 0] * across[:, 1] - down[:, 1] * across[:, 0]
    return bool((area > 1 / 30).all() and (area < 30).all())


def polished(plane: NDArray[np.float64], here: Places, there: Places, scale: float) -> NDArray[np.float64]:
    """A plane fitted anew to all matches within six scales of it, by least squares that forgive outliers (Cauchy); scale in pixels."""
    near = np.linalg.norm(carried(plane, here) - there, axis=1) < 6 * scale
    if near.sum() < LEAST:
        return plane
    middle, spread = here[near].mean(0), here[near].std() + 1e-6
    into = np.array([[1 / spread, 0, -middle[0] / spread], [0, 1 / spread, -middle[1] / spread], [0, 0, 1]])
    start, at = plane @ np.linalg.inv(into), (here[near] - middle) / spread
    start = start / start[2, 2]

    def missed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return ((carried(np.append(values, 1).reshape(3, 3), at) - there[near]) / scale).ravel()

    found = least_squares(missed, start.ravel()[:8], loss="cauchy", x_scale="jac", max_nfev=30)
    return np.append(found.x, 1).reshape(3, 3) @ into


def by_hand(here: Places, there: Places, size: tuple[int, int]) -> NDArray[np.float64] | None:
    """The plane through control points of a picture of that size; None where there are none.

    A shift through one, a similarity through two or through those that lie nearly in a line, an affinity through three, else a homography, if it
    is sane.
    """
    if not len(here):
        return None
    middle, goal = here.mean(0), there.mean(0)
    spread = np.linalg.svd(here - middle, compute_uv=False) if len(here) > 1 else np.zeros(2)
    flat = len(here) < 3 or spread[1] < _FLAT * spread[0]
    if len(here) >= 4 and not flat:
        found, _ = cv2.findHomography(here[:, ::-1].astype(np.float64), there[:, ::-1].astype(np.float64), 0)
        if found is not None and sane(_swapped(found), size):  # pyright: ignore[reportUnnecessaryComparison]
            return _swapped(found)
    if spread[0] < 1:  # one place
        turn = np.eye(2)
    elif flat:
        turn = _similarity(here - middle, there - goal)
    else:
        turn = np.linalg.lstsq(here - middle, there - goal, rcond=None)[0].T
    out = np.eye(3)
    out[:2, :2], out[:2, 2] = turn, goal - turn @ middle
    return out


def _similarity(here: Places, there: Places) -> NDArray[np.float64]:
    """The (2, 2) turn and scale that brings centred places nearest to others."""
    along = (here * there).sum() / (here**2).sum()
    across = (here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0]).sum() / (here**2).sum()
    return np.array([[along, -across], [across, along]])
