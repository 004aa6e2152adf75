"""What stands where: a small temple on its steps, paving, hedges, trees, and a walker who passes by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from resources.samples.cameras import Floats, vector
from resources.samples.figure import Walker
from resources.samples.foliage import Leaves, crown, grass, hedge, placed, tinted
from resources.samples.solids import Convex, Ellipsoid, Solid, Turned, box, prism, turned
from resources.samples.surfaces import Courses, Fluted, Ground, Noise, Plain, Stone

FLOOR = 0.64
"""The top step, metres above the paving."""
SHAFT = 3.75
LINTEL = FLOOR + SHAFT + 0.44
"""Where what the columns carry begins."""
COLUMNS = (-3.3, -1.15, 1.15, 3.3)
HALF = 3.75
"""From the middle to the side of the walls."""
BACK = 8.2

BASE = [
    (0.10, 0.46),
    (0.115, 0.485),
    (0.145, 0.49),
    (0.17, 0.475),
    (0.185, 0.43),
    (0.21, 0.415),
    (0.225, 0.43),
    (0.25, 0.42),
    (0.262, 0.37),
]
"""The foot of a column: height and radius of each corner of its profile, from below."""
CAPITAL = [
    (0.0, 0.31),
    (0.02, 0.335),
    (0.05, 0.335),
    (0.06, 0.31),
    (0.11, 0.315),
    (0.16, 0.345),
    (0.21, 0.39),
    (0.245, 0.425),
    (0.27, 0.43),
]
"""The head of a column, likewise."""
FINIAL = [
    (0.0, 0.14),
    (0.06, 0.15),
    (0.09, 0.07),
    (0.13, 0.08),
    (0.2, 0.16),
    (0.29, 0.18),
    (0.38, 0.13),
    (0.48, 0.05),
    (0.54, 0.04),
    (0.6, 0.01),
]
"""What stands on the gable."""
URN = [
    (0.0, 0.17),
    (0.05, 0.17),
    (0.07, 0.09),
    (0.14, 0.08),
    (0.2, 0.17),
    (0.3, 0.27),
    (0.42, 0.31),
    (0.5, 0.3),
    (0.55, 0.36),
    (0.6, 0.37),
]
"""A vase of stone."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What is there."""

    solids: tuple[Solid, ...]
    leaves: Leaves
    walker: Walker


@dataclass(frozen=True, eq=False)
class Stones:
    """The quarry."""

    noise: Noise
    marble: Stone
    walls: Stone
    steps: Stone

    @classmethod
    def quarried(cls, noise: Noise) -> Stones:
        """Of a warm limestone."""
        tone = vector(0.66, 0.575, 0.44)
        return cls(
            noise,
            Stone(noise, tone),
            Stone(noise, tone * vector(0.90, 0.86, 0.80), Courses(0.42, 0.95), varied=0.17),
            Stone(noise, tone * vector(0.88, 0.87, 0.85), Courses(0.16, 1.35, 0.008, 0.018, 0.4), varied=0.10, rough=0.16),
        )


@lru_cache(maxsize=2)
def landmark(seed: int = 0) -> Scene:
    """The scene; other seeds have other stones, clouds and leaves."""
    noise, rng = Noise(seed), np.random.default_rng(seed + 1)
    stones = Stones.quarried(noise)
    solids = [*_ground(noise), *_steps(stones), *_walls(stones), *_columns(stones), *_carried(stones), *_roof(stones), *_urns(stones)]
    solids += _trunks(noise)
    return Scene(tuple(solids), _greens(rng), Walker(vector(-0.93, 0, -7.6), 8, 1.78, noise))


def _ground(noise: Noise) -> list[Solid]:
    surface = Ground(noise, 5.3, Courses(0.82, 1.1, 0.022, 0.035, 0.3), vector(0.42, 0.375, 0.31))
    plane = Convex(vector(0, 1, 0)[None], vector(0), surface)
    kerb = Stone(noise, vector(0.5, 0.46, 0.39), Courses(0.5, 1.1, 0.012, 0.02))
    earth = Plain(noise, vector(0.035, 0.055, 0.015))
    solids: list[Solid] = [plane]
    for side in (-1, 1):
        inner, outer = sorted((side * 5.3, side * 5.5)), sorted((side * 5.66, side * 6.3))
        solids.append(box((inner[0], 0, -16), (inner[1], 0.11, 9), kerb))
        solids.append(box((outer[0], 0, -15), (outer[1], 0.66, -1.5), earth))
    return solids


