"""What a careful person gets elsewhere with a second photograph: one homography from SIFT, a warp, and OpenCV's seamless cloning.

The references are matched to what is known of the picture, the one with the most inliers is warped onto it, and the hole is cloned from
there in the gradient domain (Perez et al., SIGGRAPH 2003). This file needs NumPy and OpenCV alone and nothing of the project, as
`peers.py` does. Places are x and y here, as OpenCV has them.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

POINTS, RATIO = 4000, 0.85
"""SIFT points a picture; how much nearer the nearest has to be than the second (Lowe, IJCV 2004)."""
THRESHOLD, ROUNDS, CONFIDENCE = 4.0, 10_000, 0.9999
"""Of MAGSAC: pixels, iterations, probability."""
FEWEST = 12
"""Inliers below which a homography is not believed."""
CLEAR, GROWN = 4, 5
"""Pixels around the hole in which no point is looked for; by which the hole is grown to be cloned, or else its rim comes out black."""
MARGIN = 16
"""Pixels added around the picture while it is cloned, as cloning leaves out what touches the border."""


@dataclass(frozen=True)
class Seen:
    """Points of a picture, (n, 2) x and y, and their RootSIFT vectors (n, 128) of length 1 (Arandjelovic and Zisserman, CVPR 2012)."""

    places: Any
    vectors: Any


class Homography:
    """Fills from the reference with the most inliers, and where there is none as Telea's method does."""

    takes_references = True

    def __init__(self) -> None:
        self.record: dict[str, Any] = {}

    def __call__(self, picture: Any, mask: Any, references: Mapping[str, Any]) -> Any:
        """(H, W, 3) RGB, (H, W) mask, references (h, w, 3) by name -> the filled picture."""
        guess = cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA)
        here = seen(guess, cv2.bitwise_not(_grown(mask, CLEAR)))
        fits = {name: fitted(here, seen(one), mask.shape) for name, one in references.items()}
        best = max(fits, key=lambda name: fits[name][1], default="")
        found: list[dict[str, Any]] = [{"name": name, "inliers": inliers, "used": False} for name, (_, inliers) in fits.items()]
        self.record = {"matched": False, "references": found}
        if not best or fits[best][0] is None:
            return guess
        warped, covered = laid(references[best], fits[best][0], mask.shape)
        told = next(one for one in found if one["name"] == best)
        told["coverage"] = float(covered[mask > 0].mean())
        if not reached(covered)[mask > 0].any():
            return guess
        self.record["matched"] = told["used"] = True
        return pasted(picture, guess, mask, warped, covered)


def seen(picture: Any, where: Any = None) -> Seen:
    """The points of a picture; where (H, W) uint8 is not 0, if that is given."""
    detector = cv2.SIFT_create(POINTS)  # pyright: ignore[reportAttributeAccessIssue]
    points, vectors = detector.detectAndCompute(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), where)
    if vectors is None:
        return Seen(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    vectors = np.sqrt(vectors / np.maximum(vectors.sum(1, keepdims=True), 1e-6))
    return Seen(np.array([point.pt for point in points]), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def paired(one: Seen, other: Seen) -> tuple[Any, Any]:
    """The places of mutual nearest neighbours that are much nearer than the second."""
    if min(len(one.places), len(other.places)) < 2:
        return one.places[:0], other.places[:0]
    alike = one.vectors @ other.vectors.T
    there, back, order = alike.argmax(1), alike.argmax(0), np.arange(len(alike))
    distance, second = (np.sqrt(np.maximum(2 - 2 * part, 0)) for part in (alike[order, there], np.partition(alike, -2, axis=1)[:, -2]))
    keep = (back[there] == order) & (distance < RATIO * second)
    return one.places[keep], other.places[there[keep]]


def fitted(here: Seen, there: Seen, shape: tuple[int, int]) -> tuple[Any, int]:
    """The homography from a picture of that height and width to a reference, and its inliers; None and 0 where none is believed."""
    ours, theirs = paired(here, there)
    if len(ours) < FEWEST:
        return None, 0
    cv2.setRNGSeed(7)
    plane, agree = cv2.findHomography(ours, theirs, cv2.USAC_MAGSAC, THRESHOLD, maxIters=ROUNDS, confidence=CONFIDENCE)
    inliers = 0 if agree is None else int(np.count_nonzero(agree))
    return (plane, inliers) if inliers >= FEWEST and sane(plane, shape) else (None, 0)


def sane(plane: Any, shape: tuple[int, int]) -> bool:
    """Whether a homography neither folds, nor mirrors, nor changes areas by more than 30 times, within the middle of a picture."""
    if plane is None or not np.isfinite(plane).all():
        return False
    points = np.array([[x * shape[1], y * shape[0], 1] for y in (0.2, 0.5, 0.8) for x in (0.2, 0.5, 0.8)])
    depths = points @ plane[2]
    if (depths * np.sign(depths[4]) <= 0.05 * abs(depths[4])).any():
        return False
    areas = np.linalg.det(plane) / depths**3  # the Jacobian's determinant
    return bool(((areas > 1 / 30) & (areas < 30)).all())


def laid(reference: Any, plane: Any, shape: tuple[int, int]) -> tuple[Any, Any]:
    """A reference warped onto a picture of that height and width, and (h, w) where it shows something."""
    size = (shape[1], shape[0])
    warped = cv2.warpPerspective(
        reference, plane, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101
    )  # fmt: skip
    inside = cv2.warpPerspective(np.full(reference.shape[:2], 255, np.uint8), plane, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return warped, inside == 255


def reached(covered: Any) -> Any:
    """(h, w): what cloning fills of what is covered, all but its rim; where that is nothing, OpenCV's cloning fails."""
    return cv2.erode(covered.astype(np.uint8), np.ones((2 * GROWN + 1, 2 * GROWN + 1), np.uint8)) > 0


def pasted(picture: Any, guess: Any, mask: Any, warped: Any, covered: Any) -> Any:
    """The hole cloned from what was warped, and Telea's continuation of both where that shows nothing."""
    wide = np.where(covered, _grown(mask, GROWN), np.uint8(0)).astype(np.uint8)
    source, target, part = (
        cv2.copyMakeBorder(one, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT_101) for one in (warped, guess, wide)
    )
    beyond = MARGIN - GROWN
    part[:beyond] = part[-beyond:] = part[:, :beyond] = part[:, -beyond:] = 0
    left, top, width, height = cv2.boundingRect(part)
    cloned = cv2.seamlessClone(source, target, part, (left + width // 2, top + height // 2), cv2.NORMAL_CLONE)
    out = np.where((mask > 0)[..., None], cloned[MARGIN:-MARGIN, MARGIN:-MARGIN], picture)
    gap = np.where(reached(covered), np.uint8(0), mask).astype(np.uint8)
    return cv2.inpaint(out, gap, 3, cv2.INPAINT_TELEA) if gap.any() else out


def _grown(mask: Any, pixels: int) -> Any:
    return cv2.dilate(mask, np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8))
