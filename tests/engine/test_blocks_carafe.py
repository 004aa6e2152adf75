"""CARAFE, held against loops over places and neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.nets import carafe
from engine.nets.carafe import Carafe, reassembled


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize(("factor", "side"), [(2, 5), (3, 3)])
def test_it_is_what_the_equation_says(factor: int, side: int) -> None:
    rng = np.random.default_rng(0)
    x, weights = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, side**2, 4 * factor, 5 * factor))
    wanted = np.zeros((2, 3, 4 * factor, 5 * factor))
    reach = side // 2
    for row, column in np.ndindex(4 * factor, 5 * factor):
        for down, right in np.ndindex(side, side):
            i, j = row // factor + down - reach, column // factor + right - reach
            if 0 <= i < 4 and 0 <= j < 5:
                wanted[:, :, row, column] += weights[:, down * side + right, row, column, None] * x[:, :, i, j]
    made = reassembled(torch.from_numpy(x), torch.from_numpy(weights), factor)
    np.testing.assert_allclose(made.numpy(), wanted, atol=1e-12)


def test_weights_are_what_the_layers_predict() -> None:
    """Pixel (i', j') has the channels of (i, j) that pixel shuffle gives its corner of the cell, through a softmax."""
    layer = Carafe(4, compressed=3)
    torch.nn.init.normal_(layer.encode.weight)
    x = torch.randn(1, 4, 3, 3)
    weights = layer.weights(x)
    raw = layer.encode(layer.compress(x))
    assert weights.shape == (1, 25, 6, 6)
    torch.testing.assert_close(weights[0, :, 3, 4], raw[0, (3 % 2 * 2 + 4 % 2) :: 4, 1, 2].softmax(0))
    torch.testing.assert_close(weights.sum(1), torch.ones(1, 6, 6))


def test_an_even_picture_stays_even_away_from_the_edge() -> None:
    made = Carafe(3)(torch.full((1, 3, 8, 8), 0.7))
    assert made.shape == (1, 3, 16, 16)
    torch.testing.assert_close(made[:, :, 4:-4, 4:-4], torch.full((1, 3, 8, 8), 0.7))
    assert (made[:, :, 0] < 0.6).all()  # weights beyond the edge are lost


def test_it_begins_as_a_mean_of_the_neighbourhood() -> None:
    x = torch.randn(1, 2, 9, 9)
    made = Carafe(2)(x)
    torch.testing.assert_close(made[0, :, 8, 8], x[0, :, 2:7, 2:7].mean((1, 2)), atol=0.02, rtol=0)


def test_gradients() -> None:
    layer = Carafe(2, kernel=3, compressed=2).double()
    torch.nn.init.normal_(layer.encode.weight)
    x = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    weights = torch.randn(1, 9, 6, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, weights: reassembled(x, weights, 2), (x, weights))


def test_what_is_kept_for_the_gradient_are_the_neighbours_of_what_came_in() -> None:
    """0.8 MB; those of the output's size, as unfolding the enlarged features has them, would be 3.3 MB."""
    x, weights = torch.randn(1, 32, 16, 16, requires_grad=True), torch.rand(1, 25, 32, 32, requires_grad=True)
    kept: dict[int, int] = {}

    def keep(one: torch.Tensor) -> torch.Tensor:
        kept[one.untyped_storage().data_ptr()] = one.untyped_storage().nbytes()
        return one

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one):
        reassembled(x, weights, 2)
    assert sum(kept.values()) < 1_000_000


@pytest.mark.parametrize("size", [(90, 70), (3, 600), (1, 1)])
def test_without_a_gradient_rows_are_made_a_few_at_a_time(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """And are the same, bit for bit."""
    monkeypatch.setattr(carafe, "_AT_ONCE", 50_000)
    x, weights = torch.randn(2, 3, *size), torch.rand(2, 25, 2 * size[0], 2 * size[1])
    whole = reassembled(x, weights, 2)
    with torch.inference_mode():
        parts = reassembled(x, weights, 2)
    assert torch.equal(whole, parts)
    assert whole.stride() == parts.stride()


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16, torch.float16])
def test_other_numbers_and_other_layouts(kind: torch.dtype) -> None:
    """Values in channels last, and of a part of something larger, are the same; the output has the type of what came in."""
    x, weights = torch.randn(2, 5, 9, 11), torch.rand(2, 25, 18, 22).softmax(1)
    made = reassembled(x.to(kind), weights, 2)
    assert made.dtype == kind
    torch.testing.assert_close(made.float(), reassembled(x, weights, 2), atol=0.02, rtol=0.02)
    last, heavy = x.to(kind, memory_format=torch.channels_last), weights.to(memory_format=torch.channels_last)
    assert torch.equal(reassembled(last, heavy, 2), made)
    larger = torch.zeros(4, 5, 11, 20, dtype=kind)
    larger[::2, :, 1:10, 4:15] = x
    assert torch.equal(reassembled(larger[::2, :, 1:10, 4:15], weights, 2), made)
