"""Vector field consensus: the smooth field behind displacements many of which are wrong, and how sure each of them is.

Ma, Zhao, Tian, Yuille, Tu, Robust Point Matching via Vector Field Consensus, TIP 2014: a field of Gaussian kernels is fitted by
expectation maximisation against an outlier class of uniform density. This is its sparse form, with a few kernels only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST, SMALLEST = 5, 0.1
"""Places below which, and spread in pixels up to which, no field is fitted."""


@dataclass(frozen=True, slots=True)
class Constants:
    """Those of the paper's sparse form."""

    controls: int = 16
    """Kernels."""
    beta: float = 0.1
    """A kernel falls by e^(-beta d^2), d in units of the places' root mean square distance from their centre."""
    smoothness: float = 3.0
    """Weight of the field's bending (lambda)."""
    inliers: float = 0.9
    """Their share at the start (gamma)."""
    sure: float = 0.75
    """Probability from which a place counts for that share (theta)."""
    area: float = 10.0
    """Over which outliers are spread evenly (a)."""
    least: float = 1e-5
    """Floor of a probability in the fit."""
    rounds: int = 50
    change: float = 1e-5
    """Relative change of the energy below which the rounds end."""


PAPER = Constants()


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Points brought to mean 0 and root mean square radius 1."""

    centre: NDArray[np.float64]
    radius: float

    @classmethod
    def of(cls, points: NDArray[np.float64]) -> _Frame:
        centre = points.mean(axis=0)
        return cls(centre, float(np.sqrt(np.square(points - centre).sum(axis=1).mean())))

    def into(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return (points - self.centre) / self.radius


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """A smooth field of displacements, everywhere, and how probably each of the n given ones belongs to it."""

    probability: NDArray[np.float64]
    """(n,), 0 to 1."""
    fitted: bool
    """False: there were too few places, or they were too near each other; the field is their mean displacement, every probability 1."""
    _mean: NDArray[np.float64]
    _frames: tuple[_Frame, _Frame] | None = None
    _kernels: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    _beta: float = PAPER.beta

    def at(self, places: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Displacements (m, 2) at any places (m, 2), in the units and the order of rows and columns of those given."""
        places = np.asarray(places, np.float64)
        if self._frames is None or self._kernels is None:
            return np.broadcast_to(self._mean, places.shape).copy()
        (here, there), (controls, weights) = self._frames, self._kernels
        inside = here.into(places)
        moved = inside + _kernel(inside, controls, self._beta) @ weights
        return moved * there.radius + there.centre - places


def consensus(
    places: NDArray[np.floating[Any]],
    displacements: NDArray[np.floating[Any]],
    constants: Constants = PAPER,
    rng: np.random.Generator | None = None,
) -> Consensus:
    """Fit a smooth field to displacements, some of which may be wrong.

    Args:
        places: (n, 2) rows and columns, finite.
        displacements: (n, 2) where each goes, less where it is; finite.
        constants: of the method.
        rng: draws the places that carry kernels, as in the paper; None: those farthest from each other, the same each time.

    Returns:
        The field. With fewer than 5 places, or none of whose spreads (where from, where to) is above 0.1, see `Consensus.fitted`.

    Raises:
        ValueError: where the arrays are not (n, 2) both.
    """
    here, moves = np.asarray(places, np.float64), np.asarray(displacements, np.float64)
    if here.ndim != 2 or here.shape[1] != 2 or here.shape != moves.shape:
        raise ValueError(f"places {here.shape} and displacements {moves.shape} are both (n, 2)")
    mean = moves.mean(axis=0) if len(moves) else np.zeros(2)
    if len(here) < FEWEST:
        return Consensus(np.ones(len(here)), False, mean)
    frames = _Frame.of(here), _Frame.of(here + moves)
    if min(frame.radius for frame in frames) <= SMALLEST:
        return Consensus(np.ones(len(here)), False, mean)
    inside = frames[0].into(here)
    controls = inside[_far_apart(inside, constants.controls) if rng is None else _drawn(inside, constants.controls, rng)]
    fit = _Fit(inside, frames[1].into(here + moves) - inside, controls, constants)
    probability, weights = fit.run()
    return Consensus(probability, True, mean, frames, (controls, weights), constants.beta)


