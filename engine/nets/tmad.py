"""T-MAD's networks: a coarse guess of the hole, retrieval of known patches that fit it, and synthesis of a picture from both.

Xu, Guo, Xiang, Zhang, Zhao, Liu, Loy: Texture Memory-Augmented Deep Patch-Based Image Inpainting, IEEE TIP 2021. Blocks and their numbers are
those of its Table I; widths, which it does not give, are chosen to come to its 3.9 million parameters. Where this differs, and why:

- Two blocks that halve cannot be undone by three that double: the synthesis has two of each.
- Residual blocks have group normalisation, without which training at a high rate leaps; what they add begins as nothing.
- The synthesis runs over the surroundings of a hole at once, not patch by patch, over *canvases*: the photograph with the hole filled by
  retrieved patches of one rank. Both encoders then see the same places, so their features can be joined as they are.
- It does not paint patches, but says how canvases make two pictures: one of the least error, and one that lays the best canvas's texture on the
  former's colours. What is painted is noise where it is not right, and two textures through each other are none: in trials texture as it is in
  the photograph had the better scores and the better looks.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.nets.carafe import Carafe

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Made = TypeVar("Made")

RANKS = 4
"""N_c: patches retrieved for a place of the hole."""
PATCH = 32
"""k_p: side of a patch."""
COARSE, SYNTHESIS = (16, 32, 64, 128), (32, 64, 64)
"""Channels at full size, 1/2, 1/4 and 1/8, at width 1."""
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)
HEADS = ("texture", "smooth")
_SLOPE = 0.2
SIDE = 11
"""Of the squares whose means are colours; what differs from them is texture."""


class Coarse(nn.Module):
    """The hole's large structure (III-A): three blocks that halve, eight dilated residual blocks, three that double.

    Args:
        width: channels against those of `COARSE`.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        sizes = _widths(COARSE, width)
        self.enter = _loud(nn.Conv2d(4, sizes[0], 1))
        self.down = nn.Sequential(*(Down(before, after) for before, after in pairwise(sizes)))
        self.between = nn.Sequential(*(Residual(sizes[-1], dilation) for dilation in DILATIONS))
        self.up = nn.Sequential(*(Up(before, after) for before, after in zip(sizes[:0:-1], sizes[-2::-1], strict=True)))
        self.leave = _silent(nn.Conv2d(sizes[0], 3, 1))

    def forward(self, pictures: Tensor, hole: Tensor) -> Tensor:
        """What stands in the hole, roughly; the known pixels as they are.

        Args:
            pictures: (B, 3, H, W) RGB in [0, 1], the hole filled smoothly; H and W multiples of 8.
            hole: (B, 1, H, W), 1 in the hole, else 0.

        Returns:
            (B, 3, H, W), not clipped to [0, 1].
        """
        x = self.enter(torch.cat((pictures * 2 - 1, hole), 1))
        return pictures + self.leave(self.up(self.between(self.down(x)))).float() * hole


class Retrieval(nn.Module):
    """How well known patches fit what the coarse network sees (III-B, equation 3): theta(p_s)^T phi(p_t) / ||phi(p_t)||.

    Args:
        channels: of both embeddings, each a 3 x 3 and a 1 x 1 convolution.
    """

    def __init__(self, channels: int = 16) -> None:
        super().__init__()
        self.theta, self.phi = (
            nn.Sequential(nn.Conv2d(3, channels, 3, padding=1), nn.LeakyReLU(_SLOPE), nn.Conv2d(channels, channels, 1)) for _ in range(2)
        )
        self.phi.load_state_dict(self.theta.state_dict())

    def forward(self, coarse: Tensor, memory: Tensor) -> Tensor:
        """(m, p): scores before the softmax, of coarse patches (m, 3, k, k) against those of the memory (p, 3, k, k), RGB in [0, 1]."""
        sought, found = (net(x * 2 - 1).flatten(1) for net, x in ((self.theta, coarse), (self.phi, memory)))
        # of the two vectors only the memory's is brought to length 1: the other's says how sharp the choice is
        with torch.autocast(coarse.device.type, enabled=False):  # in half precision a fifth of the choices would be others
            return sought.to(coarse.dtype) / sought.shape[1] ** 0.25 @ functional.normalize(found.to(coarse.dtype), dim=1).T


def sampled(scores: Tensor, memory: Tensor, ranks: int) -> Tensor:
    """(ranks, m, ...): the patches of the highest scores, exactly, with the gradient of the memory's weighted sum (equations 4 and 5).

    Args:
        scores: (m, p): what softmax turns into the matrix S; p at least `ranks`.
        memory: (p, ...): patches.
        ranks: N_c.
    """
    soft = _mean(scores, memory)
    return memory[scores.topk(ranks, 1).indices.T] + (soft - soft.detach())


