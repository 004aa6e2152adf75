"""Draws the scene: what each pixel sees, how sun and sky light it, and how a photograph of it looks.

`render` gives a photograph, `albedo` the same view under even light, `mapping` where one view shows what the other shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from resources.samples.cameras import Camera, Floats, Parallel, Pinhole, dot, unit, vector
from resources.samples.scene import Scene, block, landmark
from resources.samples.solids import Solid, first_met
from resources.samples.surfaces import Noise, chance, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from resources.samples.foliage import Leaves

FINER = 2
"""Rays a pixel, down and across."""
STRIP = 160
"""Rows of rays at once, to bound memory."""


@dataclass(frozen=True, eq=False)
class Light:
    """The weather of a view: where the sun stands, colours of its light and of the sky, and how the photograph is exposed."""

    sun: Floats
    sunlight: Floats
    zenith: Floats
    horizon: Floats
    haze: float
    """Metres after which two thirds of a thing's own colour are gone."""
    clouds: tuple[float, float, float]
    """Shift of the clouds, how much sky is free of them, brightness."""
    exposure: float


LIGHTS = {
    1: Light(
        unit(vector(-0.66, 0.66, -0.56)),
        vector(3.35, 3.1, 2.7),
        vector(0.12, 0.27, 0.62),
        vector(0.55, 0.72, 0.92),
        260,
        (0.1, -0.75, 1.0),
        0.62,
    ),
    2: Light(
        unit(vector(0.78, 0.36, -0.60)),
        vector(3.9, 2.35, 1.15),
        vector(0.16, 0.22, 0.42),
        vector(0.98, 0.66, 0.44),
        200,
        (4.3, 0.0, 0.8),
        0.64,
    ),
    3: Light(
        unit(vector(-0.64, 0.68, -0.565)),
        vector(3.0, 2.65, 2.2),
        vector(0.24, 0.34, 0.55),
        vector(0.78, 0.82, 0.88),
        210,
        (2.2, -1.0, 1.05),
        0.60,
    ),
}


def camera(view: int, size: tuple[int, int]) -> Pinhole:
    """The camera of view 1, 2 or 3 for a picture of (height, width)."""
    if view == 1:
        return Pinhole.aimed(size, vector(-3.6, 1.3, -17.2), (10.3, 0, 0), 1.27, (0.735, 0.5))
    if view == 3:
        return Pinhole.aimed(size, vector(-3.38, 1.42, -17.05), (9.0, 0.9, -0.8), 1.21, (0.715, 0.5))
    return Pinhole.aimed(size, vector(3.8, 2.0, -18.6), (-11.8, 1.5, 1.2), 1.30, (0.60, 0.5))


@dataclass(frozen=True, eq=False)
class Stage:
    """A scene as one camera sees it: its solids, its leaves, and which leaf is first in each pixel."""

    solids: tuple[Solid, ...]
    leaves: Leaves
    camera: Camera
    which: NDArray[np.int32]
    leaf_depth: Floats

    @classmethod
    def seen(cls, scene: Scene, camera: Camera, *, passer_by: bool, every: int = 1) -> Stage:
        """With one leaf in `every`."""
        leaves = scene.leaves.thinned(every) if every > 1 else scene.leaves
        solids = (*scene.solids, scene.walker) if passer_by else scene.solids
        return cls(solids, leaves, camera, *leaves.drawn(camera))

    def depth(self, rows: slice) -> tuple[Floats, NDArray[np.int16], NDArray[np.int32]]:
        """Depth, which solid, which leaf (-1: none) for some rows."""
        depth, solid = first_met(list(self.solids), self.camera, rows)
        leaf = self.which[rows]
        leaf_depth = np.where(leaf >= 0, self.leaf_depth[leaf], np.inf).astype(np.float32)
        nearer = leaf_depth < depth + 0.02
        return np.where(nearer, leaf_depth, depth), np.where(nearer, -1, solid).astype(np.int16), np.where(nearer, leaf, -1)

    def depths(self) -> Floats:
        """Depth of every pixel."""
        height = self.camera.size[0]
        return np.concatenate([self.depth(slice(top, min(height, top + STRIP)))[0] for top in range(0, height, STRIP)])


