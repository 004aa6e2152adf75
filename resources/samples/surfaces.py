"""What things are made of: noise that repeats without a seam, and the stone, paving, lawn and cloth made of it.

A surface takes points and normals (N, 3) and gives linear albedo and normals with the relief; it knows nothing of light or of who
looks, so that both views show the same stones.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from resources.samples.cameras import Floats, unit, vector

TILE = 1024


class Noise:
    """Two textures of chance, drawn once: `soft`, whose large shapes are strongest, and `rough`."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.soft = _spectral(rng, 1.7)
        self.rough = _spectral(rng, 0.9)

    def at(self, u: Floats, v: Floats, metres: float, *, rough: bool = False) -> Floats:
        """Values about 0 with a spread of about 1 at (u, v) in metres; the texture repeats after `metres`."""
        return sampled(self.rough if rough else self.soft, v * (TILE / metres), u * (TILE / metres))


def _spectral(rng: np.random.Generator, fall: float) -> Floats:
    frequency = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)) * TILE
    weight = np.where(frequency > 1.5, np.maximum(frequency, 1) ** -fall, 0)
    values = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((TILE, TILE))) * weight, (TILE, TILE))
    tile = (values / values.std()).astype(np.float32)
    return np.pad(tile, ((0, 1), (0, 1)), mode="wrap")


