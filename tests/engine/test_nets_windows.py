"""The texture memory of windows: what is taken into it, what is laid from it, and how gradients go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.nets.tmad import Retrieval
from engine.nets.windows import MOST, Memory, memory, retrieved

if TYPE_CHECKING:
    from torch import Tensor


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def box(size: tuple[int, int], top: int, left: int, height: int, width: int) -> Tensor:
    mask = torch.zeros(size)
    mask[top : top + height, left : left + width] = 1
    return mask


def speckled(size: tuple[int, int], share: float, seed: int) -> Tensor:
    return torch.from_numpy((np.random.default_rng(seed).random(size) < share).astype(np.float32))


HOLES = {
    "box": box((96, 128), 20, 37, 50, 44),
    "one pixel": box((64, 64), 63, 0, 1, 1),
    "all but a rim": box((70, 70), 3, 3, 64, 64),
    "all but a pixel": 1 - box((33, 47), 32, 46, 1, 1),
    "two far apart": box((80, 120), 0, 0, 5, 5) + box((80, 120), 70, 110, 10, 10),
    "33 x 47": box((33, 47), 0, 20, 33, 9),
    "3 x 200": box((3, 200), 1, 40, 2, 90),
    "200 x 3": box((200, 3), 40, 0, 90, 3),
    "specks": speckled((64, 80), 0.03, 0),
    "dust": speckled((40, 40), 0.5, 1),
}


def pixels(places: Tensor, side: int) -> np.ndarray:
    """(n, side, side, 2): rows and columns of all pixels of squares."""
    return places.numpy()[:, None, None] + np.stack(np.mgrid[:side, :side], -1)


@pytest.mark.parametrize("name", HOLES)
@pytest.mark.parametrize("most", [MOST, 5])
def test_a_memory(name: str, most: int) -> None:
    """Windows are wholly allowed, cells hold every pixel of the hole, and both lie in the picture."""
    hole = HOLES[name]
    of = memory(hole, 1 - hole, most=most)
    windows, cells = pixels(of.windows, of.side), pixels(of.cells, of.side)
    assert 1 <= len(windows) <= most
    for squares in (windows, cells):
        assert len(np.unique(squares[:, 0, 0], axis=0)) == len(squares)
        assert squares.min() >= 0
        assert (squares.reshape(-1, 2).max(0) < hole.shape).all()
    assert not hole.numpy()[windows[..., 0], windows[..., 1]].any()
    covered = np.zeros(hole.shape, bool)
    covered[cells[..., 0], cells[..., 1]] = True
    assert covered[hole.numpy() > 0].all()
    assert hole.numpy()[cells[..., 0], cells[..., 1]].any((1, 2)).all()


@pytest.mark.parametrize(("name", "side"), [("box", 32), ("33 x 47", 16), ("3 x 200", 3), ("all but a pixel", 1), ("all but a rim", 2)])
def test_sides_are_as_large_as_fits(name: str, side: int) -> None:
    """In the last two cases 4 pixels do not fit."""
    assert memory(HOLES[name], 1 - HOLES[name]).side == side


def test_windows_lie_half_a_side_apart_and_closer_only_where_none_fits() -> None:
    hole = box((96, 128), 90, 120, 4, 4)
    assert (memory(hole, 1 - hole).windows % 16 == 0).all()
    allowed = box((96, 128), 9, 17, 34, 33)
    assert memory(hole, allowed).windows.tolist() == [[10, 18]]  # 2 pixels apart


def test_what_is_not_allowed_is_no_window_though_it_is_known() -> None:
    hole, allowed = box((64, 96), 20, 60, 20, 20), box((64, 96), 0, 0, 64, 40)
    of = memory(hole, allowed)
    assert (of.windows[:, 1] + of.side <= 40).all()


def test_one_pixel_is_enough() -> None:
    one = torch.ones(1, 1)
    for hole, allowed in ((one, one), (box((50, 60), 0, 0, 50, 59), box((50, 60), 17, 59, 1, 1))):
        of = memory(hole, allowed)
        assert of.side == 1
        assert of.windows.tolist() == torch.nonzero(allowed).tolist()
        assert sorted(of.cells.tolist()) == torch.nonzero(hole).tolist()


def test_of_many_windows_some_are_drawn_and_without_chance_they_are_spread() -> None:
    hole = box((200, 200), 0, 0, 9, 9)
    every = memory(hole, 1 - hole, most=10_000).windows
    assert len(every) > MOST
    drawn = [memory(hole, 1 - hole, torch.Generator().manual_seed(seed)).windows for seed in (3, 3, 4)]
    assert [len(one) for one in drawn] == [MOST] * 3
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    spread = memory(hole, 1 - hole).windows
    assert len(spread) == MOST
    assert torch.equal(spread[[0, -1]], every[[0, -1]])
    for some in (*drawn, spread):
        assert {tuple(one) for one in some.tolist()} < {tuple(one) for one in every.tolist()}
        assert len(np.unique(some.numpy(), axis=0)) == MOST


def laid_by_hand(known: np.ndarray, hole: np.ndarray, of: Memory, chosen: np.ndarray) -> np.ndarray:
    """(3, H, W): the picture, each cell's hole from its window; the later cell counts."""
    out = known.copy()
    for (top, left), number in zip(of.cells.tolist(), chosen.tolist(), strict=True):
        row, column = of.windows[number].tolist()
        inside = hole[top : top + of.side, left : left + of.side] > 0
        out[:, top : top + of.side, left : left + of.side][:, inside] = known[:, row : row + of.side, column : column + of.side][:, inside]
    return out