@dataclass(frozen=True, eq=False)
class Seen:
    """What the rays of some rows meet: `points`, `normals`, `albedo` (rows, width, 3), and what of it is leaf or anything at all."""

    points: Floats
    normals: Floats
    albedo: Floats
    leaf: NDArray[np.bool_]
    solid: NDArray[np.bool_]
    direction: Floats
    depth: Floats

    @classmethod
    def along(cls, stage: Stage, rows: slice) -> Seen:
        """What the stage's camera sees in some rows."""
        depth, solid, leaf = stage.depth(rows)
        origin, direction = stage.camera.rays(rows, slice(0, stage.camera.size[1]))
        points = origin + np.where(np.isfinite(depth), depth, 0)[..., None] * direction
        normals, albedo = np.zeros_like(points), np.zeros_like(points)
        for number in np.unique(solid[solid >= 0]):
            here = solid == number
            body = stage.solids[number]
            at = points[here]
            albedo[here], normals[here] = body.surface(at, body.normals(at))
        here = leaf >= 0
        albedo[here], normals[here] = stage.leaves.colour[leaf[here]], stage.leaves.normal[leaf[here]]
        return cls(points, normals, albedo, here, np.isfinite(depth), direction, depth)


@dataclass(frozen=True, eq=False)
class Shadows:
    """What a light in one direction reaches: the depths that it sees."""

    camera: Parallel
    depths: Floats

    @classmethod
    def cast(cls, scene: Scene, light: Floats, longest: int, *, passer_by: bool, every: int) -> Shadows:
        """By the whole scene."""
        camera = Parallel.towards(light, block(), longest)
        return cls(camera, Stage.seen(scene, camera, passer_by=passer_by, every=every).depths())

    def lit(self, points: Floats, spread: float, taps: int, slack: Floats | float) -> Floats:
        """How much of the light reaches points (..., 3), from 0 to 1; edges are soft over `spread` metres."""
        row, column, depth = self.camera.project(points)
        wide = spread / self.camera.pixel
        start = chance(np.floor(points[..., 0] * 977), np.floor(points[..., 1] * 983), np.floor(points[..., 2] * 991))
        total = np.zeros(depth.shape, np.float32)
        for tap in range(taps):
            angle, far = 2 * np.pi * (start + tap * 0.618), wide * np.sqrt((tap + start) / taps)
            r = np.rint(row + far * np.sin(angle)).astype(np.int32)
            c = np.rint(column + far * np.cos(angle)).astype(np.int32)
            inside = (r >= 0) & (c >= 0) & (r < self.depths.shape[0]) & (c < self.depths.shape[1])
            blocker = self.depths[np.where(inside, r, 0), np.where(inside, c, 0)]
            total += ~inside | (depth < blocker + slack)
        return total / taps


