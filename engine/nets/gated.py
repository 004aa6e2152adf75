"""Convolutions that learn, for each place and channel, how much of what they found is worth passing on.

Yu, Lin, Yang, Shen, Lu, Huang: Free-Form Image Inpainting with Gated Convolution, ICCV 2019; over time as well, Chang, Liu, Lee, Hsu:
Free-form Video Inpainting with 3D Gated Convolution and Temporal PatchGAN, ICCV 2019.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations

if TYPE_CHECKING:
    from collections.abc import Callable

Sides = int | tuple[int, ...]
"""One number for every axis, or one an axis: rows, columns; before them frames, where there are frames."""

CONVOLUTIONS: dict[int, Callable[..., nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
"""By the number of axes."""


class GatedConv(nn.Module):
    """What `GatedConv2d` and `GatedConv3d` share: y = activation(W_f * x + b_f) . sigmoid(W_g * x + b_g), a product at each element.

    Args:
        inputs: Channels in.
        outputs: Channels out. (The code of Yu et al. gives twice that number.)
        kernel: Side of the kernel.
        stride: Step between its places.
        dilation: Step between its taps.
        padding: Zeros on either side of an axis. None: so many that an odd kernel with stride 1 keeps the size. "same": as TensorFlow's
            SAME, so that ceil(size / stride) comes out and an odd zero goes to the end; weights of Yu et al. need it.
        activation: What is done to the features; None leaves them as they are.
        separate: Features and gate have a convolution each (`feature` and `gate`), as those of Chang et al.; else one of twice the outputs
            makes both (`both`), the features first, as that of Yu et al.
        spectral: The convolutions' weights are divided by their largest singular value (Miyato et al., ICLR 2018).
        padding_mode: "zeros" or "reflect"; "same" takes zeros.
    """

    axes: ClassVar[int]

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: Sides,
        *,
        stride: Sides = 1,
        dilation: Sides = 1,
        padding: Sides | Literal["same"] | None = None,
        activation: Callable[[Tensor], Tensor] | None = functional.elu,
        separate: bool = False,
        spectral: bool = False,
        padding_mode: Literal["zeros", "reflect"] = "zeros",
    ) -> None:
        super().__init__()
        kernels, self._strides, dilations = (each(sides, self.axes) for sides in (kernel, stride, dilation))
        self._reach = tuple(d * (k - 1) + 1 for k, d in zip(kernels, dilations, strict=True))
        self._as_tensorflow = padding == "same"
        margin = 0 if padding == "same" else tuple((r - 1) // 2 for r in self._reach) if padding is None else padding
        self.activation = activation

        def made(channels: int) -> nn.Module:
            shape = (kernels, self._strides, each(margin, self.axes), dilations)
            layer = CONVOLUTIONS[self.axes](inputs, channels, *shape, padding_mode=padding_mode)
            return parametrizations.spectral_norm(layer) if spectral else layer

        self.separate = separate
        if separate:
            self.feature, self.gate = made(outputs), made(outputs)
        else:
            self.both = made(2 * outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels out, ...) of x (B, channels in, ...)."""
        return self.with_gate(x)[0]

    def with_gate(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What `forward` gives, and the gate (the same shape) in [0, 1] that it was multiplied by: evidence of what a layer trusts."""
        if self._as_tensorflow:
            x = self._padded(x)
        found, opening = (self.feature(x), self.gate(x)) if self.separate else self.both(x).chunk(2, dim=1)
        gate = torch.sigmoid(opening)
        return (found if self.activation is None else self.activation(found)) * gate, gate

    def _padded(self, x: Tensor) -> Tensor:
        """With the zeros of TensorFlow's SAME around it."""
        margins: list[int] = []
        for size, reach, stride in reversed(list(zip(x.shape[2:], self._reach, self._strides, strict=True))):
            short = max((-(-size // stride) - 1) * stride + reach - size, 0)
            margins += [short // 2, short - short // 2]
        return functional.pad(x, margins)


class GatedConv2d(GatedConv):
    """Gated convolution of pictures (B, channels, H, W)."""

    axes = 2


class GatedConv3d(GatedConv):
    """Gated convolution of clips (B, channels, T, H, W); kernel, stride, dilation and padding are one number or (T, H, W)."""

    axes = 3


def each(sides: Sides, axes: int) -> tuple[int, ...]:
    """One number an axis. Raises ValueError where there are more or fewer."""
    several = (sides,) * axes if isinstance(sides, int) else sides
    if len(several) != axes:
        raise ValueError(f"{sides} for {axes} axes")
    return several
