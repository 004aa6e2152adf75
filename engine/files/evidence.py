"""Evidence on disk: for each hole its arrays, pictures of its layers, ten pixels with their sources, and a page that shows them."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from engine.errors import BadInput, EngineFailure
from engine.evidence import Evidence, NearestNeighborField
from engine.files.evidence_figures import View, hole_figure, layer_figure, patches_figure, photograph, places_figure, samples
from engine.files.evidence_page import OURS, Section, Shown, page
from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL import Image

    from engine.evidence import Layer
    from engine.picture import Mask, Patch, Picture
    from engine.reference import Reference

_ROWS = 256
"""Rows of a layer that are in memory at once while it is written."""

_READINGS = {
    "field": (
        "Offsets to the sources",
        "The colour of a pixel is the way to the place it came from: hue the direction, saturation the length. One colour: one piece.",
    ),
    "distance": (
        "Patch distances",
        "Dark pixels came from patches that fit their new surroundings well; light ones are where nothing in the picture matched better.",
    ),
    "confidence": ("Confidence", "Light pixels are those of which the method is sure; dark ones deserve a second look."),
}


@dataclass(frozen=True, slots=True)
class _Hole:
    """A numbered hole: the smallest box around it, its view, and what is known of its fill."""

    number: int
    box: Box
    view: View
    pixels: int
    evidence: tuple[Evidence, ...]

    @property
    def name(self) -> str:
        """What its files begin with."""
        return f"hole-{self.number}"


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
    references: Sequence[Reference] = (),  # noqa: ARG001
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
    try:
        sections = [_write_hole(to, hole, before, result, mask) for hole in _holes(before, patches, evidence, mask)]
        with to.file("index.html") as stream:
            stream.write(page(_facts(before, mask, evidence), sections).encode())
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
    """Evidence of the pixels in a patch, one of each name; taken out of what is left. Windows overlap where one was filled after another."""
    named: dict[str, Evidence] = {}
    for one in left:
        if one.pixels.box is not None and one.pixels.box.common(patch.box) == one.pixels.box:
            named.setdefault(one.name, one)
    left[:] = [one for one in left if not any(one is taken for taken in named.values())]
    return tuple(named.values())


def _facts(picture: Picture, mask: Mask, evidence: Sequence[Evidence]) -> str:
    name = f"{picture.file.path.name}, " if picture.file else ""
    filled = int(mask.hole.sum())
    copied = [one.copied for one in evidence if isinstance(one, NearestNeighborField)]
    share = f" {np.concatenate(copied).mean():.1%} of them equal their source value for value." if filled and copied else ""
    height, width = picture.size
    return f"{name}{width:,} x {height:,} pixels; {filled:,} of them ({filled / (height * width):.2%}) were filled.{share}"


def _write_hole(to: _Folder, hole: _Hole, before: Picture, result: Picture, mask: Mask) -> Section:
    """Everything of one hole; what the page has to show of it."""
    figures = _write_views(to, hole, before, result, mask)
    for evidence in hole.evidence:
        figures += _write_samples(to, hole, evidence, result)
        figures += [_write_layer_figure(to, hole, evidence, layer, result) for layer in evidence.layers()]
    arrays = f"{hole.name}.npz" if hole.evidence else None
    if arrays:
        with to.file(arrays) as stream:
            _write_arrays(stream, hole)
    box = hole.box
    facts = f"Rows {box.top} to {box.bottom - 1}, columns {box.left} to {box.right - 1}: {hole.pixels:,} filled pixels."
    if not hole.evidence:
        facts += " The method copies no pixels, so it cannot say from where these came."
    return Section(f"Hole {hole.number}", facts, tuple(figures), arrays)


def _write_views(to: _Folder, hole: _Hole, before: Picture, result: Picture, mask: Mask) -> list[Shown]:
    """The hole before and after, and what of it was to be filled."""
    icc = before.icc if before.layout.startswith("rgb") else None
    views = (
        ("before", photograph(before, hole.view), "Before", "The photograph as it was opened."),
        ("after", photograph(result, hole.view), "After", "The same part, filled."),
        (
            "mask",
            hole_figure(before, mask, hole.view),
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
    places, patches = f"{hole.name}-sources.png", f"{hole.name}-patches.png"
    places_size = to.image(places, places_figure(result, shown, View.of(around, result.box, 16)))
    reading = (
        "Each pair shows the fill around a pixel, left, and the place it came from, right; the white frame is the patch and the yellow one the pixel. "
        "Weight is the vote of that patch, distance how far it was from what it had to match."
    )
    return [
        Shown(
            places,
            places_size,
            "Ten pixels and their sources",
            "A line leads from each numbered pixel to the patch it came from.",
            wide=True,
        ),
        Shown(patches, to.image(patches, patches_figure(result, shown)), "Their patches, enlarged", reading, wide=True),
    ]


def _write_layer_figure(to: _Folder, hole: _Hole, evidence: Evidence, layer: Layer, result: Picture) -> Shown:
    title, reading = _READINGS.get(layer.name, (layer.name.capitalize(), f"{evidence.name}, in {layer.unit}."))
    name = f"{hole.name}-{layer.name}.png"
    return Shown(name, to.image(name, layer_figure(result, evidence, layer, hole.view)), title, reading)


def _write_arrays(stream: IO[bytes], hole: _Hole) -> None:
    """An .npz whose layers go to disk a few rows at a time: a wide hole's layers are far larger than its pixels."""
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        _write_array(archive, "box", _corners(hole.box))
        for evidence in hole.evidence:
            for layer in evidence.layers():
                _write_layer(archive, evidence, layer, hole.box)
            for name, array in _raw(evidence).items():
                _write_array(archive, name, array)


def _write_array(archive: ZipFile, name: str, array: NDArray[Any]) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array(entry, array, allow_pickle=False)


def _write_layer(archive: ZipFile, evidence: Evidence, layer: Layer, box: Box) -> None:
    shape = (*box.size, 2) if layer.kind == "vectors" else box.size
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    with archive.open(f"{layer.name}.npy", "w", force_zip64=True) as entry:
        entry.write(header.getvalue())
        for top in range(box.top, box.bottom, _ROWS):
            band = Box(top, box.left, min(_ROWS, box.bottom - top), box.width)
            entry.write(evidence.layer(layer.name, band).astype("<f4", copy=False).tobytes())


def _raw(evidence: Evidence) -> dict[str, NDArray[Any]]:
    """The lists behind the layers, in the window's coordinates."""
    if not isinstance(evidence, NearestNeighborField):
        return {}
    window = evidence.pixels.window
    return {
        "window_box": _corners(window.box),
        "window_size": np.array(window.size),
        "rows": evidence.pixels.rows,
        "columns": evidence.pixels.columns,
        "source_rows": evidence.rows,
        "source_columns": evidence.columns,
        "up": evidence.up,
        "left": evidence.left,
        "weights": evidence.weights,
        "distances": evidence.distances,
        "copied": evidence.copied,
        "patch": np.array(evidence.patch),
    }


def _corners(box: Box) -> NDArray[np.int64]:
    """Top, left, height, width."""
    return np.array([box.top, box.left, box.height, box.width], np.int64)