@dataclass(frozen=True, eq=False)
class Lighting:
    """The sun's shadows and those of several directions of the sky."""

    sun: Shadows
    sky: tuple[Shadows, ...]

    @classmethod
    @lru_cache(maxsize=8)
    def of(cls, scene: Scene, view: int, detail: int, every: int, *, passer_by: bool) -> Lighting:
        """For a view; `detail` is the length of the sun's shadow picture in pixels."""
        sun = Shadows.cast(scene, LIGHTS[view].sun, detail, passer_by=passer_by, every=every)
        return cls(sun, _sky_shadows(scene, max(200, detail // 5), every * 3))


@lru_cache(maxsize=2)
def _sky_shadows(scene: Scene, longest: int, every: int) -> tuple[Shadows, ...]:
    """The passer-by hides little of the sky, and is left out of it."""
    heights = (0.25, 0.5, 0.75, 0.95, 0.35, 0.6, 0.85, 0.2, 0.45, 0.7)
    turns = 2.4 * np.arange(len(heights))
    directions = [vector(np.cos(a) * np.sqrt(1 - h * h), h, np.sin(a) * np.sqrt(1 - h * h)) for a, h in zip(turns, heights, strict=True)]
    return tuple(Shadows.cast(scene, direction, longest, passer_by=False, every=every) for direction in directions)


def render(view: int, size: tuple[int, int], *, passer_by: bool, seed: int = 0) -> NDArray[np.uint8]:
    """The photograph of view 1, 2 or 3, (height, width, 3) in sRGB."""
    stage = _stage(view, size, FINER, passer_by=passer_by, seed=seed)
    scene, every = landmark(seed), _every(size)
    lighting = Lighting.of(scene, view, int(np.clip(size[1] * 1.7, 400, 2700)), every, passer_by=passer_by)
    light = _reduced(stage, lambda seen: _lit(seen, LIGHTS[view], lighting, scene.walker.noise))
    return _developed(light, LIGHTS[view].exposure, seed)


def albedo(view: int, size: tuple[int, int], seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The view under even light, without the passer-by: sRGB (height, width, 3), and where there is anything but sky."""
    stage = _stage(view, size, FINER, passer_by=False, seed=seed)
    values = _reduced(stage, lambda seen: np.concatenate([seen.albedo, seen.solid[..., None].astype(np.float32)], 2))
    return _encoded(values[..., :3]), values[..., 3] > 0.99


def mapping(size: tuple[int, int], every: int = 4, seed: int = 0, to: int = 2) -> Floats:
    """Where view 2, or another, shows what view 1 shows: for one pixel in `every`, down and across, its (row, column) there.

    Both pictures are (height, width) = `size`, without the passer-by. NaN where the other view does not show it, and for the sky.
    """
    first, second = (_stage(view, size, 1, passer_by=False, seed=seed) for view in (1, to))
    depth = first.depths()[::every, ::every]
    origin, direction = first.camera.rays(slice(0, size[0]), slice(0, size[1]))
    there = np.isfinite(depth)
    row, column, far = second.camera.project(origin + np.where(there, depth, 1)[..., None] * direction[::every, ::every])
    r, c = np.rint(row), np.rint(column)
    there &= (far > 0) & (r >= 0) & (c >= 0) & (r < size[0]) & (c < size[1])
    seen = second.depths()
    apart = np.full(depth.shape, np.inf, np.float32)
    for down, across in np.ndindex(3, 3):
        near = seen[np.clip(r + down - 1, 0, size[0] - 1).astype(int), np.clip(c + across - 1, 0, size[1] - 1).astype(int)]
        apart = np.minimum(apart, np.abs(near - far))
    return np.where((there & (apart < 0.05))[..., None], np.stack([row, column], 2), np.nan).astype(np.float32)


def _every(size: tuple[int, int]) -> int:
    return max(1, round(1300 / size[1]))


@lru_cache(maxsize=4)
def _stage(view: int, size: tuple[int, int], finer: int, *, passer_by: bool, seed: int) -> Stage:
    seen = camera(view, (size[0] * finer, size[1] * finer))
    return Stage.seen(landmark(seed), seen, passer_by=passer_by, every=_every(size))


def _reduced(stage: Stage, shade: Callable[[Seen], Floats]) -> Floats:
    """What `shade` makes of each strip, averaged over the rays of a pixel."""
    strips = []
    height, width = stage.camera.size
    for top in range(0, height, STRIP):
        values = shade(Seen.along(stage, slice(top, min(height, top + STRIP))))
        strips.append(cv2.resize(values, (width // FINER, values.shape[0] // FINER), interpolation=cv2.INTER_AREA))
    return np.concatenate(strips)


def _lit(seen: Seen, light: Light, lighting: Lighting, noise: Noise) -> Floats:
    sky = _sky(unit(seen.direction), light, noise)
    raised = seen.points + 0.02 * seen.normals
    slack = np.where(seen.leaf, np.float32(0.10), np.float32(0.035))
    facing = dot(seen.normals, light.sun)
    through = np.where(seen.leaf, 0.45 * np.maximum(-facing, 0) + 0.12, 0)
    sunny = lighting.sun.lit(raised, 0.035, 9, slack) * (np.maximum(facing, 0) + through)
    colour = seen.albedo * (sunny[..., None] * light.sunlight + _ambient(seen, raised, slack, light, lighting))
    clear = np.exp(-seen.depth / light.haze)[..., None]
    haze = 0.75 * light.horizon + 0.25 * light.zenith
    return np.where(seen.solid[..., None], colour * clear + haze * (1 - clear), sky).astype(np.float32)


def _ambient(seen: Seen, raised: Floats, slack: Floats, light: Light, lighting: Lighting) -> Floats:
    """Light of the sky where it is open, and what sunlit ground throws back."""
    total, whole = np.zeros(seen.depth.shape, np.float32), np.float32(0)
    for shadows in lighting.sky:
        towards = -shadows.camera.axes[2]
        total += shadows.lit(raised, 0.22, 3, slack + 0.05) * np.maximum(dot(seen.normals, towards), np.where(seen.leaf, 0.25, 0))
        whole += max(0.0, float(towards[1]))
    opened = (total / whole)[..., None]
    bounce = (0.5 - 0.5 * seen.normals[..., 1]) * 0.30 + 0.035
    ground = 0.30 * light.sunlight * max(0.2, float(light.sun[1])) * vector(1.0, 0.88, 0.70)
    return opened * (0.62 * light.zenith + 0.38 * light.horizon) * 1.25 + bounce[..., None] * ground


def _sky(direction: Floats, light: Light, noise: Noise) -> Floats:
    """Blue above, pale at the horizon; soft clouds, and hills far away."""
    up = direction[..., 1]
    share = np.clip(up / 0.55, 0, 1)[..., None] ** np.float32(0.55)
    sky = light.horizon * (1 - share) + light.zenith * share
    glow = np.maximum(dot(direction, light.sun), 0) ** 6
    sky = sky + 0.25 * glow[..., None] * light.sunlight / 3
    high = np.maximum(up, 0.01) + 0.16
    x, z = direction[..., 0] / high, direction[..., 2] / high
    shift, free, brightness = light.clouds
    wisps = noise.at(x + shift, z, 6.0) + 0.28 * noise.at(x * 3 + shift, z * 3 + 5, 6.0) - free
    lit = noise.at(x + shift + 0.05 * light.sun[0], z + 0.05 * light.sun[2], 6.0) - noise.at(x + shift, z, 6.0)
    cover = step(0.0, 1.9, wisps) * step(0.0, 0.10, up)
    white = (
        brightness
        * (0.80 * light.horizon + 0.18 * light.sunlight)
        * (1 - 0.30 * step(0.8, 2.6, wisps) - np.clip(0.5 * lit, -0.12, 0.2))[..., None]
    )
    sky = sky * (1 - 0.9 * cover[..., None]) + 0.9 * cover[..., None] * white
    return _hills(direction, light, noise, sky)


def _hills(direction: Floats, light: Light, noise: Noise, sky: Floats) -> Floats:
    turn = np.arctan2(direction[..., 0], direction[..., 2])
    for number, (height, haze) in enumerate(((0.085, 0.80), (0.055, 0.62))):
        ridge = (
            height + 0.020 * noise.at(turn + number, 0 * turn + number * 0.3, 1.9) + 0.0012 * noise.at(turn * 9, 0 * turn, 1.3, rough=True)
        )
        wood = vector(0.06, 0.09, 0.05) * (1 + 0.2 * noise.at(turn, direction[..., 1] * 1.5, 0.35, rough=True))[..., None] * 2.0
        hill = wood * (1 - haze) + haze * (0.62 * light.horizon + 0.30 * light.zenith)
        sky = np.where((direction[..., 1] < ridge)[..., None], hill, sky)
    return sky


def _encoded(linear: Floats) -> NDArray[np.uint8]:
    linear = np.clip(linear, 0, 1)
    encoded = np.where(linear < 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-6) ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)


def _developed(light: Floats, exposure: float, seed: int) -> NDArray[np.uint8]:
    """As a camera gives it: a soft shoulder, corners a little darker, a trace of grain."""
    height, width = light.shape[:2]
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    exposed = light * exposure * (1 - 0.10 * (down**2 + across**2))[..., None]
    toned = exposed * (2.51 * exposed + 0.03) / (exposed * (2.43 * exposed + 0.59) + 0.14)
    grain = cv2.GaussianBlur(np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32), (0, 0), 0.6)
    return _encoded(np.clip(toned, 0, 1) * (1 + 0.012 * grain[..., None]))