def _steps(stones: Stones) -> list[Solid]:
    return [
        box((-HALF - 0.35 - d, FLOOR - 0.16 * (k + 1), -d), (HALF + 0.35 + d, FLOOR - 0.16 * k, BACK + 0.3 + d), stones.steps)
        for k, d in enumerate((0.0, 0.34, 0.68, 1.02))
    ]


def _walls(stones: Stones) -> list[Solid]:
    front, wood = 2.5, Plain(stones.noise, vector(0.075, 0.135, 0.125), 0.16)
    solids: list[Solid] = [
        box((-HALF, FLOOR, front), (-0.95, LINTEL, front + 0.6), stones.walls),
        box((0.95, FLOOR, front), (HALF, LINTEL, front + 0.6), stones.walls),
        box((-0.95, FLOOR + 3.1, front), (0.95, LINTEL, front + 0.6), stones.walls),
        box((-HALF, FLOOR, front + 0.6), (HALF, LINTEL, BACK), stones.walls),
        box((-1.25, FLOOR + 3.1, front - 0.10), (1.25, FLOOR + 3.42, front), stones.marble),
        box((-1.38, FLOOR + 3.42, front - 0.2), (1.38, FLOOR + 3.53, front), stones.marble),
        box((-HALF - 0.05, FLOOR, front - 0.06), (HALF + 0.05, FLOOR + 0.34, BACK + 0.05), stones.marble),
        box((-0.95, FLOOR, front + 0.3), (0.95, FLOOR + 3.1, front + 0.6), wood),
    ]
    for side in (-1, 1):
        jamb = sorted((side * 0.93, side * 1.18))
        solids.append(box((jamb[0], FLOOR, front - 0.08), (jamb[1], FLOOR + 3.1, front + 0.3), stones.marble))
        corner = sorted((side * (HALF - 0.5), side * (HALF + 0.07)))
        solids.append(box((corner[0], FLOOR, front - 0.12), (corner[1], LINTEL, front + 0.62), stones.marble))
        for low, high in ((0.45, 1.25), (1.4, 2.9)):
            panel = sorted((side * 0.1, side * 0.82))
            solids.append(box((panel[0], FLOOR + low, front + 0.25), (panel[1], FLOOR + high, front + 0.35), wood))
    return solids


def _columns(stones: Stones) -> list[Solid]:
    low, high = FLOOR + 0.26, FLOOR + 0.26 + SHAFT - 0.2
    lower, upper = 0.36, 0.30
    solids: list[Solid] = []
    for x in COLUMNS:
        foot = vector(x, 0, 0.55)
        shares = np.linspace(0, 1, 7)
        shaft = np.stack([low + shares * (high - low), lower + (upper - lower) * shares**1.7], 1).astype(np.float32)
        solids += [
            box((x - 0.5, FLOOR, 0.05), (x + 0.5, FLOOR + 0.10, 1.05), stones.marble),
            Turned(foot, turned([(FLOOR + y, r) for y, r in BASE]), stones.marble),
            Turned(foot, shaft, Fluted(stones.marble, (x, 0.55), (low, high))),
            Turned(foot, turned([(high + y, r) for y, r in CAPITAL]), stones.marble),
            box((x - 0.45, high + 0.27, 0.10), (x + 0.45, LINTEL, 1.0), stones.marble),
        ]
    return solids


