"""The passer-by: a walker made of rounded limbs that melt into each other, met by marching along the ray."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resources.samples.cameras import Floats, dot, unit, vector

if TYPE_CHECKING:
    from resources.samples.surfaces import Noise

COAT, TROUSERS, SHOES, SKIN, HAIR, STRAW, LEATHER, RIBBON = range(8)
COLOURS = np.array(
    [
        (0.36, 0.043, 0.034),
        (0.035, 0.045, 0.075),
        (0.10, 0.045, 0.02),
        (0.62, 0.36, 0.25),
        (0.05, 0.028, 0.015),
        (0.66, 0.52, 0.30),
        (0.20, 0.085, 0.03),
        (0.03, 0.03, 0.04),
    ],
    np.float32,
)


class Limb(NamedTuple):
    """A bone with a radius at either end, squeezed along the three axes; metres: forward, up, to the walker's right."""

    cloth: int
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radii: tuple[float, float]
    squeeze: tuple[float, float, float] = (1, 1, 1)
    melt: float = 0.03


LIMBS = (
    Limb(TROUSERS, (0.00, 0.92, 0.09), (0.16, 0.50, 0.10), (0.105, 0.078)),
    Limb(TROUSERS, (0.16, 0.50, 0.10), (0.31, 0.13, 0.10), (0.078, 0.066)),
    Limb(TROUSERS, (0.00, 0.92, -0.09), (0.02, 0.49, -0.09), (0.105, 0.078)),
    Limb(TROUSERS, (0.02, 0.49, -0.09), (-0.31, 0.22, -0.09), (0.078, 0.066)),
    Limb(SHOES, (0.31, 0.075, 0.10), (0.50, 0.075, 0.11), (0.052, 0.034)),
    Limb(SHOES, (-0.36, 0.19, -0.09), (-0.24, 0.045, -0.09), (0.046, 0.034)),
    Limb(COAT, (0.01, 0.98, 0.0), (0.03, 1.20, 0.0), (0.165, 0.15), (0.86, 1, 1.1), 0.06),
    Limb(COAT, (0.03, 1.22, 0.0), (0.035, 1.36, 0.0), (0.155, 0.13), (0.86, 1, 1.25), 0.06),
    Limb(COAT, (0.03, 1.405, -0.15), (0.03, 1.405, 0.15), (0.075, 0.075), melt=0.07),
    Limb(COAT, (0.0, 1.02, 0.0), (-0.02, 0.66, 0.0), (0.165, 0.235), (0.95, 1, 0.85), 0.08),
    Limb(COAT, (0.045, 1.47, -0.02), (0.05, 1.50, 0.02), (0.085, 0.075), melt=0.02),
    Limb(COAT, (0.03, 1.40, 0.19), (-0.15, 1.17, 0.245), (0.066, 0.056)),
    Limb(COAT, (-0.15, 1.17, 0.245), (-0.235, 0.98, 0.25), (0.056, 0.048)),
    Limb(SKIN, (-0.255, 0.935, 0.25), (-0.25, 0.88, 0.25), (0.036, 0.03)),
    Limb(COAT, (0.03, 1.40, -0.19), (0.12, 1.14, -0.235), (0.066, 0.056)),
    Limb(COAT, (0.12, 1.14, -0.235), (0.32, 1.02, -0.22), (0.056, 0.048)),
    Limb(SKIN, (0.36, 1.00, -0.22), (0.42, 0.985, -0.21), (0.036, 0.03)),
    Limb(SKIN, (0.045, 1.48, 0.0), (0.06, 1.56, 0.0), (0.052, 0.052)),
    Limb(SKIN, (0.075, 1.62, 0.0), (0.085, 1.66, 0.0), (0.088, 0.092), (1, 1.05, 0.85)),
    Limb(SKIN, (0.165, 1.625, 0.0), (0.175, 1.615, 0.0), (0.016, 0.014)),
    Limb(HAIR, (0.012, 1.665, 0.0), (-0.03, 1.555, 0.0), (0.095, 0.062), (1, 1, 0.97)),
    Limb(STRAW, (0.06, 1.722, 0.0), (0.06, 1.726, 0.0), (0.19, 0.19), (1, 0.09, 0.9), 0.01),
    Limb(STRAW, (0.055, 1.74, 0.0), (0.055, 1.785, 0.0), (0.10, 0.085), (1, 0.85, 0.9), 0.01),
    Limb(RIBBON, (0.056, 1.742, 0.0), (0.056, 1.750, 0.0), (0.109, 0.108), (1, 0.28, 0.9), 0.005),
    Limb(LEATHER, (-0.035, 0.90, 0.235), (0.115, 0.90, 0.225), (0.085, 0.085), (1, 1.25, 0.5), 0.01),
    Limb(LEATHER, (0.05, 0.98, 0.235), (0.06, 1.47, 0.06), (0.016, 0.016), melt=0.005),
)