def weighted(scores: Tensor, memory: Tensor, ranks: int) -> Tensor:
    """(ranks, m, ...): weighted sums instead, each without the patches that were best for those before.

    The paper compares sampling with one such sum of the whole memory, which is the first.
    """
    order = scores.argsort(1, descending=True)
    sums: list[Tensor] = []
    for rank in range(ranks):
        left = scores.scatter(1, order[:, :rank], float("-inf"))
        sums.append(_mean(left, memory))
    return torch.stack(sums)


def _mean(scores: Tensor, memory: Tensor) -> Tensor:
    """(m, ...): the sum of the memory, weighted by the softmax of scores (m, p)."""
    with torch.autocast(scores.device.type, enabled=False):
        return (scores.to(memory.dtype).softmax(1) @ memory.flatten(1)).view(len(scores), *memory.shape[1:])


class Said(NamedTuple):
    """How the pictures of both heads are made of the canvases, a value a pixel; all but `added` at half size."""

    shares: Tensor
    """(B, N, h, w): of each canvas in the smooth picture, their sum is 1."""
    keep: Tensor
    """(B, 1, h, w): how far its colours keep to the coarse ones, 0 to 1."""
    strength: Tensor
    """(B, 1, h, w): of its detail, 0 to 2."""
    tint: Tensor
    """(B, 3, h, w): how its colours differ from the smooth picture's."""
    added: Tensor
    """(B, 3, H, W): what of the smooth picture no canvas has."""


class Synthesis(nn.Module):
    """PSNet (III-C): canvases and the coarse result, each through its own encoder, to what is to be made of them.

    Args:
        width: channels against those of `SYNTHESIS`.
        ranks: canvases.
    """

    def __init__(self, width: float = 1.0, ranks: int = RANKS) -> None:
        super().__init__()
        full, half, quarter = _widths(SYNTHESIS, width)
        self.ranks = ranks
        self.enter, self.enter_texture = _loud(nn.Conv2d(4, full, 1)), _loud(nn.Conv2d(3 * ranks, full, 1))
        self.down, self.down_texture = (nn.ModuleList((Down(full, half), Down(half, quarter))) for _ in range(2))
        self.texture = nn.Sequential(*(Residual(quarter) for _ in range(2)))
        self.join = _loud(nn.Conv2d(2 * quarter, quarter, 1))
        self.between = nn.Sequential(*(Residual(quarter) for _ in range(5)))
        self.up_half, self.join_half, self.up_full = Up(quarter, half), _loud(nn.Conv2d(2 * half, half, 1)), Up(half, full)
        self.say = _silent(nn.Conv2d(half, ranks + 5, 1))
        self.add = _silent(nn.Conv2d(full, 3, 1))

    def forward(self, coarse: Tensor, hole: Tensor, canvases: Tensor) -> Said:
        """What is to be made of them: see `composed`.

        Args:
            coarse: (B, 3, H, W) RGB in [0, 1], known pixels as they are; H and W multiples of 4.
            hole: (B, 1, H, W), 1 in the hole, else 0.
            canvases: (B, N, 3, H, W) RGB in [0, 1], known pixels as they are.
        """
        passes = self.passes(coarse, hole, canvases)
        while True:
            try:
                next(passes)
            except StopIteration as end:
                return end.value

    def passes(self, coarse: Tensor, hole: Tensor, canvases: Tensor) -> Generator[None, None, Said]:
        """The same, pausing between its blocks, so that whoever waits can look around."""
        x2 = self.down[0](self.enter(torch.cat((coarse * 2 - 1, hole), 1)))
        yield
        t2 = self.down_texture[0](self.enter_texture(canvases.flatten(1, 2) * 2 - 1))
        yield
        t4 = self.texture(self.down_texture[1](t2))
        yield
        x4 = self.between(self.join(torch.cat((self.down[1](x2), t4), 1)))
        yield
        y2 = functional.leaky_relu(self.join_half(torch.cat((self.up_half(x4), t2), 1)), _SLOPE)
        yield
        y1 = y2
        for layer in self.up_full:
            y1 = layer(y1)
            yield
        said = self.say(y2).float()
        shares, keep, strength, tint = said.split((self.ranks, 1, 1, 3), 1)
        return Said(  # factors let what begins at nothing move at once
            (shares * 4).softmax(1),
            torch.sigmoid(keep * 4 - 2),
            2 * torch.sigmoid(strength * 2),
            tint,
            self.add(y1).float(),
        )


