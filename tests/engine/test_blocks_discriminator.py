"""The patch critic: shapes as published, spectral norms, and what one score sees."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from engine.nets.discriminator import PatchDiscriminator


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_the_published_one_of_pictures() -> None:
    """Six 5 x 5 convolutions of step 2: a picture of 256 pixels has 4 x 4 x 256 scores."""
    critic = PatchDiscriminator(4)
    assert critic(torch.zeros(2, 4, 256, 256)).shape == (2, 256, 4, 4)
    convolutions = [layer for layer in critic.layers if not isinstance(layer, nn.LeakyReLU)]
    assert [tuple(layer.weight.shape) for layer in convolutions] == [
        (64, 4, 5, 5),
        (128, 64, 5, 5),
        (256, 128, 5, 5),
        *[(256, 256, 5, 5)] * 3,
    ]
    assert isinstance(critic.layers[-1], nn.LeakyReLU)


def test_the_published_one_of_clips() -> None:
    critic = PatchDiscriminator(5, (2, 4, 8, 8, 8, 8), kernel=(3, 5, 5), stride=(1, 2, 2), axes=3, linear=True)
    assert critic(torch.zeros(1, 5, 7, 180, 320)).shape == (1, 8, 7, 3, 5)
    assert not isinstance(critic.layers[-1], nn.LeakyReLU)


def test_the_one_of_70_pixels_sees_70() -> None:
    critic = PatchDiscriminator(1, (4, 8, 8, 8, 1), kernel=4, unstrided=2, linear=True, spectral=False).double()
    x = torch.randn(1, 1, 256, 256, dtype=torch.float64, requires_grad=True)
    scores = critic(x)
    assert scores.shape == (1, 1, 30, 30)
    scores[0, 0, 15, 15].backward()
    assert x.grad is not None
    touched = x.grad[0, 0].nonzero()
    assert (touched.amax(0) - touched.amin(0) + 1).tolist() == [70, 70]


def test_scores_by_hand() -> None:
    critic = PatchDiscriminator(1, (1, 1), kernel=1, stride=1, slope=0.5, spectral=False)
    with torch.no_grad():
        for layer, weight, bias in ((critic.layers[0], 2.0, 1.0), (critic.layers[2], -1.0, 0.5)):
            layer.weight.fill_(weight)
            layer.bias.fill_(bias)
    scores = critic(torch.tensor([[[[1.0, -1.0]]]]))
    assert scores.flatten().tolist() == [-1.25, 1.0]  # 3 -> -2.5 -> -1.25; -1 -> -0.5 -> 1 -> 1


def test_largest_singular_values_are_one_after_some_steps() -> None:
    critic = PatchDiscriminator(3, (8, 8))
    for _ in range(50):
        critic(torch.zeros(1, 3, 8, 8))
    critic.eval()
    for layer in (critic.layers[0], critic.layers[2]):
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-2)


def test_its_estimate_of_the_norm_is_part_of_its_state() -> None:
    critic = PatchDiscriminator(3, (4, 4))
    critic(torch.zeros(1, 3, 8, 8))
    other = PatchDiscriminator(3, (4, 4))
    other.load_state_dict(copy.deepcopy(critic.state_dict()))
    x = torch.randn(1, 3, 8, 8)
    assert torch.equal(critic.eval()(x), other.eval()(x))


def test_gradients() -> None:
    critic = PatchDiscriminator(2, (3, 2), kernel=3).double().eval()
    x = torch.randn(1, 2, 6, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(critic, (x,))
