"""Perceptual and style losses: by hand on a network of known weights, gradients, and which network stands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from skimage import data
from torch import nn

from engine import weights
from engine.nets.tapped import DEVIATION, MEAN, Tapped
from engine.nets.vgg import Vgg16
from engine.training.losses.perceptual import PCONV, FeatureLoss, backbone, gram

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small() -> Tapped:
    """Two convolutions of one pixel, in double precision."""
    torch.manual_seed(0)
    return Tapped({"first": nn.Conv2d(3, 4, 1), "relu": nn.ReLU(), "second": nn.Conv2d(4, 2, 1)}).double()


@pytest.fixture
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    """Truth and what was made, (2, 3, 4, 5) each."""
    truth, made = torch.rand(2, 2, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    return truth, made


def features(network: Tapped, pictures: torch.Tensor) -> dict[str, np.ndarray]:
    """Both convolutions (B, C, H, W), with NumPy."""
    x = (pictures.numpy() - np.reshape(MEAN, (3, 1, 1))) / np.reshape(DEVIATION, (3, 1, 1))
    first, second = ((layer.weight[:, :, 0, 0].detach().numpy(), layer.bias.detach().numpy()) for layer in network.features[::2])
    one = np.einsum("oc,bchw->bohw", first[0], x) + first[1][:, None, None]
    return {"first": one, "second": np.einsum("oc,bchw->bohw", second[0], np.maximum(one, 0)) + second[1][:, None, None]}


@pytest.mark.parametrize("distance", ["l1", "l2"])
def test_it_is_what_the_equations_say(small: Tapped, pictures: tuple[torch.Tensor, torch.Tensor], distance: str) -> None:
    truth, made = pictures
    losses = FeatureLoss(small, {"first": 2.0, "second": 0.5}, {"second": 3.0}, distance=distance)(truth, made)
    wanted, seen = (features(small, one) for one in (truth, made))
    apart = {"l1": lambda a, b: np.abs(a - b).mean(), "l2": lambda a, b: ((a - b) ** 2).mean()}[distance]
    grams = [np.einsum("bchw,bdhw->bcd", one["second"], one["second"]) / (2 * 4 * 5) for one in (seen, wanted)]
    np.testing.assert_allclose(
        losses["content"].item(), 2 * apart(seen["first"], wanted["first"]) + 0.5 * apart(seen["second"], wanted["second"]), rtol=1e-6
    )
    np.testing.assert_allclose(losses["style"].item(), 3 * apart(*grams), rtol=1e-6)


def test_gram_by_hand() -> None:
    """Two channels over two places: sums of products, over C H W = 4."""
    assert gram(torch.tensor([[[[1.0, 2.0]], [[3.0, -1.0]]]])).tolist() == [[[1.25, 0.25], [0.25, 2.5]]]


def test_gram_is_not_in_half_precision() -> None:
    with torch.autocast("cpu", dtype=torch.float16):
        assert gram(torch.full((1, 2, 64, 64), 300.0, dtype=torch.float16)).isfinite().all()


def test_all_that_was_made_is_added_up(small: Tapped, pictures: tuple[torch.Tensor, torch.Tensor]) -> None:
    truth, made = pictures
    loss = FeatureLoss(small, {"first": 1.0}, {"first": 1.0})
    once, both = loss(truth, made), loss(truth, made, truth)
    assert both.keys() == {"content", "style"}
    torch.testing.assert_close(once, both)
    assert FeatureLoss(small, {"first": 1.0})(truth, truth) == {"content": torch.tensor(0.0, dtype=torch.float64)}


def test_style_does_not_ask_where(small: Tapped, pictures: tuple[torch.Tensor, torch.Tensor]) -> None:
    truth, _ = pictures
    loss = FeatureLoss(small, {"second": 1.0}, {"second": 1.0})(truth, truth.flip(3))
    assert loss["content"] > 0.01
    assert loss["style"] < 1e-12


def test_gradients(small: Tapped, pictures: tuple[torch.Tensor, torch.Tensor]) -> None:
    truth, made = (one[:1, :, :3, :3] for one in pictures)
    loss = FeatureLoss(small, {"second": 1.0}, {"first": 2.0}, distance="l2")
    made = made.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: sum(loss(truth, x).values()), (made,))


def test_the_network_is_frozen_and_the_truth_gets_no_gradient(small: Tapped, pictures: tuple[torch.Tensor, torch.Tensor]) -> None:
    truth, made = (one.clone().requires_grad_() for one in pictures)
    FeatureLoss(small, {"second": 1.0})(truth, made)["content"].backward()
    assert truth.grad is None
    assert made.grad is not None
    assert all(one.grad is None for one in small.parameters())


def test_it_says_what_it_is_for_a_card() -> None:
    loss = FeatureLoss(Vgg16(), PCONV, {"relu2_2": 1.0}, distance="l2")
    assert loss.described == "Vgg16 (content pool1, pool2, pool3; style relu2_2; mean squared difference, Gram matrices over C H W)"


def test_weights_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INLAY_MODELS", str(tmp_path))
    with pytest.raises(weights.MissingWeights, match="vgg19"):
        backbone("vgg19", "vgg16")


@pytest.mark.skipif(not weights.there("vgg16"), reason="VGG-16 has not been fetched")
def test_what_vgg_finds_alike() -> None:
    """Grass moved aside is alike in style and not in content; noise of the same size is worse than a blur in both."""
    network = backbone("vgg19" if weights.there("vgg19") else "vgg16", "vgg16")
    photograph = torch.from_numpy(data.astronaut().copy()).permute(2, 0, 1)[None].float() / 255
    here, aside = photograph[..., 380:476, 8:104], photograph[..., 388:484, 20:116]
    noisy = (here + 0.1 * torch.randn(here.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)
    loss = FeatureLoss(network, PCONV, PCONV)
    with torch.inference_mode():
        moved, spoilt = loss(here, aside), loss(here, noisy)
    assert moved["style"] < 0.5 * spoilt["style"]
    assert moved["content"] > 0.1
