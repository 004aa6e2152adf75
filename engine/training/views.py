"""Two views of one photograph: warped apart, in two different lights, partly hidden; and which points of them are the same place.

Training pairs for descriptors, drawn without end from single photographs. The changes of style follow what sets photographs of one landmark apart:
tone curves, white balance, light and shadow, season and haze (low frequencies of another photograph), blur, noise and JPEG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from engine.training.styles import restyled, smooth_field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Field = NDArray[np.float32]
    """(S, S, 2): the row and column of the photograph that a pixel of a view shows."""

TURN, BEND = 12.0, 0.22
"""Spread of the second view's turn, in degrees; how far its corners are moved, as a share of its half width."""
ZOOM = 0.55
"""Natural logarithm of the most that the second view is larger or smaller."""


class Pair(NamedTuple):
    """Two views with n places that both show."""

    views: tuple[Pixels, Pixels]
    """(S, S, 3) RGB each."""
    points: tuple[NDArray[np.float32], NDArray[np.float32]]
    """(n, 2) rows and columns in each view; the same row of both is the same place. Beyond `valid` they are zeros."""
    valid: NDArray[np.bool_]
    """(n,): these are places that both show."""
    fields: tuple[Field, Field]
    seen: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """(S, S): where each view shows the photograph and nothing that hides it."""


def pair(photograph: Pixels, donors: Sequence[Pixels], size: int, number: int, rng: np.random.Generator) -> Pair:
    """Draw two views.

    Args:
        photograph: (H, W, 3) RGB, at least as large as half a view.
        donors: two other photographs, from which light and what hides a part is taken.
        size: height and width of the views, S.
        number: how many places, n.
        rng: the only chance.
    """
    first, second = _homographies(photograph.shape[:2], size, rng)
    fields = (_projected(first, _grid(size)), _bent(_projected(second, _grid(size)), rng))
    views: list[Pixels] = []
    seen: list[NDArray[np.bool_]] = []
    for field, light, stranger in zip(fields, donors, reversed(donors), strict=True):
        view = _shown(photograph, field)
        shown = _inside(field, photograph.shape)
        _hide(view, shown, crop(stranger, size, rng), rng)
        views.append(restyled(view, crop(light, size, rng), rng))
        seen.append(shown)
    points, valid = _places(np.asarray(np.linalg.inv(first), np.float64), fields[1], views[1], seen, number, rng)
    return Pair((views[0], views[1]), points, valid, fields, (seen[0], seen[1]))


def crop(photograph: Pixels, size: int, rng: np.random.Generator) -> Pixels:
    """(size, size, 3): a square of a photograph, enlarged where it is smaller."""
    height, width = photograph.shape[:2]
    side = min(height, width, size)
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    square = photograph[top : top + side, left : left + side]
    return np.array(square if side == size else cv2.resize(square, (size, size)), np.uint8)


