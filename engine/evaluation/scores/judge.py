"""The judge: scores of a fill against the photograph as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import BadInput
from engine.evaluation.scores import colour, edges, patches, pixels, similarity
from engine.evaluation.scores.score import SCORES, Score
from engine.evaluation.scores.view import Pair, View
from engine.weights import MissingWeights, where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Measure = Callable[[Pair], float]
    Describe = Callable[[Pair], NDArray[np.float32]]

PLAIN: dict[str, Measure] = {
    "psnr": pixels.psnr,
    "psnr-picture": pixels.psnr_picture,
    "psnr-edgeconnect": pixels.psnr_edgeconnect,
    "ssim": similarity.ssim,
    "ssim-picture": similarity.ssim_picture,
    "ssim-edgeconnect": similarity.ssim_edgeconnect,
    "ssim-structureflow": similarity.ssim_structureflow,
    "l1": pixels.l1,
    "l1-picture": pixels.l1_picture,
    "mae-edgeconnect": pixels.mae_edgeconnect,
    "mae-structureflow": pixels.mae_structureflow,
    "tv": pixels.total_variation,
    "tv-picture": pixels.total_variation_picture,
    "detail": edges.detail,
    "seam": edges.seam,
    "swd": patches.swd,
    "swd-laplacian": patches.swd_laplacian,
    "lab": colour.lab,
}
"""The scores that need no network."""


class Judge:
    """Scores fills, and loads the networks for that once.

    What the scores take of a truth is kept until another truth comes: fills of one picture by many methods are best judged in a row.

    Args:
        names: the scores wanted, of `SCORES`; None: all whose weights are on this machine.

    Raises:
        MissingWeights: where a score was asked for by name and cannot be had.
        BadInput: for a name that no score has, or a file of weights that is damaged.
    """

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self.missing: dict[str, str] = {}
        """Why a score is not available, by its name: a sentence."""
        every = [SCORES[name] for name in names_known(names)] if names is not None else list(SCORES.values())
        self.wanted = [score for score in every if self._available(score, asked=names is not None)]
        """What is scored, in the order asked for."""
        self._measures = PLAIN.copy()
        self._describe: dict[str, Describe] = {}
        self._load()
        self._pair: Pair | None = None

    def scores(self, filled: Pixels, truth: Pixels, mask: Pixels) -> dict[str, float]:
        """The scores of one fill, by their names; those of sets are not among them, nor those whose `least` side the picture does not have.

        Args:
            filled: (H, W, 3) uint8, RGB.
            truth: the same of the picture as it was.
            mask: (H, W) uint8, 0 outside the hole.

        Raises:
            BadInput: where these differ in size or kind, or the mask is empty.
        """
        pair = self._seen(filled, truth, mask)
        singles = [score for score in self.wanted if not score.of_set and score.least <= pair.truth.shorter]
        return {score.name: self._measures[score.name](pair) for score in singles}

    def features(self, filled: Pixels, truth: Pixels, mask: Pixels) -> dict[str, NDArray[np.float32]]:
        """Of one fill, what scores of sets are computed from (`set_scores`): vectors by the name of their network.

        The truth's own are those of the truth given as its own fill. Arguments and errors are those of `scores`; what was seen for those
        is not looked at again.
        """
        pair = self._seen(filled, truth, mask)
        wanted = {score.needs[0] for score in self.wanted if score.of_set and score.least <= pair.truth.shorter}
        return {network: pair.once(describe) for network, describe in self._describe.items() if network in wanted}

    def _available(self, score: Score, *, asked: bool) -> bool:
        """Whether its weights are there; if it was asked for by name, they have to be."""
        try:
            for name in score.needs:
                where(name)
        except MissingWeights as error:
            if asked:
                raise
            self.missing[score.name] = str(error)
            return False
        return True

    def _load(self) -> None:
        """The networks that the wanted scores need."""
        wanted = {name for score in self.wanted for name in score.needs}
        if not wanted:
            return
        from engine.evaluation.scores.perceptual import InceptionFeatures, Perception  # noqa: PLC0415 - torch, which most scores do without

        for network in ("alexnet", "vgg16"):
            if network in wanted:
                look = Perception(network, weighed=f"lpips-{network}" in wanted)
                self._measures |= {f"lpips-{network}": look.lpips, f"lpips-{network}-hole": look.lpips_hole}
                self._describe[network] = look.features
        if "inception" in wanted:
            self._describe["inception"] = InceptionFeatures().features

    def _seen(self, filled: Pixels, truth: Pixels, mask: Pixels) -> Pair:
        """The fill beside the truth; whichever is the same as in the last call is taken from there, with all that was computed of it."""
        _check(filled, truth, mask)
        hole, last = mask > 0, self._pair
        same = last is not None and np.array_equal(last.truth.pixels, truth) and np.array_equal(last.hole, hole)
        kept = last.truth if last is not None and same else View(truth.copy(), hole)
        if last is None or not same or not np.array_equal(last.filled.pixels, filled):
            self._pair = last = Pair(kept if np.array_equal(filled, truth) else View(filled.copy(), hole), kept)
        return last


def names_known(names: Sequence[str]) -> Sequence[str]:
    """The names, each of which is a score's. Raises BadInput."""
    for name in names:
        if name not in SCORES:
            raise BadInput(f"There is no score {name!r}; there are {', '.join(SCORES)}.")
    return names


def _check(filled: Pixels, truth: Pixels, mask: Pixels) -> None:
    """Raises BadInput where a fill cannot be compared with a truth."""
    arrays: dict[str, Any] = {"fill": filled, "truth": truth}
    for what, array in arrays.items():
        if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
            raise BadInput(f"The {what} is {array.dtype} of shape {array.shape}; scores are taken of 8-bit RGB, so convert it first.")
    if filled.shape != truth.shape or mask.shape != truth.shape[:2]:
        shapes = f"fill {filled.shape[:2]}, truth {truth.shape[:2]}, mask {mask.shape}"
        raise BadInput(f"Fill, truth and mask differ in height or width ({shapes}); give them in one size.")
    if not mask.any():
        raise BadInput("The mask has no hole, so there is nothing to score; give one that marks what was filled.")
