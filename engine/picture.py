"""What is filled and where: the picture as it was opened, the mask, and the patch, the unit of every change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Pixels: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W) grey, (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGB and alpha."""


def frozen(array: NDArray[np.generic]) -> None:
    """Forbid writing to an array that others may hold."""
    array.setflags(write=False)


def by_pixels(values: NDArray[Any]) -> NDArray[np.void]:
    """The same memory without the last axis, a pixel's channels being one value: masked copies are many times as fast."""
    return values.view(np.dtype((np.void, values.shape[-1] * values.itemsize)))[..., 0]


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Where a picture came from, and what of its file has to survive into the next one."""

    path: Path
    format: str
    """"jpeg", "png", "tiff" or "webp"."""
    orientation: int = 1
    """EXIF orientation as stored, 1 to 8; the pixels of a Picture are turned upright already."""
    encoded: bytes | None = field(default=None, repr=False)
    """The file's own bytes where saving needs them (JPEG: untouched blocks are kept), else None."""
    losses: tuple[str, ...] = ()
    """What the file holds and we cannot keep, a sentence each."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A photograph as it was opened: read-only pixels, upright, in their own depth and encoding, and what goes with them.

    Raises ValueError for pixels of another shape or type than `Pixels` says.
    """

    pixels: Pixels
    icc: bytes | None = None
    exif: bytes | None = None
    """EXIF as a TIFF structure, with no leading "Exif" marker."""
    xmp: bytes | None = None
    file: OpenedFile | None = None

    def __post_init__(self) -> None:
        pixels = self.pixels
        if (
            str(pixels.dtype) not in ("uint8", "uint16")
            or 0 in pixels.shape
            or pixels.ndim not in (2, 3)
            or (pixels.ndim == 3 and pixels.shape[2] not in (2, 3, 4))
        ):
            raise ValueError(f"not a picture: {pixels.dtype} {pixels.shape}")
        frozen(pixels)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def box(self) -> Box:
        """All of it."""
        return Box.whole(self.size)

    @property
    def layout(self) -> str:
        """One of "grey", "grey+alpha", "rgb" and "rgb+alpha"."""
        channels = 1 if self.pixels.ndim == 2 else self.pixels.shape[2]
        return ("grey", "grey+alpha", "rgb", "rgb+alpha")[channels - 1]

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is alpha."""
        return self.layout.endswith("alpha")

    @property
    def depth(self) -> int:
        """Bits a channel: 8 or 16."""
        return self.pixels.dtype.itemsize * 8

    def with_patches(self, patches: Iterable[Patch]) -> Picture:
        """The picture after these patches; the same object where there are none.

        Raises ValueError for a patch of another layout or depth, or one that reaches over the edge.
        """
        patches = tuple(patches)
        if not patches:
            return self
        pixels = self.pixels.copy()
        for patch in patches:
            if patch.box.common(self.box) != patch.box or patch.pixels.dtype != pixels.dtype or patch.pixels.shape[2:] != pixels.shape[2:]:
                raise ValueError(f"a patch {patch.pixels.dtype} {patch.box} for a picture {pixels.dtype} {pixels.shape}")
            pixels[patch.box.slices] = patch.pixels
        return replace(self, pixels=pixels)


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Which pixels are replaced, and how far: coverage (H, W) uint8, 255 = wholly, less = blended, 0 = untouched."""

    coverage: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.coverage.dtype != np.uint8 or self.coverage.ndim != 2:
            raise ValueError(f"not a mask: {self.coverage.dtype} {self.coverage.shape}")
        frozen(self.coverage)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.coverage.shape[0], self.coverage.shape[1]

    @property
    def hole(self) -> NDArray[np.bool_]:
        """(H, W): where anything at all is replaced."""
        return self.coverage > 0

    @property
    def box(self) -> Box | None:
        """The smallest box around the hole; None for an empty mask."""
        return Box.around(self.coverage)

    def grown(self, by: int) -> Mask:
        """Wider by a disc of that radius in pixels: each pixel takes the largest coverage within reach.

        A hard stroke stays hard and a soft one keeps its fall-off, both moved outwards.
        """
        box = self.box
        if by <= 0 or box is None:
            return self
        reach = box.grown(by, by).common(Box.whole(self.size))
        assert reach is not None
        coverage = self.coverage.copy()
        coverage[reach.slices] = _widest(self.coverage[reach.slices], by)
        return Mask(coverage)


def usual_growth(size: tuple[int, int]) -> int:
    """By how many pixels a mask of a picture of that size is grown unless told otherwise, against ghost outlines."""
    return max(2, round(min(size) / 1000))


def _widest(coverage: NDArray[np.uint8], radius: int) -> NDArray[np.uint8]:
    """The maximum over a disc: rows widened step by step, each used where the disc is that wide."""
    height, width = coverage.shape
    widened, half = coverage.copy(), 0
    out = np.zeros_like(coverage)
    for down in range(radius, -1, -1):
        reach = int(np.sqrt((radius + 0.5) ** 2 - down**2))
        while half < reach:
            half += 1
            if half < width:
                np.maximum(widened[:, half:], coverage[:, :-half], out=widened[:, half:])
                np.maximum(widened[:, :-half], coverage[:, half:], out=widened[:, :-half])
        if down < height:
            np.maximum(out[down:], widened[: height - down], out=out[down:])
            np.maximum(out[: height - down], widened[down:], out=out[: height - down])
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """New pixels for a box of a frame, in the picture's layout and depth: a preview, a result, a step of undo."""

    frame: int
    box: Box
    pixels: Pixels

    def __post_init__(self) -> None:
        if self.pixels.shape[:2] != self.box.size:
            raise ValueError(f"{self.pixels.shape[:2]} pixels for a box of {self.box.size}")
        frozen(self.pixels)
