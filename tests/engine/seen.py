"""What other photographs of a drawn scene may look like: seen from elsewhere, of another kind, of another place altogether."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import skimage.data
from skimage.transform import resize

from engine.methods import shelf
from engine.picture import Picture
from engine.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Callable


def elsewhere(pixels: np.ndarray, zoom: float = 1.25, down: float = 1.0, across: float = 2.0) -> np.ndarray:
    """Nearer and from further right and below, of the picture's own size; what lies beyond its edge is its edge."""
    height, width = pixels.shape[:2]
    rows = np.clip(np.rint(np.arange(height) / zoom + down), 0, height - 1).astype(int)
    columns = np.clip(np.rint(np.arange(width) / zoom + across), 0, width - 1).astype(int)
    return pixels[rows][:, columns]


def noise(pixels: np.ndarray) -> np.ndarray:
    """Nothing that could be matched."""
    return np.random.default_rng(8).integers(0, np.iinfo(pixels.dtype).max, pixels.shape, pixels.dtype, endpoint=True)


def grey(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.ndim == 2 else pixels[..., 0]


def other_depth(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.uint16) * 257 if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)


def with_alpha(pixels: np.ndarray) -> np.ndarray:
    """Its upper left part wholly transparent; what stands there is loud."""
    top = np.iinfo(pixels.dtype).max
    colours = pixels[..., None] if pixels.ndim == 2 else pixels if pixels.shape[2] in (1, 3) else pixels[..., :-1]
    alpha = np.full(colours.shape[:2], top, pixels.dtype)
    clear = np.s_[: -(-alpha.shape[0] // 3), : -(-alpha.shape[1] // 2)]
    alpha[clear] = 0
    colours = colours.copy()
    colours[clear] = (top, 0, top)[: colours.shape[2]]
    return np.dstack([colours, alpha])


def enlarged(pixels: np.ndarray, times: int = 3) -> np.ndarray:
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def half(pixels: np.ndarray) -> np.ndarray:
    """The left half: a hole may be larger than what it shows."""
    return pixels[:, : -(-pixels.shape[1] // 2)]


def changed(pixels: np.ndarray) -> np.ndarray:
    """With something else in the middle of it."""
    out, (height, width) = pixels.copy(), pixels.shape[:2]
    out[height // 3 : height - height // 3, width // 3 : width - width // 3] ^= 0x55
    return out


WAYS: dict[str, Callable[[np.ndarray], tuple[np.ndarray, ...]]] = {
    "elsewhere": lambda pixels: (elsewhere(pixels),),
    "itself": lambda pixels: (pixels,),
    "noise": lambda pixels: (noise(pixels),),
    "one pixel": lambda pixels: (pixels[:1, :1],),
    "grey": lambda pixels: (grey(elsewhere(pixels)),),
    "other depth": lambda pixels: (other_depth(elsewhere(pixels)),),
    "with alpha": lambda pixels: (with_alpha(elsewhere(pixels)),),
    "mirrored": lambda pixels: (pixels[:, ::-1],),
    "turned": lambda pixels: (np.rot90(pixels),),
    "enlarged": lambda pixels: (enlarged(pixels),),
    "half": lambda pixels: (half(pixels),),
    "changed": lambda pixels: (changed(pixels),),
    "flat": lambda pixels: (np.full_like(pixels, 128),),
    "transparent": lambda pixels: (np.zeros((*pixels.shape[:2], 4), pixels.dtype),),
    "two": lambda pixels: (noise(pixels), elsewhere(pixels)),
    "three": lambda pixels: (half(pixels), grey(changed(pixels)), elsewhere(pixels, 0.8, -1, 0)),
}
"""Ways to see a scene again, by what makes them awkward."""


def choices(method: str, pixels: np.ndarray) -> dict[str, Any]:
    """What a Job of that method has to have beside a mask: a reference and leave to fill without it, where it takes one."""
    card = shelf()[method].card
    if not card.references:
        return {}
    return {"references": (Reference(Picture(elsewhere(pixels)), "elsewhere.png"),), "settings": card.settings.read({"no_match": "fill"})}


def textured(height: int, width: int) -> np.ndarray:
    """A part of a photograph in that size: something that can be matched."""
    part = skimage.data.astronaut()[:300, 80:440]
    return np.rint(resize(part, (height, width), anti_aliasing=True) * 255).astype(np.uint8)
