"""Restoring from other photographs of the same place: matched, warped into the hole, recoloured, met at the rim.

Li, Xiong, Liu, RefMatch, TCSVT 2022: matches of deep features as anchors of a mapping field that is corrected inside the hole. Here
the field starts from a homography (MAGSAC++) and is corrected by matches found near it and by dense flow, smoothly carried into the hole; the paper's
own procedure is a setting. What no reference shows is left to patches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import exemplar
from engine.errors import NoMatch
from engine.evidence import ConfidenceMap, HolePixels
from engine.exemplar import PatchSettings
from engine.geometry import Box, Window
from engine.job import Card, Fill, Settings, Step, setting
from engine.mapping import MappingField
from engine.matching.alignment import Target, aligned, unmatched
from engine.matching.composition import composed, met, softened
from engine.matching.features import FEATURES, features
from engine.matching.trust import trust
from engine.matching.warping import looked_up
from engine.method import Cutout, Method, encoded
from engine.ops.bands import Workers, told
from engine.ops.filters import dilated

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from engine.evidence import Evidence
    from engine.matching.alignment import Alignment
    from engine.matching.composition import Composed
    from engine.matching.features import Features
    from engine.reference import Match

MATCHED, COLOURED = 0.5, 0.7
"""The share of the whole at which references are matched, and recoloured."""
_MARGIN = 16
"""Pixels around the hole that are composed too, so that the rim can be met."""
_CONTEXT = 128


@dataclass(frozen=True)
class RefSettings(Settings):
    """What a user may change about a restoration."""

    features: str = setting(
        "landmark",
        "Match by",
        "What recognises the place: landmark bears changes of light and season, its weights are for non-commercial use only; rootsift needs no "
        "network and has no limit.",
        choices=tuple(FEATURES),
    )
    palette: float = setting(
        0.0,
        "Palette",
        "0 copies the reference's pixels, recoloured; 1 takes structure alone from it, and every colour from this photograph.",
        least=0.0,
        most=1.0,
    )
    exposure: bool = setting(True, "Match exposure", "Let the reference's colours follow those of this photograph around the hole.")
    no_match: str = setting(
        "stop",
        "Without a match",
        "stop where no reference shows the place, or fill with patches of this photograph.",
        choices=("stop", "fill"),
    )
    procedure: str = setting(
        "geometry",
        "Procedure",
        "geometry is what looks best; paper is the procedure of RefMatch as published, at 256 pixels.",
        choices=("geometry", "paper"),
    )


class RefMatch(Method):
    """See the module's text."""

    card = Card(
        "refmatch",
        "From a reference",
        "Restores what stood here from other photographs of the same place, in the colours of this one.",
        "Li, Xiong, Liu, RefMatch, TCSVT 2022",
        RefSettings,
        copies=True,
        references=True,
    )

    def fill(self, cutout: Cutout, settings: RefSettings, rng: np.random.Generator) -> Generator[Step, None, Fill]:
        """See `Method.fill`. Raises NoMatch where no reference shows the place, and the settings say to stop."""
        target = Target.of(cutout)
        yield Step(0.02, "matching")
        found = yield from told(aligned(target, cutout.references, kinds(settings)), 0.05, "matching")
        used = [one for one in found if one.trusted]
        told_of = _record(cutout, target, found)
        if not used:
            if settings.no_match == "stop":
                raise NoMatch(_sentence(cutout))
            return (yield from _without(cutout, rng, told_of))
        with Workers() as workers:
            box = cutout.box.grown(_MARGIN, _MARGIN).common(Box.whole(cutout.hole.shape))
            assert box is not None
            one = yield from told(composed(cutout, target, used, box, exposure=settings.exposure), MATCHED, "warping")
            yield Step(MATCHED, "warping", _seen(cutout, one))
            values = (yield from _stepped(met(cutout, one, workers), COLOURED)) if settings.exposure else one.values
        return (yield from _finished(cutout, target, used, replace(one, values=values), told_of, rng))

    def match(self, cutout: Cutout, settings: RefSettings) -> Generator[Step, None, tuple[Match, ...]]:
        """See `Method.match`."""
        target = Target.of(cutout)
        yield Step(0.1, "matching")
        found = yield from told(aligned(target, cutout.references, kinds(settings)), 0.2, "matching")
        by_number = {one.number: one for one in found}
        yield Step(1.0, "matching")
        return tuple(
            by_number[number].match(target, reference.name) if number in by_number else unmatched(target, reference.name)
            for number, reference in enumerate(cutout.references)
        )


