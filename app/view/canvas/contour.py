"""How a mask is drawn at the size it is seen: its tint, its outline, the dashed line around it, hatching; all as pixels.

One table gives each device pixel's colour from two bytes: how near the outline it lies, and how far it is covered.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from app.view.theme import CASING, MASK_SHARE, MASKS
from engine.geometry import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.view.canvas.pooled import Grid, Pooled

CORE, CASED = 1.2, 3.0
"""Widths of a line's white and of the black under it, in device-independent pixels."""

APRON = 10
"""Device-independent pixels beyond what is painted that its outline may look different."""

PITCH = 8
"""From stripe to stripe of a hatching."""

FARTHEST = 24
"""Device-independent pixels: a dashed line that lies further out is worked out on larger pixels."""

DASH = 5
"""Of the dashed line, and as much between dashes."""

HATCHED = 0.6
"""How strong hatching is."""

_RIM = 8
"""Device pixels around a dashed line from which its direction is told."""

_STRIPES = 32
"""Steps across a hatching's pitch."""


@lru_cache(maxsize=16)
def table(colour: str, ratio: float) -> NDArray[np.uint32]:
    """The colours of an outline and of what it goes round: one of MASKS as strong as it is covered, "hatch", or "none"."""
    inside = np.zeros((256, 4))
    if colour == "hatch":
        across = np.linspace(0, PITCH, _STRIPES, endpoint=False)
        inside[1 : _STRIPES + 1] = HATCHED * _over(*_line(np.minimum(across, PITCH - across)))
    elif colour != "none":
        rgb = [int(MASKS[colour][at : at + 2], 16) / 255 for at in (1, 3, 5)]
        inside = np.linspace(0, MASK_SHARE, 256)[:, None] * np.array([*rgb, 1.0])
    return _table(ratio, inside)


def tile(pooled: Pooled, at: Box, grid: Grid, ratio: float, colour: str) -> NDArray[np.uint32] | None:
    """Pixels (premultiplied ARGB) of the outline of what is painted, and of its tint; None where there is nothing."""
    rim = apron(ratio)
    around = at.grown(rim, rim)
    if not pooled.any(around, grid):
        return None
    fills, solid = covered(pooled, around, grid)
    if colour == "hatch":
        fills = striped(solid, around, grid, ratio, rising=False)
    return drawn(solid, fills, table(colour, ratio), ratio)


def covered(pooled: Pooled, at: Box, grid: Grid) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """How far each pixel of the device is covered, and what share of it by half or more, 0 to 255.

    Seen from afar each pixel is looked at in four parts, so that an outline has no steps; what would be lost as too thin is
    put back.
    """
    if grid.zoom >= 1:
        seen = pooled.most(at, grid)
        return seen, _solid(seen)
    seen = pooled.mean(Box(2 * at.top, 2 * at.left, 2 * at.height, 2 * at.width), grid.coarser(0.5))
    solid = _joined(_solid(seen))
    return _joined(seen), np.maximum(solid, _hairs(pooled.most(at, grid), solid))


