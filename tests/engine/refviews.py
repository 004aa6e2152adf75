"""Scenes that are photographed twice: walls, corners and boxes with posters on them, and where each pixel of one photograph lies in the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import skimage.data

from engine.job import Job, Result, finished
from engine.mapping import MappingField
from engine.methods.refmatch import RefSettings
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.reference import ControlPoint, Reference
from resources.samples import renderer
from resources.samples.cameras import Pinhole, vector

SIZE = 384, 512
SAMPLES = Path(renderer.__file__).parent
FINER = 2
"""Rays a pixel, down and across."""


@dataclass(frozen=True, eq=False)
class Poster:
    """A flat rectangle in space that carries a picture: its upper left corner, its upper edge and its left edge, in metres."""

    corner: np.ndarray
    across: np.ndarray
    down: np.ndarray
    picture: np.ndarray

    @classmethod
    def upright(cls, left: tuple[float, float], right: tuple[float, float], bottom: float, top: float, picture: np.ndarray) -> Poster:
        """Standing on the line from left to right, (x, z) each."""
        corner = vector(left[0], top, left[1])
        return cls(corner, vector(right[0] - left[0], 0, right[1] - left[1]), vector(0, bottom - top, 0), picture)

    @classmethod
    def ground(cls, left: float, right: float, near: float, far: float, picture: np.ndarray) -> Poster:
        return cls(vector(left, 0, far), vector(right - left, 0, 0), vector(0, 0, near - far), picture)

    def within(self, camera: Pinhole) -> tuple[slice, slice]:
        """Rows and columns of the camera's picture that it can be seen in; all of it lies before the camera."""
        ends = [self.corner + a * self.across + b * self.down for a in (0, 1) for b in (0, 1)]
        row, column, _ = camera.project(np.array(ends))
        both = zip((row, column), camera.size, strict=True)
        rows, columns = (slice(max(0, int(at.min()) - 1), min(side, max(0, int(at.max()) + 2))) for at, side in both)
        return rows, columns

    def met(self, origin: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Depth of rays (h, w), inf where they miss; and (h, w, 2) where across and down they meet it, 0 to 1."""
        normal = np.cross(self.across, self.down)
        facing = direction @ normal
        depth = (self.corner - origin) @ normal / np.where(np.abs(facing) < 1e-9, 1e-9, facing)
        from_corner = origin + depth[..., None] * direction - self.corner
        at = np.stack([from_corner @ edge / (edge @ edge) for edge in (self.across, self.down)], -1)
        return np.where((depth > 0.1) & ((at >= 0) & (at <= 1)).all(-1), depth, np.inf), at


@dataclass(frozen=True, eq=False)
class Views:
    """A place photographed twice: `truth` as it was, a `hole` in it; `there` (h, w, 2) is where its pixels lie in `reference`, `seen` which of them do."""

    truth: np.ndarray
    hole: np.ndarray
    reference: np.ndarray
    there: np.ndarray
    seen: np.ndarray

    @property
    def target(self) -> np.ndarray:
        """The truth with somebody in a red coat standing before it."""
        out = self.truth.copy()
        out[self.hole] = (150, 30, 40) if out.ndim == 3 else 60
        return out

    def restyled(self, seed: int = 3) -> Views:
        """The same, its reference taken with another camera in another light."""
        return replace(self, reference=restyled(self.reference, seed))

    def turned(self, quarters: int) -> Views:
        """The same with the reference turned to the left by quarters."""
        there = self.there
        width = self.reference.shape[1]
        size = self.reference.shape[:2]
        for _ in range(quarters):
            width = size[1]
            there = np.stack([width - 1 - there[..., 1], there[..., 0]], -1)
            size = size[::-1]
        return replace(self, reference=np.ascontiguousarray(np.rot90(self.reference, quarters)), there=there)

    def sized(self, times: float) -> Views:
        """The same at another size: drawn quickly, out of the same pixels."""
        size = (round(self.hole.shape[1] * times), round(self.hole.shape[0] * times))
        how = cv2.INTER_AREA if times < 1 else cv2.INTER_CUBIC
        truth, reference = (cv2.resize(pixels, size, interpolation=how) for pixels in (self.truth, self.reference))
        hole, seen = (cv2.resize(one.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for one in (self.hole, self.seen))
        there = (cv2.resize(self.there, size, interpolation=cv2.INTER_LINEAR) + 0.5) * times - 0.5
        return Views(truth, hole, reference, there, seen)

    def points(self, places: list[tuple[int, int]]) -> tuple[ControlPoint, ...]:
        """Control points at pixels of the target, as a careful user sets them."""
        pairs = [((float(row), float(column)), tuple(map(float, self.there[row, column]))) for row, column in places]
        return tuple(ControlPoint(here, (there[0], there[1])) for here, there in pairs)

    def job(self, *references: np.ndarray, points: tuple[ControlPoint, ...] = (), **settings: Any) -> Job:
        """To fill the hole from the reference, or from others in its stead; by RootSIFT, which needs no weights, unless told otherwise."""
        given = tuple(
            Reference(Picture(pixels.copy()), f"{number}.jpg", points if number == 1 else ())
            for number, pixels in enumerate(references or (self.reference,), 1)
        )
        mask = Mask(self.hole.astype(np.uint8) * 255)
        return Job(
            Picture(self.target), mask, "refmatch", RefSettings(**{"features": "rootsift"} | settings), references=given, device="cpu"
        )


def restyled(pixels: np.ndarray, seed: int = 3) -> np.ndarray:
    """Another tone curve, a colour cast, light that falls off to one side, a softer lens, noise, and JPEG at quality 75."""
    height, width = pixels.shape[:2]
    values = (pixels / 255.0) ** np.array([0.8, 0.95, 1.2])
    values = 0.04 + 0.9 * values * np.array([1.0, 0.9, 0.75])
    values *= np.linspace(1.05, 0.8, width)[None, :, None] * np.linspace(0.92, 1.04, height)[:, None, None]
    values = cv2.GaussianBlur(values, (0, 0), 0.7) + np.random.default_rng(seed).normal(0, 0.012, values.shape)
    levels = (values.clip(0, 1) * 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", levels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])[1], cv2.IMREAD_COLOR)[..., ::-1].copy()


def photographed(posters: tuple[Poster, ...], camera: Pinhole) -> np.ndarray:
    """(h, w, 3) uint8 sRGB, under an evening sky."""
    height, width = (FINER * side for side in camera.size)
    finer = replace(camera, size=(height, width))
    origin, direction = finer.rays(slice(0, height), slice(0, width))
    nearest = np.full((height, width), np.inf, np.float32)
    up = np.clip(direction[..., 1:2] * 2 + 0.3, 0, 1)
    drawn = (1 - up) * vector(236, 214, 190) + up * vector(120, 160, 214)
    for poster in posters:
        part = poster.within(finer)
        depth, at = poster.met(origin[0, 0], direction[part])
        here = depth < nearest[part]
        nearest[part][here] = depth[here]
        drawn[part][here] = _looked_up(poster.picture, at, here)[here]
    return cv2.resize(drawn, camera.size[::-1], interpolation=cv2.INTER_AREA).round().astype(np.uint8)


def _looked_up(picture: np.ndarray, at: np.ndarray, here: np.ndarray) -> np.ndarray:
    """The picture at shares of its width and height (h, w, 2), reduced first to about as many pixels as it is seen in."""
    spans = np.ptp(at[here], axis=0) if here.any() else np.ones(2)
    seen = np.sqrt(here.sum() / max(float(spans.prod()), 1e-6)) / 1.4
    share = min(1.0, seen / np.sqrt(picture.shape[0] * picture.shape[1]))
    reduced = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    where = (at * np.array(reduced.shape[1::-1]) - 0.5).astype(np.float32)
    return cv2.remap(reduced, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def mapping(posters: tuple[Poster, ...], one: Pinhole, other: Pinhole) -> tuple[np.ndarray, np.ndarray]:
    """(h, w, 2): where pixels of one camera lie in the other's picture, NaN in the sky; and which of them are seen there."""
    depth, origin, direction = _depths(posters, one)
    points = origin + np.where(np.isfinite(depth), depth, 1)[..., None] * direction
    row, column, far = other.project(points)
    there = np.where(np.isfinite(depth)[..., None], np.stack([row, column], -1), np.nan).astype(np.float32)
    inside = np.isfinite(depth) & (row > -0.5) & (column > -0.5) & (row < other.size[0] - 0.5) & (column < other.size[1] - 0.5) & (far > 0)
    theirs = _depths(posters, other)[0]
    nearest = theirs[tuple(np.clip(np.rint(np.nan_to_num(there)).astype(int), 0, np.array(other.size) - 1).transpose(2, 0, 1))]
    return there, inside & (far < nearest * 1.02)


def _depths(posters: tuple[Poster, ...], camera: Pinhole) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    origin, direction = camera.rays(slice(0, camera.size[0]), slice(0, camera.size[1]))
    nearest = np.full(camera.size, np.inf, np.float32)
    for poster in posters:
        part = poster.within(camera)
        nearest[part] = np.minimum(nearest[part], poster.met(origin[0, 0], direction[part])[0])
    return nearest, origin, direction


def taken(posters: tuple[Poster, ...], one: Pinhole, other: Pinhole, centre: tuple[float, float] = (0.55, 0.5)) -> Views:
    """Both photographs; the hole is somebody's outline at `centre`, shares of height and width."""
    there, seen = mapping(posters, one, other)
    return Views(photographed(posters, one), outline(one.size, centre), photographed(posters, other), there, seen)


def outline(size: tuple[int, int], centre: tuple[float, float]) -> np.ndarray:
    """(h, w): a head and a coat, a third of the picture high."""
    height, width = size
    row, column, unit = centre[0] * height, centre[1] * width, height / 24
    drawn = np.zeros(size, np.uint8)
    cv2.ellipse(drawn, (round(column), round(row + unit)), (round(2.1 * unit), round(3.7 * unit)), 0, 0, 360, 1, -1)
    cv2.circle(drawn, (round(column + unit / 4), round(row - 3.4 * unit)), round(1.2 * unit), 1, -1)
    return drawn > 0


@cache
def temple() -> np.ndarray:
    """The drawn sample scene, 600 x 800."""
    pixels = cv2.imdecode(np.fromfile(SAMPLES / "landmark-clean.jpg", np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    return cv2.resize(pixels, (800, 600), interpolation=cv2.INTER_AREA)


@cache
def bricks(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    """A wall of bricks, each burnt a little differently, weathered: 20 pixels a row."""
    rng = np.random.default_rng(seed)
    height, width = 20 * rows, 48 * columns
    r, c = np.mgrid[:height, :width]
    course = r // 20
    brick = (c + 24 * (course % 2)) // 48
    tone = rng.normal(0, 12, (rows, columns + 1))[course, brick] + cv2.GaussianBlur(rng.normal(0, 1, (height, width)), (0, 0), 14) * 260
    mortar = (r % 20 < 2) | ((c + 24 * (course % 2)) % 48 < 2)
    colours = np.where(mortar[..., None], (176, 170, 160), np.array([150, 84, 62]) + tone[..., None]) + rng.normal(0, 5, (height, width, 1))
    return cv2.GaussianBlur(colours, (0, 0), 0.7).clip(0, 255).astype(np.uint8)


@cache
def paving(rows: int = 24, columns: int = 24) -> np.ndarray:
    """Square slabs of different greys: 32 pixels a slab."""
    rng = np.random.default_rng(2)
    r, c = np.mgrid[: 32 * rows, : 32 * columns]
    tone = rng.normal(0, 11, (rows, columns))[r // 32, c // 32] + cv2.GaussianBlur(rng.normal(0, 1, r.shape), (0, 0), 10) * 120
    joint = (r % 32 < 2) | (c % 32 < 2)
    grey = np.where(joint, 92, 158 + tone) + rng.normal(0, 6, r.shape)
    return (grey[..., None] * np.array([1.0, 0.98, 0.93])).clip(0, 255).astype(np.uint8)


HERE = Pinhole.aimed(SIZE, vector(0, 1.6, 0), (0, 0, 0), 1.0, (0.5, 0.5))
"""Where the target is taken from."""
THERE = Pinhole.aimed(SIZE, vector(1.3, 2.0, 0.6), (-11, -2, 2), 0.96, (0.5, 0.5))
"""Where the reference is: a step to the right, turned back, and not quite level."""


@cache
def wall(turn: float = 0.0) -> Views:
    """One plane: a large print of the temple; the reference may be turned about its axis by so many degrees more."""
    print_ = (Poster.upright((-4.4, 8), (4.4, 8), -1.7, 4.9, temple()),)
    there = Pinhole.aimed(SIZE, vector(1.3, 2.0, 0.6), (-11, -2, 2 + turn), 0.96, (0.5, 0.5))
    return taken(print_, HERE, there)


@cache
def corner() -> Views:
    """Three planes: the corner of a brick house with posters on both walls, above a pavement; the corner runs through the hole."""
    cat, coffee = skimage.data.chelsea(), skimage.data.coffee()
    walls = (
        Poster.upright((-4.2, 9.5), (0.1, 6.6), 0, 4.6, bricks(46, 16)),
        Poster.upright((0.1, 6.6), (5.0, 10.4), 0, 4.6, bricks(46, 19, 5) // 4 * 3),
        Poster.ground(-12, 12, 0.5, 24, paving(48, 48)),
        Poster.upright((-2.6, 8.41), (-0.3, 6.86), 0.7, 2.9, skimage.data.astronaut()),
        Poster.upright((0.7, 7.06), (2.9, 8.77), 1.0, 2.8, coffee),
        Poster.upright((-3.9, 9.29), (-2.9, 8.61), 1.2, 2.3, cat),
        Poster.upright((3.3, 9.07), (4.6, 10.08), 1.0, 3.2, skimage.data.rocket()[:, 160:480]),
        Poster.upright((-2.2, 8.14), (1e-3, 6.66), 3.1, 4.4, temple()[100:400, 200:660]),
    )
    return taken(walls, HERE, THERE, (0.52, 0.5))


@cache
def boxes() -> Views:
    """Depth: boxes with pictures on a pavement, before a print of the temple; the hole is across the edge of one and what lies behind it."""
    front = tuple(
        Poster.upright((x, z), (x + w, z), 0, h, picture)
        for x, z, w, h, picture in (
            (-2.5, 6.8, 1.9, 1.9, skimage.data.astronaut()),
            (0.0, 7.6, 1.6, 1.3, skimage.data.coffee()),
            (1.9, 6.4, 1.4, 1.1, skimage.data.chelsea()),
        )
    )
    sides = tuple(
        Poster.upright(
            (box.corner[0] + box.across[0], box.corner[2]), (box.corner[0] + box.across[0], box.corner[2] + 1), 0, box.corner[1], side
        )
        for box, side in zip(front, (bricks(12, 6), bricks(9, 6, 4), bricks(7, 6, 6)), strict=True)
    )
    behind = (Poster.upright((-6.5, 11), (6.5, 11), 0, 7.2, temple()), Poster.ground(-14, 14, 0.5, 26, paving(56, 56)))
    there = Pinhole.aimed(SIZE, vector(0.8, 1.9, 0.3), (-5, -2, 1), 0.98, (0.5, 0.5))
    return taken((*front, *sides, *behind), HERE, there, (0.5, 0.5))


SCENES = {"wall": wall, "corner": corner, "boxes": boxes}


class Restored(NamedTuple):
    """A result and the picture after it."""

    result: Result
    pixels: np.ndarray

    @property
    def field(self) -> MappingField:
        """As it was corrected."""
        fields = [one for one in self.result.evidence if isinstance(one, MappingField)]
        return next(one for one in fields if one.stage == "corrected")


def restored(job: Job) -> Restored:
    """After all of a Job."""
    result = finished(Pipeline().run(job))
    return Restored(result, job.picture.with_patches(result.patches).pixels)


def missed(views: Views, again: Restored) -> np.ndarray:
    """Pixels of the reference by which the places of hole pixels are off, of those that both photographs show."""
    from_it = views.seen[views.hole] & (again.field.origins >= 0)
    assert from_it.mean() > 0.3
    return np.linalg.norm(again.field.places - views.there[views.hole], axis=1)[from_it]


def apart(views: Views, again: Restored) -> float:
    """Mean difference from the truth in the hole, in levels."""
    return float(np.abs(again.pixels.astype(int) - views.truth)[views.hole].mean())
