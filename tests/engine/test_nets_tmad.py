"""T-MAD's networks: what they are before any training, and that sampling has the gradient of the sum it stands for."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter
from skimage import data
from torch import nn

from engine import weights
from engine.nets.tmad import (
    HEADS,
    SIDE,
    Coarse,
    PatchCritic,
    Retrieval,
    Said,
    Synthesis,
    Tmad,
    blurred,
    composed,
    sampled,
    weighted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

Net = TypeVar("Net", bound=nn.Module)
WIDTH = 0.25


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def count(network: nn.Module) -> int:
    return sum(one.numel() for one in network.parameters())


def holed(height: int, width: int) -> Tensor:
    hole = torch.zeros(2, 1, height, width)
    hole[:, :, 3:-4, 5:-2] = 1
    return hole


def stirred(network: Net) -> Net:
    """Also what begins as nothing says something."""
    for one in network.parameters():
        one.data += 0.1 * torch.randn(one.shape)
    return network.eval()


def test_the_size_of_the_paper() -> None:
    tmad = Tmad()
    assert count(tmad.coarse) == pytest.approx(2_842_000, rel=0.001)
    assert count(tmad.retrieval) == 2 * (3 * 16 * 9 + 16 + 16 * 16 + 16)
    assert count(tmad.synthesis) == pytest.approx(964_000, rel=0.001)
    assert count(tmad) == pytest.approx(3.9e6, rel=0.03)
    assert 0.25 < count(Tmad(0.5)) / count(tmad) < 0.35


def test_the_networks_are_called_as_one() -> None:
    tmad = Tmad(WIDTH)
    assert tmad(lambda net: net.coarse) is tmad.coarse


@pytest.mark.parametrize(
    "width",
    [
        0.01,
        0.25,
        0.5,
        1.1,
        0.7,
    ],
)
def test_any_width_makes_networks(width: int) -> None:
    tmad = Tmad(width)
    pictures, hole = torch.rand(1, 3, 16, 16), torch.ones(1, 1, 16, 16)
    assert tmad.coarse(pictures, hole).shape == pictures.shape


# The coarse network


@pytest.mark.parametrize("size", [(8, 8), (24, 40), (56, 8)])
def test_an_untrained_coarse_network_leaves_the_smooth_start(size: tuple[int, int]) -> None:
    pictures = torch.rand(2, 3, *size)
    hole = holed(*size)
    assert torch.equal(Coarse(WIDTH)(pictures, hole), pictures)


def test_the_coarse_network_changes_nothing_but_the_hole() -> None:
    pictures, hole = torch.rand(2, 3, 24, 40), holed(24, 40)
    made = stirred(Coarse(WIDTH))(pictures, hole)
    changed = (made != pictures).any(1, keepdim=True)
    assert torch.equal(changed, hole > 0)


def test_the_coarse_network_hears_of_the_hole() -> None:
    """The same picture with another hole is another guess where both have one."""
    net, pictures = stirred(Coarse(WIDTH)), torch.rand(2, 3, 24, 40)
    smaller = holed(24, 40)
    smaller[:, :, :10] = 0
    both = smaller[:, 0] > 0
    one, other = (net(pictures, hole).permute(0, 2, 3, 1)[both] for hole in (holed(24, 40), smaller))
    assert not torch.allclose(one, other, atol=1e-3)


# Retrieval


def test_scores_are_what_equation_3_says() -> None:
    """And the memory's vectors are brought to length 1, so that what phi is multiplied by is nothing; theta's say how sharp the choice is."""
    net, coarse, memory = Retrieval(4).eval(), torch.rand(3, 3, 8, 8), torch.rand(5, 3, 8, 8)
    scores = net(coarse, memory)
    sought, found = net.theta(coarse * 2 - 1).flatten(1), net.phi(memory * 2 - 1).flatten(1)
    wanted = torch.stack([torch.stack([(one * other).sum() / other.norm() for other in found]) for one in sought]) / (4 * 64) ** 0.25
    torch.testing.assert_close(scores, wanted)
    for name, times in (("phi", 1.0), ("theta", 7.0)):
        scaled = copy.deepcopy(net)
        for one in getattr(scaled, name)[-1].parameters():
            one.data *= 7
        torch.testing.assert_close(scaled(coarse, memory), scores * times)


def test_an_untrained_retrieval_prefers_the_patch_itself() -> None:
    memory = torch.rand(9, 3, 32, 32)
    scores = Retrieval()(memory, memory)
    assert torch.equal(scores.argmax(1), torch.arange(9))


# Sampling


@pytest.mark.parametrize("ranks", [1, 2, 4, 6])
def test_what_is_sampled_is_the_patches_bit_for_bit(ranks: int) -> None:
    scores, memory = torch.randn(5, 7, requires_grad=True), torch.rand(7, 3, 4, 4)
    made = sampled(scores, memory, ranks)
    order = np.argsort(-scores.detach().numpy(), axis=1)[:, :ranks]
    assert made.requires_grad
    np.testing.assert_array_equal(made.detach().numpy(), memory.numpy()[order.T])


@pytest.mark.parametrize("ranks", [1, 2, 4, 6])
def test_its_gradient_to_the_scores_is_that_of_the_sum(ranks: int) -> None:
    """Equation 5, against differences in float64 of a sum written out."""
    scores, memory = torch.randn(3, 7, requires_grad=True), torch.rand(7, 3, 2, 2)
    heed = torch.randn(ranks, 3, 3, 2, 2)
    (sampled(scores, memory, ranks) * heed).sum().backward()
    assert scores.grad is not None

    def soft(values: np.ndarray) -> float:
        shares = np.exp(values)
        shares /= shares.sum(1, keepdims=True)
        sums = np.einsum("mp,pchw->mchw", shares, memory.double().numpy())
        return float((sums[None] * heed.double().numpy()).sum())

    np.testing.assert_allclose(scores.grad.numpy(), differences(soft, scores.detach().double().numpy()), rtol=1e-4, atol=1e-5)


def differences(value_of, at: np.ndarray, step: float = 1e-5) -> np.ndarray:  # noqa: ANN001 - a function of an array like `at`
    out = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        aside = np.zeros_like(at)
        aside[place] = step
        out[place] = (value_of(at + aside) - value_of(at - aside)) / (2 * step)
    return out


@pytest.mark.parametrize("ranks", [1, 2, 4, 6])
@pytest.mark.parametrize("name", ["theta", "phi"])
def test_its_gradient_goes_through_both_embeddings(ranks: int, name: str) -> None:
    """Along directions drawn in the space of all weights of one of them, against differences in float64 of the weighted sum."""
    net, coarse, memory = Retrieval(4), torch.rand(3, 3, 6, 6), torch.rand(7, 3, 6, 6)
    net.phi = stirred(net.phi).train()
    heed = torch.randn(ranks, 3, 3, 6, 6)
    (sampled(net(coarse, memory), memory, ranks) * heed).sum().backward()

    @torch.no_grad()
    def soft(moved: Retrieval) -> float:
        shares = moved(coarse.double(), memory.double()).softmax(1)
        return float((torch.einsum("mp,pchw->mchw", shares, memory.double()) * heed.double()).sum())

    for _ in range(3):
        direction = [torch.randn(one.shape, dtype=torch.float64) for one in getattr(net, name).parameters()]
        wanted = (soft(moved(net, name, direction, 1e-5)) - soft(moved(net, name, direction, -1e-5))) / 2e-5
        along = sum(
            float((one.grad.double() * way).sum())
            for one, way in zip(getattr(net, name).parameters(), direction, strict=True)
            if one.grad is not None
        )
        assert abs(wanted) > 1e-3
        assert along == pytest.approx(wanted, rel=1e-3, abs=1e-4)


def moved(net: Retrieval, name: str, direction: Iterable[Tensor], step: float) -> Retrieval:
    """In float64, one of its embeddings a step along a direction."""
    other = copy.deepcopy(net).double()
    for one, way in zip(getattr(other, name).parameters(), direction, strict=True):
        one.data += step * way
    return other


def test_the_patches_themselves_get_no_gradient_but_that_of_the_choice() -> None:
    """The memory is pixels: what is chosen has no weights, and the sum's weights are those of the scores."""
    scores, memory = torch.zeros(1, 4), torch.rand(4, 3, 2, 2, requires_grad=True)
    made = sampled(scores, memory, 2)
    assert made.shape == (2, 1, 3, 2, 2)
    assert torch.equal(made.detach(), memory[scores.topk(2, 1).indices.T].detach())


