"""Partial convolution, held against loops over windows and numbers worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.nets.partial import PartialConv2d

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def by_loops(layer: PartialConv2d, x: NDArray[np.float64], known: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Equations 1 and 2, window after window; `known` has a channel for each of x (C, H, W)."""
    weight = layer.weight.detach().numpy()
    bias = np.zeros(len(weight)) if layer.bias is None else layer.bias.detach().numpy()
    (side, _), (stride, _), (dilation, _), (padding, _) = layer.kernel_size, layer.stride, layer.dilation, layer.padding
    wide, seen = (np.pad(one, ((0, 0), (padding, padding), (padding, padding))) for one in (x, known))
    reach = dilation * (side - 1) + 1
    size = [(length - reach) // stride + 1 for length in wide.shape[1:]]
    out, after = np.zeros((len(weight), *size)), np.zeros((len(weight), *size))
    for row, column in np.ndindex(*size):
        window = (slice(None), *(slice(at * stride, at * stride + reach, dilation) for at in (row, column)))
        count = seen[window].sum()
        if count > 0:
            held = (weight * (wide * seen)[window]).sum((1, 2, 3))
            out[:, row, column] = held * seen[window].size / count + bias
            after[:, row, column] = 1
    return out, after


@pytest.mark.parametrize(("kernel", "stride", "dilation", "bias"), [(3, 1, 1, True), (3, 2, 1, False), (5, 2, 1, True), (3, 1, 2, True)])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_what_the_equations_say(kernel: int, stride: int, dilation: int, *, bias: bool, channels: int) -> None:
    rng = np.random.default_rng(0)
    layer = PartialConv2d(3, 4, kernel, stride=stride, dilation=dilation, bias=bias).double()
    x, known = rng.normal(size=(2, 3, 9, 11)), (rng.random((2, channels, 9, 11)) < 0.06 / channels).astype(np.float64)
    features, reached = layer(torch.from_numpy(x), torch.from_numpy(known))
    assert 0 < reached.mean() < 1
    assert reached.shape[1] == (1 if channels == 1 else 4)
    for number in range(2):
        out, after = by_loops(layer, x[number], np.broadcast_to(known[number], (3, 9, 11)))
        np.testing.assert_allclose(features[number].detach().numpy(), out, atol=1e-12)
        np.testing.assert_array_equal(reached[number].expand(4, -1, -1).numpy(), after)


def test_numbers_by_hand() -> None:
    layer = PartialConv2d(1, 1, 3)
    nn.init.ones_(layer.weight)
    nn.init.constant_(layer.bias, 0.5)
    x, known = torch.zeros(1, 1, 5, 5), torch.zeros(1, 1, 5, 5)
    x[0, 0, 0, 0], known[0, 0, 0, 0] = 2, 1
    x[0, 0, 0, 1], known[0, 0, 0, 1] = 4, 1
    features, reached = layer(x, known)
    assert features[0, 0, 0].tolist() == [27.5, 27.5, 36.5, 0, 0]  # 6 * 9 / 2, the same, 4 * 9 / 1; and 0.5
    assert features[0, 0, 1].tolist() == [27.5, 27.5, 36.5, 0, 0]
    assert features[0, 0, 2:].abs().sum() == 0  # no bias where nothing is known
    assert reached[0, 0].tolist() == [[1, 1, 1, 0, 0]] * 2 + [[0] * 5] * 3


def test_all_known_is_a_convolution_but_for_the_edge() -> None:
    layer = PartialConv2d(3, 2, 3)
    plain = nn.Conv2d(3, 2, 3, padding=1)
    plain.load_state_dict(layer.state_dict())
    x = torch.randn(1, 3, 6, 6)
    features, reached = layer(x, torch.ones(1, 1, 6, 6))
    inside = (..., slice(1, -1), slice(1, -1))
    torch.testing.assert_close(features[inside], plain(x)[inside])
    assert not torch.allclose(features[..., 0, :], plain(x)[..., 0, :])
    assert reached.all()


def test_what_the_hole_holds_has_no_effect() -> None:
    layer = PartialConv2d(2, 2, 3)
    known = (torch.rand(1, 1, 8, 8) < 0.5).float()
    x = torch.randn(1, 2, 8, 8)
    other = torch.where(known > 0, x, 1e6)
    assert torch.equal(layer(x, known)[0], layer(other, known)[0])


def test_counts_are_exact_in_half_precision() -> None:
    """A 7 x 7 window over 64 channels counts to 3136; bfloat16 has no odd numbers beyond 256."""
    layer = PartialConv2d(64, 1, 7, padding=0, bias=False)
    nn.init.zeros_(layer.weight)
    with torch.no_grad():
        layer.weight[0, 0, 0, 0] = 1
    known = torch.ones(1, 64, 7, 7)
    known[0, 1, :, :5] = 0
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features, _ = layer(torch.ones(1, 64, 7, 7), known)
    assert features.item() == torch.tensor(3136 / 3101).bfloat16().item()


@pytest.mark.parametrize("channels", [1, 2])
def test_gradients(channels: int) -> None:
    layer = PartialConv2d(2, 3, 3, stride=2).double()
    known = (torch.rand(1, channels, 5, 6) < 0.4).double()
    x = torch.randn(1, 2, 5, 6, dtype=torch.float64, requires_grad=True)
    bias = layer.bias
    assert bias is not None

    def features(x: Tensor, weight: Tensor, shift: Tensor) -> Tensor:
        return torch.func.functional_call(layer, {"weight": weight, "bias": shift}, (x, known))[0]

    assert torch.autograd.gradcheck(features, (x, layer.weight, bias))


def test_another_shape_of_known_is_refused() -> None:
    with pytest.raises(ValueError, match="known"):
        PartialConv2d(3, 4, 3)(torch.zeros(1, 3, 8, 8), torch.zeros(1, 2, 8, 8))
