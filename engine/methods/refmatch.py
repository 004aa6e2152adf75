"""Restoring from other photographs of the same place: matched, warped into the hole, recoloured, met at the rim.

Li, Xiong, Liu, RefMatch, TCSVT 2022: matches of deep features as anchors of a mapping field that is corrected inside the hole. Here
the field starts from planes (MAGSAC++), of which the one that fits around the hole is followed, and is corrected by matches found near it and by dense flow, smoothly carried
into the hole. What stands before the place in a reference is left out; what no reference shows is left to patches. The paper's own procedure is a setting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from engine import exemplar
from engine.errors import NoMatch
from engine.exemplar import PatchSettings
from engine.geometry import Box, Window
from engine.job import Card, Fill, Settings, Step, setting
from engine.matching.account import evidence, evidence_of_paper, origins_of, record
from engine.matching.alignment import SMALLEST, Target, aligned, unmatched
from engine.matching.composition import composed, met, softened
from engine.matching.features import FEATURES, features
from engine.matching.palette import palette
from engine.matching.paper.levels import backbone
from engine.matching.paper.painting import restored
from engine.matching.remainder import remainder
from engine.matching.warping import looked_up, places_of
from engine.method import Method
from engine.ops.bands import Workers, told
from engine.ops.filters import enlarged

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from engine.evidence import Evidence
    from engine.matching.alignment import Alignment
    from engine.matching.composition import Composed
    from engine.matching.features import Features
    from engine.method import Cutout
    from engine.ops.bands import Pausing
    from engine.picture import Patch
    from engine.reference import Match

T = TypeVar("T")

MATCHED, COLOURED = 0.5, 0.7
"""The share of the whole at which references are matched, and recoloured."""
CHANGE_OVER = 8.0
"""Pixels of a usual view over which a reference passes into patches."""
CONTEXT = 128
"""Pixels around the hole from which colours are taken, at least; half its side where that is more."""
_MARGIN = 16
"""Pixels around the hole that are composed too, so that the rim can be met."""


@dataclass(frozen=True)
class RefSettings(Settings):
    """What a user may change about a restoration."""

    features: str = setting(
        "landmark",
        "Match by",
        "What recognises the place: landmark bears changes of light and season, its weights are for non-commercial use only; rootsift needs no "
        "network and is free for any use.",
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
        yield Step(0.02, "matching", _guess(cutout, target))
        found = yield from told(aligned(target, cutout.references, kinds(settings)), 0.05, "matching")
        if settings.procedure == "paper" and min(*cutout.hole.shape, *cutout.references[0].known.shape) >= SMALLEST:
            return (yield from _as_in_the_paper(cutout, target, found))
        used = [one for one in found if one.trusted]
        if not used and settings.no_match == "stop":
            raise NoMatch(_sentence(cutout))
        if not used:
            fill = yield from _later(exemplar.filled(cutout, PatchSettings(), rng), MATCHED)
            return replace(fill, record=record(cutout, target, found))
        one = yield from _composed(cutout, target, used, settings, rng)
        values, patches = yield from _completed(cutout, target, one, rng)
        yield Step(1.0, "blending")
        told_of = record(cutout, target, found, origins_of(cutout, used, one))
        return Fill(np.clip(values, 0, 1), (*patches, *evidence(cutout, target, used, one)), told_of)

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
    names = [one.name for one in cutout.references]
    said = f"{names[0]} does not seem" if len(names) == 1 else f"None of {', '.join(names)} seems"
    return f"{said} to show the same place; set control points in both photographs, or fill without a reference."


def _composed(
    cutout: Cutout, target: Target, used: Sequence[Alignment], settings: RefSettings, rng: np.random.Generator
) -> Generator[Step, None, Composed]:
    """What the references show of the hole, in the colours that are asked for."""
    box = cutout.box.grown(_MARGIN, _MARGIN).common(Box.whole(cutout.hole.shape))
    assert box is not None
    one = yield from told(composed(cutout, target, used, box, exposure=settings.exposure), MATCHED, "warping")
    yield Step(MATCHED, "warping", _seen(cutout, one))
    if settings.palette:
        painted = yield from told(_painted(cutout, target, used[0], one, rng), MATCHED, "painting")
        share = np.float32(settings.palette)
        one = replace(one, values=np.where(np.isnan(painted), one.values, one.values + share * (painted - one.values)))
    if settings.exposure:
        with Workers() as workers:
            values = yield from _stepped(met(cutout, one, workers), COLOURED)
        one = replace(one, values=values)
    return one


def _painted(cutout: Cutout, target: Target, best: Alignment, one: Composed, rng: np.random.Generator) -> Pausing[NDArray[np.float32]]:
    """(h, w, c) over a composition's box: what the best reference shows there in the picture's own colours, NaN where it shows nothing."""
    around = one.box.grown(max(one.box.height // 2, CONTEXT), max(one.box.width // 2, CONTEXT)).common(Box.whole(cutout.hole.shape))
    assert around is not None
    reference = cutout.references[best.number]
    there = best.full_places(target, places_of(Window.plain(around)))
    pixels = reference.pixels.astype(np.float32) / np.float32(np.iinfo(reference.pixels.dtype).max)
    colours = cutout.pixels[around.slices].astype(np.float32) / np.float32(np.iinfo(cutout.pixels.dtype).max)
    yield
    painted = yield from palette(colours, cutout.known[around.slices], pixels, there, seed=int(rng.integers(1 << 31)))
    inner = one.box.moved(-around.top, -around.left).slices
    mine = one.origins == 0  # around the hole too, where it is the picture: there the rim has nothing to close
    return np.where(mine[..., None], painted[inner], np.float32(np.nan))


def _completed(
    cutout: Cutout, target: Target, one: Composed, rng: np.random.Generator
) -> Generator[Step, None, tuple[NDArray[np.float32], tuple[Evidence, ...]]]:
    """The hole's values (n, c), what no reference shows made of patches; and the patches' evidence."""
    inner = cutout.box.moved(-one.box.top, -one.box.left).slices
    hole, shown = cutout.hole[cutout.box.slices], one.shown[inner]
    if not (hole & ~shown).any():
        return one.values[inner][hole], ()
    over = max(2.0, CHANGE_OVER * target.view.unit * float(target.view.scale.max()))
    back, fill = yield from _later(remainder(cutout, one, over, rng), COLOURED)
    values = softened(one.values[inner], shown | ~hole, np.where(np.isnan(back), one.values[inner], back), over)
    return values[hole], fill.evidence


def _as_in_the_paper(cutout: Cutout, target: Target, found: Sequence[Alignment]) -> Generator[Step, None, Fill]:
    """The procedure of RefMatch as published, with the reference that matches best; it knows no reference that does not match."""
    number = found[0].number if found else 0
    first = cutout.pixels.astype(np.float32) / np.float32(np.iinfo(cutout.pixels.dtype).max)
    guess = enlarged(target.view.pixels, (cutout.hole.shape[0], cutout.hole.shape[1])).astype(np.float32) / 255
    colours = np.where(cutout.hole[..., None], guess, first)
    other = cutout.references[number].pixels.astype(np.float32) / np.float32(np.iinfo(cutout.pixels.dtype).max)
    other = np.repeat(other, 3, axis=2) if other.shape[2] == 1 else other
    one = yield from _later(restored(colours, cutout.hole, other, backbone()), MATCHED / 2)
    values = one.values if cutout.pixels.shape[2] == one.values.shape[1] else one.values.mean(1, keepdims=True)
    origins = np.full(len(values), number, np.int8)
    return Fill(values.astype(np.float32), evidence_of_paper(cutout, number, one), record(cutout, target, found, origins))


def _later(steps: Generator[Step, None, T], since: float) -> Generator[Step, None, T]:
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


def _stepped(steps: Generator[Step, None, T], fraction: float) -> Generator[Step, None, T]:
    """Work whose own fractions do not count."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield Step(fraction, "blending")


def _guess(cutout: Cutout, target: Target) -> Patch:
    """The first preview: the hole as it is while one matches, a smooth continuation of what lies around."""
    at = target.view.from_full(np.stack(np.nonzero(cutout.hole), 1)).astype(np.float32)
    values = looked_up(target.view.pixels, at).astype(np.float32).reshape(len(at), -1) / np.float32(255)
    return cutout.patch(values[:, : cutout.pixels.shape[2]])


def _seen(cutout: Cutout, one: Composed) -> Patch:
    """A preview: what the references show, grey where they show nothing."""
    inner = cutout.box.moved(-one.box.top, -one.box.left).slices
    hole = cutout.hole[cutout.box.slices]
    return cutout.patch(np.where(one.shown[inner][..., None], one.values[inner], np.float32(0.5))[hole])
