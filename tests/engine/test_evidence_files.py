"""Evidence on disk: arrays that say what the evidence says, pictures that open, a page that shows them all."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from engine.drawing import draw
from engine.errors import BadInput, EngineFailure
from engine.evidence import ConfidenceMap, Evidence, HolePixels, NearestNeighborField
from engine.files.evidence import check_evidence_folder, write_evidence
from engine.files.evidence_figures import LONGEST, View, layer_figure, photograph, samples
from engine.geometry import Box, Place, Window
from engine.picture import Mask, OpenedFile, Patch, Picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.picture import Pixels


def copied_from_the_left(picture: Picture, window: Window, hole: NDArray[np.bool_]) -> tuple[Patch, tuple[Evidence, ...]]:
    """A hole of the window filled with what stands 30 pixels to its left, and the evidence of that."""
    pixels = HolePixels.of(window, hole)
    n = len(pixels.rows)
    side = np.full((1, n), 3, np.int8)
    evidence = NearestNeighborField(
        pixels,
        pixels.rows[None].copy(),
        (pixels.columns - 30)[None].astype(np.int32),
        side,
        side.copy(),
        np.full((1, n), 0.5, np.float32),
        np.linspace(0, 9, n, dtype=np.float32)[None],
        7,
        np.ones(n, bool),
    )
    colours = picture.pixels[window.box.slices].copy()
    colours[hole] = colours[pixels.rows, pixels.columns - 30]
    sure = ConfidenceMap(pixels, np.linspace(0, 1, n, dtype=np.float32), "share of the vote")
    return Patch(0, window.box, colours), (evidence, sure)


def filled(pixels: Pixels, *tops: int, path: Path | None = None) -> dict[str, Any]:
    """What a fill of a round hole in each window (80 x 120, at that row) hands to be written."""
    file = OpenedFile(path, "png") if path else None
    before = Picture(pixels, file=file)
    coverage = np.zeros(before.size, np.uint8)
    rows, columns = np.mgrid[:80, :120]
    hole = (rows - 40) ** 2 + (columns - 75) ** 2 < 18**2
    patches: list[Patch] = []
    evidence: list[Evidence] = []
    for top in tops:
        window = Window.plain(Box(top, 20, 80, 120))
        coverage[window.box.slices][hole] = 255
        patch, known = copied_from_the_left(before, window, hole)
        patches.append(patch)
        evidence += known
    return {"before": before, "result": before.with_patches(patches), "patches": patches, "evidence": evidence, "mask": Mask(coverage)}


class Links(HTMLParser):
    """What a page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found |= {value for name, value in attrs if name in {"src", "href"} and value}


def test_the_arrays_say_what_the_evidence_says(tmp_path: Path) -> None:
    fill = filled(skimage.data.chelsea(), 0, 150)
    write_evidence(tmp_path / "new" / "evidence", **fill)
    for number, evidence in ((1, fill["evidence"][:2]), (2, fill["evidence"][2:])):
        field, sure = evidence
        with np.load(tmp_path / "new" / "evidence" / f"hole-{number}.npz") as arrays:
            box = Box(*arrays["box"].tolist())
            assert box == Box.around(fill["mask"].hole[field.pixels.window.box.slices]).moved(150 * (number - 1), 20)
            for name, of in (("field", field), ("distance", field), ("confidence", sure)):
                np.testing.assert_array_equal(arrays[name], of.layer(name, box))
            top, left = arrays["window_box"][:2]
            np.testing.assert_array_equal(
                fill["result"].pixels[arrays["rows"] + top, arrays["columns"] + left],
                fill["before"].pixels[arrays["source_rows"][0] + top, arrays["source_columns"][0] + left],
            )
            for name in ("up", "left", "weights", "distances", "copied", "patch"):
                np.testing.assert_array_equal(arrays[name], getattr(field, name))
            assert arrays["window_size"].tolist() == [80, 120]


