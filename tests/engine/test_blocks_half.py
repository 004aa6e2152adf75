"""Every block under autocast, as the training loop runs it: about what it gives in single precision, with gradients that are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from engine.device import works
from engine.nets.attention import ContextualAttention
from engine.nets.carafe import Carafe
from engine.nets.discriminator import PatchDiscriminator
from engine.nets.gated import GatedConv2d, GatedConv3d
from engine.nets.partial import PartialConv2d

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = Callable[[nn.Module, Tensor, Tensor], Tensor]


def alone(block: nn.Module, x: Tensor, hole: Tensor) -> Tensor:
    del hole
    return block(x)


def partial(block: nn.Module, x: Tensor, hole: Tensor) -> Tensor:
    return block(x, 1 - hole)[0]


def attending(block: nn.Module, x: Tensor, hole: Tensor) -> Tensor:
    return block(x, x, hole)


def over_time(block: nn.Module, x: Tensor, hole: Tensor) -> Tensor:
    del hole
    return block(torch.stack((x, x.flip(3), x), 2))


BLOCKS: dict[str, tuple[nn.Module, Call]] = {
    "partial": (PartialConv2d(4, 6, 3, stride=2), partial),
    "gated": (GatedConv2d(4, 6, 3), alone),
    "gated over time": (GatedConv3d(4, 6, 3, stride=(1, 2, 2), separate=True, spectral=True), over_time),
    "carafe": (Carafe(4), alone),
    "attention": (ContextualAttention(), attending),
    "attention as released": (ContextualAttention(released=True), attending),
    "discriminator": (PatchDiscriminator(4, (8, 8)), alone),
}
DEVICES = ["cpu", pytest.param("cuda", marks=(pytest.mark.cuda, pytest.mark.skipif(not works("cuda"), reason="no CUDA device works here")))]


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("device", DEVICES)
def test_it_is_about_the_same(name: str, device: str) -> None:
    torch.manual_seed(0)
    block, call = BLOCKS[name]
    block.to(device).eval()
    x, hole = torch.randn(2, 4, 16, 24, device=device), torch.zeros(2, 1, 16, 24, device=device)
    hole[0, :, 4:9, 5:12] = hole[1, :, :, 20:] = 1
    x = x.bfloat16().float().requires_grad_()  # so that rounding begins within the block
    whole = call(block, x, hole)
    with torch.autocast(device, torch.bfloat16):
        half = call(block, x, hole)
    torch.testing.assert_close(half.float(), whole, atol=0.03, rtol=0.05)
    half.float().square().mean().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert x.grad.any()
    assert all(one.grad is not None and one.grad.isfinite().all() for one in block.parameters())