def _carried(stones: Stones) -> list[Solid]:
    """Architrave, frieze with triglyphs, cornice with dentils."""
    y, out = LINTEL, HALF
    solids: list[Solid] = [
        box((-out + 0.12, y, 0.40), (out - 0.12, y + 0.05, BACK), stones.marble),
        box((-out, y + 0.045, 0.26), (out, y + 0.22, BACK), stones.marble),
        box((-out - 0.03, y + 0.22, 0.22), (out + 0.03, y + 0.44, BACK), stones.marble),
        box((-out - 0.09, y + 0.44, 0.15), (out + 0.09, y + 0.51, BACK), stones.marble),
        box((-out, y + 0.51, 0.24), (out, y + 0.98, BACK), Stone(stones.noise, stones.marble.tone * vector(0.93, 0.87, 0.80))),
        box((-out - 0.08, y + 0.98, 0.14), (out + 0.08, y + 1.05, BACK), stones.marble),
        box((-out - 0.34, y + 1.17, -0.16), (out + 0.34, y + 1.30, BACK + 0.2), stones.marble),
        box((-out - 0.40, y + 1.30, -0.22), (out + 0.40, y + 1.36, BACK + 0.2), stones.marble),
    ]
    for x in np.linspace(-out + 0.2, out - 0.2, 13):
        solids += [box((x + k - 0.05, y + 0.53, 0.16), (x + k + 0.05, y + 0.97, 0.3), stones.marble) for k in (-0.125, 0.0, 0.125)]
        solids.append(box((x - 0.19, y + 0.91, 0.155), (x + 0.19, y + 0.985, 0.3), stones.marble))
    solids += [box((x - 0.055, y + 1.05, 0.0), (x + 0.055, y + 1.17, 0.2), stones.marble) for x in np.linspace(-out - 0.02, out + 0.02, 42)]
    for side in (-1, 1):
        ends = sorted((side * (out - 0.1), side * (out + 0.16)))
        solids += [box((ends[0], y + 1.05, z - 0.055), (ends[1], y + 1.17, z + 0.055), stones.marble) for z in np.arange(0.25, BACK, 0.36)]
        ends = sorted((side * (out - 0.1), side * (out + 0.08)))
        solids += [box((ends[0], y + 0.53, z - 0.17), (ends[1], y + 0.97, z + 0.17), stones.marble) for z in np.arange(0.4, BACK, 1.1)]
    return solids


def _roof(stones: Stones) -> list[Solid]:
    y, out, rise = LINTEL + 1.36, HALF + 0.40, 1.42
    tiles = Plain(stones.noise, vector(0.34, 0.16, 0.085), 0.14, ribs=0.28)
    run = float(np.hypot(out, rise))
    solids: list[Solid] = [prism([(-out, y), (out, y), (0, y + rise + 0.03)], 0.2, 0.5, stones.marble)]
    for side in (-1, 1):
        for thick, over, front in ((0.17, 0.0, -0.10), (0.07, 0.17, -0.24)):
            low, high = over * run / out, (over + thick) * run / out
            outline = [(side * out, y + low), (0, y + rise + low), (0, y + rise + high), (side * out, y + high)]
            solids.append(prism(outline[::-side], front, 0.55, stones.marble))
        outline = [(side * (out - 0.02), y), (0, y), (0, y + rise + 0.14), (side * (out - 0.02), y + 0.14)]
        solids.append(prism(outline[::side], 0.5, BACK + 0.2, tiles))
    for x, at in ((0.0, y + rise + 0.24), (-out + 0.22, y + 0.22), (out - 0.22, y + 0.22)):
        solids.append(box((x - 0.19, at - 0.2, -0.2), (x + 0.19, at + 0.06, 0.2), stones.marble))
        solids.append(Turned(vector(x, at + 0.05, 0), turned(FINIAL), stones.marble))
    disc = Ellipsoid(vector(0, y + 0.52, 0.2), vector(0.36, 0.36, 0.09), stones.marble)
    return [
        *solids,
        disc,
        Ellipsoid(vector(0, y + 0.52, 0.13), vector(0.21, 0.21, 0.07), Stone(stones.noise, stones.marble.tone * vector(0.80, 0.72, 0.62))),
    ]


URNS = ((-4.15, -1.75), (4.15, -1.75))


def _urns(stones: Stones) -> list[Solid]:
    solids: list[Solid] = []
    for x, z in URNS:
        solids += [
            box((x - 0.36, 0, z - 0.36), (x + 0.36, 0.14, z + 0.36), stones.marble),
            box((x - 0.29, 0.14, z - 0.29), (x + 0.29, 0.72, z + 0.29), stones.marble),
            box((x - 0.35, 0.72, z - 0.35), (x + 0.35, 0.80, z + 0.35), stones.marble),
            Turned(vector(x, 0.80, z), turned(URN), stones.marble),
        ]
    return solids