def composed(said: Said, coarse: Tensor, hole: Tensor, canvases: Tensor) -> tuple[Tensor, Tensor]:
    """The pictures of both heads, as `HEADS` has them, (B, 3, H, W) each: not clipped, and in the hole alone.

    With B a mean over 11 x 11 pixels, g the shares, k what is kept, s the strength, d what is added and e the tint, over canvases x_i, the best
    first, and the coarse result c::

        smooth  = k c + (1 - k) sum g_i B x_i + s sum g_i (x_i - B x_i) + d        in the hole, and c outside
        texture = B (smooth + e) + x_1 - B x_1

    So texture is that of the best canvas, as it is in the photograph, since two through each other are none; only its colours are made. Its errors do not reach the smooth picture.

    Args:
        said: by the synthesis.
        coarse: (B, 3, H, W), known pixels as they are.
        hole: (B, 1, H, W), 1 in the hole, else 0.
        canvases: (B, N, 3, H, W), known pixels as they are.
    """
    size = (coarse.shape[-2], coarse.shape[-1])
    shares, keep, strength, tint = (_as_large(x, size) for x in said[:4])
    low = blurred(canvases)
    mixed, colours = ((x * shares.unsqueeze(2)).sum(1) for x in (canvases, low))
    smooth = torch.where(hole > 0, keep * coarse + (1 - keep) * colours + strength * (mixed - colours) + said.added, coarse)
    return blurred(smooth.detach() + tint * hole) + canvases[:, 0] - low[:, 0], smooth


def blurred(pictures: Tensor) -> Tensor:
    """Means over squares of SIDE pixels of (..., C, H, W), continued at the edge."""
    beyond = functional.pad(pictures.flatten(0, -4), [SIDE // 2] * 4, mode="replicate")
    across = functional.avg_pool2d(beyond, (1, SIDE), 1)
    return functional.avg_pool2d(across, (SIDE, 1), 1).view_as(pictures)


class Tmad(nn.Module):
    """All that is kept of a training: the three networks.

    Args:
        width: channels against the paper's.
        ranks: N_c.
    """

    def __init__(self, width: float = 1.0, ranks: int = RANKS) -> None:
        super().__init__()
        self.coarse, self.retrieval, self.synthesis = Coarse(width), Retrieval(), Synthesis(width, ranks)

    def forward(self, use: Callable[[Tmad], Made]) -> Made:
        """What a function makes of the three: one call, so that several processes can train them together."""
        return use(self)


class PatchCritic(nn.Module):
    """Scores (n,) of patches (n, 3, 32, 32), RGB in [0, 1], higher is more real: what the patch distribution loss asks (equations 6 and 7)."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((3, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [nn.utils.parametrizations.spectral_norm(nn.Conv2d(before, after, 4, 2, 1)), nn.LeakyReLU(_SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.utils.parametrizations.spectral_norm(nn.Linear(4 * width * 16, 1)))

    def forward(self, patches: Tensor) -> Tensor:
        """See the class."""
        return self.layers(patches * 2 - 1)[:, 0]


class Down(nn.Sequential):
    """Two 3 x 3 convolutions, then every second pixel of every second row, as PGGAN's blocks have it (nearest neighbour)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(*_convolutions(before, before, after), Halved())


class Halved(nn.Module):
    """(B, C, H/2, W/2): the upper left of each four pixels."""

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return x[..., ::2, ::2]


class Up(nn.Sequential):
    """CARAFE to twice the size, then two 3 x 3 convolutions."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(Carafe(before), *_convolutions(before, after, after))


class Residual(nn.Module):
    """x and what two 3 x 3 convolutions, the first of them dilated, add to it."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.GroupNorm(math.gcd(max(1, channels // 16), channels), channels),
            nn.LeakyReLU(_SLOPE),
            _loud(nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)),
            nn.LeakyReLU(_SLOPE),
            _silent(nn.Conv2d(channels, channels, 3, padding=1)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return x + self.layers(x)


def _convolutions(before: int, between: int, after: int) -> tuple[nn.Module, ...]:
    return (
        _loud(nn.Conv2d(before, between, 3, padding=1)),
        nn.LeakyReLU(_SLOPE),
        _loud(nn.Conv2d(between, after, 3, padding=1)),
        nn.LeakyReLU(_SLOPE),
    )


def _loud(layer: nn.Conv2d) -> nn.Conv2d:
    """A layer that keeps the spread of what it is given (He et al., ICCV 2015); torch's own start would lose it within a few layers."""
    nn.init.kaiming_normal_(layer.weight, _SLOPE)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


def _silent(layer: nn.Conv2d) -> nn.Conv2d:
    """A layer that says nothing until it has learnt to."""
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


def _widths(channels: tuple[int, ...], width: float) -> tuple[int, ...]:
    return tuple(max(8, round(one * width / 8) * 8) for one in channels)


def _as_large(x: Tensor, size: tuple[int, int]) -> Tensor:
    return functional.interpolate(x, size, mode="bilinear", align_corners=False)