@pytest.mark.parametrize("ranks", [1, 2, 4, 6])
def test_weighted_sums_leave_out_what_was_better(ranks: int) -> None:
    scores, memory = torch.randn(5, 7), torch.rand(7, 3, 4, 4)
    made = weighted(scores, memory, ranks)
    assert made.shape == (ranks, 5, 3, 4, 4)
    order = np.argsort(-scores.numpy(), axis=1)
    for rank, place in np.ndindex(ranks, 5):
        left = order[place, rank:]
        shares = np.exp(scores.numpy()[place, left].astype(np.float64))
        wanted = np.tensordot(shares / shares.sum(), memory.numpy()[left], 1)
        np.testing.assert_allclose(made[rank, place].numpy(), wanted, atol=1e-5)


def test_sharp_weighted_sums_are_what_is_sampled() -> None:
    scores, memory = torch.randn(5, 7) * 1e4, torch.rand(7, 3, 4, 4)
    torch.testing.assert_close(weighted(scores, memory, 4), sampled(scores, memory, 4))


# Synthesis


@pytest.mark.parametrize("ranks", [1, 2, 4, 6])
@pytest.mark.parametrize("size", [(4, 4), (12, 20)])
def test_shapes_of_what_is_said(ranks: int, size: tuple[int, int]) -> None:
    net = stirred(Synthesis(WIDTH, ranks))
    coarse, hole, canvases = torch.rand(2, 3, *size), torch.ones(2, 1, *size), torch.rand(2, ranks, 3, *size)
    said = net(coarse, hole, canvases)
    half = tuple(side // 2 for side in size)
    assert said.shares.shape == (2, ranks, *half)
    assert {x.shape for x in (said.keep, said.strength)} == {(2, 1, *half)}
    assert said.tint.shape == (2, 3, *half)
    assert said.added.shape == (2, 3, *size)
    torch.testing.assert_close(said.shares.sum(1), torch.ones(2, *half))
    for x, most in ((said.shares, 1), (said.keep, 1), (said.strength, 2)):
        assert x.min() >= 0
        assert x.max() <= most
    assert [one.shape for one in composed(said, coarse, hole, canvases)] == [(2, 3, *size)] * len(HEADS)


def test_every_canvas_and_the_hole_are_heard() -> None:
    net, coarse, hole, canvases = stirred(Synthesis(WIDTH)), torch.rand(1, 3, 16, 16), torch.ones(1, 1, 16, 16), torch.rand(1, 4, 3, 16, 16)
    said = net(coarse, hole, canvases).added
    for rank in range(4):
        other = canvases.clone()
        other[:, rank] = 1 - other[:, rank]
        assert not torch.allclose(net(coarse, hole, other).added, said, atol=1e-4)
    assert not torch.allclose(net(coarse, hole * 0, canvases).added, said, atol=1e-4)


def means(pictures: np.ndarray, side: int) -> np.ndarray:
    return uniform_filter(pictures.astype(np.float64), (*[1] * (pictures.ndim - 2), side, side), mode="nearest")


def test_an_untrained_synthesis_composes_the_mean_of_the_canvases() -> None:
    """Smooth: its detail whole, its colours 12 % those of the coarse result, and that result outside of the hole."""
    coarse, hole, canvases = torch.rand(2, 3, 24, 28), holed(24, 28), torch.rand(2, 4, 3, 24, 28)
    texture, smooth = composed(Synthesis(WIDTH)(coarse, hole, canvases), coarse, hole, canvases)
    mean, keep = canvases.numpy().mean(1), 1 / (1 + np.exp(2))
    inside = keep * coarse.numpy() + (1 - keep) * means(mean, SIDE) + mean - means(mean, SIDE)
    wanted = np.where(hole.numpy() > 0, inside, coarse.numpy())
    np.testing.assert_allclose(smooth.detach().numpy(), wanted, atol=1e-5)
    best = canvases.numpy()[:, 0]
    np.testing.assert_allclose(texture.detach().numpy(), means(wanted, SIDE) + best - means(best, SIDE), atol=1e-5)


def said(share: int, keep: float, strength: float, tint: float) -> Said:
    """The same everywhere."""
    shares = torch.zeros(1, 4, 12, 14)
    shares[:, share] = 1
    gates = [torch.full((1, 1, 12, 14), float(one)) for one in (keep, strength)]
    return Said(shares, *gates, torch.full((1, 3, 12, 14), float(tint)), torch.zeros(1, 3, 24, 28))


def test_one_canvas_can_be_asked_for_or_the_colours_alone() -> None:
    coarse, hole, canvases = torch.rand(1, 3, 24, 28), torch.ones(1, 1, 24, 28), torch.rand(1, 4, 3, 24, 28)

    def smooth(*asked: float) -> Tensor:
        return composed(said(2, *asked, 0), coarse, hole, canvases)[1]

    torch.testing.assert_close(smooth(0, 1), canvases[:, 2])
    torch.testing.assert_close(smooth(1, 0), coarse)
    torch.testing.assert_close(smooth(0, 0), blurred(canvases)[:, 2])
    texture, _ = composed(said(0, 0, 1, 0), coarse, hole, canvases)
    torch.testing.assert_close(texture, canvases[:, 0])
    texture, _ = composed(said(2, 0, 1, 0.5), coarse, hole, canvases)
    low = blurred(canvases)
    torch.testing.assert_close(texture, low[:, 2] + 0.5 + (canvases - low)[:, 0])
    added = said(2, 1, 0, 0)._replace(added=torch.ones(1, 3, 24, 28))
    torch.testing.assert_close(composed(added, coarse, hole, canvases)[1], coarse + 1)
    torch.testing.assert_close(composed(added, coarse, hole * 0, canvases)[1], coarse)


def test_the_errors_of_the_texture_reach_only_what_makes_it() -> None:
    """And those of the smooth picture do not reach the tint."""
    coarse, hole, canvases = torch.rand(1, 3, 16, 16, requires_grad=True), torch.ones(1, 1, 16, 16), torch.rand(1, 4, 3, 16, 16)
    net = stirred(Synthesis(WIDTH))
    for of, reached in ((0, {"tint"}), (1, {"shares", "keep", "strength", "added"})):
        asked = Said(*(x.detach().requires_grad_() for x in net(coarse, hole, canvases)))
        (composed(asked, coarse, hole, canvases)[of] * torch.rand(1, 3, 16, 16)).sum().backward()
        assert {name for name, x in asked._asdict().items() if x.grad is not None and x.grad.any()} == reached
        assert (coarse.grad is not None) == (of == 1)


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (7, 5), (24, 28)])
def test_means_over_squares(size: tuple[int, int]) -> None:
    pictures = torch.rand(2, 4, 3, *size)
    np.testing.assert_allclose(blurred(pictures).numpy(), means(pictures.numpy(), SIDE), atol=1e-5)
    torch.testing.assert_close(blurred(pictures[:, 1]), blurred(pictures)[:, 1])