def kinds(settings: RefSettings) -> dict[str, Features]:
    """What a place is recognised by: the features chosen, and RootSIFT beside them, which turns with the picture and places its points finely."""
    return {name: features(name) for name in dict.fromkeys((settings.features, "rootsift"))}


def _sentence(cutout: Cutout) -> str:
    names = " nor ".join(one.name for one in cutout.references)
    verb = "does not seem" if len(cutout.references) == 1 else "seem"
    neither = "" if len(cutout.references) == 1 else "Neither "
    return f"{neither}{names} {verb} to show the same place; set control points in both photographs, or fill without a reference."


def _record(cutout: Cutout, target: Target, found: Sequence[Alignment]) -> dict[str, Any]:
    """What became of each reference, in their order."""
    by_number = {one.number: one for one in found}
    rows: list[dict[str, Any]] = []
    for number, reference in enumerate(cutout.references):
        one = by_number.get(number)
        rows.append(
            {
                "name": reference.name,
                "score": round(one.score, 4) if one else 0.0,
                "inliers": len(one.pairs.here) if one else 0,
                "coverage": round(one.coverage(target.hole), 4) if one else 0.0,
                "used": 0.0,
            }
        )
    return {"references": rows, "matched": any(one.trusted for one in found)}


def _without(cutout: Cutout, rng: np.random.Generator, told_of: dict[str, Any]) -> Generator[Step, None, Fill]:
    """The whole hole by patches."""
    fill = yield from _later(exemplar.filled(cutout, PatchSettings(), rng), MATCHED)
    return replace(fill, record=told_of)


def _later(steps: Generator[Step, None, Fill], since: float) -> Generator[Step, None, Fill]:
    """Steps that are the rest of the work."""
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield replace(step, fraction=since + (1 - since) * step.fraction)
    finally:
        steps.close()


