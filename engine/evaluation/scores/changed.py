"""What layers make of a picture of which only a part changed: that part is computed again, with as much around it as the layers look at.

The result is what the whole picture would have given, but for rounding. A fill changes its hole alone, so a network that has seen the
truth need not look at all of it again: of VGG-16 three quarters are spared where a tenth of the picture was filled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torch import Tensor, nn

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Sequence


class Part(NamedTuple):
    """Where a map differs, and what is there now."""

    box: Box
    values: Tensor
    """(1, C, box.height, box.width)."""


class _Span(NamedTuple):
    """Rows, or columns, `first` to `end` - 1."""

    first: int
    end: int


class _Reach(NamedTuple):
    """A layer's window along rows and columns alike."""

    size: int
    stride: int
    padding: int

    def outputs(self, length: int) -> int:
        """How many it gives of so many."""
        return (length + 2 * self.padding - self.size) // self.stride + 1

    def reached(self, changed: _Span, length: int) -> _Span:
        """The outputs that see something of what changed."""
        first = -((self.size - 1 - self.padding - changed.first) // self.stride)
        return _Span(max(0, first), min(self.outputs(length), (changed.end - 1 + self.padding) // self.stride + 1))

    def needed(self, outputs: _Span, length: int) -> _Span:
        """The inputs that these outputs see, from a multiple of the stride on, so that the windows of a piece lie as in the whole."""
        first = (outputs.first * self.stride - self.padding) // self.stride * self.stride
        return _Span(max(0, first), min(length, (outputs.end - 1) * self.stride - self.padding + self.size))


def carried(layers: Sequence[nn.Module], before: Tensor, changed: Part) -> Part | None:
    """What becomes of a change on its way through layers.

    Args:
        layers: convolutions, maxima and ReLUs, one after the other.
        before: (1, C, H, W): the map that comes in, as it was before the change.
        changed: what changed in it.

    Returns:
        What changed in the map that comes out; None where the layers look past the change.
    """
    reaches = [_reach(layer) for layer in layers]
    rows = _spans(reaches, _Span(changed.box.top, changed.box.bottom), before.shape[2])
    columns = _spans(reaches, _Span(changed.box.left, changed.box.right), before.shape[3])
    if not (rows and columns):
        return None
    boxes = [
        Box(row.first, column.first, row.end - row.first, column.end - column.first) for row, column in zip(rows, columns, strict=True)
    ]
    x = _piece(before, boxes[0], changed)
    for layer, reach, box, wanted in zip(layers, reaches, boxes, boxes[1:], strict=False):
        x = layer(x)[..., *wanted.moved(-(box.top // reach.stride), -(box.left // reach.stride)).slices]
    return Part(boxes[-1], x)


def _spans(reaches: Sequence[_Reach], changed: _Span, length: int) -> list[_Span]:
    """What has to be known before each layer and, last, what changes after all of them; empty where nothing does."""
    lengths = [length]
    for reach in reaches:
        changed = reach.reached(changed, lengths[-1])
        lengths.append(reach.outputs(lengths[-1]))
        if changed.end <= changed.first:
            return []
    spans = [changed]
    for reach, before in zip(reversed(reaches), lengths[-2::-1], strict=True):
        spans.append(reach.needed(spans[-1], before))
    return spans[::-1]


def _piece(before: Tensor, box: Box, changed: Part) -> Tensor:
    """The map in a box, with what changed."""
    piece = before[..., *box.slices].clone()
    common = box.common(changed.box)
    if common:
        inside, there = common.moved(-box.top, -box.left), common.moved(-changed.box.top, -changed.box.left)
        piece[..., *inside.slices] = changed.values[..., *there.slices]
    return piece


def _reach(layer: nn.Module) -> _Reach:
    if isinstance(layer, nn.Conv2d | nn.MaxPool2d):
        size, stride, padding = (one if isinstance(one, int) else int(one[0]) for one in (layer.kernel_size, layer.stride, layer.padding))
        return _Reach(size, stride, padding)
    if isinstance(layer, nn.ReLU):
        return _Reach(1, 1, 0)
    raise TypeError(f"{type(layer).__name__} is no layer whose reach is known")