def test_layers_larger_than_a_band_are_whole(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (700, 40), np.uint8)
    hole = np.zeros((700, 40), bool)
    hole[5:690, 33:36] = True
    picture = Picture(pixels)
    patch, evidence = copied_from_the_left(picture, Window.plain(picture.box), hole)
    write_evidence(tmp_path, picture, picture.with_patches([patch]), [patch], evidence, Mask(hole.astype(np.uint8) * 255))
    with np.load(tmp_path / "hole-1.npz") as arrays:
        np.testing.assert_array_equal(arrays["field"], evidence[0].layer("field", Box(5, 33, 685, 3)))


def test_the_page_shows_every_file_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    files = write_evidence(tmp_path, **filled(skimage.data.chelsea(), 0, 150, path=tmp_path / "a <b> & Übung.png"))
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in files}
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    page = Links(text)
    assert page.found == {file.name for file in files} - {"index.html"}
    assert "script" not in page.tags
    assert "b" not in re.findall(r"a <(\w)> &", text)
    assert "a &lt;b&gt; &amp; Übung.png, 451 x 300 pixels" in text
    assert "100.0% of them equal their source" in text
    assert "prefers-color-scheme" in text
    assert text.count("<h2>") == 2
    for width, height, name in re.findall(r'src="([^"]+)" width="(\d+)" height="(\d+)"', text):
        with Image.open(tmp_path / width) as image:
            assert image.size == (int(height), int(name))