def _shown(photograph: Pixels, field: Field) -> Pixels:
    """What a view shows; beyond the edge the photograph is mirrored."""
    view = cv2.remap(photograph, field[..., 1], field[..., 0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(view, np.uint8)


def _inside(field: Field, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(S, S): where a view shows the photograph itself."""
    rows, columns = field[..., 0], field[..., 1]
    return (rows >= 0) & (columns >= 0) & (rows <= shape[0] - 1) & (columns <= shape[1] - 1)


def _homographies(shape: tuple[int, ...], size: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From (x, y) of each view to (x, y) of the photograph."""
    height, width = shape[:2]
    wide = rng.uniform(0.6, 1.0) * min(height, width)
    centre = np.array([_within(width, wide, rng), _within(height, wide, rng)])
    first = _window(centre, wide, size, rng.uniform(-8, 8), 0.1, rng)
    other = wide * np.exp(rng.uniform(-ZOOM, ZOOM))
    second = _window(centre + rng.uniform(-0.22, 0.22, 2) * wide, other, size, rng.normal(0, TURN), BEND, rng)
    if rng.random() < 0.3:
        second = second @ _from_the_side(size, rng)
    return first, second


def _within(length: int, wide: float, rng: np.random.Generator) -> float:
    return rng.uniform(wide / 2, max(wide / 2 + 1, length - wide / 2))


def _window(centre: NDArray[np.float64], wide: float, size: int, turn: float, bend: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Homography of a turned square of the photograph, `wide` pixels across, whose corners are moved by up to `bend` half widths."""
    angle = np.deg2rad(turn)
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * wide / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) + rng.uniform(-bend, bend, (4, 2))
    ends = np.array([[0, 0], [size - 1, 0], [size - 1, size - 1], [0, size - 1]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(ends, (corners @ axes + centre).astype(np.float32)), np.float64)


def _from_the_side(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """One axis shorter by up to 0.6 about the middle."""
    squeeze = rng.permutation([1.0, rng.uniform(0.6, 1.0)])
    return np.array([[squeeze[0], 0, (1 - squeeze[0]) * size / 2], [0, squeeze[1], (1 - squeeze[1]) * size / 2], [0, 0, 1]])


def _grid(size: int) -> Field:
    return np.moveaxis(np.indices((size, size), np.float32), 0, 2)


def _projected(homography: NDArray[np.float64], places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows and columns (..., 2) through a homography, which itself takes (x, y)."""
    flat = np.ascontiguousarray(places.reshape(-1, 1, 2)[..., ::-1], np.float64)
    return np.asarray(cv2.perspectiveTransform(flat, homography))[..., ::-1].reshape(places.shape).astype(np.float32)


def _bent(field: Field, rng: np.random.Generator) -> Field:
    """Relief, as it were: smooth shifts of up to 5 % of the view, in six views of ten."""
    if rng.random() >= 0.6:
        return field
    amount = rng.uniform(0, 0.05) * float(np.abs(field[-1, -1] - field[0, 0]).mean())
    return field + np.stack([smooth_field(len(field), 4, -amount, amount, rng) for _ in range(2)], 2)


def _hide(view: Pixels, shown: NDArray[np.bool_], stranger: Pixels, rng: np.random.Generator) -> None:
    """Lay up to two pieces of a stranger over the view, and in a quarter of views one flat box, as a hole is."""
    size = len(view)
    for _ in range(int(rng.integers(0, 3))):
        corners = rng.integers(0, size, 2) + rng.normal(0, size * rng.uniform(0.05, 0.14), (8, 2))
        piece = np.zeros((size, size), np.uint8)
        cv2.fillPoly(piece, [np.asarray(cv2.convexHull(corners.astype(np.int32)))], (1,))
        view[piece > 0] = stranger[piece > 0]
        shown[piece > 0] = False
    if rng.random() < 0.25:
        height, width = (rng.uniform(0.15, 0.55, 2) * size).astype(int)
        top, left = rng.integers(0, size - height), rng.integers(0, size - width)
        view[top : top + height, left : left + width] = rng.choice([0, 128, 255])
        shown[top : top + height, left : left + width] = False


def _places(
    to_first: NDArray[np.float64], field: Field, view: Pixels, seen: Sequence[NDArray[np.bool_]], number: int, rng: np.random.Generator
) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], NDArray[np.bool_]]:
    """Places of the second view, half of them corners, and where the first view shows them."""
    size = len(view)
    found = cv2.goodFeaturesToTrack(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY), number, 0.005, 3)
    corners = np.asarray([] if found is None else found, np.float32).reshape(-1, 2)[:, ::-1]  # pyright: ignore[reportUnnecessaryComparison]
    anywhere = rng.integers(0, size, (2 * number, 2)).astype(np.float32)
    second = np.concatenate([rng.permutation(corners), anywhere])
    at = second.astype(int)
    first = _projected(to_first, field[at[:, 0], at[:, 1]])
    near = np.clip(np.rint(first), 0, size - 1).astype(int)
    both = (first > 3).all(1) & (first < size - 4).all(1) & seen[1][at[:, 0], at[:, 1]] & seen[0][near[:, 0], near[:, 1]]
    sharp = np.flatnonzero(both[: len(corners)])[: number // 2]
    rest = np.flatnonzero(both[len(corners) :])[: number - len(sharp)] + len(corners)
    chosen = np.concatenate([sharp, rest])
    points = np.zeros((2, number, 2), np.float32)
    points[0, : len(chosen)], points[1, : len(chosen)] = first[chosen], second[chosen]
    return (points[0], points[1]), np.arange(number) < len(chosen)
