"""Contextual attention, held against loops over queries, keys and overlapping patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.nets.attention import ContextualAttention

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def window(x: Array, row: int, column: int, height: int, width: int) -> Array:
    """A patch of x (C, H, W), zeros beyond the edge."""
    wide = np.pad(x, ((0, 0), (9, 9), (9, 9)))
    return wide[:, row + 9 : row + 9 + height, column + 9 : column + 9 + width]


def subsampled(x: Array, rate: int, *, released: bool) -> Array:
    """One pixel of each cell: the first, or those nearest to a grid between the corners."""
    if not released:
        return x[:, ::rate, ::rate]
    rows, columns = (np.floor(np.linspace(0, size - 1, size // rate) + 0.5).astype(int) for size in x.shape[1:])
    return x[:, rows][:, :, columns]


def fused(scores: Array, height: int, width: int, fuse: int) -> Array:
    """Along the diagonal of the scores numbered by rows, then by columns."""
    by_rows = np.arange(height * width)
    by_columns = by_rows.reshape(height, width).T.ravel()
    for order in (by_rows, by_columns):
        ordered, out = scores[np.ix_(order, order)], np.zeros_like(scores)
        for q, k in np.ndindex(*scores.shape):
            for d in range(-(fuse // 2), fuse // 2 + 1):
                if 0 <= q + d < len(scores) and 0 <= k + d < len(scores):
                    out[q, k] += ordered[q + d, k + d]
        scores = np.zeros_like(scores)
        scores[np.ix_(order, order)] = out
    return scores


def shares(layer: ContextualAttention, queries: Array, values: Array, hole: Array) -> Array:
    """(queries, keys) of one picture."""
    small, texture = (subsampled(one, layer.rate, released=layer.released) for one in (queries, values))
    if layer.released:
        cells = subsampled(hole, layer.rate, released=True)
    else:
        cells = hole.reshape(1, small.shape[1], layer.rate, small.shape[2], layer.rate).max((2, 4))
    places = [(row, column) for row in range(0, small.shape[1], layer.stride) for column in range(0, small.shape[2], layer.stride)]
    reach, side = layer.side // 2, layer.side
    keys = [window(texture, row - reach, column - reach, side, side) for row, column in places]
    free = np.array([not window(cells, row - reach, column - reach, side, side).any() for row, column in places])
    scores = np.array([
        [(window(small, row - reach, column - reach, side, side) * key).sum() / max(np.sqrt((key**2).sum()), 1e-4) for key in keys]
        for row, column in np.ndindex(*small.shape[1:])
    ])  # fmt: skip
    scores = scores if layer.released else scores * free
    scores = fused(scores, *small.shape[1:], layer.fuse) if layer.fuse > 1 else scores
    scores = np.where(free, scores, 0 if layer.released else -np.inf) * layer.scale
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True) * free


def by_loops(layer: ContextualAttention, queries: Array, values: Array, hole: Array) -> tuple[Array, Array]:
    """Features (C, H, W) and shares of one picture."""
    height, width = (size // layer.rate for size in queries.shape[1:])
    rate, share = layer.rate, shares(layer, queries, values, hole)
    laid = np.zeros((values.shape[0], queries.shape[1] + 4 * rate, queries.shape[2] + 4 * rate))
    times = np.zeros_like(laid)
    across = -(-width // layer.stride)
    for query, (row, column) in enumerate(np.ndindex(height, width)):
        patch = sum(
            share[query, key]
            * window(
                values, key // across * layer.stride * rate - rate // 2, key % across * layer.stride * rate - rate // 2, 2 * rate, 2 * rate
            )
            for key in range(share.shape[1])
        )
        at = (slice(None), *(slice(2 * rate + place * rate - rate // 2, 4 * rate + place * rate - rate // 2) for place in (row, column)))
        laid[at] += patch
        times[at] += 1
    inside = (slice(None), slice(2 * rate, -2 * rate), slice(2 * rate, -2 * rate))
    return laid[inside] / (4 if layer.released else times[inside]), share


LAYERS = {
    "usual": ContextualAttention(),
    "released": ContextualAttention(released=True),
    "not fused": ContextualAttention(fuse=1, scale=3),
    "every second key": ContextualAttention(stride=2, fuse=1),
    "cells of one pixel": ContextualAttention(side=1, rate=1, fuse=5),
}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
def test_it_is_what_the_equations_say_for_each_picture_and_its_own_hole(layer: ContextualAttention) -> None:
    rng = np.random.default_rng(0)
    height, width = (10, 14) if layer.rate == 2 else (6, 7)
    queries, values = rng.normal(0, 0.3, (2, 2, 3, height, width))
    hole = np.zeros((2, 1, height, width))
    hole[0, 0, 1:4, 2:5] = 1
    hole[1, 0, 4:, 5:] = 1
    made = layer.with_places(*map(torch.from_numpy, (queries, values, hole)), most=3)
    assert torch.equal(made.features, layer(*map(torch.from_numpy, (queries, values, hole))))
    for number in range(2):
        wanted, share = by_loops(layer, queries[number], values[number], hole[number])
        np.testing.assert_allclose(made.features[number].numpy(), wanted, atol=1e-9)
        best = np.argsort(-share, axis=1)[:, :3]
        across = -(-(width // layer.rate) // layer.stride)
        step = layer.stride * layer.rate
        np.testing.assert_allclose(made.weights[number].flatten(1).T.numpy(), np.take_along_axis(share, best, 1), atol=1e-9)
        first = made.places[number, 0].flatten(1).numpy()
        np.testing.assert_array_equal(first, np.stack((best[:, 0] // across * step, best[:, 0] % across * step)))


def test_a_copy_is_found_and_taken() -> None:
    """What stands in the hole stands elsewhere too: there it looks, and nowhere else."""
    truth = torch.randn(1, 8, 16, 32)
    truth[..., 16:] = truth[..., :16]
    hole = torch.zeros(1, 1, 16, 32)
    hole[..., 6:10, 6:10] = 1
    made = ContextualAttention().with_places(truth, truth, hole)
    assert made.places[0, 0, :, 4, 4].tolist() == [8, 8 + 16]
    assert made.weights[0, 0, 4, 4] > 0.99
    torch.testing.assert_close(made.features[..., 6:10, 6:10], truth[..., 6:10, 6:10], atol=0.05, rtol=0)


def test_nothing_of_the_hole_is_copied() -> None:
    x, hole = torch.rand(2, 3, 12, 12), torch.zeros(2, 1, 12, 12)
    hole[0, :, 5, 5] = hole[1, :, 8:, :3] = 1
    poisoned = torch.where(hole > 0, 1e4, x)
    layer = ContextualAttention()
    assert layer(x, poisoned, hole).max() < 1.001
    assert torch.equal(layer(x, x, hole), layer(x, poisoned, hole))


def test_a_picture_without_a_known_patch_gets_zeros() -> None:
    x, hole = torch.randn(2, 2, 8, 8), torch.zeros(2, 1, 8, 8)
    hole[1] = 1
    made = ContextualAttention()(x, x, hole)
    assert made[0].abs().max() > 0
    assert made[1].abs().max() == 0


@pytest.mark.parametrize("released", [False, True])
def test_gradients(*, released: bool) -> None:
    layer = ContextualAttention(scale=2, released=released)
    queries, values = (torch.randn(2, 2, 4, 6, dtype=torch.float64, requires_grad=True) for _ in range(2))
    hole = torch.zeros(2, 1, 4, 6, dtype=torch.float64)
    hole[0, 0, 0, 0] = hole[1, 0, 3, 4] = 1
    assert torch.autograd.gradcheck(lambda q, v: layer(q, v, hole), (queries, values))


def test_sizes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="stride"):
        ContextualAttention(stride=2)
    x = torch.zeros(1, 2, 7, 8)
    with pytest.raises(ValueError, match="cells of 2"):
        ContextualAttention()(x, x, x[:, :1])