@pytest.mark.parametrize("channels", [None, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_layout_and_depth(tmp_path: Path, channels: int | None, dtype: type[np.uint8 | np.uint16]) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, np.iinfo(dtype).max, (90, 150, *([] if channels is None else [channels])), dtype)
    fill = filled(pixels, 5)
    write_evidence(tmp_path, **fill)
    with Image.open(tmp_path / "hole-1-after.png") as after, Image.open(tmp_path / "hole-1-before.png") as before:
        assert after.size == before.size
        changed = (np.asarray(after) != np.asarray(before)).any(axis=2)
    with Image.open(tmp_path / "hole-1-mask.png") as mask, Image.open(tmp_path / "hole-1-before.png") as before:
        covered = (np.asarray(mask) != np.asarray(before)).any(axis=2)
    assert changed.any()
    assert not (changed & ~covered).any()


def test_a_transparent_pixel_is_shown_light_grey() -> None:
    pixels = np.zeros((4, 4, 4), np.uint16)
    pixels[:, 2:] = (65535, 0, 0, 65535)
    image = np.asarray(photograph(Picture(pixels), View(Box(0, 0, 4, 4), 1, 1)))
    assert image[0, 0].tolist() == [200, 200, 200]
    assert image[0, 3].tolist() == [255, 0, 0]


def test_a_layer_is_drawn_where_it_lies() -> None:
    fill = filled(skimage.data.chelsea(), 100)
    evidence = fill["evidence"][0]
    layer = evidence.layers()[0]
    view = View(Box(100, 20, 80, 120), 1, 6)
    image = np.asarray(layer_figure(fill["result"], evidence, layer, view))
    colours = draw(layer, evidence.layer("field", view.box))
    inside = colours[..., 3] > 0
    for corner in (0, 5):  # of each pixel enlarged six times
        seen = image[: 80 * 6, : 120 * 6][corner::6, corner::6]
        np.testing.assert_array_equal(seen[inside], colours[inside][:, :3])
        assert np.ptp(seen[~inside].astype(int), axis=1).max() == 0
    assert image.shape[0] > 80 * 6 + 100


@pytest.mark.parametrize(
    ("size", "step", "zoom"), [((1, 1), 1, 1200), ((400, 700), 1, 1), ((300, 500), 1, 2), ((1601, 20), 2, 1), ((900, 9000), 6, 1)]
)
def test_figures_are_neither_huge_nor_tiny(size: tuple[int, int], step: int, zoom: int) -> None:
    view = View.of(Box.whole(size), Box.whole(size), 10)
    assert (view.step, view.zoom) == (step, zoom)
    image = photograph(Picture(np.zeros(size, np.uint8)), view)
    assert max(image.size) <= LONGEST


def test_samples_are_ten_pixels_of_the_hole_with_their_sources() -> None:
    evidence = filled(skimage.data.chelsea(), 100)["evidence"][0]
    shown = samples(evidence)
    assert [one.number for one in shown] == list(range(1, 11))
    places = np.array([(one.row, one.column) for one in shown])
    gaps = np.hypot(*(places[:, None] - places).transpose(2, 0, 1)) + 99 * np.eye(10)
    assert gaps.min() > 6
    for one in shown:
        assert one.source == evidence.sources(Place.pixel(one.row, one.column))[0]
        assert one.offset == (0, -30)
        assert one.filled_patch == one.source.patch.moved(0, 30)


def test_a_hole_of_one_pixel_has_one_sample(tmp_path: Path) -> None:
    picture = Picture(skimage.data.chelsea())
    hole = np.zeros((40, 60), bool)
    hole[20, 50] = True
    patch, evidence = copied_from_the_left(picture, Window.plain(Box(0, 0, 40, 60)), hole)
    coverage = np.zeros(picture.size, np.uint8)
    coverage[20, 50] = 255
    write_evidence(tmp_path, picture, picture.with_patches([patch]), [patch], evidence, Mask(coverage))
    assert len(samples(evidence[0])) == 1
    assert samples(evidence[1]) == []


def test_a_method_without_evidence_still_shows_before_and_after(tmp_path: Path) -> None:
    files = write_evidence(tmp_path, **filled(skimage.data.chelsea(), 100) | {"evidence": ()})
    assert [file.name for file in files] == ["hole-1-before.png", "hole-1-after.png", "hole-1-mask.png", "index.html"]
    assert "copies no pixels" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_an_empty_mask_gives_a_page(tmp_path: Path) -> None:
    picture = Picture(skimage.data.chelsea())
    files = write_evidence(tmp_path, picture, picture, (), (), Mask(np.zeros(picture.size, np.uint8)))
    assert [file.name for file in files] == ["index.html"]


def test_a_second_run_replaces_ours_and_keeps_others(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    first = write_evidence(tmp_path, **filled(skimage.data.chelsea(), 100))
    old = (tmp_path / "hole-1.npz").read_bytes()
    second = write_evidence(tmp_path, **filled(skimage.data.chelsea(), 50))
    assert first == second
    assert (tmp_path / "hole-1.npz").read_bytes() != old
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(BadInput, match="is a file"):
        write_evidence(tmp_path / "taken", **filled(skimage.data.chelsea(), 100))
    with pytest.raises(BadInput, match="cannot be made"):
        write_evidence(tmp_path / "taken" / "inside", **filled(skimage.data.chelsea(), 100))
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_page_of_someone_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>My site</h1>")
    with pytest.raises(BadInput, match=r"index\.html that was not written here"):
        check_evidence_folder(tmp_path)
    with pytest.raises(BadInput):
        write_evidence(tmp_path, **filled(skimage.data.chelsea(), 100))
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "hole-1-after.png").mkdir()
    with pytest.raises(EngineFailure, match="could not be written"):
        write_evidence(tmp_path, **filled(skimage.data.chelsea(), 100))
    assert not list(tmp_path.glob(".*"))
    assert not (tmp_path / "index.html").exists()


def test_of_fills_one_after_another_each_hole_has_its_own_evidence(tmp_path: Path) -> None:
    """Their windows overlap, and the last hole was filled twice."""
    told = filled(np.random.default_rng(3).integers(0, 255, (180, 160, 3), np.uint8), 10, 60, 60)
    write_evidence(tmp_path, **told)
    for number, top in ((1, 10), (2, 60), (3, 60)):
        with np.load(tmp_path / f"hole-{number}.npz") as arrays:
            assert arrays["window_box"].tolist() == [top, 20, 80, 120]
            assert len(arrays["rows"]) == arrays["copied"].sum() == 1005
            assert np.isfinite(arrays["field"]).all(axis=2).sum() == 1005
