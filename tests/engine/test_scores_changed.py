"""A part of a picture that changed, carried through layers, against the whole picture looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from engine.evaluation.scores.changed import Part, carried
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable

BOXES = [Box(0, 0, 1, 1), Box(0, 30, 7, 9), Box(20, 11, 13, 1), Box(46, 0, 1, 61), Box(40, 50, 7, 11), Box(0, 0, 47, 61), Box(17, 23, 2, 2)]


def vgg() -> list[nn.Module]:
    """A stage of it, with fewer channels."""
    return [nn.MaxPool2d(2), nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 5, 3, padding=1), nn.ReLU()]


def alexnet() -> list[nn.Module]:
    return [nn.Conv2d(3, 6, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(6, 5, 5, 1, 2), nn.ReLU()]


def through(layers: list[nn.Module], x: Tensor) -> Tensor:
    with torch.inference_mode():
        for layer in layers:
            x = layer(x)
    return x


@pytest.mark.parametrize("stage", [vgg, alexnet])
@pytest.mark.parametrize("box", BOXES, ids=str)
def test_a_part_becomes_what_the_whole_would(stage: Callable[[], list[nn.Module]], box: Box) -> None:
    torch.manual_seed(3)
    layers = stage()
    before = torch.rand(1, 3, 47, 61)
    after = before.clone()
    after[..., *box.slices] = torch.rand(1, 3, *box.size)
    old, new = through(layers, before), through(layers, after)
    with torch.inference_mode():
        part = carried(layers, before, Part(box, after[..., *box.slices]))
    if part is None:
        torch.testing.assert_close(old, new, rtol=0, atol=0)
        return
    assert part.values.shape[2:] == part.box.size
    patched = old.clone()
    patched[..., *part.box.slices] = part.values
    torch.testing.assert_close(patched, new, rtol=1e-5, atol=1e-6)


def test_no_more_than_what_sees_the_change_is_computed() -> None:
    with torch.inference_mode():
        part = carried(vgg(), torch.rand(1, 3, 64, 64), Part(Box(20, 30, 4, 2), torch.rand(1, 3, 4, 2)))
    assert part is not None
    assert part.box == Box(8, 13, 6, 5)


def test_what_the_layers_look_past_changes_nothing() -> None:
    """A maximum of 2 x 2 drops the last row of an odd height."""
    with torch.inference_mode():
        assert carried([nn.MaxPool2d(2)], torch.rand(1, 3, 47, 60), Part(Box(46, 5, 1, 5), torch.rand(1, 3, 1, 5))) is None


def test_the_layers_input_is_not_written_to() -> None:
    before = torch.rand(1, 3, 30, 30)
    kept = before.clone()
    with torch.inference_mode():
        carried(vgg(), before, Part(Box(10, 10, 5, 5), torch.zeros(1, 3, 5, 5)))
    assert torch.equal(before, kept)


def test_a_layer_of_another_kind_is_not_guessed_at() -> None:
    with pytest.raises(TypeError, match="BatchNorm2d"):
        carried([nn.BatchNorm2d(3)], torch.rand(1, 3, 9, 9), Part(Box(1, 1, 2, 2), torch.rand(1, 3, 2, 2)))