@dataclass(frozen=True, eq=False)
class Walker:
    """A walker with both feet about `foot`, heading so many degrees from x towards z."""

    foot: Floats
    heading: float
    height: float
    noise: Noise

    @property
    def bounds(self) -> Floats:
        """Two corners."""
        return np.stack([self.foot + vector(-0.62, -0.01, -0.62), self.foot + vector(0.62, self.height + 0.12, 0.62)])

    def _own(self, points: Floats) -> Floats:
        """Forward, up, right of the walker, in a body 1.8 m high."""
        cos, sin = np.cos(np.radians(self.heading)), np.sin(np.radians(self.heading))
        turn = np.array([[cos, 0, sin], [0, 1, 0], [sin, 0, -cos]], np.float32)
        return (points - self.foot) @ turn.T * np.float32(1.8 / self.height)

    def _distances(self, points: Floats) -> Floats:
        """How far points (N, 3) are from each cloth (N, cloths)."""
        own = self._own(points)
        folds = 0.006 * np.sin(own[:, 1] * 17 + 9 * own[:, 0] + 3 * np.sin(own[:, 2] * 14 + own[:, 1] * 5))
        turn = np.arctan2(own[:, 2], own[:, 0])
        skirt = 0.013 * np.clip((1.0 - own[:, 1]) / 0.3, 0, 1) * np.sin(7 * turn + 4 * own[:, 1])
        folds += 0.004 * np.sin(own[:, 0] * 46 + own[:, 2] * 38 + own[:, 1] * 6)
        cloths = np.full((len(own), len(COLOURS)), 9, np.float32)
        waves = {COAT: folds + skirt, TROUSERS: folds}
        for limb in LIMBS:
            distance = _rounded(own, limb) + waves.get(limb.cloth, 0)
            cloths[:, limb.cloth] = _melted(cloths[:, limb.cloth], distance, limb.melt)
        cloths[:, COAT] = np.maximum(cloths[:, COAT], 0.52 - own[:, 1] + 0.012 * np.sin(own[:, 2] * 25 + own[:, 0] * 21))
        return cloths * np.float32(self.height / 1.8)

    def hit(self, origin: Floats, direction: Floats) -> Floats:
        """See `solids.Solid`."""
        shape = np.broadcast_shapes(origin.shape, direction.shape)
        origins = np.broadcast_to(origin, shape).reshape(-1, 3)
        length = np.sqrt(dot(direction, direction))
        lengths = np.broadcast_to(length, shape[:-1]).ravel()
        ahead = np.broadcast_to(direction, shape).reshape(-1, 3) / lengths[:, None]
        travelled = np.maximum(dot(self.foot + vector(0, self.height / 2, 0) - origins, ahead) - 1.3, 0.01)
        found = np.full(len(ahead), np.inf, np.float32)
        going, begun = np.arange(len(ahead)), travelled.copy()
        for _ in range(60):
            gap = self._distances(origins[going] + travelled[going, None] * ahead[going]).min(1)
            travelled[going] += 0.8 * gap
            arrived = gap < 0.002
            found[going[arrived]] = travelled[going[arrived]]
            going = going[~arrived & (travelled[going] < begun[going] + 2.6)]
        return (found / lengths).reshape(shape[:-1])

    def normals(self, points: Floats) -> Floats:
        """See `solids.Solid`."""
        h = np.float32(0.004)
        slopes = [
            self._distances(points + h * axis).min(1) - self._distances(points - h * axis).min(1) for axis in np.eye(3, dtype=np.float32)
        ]
        return unit(np.stack(slopes, 1))

    def surface(self, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
        """See `solids.Surface`."""
        cloth = self._distances(points).argmin(1)
        own = self._own(points)
        weave = 1 + 0.05 * self.noise.at(own[:, 0] + own[:, 2], own[:, 1], 0.5, rough=True)
        seam = (cloth == COAT) & (np.abs(own[:, 1] - 1.03) < 0.022)
        albedo = COLOURS[cloth] * weave[:, None] * np.where(seam, 0.35, 1)[:, None].astype(np.float32)
        return albedo.astype(np.float32), normals


def _rounded(points: Floats, limb: Limb) -> Floats:
    squeeze = vector(*limb.squeeze)
    start, end = vector(*limb.start), vector(*limb.end)
    at, bone = (points - start) / squeeze, (end - start) / squeeze
    share = np.clip(at @ bone / (bone @ bone), 0, 1)
    off = at - share[:, None] * bone
    return (np.sqrt(dot(off, off)) - (limb.radii[0] + share * (limb.radii[1] - limb.radii[0]))) * np.float32(min(limb.squeeze))


def _melted(a: Floats, b: Floats, width: float) -> Floats:
    near = np.maximum(width - np.abs(a - b), 0) / width
    return np.minimum(a, b) - near * near * width / 4
