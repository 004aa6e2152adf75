"""Solids that rays meet: convex blocks, turned profiles, and ellipsoids; each with the surface it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np

from resources.samples.cameras import Camera, Floats, dot, unit, vector

Surface: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Points and their outward normals (N, 3) in; linear albedo (N, 3) and normals with the surface's relief out."""


class Solid(Protocol):
    """What can be met by a ray."""

    surface: Surface
    bounds: Floats | None
    """Two corners (2, 3); None for what has no end."""

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """Depth of the first meeting, infinite where there is none."""
        ...

    def normals(self, points: Floats) -> Floats:
        """Outward normals at points (N, 3) on the solid."""
        ...


@dataclass(frozen=True, eq=False)
class Convex:
    """What lies below each of several planes: normals (k, 3) and how far from the origin (k)."""

    planes: Floats
    reach: Floats
    surface: Surface
    bounds: Floats | None = None

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """See `Solid`."""
        near, far = np.float32(1e-3), np.float32(np.inf)
        for plane, reach in zip(self.planes, self.reach, strict=True):
            along, away = direction @ plane, reach - origin @ plane
            depth = away / np.where(np.abs(along) < 1e-9, np.float32(1e-9), along)
            near = np.where(along < 0, np.maximum(near, depth), near)
            far = np.where(along < 0, far, np.minimum(far, depth))
        return np.where((near < far) & (near > 2e-3), near, np.float32(np.inf))

    def normals(self, points: Floats) -> Floats:
        """See `Solid`."""
        return self.planes[np.argmax(points @ self.planes.T - self.reach, axis=1)]


def box(least: tuple[float, float, float], most: tuple[float, float, float], surface: Surface) -> Convex:
    """An upright block between two corners."""
    low, high = vector(*least), vector(*most)
    planes = np.concatenate([-np.eye(3), np.eye(3)]).astype(np.float32)
    return Convex(planes, np.concatenate([-low, high]), surface, np.stack([low, high]))


def prism(outline: list[tuple[float, float]], near: float, far: float, surface: Surface) -> Convex:
    """A convex outline of (x, y), anticlockwise as seen from the front, drawn out from z = `near` to z = `far`."""
    corners = np.array(outline, np.float32)
    edges = np.roll(corners, -1, 0) - corners
    sides = unit(np.stack([edges[:, 1], -edges[:, 0], 0 * edges[:, 0]], 1))
    planes = np.concatenate([sides, [vector(0, 0, -1), vector(0, 0, 1)]]).astype(np.float32)
    reach = np.concatenate([(sides[:, :2] * corners).sum(1), vector(-near, far)]).astype(np.float32)
    bounds = np.array([[*corners.min(0), near], [*corners.max(0), far]], np.float32)
    return Convex(planes, reach, surface, bounds)