def test_the_critic_gives_each_patch_a_score_of_its_own() -> None:
    critic, patches = PatchCritic(8).eval(), torch.rand(5, 3, 32, 32)
    scores = critic(patches)
    assert scores.shape == (5,)
    torch.testing.assert_close(critic(patches[3:4])[0], scores[3])
    assert critic(patches[:0]).shape == (0,)


GOLDEN = {
    "coarse": [0.303, 0.6251, 0.7716, 0.0746],
    "texture": [0.5361, 0.2954, 0.9159, 0.1358],
    "smooth": [0.3096, 0.62, 0.7589, 0.0837],
}
"""What the shipped weights gave on the processor in float32 when they were shipped, at four places of the hole."""


def test_the_shipped_weights_give_what_they_gave() -> None:
    net = weights.load(Tmad(), "tmad").eval()
    picture = torch.from_numpy(data.astronaut()[:64, :96].copy()).permute(2, 0, 1)[None].float() / 255
    hole = torch.zeros(1, 1, 64, 96)
    hole[..., 20:44, 30:70] = 1
    with torch.inference_mode():
        coarse = net.coarse(picture, hole)
        canvases = torch.stack([picture.roll(step, 3) for step in (5, -9, 14, -20)], 1)
        texture, smooth = composed(net.synthesis(coarse, hole, canvases), coarse, hole, canvases)
        scores = net.retrieval(picture[..., :32, :32], torch.cat([picture[..., :32, left : left + 32] for left in (0, 32, 64)]))
    for name, made in (("coarse", coarse), ("texture", texture), ("smooth", smooth)):
        seen = [made[0, channel, row, column].item() for channel, row, column in ((0, 24, 40), (1, 30, 50), (2, 40, 60), (0, 32, 33))]
        assert seen == pytest.approx(GOLDEN[name], abs=0.002), name
    assert scores[0].tolist() == pytest.approx([3.995, 2.102, 1.633], abs=0.02)
