"""Total variation: numbers by hand, loops over pairs of pixels, gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.training.losses.variation import hole_variation, total_variation


def test_plain_by_hand() -> None:
    picture = torch.tensor([[[[0.0, 1.0, 1.0], [0.5, 0.5, 0.0]]]])
    assert total_variation(picture).item() == pytest.approx((0.5 + 0.5 + 1) / 3 + (1 + 0 + 0 + 0.5) / 4)


def test_of_the_hole_by_hand() -> None:
    """A hole of one pixel reaches over 3 x 3; an edge beyond that does not count."""
    picture, hole = torch.zeros(1, 1, 5, 6), torch.zeros(1, 1, 5, 6)
    hole[0, 0, 2, 2] = 1
    picture[0, 0, 2, 2] = 2
    picture[..., 4:] = 7
    assert hole_variation(picture, hole).item() == pytest.approx(4 * 2 / 30)
    assert hole_variation(picture, torch.zeros_like(hole)).item() == 0


def test_of_the_hole_is_a_sum_over_pairs() -> None:
    rng = np.random.default_rng(0)
    pictures, hole = rng.random((2, 3, 7, 8)), rng.random((2, 1, 7, 8)) < 0.1
    total = 0.0
    for number in range(2):
        near = {(row + down, column + right) for row, column in np.argwhere(hole[number, 0]) for down in (-1, 0, 1) for right in (-1, 0, 1)}
        for row, column in near & set(np.ndindex(7, 8)):
            for there in ((row + 1, column), (row, column + 1)):
                if there in near and there[0] < 7 and there[1] < 8:
                    total += np.abs(pictures[number][:, *there] - pictures[number][:, row, column]).sum()
    made = hole_variation(torch.from_numpy(pictures), torch.from_numpy(hole.astype(np.float64)))
    assert made.item() == pytest.approx(total / pictures.size)


def test_gradients() -> None:
    torch.manual_seed(0)
    pictures = torch.randn(2, 2, 4, 5, dtype=torch.float64, requires_grad=True)
    hole = (torch.rand(2, 1, 4, 5) < 0.2).double()
    assert torch.autograd.gradcheck(total_variation, (pictures,))
    assert torch.autograd.gradcheck(lambda x: hole_variation(x, hole), (pictures,))