@pytest.mark.parametrize("name", HOLES)
def test_canvases_are_the_picture_and_in_the_hole_copies_of_it(name: str) -> None:
    """Bit for bit; and what the hole held is not looked at."""
    hole = HOLES[name]
    known, coarse = torch.rand(3, *hole.shape), torch.rand(3, *hole.shape)
    of = memory(hole, 1 - hole)
    with torch.no_grad():
        laid = retrieved(Retrieval(4), coarse, torch.where(hole > 0, torch.nan, known), hole, of)
    assert laid.canvases.shape == (4, 3, *hole.shape)
    assert laid.scores.shape == (len(of.cells), len(of.windows))
    assert laid.chosen.shape == (len(of.cells), 4)
    for rank in range(4):
        wanted = laid_by_hand(known.numpy(), hole.numpy(), of, laid.chosen[:, rank].numpy())
        np.testing.assert_array_equal(laid.canvases[rank].numpy(), wanted)


def test_the_chosen_are_the_best_in_order_and_the_last_is_repeated() -> None:
    hole = box((64, 96), 0, 40, 64, 56)
    of = memory(hole, box((64, 96), 0, 0, 64, 32))
    assert len(of.windows) == 3
    known = torch.rand(3, 64, 96)
    laid = retrieved(Retrieval(4), torch.rand(3, 64, 96), known, hole, of, 6)
    scores = np.take_along_axis(laid.scores.detach().numpy(), laid.chosen.numpy(), 1)
    assert (np.diff(scores[:, :3], axis=1) < 0).all()
    assert (laid.chosen[:, 3:] == laid.chosen[:, 2:3]).all()
    assert torch.equal(laid.canvases[5], laid.canvases[2])
    assert not torch.equal(laid.canvases[1], laid.canvases[2])


def test_a_cell_gets_the_window_that_it_was_cut_from() -> None:
    """An untrained retrieval of a coarse result that is one of the windows."""
    known = torch.rand(3, 64, 128)
    hole = box((64, 128), 0, 96, 32, 32)
    coarse = known.clone()
    coarse[:, :32, 96:] = known[:, 16:48, 32:64]
    laid = retrieved(Retrieval(), coarse, known, hole, memory(hole, 1 - hole))
    assert torch.equal(laid.canvases[0], coarse)


def test_weighted_sums_instead() -> None:
    known, hole = torch.rand(3, 64, 96), box((64, 96), 10, 50, 30, 30)
    of = memory(hole, 1 - hole)
    coarse = torch.rand(3, 64, 96)
    net = Retrieval(4)
    exact, sums = (retrieved(net, coarse, known, hole, of, sums=one).canvases.detach() for one in (False, True))
    inside = hole > 0
    assert torch.equal(sums[:, :, ~inside], exact[:, :, ~inside])
    assert sums[:, :, inside].std() < exact[:, :, inside].std() / 2


def test_gradients_come_from_the_hole_alone_and_reach_both_embeddings() -> None:
    known, hole, coarse = torch.rand(3, 64, 96), box((64, 96), 10, 50, 30, 30), torch.rand(3, 64, 96, requires_grad=True)
    of = memory(hole, 1 - hole)
    net = Retrieval(4)
    canvases = retrieved(net, coarse, known, hole, of).canvases
    (canvases * (1 - hole)).sum().backward(retain_graph=True)
    assert all(not one.grad.any() for one in net.parameters() if one.grad is not None)
    (canvases * hole * torch.rand(3, 64, 96)).sum().backward()
    assert all(one.grad is not None and one.grad.any() for one in net.theta.parameters())
    assert net.phi[0].weight.grad.any()
    assert coarse.grad is not None
    seen = torch.zeros(64, 96, dtype=torch.bool)
    for top, left in of.cells.tolist():
        seen[top : top + of.side, left : left + of.side] = True
    assert coarse.grad[:, seen].any()
    assert not coarse.grad[:, ~seen].any()