@dataclass(frozen=True, eq=False)
class Turned:
    """A profile of (height, radius), from below upwards, turned about an upright axis through `foot`."""

    foot: Floats
    profile: Floats
    surface: Surface
    bounds: Floats | None = field(init=False)

    def __post_init__(self) -> None:
        wide, high = float(self.profile[:, 1].max()), self.profile[[0, -1], 0]
        bounds = np.stack([self.foot + vector(-wide, high[0], -wide), self.foot + vector(wide, high[1], wide)])
        object.__setattr__(self, "bounds", bounds)

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """See `Solid`."""
        start = origin - self.foot
        nearest = self._lid(start, direction)
        for (low, first), (high, last) in zip(self.profile[:-1], self.profile[1:], strict=True):
            nearest = np.minimum(nearest, self._ring(start, direction, (low, high), (first, last)))
        return nearest

    def _lid(self, start: Floats, direction: Floats) -> Floats:
        high, radius = self.profile[-1]
        down = np.where(np.abs(direction[..., 1]) < 1e-9, np.float32(1e-9), direction[..., 1])
        depth = (high - start[..., 1]) / down
        at = start + depth[..., None] * direction
        return np.where((depth > 1e-3) & (at[..., 0] ** 2 + at[..., 2] ** 2 < radius**2), depth, np.float32(np.inf))

    @staticmethod
    def _ring(start: Floats, direction: Floats, heights: tuple[float, float], radii: tuple[float, float]) -> Floats:
        """A piece of a cone."""
        slope = (radii[1] - radii[0]) / (heights[1] - heights[0])
        wide, widening = radii[0] + slope * (start[..., 1] - heights[0]), slope * direction[..., 1]
        a = direction[..., 0] ** 2 + direction[..., 2] ** 2 - widening**2
        b = start[..., 0] * direction[..., 0] + start[..., 2] * direction[..., 2] - widening * wide
        c = start[..., 0] ** 2 + start[..., 2] ** 2 - wide**2
        inside = b * b - a * c
        depth = (-b - np.sqrt(np.maximum(inside, 0))) / np.where(np.abs(a) < 1e-9, np.float32(1e-9), a)
        height = start[..., 1] + depth * direction[..., 1]
        met = (inside > 0) & (depth > 1e-3) & (height >= heights[0]) & (height <= heights[1])
        return np.where(met, depth, np.float32(np.inf))

    def normals(self, points: Floats) -> Floats:
        """See `Solid`."""
        at = points - self.foot
        heights, radii = self.profile.T
        rise = np.interp(at[:, 1], (heights[1:] + heights[:-1]) / 2, -np.diff(radii) / np.diff(heights)).astype(np.float32)
        lid = at[:, 1] > heights[-1] - 1e-3
        out = unit(np.stack([at[:, 0], 0 * rise, at[:, 2]], 1))
        out[:, 1] = rise
        out[lid] = vector(0, 1, 0)
        return unit(out)


def turned(corners: list[tuple[float, float]]) -> Floats:
    """A smooth profile from a few corners (height, radius): each corner is cut off, twice."""
    profile = np.array(corners, np.float32)
    for _ in range(2):
        cut = np.stack([0.75 * profile[:-1] + 0.25 * profile[1:], 0.25 * profile[:-1] + 0.75 * profile[1:]], 1).reshape(-1, 2)
        profile = np.concatenate([profile[:1], cut, profile[-1:]])
    return profile


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """A ball of three radii."""

    centre: Floats
    radii: Floats
    surface: Surface

    @property
    def bounds(self) -> Floats:
        """Two corners."""
        return np.stack([self.centre - self.radii, self.centre + self.radii])

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """See `Solid`."""
        start, along = (origin - self.centre) / self.radii, direction / self.radii
        a, b, c = dot(along, along), dot(start, along), dot(start, start) - 1
        inside = b * b - a * c
        depth = (-b - np.sqrt(np.maximum(inside, 0))) / a
        return np.where((inside > 0) & (depth > 1e-3), depth, np.float32(np.inf))

    def normals(self, points: Floats) -> Floats:
        """See `Solid`."""
        return unit((points - self.centre) / self.radii**2)


def covered(bounds: Floats | None, camera: Camera, rows: slice) -> tuple[slice, slice] | None:
    """The rows and columns of the camera's picture within which a block can be seen; None where it cannot."""
    whole = slice(0, camera.size[1])
    if bounds is None:
        return rows, whole
    corners = np.array([[bounds[i, 0], bounds[j, 1], bounds[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float32)
    down, across, depth = camera.project(corners)
    if depth.max() <= 0:
        return None
    if depth.min() < 0.3:
        return rows, whole
    top, bottom = max(rows.start, int(down.min()) - 1), min(rows.stop, int(down.max()) + 3)
    left, right = max(0, int(across.min()) - 1), min(whole.stop, int(across.max()) + 3)
    return (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None


def first_met(solids: list[Solid], camera: Camera, rows: slice) -> tuple[Floats, np.ndarray]:
    """Depth (rows, width) of what is seen first, infinite for the sky, and which solid it is (-1: none)."""
    depth = np.full((rows.stop - rows.start, camera.size[1]), np.inf, np.float32)
    which = np.full(depth.shape, -1, np.int16)
    for number, solid in enumerate(solids):
        part = covered(solid.bounds, camera, rows)
        if part is None:
            continue
        here = slice(part[0].start - rows.start, part[0].stop - rows.start), part[1]
        met = solid.hit(*camera.rays(*part))
        nearer = met < depth[here]
        depth[here][nearer] = met[nearer]
        which[here][nearer] = number
    return depth, which
