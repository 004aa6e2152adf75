"""The numbers of a written evidence: layers over a hole's box, and the lists behind them, as an .npz."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from engine.evidence import Evidence, NearestNeighborField
from engine.geometry import Box
from engine.mapping import MappingField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.evidence import Layer

_ROWS = 256
"""Rows of a layer that are in memory at once while it is written."""

LAYERS = """One entry for each layer (float32, NaN outside the hole; offsets are rows down and columns across) over <code>box</code>, which is
top, left, height and width in the picture."""
PATCHES = """<code>rows</code> and <code>columns</code> list the pixels filled with patches and <code>source_rows</code> and
<code>source_columns</code> (one line a run) their sources, counted from the corner of <code>window_box</code> at the size <code>window_size</code>;
<code>up</code> and <code>left</code> say where the pixel lies in its patch of side <code>patch</code>; <code>weights</code>,
<code>distances</code> and <code>copied</code> speak of each."""
PLACES = """<code>mapped_rows</code> and <code>mapped_columns</code> list the filled pixels of the photograph, <code>places_matched</code> and
<code>places_corrected</code> (n, 2) their rows and columns in the reference at its full size, <code>origins</code> which reference that is (-1: none),
numbered from 0 as in <code>references</code> and <code>reference_sizes</code>, <code>place_weights</code> how sure it is. <code>anchors</code> (m, 5) are
rows and columns in both photographs and how sure they are."""


def layers_of(evidence: Sequence[Evidence]) -> list[tuple[str, Evidence, Layer]]:
    """Every layer under a name that no other one has: a second one of the same name is told by its stage."""
    named: dict[str, tuple[Evidence, Layer]] = {}
    for one in evidence:
        for layer in one.layers():
            named[layer.name if layer.name not in named else f"{layer.name} {one.stage}"] = one, layer
    return [(name, *of) for name, of in named.items()]


def write_arrays(stream: IO[bytes], box: Box, evidence: Sequence[Evidence]) -> None:
    """An .npz whose layers go to disk a few rows at a time: a wide hole's layers are far larger than its pixels."""
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        _write_array(archive, "box", corners(box))
        for name, one, layer in layers_of(evidence):
            _write_layer(archive, name.replace(" ", "_").replace("-", "_"), one, layer, box)
        for name, array in _lists(evidence).items():
            _write_array(archive, name, array)


def _write_array(archive: ZipFile, name: str, array: NDArray[Any]) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array(entry, array, allow_pickle=False)


def _write_layer(archive: ZipFile, name: str, evidence: Evidence, layer: Layer, box: Box) -> None:
    shape = (*box.size, 2) if layer.kind == "vectors" else box.size
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        entry.write(header.getvalue())
        for top in range(box.top, box.bottom, _ROWS):
            band = Box(top, box.left, min(_ROWS, box.bottom - top), box.width)
            entry.write(evidence.layer(layer.name, band).astype("<f4", copy=False).tobytes())


def _lists(evidence: Sequence[Evidence]) -> dict[str, NDArray[Any]]:
    """What is behind the layers, each kind in the coordinates that its text says."""
    found: dict[str, NDArray[Any]] = {}
    for one in evidence:
        if isinstance(one, NearestNeighborField):
            found |= _patches(one)
        elif isinstance(one, MappingField):
            found |= _places(one)
    return found


def _patches(evidence: NearestNeighborField) -> dict[str, NDArray[Any]]:
    window = evidence.pixels.window
    return {
        "window_box": corners(window.box),
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


def _places(evidence: MappingField) -> dict[str, NDArray[Any]]:
    (height, width), (down, across) = evidence.pixels.window.box.size, evidence.pixels.window.size
    top, left = evidence.pixels.window.box.top, evidence.pixels.window.box.left
    return {
        "mapped_rows": top + (2 * evidence.pixels.rows + 1) * height // (2 * down),
        "mapped_columns": left + (2 * evidence.pixels.columns + 1) * width // (2 * across),
        f"places_{evidence.stage}": evidence.places,
        "origins": evidence.origins,
        "place_weights": evidence.weights,
        "anchors": evidence.found,
        "references": np.array(evidence.names, np.str_),
        "reference_sizes": np.array(evidence.sizes, np.int64).reshape(-1, 2),
    }


def corners(box: Box) -> NDArray[np.int64]:
    """Top, left, height, width."""
    return np.array([box.top, box.left, box.height, box.width], np.int64)
