"""VGG and AlexNet: each tap against plain convolutions, and with the published weights where they are there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import torch
from skimage import data
from torch import Tensor, nn
from torch.nn import functional

from engine.nets.alexnet import AlexNet
from engine.nets.vgg import Vgg, Vgg16, Vgg19
from engine.weights import load, tensors
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from engine.nets.tapped import Tapped

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def picture(size: int) -> Tensor:
    return torch.rand(2, 3, size, size + 8, generator=torch.Generator().manual_seed(7))


def tiny_vgg() -> Vgg:
    torch.manual_seed(1)
    return Vgg(((2, 4), (1, 6)))


def tiny_alexnet() -> AlexNet:
    torch.manual_seed(1)
    return AlexNet(((4, 11, 4, 2), (5, 5, 1, 2), (6, 3, 1, 1), (4, 3, 1, 1), (3, 3, 1, 1)))


def test_every_tap_of_a_vgg_is_what_plain_convolutions_give() -> None:
    net = tiny_vgg()
    state = net.state_dict()
    x = (picture(16) - MEAN) / DEVIATION
    wanted: dict[str, Tensor] = {}
    for name, place in (("1_1", 0), ("1_2", 2), ("2_1", 5)):
        if name == "2_1":
            wanted["pool1"] = x = functional.max_pool2d(x, 2)
        wanted[f"conv{name}"] = functional.conv2d(x, state[f"features.{place}.weight"], state[f"features.{place}.bias"], padding=1)
        wanted[f"relu{name}"] = x = wanted[f"conv{name}"].clamp(min=0)
    wanted["pool2"] = functional.max_pool2d(x, 2)
    assert set(net.names) == set(wanted)
    for taps in (net.names, *((name,) for name in net.names)):
        found = net(picture(16), taps)
        assert list(found) == list(taps)
        for name, values in found.items():
            torch.testing.assert_close(values, wanted[name], msg=lambda text, name=name: f"{name}: {text}")


def test_every_tap_of_an_alexnet_is_what_plain_convolutions_give() -> None:
    net = tiny_alexnet()
    state = net.state_dict()
    x = (picture(63) - MEAN) / DEVIATION
    wanted: dict[str, Tensor] = {}
    for number, (place, stride, padding) in enumerate(((0, 4, 2), (3, 1, 2), (6, 1, 1), (8, 1, 1), (10, 1, 1)), 1):
        weight, bias = state[f"features.{place}.weight"], state[f"features.{place}.bias"]
        wanted[f"conv{number}"] = functional.conv2d(x, weight, bias, stride=stride, padding=padding)
        wanted[f"relu{number}"] = x = wanted[f"conv{number}"].clamp(min=0)
        if number in {1, 2, 5}:
            wanted[f"pool{number}"] = x = functional.max_pool2d(x, 3, 2)
    found = net(picture(63), net.names)
    assert set(found) == set(wanted)
    for name, values in found.items():
        torch.testing.assert_close(values, wanted[name])


def test_what_is_before_a_relu_is_not_changed_by_it() -> None:
    assert (tiny_vgg()(picture(16), ["conv1_1", "relu1_1"])["conv1_1"] < 0).any()


@pytest.mark.parametrize(("tap", "computed"), [("conv1_1", 1), ("relu1_2", 4), ("pool2", 8)])
def test_nothing_beyond_the_last_tap_is_computed(tap: str, computed: int) -> None:
    net, ran = tiny_vgg(), list[nn.Module]()
    for layer in net.features:
        layer.register_forward_hook(lambda module, *_: ran.append(module))
    net(picture(16), [tap])
    assert ran == list(net.features)[:computed]


def test_a_picture_that_is_standardised_already_is_taken_as_it_is() -> None:
    net = tiny_vgg()
    one = net(picture(16), ["relu2_1"])["relu2_1"]
    other = net((picture(16) - MEAN) / DEVIATION, ["relu2_1"], standardise=False)["relu2_1"]
    torch.testing.assert_close(one, other)


@pytest.mark.parametrize("taps", [[], ["relu9_9"], ["relu1_1", "conv3_9"]])
def test_a_tap_that_is_no_layer_is_refused(taps: list[str]) -> None:
    with pytest.raises(ValueError, match=r"of a network that has conv1_1, relu1_1"):
        tiny_vgg()(picture(16), taps)


def test_gradients_reach_the_picture() -> None:
    x = picture(16).requires_grad_()
    tiny_vgg()(x, ["relu2_1"])["relu2_1"].square().mean().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("net", "convolutions", "parameters", "channels"),
    [(Vgg16, 13, 14_714_688, [64, 128, 256, 512, 512]), (Vgg19, 16, 20_024_384, [64, 128, 256, 512, 512]), (AlexNet, 5, 2_469_696, None)],
)
def test_the_published_networks_have_their_shape(net: type[Tapped], convolutions: int, parameters: int, channels: list[int] | None) -> None:
    with torch.device("meta"):
        made = net()
    assert sum(isinstance(layer, nn.Conv2d) for layer in made.features) == convolutions
    assert sum(tensor.numel() for tensor in made.parameters()) == parameters
    assert all(name.startswith("features.") for name in made.state_dict())
    last = [layer for name, layer in zip(made.names, made.features, strict=True) if name.startswith("conv")]
    assert [layer.out_channels for layer in last] == (
        [64, 192, 384, 256, 256] if channels is None else [layer.out_channels for layer in last]
    )
    if channels:
        blocks = [channels[int(name[4]) - 1] for name in made.names if name.startswith("conv")]
        assert [layer.out_channels for layer in last] == blocks
    assert all(before.out_channels == after.in_channels for before, after in pairwise(last))


@needs_weights("vgg16")
def test_vgg16_sees_what_it_was_published_to_see() -> None:
    net = load(Vgg16(), "vgg16")
    assert net.features[0].bias[:4].tolist() == pytest.approx([0.403388, 0.377794, 0.464362, -0.322764], abs=1e-6)
    cat = torch.from_numpy(data.chelsea()[:128, 100:228]).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        found = net(cat, ["relu1_2", "conv3_3", "relu5_3"])
    assert {name: tuple(x.shape) for name, x in found.items()} == {
        "relu1_2": (1, 64, 128, 128),
        "conv3_3": (1, 256, 32, 32),
        "relu5_3": (1, 512, 8, 8),
    }
    assert {name: float(x.mean()) for name, x in found.items()} == pytest.approx(
        {"relu1_2": 0.58457, "conv3_3": -7.06512, "relu5_3": 0.36328}, rel=1e-3
    )


@needs_weights("alexnet")
def test_alexnet_sees_what_it_was_published_to_see() -> None:
    net = load(AlexNet(), "alexnet")
    assert net.features[0].bias[:4].tolist() == pytest.approx([-0.970546, -2.806958, -0.037062, -0.079548], abs=1e-6)
    cat = torch.from_numpy(data.chelsea()[:128, 100:228]).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        found = net(cat, ["relu1", "conv3", "relu5"])
    assert {name: float(x.mean()) for name, x in found.items()} == pytest.approx(
        {"relu1": 0.40227, "conv3": -5.90677, "relu5": 0.60251}, rel=1e-3
    )


@needs_weights("lpips")
def test_the_heads_weigh_the_channels_of_the_taps() -> None:
    for name, channels in (("lpips-vgg16", [64, 128, 256, 512, 512]), ("lpips-alexnet", [64, 192, 384, 256, 256])):
        heads = tensors(name)
        assert [tuple(heads[f"heads.{tap}.weight"].shape) for tap in range(5)] == [(1, count, 1, 1) for count in channels]
        assert all((head >= 0).all() for head in heads.values())