def _hairs(most: NDArray[np.uint8], solid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is painted too thinly to be seen, as whole pixels."""
    thick = cv2.dilate(cv2.erode(solid, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))), np.ones((7, 7), np.uint8))
    return np.asarray(cv2.threshold(np.asarray(cv2.subtract(most, thick)), 127, 255, cv2.THRESH_BINARY)[1], np.uint8)


def within(where: NDArray[Any], at: Box, inside: Box) -> NDArray[np.uint8]:
    """255 where `where` is set and inside a box, `at` being the whole."""
    out = np.zeros(at.size, np.uint8)
    common = at.common(inside)
    if common is not None:
        part = common.moved(-at.top, -at.left).slices
        out[part] = where[part] * np.uint8(255)
    return out


def striped(inside: NDArray[np.uint8], at: Box, grid: Grid, ratio: float, *, rising: bool) -> NDArray[np.uint8]:
    """Numbers of stripes, 0 where `inside` is less than half: at 45 degrees, fixed to the picture."""
    pitch = ratio * PITCH * math.sqrt(2)
    start = at.left - round(grid.left) + (at.top - round(grid.top) if rising else round(grid.top) - at.bottom + 1)
    along = np.arange(start, start + at.width + at.height - 1) % pitch
    numbers = (along * (_STRIPES / pitch)).astype(np.uint8) + np.uint8(1)
    lines = np.lib.stride_tricks.sliding_window_view(numbers, at.width)
    return (lines if rising else lines[::-1]) * (inside >> np.uint8(7))


def drawn(solid: NDArray[np.uint8], fills: NDArray[np.uint8], colours: NDArray[np.uint32], ratio: float) -> NDArray[np.uint32]:
    """Pixels (premultiplied ARGB) of an outline around what is `solid`, and of what fills it.

    Both have an apron of `apron(ratio)` pixels on each side, which is cut off.
    """
    rim = apron(ratio)
    inner = slice(rim, -rim), slice(rim, -rim)
    if solid.all():
        inside = fills[inner]
        level = int(inside[0, 0])
        return np.full(inside.shape, colours[-256 + level]) if (inside == level).all() else colours[-256:].take(inside)
    wide = 1 + 2 * math.ceil(ratio / 2)  # the line runs outside of what is covered, and a hair gets room inside it
    near = cv2.GaussianBlur(cv2.dilate(solid, np.ones((wide, wide), np.uint8)), (0, 0), ratio)
    number = np.asarray(near)[inner].astype(np.uint16) << np.uint16(8) | fills[inner]
    return colours.take(number)


def apron(ratio: float) -> int:
    """Device pixels that `drawn` needs beyond what it draws."""
    return math.ceil(APRON * ratio)


def dashes(pooled: Pooled, at: Box, grid: Grid, growth: float, ratio: float) -> NDArray[np.uint32]:
    """Pixels of a dashed line at a distance of `growth` device pixels around what is covered by half or more."""
    far = _away(pooled, at, grid, growth)
    off = np.abs(far[_RIM:-_RIM, _RIM:-_RIM] - growth)
    rows, columns = np.nonzero(off < (CASED / 2 + 0.5) * ratio)
    down = np.abs(far[rows + 2 * _RIM, columns + _RIM] - far[rows, columns + _RIM])
    across = np.abs(far[rows + _RIM, columns + 2 * _RIM] - far[rows + _RIM, columns])
    along = np.where(down > across, columns + at.left - round(grid.left), rows + at.top - round(grid.top))
    on = (along // round(DASH * ratio)) % 2 == 0
    out = np.zeros(at.size, np.uint32)
    out[rows[on], columns[on]] = line(off[rows[on], columns[on]], ratio)
    return out


def line(off: NDArray[Any], ratio: float) -> NDArray[np.uint32]:
    """Pixels of a line that they lie so many device pixels off."""
    return _packed(_over(*_line(off / ratio, ratio)))


def _away(pooled: Pooled, at: Box, grid: Grid, growth: float) -> NDArray[Any]:
    """How many device pixels lie between each pixel and what is covered, with a rim around the box."""
    by = 1 << max(0, math.ceil(math.log2(growth / FARTHEST)))
    room = math.ceil((growth + 2 * _RIM) / by) + 2
    top, left = at.top // by, at.left // by
    coarse = Box(top, left, -(-at.bottom // by) - top, -(-at.right // by) - left).grown(room, room)
    empty = (pooled.most(coarse, grid.coarser(by)) < 128).astype(np.uint8)
    far = np.float32(room + max(at.size))  # where all is empty OpenCV knows no bound
    steps = np.minimum(cv2.distanceTransform(empty, cv2.DIST_L2, cv2.DIST_MASK_5), far)
    away: NDArray[Any] = steps * np.float32(by) - np.float32(by / 2)
    inside = at.grown(_RIM, _RIM).moved(-coarse.top * by, -coarse.left * by)
    if by > 1:
        top, left = inside.top // by - 1, inside.left // by - 1  # of all that was looked at for its distance only the box is made fine
        part = away[top : -(-inside.bottom // by) + 1, left : -(-inside.right // by) + 1]
        away = np.asarray(cv2.resize(part, None, fx=by, fy=by, interpolation=cv2.INTER_LINEAR))
        inside = inside.moved(-top * by, -left * by)
    return away[inside.slices]


def _solid(seen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.threshold(seen, 127, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _joined(parts: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean of each four pixels."""
    return np.asarray(cv2.resize(parts, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def _table(ratio: float, inside: NDArray[Any]) -> NDArray[np.uint32]:
    """(65536,) colours: the upper byte is a blurred step, from which follows how far off the outline lies."""
    normal = NormalDist()
    inside_by = np.array([normal.inv_cdf((i + 0.5) / 256) for i in range(256)])  # in the blur's sigma, a device-independent pixel
    # Half a device pixel further in lie the centres of pixels, so that a straight line is sharp.
    white, black = _line(np.abs(inside_by - 0.5 / ratio), ratio)
    over = _over(white, black)[:, None, :]
    return _packed(over + (1 - over[..., 3:]) * inside[None]).reshape(-1)


def _line(off: NDArray[Any], ratio: float = 1.0) -> tuple[NDArray[Any], NDArray[Any]]:
    """How much white and how much black a pixel has whose centre lies so far off a line."""
    return tuple(np.clip((width / 2 - off) * ratio + 0.5, 0, 1) * share for width, share in ((CORE, 1.0), (CASED, CASING)))  # pyright: ignore[reportReturnType]


def _over(white: NDArray[Any], black: NDArray[Any]) -> NDArray[Any]:
    """White over black: (..., 4) premultiplied red, green, blue and alpha, 0 to 1."""
    return np.stack([white, white, white, white + (1 - white) * black], axis=-1)


def _packed(colours: NDArray[Any]) -> NDArray[np.uint32]:
    """Red, green, blue and alpha as 0xAARRGGBB."""
    red, green, blue, alpha = np.moveaxis(np.rint(colours * 255).astype(np.uint32), -1, 0)
    return alpha << np.uint32(24) | red << np.uint32(16) | green << np.uint32(8) | blue
