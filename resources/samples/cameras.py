"""From where a scene is seen: through a pinhole, or along parallel rays as a light sees it.

Metres: x to the right, y up, z away from who looks at the landmark's front. Pictures: rows, then columns, in pixels whose
centres lie at whole numbers. The depth of a point is the length of its ray in units of that ray's direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def vector(*values: float) -> Floats:
    """A vector of single precision."""
    return np.array(values, np.float32)


def unit(vectors: Floats) -> Floats:
    """The vectors (..., 3) at length one."""
    return vectors / np.maximum(np.sqrt(dot(vectors, vectors)), 1e-9)[..., None]


def dot(a: Floats, b: Floats) -> Floats:
    """Scalar products of vectors (..., 3)."""
    return a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]


class Camera(Protocol):
    """What sees a scene."""

    size: tuple[int, int]

    def rays(self, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        """Origins and directions, each broadcastable to (rows, columns, 3)."""
        ...

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Row, column and depth of points (..., 3); depth is not positive behind the camera."""
        ...


@dataclass(frozen=True, eq=False)
class Pinhole:
    """A camera with a focal length in picture widths, and a centre (row, column) in fractions of the picture (a shifted lens)."""

    size: tuple[int, int]
    position: Floats
    axes: Floats
    """Right, down, forward: the rows of a rotation."""
    focal: float
    centre: tuple[float, float]

    @classmethod
    def aimed(
        cls, size: tuple[int, int], position: Floats, turn: tuple[float, float, float], focal: float, centre: tuple[float, float]
    ) -> Pinhole:
        """Turned to the right, up, and about its own axis, in degrees."""
        yaw, pitch, roll = np.radians(turn)
        forward = vector(np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch))
        right = vector(np.cos(yaw), 0, -np.sin(yaw))
        down = np.cross(right, forward) * np.float32(1)
        down = down if down[1] < 0 else -down
        return cls(
            size,
            position,
            np.stack([np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right, forward]).astype(np.float32),
            focal,
            centre,
        )

    def rays(self, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        """See `Camera`; directions go one metre forward."""
        height, width = self.size
        down = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5 - self.centre[0] * height) / (self.focal * width)
        across = (np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5 - self.centre[1] * width) / (self.focal * width)
        right, below, forward = self.axes
        return self.position[None, None], across[None, :, None] * right + down[:, None, None] * below + forward

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """See `Camera`."""
        height, width = self.size
        seen = (points - self.position) @ self.axes.T
        depth = seen[..., 2]
        scale = self.focal * width / np.where(depth > 1e-3, depth, 1e-3)
        return seen[..., 1] * scale + self.centre[0] * height - 0.5, seen[..., 0] * scale + self.centre[1] * width - 0.5, depth


@dataclass(frozen=True, eq=False)
class Parallel:
    """Parallel rays from far away, as wide as a block of the scene: what a light in that direction sees of it."""

    size: tuple[int, int]
    axes: Floats
    """Right, down, forward."""
    corner: Floats
    """Where the first pixel's ray begins."""
    pixel: float
    """Metres."""

    @classmethod
    def towards(cls, light: Floats, block: Floats, longest: int) -> Parallel:
        """From the direction `light`, over the block between two corners (2, 3), its longer side so many pixels."""
        forward = -unit(light)
        right = unit(np.cross(forward, vector(0.13, 1, 0.07)).astype(np.float32))
        axes = np.stack([right, np.cross(forward, right), forward]).astype(np.float32)
        corners = np.array([[block[i, 0], block[j, 1], block[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float32)
        seen = corners @ axes.T
        least, most = seen.min(0), seen.max(0)
        pixel = float((most - least)[:2].max()) / longest
        size = int((most - least)[1] / pixel) + 1, int((most - least)[0] / pixel) + 1
        return cls(size, axes, (least - vector(0, 0, 5)) @ axes, pixel)

    def rays(self, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        """See `Camera`; directions have length one."""
        down = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) * self.pixel
        across = (np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5) * self.pixel
        right, below, forward = self.axes
        return self.corner + across[None, :, None] * right + down[:, None, None] * below, forward[None, None]

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """See `Camera`."""
        seen = (points - self.corner) @ self.axes.T
        return seen[..., 1] / self.pixel - 0.5, seen[..., 0] / self.pixel - 0.5, seen[..., 2]