class _Fit:
    """Expectation maximisation of a field over normalised places (n, 2) and displacements (n, 2)."""

    def __init__(
        self, places: NDArray[np.float64], moves: NDArray[np.float64], controls: NDArray[np.float64], constants: Constants
    ) -> None:
        self.moves, self.constants = moves, constants
        self.spread = _kernel(places, controls, constants.beta)
        self.stiff = _kernel(controls, controls, constants.beta)
        self.weights: NDArray[np.float64] = np.zeros((len(controls), 2))
        self.apart = np.square(moves).sum(axis=1)
        self.variance = max(float(self.apart.mean()) / 2, 1e-12)
        self.share = constants.inliers

    def run(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Probabilities (n,) and the kernels' weights (k, 2)."""
        before = np.inf
        for _ in range(self.constants.rounds):
            probability, energy = self._expect()
            if abs(energy - before) <= self.constants.change * abs(energy) or self.variance <= 1e-12:
                break
            before = energy
            self._maximise(np.maximum(probability, self.constants.least))
        return self._expect()[0], self.weights

    def _expect(self) -> tuple[NDArray[np.float64], float]:
        """How probably each belongs to the field as it is, and the energy of that."""
        c, variance, share = self.constants, self.variance, self.share
        near = np.exp(-self.apart / (2 * variance))
        even = 2 * np.pi * variance * (1 - share) / (share * c.area)
        probability = near / (near + even)
        sure = float(probability.sum())
        energy = float(probability @ self.apart) / (2 * variance) + sure * np.log(variance)
        energy -= np.log(share) * sure + np.log(1 - share) * (len(probability) - sure)
        return probability, energy + c.smoothness / 2 * float(np.sum(self.weights * (self.stiff @ self.weights)))

    def _maximise(self, probability: NDArray[np.float64]) -> None:
        """The field, the inliers' variance and their share that suit the probabilities best."""
        c, weighted = self.constants, self.spread * probability[:, None]
        system = weighted.T @ self.spread + c.smoothness * self.variance * self.stiff
        # wide kernels are nearly the same, so the system has directions that mean nothing: the smallest solution leaves them out
        self.weights = np.asarray(np.linalg.lstsq(system, weighted.T @ self.moves, rcond=1e-13)[0], np.float64)
        self.apart = np.square(self.moves - self.spread @ self.weights).sum(axis=1)
        self.variance = max(float(probability @ self.apart) / (2 * float(probability.sum())), 1e-12)
        self.share = float(np.clip(np.mean(probability > c.sure), 0.05, 0.95))


def _kernel(places: NDArray[np.float64], controls: NDArray[np.float64], beta: float) -> NDArray[np.float64]:
    """(n, k): how much of each kernel there is at each place."""
    square = np.square(places).sum(axis=1)[:, None] + np.square(controls).sum(axis=1) - 2 * places @ controls.T
    return np.exp(-beta * np.maximum(square, 0))


def _far_apart(places: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Indices of at most so many places: the one nearest the centre, then each time the farthest from those taken."""
    taken = [int(np.square(places).sum(axis=1).argmin())]
    away = np.full(len(places), np.inf)
    while len(taken) < count:
        away = np.minimum(away, np.square(places - places[taken[-1]]).sum(axis=1))
        farthest = int(away.argmax())
        if away[farthest] <= 1e-12:
            break
        taken.append(farthest)
    return np.array(taken, np.intp)


def _drawn(places: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Indices of at most so many different places, by chance."""
    first = np.unique(places, axis=0, return_index=True)[1]
    return np.sort(rng.choice(first, min(count, len(first)), replace=False))
