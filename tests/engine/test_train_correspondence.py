"""The losses of descriptors, held against loops, and their gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.nets.landmark import read_at
from engine.training import correspondence


def unit(*shape: int, axis: int = -1, seed: int = 0) -> torch.Tensor:
    draw = torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return functional.normalize(draw, dim=axis)


def finding_by_hand(
    queries: np.ndarray, truths: np.ndarray, cells: np.ndarray, places: np.ndarray, valid: np.ndarray, phase: tuple[int, int]
) -> float:
    """One picture: the mean of -log softmax of the right one among it, the lattice's cells and the other places, near ones left out."""
    losses = []
    for number in np.flatnonzero(valid):
        rivals = [10.0 * queries[number] @ truths[number]]
        for row in range(phase[0], cells.shape[1], 2):
            for column in range(phase[1], cells.shape[2], 2):
                at = (np.array([row, column]) + 0.5) * 4 - 0.5
                if np.linalg.norm(at - places[number]) >= 6:
                    rivals.append(10.0 * queries[number] @ cells[:, row, column])
        far = [other for other in np.flatnonzero(valid) if np.linalg.norm(places[other] - places[number]) >= 6]
        rivals.extend(10.0 * queries[number] @ truths[other] for other in far)
        losses.append(math.log(sum(math.exp(one) for one in rivals)) - rivals[0])
    return float(np.mean(losses))


@pytest.mark.parametrize("seed", range(4))
def test_finding_is_a_softmax_over_cells_and_places_that_are_not_near(seed: int) -> None:
    queries, truths, cells = unit(1, 5, 3, seed=seed), unit(1, 5, 3, seed=9), unit(1, 3, 6, 8, axis=1, seed=5)
    places = torch.rand(1, 5, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 20
    valid = torch.tensor([[True, True, False, True, True]])
    torch.manual_seed(seed)
    row, column = (int(one) for one in torch.randint(0, 2, (2,)))
    torch.manual_seed(seed)
    loss, probability = correspondence.found(queries, truths, cells, places, valid, torch.tensor(10.0), 4)
    by_hand = finding_by_hand(*(one[0].numpy() for one in (queries, truths, cells, places, valid)), (row, column))
    assert float(loss) == pytest.approx(by_hand, rel=1e-9)
    assert ((probability > 0) & (probability <= 1)).all()
    assert float(-torch.log(probability[valid]).mean()) == pytest.approx(by_hand, rel=1e-9)


def test_finding_is_easy_where_only_the_right_one_is_alike() -> None:
    queries = torch.eye(4)[None, :2]
    cells = torch.eye(4)[3].view(1, 4, 1, 1).expand(1, 4, 8, 8)
    places = torch.tensor([[[4.0, 4.0], [20.0, 20.0]]])
    valid = torch.ones(1, 2, dtype=torch.bool)
    right = correspondence.found(queries, queries, cells, places, valid, torch.tensor(30.0), 4)[0]
    wrong = correspondence.found(queries, queries.flip(1), cells, places, valid, torch.tensor(30.0), 4)[0]
    assert right < 1e-4
    assert wrong > 10


def test_gradients_of_finding_placing_and_the_lesson() -> None:
    maps = torch.randn(2, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    places = torch.tensor([[[3.2, 4.4], [10.1, 9.0]]], dtype=torch.float64)
    valid = torch.ones(1, 2, dtype=torch.bool)
    scale = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)

    def finding(both: torch.Tensor, sharp: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(0)
        return correspondence.found(read_at(both[:1], places, 4), read_at(both[1:], places, 4), both[1:], places, valid, sharp, 4)[0]

    def placing(both: torch.Tensor, sharp: torch.Tensor) -> torch.Tensor:
        return correspondence.placed(both[:1], places / 2, both[1:], places / 2 + 0.3, valid, sharp)

    assert torch.autograd.gradcheck(finding, (maps, scale))
    assert torch.autograd.gradcheck(placing, (maps, scale))
    lesson = unit(2, 3, 4, 4, axis=1)
    known = torch.ones(2, 4, 4, dtype=torch.bool)
    assert torch.autograd.gradcheck(lambda both: correspondence.taught(both, lesson, known), (maps,))


def test_placing_asks_for_the_middle_of_25() -> None:
    ramp = torch.arange(16.0)
    fine = torch.stack(torch.meshgrid(ramp, ramp, indexing="ij"))[None] - 7.5
    fine = torch.cat([fine, torch.full_like(fine[:, :1], 3.0)], 1)
    points, valid = torch.tensor([[[15.5, 14.5]]]), torch.ones(1, 1, dtype=torch.bool)
    exact = correspondence.placed(fine, points, fine, points, valid, torch.tensor(200.0))
    aside = correspondence.placed(fine, points, fine, points + 4, valid, torch.tensor(200.0))
    assert exact < 0.2
    assert aside > 3


def test_foretelling_is_cross_entropy_at_the_points() -> None:
    logits = torch.zeros(1, 1, 4, 4)
    logits[0, 0, 1, 2] = 2.0
    at = torch.tensor([[[5.5, 9.5], [13.5, 1.5]]])
    loss = correspondence.trusted(logits, at, torch.tensor([[1.0, 0.25]]), torch.tensor([[True, True]]))
    assert float(loss) == pytest.approx((math.log(1 + math.exp(-2)) + math.log(2)) / 2, rel=1e-5)
    only = correspondence.trusted(logits, at, torch.tensor([[1.0, 0.25]]), torch.tensor([[True, False]]))
    assert float(only) == pytest.approx(math.log(1 + math.exp(-2)), rel=1e-5)


def test_the_lesson_counts_known_cells_alone() -> None:
    pupil = functional.normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), dim=0).view(1, 2, 1, 2)
    teacher = torch.tensor([[1.0, 1.0], [0.0, 0.0]]).view(1, 2, 1, 2)
    assert float(correspondence.taught(pupil, teacher, torch.tensor([[[True, False]]]))) == 0
    assert float(correspondence.taught(pupil, teacher, torch.tensor([[[True, True]]]))) == 0.5
    assert float(correspondence.taught(pupil, teacher, torch.tensor([[[False, False]]]))) == 0