def _stepped(steps: Generator[Step, None, Any], fraction: float) -> Generator[Step, None, Any]:
    """Work whose own fractions do not count."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield Step(fraction, "blending")


def _seen(cutout: Cutout, one: Composed) -> Any:
    """A preview: what the references show, grey where they show nothing."""
    inner = cutout.box.moved(-one.box.top, -one.box.left).slices
    hole = cutout.hole[cutout.box.slices]
    return cutout.patch(np.where(one.shown[inner][..., None], one.values[inner], np.float32(0.5))[hole])


def _finished(
    cutout: Cutout, target: Target, used: Sequence[Alignment], one: Composed, told_of: dict[str, Any], rng: np.random.Generator
) -> Generator[Step, None, Fill]:
    """The fill, with what no reference shows made of patches, and its evidence."""
    inner = cutout.box.moved(-one.box.top, -one.box.left).slices
    hole = cutout.hole[cutout.box.slices]
    shown = (one.shown[inner] & hole) if hole.any() else hole
    values, patches = one.values[inner], None
    if (hole & ~shown).any():
        over = max(2.0, 8 * target.view.unit * float(target.view.scale.max()))
        back, patches = yield from _gap(cutout, one, over, rng)
        lying = one.shown[inner] | ~hole
        values = softened(values, lying, np.where(np.isnan(back), values, back), over)
    names = tuple(reference.name for reference in cutout.references)
    numbers = np.array([each.number for each in used] + [-1], np.int8)
    origins = numbers[one.origins[inner]][hole]
    for row, number in zip(told_of["references"], range(len(names)), strict=True):
        row["used"] = round(float((origins == number).mean()), 4)
    yield Step(0.99, "blending")
    evidence = _evidence(cutout, target, used, one, origins, names)
    return Fill(values[hole], (*(patches.evidence if patches else ()), *evidence), told_of)


def _gap(cutout: Cutout, one: Composed, over: float, rng: np.random.Generator) -> Generator[Step, None, tuple[NDArray[np.float32], Fill]]:
    """What no reference shows, and a strip of what one shows, made of patches: (h, w, c) over the hole's box, NaN elsewhere; and that fill."""
    whole = Box.whole(cutout.hole.shape)
    shown = np.zeros(cutout.hole.shape, np.bool_)
    shown[one.box.slices] = one.shown
    missing = cutout.hole & ~shown
    wide = cutout.hole & dilated(missing, 2 * round(over) + 1)
    pixels = cutout.pixels.copy()
    part = pixels[one.box.slices]
    laid = cutout.hole[one.box.slices] & one.shown
    part[laid] = encoded(one.values, pixels.dtype)[laid]
    box = Box.around(wide)
    assert box is not None
    frame = box.grown(max(box.height // 2, _CONTEXT), max(box.width // 2, _CONTEXT)).common(whole)
    assert frame is not None
    if not (cutout.sources[frame.slices] & ~wide[frame.slices]).any():
        frame = whole
    known = (cutout.known | (cutout.hole & shown)) & ~wide
    at = frame.slices
    top, left = cutout.window.box.top, cutout.window.box.left
    inside = Box.around(wide[at])
    assert inside is not None
    part_of = Cutout(Window.plain(frame.moved(top, left)), pixels[at], wide[at], known[at], cutout.sources[at], inside, cutout.device)
    fill = yield from _later(exemplar.filled(part_of, PatchSettings(), rng), COLOURED)
    back = np.full((*cutout.hole.shape, pixels.shape[2]), np.nan, np.float32)
    back[at][wide[at]] = fill.values
    return back[cutout.box.slices], fill


def _evidence(
    cutout: Cutout, target: Target, used: Sequence[Alignment], one: Composed, origins: NDArray[np.int8], names: tuple[str, ...]
) -> tuple[Evidence, ...]:
    """The field as matched and as corrected, and how sure it is."""
    pixels = HolePixels.of(cutout.window, cutout.hole)
    inner = cutout.box.moved(-one.box.top, -one.box.left).slices
    hole = cutout.hole[cutout.box.slices]
    choice, sizes = one.origins[inner][hole], tuple((each.known.shape[0], each.known.shape[1]) for each in cutout.references)
    first, sure = np.full((len(choice), 2), np.nan, np.float32), [np.zeros(len(choice), np.float32) for _ in range(3)]
    at = target.view.from_full(np.stack(np.nonzero(cutout.hole), 1)).astype(np.float32)
    found: list[NDArray[np.float32]] = []
    for number, each in enumerate(used):
        mine = choice == number
        if not mine.any():
            continue
        first[mine] = each.view.to_full(looked_up(each.first, at[mine]))
        about = trust(target, each)
        for values, layer in zip(sure, (about.confidence, about.inliers, about.back), strict=True):
            values[mine] = looked_up(layer, at[mine])
        ends = np.concatenate([target.view.to_full(each.pairs.here), each.view.to_full(each.pairs.there)], 1)
        found.append(np.concatenate([ends, np.ones((len(ends), 1))], 1).astype(np.float32))
    anchors = np.concatenate([np.zeros((0, 5), np.float32), *found])
    shared: dict[str, Any] = {
        "origins": origins,
        "names": names,
        "sizes": sizes,
        "weights": sure[0],
        "found": anchors,
        "frame": cutout.window.box.size,
    }
    return (
        MappingField(pixels, first, **shared, stage="matched"),
        MappingField(pixels, np.where(origins[:, None] >= 0, one.places[inner][hole], np.nan).astype(np.float32), **shared),
        ConfidenceMap(pixels, sure[1], "share of flow that the field explains", "Inliers", "field", "inliers"),
        ConfidenceMap(pixels, sure[2], "e^(-pixels missed, there and back)", "Forward-backward", "field", "forward-backward"),
        ConfidenceMap(pixels, sure[0], "agreement around, less in the depth", "Confidence", "field", "confidence"),
    )
