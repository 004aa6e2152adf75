"""Keys below the figures of a written evidence: what their colours stand for, as large as the figure is wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.drawing import heat_key, label_colours, vector_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evidence import Layer

PANEL, TEXT, FAINT = (24, 26, 30), (232, 234, 238), (160, 166, 176)
_NARROWEST = 640
"""Pixels: the width for which sizes are given here; wider figures are shown smaller on the page, so their keys are drawn larger."""


def with_key(image: Image.Image, layer: Layer) -> Image.Image:
    """The figure above its key."""
    scale = max(1.0, image.width / _NARROWEST)
    below = _key(layer, scale)
    out = Image.new("RGB", (max(image.width, below.width), image.height + below.height), PANEL)
    out.paste(image, ((out.width - image.width) // 2, 0))
    out.paste(below, (0, image.height))
    return out


def _key(layer: Layer, scale: float) -> Image.Image:
    """At a scale of 1 it is 640 pixels wide."""
    height = 48 + 34 * len(layer.labels) if layer.kind == "labels" else 136
    page = _Page(Image.new("RGB", (round(_NARROWEST * scale), round(height * scale)), PANEL), scale)
    low, high = layer.range
    if layer.kind == "vectors":
        page.stamp(vector_key(round(100 * scale)), (20, 18))
        page.text((144, 24), layer.name, 20, TEXT)
        page.text((144, 54), f"white: 0 {layer.unit}, rim: {high:.4g} {layer.unit}", 18, FAINT)
        page.text((144, 84), "colour: the way from pixel to source", 18, FAINT)
    elif layer.kind == "labels":
        colours = label_colours(np.arange(len(layer.labels), dtype=np.float32)[None])[0]
        for number, (name, colour) in enumerate(zip(layer.labels, colours, strict=True)):
            page.stamp(np.broadcast_to(colour, (round(24 * scale), round(24 * scale), 4)), (20, 24 + 34 * number))
            page.text((56, 36 + 34 * number), f"{number}  {name}", 20, TEXT, "lm")
    else:
        page.text((20, 18), f"{layer.name}, {layer.unit}", 20, TEXT)
        page.stamp(heat_key((round(28 * scale), round(600 * scale))), (20, 50))
        page.text((20, 86), f"{low:.4g}", 18, FAINT)
        page.text((620, 86), f"{high:.4g}", 18, FAINT, "ra")
    return page.image


class _Page:
    """A picture on which places and sizes are told as if it were 640 pixels wide."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        self.image, self._scale = image, scale
        self._pen = ImageDraw.Draw(image)

    def _at(self, at: tuple[float, float]) -> tuple[int, int]:
        return round(at[0] * self._scale), round(at[1] * self._scale)

    def text(self, at: tuple[float, float], text: str, size: float, colour: tuple[int, int, int], anchor: str = "la") -> None:
        self._pen.text(self._at(at), text, fill=colour, font=font(round(size * self._scale)), anchor=anchor)

    def stamp(self, rgba: NDArray[np.uint8], at: tuple[float, float]) -> None:
        over = Image.fromarray(np.ascontiguousarray(rgba))
        self.image.paste(over, self._at(at), over)


def badge(pen: ImageDraw.ImageDraw, at: tuple[float, float], number: int, scale: float = 1.0) -> None:
    """A number in a disc."""
    across, down = at
    reach = 14 * scale
    pen.ellipse((across - reach, down - reach, across + reach, down + reach), fill=(0, 0, 0), outline=(255, 255, 255), width=2)
    pen.text(at, str(number), fill=(255, 255, 255), font=font(round(17 * scale)), anchor="mm")


def font(size: int) -> Any:
    """The one that Pillow brings, in pixels."""
    return ImageFont.load_default(size=size)
