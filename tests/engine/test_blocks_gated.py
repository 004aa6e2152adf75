"""Gated convolution of pictures and clips, held against loops and numbers worked out by hand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.nets.gated import GatedConv2d, GatedConv3d


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def sigmoid(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def test_numbers_by_hand() -> None:
    layer = GatedConv2d(1, 1, 1)
    with torch.no_grad():
        layer.both.weight.copy_(torch.tensor([2.0, -1.0]).view(2, 1, 1, 1))
        layer.both.bias.copy_(torch.tensor([1.0, 0.5]))
    out, gate = layer.with_gate(torch.tensor([[[[1.0, -2.0]]]]))
    np.testing.assert_allclose(gate.flatten().tolist(), [sigmoid(-0.5), sigmoid(2.5)], rtol=1e-6)
    np.testing.assert_allclose(out.flatten().tolist(), [3 * sigmoid(-0.5), (np.exp(-3) - 1) * sigmoid(2.5)], rtol=1e-6)


def test_one_convolution_is_two_in_one() -> None:
    one, two = GatedConv2d(3, 4, 3, stride=2), GatedConv2d(3, 4, 3, stride=2, separate=True)
    for name in ("weight", "bias"):
        getattr(two.feature, name).data, getattr(two.gate, name).data = getattr(one.both, name).data.chunk(2)
    x = torch.randn(2, 3, 9, 8)
    torch.testing.assert_close(one(x), two(x))
    assert one(x).shape == (2, 4, 5, 4)


def test_over_time_it_is_a_sum_over_frames_rows_and_columns() -> None:
    layer = GatedConv3d(
        2, 3, (3, 3, 3), stride=(1, 2, 2), dilation=(1, 2, 2), activation=partial(functional.leaky_relu, negative_slope=0.2), separate=True
    ).double()
    x = torch.randn(1, 2, 4, 7, 6, dtype=torch.float64)
    out = layer(x)
    assert out.shape == (1, 3, 4, 4, 3)
    wide = functional.pad(x, (2, 2, 2, 2, 1, 1))
    for at in np.ndindex(4, 4, 3):
        frame, row, column = at
        window = wide[0, :, frame : frame + 3, 2 * row : 2 * row + 5 : 2, 2 * column : 2 * column + 5 : 2]
        found, opening = ((one.weight * window).sum((1, 2, 3, 4)) + one.bias for one in (layer.feature, layer.gate))
        wanted = torch.where(found > 0, found, 0.2 * found) / (1 + torch.exp(-opening))
        torch.testing.assert_close(out[(0, slice(None), *at)], wanted)


def test_a_clip_of_one_frame_is_a_picture() -> None:
    flat, deep = GatedConv2d(2, 3, 3), GatedConv3d(2, 3, (1, 3, 3))
    deep.both.weight.data, deep.both.bias.data = flat.both.weight.data[:, :, None], flat.both.bias.data
    x = torch.randn(2, 2, 5, 6)
    torch.testing.assert_close(deep(x[:, :, None])[:, :, 0], flat(x))


@pytest.mark.parametrize(("size", "first"), [(8, 0), (7, 1)])
def test_padding_as_tensorflow(size: int, first: int) -> None:
    """A step of 2 over an even size begins at the first pixel, its one zero at the end; over an odd size it has one on either side."""
    layer = GatedConv2d(1, 1, 3, stride=2, padding="same", activation=None)
    with torch.no_grad():
        layer.both.weight.zero_()
        layer.both.weight[0, 0, 0, 0] = 1  # features: the upper left pixel of each window
        layer.both.bias.copy_(torch.tensor([0.0, 100.0]))  # an open gate
    x = torch.arange(1.0, size * size + 1).view(1, 1, size, size)
    wide = functional.pad(x, (first, 2, first, 2))
    wanted = wide[:, :, ::2, ::2][:, :, : -(-size // 2), : -(-size // 2)]
    assert torch.equal(layer(x), wanted)


def test_it_reflects() -> None:
    layer = GatedConv2d(1, 1, 3, padding_mode="reflect", activation=None)
    with torch.no_grad():
        layer.both.weight.zero_()
        layer.both.weight[0, 0, 1, 0] = 1  # features: the pixel on the left
        layer.both.bias.copy_(torch.tensor([0.0, 100.0]))
    assert layer(torch.tensor([[[[1.0, 2.0, 3.0]] * 3]]))[0, 0, 0].tolist() == [2, 1, 2]


def test_spectral_normalisation_makes_the_largest_singular_value_one() -> None:
    layer = GatedConv2d(3, 8, 3, spectral=True, separate=True)
    for _ in range(50):
        layer(torch.zeros(1, 3, 4, 4))
    layer.eval()
    for one in (layer.feature, layer.gate):
        assert torch.linalg.matrix_norm(one.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("layer", [GatedConv2d(2, 2, 3, dilation=2), GatedConv2d(2, 2, 3, stride=2, padding="same")], ids=["plain", "same"])
def test_gradients(layer: GatedConv2d) -> None:
    layer.double()
    x = torch.randn(1, 2, 5, 4, dtype=torch.float64, requires_grad=True)

    def out(x: Tensor, weight: Tensor) -> Tensor:
        return torch.func.functional_call(layer, {"both.weight": weight}, (x,))

    assert torch.autograd.gradcheck(out, (x, layer.both.weight))


def test_gradients_over_time() -> None:
    layer = GatedConv3d(1, 1, (3, 3, 3), stride=(1, 2, 2), separate=True).double()
    x = torch.randn(1, 1, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))


def test_as_many_numbers_as_axes() -> None:
    with pytest.raises(ValueError, match="axes"):
        GatedConv2d(1, 1, (3, 3, 3))
