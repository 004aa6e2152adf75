"""The network of FID against the reference's numbers, with weights that are drawn, since the published file is not everywhere.

The reference is `pytorch_fid` 0.3.0's `InceptionV3([3])` on torchvision 0.29's blocks, with the same drawn weights and picture.
"""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
import torch

from engine.errors import BadInput
from engine.evaluation.scores import Judge
from engine.evaluation.scores.perceptual import inception
from engine.nets.inception import Inception
from engine.weights import there
from tests.engine.drawn import drawn

REFERENCE = [0.0, 0.395138, 0.024876, 0.184661, 0.001013, 0.0, 0.0, 0.369722]
"""Every 256th feature."""


def crop() -> np.ndarray:
    return np.ascontiguousarray(skimage.data.astronaut()[20:183, 130:331])


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return drawn(Inception())


def test_features_are_the_references(state: dict[str, torch.Tensor]) -> None:
    """The published file has a classifier too, and copies of it have counters; neither is in the way."""
    more = {"fc.weight": torch.zeros(1008, 2048), "Mixed_7c.branch_pool.bn.num_batches_tracked": torch.tensor(3)}
    with torch.inference_mode():
        found = inception(state | more)(torch.tensor(crop()).permute(2, 0, 1)[None] / 255)[0]
    assert found.shape == (2048,)
    assert found[::256].tolist() == pytest.approx(REFERENCE, abs=1e-5)
    assert found.std() == pytest.approx(0.233858, abs=1e-5)


def test_another_network_of_that_name_is_refused(state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(BadInput, match=r"does not fit.*missing: Mixed_7c.branch_pool.conv.weight"):
        inception({name: tensor for name, tensor in state.items() if name != "Mixed_7c.branch_pool.conv.weight"})


@pytest.mark.skipif(not there("inception"), reason="the weights of FID are not here: `inlay weights --fetch inception`")
def test_features_of_the_published_file_tell_a_fill_from_the_truth() -> None:
    judge = Judge(["fid", "kid"])
    truth, mask = crop(), np.full((163, 201), 255, np.uint8)
    ours, theirs = (judge.features(one, truth, mask)["inception"] for one in (truth[::-1], truth))
    assert ours.shape == theirs.shape == (2048,)
    assert np.linalg.norm(ours - theirs) > 1
