"""Mapping fields on disk: flows that another program reads, arrays, and figures across two photographs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from engine.drawing import draw
from engine.evidence import ConfidenceMap, Evidence, HolePixels, NearestNeighborField
from engine.files.evidence import write_evidence
from engine.files.evidence_figures import View, layer_figure, samples
from engine.files.evidence_references import anchors_figure, sources_figure
from engine.geometry import Box, Place, Window
from engine.mapping import MappingField
from engine.picture import Mask, Patch, Picture
from engine.reference import Reference
from tests.engine.test_evidence_files import Links

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = Box(10, 20, 300, 360)
HOLE = (np.hypot(*(np.indices(WINDOW.size) - np.array(WINDOW.size).reshape(2, 1, 1) / 2)) < 60) & (np.indices(WINDOW.size)[1] > 130)


def fields(names: tuple[str, ...] = ("other.jpg",)) -> tuple[MappingField, MappingField]:
    """As matched and as corrected: twice as large and moved, and in the corrected one a pixel further to the right. Below row 200 nothing."""
    pixels = HolePixels.of(Window.plain(WINDOW), HOLE)
    at = np.stack([pixels.rows + WINDOW.top, pixels.columns + WINDOW.left], 1).astype(np.float32)
    origins = np.where(at[:, 0] < 200, (at[:, 1] > 200) * (len(names) - 1), -1).astype(np.int8)
    places = np.where(origins[:, None] >= 0, at * 2 + np.float32((5.5, -20.25)), np.float32(np.nan))
    found = np.array([[60, 80, 125.5, 139.75, 1.0], [150, 300, 305.5, 579.75, 0.5]], np.float32)
    sizes, sure = ((700, 800), (690, 790))[: len(names)], np.linspace(0, 1, len(at), dtype=np.float32)
    more: tuple[Any, ...] = (origins, names, sizes, sure, found, (400, 500))
    return MappingField(pixels, places, *more, stage="matched"), MappingField(pixels, places + np.float32((0, 1)), *more)


def gap() -> tuple[NearestNeighborField, ConfidenceMap]:
    """Patches in the rows below 200."""
    part = HOLE & (np.indices(WINDOW.size)[0] + WINDOW.top >= 195)
    pixels = HolePixels.of(Window.plain(WINDOW), part)
    n = len(pixels)
    zero = np.zeros((1, n), np.int32)
    none = np.zeros((1, n), np.int8)
    field = NearestNeighborField(pixels, zero, zero.copy(), none, none.copy(), none + 1.0, none + 2.0, 1, np.zeros(n, bool))
    return field, ConfidenceMap(pixels, np.full(n, 0.25, np.float32), "patches agree")


def told(names: tuple[str, ...] = ("other.jpg",), *more: Evidence) -> dict[str, Any]:
    """What a fill hands to be written."""
    before = Picture(np.tile(skimage.data.chelsea(), (2, 2, 1))[:400, :500].copy())
    coverage = np.zeros(before.size, np.uint8)
    coverage[WINDOW.slices][HOLE] = 255
    box = Box.around(coverage)
    assert box is not None
    patch = Patch(0, box, np.full((*box.size, 3), 90, np.uint8))
    shown = tuple(
        Reference(Picture(np.tile(skimage.data.coffee(), (2, 2, 1))[:height, :800]), name)
        for name, height in zip(names, (700, 690), strict=False)
    )
    sure = ConfidenceMap(fields()[0].pixels, np.full(int(HOLE.sum()), 0.5, np.float32), "sure", stage="field")
    evidence = (*more, *fields(names), sure)
    return {"before": before, "result": before.with_patches([patch]), "patches": [patch], "evidence": evidence, "mask": Mask(coverage), "references": shown}  # fmt: skip


def test_another_program_reads_the_way_to_the_reference(tmp_path: Path) -> None:
    fill = told()
    write_evidence(tmp_path, **fill)
    box = Box.around(fill["mask"].coverage)
    for name, field in zip(("matched", "corrected"), fields(), strict=True):
        flow = cv2.readOpticalFlow(str(tmp_path / f"hole-1-{name}.flo"))
        assert flow.shape == (*box.size, 2)
        unknown = np.ones(box.size, bool)
        for row, column, place in zip(field.pixels.rows + WINDOW.top, field.pixels.columns + WINDOW.left, field.places, strict=True):
            x, y = flow[row - box.top, column - box.left]
            if row < 200:
                np.testing.assert_allclose((row + y, column + x), place, atol=1e-4)
                unknown[row - box.top, column - box.left] = False
        assert (flow[unknown] == 1e10).all()
        assert unknown.any()
        assert not unknown.all()


def test_each_reference_has_its_own_flow(tmp_path: Path) -> None:
    fill = told(("a.jpg", "b.jpg"))
    files = {file.name for file in write_evidence(tmp_path, **fill)}
    assert {"hole-1-matched-1.flo", "hole-1-matched-2.flo", "hole-1-corrected-1.flo", "hole-1-corrected-2.flo"} <= files
    assert {"hole-1-places-1.png", "hole-1-places-2.png", "hole-1-places-enlarged-2.png"} <= files
    with Image.open(tmp_path / "hole-1-anchors.png") as image:
        assert image.width == 800, "of one photograph, as anchors do not say in which other one they lie"
    one, two = (cv2.readOpticalFlow(str(tmp_path / f"hole-1-corrected-{k}.flo")) for k in (1, 2))
    left, right = one[..., 0] < 1e9, two[..., 0] < 1e9
    assert left.any()
    assert right.any()
    assert not (left & right).any()


def test_a_field_taller_than_a_band_is_whole(tmp_path: Path) -> None:
    """That is written some hundred rows at a time."""
    hole = np.zeros((700, 30), bool)
    hole[2:690, 10:14] = True
    picture = Picture(np.zeros((700, 30), np.uint8))
    pixels = HolePixels.of(Window.plain(picture.box), hole)
    places = np.random.default_rng(0).uniform(0, 900, (len(pixels), 2)).astype(np.float32)
    n = len(pixels)
    field = MappingField(pixels, places, np.zeros(n, np.int8), ("a",), ((900, 900),), np.ones(n), np.zeros((0, 5), np.float32), (700, 30))
    patch = Patch(0, Box(2, 10, 688, 4), np.zeros((688, 4), np.uint8))
    write_evidence(tmp_path, picture, picture, [patch], [field], Mask(hole * np.uint8(255)))
    flow = cv2.readOpticalFlow(str(tmp_path / "hole-1-corrected.flo"))
    rows, columns = np.indices((688, 4))
    np.testing.assert_allclose((flow[..., ::-1] + np.dstack([rows + 2, columns + 10])).reshape(-1, 2), places, atol=1e-3)


def test_the_arrays_say_what_the_fields_say(tmp_path: Path) -> None:
    fill = told(("other.jpg",), *gap())
    write_evidence(tmp_path, **fill)
    matched, corrected = fields()
    with np.load(tmp_path / "hole-1.npz") as arrays:
        box = Box(*arrays["box"].tolist())
        for name, of, layer in (
            ("field_matched", matched, "field matched"),
            ("field_corrected", corrected, "field corrected"),
            ("photograph", corrected, "photograph"),
            ("confidence", fill["evidence"][-1], "confidence"),
            ("confidence_patches", gap()[1], "confidence"),
            ("distance", gap()[0], "distance"),
        ):
            np.testing.assert_array_equal(arrays[name], of.layer(layer, box), err_msg=name)
        np.testing.assert_array_equal(arrays["mapped_rows"], corrected.pixels.rows + WINDOW.top)
        np.testing.assert_array_equal(arrays["mapped_columns"], corrected.pixels.columns + WINDOW.left)
        np.testing.assert_array_equal(arrays["places_matched"], matched.places)
        np.testing.assert_array_equal(arrays["places_corrected"], corrected.places)
        np.testing.assert_array_equal(arrays["origins"], corrected.origins)
        np.testing.assert_array_equal(arrays["place_weights"], corrected.weights)
        np.testing.assert_array_equal(arrays["anchors"], corrected.found)
        assert arrays["references"].tolist() == ["other.jpg"]
        assert arrays["reference_sizes"].tolist() == [[700, 800]]
        assert len(arrays["rows"]) == len(gap()[0].pixels) < len(arrays["mapped_rows"])


def test_the_page_shows_every_file_and_says_what_came_from_where(tmp_path: Path) -> None:
    files = write_evidence(tmp_path, **told(("a <b>.jpg",), *gap()))
    text = (tmp_path / "index.html").read_text("utf-8")
    page = Links(text)
    assert page.found == {file.name for file in files} - {"index.html"} == {file.name for file in tmp_path.iterdir()} - {"index.html"}
    assert "b" not in page.tags - {"b"}
    share = np.mean(fields()[1].origins == 0)
    assert f"{share:.0%} came from a &lt;b&gt;.jpg, {1 - share:.0%} from this photograph." in text
    for title in (
        "Mapping field, as matched",
        "Mapping field, as corrected",
        "Which photograph each pixel came from",
        "Anchors",
        "Confidence: patches",
    ):
        assert title in text  # fmt: skip
    for file, width, height in re.findall(r'src="([^"]+)" width="(\d+)" height="(\d+)"', text):
        with Image.open(tmp_path / file) as image:
            assert image.size == (int(width), int(height))


def test_without_the_references_pixels_everything_else_is_there(tmp_path: Path) -> None:
    files = {file.name for file in write_evidence(tmp_path, **told() | {"references": ()})}
    assert not any("places" in name for name in files)
    assert {"hole-1-anchors.png", "hole-1-field-matched.png", "hole-1-photograph.png", "hole-1-corrected.flo", "hole-1.npz"} <= files


def test_both_fields_have_one_key(tmp_path: Path) -> None:
    """Where matched and corrected lead to the same place, their figures have the same colour, whatever else one of them shows."""
    fill = told()
    (matched, corrected, sure) = fill["evidence"]
    places = matched.places.copy()
    places[: len(places) // 10] += 4000
    wild = MappingField(matched.pixels, places, matched.origins, matched.names, matched.sizes, matched.weights, matched.found, (400, 500), stage="matched")  # fmt: skip
    write_evidence(tmp_path, **fill | {"evidence": (wild, corrected, sure)})
    one, two = (np.asarray(Image.open(tmp_path / f"hole-1-field-{name}.png")).astype(int) for name in ("matched", "corrected"))
    inside = one.shape[0] // 3, one.shape[1] // 2
    assert np.abs(one[inside] - two[inside]).max() <= 6


def test_labels_have_a_legend_and_numbers() -> None:
    fill = told(("a.jpg", "b.jpg"))
    field = fill["evidence"][1]
    layer = next(one for one in field.layers() if one.kind == "labels")
    view = View(WINDOW, 1, 2)
    image = np.asarray(layer_figure(fill["result"], field, layer, view))
    colours = draw(layer, field.layer("photograph", WINDOW))
    seen = image[: WINDOW.height * 2 : 2, : WINDOW.width * 2 : 2]
    inside = colours[..., 3] > 0
    same = (seen == colours[..., :3]).all(axis=-1)
    assert 0.8 < same[inside].mean() < 1, "numbered, and else in its colour"
    for number in range(3):
        colour = draw(layer, np.full((1, 1), number, np.float32))[0, 0, :3]
        assert (image[WINDOW.height * 2 :] == colour).all(axis=-1).sum() > 400


def test_pixels_and_their_places_are_joined_across_two_photographs() -> None:
    fill = told()
    result, (reference,) = fill["result"], fill["references"]
    shown = samples(fill["evidence"][1])
    assert 4 < len(shown) <= 10
    assert [one.number for one in shown] == list(range(1, len(shown) + 1))
    for one in shown:
        assert one.source.place == fill["evidence"][1].sources(Place.pixel(one.row, one.column))[0].place
    image = np.asarray(sources_figure(result, reference.picture, "other.jpg", 1, shown, Box.around(fill["mask"].coverage)))
    assert ((image == (0xE6, 0x9F, 0x00)).all(axis=-1).sum(axis=0) > 0).mean() > 0.3


def test_anchors_are_dots_of_one_colour_in_both() -> None:
    fill = told()
    field = fill["evidence"][1]
    image = np.asarray(anchors_figure(fill["before"], fill["mask"], field, (fill["references"][0].picture, "other.jpg"))).astype(int)
    # 400 x 500 pixels are drawn 640 high, 700 x 800 beside them just as high; 44 pixels of names above, 24 between
    for row, column, there, beside, _ in field.anchors().tolist():
        mine = image[44 + round((row + 0.5) * 1.6 - 0.5), round((column + 0.5) * 1.6 - 0.5)]
        theirs = image[44 + round((there + 0.5) * 640 / 700 - 0.5), 800 + 24 + round((beside + 0.5) * 731 / 800 - 0.5)]
        assert np.abs(mine - theirs).max() == 0
        assert np.ptp(mine) > 60


@pytest.mark.parametrize("kind", ["grey", "16 bit", "alpha"])
def test_photographs_of_other_kinds_are_shown_too(tmp_path: Path, kind: str) -> None:
    fill = told()
    (reference,) = fill["references"]
    pixels = reference.picture.pixels
    other = {"grey": pixels[..., 0], "16 bit": pixels.astype(np.uint16) * 257, "alpha": np.dstack([pixels, pixels[..., :1]])}[kind]
    files = {file.name for file in write_evidence(tmp_path, **fill | {"references": (Reference(Picture(other.copy()), "other.jpg"),)})}
    assert {"hole-1-places.png", "hole-1-places-enlarged.png", "hole-1-anchors.png"} <= files
