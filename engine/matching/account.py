"""What a restoration tells of itself: its mapping field and how sure it is, and what became of each reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evidence import ConfidenceMap, HolePixels
from engine.mapping import MappingField
from engine.matching.trust import trust
from engine.matching.warping import looked_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.evidence import Evidence
    from engine.matching.alignment import Alignment, Target
    from engine.matching.composition import Composed
    from engine.matching.paper.painting import Restored
    from engine.method import Cutout


def record(cutout: Cutout, target: Target, found: Sequence[Alignment], origins: NDArray[np.int8] | None = None) -> dict[str, Any]:
    """What became of each reference, in their order: score, matches, the share of the hole it shows, the share that came from it."""
    by_number = {one.number: one for one in found}
    rows: list[dict[str, Any]] = []
    for number, reference in enumerate(cutout.references):
        one, used = by_number.get(number), 0.0 if origins is None else float((origins == number).mean())
        told = {"score": 0.0, "inliers": 0, "coverage": 0.0}
        if one is not None:
            told = {"score": round(one.score, 4), "inliers": len(one.pairs.here), "coverage": round(one.coverage(target.hole), 4)}
        rows.append({"name": reference.name, **told, "used": round(used, 4)})
    return {"references": rows, "matched": any(one.trusted for one in found)}


def origins_of(cutout: Cutout, used: Sequence[Alignment], one: Composed) -> NDArray[np.int8]:
    """(n,): the reference of each hole pixel, by its number; -1: none."""
    numbers = np.array([each.number for each in used] + [-1], np.int8)
    return numbers[_of_hole(cutout, one, one.origins)]


def _of_hole(cutout: Cutout, one: Composed, values: NDArray[Any]) -> NDArray[Any]:
    """Values (h, w, ..) over a composition's box, of the hole's pixels in reading order."""
    return values[cutout.box.moved(-one.box.top, -one.box.left).slices][cutout.hole[cutout.box.slices]]


def evidence(cutout: Cutout, target: Target, used: Sequence[Alignment], one: Composed) -> tuple[Evidence, ...]:
    """The field as matched and as corrected, and how sure it is: by the flow around, by flow there and back, by all."""
    choice, pixels = _of_hole(cutout, one, one.origins), HolePixels.of(cutout.window, cutout.hole)
    first, sure = np.full((len(choice), 2), np.nan, np.float32), [np.zeros(len(choice), np.float32) for _ in range(3)]
    at = target.view.from_full(np.stack(np.nonzero(cutout.hole), 1)).astype(np.float32)
    found = [np.zeros((0, 5), np.float32)]
    for number, each in enumerate(used):
        mine = choice == number
        if not mine.any():
            continue
        first[mine] = each.view.to_full(looked_up(each.first, at[mine]))
        about = trust(target, each)
        for values, layer in zip(sure, (about.confidence, about.inliers, about.back), strict=True):
            values[mine] = looked_up(layer, at[mine])
        ends = [target.view.to_full(each.pairs.here), each.view.to_full(each.pairs.there), np.ones((len(each.pairs.here), 1))]
        found.append(np.concatenate(ends, 1).astype(np.float32))
    origins = origins_of(cutout, used, one)
    last = np.where(origins[:, None] >= 0, _of_hole(cutout, one, one.places), np.float32(np.nan))
    return (
        *_fields(cutout, pixels, (first, last), origins, sure[0], np.concatenate(found)),
        ConfidenceMap(pixels, sure[1], "share of flow that the field explains", "Inliers", "field", "inliers"),
        ConfidenceMap(pixels, sure[2], "e^(-pixels missed, there and back)", "Forward-backward", "field", "forward-backward"),
        ConfidenceMap(pixels, sure[0], "agreement around, less in the depth", "Confidence", "field", "confidence"),
    )


def evidence_of_paper(cutout: Cutout, number: int, one: Restored) -> tuple[Evidence, ...]:
    """The same of the paper's procedure: its fields, its anchors, and the probability of each vector to be right."""
    pixels = HolePixels.of(cutout.window, cutout.hole)
    origins = np.full(len(one.matched), number, np.int8)
    return (
        *_fields(cutout, pixels, (one.matched, one.corrected), origins, one.probability, one.anchors),
        ConfidenceMap(pixels, one.probability.copy(), "probability of the matched vector to be right", "Inliers", "field", "inliers"),
    )


def _fields(
    cutout: Cutout,
    pixels: HolePixels,
    fields: tuple[NDArray[np.float32], NDArray[np.float32]],
    origins: NDArray[np.int8],
    sure: NDArray[np.float32],
    anchors: NDArray[np.float32],
) -> tuple[MappingField, MappingField]:
    names = tuple(reference.name for reference in cutout.references)
    sizes = tuple((each.known.shape[0], each.known.shape[1]) for each in cutout.references)
    matched, corrected = (
        MappingField(pixels, places, origins, names, sizes, sure, anchors, cutout.window.box.size, stage=stage)
        for places, stage in zip(fields, ("matched", "corrected"), strict=True)
    )
    return matched, corrected
