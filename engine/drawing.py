"""How a layer of evidence looks: offsets in the colours of optical flow, values in an even scale, each with its key.

The window and the written evidence draw with these functions alone, so that the same colour means the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evidence import Layer

# Baker et al., "A Database and Evaluation Methodology for Optical Flow", 2007: six runs between the primary hues, as
# long as the eye needs: (hues, channel that changes, whether it rises), from red over yellow round to red.
_HUES = ((15, 1, True), (6, 0, False), (4, 2, True), (11, 1, False), (13, 0, True), (6, 2, False))

# Ten even steps of viridis by S. van der Walt and N. Smith (public domain, CC0): its lightness rises evenly, and it reads the same with
# any kind of colour blindness and in grey.
_HEAT = bytes.fromhex("440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725")


def _wheel() -> NDArray[np.float32]:
    """The (55, 3) hues of the Middlebury colour wheel, 0 to 1."""
    hues: list[NDArray[np.float64]] = []
    colour = np.array([255.0, 0.0, 0.0])
    for count, channel, rising in _HUES:
        run = np.tile(colour, (count, 1))
        steps = np.floor(255 * np.arange(count) / count)
        run[:, channel] = steps if rising else 255 - steps
        colour[channel] = 255.0 if rising else 0.0
        hues.append(run)
    return (np.concatenate(hues) / 255).astype(np.float32)


# Grey, and the six hues of Okabe and Ito, "Color universal design", 2008, that are told apart with any kind of colour blindness.
_LABELS = np.frombuffer(bytes.fromhex("9a9a9a e69f00 56b4e9 009e73 f0e442 d55e00 cc79a7"), np.uint8).reshape(-1, 3).astype(np.float32)

RANKS = tuple((int(red), int(green), int(blue)) for red, green, blue in _LABELS[1:])
"""Sources in their order, best first: the colours of the labels from 1 on."""

_WHEEL = _wheel()
_SCALE = np.frombuffer(_HEAT, np.uint8).reshape(-1, 3).astype(np.float32)


def vector_colours(vectors: NDArray[np.floating[Any]], longest: float) -> NDArray[np.uint8]:
    """Vectors in the colours of the Middlebury flow benchmark: direction is hue, length is saturation.

    Args:
        vectors: (h, w, 2), rows down and columns across; NaN where there is nothing.
        longest: the length that is fully saturated, in the vectors' unit; what is longer is darker.

    Returns:
        (h, w, 4) RGBA, alpha 0 where there is nothing. To the right is red, down yellow, left cyan, up blue-violet.
    """
    there = np.isfinite(vectors[..., 0]) & np.isfinite(vectors[..., 1])
    # Adding 0 turns -0 into +0, for which the wheel would start at its other end.
    vectors = np.where(there[..., None], vectors, 0) + np.float32(0)
    length = np.hypot(vectors[..., 0], vectors[..., 1])[..., None] / (longest or 1.0)
    turn = (np.arctan2(-vectors[..., 0], -vectors[..., 1]) / np.pi + 1) / 2 * (len(_WHEEL) - 1)
    first = turn.astype(np.intp)
    share = (turn - first)[..., None]
    hue = (1 - share) * _WHEEL[first] + share * _WHEEL[(first + 1) % len(_WHEEL)]
    return _rgba(255 * np.where(length <= 1, 1 - length * (1 - hue), 0.75 * hue), there)


def heat_colours(values: NDArray[np.floating[Any]], low: float, high: float) -> NDArray[np.uint8]:
    """Values from dark violet (`low` and less) over green to yellow (`high` and more), lighter by even steps.

    Args:
        values: (h, w), NaN where there is nothing.
        low: the value of the darkest colour.
        high: the value of the lightest colour.

    Returns:
        (h, w, 4) RGBA, alpha 0 where there is nothing.
    """
    there = np.isfinite(values)
    span = high - low if high > low else 1.0
    at = np.clip((np.where(there, values, low) - low) / span, 0, 1) * (len(_SCALE) - 1)
    first = np.minimum(at.astype(np.intp), len(_SCALE) - 2)
    share = (at - first)[..., None]
    return _rgba(np.rint((1 - share) * _SCALE[first] + share * _SCALE[first + 1]), there)


def label_colours(values: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Labels in colours that do not follow one another: 0 is grey, the first six after it are told apart by everybody; then anew from 1.

    Args:
        values: (h, w), whole numbers from 0, NaN where there is nothing.

    Returns:
        (h, w, 4) RGBA, alpha 0 where there is nothing.
    """
    there = np.isfinite(values)
    labels = np.where(there, values, 0).astype(np.intp)
    return _rgba(_LABELS[np.where(labels > 0, (labels - 1) % (len(_LABELS) - 1) + 1, 0)], there)


def vector_key(size: int) -> NDArray[np.uint8]:
    """The colour wheel as a disc, (size, size, 4) RGBA: the colour at a place is that of the vector from the centre to it.

    Its rim stands for the `longest` vector.
    """
    across = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
    vectors = np.stack(np.meshgrid(across, across, indexing="ij"), axis=-1)
    vectors[np.hypot(vectors[..., 0], vectors[..., 1]) > 1] = np.nan
    return vector_colours(vectors, 1.0)


def heat_key(size: tuple[int, int]) -> NDArray[np.uint8]:
    """The scale of `heat_colours` as a bar of that height and width, RGBA, low at the left."""
    height, width = size
    return heat_colours(np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1)), 0, 1)


def draw(layer: Layer, values: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """What `Evidence.layer` gave for that layer, as (h, w, 4) RGBA; alpha 0 where it has no value."""
    low, high = layer.range
    if layer.kind == "labels":
        return label_colours(values)
    return vector_colours(values, high) if layer.kind == "vectors" else heat_colours(values, low, high)


def _rgba(colours: NDArray[np.floating[Any]], there: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Colours from 0 to 255 with alpha 255 where there is something, all 0 elsewhere."""
    out = np.zeros((*there.shape, 4), np.uint8)
    out[..., :3] = colours * there[..., None]
    out[..., 3] = np.where(there, 255, 0)
    return out