def sampled(tile: Floats, rows: Floats, columns: Floats) -> Floats:
    """A repeating tile read between its pixels, at positions of any shape."""
    count, wide = rows.size, 1024
    padded = -(-count // wide) * wide
    maps = [np.zeros(padded, np.float32) for _ in range(2)]
    maps[0][:count] = np.mod(columns.ravel(), TILE)
    maps[1][:count] = np.mod(rows.ravel(), TILE)
    read = cv2.remap(tile, maps[0].reshape(-1, wide), maps[1].reshape(-1, wide), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read.ravel()[:count].reshape(rows.shape)


def chance(*numbers: Floats) -> Floats:
    """A number in [0, 1) for each tuple of whole numbers, always the same."""
    mixed = sum(number.astype(np.float64) * factor for number, factor in zip(numbers, (127.1, 311.7, 74.7), strict=False))
    return np.mod(np.sin(mixed) * 43758.5453, 1).astype(np.float32)


def step(low: float, high: float, values: Floats) -> Floats:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def flat(points: Floats, normals: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Coordinates u, v of points on faces of blocks, in metres, and the directions in which they grow."""
    axis = np.argmax(np.abs(normals), axis=1)
    x, y, z = points.T
    u, v = np.where(axis == 0, z, x), np.where(axis == 1, z, y)
    along = np.where((axis == 0)[:, None], vector(0, 0, 1), vector(1, 0, 0))
    up = np.where((axis == 1)[:, None], vector(0, 0, 1), vector(0, 1, 0))
    return u, v, along, up


@dataclass(frozen=True)
class Courses:
    """A bond of stones: each row shifted, joints between them, edges rounded off."""

    height: float
    length: float
    joint: float = 0.012
    bevel: float = 0.03
    uneven: float = 0.25

    def lay(self, u: Floats, v: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """For positions in metres: a number of each stone in [0, 1), how much joint (0 to 1), and how edges tilt along u and v."""
        row = np.floor(v / self.height)
        along = u / self.length + 0.5 * np.mod(row, 2) + self.uneven * (chance(row) - 0.5)
        column = np.floor(along)
        cut = self.uneven * (chance(row, column) - 0.5)
        column = np.where(along - column < cut, column - 1, column)
        left = column + np.maximum(self.uneven * (chance(row, column) - 0.5), 0)
        right = column + 1 + np.maximum(self.uneven * (chance(row, column + 1) - 0.5), 0)
        sides = (along - left) * self.length, (right - along) * self.length
        ends = v - row * self.height, (row + 1) * self.height - v
        edge = np.minimum(np.minimum(*sides), np.minimum(*ends))
        tilt_u, tilt_v = (step(0, self.bevel, high) - step(0, self.bevel, low) for low, high in (sides, ends))
        return chance(row, column), 1 - step(self.joint * 0.4, self.joint, edge), tilt_u, tilt_v


def relief(noise: Noise, u: Floats, v: Floats, metres: float, strength: float) -> tuple[Floats, Floats]:
    """Slopes along u and v of a rough surface."""
    small = metres / 700
    here = noise.at(u, v, metres, rough=True)
    return strength * (noise.at(u + small, v, metres, rough=True) - here), strength * (noise.at(u, v + small, metres, rough=True) - here)


@dataclass(frozen=True, eq=False)
class Stone:
    """Weathered stone of one tone, plain or in courses, with rain marks on what stands upright."""

    noise: Noise
    tone: Floats
    courses: Courses | None = None
    varied: float = 0.16
    stained: float = 1.0
    rough: float = 0.22

    def __call__(self, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """See `solids.Surface`."""
        u, v, along, up = flat(points, normals)
        albedo = self.weathered(u, v, points, normals)
        tilt_u, tilt_v = relief(self.noise, u, v, 1.7, self.rough)
        if self.courses:
            stone, joint, edge_u, edge_v = self.courses.lay(u, v)
            tint = 1 + self.varied * (2 * stone - 1)[:, None] * vector(1, 1.04, 1.12)
            warm = 1 + 0.07 * (np.mod(stone * 57, 1) - 0.5)[:, None] * vector(1.2, 0.2, -1.4)
            albedo = albedo * tint * warm * (1 - 0.62 * joint)[:, None]
            tilt_u, tilt_v = tilt_u + 0.55 * edge_u, tilt_v + 0.55 * edge_v
        return albedo, unit(normals - tilt_u[:, None] * along - tilt_v[:, None] * up)

    def weathered(self, u: Floats, v: Floats, points: Floats, normals: Floats) -> Floats:
        """The tone with its clouds, grain, rain marks and the dirt near the ground."""
        soft = self.noise.at(u + 3 * normals[:, 0], v, 3.1)
        grain = self.noise.at(u, v, 0.9, rough=True)
        streaks = step(0.5, 2.2, self.noise.at(u, v * 0.12 + 0.7, 2.3)) * (1 - np.abs(normals[:, 1]))
        lichen = step(1.5, 2.4, self.noise.at(u + 11, v + 5, 1.3)) * 0.5
        foot = 0.30 * np.exp(-np.maximum(points[:, 1], 0) / 0.35) * (1 - np.abs(normals[:, 1]))
        value = (1 + 0.10 * soft + 0.055 * grain) * (1 - self.stained * (0.26 * streaks + foot))
        warm = 1 + 0.035 * soft[:, None] * vector(0.6, 0, -1.2) + lichen[:, None] * vector(0.02, -0.06, -0.24)
        return np.clip(self.tone * value[:, None] * warm, 0.01, 0.95)


@dataclass(frozen=True, eq=False)
class Fluted:
    """The shaft of a column at (x, z): hollow flutes between two heights, and drums with a thin joint."""

    stone: Stone
    axis: tuple[float, float]
    heights: tuple[float, float]
    flutes: int = 20
    drum: float = 0.93

    def __call__(self, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """See `solids.Surface`."""
        x, z = points[:, 0] - self.axis[0], points[:, 2] - self.axis[1]
        angle = np.arctan2(z, x)
        around = unit(np.stack([-z, 0 * x, x], 1))
        albedo = self.stone.weathered(angle * 0.4 + 2 * self.axis[0], points[:, 1], points, normals)
        y = points[:, 1]
        inside = step(self.heights[0], self.heights[0] + 0.06, y) * (1 - step(self.heights[1] - 0.06, self.heights[1], y))
        phase = 2 * np.mod(angle * self.flutes / (2 * np.pi), 1) - 1
        hollow = inside * step(0, 0.12, 1 - np.abs(phase))
        nearest = np.abs(np.mod(y - self.heights[0] + self.drum / 2, self.drum) - self.drum / 2)
        drum = np.floor((y - self.heights[0]) / self.drum)
        tint = 1 + 0.13 * (chance(drum, drum * 0 + self.axis[0]) - 0.5)
        albedo = albedo * (tint * (1 - 0.22 * hollow * (1 - phase**2)) * (1 - 0.45 * inside * (1 - step(0.003, 0.009, nearest))))[:, None]
        return albedo, unit(normals - (0.85 * hollow * phase)[:, None] * around)


@dataclass(frozen=True, eq=False)
class Ground:
    """Paving in a bond before the landmark, gravel beside it, lawn beyond."""

    noise: Noise
    half_width: float
    paving: Courses
    tone: Floats

    def __call__(self, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """See `solids.Surface`."""
        x, z = points[:, 0], points[:, 2]
        paved = 1 - step(self.half_width - 0.01, self.half_width + 0.01, np.abs(x) + 0 * z)
        slab, joint, edge_u, edge_v = self.paving.lay(x, z)
        soft, grain = self.noise.at(x, z, 5.3), self.noise.at(x, z, 1.1, rough=True)
        moss = np.clip(joint * step(-0.6, 0.9, self.noise.at(x + 7, z, 4.1)), 0, 1)[:, None]
        value = (1 + 0.22 * (2 * slab - 1) + 0.09 * soft + 0.08 * grain) * (1 - 0.55 * joint)
        warm = 1 + 0.09 * (np.mod(slab * 91, 1) - 0.5)[:, None] * vector(1.2, 0.1, -1.5)
        stone = self.tone * value[:, None] * warm * (1 - moss) + moss * vector(0.085, 0.095, 0.05)
        tilt_u, tilt_v = relief(self.noise, x, z, 2.3, 0.30)
        tilt_u, tilt_v = tilt_u + 0.35 * edge_u * paved, tilt_v + 0.35 * edge_v * paved
        patches = self.noise.at(x, z, 7.7)[:, None]
        lawn = vector(0.10, 0.165, 0.042) * (1 + 0.15 * patches * vector(1.5, 1, 1) + 0.22 * grain[:, None])
        albedo = np.where(paved[:, None] > 0.5, stone, lawn)
        return np.clip(albedo, 0.01, 0.9), unit(normals - np.stack([tilt_u, 0 * tilt_u, tilt_v], 1))


@dataclass(frozen=True, eq=False)
class Plain:
    """One colour with a little noise: bark, wood, roof tiles by their ribs."""

    noise: Noise
    tone: Floats
    grain: float = 0.1
    ribs: float = 0.0
    """Metres between upright ribs along x and z; 0 for none."""

    def __call__(self, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """See `solids.Surface`."""
        u, v, along, _ = flat(points, normals)
        value = 1 + self.grain * self.noise.at(u * 3, v * 0.6, 1.1, rough=True)
        tilt = 0 * u
        if self.ribs:
            phase = 2 * np.mod(u / self.ribs, 1) - 1
            value, tilt = value * (0.72 + 0.28 * (1 - phase**4)), -0.5 * phase**3
        return np.clip(self.tone * value[:, None], 0.005, 0.9), unit(normals - tilt[:, None] * along)