TREES = ((-9.6, 4.5, 3.3, 6.2), (9.4, 6.5, 3.4, 6.0), (-15.5, 11.0, 4.2, 7.5), (15.5, 10.0, 4.0, 7.0))
"""x, z, width of the crown, height of its middle."""


def _trunks(noise: Noise) -> list[Solid]:
    bark = Plain(noise, vector(0.13, 0.095, 0.065), 0.35)
    profile = [(0.0, 0.42), (0.3, 0.3), (1.2, 0.25), (3.2, 0.2), (6.0, 0.08)]
    return [Turned(vector(x, 0, z), np.array(profile, np.float32), bark) for x, z, _, _ in TREES]


def _greens(rng: np.random.Generator) -> Leaves:
    parts = [_trees(rng), _cypresses(rng), _backdrop(rng), _flowers(rng), _fallen(rng)]
    for side in (-1, 1):
        outer = sorted((side * 5.66, side * 6.3))
        parts.append(hedge(rng, (outer[0], 0, -15), (outer[1], 0.68, -1.5), 26000, 0.075, (0.085, 0.15, 0.03)))
        lawn = sorted((side * 6.3, side * 13.5))
        parts.append(grass(rng, (lawn[0], -13), (lawn[1], 8), 16000, 0.11))
    return Leaves.joined(parts)


def _trees(rng: np.random.Generator) -> Leaves:
    colours = ((0.115, 0.185, 0.034), (0.10, 0.17, 0.038), (0.085, 0.15, 0.04), (0.095, 0.16, 0.04))
    return Leaves.joined(
        [
            crown(rng, (x, y, z), (wide, wide * 1.05, wide), 60000, 0.135, colour, 150)
            for (x, z, wide, y), colour in zip(TREES, colours, strict=True)
        ]
    )


def _cypresses(rng: np.random.Generator) -> Leaves:
    places = ((-6.3, 9.5, 4.6), (6.6, 3.2, 4.1), (8.4, 11.5, 4.8), (-12.2, 8.0, 4.4))
    return Leaves.joined([crown(rng, (x, tall, z), (0.85, tall, 0.85), 30000, 0.115, (0.055, 0.092, 0.034), 200) for x, z, tall in places])


def _backdrop(rng: np.random.Generator) -> Leaves:
    """Bushes and woods behind everything."""
    parts = []
    for x in np.arange(-34, 40, 2.6):
        tall = rng.uniform(1.6, 3.6)
        centre = (x + rng.uniform(-1, 1), tall * 0.75, rng.uniform(17, 24))
        green = rng.uniform(0.85, 1.25)
        parts.append(crown(rng, centre, (2.4, tall, 2.0), 7000, 0.25, (0.085 * green, 0.135 * green, 0.045), 30))
    return Leaves.joined(parts)


def _flowers(rng: np.random.Generator) -> Leaves:
    parts = []
    for x, z in URNS:
        parts.append(crown(rng, (x, 1.58, z), (0.44, 0.34, 0.44), 1500, 0.10, (0.09, 0.17, 0.04), 20))
        out = rng.standard_normal((420, 3)).astype(np.float32)
        out /= np.sqrt((out**2).sum(1, keepdims=True))
        out[:, 1] = np.abs(out[:, 1])
        petals = tinted(rng, (0.62, 0.07, 0.10), 420)
        parts.append(placed(rng, vector(x, 1.58, z) + out * vector(0.45, 0.36, 0.45), out, petals, 0.085, 0.9))
    return Leaves.joined(parts)


def _fallen(rng: np.random.Generator) -> Leaves:
    middle = np.zeros((260, 3), np.float32)
    middle[:, 0], middle[:, 2] = rng.uniform(-5.2, 5.2, 260), rng.uniform(-15, -1.4, 260)
    middle[:, 1] = 0.012
    up = np.broadcast_to(vector(0, 6, 0), middle.shape)
    return placed(rng, middle, up, tinted(rng, (0.26, 0.15, 0.035), 260), 0.10)


def block() -> Floats:
    """Two corners of what casts the shadows that are seen."""
    return np.array([(-13.5, 0, -15), (13.5, 10.5, 14)], np.float32)
