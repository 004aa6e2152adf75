"""Evidence on disk: for each hole its arrays, pictures of its layers, ten pixels with their sources, and a page that shows them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

import numpy as np

from engine.errors import BadInput, EngineFailure
from engine.evidence import Evidence, NearestNeighborField
from engine.files.evidence_arrays import LAYERS, PATCHES, PLACES, layers_of, write_arrays
from engine.files.evidence_figures import View, hole_figure, layer_figure, patches_figure, photograph, places_figure, samples
from engine.files.evidence_page import OURS, Part, Section, Shown, page
from engine.files.evidence_references import anchors_figure, sources_figure
from engine.files.evidence_retrieved import RETRIEVED, arrays_of, profile
from engine.files.evidence_sheet import contact_sheet, stages_strip
from engine.files.flow import write_flow
from engine.geometry import Box
from engine.mapping import MappingField
from engine.retrieved import RetrievedPatches

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from PIL import Image

    from engine.files.evidence_figures import Sample
    from engine.picture import Mask, Patch, Picture
    from engine.reference import Reference

_READINGS = {
    "field": (
        "Offsets to the sources",
        "The colour of a pixel is the way to the place it came from: hue the direction, saturation the length. One colour: one piece.",
    ),
    "distance": (
        "Patch distances",
        "Dark pixels came from patches that fit their new surroundings well; light ones are where nothing in the picture matched better.",
    ),
    "field matched": (
        "Mapping field, as matched",
        "The colour is the way from a pixel to its place in the reference at this photograph's size, as it lay when matched as a whole.",
    ),
    "field corrected": (
        "Mapping field, as corrected",
        "The same in the same colours after correction: the way the pixels were taken. What has no colour came from no reference.",
    ),
    "photograph": ("Which photograph each pixel came from", "The number and colour of a part is that of the photograph it was taken from."),
    "inliers": ("Inliers", "Light pixels lie where single matches agree with the field; dark ones where they do not, or there are none."),
    "forward-backward": (
        "Forward and backward",
        "Light pixels lead to a place in the reference that leads back to them; dark ones lead elsewhere.",
    ),
    "rank": (
        "Ranks",
        "Which of a cell's patches prevails in each pixel: 1 is the one that was retrieved first, 0 is made without a patch.",
    ),
    "confidence": ("Confidence", "Light pixels are those of which the method is sure; dark ones deserve a second look."),
}

_FINISH = "finish"
"""The stage of what a finish tells."""
_STAGES = "What stood in the hole on the way, from the empty hole to the photograph as it was saved."
_SHEET = "On top, cells of the fill in white and the patches they were made from in the colours of their ranks; below, each of these cells beside its patches, enlarged."


@dataclass(frozen=True, slots=True)
class _Hole:
    """A numbered hole: the smallest box around it, its view, and what is known of its fill."""

    number: int
    box: Box
    view: View
    pixels: int
    evidence: tuple[Evidence, ...]
    """Those of most pixels first."""

    @property
    def name(self) -> str:
        """What its files begin with."""
        return f"hole-{self.number}"


@dataclass(frozen=True, slots=True)
class _Photographs:
    """What figures are made of: the photograph before and after, its mask, the references by their names."""

    before: Picture
    result: Picture
    mask: Mask
    references: Mapping[str, Picture]


@dataclass(frozen=True, slots=True)
class _Folder:
    """Where the files go, and which have been written."""

    path: Path
    written: list[Path]

    @contextmanager
    def file(self, name: str) -> Generator[IO[bytes]]:
        """A file that appears under its name only when it is whole."""
        path = self.path / name
        beside = path.with_name(f".{name}.part")
        try:
            with beside.open("wb") as stream:
                yield stream
            os.replace(beside, path)  # noqa: PTH105 (one step on every system)
        finally:
            beside.unlink(missing_ok=True)
        self.written.append(path)

    def image(self, name: str, image: Image.Image, icc: bytes | None = None) -> tuple[int, int]:
        """Write a PNG; its width and height."""
        with self.file(name) as stream:
            image.save(stream, "PNG", icc_profile=icc, compress_level=4)
        return image.size


def check_evidence_folder(folder: Path) -> None:
    """Raise BadInput where evidence cannot go into that folder; to be asked before a long fill."""
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file, and evidence is a folder of files; name a folder.")
    index = folder / "index.html"
    if index.exists() and not (index.is_file() and OURS.encode() in index.read_bytes()[:1000]):
        raise BadInput(f"{folder} holds an index.html that was not written here, and evidence would replace it; name another folder.")


def write_evidence(
    folder: Path,
    before: Picture,
    result: Picture,
    patches: Sequence[Patch],
    evidence: Sequence[Evidence],
    mask: Mask,
    references: Sequence[Reference] = (),
) -> tuple[Path, ...]:
    """Write what is known of a fill into a folder, made if need be: index.html and, for each patch, arrays and pictures.

    Files of these names are replaced, others stay.

    Args:
        folder: where to.
        before: the picture that was filled.
        result: the same with the patches in it.
        patches: one for each window that was filled.
        evidence: of these windows, in any order.
        mask: as it was filled, grown.
        references: the other photographs it was filled from, whose pixels are shown beside their copies.

    Returns:
        The files, in the order in which they were written; index.html is the last.

    Raises:
        BadInput: the folder cannot be used.
        EngineFailure: the disk refused a file.
    """
    check_evidence_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be made ({error.strerror}); name another.") from None
    to = _Folder(folder, [])
    shown = _Photographs(before, result, mask, {one.name: one.picture for one in references})
    try:
        holes = _holes(before, patches, evidence, mask)
        sections = [_write_hole(to, hole, shown) for hole in holes]
        with to.file("index.html") as stream:
            stream.write(page(_facts(before, mask, [one for hole in holes for one in hole.evidence]), sections).encode())
    except OSError as error:
        raise EngineFailure(
            f"The evidence could not be written to {folder} ({error.strerror or error}); make room or name another."
        ) from error
    return tuple(to.written)


def _holes(picture: Picture, patches: Sequence[Patch], evidence: Sequence[Evidence], mask: Mask) -> list[_Hole]:
    holes: list[_Hole] = []
    left = list(evidence)
    for number, patch in enumerate(patches, 1):
        hole = mask.hole[patch.box.slices]
        inner = Box.around(hole)
        box = patch.box if inner is None else inner.moved(patch.box.top, patch.box.left)
        known = _about(patch, left)
        view = View.of(box, picture.box, max(24, max(box.size) // 5))
        holes.append(_Hole(number, box, view, int(hole.sum()), known))
    return holes


def _about(patch: Patch, left: list[Evidence]) -> tuple[Evidence, ...]:
    """Evidence of the pixels in a patch, one of each kind; taken out of what is left. Windows overlap where one was filled after another.

    What a finish has told anew is its own: no pixel is any more as the method made it.
    """
    kinds: dict[tuple[str, str], Evidence] = {}
    for one in left:
        if one.pixels.box is not None and one.pixels.box.common(patch.box) == one.pixels.box:
            kinds.setdefault((one.name, one.stage), one)
    left[:] = [one for one in left if not any(one is taken for taken in kinds.values())]
    anew = {one.name for one in kinds.values() if one.stage == _FINISH}
    return tuple(sorted((one for one in kinds.values() if one.stage == _FINISH or one.name not in anew), key=lambda one: -len(one.pixels)))


def _facts(picture: Picture, mask: Mask, evidence: Sequence[Evidence]) -> str:
    name = f"{picture.file.path.name}, " if picture.file else ""
    filled = int(mask.hole.sum())
    copied = [int(one.copied.sum()) for one in evidence if isinstance(one, NearestNeighborField)]
    share = f" {sum(copied) / filled:.1%} of them equal their source value for value." if filled and copied else ""
    height, width = picture.size
    return f"{name}{width:,} x {height:,} pixels; {filled:,} of them ({filled / (height * width):.2%}) were filled.{share}"


def _write_hole(to: _Folder, hole: _Hole, shown: _Photographs) -> Section:
    """Everything of one hole; what the page has to show of it."""
    figures = _write_views(to, hole, shown)
    for one in hole.evidence:
        figures += _write_mapping(to, hole, one, shown) if isinstance(one, MappingField) else _write_samples(to, hole, one, shown.result)
    figures += _write_layers(to, hole, shown.result)
    arrays = f"{hole.name}.npz" if hole.evidence else None
    if arrays:
        with to.file(arrays) as stream:
            write_arrays(stream, hole.box, hole.evidence)
    box = hole.box
    facts = f"Rows {box.top} to {box.bottom - 1}, columns {box.left} to {box.right - 1}: {hole.pixels:,} filled pixels."
    if not hole.evidence:
        facts += " The method copies no pixels, so it cannot say from where these came."
    facts += "".join(map(_shares, hole.evidence))
    return Section(
        f"Hole {hole.number}",
        facts,
        tuple(figures),
        arrays,
        _notes(hole.evidence),
        _write_flows(to, hole),
        _write_parts(to, hole, shown.result),
    )


def _shares(evidence: Evidence) -> str:
    """How much of the hole came from which photograph."""
    if not isinstance(evidence, MappingField) or evidence.stage != "corrected":
        return ""
    counts = [(name, float((evidence.origins == number).mean())) for number, name in enumerate(evidence.names)]
    parts = [f"{share:.0%} came from {name}" for name, share in counts if share]
    own = float((evidence.origins < 0).mean())
    return f" {', '.join([*parts, f'{own:.0%} from this photograph'] if own else parts)}." if parts else " None came from a reference."


def _notes(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """How to read the arrays."""
    kinds = ((NearestNeighborField, PATCHES), (MappingField, PLACES))
    return (LAYERS, *(text for kind, text in kinds if any(isinstance(one, kind) for one in evidence)))


def _write_flows(to: _Folder, hole: _Hole) -> tuple[str, ...]:
    """A .flo file for each reference that a mapping field leads to; their names."""
    names: list[str] = []
    for one in hole.evidence:
        if isinstance(one, MappingField):
            for number in sorted({int(origin) for origin in np.unique(one.origins)} - {-1}):
                name = f"{hole.name}-{one.stage}{f'-{number + 1}' if len(one.names) > 1 else ''}.flo"
                with to.file(name) as stream:
                    write_flow(stream, one, number, hole.box)
                names.append(name)
    return tuple(names)


def _write_parts(to: _Folder, hole: _Hole, result: Picture) -> tuple[Part, ...]:
    """Retrieved patches: the fill at its stages, the patches by rank after figure 7 of Xu et al., and their arrays."""
    one = next((one for one in hole.evidence if isinstance(one, RetrievedPatches)), None)
    if one is None:
        return ()
    sheet, stages, arrays = f"{hole.name}-retrieved.png", f"{hole.name}-stages.png", f"{hole.name}-retrieved.npz"
    figures = (
        Shown(stages, to.image(stages, stages_strip(one, result), profile(result)), "Stages", _STAGES, wide=True),
        Shown(sheet, to.image(sheet, contact_sheet(one, result), profile(result)), "Cells and their patches", _SHEET, wide=True),
    )
    with to.file(arrays) as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays_of(one))
    return (Part(one.name, _prevailing(one), figures, arrays, RETRIEVED),)


def _prevailing(evidence: RetrievedPatches) -> str:
    """How many cells and patches there are, and how much each rank decides."""
    count, memory, ranks = len(evidence.cells), len(evidence.memory), evidence.chosen.shape[1]
    shares = [(f"rank {rank + 1}" if rank >= 0 else "no patch", float((evidence.ranks == rank).mean())) for rank in range(-1, ranks)]
    parts = ", ".join(f"{name} in {share:.0%}" for name, share in [*shares[1:], shares[0]] if share)
    cells = f"{count:,} {'cell' if count == 1 else 'cells'}"
    return f"{cells}, each made from up to {ranks} of {memory:,} patches of the photograph." + (
        f" Of the pixels, {parts}." if parts else ""
    )


def _write_views(to: _Folder, hole: _Hole, shown: _Photographs) -> list[Shown]:
    """The hole before and after, and what of it was to be filled."""
    before = shown.before
    icc = before.icc if before.layout.startswith("rgb") else None
    views = (
        ("before", photograph(before, hole.view), "Before", "The photograph as it was opened."),
        ("after", photograph(shown.result, hole.view), "After", "The same part, filled."),
        (
            "mask",
            hole_figure(before, shown.mask, hole.view),
            "What was filled",
            "Red is the mask as it was used, grown included; fainter red is blended.",
        ),
    )
    return [
        Shown(f"{hole.name}-{what}.png", to.image(f"{hole.name}-{what}.png", image, icc), title, text) for what, image, title, text in views
    ]


def _write_samples(to: _Folder, hole: _Hole, evidence: Evidence, result: Picture) -> list[Shown]:
    """Ten pixels of the hole and their sources, on the picture and enlarged; nothing where the evidence has no sources."""
    shown = samples(evidence)
    if not shown:
        return []
    around = hole.box
    for one in shown:
        around = around.joined(one.source.patch)
    places = f"{hole.name}-sources.png"
    size = to.image(places, places_figure(result, shown, View.of(around, result.box, 16)))
    reading = "A line leads from each numbered pixel to the patch it came from."
    return [
        Shown(places, size, "Ten pixels and their sources", reading, wide=True),
        _write_patches(to, f"{hole.name}-patches.png", result, shown, result),
    ]


def _write_mapping(to: _Folder, hole: _Hole, field: MappingField, shown: _Photographs) -> list[Shown]:
    """Anchors, and ten pixels with their places in each reference whose pixels are at hand; nothing of a field that was not used yet."""
    figures: list[Shown] = []
    sampled = samples(field)
    for number, name in enumerate(field.names, 1):
        reference, mine = shown.references.get(name), [one for one in sampled if one.source.place.origin == name]
        if reference is None or not mine:
            continue
        tail = f"-{number}" if len(field.names) > 1 else ""
        places = f"{hole.name}-places{tail}.png"
        size = to.image(places, sources_figure(shown.result, reference, name, number, mine, hole.box))
        reading = "A line leads from each numbered pixel of the fill to its place in the reference."
        figures += [
            Shown(places, size, f"Pixels and their places in {name}", reading, wide=True),
            _write_patches(to, f"{hole.name}-places-enlarged{tail}.png", shown.result, mine, reference),
        ]
    return figures + _write_anchors(to, hole, field, shown)


def _write_anchors(to: _Folder, hole: _Hole, field: MappingField, shown: _Photographs) -> list[Shown]:
    """Anchors, in both photographs where all of the field lies in one reference: they do not say in which they lie."""
    if field.stage != "corrected" or not len(field.anchors()):
        return []
    used = np.unique(field.origins[field.origins >= 0])
    name = field.names[int(used[0])] if len(used) == 1 else ""
    other = (shown.references[name], name) if name in shown.references else None
    file = f"{hole.name}-anchors.png"
    size = to.image(file, anchors_figure(shown.before, shown.mask, field, other))
    reading = "A dot is a place that was found again in another photograph: the matches on which the field rests. Red is the hole."
    return [Shown(file, size, "Anchors", f"{reading} One place has one colour in both." if other else reading, wide=other is not None)]


def _write_patches(to: _Folder, name: str, result: Picture, shown: list[Sample], source: Picture) -> Shown:
    reading = "Each pair shows the fill around a pixel, left, and the place it came from, right; the white frame is the patch and the yellow one the pixel. "
    reading += (
        "Weight is how sure the place is, from 0 to 1; colours differ where they were made to fit this photograph."
        if shown[0].source.place.origin
        else "Weight is the vote of that patch, distance how far it was from what it had to match."
    )
    return Shown(name, to.image(name, patches_figure(result, shown, source)), "Their patches, enlarged", reading, wide=True)


def _write_layers(to: _Folder, hole: _Hole, result: Picture) -> list[Shown]:
    """A figure for each layer. Fields of one kind have one key, so that they can be compared."""
    layers = layers_of(hole.evidence)
    ranges = {name: layer.range for name, _, layer in layers}
    figures: list[Shown] = []
    for name, evidence, layer in layers:
        title, reading = _READINGS.get(layer.name, (layer.name.capitalize(), f"{evidence.name}, in {layer.unit}."))
        file = f"{hole.name}-{name.replace(' ', '-')}.png"
        drawn = replace(layer, range=ranges.get("field corrected", layer.range)) if name == "field matched" else layer
        size = to.image(file, layer_figure(result, evidence, drawn, hole.view))
        figures.append(Shown(file, size, title if name == layer.name else f"{title}: {evidence.stage}", reading))
    return figures
