"""Retrieved patches on disk: arrays in the photograph's own places, a contact sheet in the colours of ranks, stages; whole or not at all."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageCms

from engine.drawing import RANKS
from engine.errors import BadInput, EngineFailure
from engine.evidence import ConfidenceMap, HolePixels
from engine.files.evidence import write_evidence
from engine.files.evidence_retrieved import retrieved_files, write_retrieved
from engine.files.evidence_sheet import contact_sheet, stages_strip, telling
from engine.finish import STAGE
from engine.geometry import Box, Window
from engine.job import Job, finished
from engine.picture import Mask, Patch, Picture
from engine.pipeline import Pipeline
from engine.retrieved import RetrievedPatches
from tests.engine.retrieval import STAGES, filled, grid, levels, memory_of, retrieved
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHITE = (255, 255, 255)
CELLS = ((300, 300, 20, 20), (300, 320, 20, 20), (320, 300, 20, 20))
MEMORY = ((40, 60, 20, 20), (60, 600, 20, 20), (500, 80, 20, 20), (560, 640, 10, 20))
CHOSEN = ((0, 1, 3), (2, 3, -1), (-1, -1, -1))
OF_CELLS = ((150, 20, 30), (30, 150, 20), (20, 30, 150))
OF_PATCHES = ((10, 120, 240), (120, 240, 10), (240, 10, 120), (100, 10, 100))
"""Colours that nothing else has."""


def painted() -> tuple[Picture, RetrievedPatches]:
    """A grey photograph with one colour in each cell and each patch; the third cell was made from none."""
    pixels = np.full((700, 800, 3), 90, np.uint8)
    hole = np.zeros((700, 800), bool)
    for boxes, colours in ((CELLS, OF_CELLS), (MEMORY, OF_PATCHES)):
        for box, colour in zip(boxes, colours, strict=True):
            pixels[Box(*box).slices] = colour
            hole[Box(*box).slices] |= boxes is CELLS
    listed = HolePixels.of(Window.plain(Box(0, 0, 700, 800)), hole)
    values = np.stack([np.full((len(listed), 3), 70, np.uint8), np.full((len(listed), 3), 80, np.uint8), pixels[hole]])
    chosen = np.array(CHOSEN, np.int32)
    scores = np.array([(0.5, 0.25, 0.125), (0.75, np.nan, 0), (0, 0, 0)], np.float32)
    attention = np.full((3, 4), 0.25, np.float16)
    evidence = RetrievedPatches(
        listed,
        np.array(CELLS, np.int32),
        np.array(MEMORY, np.int32),
        chosen,
        scores,
        attention,
        np.zeros(len(listed), np.int8),
        STAGES,
        values,
    )
    return Picture(pixels), evidence


def blocks(image: NDArray[np.uint8], colour: tuple[int, ...], least: int = 40) -> list[Box]:
    """Where a colour stands in one piece, pieces of that many pixels and more."""
    pieces: tuple[Any, ...] = cv2.connectedComponentsWithStats((image == colour).all(axis=2).astype(np.uint8), connectivity=4)
    return [Box(top, left, height, width) for left, top, width, height, area in pieces[2][1:].tolist() if area >= least]


def cat() -> NDArray[np.uint8]:
    return skimage.data.chelsea()


def scene(size: tuple[int, int] = (150, 200)) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A cat, and a hole in it that reaches the edge."""
    hole = np.zeros(size, bool)
    hole[30:90, : size[1] // 3] = True
    return cat()[60 : 60 + size[0], 100 : 100 + size[1]].copy(), hole


# Arrays


@pytest.mark.parametrize("window", [Window.plain(Box(20, 30, 150, 200)), Window(Box(7, 5, 251, 333), (150, 200))], ids=["moved", "reduced"])
def test_the_arrays_say_in_the_photograph_what_the_evidence_says(tmp_path: Path, window: Window) -> None:
    pixels, hole = scene()
    evidence = retrieved(window, hole, levels(pixels), step=24)
    chosen = evidence.chosen.copy()
    chosen[1, 2:] = -1
    evidence = replace(evidence, chosen=chosen)
    files = write_retrieved(tmp_path / "cat.png", evidence, Picture(cat()))
    with np.load(files[0]) as arrays:
        for number in range(len(evidence.cells)):
            assert Box(*arrays["cells"][number].tolist()) == evidence.cell(number)
            found = {one.rank: one for one in evidence.retrievals(number)}
            for rank, box in enumerate(arrays["boxes"][number].tolist()):
                assert box == [-1] * 4 if rank not in found else Box(*box) == found[rank].box
                assert rank not in found or (arrays["memory"][arrays["chosen"][number, rank]] == box).all()
        assert arrays["attention"].shape == (len(evidence.cells), len(arrays["memory"]))
        for name in ("chosen", "scores", "attention", "ranks", "values"):
            np.testing.assert_array_equal(arrays[name], getattr(evidence, name))
        assert (tuple(arrays["stages"]), str(arrays["meaning"])) == (STAGES, "share of attention")
        places = [window.picture_pixel(*place) for place in np.argwhere(hole).tolist()]
        assert list(zip(arrays["rows"].tolist(), arrays["columns"].tolist(), strict=True)) == places
        assert (arrays["window_box"].tolist(), tuple(arrays["window_size"])) == (
            [window.box.top, window.box.left, *window.box.size],
            window.size,
        )


# The sheet


def test_each_cell_has_a_row_with_its_patches_in_the_colours_of_their_ranks() -> None:
    picture, evidence = painted()
    image = np.asarray(contact_sheet(evidence, picture, [0, 1, 2]))
    above = 0
    for cell, colour in enumerate(OF_CELLS):
        tiles = [block for block in blocks(image, colour) if block.size == (200, 200)]
        assert len(tiles) == 2, "as filled, and synthesised"
        assert tiles[0].top == tiles[1].top > above
        above = tiles[0].bottom
        left = max(tile.right for tile in tiles)
        for rank, patch in enumerate(CHOSEN[cell]):
            if patch >= 0:
                (tile,) = (b for b in blocks(image, OF_PATCHES[patch]) if tiles[0].top <= b.top < tiles[0].bottom)
                assert tile.size == (10 * MEMORY[patch][2], 10 * MEMORY[patch][3]), "all of a row is enlarged alike"
                assert tile.left > left
                left = tile.right
                for row, column in ((tile.top - 2, tile.left + 50), (tile.bottom + 1, tile.left + 50), (tile.top + 50, tile.right + 1)):
                    assert tuple(image[row, column]) == RANKS[rank]


def test_the_photograph_outlines_cells_in_white_and_patches_in_the_colours_of_their_ranks() -> None:
    picture, evidence = painted()
    image = np.asarray(contact_sheet(evidence, picture, [0, 1]))
    shown = [(box, colour, RANKS[rank]) for box, colour, rank in zip(MEMORY[:3], OF_PATCHES, (0, 1, 0), strict=False)]
    shown += [(box, colour, WHITE) for box, colour in zip(CELLS[:2], OF_CELLS, strict=False)]
    corners: set[tuple[int, int]] = set()
    for box, colour, outline in shown:
        block = min(blocks(image, colour), key=lambda one: one.top)
        assert block.size == (14, 14), "what an outline leaves of 20 pixels at their own size"
        corners.add((block.top - 3 - box[0], block.left - 3 - box[1]))
        for row, column in ((-3, 7), (7, -3), (15, 7), (7, 15))[: 2 if outline == WHITE else 4]:  # cells lie side by side
            assert tuple(image[block.top + row, block.left + column]) == outline
    assert len(corners) == 1, "all lie as in the photograph"


def test_a_patch_of_two_ranks_has_a_frame_in_both_colours() -> None:
    picture, evidence = painted()
    both = replace(evidence, chosen=np.array([(0, -1, 0), (-1, -1, -1), (-1, -1, -1)], np.int32))
    image = np.asarray(contact_sheet(both, picture, [0]))
    block = min(blocks(image, OF_PATCHES[0]), key=lambda one: one.top)
    assert tuple(image[block.top - 6, block.left + 4]) == RANKS[0]
    assert tuple(image[block.top - 3, block.left + 4]) == RANKS[2]


def test_where_patches_overlap_the_better_one_lies_on_top() -> None:
    picture, evidence = painted()
    near = np.array([(40, 60, 20, 20), (40, 70, 20, 20), MEMORY[3]], np.int32)
    for chosen in ((0, 1), (1, 0)):
        ranked = replace(evidence, memory=near, chosen=np.array([(*chosen, 2), (-1, -1, -1), (-1, -1, -1)], np.int32))
        image = np.asarray(contact_sheet(ranked, picture, [0]))
        cell = min(blocks(image, OF_CELLS[0]), key=lambda one: one.top)
        row, column = cell.top - 3 - CELLS[0][0] + 40 + 19, cell.left - 3 - CELLS[0][1] + 74
        assert tuple(image[row, column]) == RANKS[0], "the line below, which both share"


def test_a_sheet_of_hundreds_of_cells_shows_those_that_changed_most() -> None:
    hole = np.zeros((400, 400), bool)
    hole[40:360, 40:312] = True
    listed, cells, memory = HolePixels.of(Window.plain(Box(0, 0, 400, 400)), hole), grid(hole, 16), memory_of(hole, 16, 16)
    cell_of = ((listed.rows - 40) // 16 * 17 + (listed.columns - 40) // 16).astype(int)
    values = np.full((3, len(listed), 3), 50, np.uint8)
    values[1] = 255
    values[2, np.isin(cell_of, (3, 4, 90, 200, 310))] = 200
    values[2, cell_of == 90] = 220
    chosen = np.arange(680, dtype=np.int32).reshape(340, 2) % len(memory)
    scores, attention = np.full((340, 2), 0.5, np.float32), np.zeros((340, len(memory)), np.float16)
    evidence = RetrievedPatches(listed, cells, memory, chosen, scores, attention, np.zeros(len(listed), np.int8), STAGES, values)
    pixels = np.random.default_rng(4).integers(0, 256, (400, 400), np.uint8)
    assert len(evidence.cells) == 340
    assert telling(evidence, 1) == [90]
    assert telling(evidence, 4) == [3, 90, 200, 310], "of neighbours one"
    assert len(telling(evidence)) == 8
    assert set(telling(evidence, 340)) == set(range(340))
    made_from_none = replace(evidence, chosen=np.where((np.arange(340) == 90)[:, None], -1, evidence.chosen))
    assert 90 not in telling(made_from_none, 300)
    sheet = contact_sheet(evidence, Picture(pixels))
    assert sheet.height < 3500
    assert contact_sheet(evidence, Picture(pixels), [7]).height < sheet.height - 1000


# Stages


@pytest.mark.parametrize("channels", [None, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_stages_of_every_layout_and_depth(channels: int | None, dtype: type[np.uint8 | np.uint16]) -> None:
    seen, hole = scene((150, 201))
    pixels: Any = seen.astype(dtype) * (257 if dtype == np.uint16 else 1)
    alpha = np.linspace(0, np.iinfo(dtype).max, 201).astype(dtype)
    shown = pixels[..., :1] if channels in (None, 2) else pixels
    pixels = shown[..., 0] if channels is None else np.dstack([shown, np.broadcast_to(alpha, (150, 201))]) if channels in (2, 4) else shown
    evidence = retrieved(Window.plain(Box(0, 0, 150, 201)), hole, levels(pixels), step=32, ranks=1 if channels is None else 6)
    picture = Picture(np.ascontiguousarray(pixels))
    strip = np.asarray(stages_strip(evidence, picture)).astype(int)
    width = (strip.shape[1] - 4 * 14) // 5
    empty, coarse, laid, synthesised, blended = (strip[44:, k * (width + 14) : k * (width + 14) + width] for k in range(5))
    assert strip.shape[0] == 44 + 4 * (60 + 2 * 24), "enlarged by whole pixels"
    where = (empty != blended).any(axis=2)
    assert where[::4, ::4].sum() == pytest.approx(hole.sum(), abs=20)
    assert np.abs(synthesised - blended).max() <= (1 if channels in (2, 4) else 0), "alpha is rounded to 8 bits first, or last"
    for panel in (coarse, laid):
        assert (panel != blended)[where].mean() > 0.3
        np.testing.assert_array_equal(panel[~where], blended[~where])
    assert contact_sheet(evidence, picture).mode == "RGB"


def test_a_photograph_larger_than_a_figure_and_a_hole_seen_reduced() -> None:
    seen, hole = scene()
    large = Picture(seen.repeat(12, axis=0).repeat(12, axis=1))
    evidence = retrieved(Window(Box(0, 0, 1800, 2400), hole.shape), hole, levels(seen), step=32)
    assert max(stages_strip(evidence, large).size) < 2600
    assert contact_sheet(evidence, large).width <= 1800


# Files


def test_names_of_both_files() -> None:
    folder = Path("a.b")
    for name in ("cat", "cat.npz", "cat.PNG"):
        assert retrieved_files(folder / name) == (folder / "cat.npz", folder / "cat.png")
    assert retrieved_files(folder / "cat.v2")[1] == folder / "cat.v2.png"


def test_both_files_are_written_or_none(tmp_path: Path) -> None:
    picture, evidence = painted()
    arrays, sheet = write_retrieved(tmp_path / "out", evidence, picture)
    assert sorted(tmp_path.iterdir()) == [arrays, sheet]
    old = arrays.read_bytes()
    sheet.unlink()
    with pytest.raises(BadInput, match=r"out\.npz is there already; choose"):
        write_retrieved(tmp_path / "out.png", evidence, picture)
    assert list(tmp_path.iterdir()) == [arrays]
    write_retrieved(tmp_path / "out.png", replace(evidence, meaning="another"), picture, [0], overwrite=True)
    assert arrays.read_bytes() != old
    assert sorted(tmp_path.iterdir()) == [arrays, sheet]


def test_places_where_no_file_can_be(tmp_path: Path) -> None:
    picture, evidence = painted()
    with pytest.raises(BadInput, match=r"no folder .*nowhere to save into; make it first"):
        write_retrieved(tmp_path / "nowhere" / "out.png", evidence, picture)
    (tmp_path / "out.png").mkdir()
    with pytest.raises(BadInput, match="is a folder; choose another name"):
        write_retrieved(tmp_path / "out", evidence, picture, overwrite=True)
    assert list(tmp_path.iterdir()) == [tmp_path / "out.png"]


@pytest.mark.parametrize(("error", "kind"), [(PermissionError(13, "in use", "out.png"), BadInput), (OSError(5, "broken"), EngineFailure)])
def test_where_one_of_them_cannot_be_replaced_both_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, kind: type[Exception]
) -> None:
    """On Windows a picture cannot be replaced while another program shows it."""
    picture, evidence = painted()
    before = {path: path.read_bytes() for path in write_retrieved(tmp_path / "out", evidence, picture)}
    real = Path.replace

    def held(self: Path, target: Path) -> Path:
        if target.suffix == ".png" and self.suffix == ".inlay-part":
            raise error
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", held)
        with pytest.raises(kind, match=r"in use|broken|may not be written"):
            write_retrieved(tmp_path / "out", replace(evidence, meaning="another"), picture, overwrite=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    (tmp_path / "out.npz").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", held)
        with pytest.raises(kind):
            write_retrieved(tmp_path / "out", evidence, picture, overwrite=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == {tmp_path / "out.png": before[tmp_path / "out.png"]}


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of the system's")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    picture, evidence = painted()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, hard))
    try:
        with pytest.raises(EngineFailure, match=r"patches could not be written to .*free some space"):
            write_retrieved(tmp_path / "out", evidence, picture)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("layout", ["rgb", "grey"])
def test_the_sheet_has_the_profile_of_a_photograph_in_colour(tmp_path: Path, layout: str) -> None:
    picture, evidence = painted()
    made: Any = ImageCms
    icc: bytes = made.ImageCmsProfile(made.createProfile("sRGB")).tobytes()
    pixels = picture.pixels if layout == "rgb" else picture.pixels[..., 0].copy()
    _, sheet = write_retrieved(tmp_path / "out", evidence, Picture(pixels, icc=icc), [0])
    with Image.open(sheet) as image:
        assert image.info.get("icc_profile") == (icc if layout == "rgb" else None)


# Beside the other evidence


def test_the_page_has_a_part_with_stages_sheet_and_arrays(tmp_path: Path) -> None:
    fill = filled(*scene(), step=32)
    files = {path.name for path in write_evidence(tmp_path, **fill)}
    assert files >= {"hole-1-retrieved.npz", "hole-1-retrieved.png", "hole-1-stages.png", "hole-1-rank.png", "hole-1.npz"}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<h3>Retrieved patches</h3>" in page
    assert "6 cells, each made from up to 4 of" in page
    assert "rank 1 in 53%, rank 2 in 47%" in page
    assert all(f'"{name}"' in page for name in files - {"index.html"})
    with np.load(tmp_path / "hole-1-retrieved.npz") as arrays, np.load(tmp_path / "hole-1.npz") as others:
        assert arrays["cells"].shape == (6, 4)
        assert others["rank"].shape == (60, 66)


def test_what_a_finish_tells_takes_the_place_of_what_it_made_anew(tmp_path: Path) -> None:
    pixels, hole = scene()
    fill = filled(pixels, hole, step=32)
    (finish,) = fill["evidence"]
    listed = finish.pixels
    sure, unsure = (ConfidenceMap(listed, np.full(len(listed), value, np.float32), "luck") for value in (1.0, 0.25))
    wrong = replace(finish, cells=finish.cells[:1], chosen=finish.chosen[:1], scores=finish.scores[:1], attention=finish.attention[:1])
    fill["evidence"] = [wrong, sure, replace(finish, stage=STAGE), replace(unsure, stage=STAGE)]
    files = write_evidence(tmp_path, **fill)
    assert len(files) == len(set(files))
    with np.load(tmp_path / "hole-1-retrieved.npz") as arrays, np.load(tmp_path / "hole-1.npz") as others:
        assert len(arrays["cells"]) == 6
        assert np.nanmax(others["confidence"]) == 0.25
        assert sorted(others) == ["box", "confidence", "rank"]


@needs_weights("tmad")
@pytest.mark.parametrize(("method", "finish"), [("tmad", ""), ("harmonic", "texture-memory")])
def test_a_real_fill_tells_its_patches(tmp_path: Path, method: str, finish: str) -> None:
    pixels, hole = scene((96, 120))
    hole = np.roll(hole, 30, axis=1) & (np.arange(96) < 70)[:, None]
    picture, mask = Picture(pixels), Mask(hole.astype(np.uint8) * 255)
    result = finished(Pipeline().run(Job(picture, mask, method, finish=finish)))
    patches: tuple[Patch, ...] = result.patches
    write_evidence(tmp_path, picture, picture.with_patches(patches), patches, result.evidence, mask)
    with np.load(tmp_path / "hole-1-retrieved.npz") as arrays:
        assert len(arrays["rows"]) == hole.sum()
        held = np.zeros_like(hole)
        for box in arrays["cells"].tolist():
            held[Box(*box).slices] = True
        assert (held | ~hole).all()
        for box in arrays["memory"].tolist():
            assert not hole[Box(*box).slices].any()
    with Image.open(tmp_path / "hole-1-retrieved.png") as sheet:
        assert min(sheet.size) > 500
    assert (tmp_path / "index.html").read_text(encoding="utf-8").count("<h3>Retrieved patches</h3>") == 1
