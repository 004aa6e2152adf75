"""Leaves by the ten thousand: trees, hedges, flowers and grass, drawn from far to near."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resources.samples.cameras import Camera, Floats, unit, vector

OUTLINE = np.array([(-1, 0), (-0.25, 0.8), (0.5, 0.6), (1, 0), (0.5, -0.6), (-0.25, -0.8)], np.float32)
"""A leaf along and across itself."""


@dataclass(frozen=True, eq=False)
class Leaves:
    """Flat leaves: middle, half of what they are long and wide as vectors, colour, and the normal they are lit by; each (N, 3)."""

    middle: Floats
    along: Floats
    across: Floats
    colour: Floats
    normal: Floats

    @classmethod
    def joined(cls, parts: list[Leaves]) -> Leaves:
        """All of them."""
        names = ("middle", "along", "across", "colour", "normal")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]).astype(np.float32) for name in names))

    def thinned(self, every: int) -> Leaves:
        """One in so many, larger by as much: for small pictures."""
        larger = np.float32(np.sqrt(every))
        some = slice(None, None, every)
        return Leaves(self.middle[some], self.along[some] * larger, self.across[some] * larger, self.colour[some], self.normal[some])

    def drawn(self, camera: Camera) -> tuple[np.ndarray, Floats]:
        """Which leaf each pixel sees first (-1: none), were there nothing else, and the depth of each leaf."""
        which = np.full(camera.size, -1, np.int32)
        depth = camera.project(self.middle)[2]
        corners = self.middle[:, None] + OUTLINE[:, :1] * self.along[:, None] + OUTLINE[:, 1:] * self.across[:, None]
        down, across, near = camera.project(corners)
        seen = (near.min(1) > 0.3) & (down.max(1) > 0) & (across.max(1) > 0)
        seen &= (down.min(1) < camera.size[0]) & (across.min(1) < camera.size[1])
        fixed = np.round(np.stack([across, down], 2) * 16).clip(-(2**24), 2**24).astype(np.int32)
        order = np.flatnonzero(seen)
        for leaf in order[np.argsort(-depth[order], kind="stable")].tolist():
            cv2.fillConvexPoly(which, fixed[leaf], leaf, cv2.LINE_8, 4)
        return which, depth


def placed(rng: np.random.Generator, middle: Floats, normal: Floats, colour: Floats, length: float, slender: float = 0.5) -> Leaves:
    """Leaves at `middle` that face about `normal`, each turned and sized by chance."""
    facing = unit(normal + 0.75 * rng.standard_normal(middle.shape).astype(np.float32))
    along = unit(np.cross(facing, rng.standard_normal(middle.shape)).astype(np.float32))
    sizes = (length * rng.uniform(0.35, 0.65, (len(middle), 1))).astype(np.float32)
    return Leaves(
        middle, along * sizes, np.cross(facing, along).astype(np.float32) * sizes * slender, colour, unit(0.55 * normal + 0.45 * facing)
    )


def tinted(rng: np.random.Generator, colour: tuple[float, float, float], count: int, light: Floats | float = 1.0) -> Floats:
    """So many leaves' colours: lighter and darker, greener and yellower."""
    value = np.exp(0.22 * rng.standard_normal(count)).astype(np.float32) * light
    yellow = (0.16 * rng.standard_normal((count, 1)) * vector(1.3, 0.35, -0.8)).astype(np.float32)
    return np.clip(vector(*colour) * value[:, None] * (1 + yellow), 0.004, 0.9)


def crown(
    rng: np.random.Generator,
    centre: tuple[float, float, float],
    radii: tuple[float, float, float],
    count: int,
    length: float,
    colour: tuple[float, float, float],
    lumps: int = 60,
) -> Leaves:
    """A crown of twigs whose leaves stand outward; the inner ones are darker."""
    out = unit(rng.standard_normal((lumps, 3)).astype(np.float32))
    deep = rng.uniform(0.45, 1, (lumps, 1)).astype(np.float32) ** 0.6
    size = (rng.uniform(0.55, 1.2, (lumps, 1)) * (1.15 / lumps ** (1 / 3))).astype(np.float32)
    of = rng.integers(0, lumps, count)
    off = unit(rng.standard_normal((count, 3)).astype(np.float32)) * rng.uniform(0.3, 1, (count, 1)).astype(np.float32) ** 0.5
    inside = out[of] * deep[of] * (1 - 0.5 * size[of]) + off * size[of]
    reached = np.sqrt((inside**2).sum(1))
    light = np.clip(0.45 + 0.55 * reached, 0.3, 1.1) * np.clip(0.75 + 0.35 * off[:, 1], 0.4, 1.1)
    normal = unit(0.6 * off + 0.5 * inside + vector(0, 0.25, 0))
    return placed(rng, vector(*centre) + inside * vector(*radii), normal, tinted(rng, colour, count, light.astype(np.float32)), length)


def hedge(
    rng: np.random.Generator,
    least: tuple[float, float, float],
    most: tuple[float, float, float],
    count: int,
    length: float,
    colour: tuple[float, float, float],
) -> Leaves:
    """The leaves of a clipped block."""
    low, high = vector(*least), vector(*most)
    sides = high - low
    areas = np.array([sides[1] * sides[2], sides[0] * sides[2], sides[0] * sides[1]])
    axis = rng.choice(3, count, p=areas / areas.sum())
    side = np.where(axis == 1, 1, rng.integers(0, 2, count)).astype(np.float32)
    inside = rng.random((count, 3)).astype(np.float32)
    inside[np.arange(count), axis] = side
    normal = np.zeros((count, 3), np.float32)
    normal[np.arange(count), axis] = 2 * side - 1
    depth = rng.exponential(0.03, count).astype(np.float32)
    middle = low + inside * sides + (0.03 - depth)[:, None] * normal
    light = np.clip(1.05 - 5 * depth, 0.35, 1)
    return placed(rng, middle, normal, tinted(rng, colour, count, light), length)


def grass(rng: np.random.Generator, least: tuple[float, float], most: tuple[float, float], count: int, length: float) -> Leaves:
    """Blades on level ground between two corners (x, z)."""
    middle = np.zeros((count, 3), np.float32)
    middle[:, [0, 2]] = rng.uniform(least, most, (count, 2))
    lean = (rng.standard_normal((count, 3)) * vector(0.45, 0, 0.45) + vector(0, 1, 0)).astype(np.float32)
    sizes = (length * rng.uniform(0.25, 0.7, (count, 1))).astype(np.float32)
    along = unit(lean) * sizes
    middle += along * vector(1, 1, 1)
    across = unit(np.cross(along, rng.standard_normal((count, 3))).astype(np.float32)) * np.float32(length * 0.07)
    normal = np.broadcast_to(vector(0, 1, 0), middle.shape)
    return Leaves(middle, along, across, tinted(rng, (0.12, 0.20, 0.045), count), normal + 0.2 * along)
