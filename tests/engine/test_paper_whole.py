"""The paper's whole procedure with a real network, on a photograph and its shifted, enlarged copy in another light: the true field is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import torch
from skimage import data

from engine.job import finished
from engine.matching.paper import backbone, common, restored
from engine.matching.paper import levels as levels_of
from engine.matching.paper.common import TAPS, deconvolved, pyramid
from engine.matching.paper.search import LEVELS, identity
from engine.matching.warping import places
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.job import Step
    from engine.matching.paper import Restored
    from engine.nets.tapped import Tapped

    Shades = NDArray[np.float32]

pytestmark = needs_weights("vgg16")

SIDE, MARGIN = 256, 22
SIZE, OTHER = (288, 320), (256, 240)
"""Of the picture and of the reference, which are looked at as squares."""
ZOOM, SHIFT = 1.06, np.array((-14, 4), np.float32)
"""Where the places of one square lie in the other."""


@pytest.fixture(scope="module")
def network() -> Tapped:
    return backbone()


def scene() -> tuple[Shades, NDArray[np.bool_], Shades, Shades]:
    """A picture with a hole that was filled from its rim, the hole, a reference in another light, and the picture as it was."""
    wide = cv2.resize(data.coffee()[:400, 100:500], (SIDE + 2 * MARGIN,) * 2, interpolation=cv2.INTER_AREA)
    truth = cv2.resize(wide[MARGIN:-MARGIN, MARGIN:-MARGIN], SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    hole = np.zeros(SIZE, np.bool_)
    hole[108:180, 112:200] = True
    target = cv2.inpaint(truth, hole.view(np.uint8), 3, cv2.INPAINT_TELEA)
    back = (places((SIDE, SIDE)) - SHIFT) / np.float32(ZOOM) + MARGIN
    square = cv2.remap(wide, back[..., 1], back[..., 0], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    reference = cv2.resize(square, OTHER[::-1], interpolation=cv2.INTER_AREA)
    target, reference, truth = (np.asarray(one, np.float32) / 255 for one in (target, reference, truth))
    return target, hole, reference * np.float32(0.8) + np.float32(0.1), truth


def errors(here: NDArray[Any], there: NDArray[Any]) -> NDArray[np.float64]:
    """(n,): how far places there are from where places here (n, 2) really lie, in pixels of the square."""
    square, other = ((at + 0.5) * SIDE / np.array(size) - 0.5 for at, size in ((here, SIZE), (there, OTHER)))
    return np.linalg.norm(other - (square * ZOOM + SHIFT), axis=1)


@pytest.fixture(scope="module")
def fill(network: Tapped) -> tuple[list[Step], Restored]:
    target, hole, reference, _ = scene()
    steps: list[Step] = []
    run = restored(target, hole, reference, network)
    while True:
        try:
            steps.append(next(run))
        except StopIteration as end:
            return steps, end.value


def test_the_field_is_wrong_in_the_hole_and_right_once_corrected(fill: tuple[list[Step], Restored]) -> None:
    here = np.argwhere(scene()[1])
    assert np.median(errors(here, fill[1].matched)) > 6
    after = errors(here, fill[1].corrected)
    assert np.median(after) < 1.5
    assert np.quantile(after, 0.9) < 3
    assert fill[1].probability.shape == (len(here),)
    assert fill[1].probability.mean() < 0.5


def test_anchors_outside_the_hole_are_mostly_right(fill: tuple[list[Step], Restored]) -> None:
    anchors, hole = fill[1].anchors, scene()[1]
    assert anchors.shape[1] == 5
    assert 0 <= anchors[:, 4].min() <= anchors[:, 4].max() == 1
    at = np.rint(anchors[:, :2]).astype(int)
    outside = anchors[~hole[at[:, 0], at[:, 1]]]
    assert len(outside) > 50
    assert (errors(outside[:, :2], outside[:, 2:4]) < 3).mean() > 0.6


def test_the_fill_is_nearer_the_truth_than_what_was_there(fill: tuple[list[Step], Restored]) -> None:
    target, hole, _, truth = scene()
    values = fill[1].values
    assert values.shape == (hole.sum(), 3)
    assert values.dtype == np.float32
    assert 0 <= values.min() <= values.max() <= 1
    assert np.square(truth[hole] - values).mean() < np.square(truth[hole] - target[hole]).mean()


def test_its_steps_tell_how_far_it_is(fill: tuple[list[Step], Restored]) -> None:
    shares = [step.fraction for step in fill[0]]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1
    stages = {step.stage for step in fill[0]}
    assert {"features", "painting"} <= stages
    assert any(stage.startswith("matching, level ") for stage in stages)  # which of them pause is up to the clock


def test_deconvolved_features_make_those_that_were_wanted(network: Tapped) -> None:
    picture = cv2.resize(data.coffee()[:400, 100:500], (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    levels = pyramid(network, picture)
    assert [one.shape for one in levels] == [(32, 32, 3), (32, 32, 64), (16, 16, 128), (8, 8, 256), (4, 4, 512), (2, 2, 512)]
    below = finished(deconvolved(network, 2, levels[2], (32, 32)))
    with torch.inference_mode():
        made = torch.tensor(below).permute(2, 0, 1)[None]
        for layer in list(network.features)[network.names.index(TAPS[0]) + 1 : network.names.index(TAPS[1]) + 1]:
            made = layer(made)
    error = np.square(made[0].permute(1, 2, 0).numpy() - levels[2]).mean()
    assert error < 0.1 * np.square(levels[2]).mean()


@pytest.mark.parametrize("level", [4, 0])
def test_features_are_brought_over_by_optimisation_too(network: Tapped, level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "_MOST", 4)
    pair = (
        pyramid(network, np.tile(np.float32([0.2, 0.5, 0.8]), (64, 64, 1))),
        pyramid(network, data.coffee()[:64, 200:264] / np.float32(255)),
    )
    size = pair[0][level].shape[:2]
    coarse = identity(pair[0][level + 1].shape[:2])
    large = identity((size[0], size[1]))
    one, other = finished(levels_of._common(network, pair, (coarse, coarse), (large, large), LEVELS[5 - level], "adam"))
    assert one.shape == other.shape == pair[0][level].shape
    brought = 2 * one - pair[0][level]
    assert np.abs(brought).max() > 0.1
    assert np.abs(brought).max() < 0.3  # four steps of Adam from nothing
