"""`fill`: what each of its options does to the file that comes out."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from engine.device import chosen
from engine.files import open_picture
from engine.methods import shelf
from tests.engine.cases import rectangles, scene
from tests.engine.desk import HOLE, SIZE, Desk

if TYPE_CHECKING:
    from pathlib import Path

AUTO = str(chosen("auto", shelf()["patchmatch"].card))
ON_AUTO = "Filled on the processor." if AUTO == "cpu" else f"Filled on {AUTO}."


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def inside(grown: int = 0, box: tuple[int, int, int, int] = HOLE, size: tuple[int, int] = SIZE) -> np.ndarray:
    """The hole and what its corner pixels reach when it is grown, at least."""
    top, left, bottom, right = box
    return rectangles(size, (max(0, top - grown), max(0, left - grown), bottom + grown, right + grown)) > 0


@pytest.mark.parametrize("method", shelf())
def test_every_method_fills_the_hole_and_nothing_else(desk: Desk, method: str) -> None:
    said = desk.fill("--method", method, "--device", "cpu", "--grow", 0, *desk.beside(method))
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == "Saved out.png. 0 pixels changed outside the mask."
    assert len(said.out.splitlines()) == (2 if desk.beside(method) else 1)
    before, after, hole = desk.pixels(desk.photo), desk.pixels(), inside()
    np.testing.assert_array_equal(after[~hole], before[~hole])
    assert (after[hole] != before[hole]).any()
    assert desk.names() - {"beside.png"} == {"photo.png", "mask.png", "out.png"}


def test_patches_are_the_default_and_auto_says_what_it_chose(desk: Desk) -> None:
    said = desk.run("fill", desk.photo, desk.mask, "--output", desk.out, "--json", desk.folder / "run.json")
    assert said.code == 0
    assert said.out.splitlines() == [ON_AUTO, "Saved out.png. 0 pixels changed outside the mask."]
    record = json.loads((desk.folder / "run.json").read_text())
    assert (record["method"], record["device"]) == ("patchmatch", AUTO)


def test_quiet_says_nothing(desk: Desk) -> None:
    said = desk.fill("--quiet", out=desk.folder / "out.jpg")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert desk.folder.joinpath("out.jpg").exists()


@pytest.mark.parametrize(("options", "by"), [((), 2), (("--grow", 0), 0), (("--grow", 5), 5)])
def test_the_hole_is_grown_a_little_or_as_told(desk: Desk, options: tuple[Any, ...], by: int) -> None:
    record = desk.folder / "run.json"
    desk.fill(*options, "--json", record)
    top, left, bottom, right = HOLE
    said = json.loads(record.read_text())
    assert said["grown"] == by
    assert said["hole"] == [top - by, left - by, bottom - top + 2 * by, right - left + 2 * by]
    changed = (desk.pixels() != desk.pixels(desk.photo)).any(axis=-1)
    assert not (changed & ~inside(by)).any()


def test_a_number_for_the_seed_is_the_result_again_and_another_is_another(desk: Desk) -> None:
    fills = []
    for number, seed in enumerate((3, 3, 4, 2**70)):
        out = desk.folder / f"{number}.png"
        assert desk.fill("--method", "patchmatch", "--device", "cpu", "--seed", seed, out=out).code == 0
        fills.append(desk.pixels(out))
    np.testing.assert_array_equal(fills[0], fills[1])
    assert (fills[0] != fills[2]).any()
    assert (fills[0] != fills[3]).any()


def test_settings_reach_the_method(desk: Desk) -> None:
    record = desk.folder / "run.json"
    options = [part for pair in ("patch=5", "effort=draft", "adapt=no", "smooth = 0.25", "patch=9") for part in ("--set", pair)]
    assert desk.fill("--method", "patchmatch", "--device", "cpu", *options, "--json", record).code == 0
    assert json.loads(record.read_text())["settings"] == {"patch": 9, "effort": "draft", "adapt": False, "smooth": 0.25}


def two_halves() -> np.ndarray:
    """Red grain on the left, blue grain on the right."""
    pixels = np.random.default_rng(0).integers(0, 60, (*SIZE, 3), np.uint8)
    pixels[:, :40, 0] += 180
    pixels[:, 40:, 2] += 180
    return pixels


def test_texture_is_copied_only_from_the_sampling_area(desk: Desk) -> None:
    photo = desk.draw("halves.png", two_halves())
    mask = desk.draw("left.png", rectangles(SIZE, (25, 10, 35, 22)))
    area = desk.draw("area.png", rectangles(SIZE, (0, 50, 64, 80)))
    hole = inside(0, (25, 10, 35, 22))
    options = ("--method", "patchmatch", "--device", "cpu", "--grow", 0, "--set", "adapt=no")
    assert desk.fill(*options, photo=photo, mask=mask).code == 0
    assert (desk.pixels()[hole][:, 0] >= 180).all()
    assert desk.fill(*options, "--sample", area, "--overwrite", photo=photo, mask=mask).code == 0
    assert (desk.pixels()[hole][:, 2] >= 180).all()
    np.testing.assert_array_equal(desk.pixels()[~hole], two_halves()[~hole])


@pytest.mark.parametrize("level", [0, 12])
def test_an_empty_mask_saves_the_picture_and_says_so(desk: Desk, level: int) -> None:
    """In a JPEG, values under 16 are noise of 0."""
    name, options = ("empty.png", {}) if level == 0 else ("empty.jpg", {"quality": 95})
    mask = desk.draw(name, np.full(SIZE, level, np.uint8), **options)
    record, evidence = desk.folder / "run.json", desk.folder / "evidence"
    said = desk.fill("--json", record, "--evidence", evidence, mask=mask)
    assert said.code == 0
    assert said.out.splitlines() == ["The mask is empty, so nothing was filled.", "Saved out.png. 0 pixels changed outside the mask."]
    np.testing.assert_array_equal(desk.pixels(), desk.pixels(desk.photo))
    written = json.loads(record.read_text())
    assert (written["hole"], written["frames"], written["seconds"]["first preview"]) == (None, [], None)
    assert {one.name for one in evidence.iterdir()} == {"index.html"}


def test_grey_in_the_mask_blends(desk: Desk) -> None:
    soft = desk.draw("soft.png", rectangles(SIZE, HOLE, level=51))
    desk.fill("--grow", 0)
    desk.fill("--grow", 0, mask=soft, out=desk.folder / "soft-out.png")
    hole = inside()
    old, new = (desk.pixels(path)[hole].astype(float) for path in (desk.photo, desk.out))
    blended = desk.pixels(desk.folder / "soft-out.png")[hole]
    np.testing.assert_allclose(blended, old + 0.2 * (new - old), atol=0.51)


def test_alpha_is_the_mask_where_it_alone_says_something(desk: Desk) -> None:
    cut = np.dstack([np.zeros((*SIZE, 3), np.uint8), rectangles(SIZE, HOLE)])
    desk.fill()
    desk.fill(mask=desk.draw("cut-out.png", cut), out=desk.folder / "again.png")
    np.testing.assert_array_equal(desk.pixels(), desk.pixels(desk.folder / "again.png"))


@pytest.mark.parametrize("turn", [3, 6, 8])
def test_sizes_are_those_after_orientation(desk: Desk, turn: int) -> None:
    """Photograph and mask stored upright, or either of them turned, make the same picture."""
    rows = {3: lambda a: np.rot90(a, 2), 6: lambda a: np.rot90(a, 1), 8: lambda a: np.rot90(a, -1)}[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    photo = desk.draw("turned.png", np.ascontiguousarray(rows(scene(*SIZE))), exif=exif)
    mask = desk.draw("turned-mask.png", np.ascontiguousarray(rows(rectangles(SIZE, HOLE))), exif=exif)
    desk.fill()
    for number, (one, other) in enumerate(((photo, desk.mask), (desk.photo, mask), (photo, mask))):
        out = desk.folder / f"{number}.png"
        assert desk.fill(photo=one, mask=other, out=out).code == 0
        np.testing.assert_array_equal(desk.pixels(out), desk.pixels())
    if turn != 3:
        flat = desk.draw("flat.png", rectangles((80, 64), HOLE))
        assert "64 x 80 pixels and the picture 80 x 64" in desk.refused(photo=photo, mask=flat, out=desk.folder / "no.png")


@pytest.mark.parametrize("name", ["with  two spaces", "Größe, äöü ß", "山水 照片", 'it\'s "quoted" #1 %20', "-dash"])
def test_any_name_will_do(desk: Desk, name: str) -> None:
    folder = desk.folder / name
    photo, mask = desk.draw(f"{name}/{name}.png", scene(*SIZE)), desk.draw(f"{name}/{name} mask.png", rectangles(SIZE, HOLE))
    out, evidence, record = folder / f"{name} out.tif", folder / f"{name} evidence", folder / f"{name}.json"
    said = desk.fill("--evidence", evidence, "--json", record, photo=photo, mask=mask, out=out)
    assert (said.code, said.err) == (0, "")
    assert f"Saved {name} out.tif." in said.out
    assert json.loads(record.read_text())["photo"] == f"{name}.png"
    assert (evidence / "index.html").exists()
    np.testing.assert_array_equal(desk.pixels(out)[~inside(2)], scene(*SIZE)[~inside(2)])


def test_a_name_in_the_current_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    assert desk.fill("--json", "run.json", "--evidence", "found", photo="photo.png", mask="mask.png", out="out.webp").code == 0
    assert {"out.webp", "run.json", "found", "found/index.html"} <= desk.names()


def test_a_jpeg_can_take_the_place_of_its_photograph(desk: Desk) -> None:
    photo = desk.draw("photo.jpg", cv2.GaussianBlur(scene(96, 128), (0, 0), 2), quality=88, subsampling=2)
    mask, before, record = desk.draw("m.png", rectangles((96, 128), (40, 50, 56, 70))), desk.pixels(photo), desk.folder / "run.json"
    assert "--overwrite" in desk.refused(photo=photo, mask=mask, out=photo)
    said = desk.fill("--overwrite", "--json", record, photo=photo, mask=mask, out=photo)
    assert (said.code, said.err) == (0, "")
    changed = (desk.pixels(photo) != before).any(axis=-1)
    rows, columns = np.nonzero(changed)
    assert (rows.min() >= 32 - 2, columns.min() >= 48 - 2) == (True, True)  # whole 16 x 16 blocks of the grown hole, and two pixels
    assert (rows.max() < 64 + 2, columns.max() < 80 + 2) == (True, True)
    outside = json.loads(record.read_text())["changed_outside"]
    hole = cv2.dilate(rectangles((96, 128), (40, 50, 56, 70)), np.ones((5, 5), np.uint8)) > 0
    assert outside["memory"] == 0
    assert 0 <= outside["file"] - np.count_nonzero(changed & ~hole) <= 12  # a disc leaves out the corners of a square
    assert f"{outside['file']:,} pixel" in said.out


def test_an_existing_file_is_replaced_when_told_to(desk: Desk) -> None:
    desk.out.write_bytes(b"precious")
    record = desk.folder / "run.json"
    record.write_text("old")
    assert desk.fill("--overwrite", "--json", record).code == 0
    assert desk.pixels().shape == (*SIZE, 3)
    assert json.loads(record.read_text())["output"] == "out.png"
    assert desk.names() == {"photo.png", "mask.png", "out.png", "run.json"}


def test_what_a_format_cannot_hold_is_said_before_it_is_saved(desk: Desk) -> None:
    photo = desk.folder / "deep.tif"
    tifffile.imwrite(photo, scene(*SIZE, 3, np.uint16), photometric="rgb")
    said = desk.fill("--device", "cpu", photo=photo, out=desk.folder / "out.jpg")
    assert said.code == 0
    loss, lossy, saved = said.out.splitlines()
    assert loss == "JPEG holds 8 bits a channel and this picture has 16; save it as PNG or TIFF to keep them."
    assert "lossy" in lossy
    assert saved.startswith("Saved out.jpg.")
    assert open_picture(desk.folder / "out.jpg").depth == 8
    assert desk.fill("--device", "cpu", photo=photo).out == "Saved out.png. 0 pixels changed outside the mask.\n"
    np.testing.assert_array_equal(desk.pixels()[~inside(2)], scene(*SIZE, 3, np.uint16)[~inside(2)])


def test_what_the_photograph_holds_and_we_cannot_keep_is_said(desk: Desk) -> None:
    pages = desk.folder / "pages.tif"
    tifffile.imwrite(pages, np.stack([scene(*SIZE), scene(*SIZE, seed=2)]), photometric="rgb")
    said = desk.fill(photo=pages)
    assert said.code == 0
    (sentence,) = open_picture(pages).file.losses  # pyright: ignore[reportOptionalMemberAccess]
    assert said.out.startswith(sentence)


def test_the_run_record_says_what_was_done_and_what_it_cost(desk: Desk) -> None:
    record, evidence = desk.folder / "run.json", desk.folder / "evidence"
    area = desk.draw("area.png", np.full(SIZE, 255, np.uint8))
    options = ("--method", "patchmatch", "--device", "cpu", "--seed", 5, "--grow", 1, "--sample", area, "--evidence", evidence)
    assert desk.fill(*options, "--json", record).code == 0
    said = json.loads(record.read_text(encoding="utf-8"))
    assert (said["photo"], said["mask"], said["area"], said["output"]) == ("photo.png", "mask.png", "area.png", "out.png")
    assert (said["method"], said["title"], said["seed"], said["device"], said["grown"]) == ("patchmatch", "Patches", 5, "cpu", 1)
    assert said["settings"] == {"patch": 7, "effort": "normal", "smooth": 0.0, "adapt": True}
    assert (said["picture"], said["hole"], said["frames"]) == ([64, 80], [23, 29, 14, 18], [[0, 0, 64, 80]])
    assert said["changed_outside"] == {"memory": 0, "file": 0, "file_at_most": 0}
    assert set(said["seconds"]) == {"open", "import", "first preview", "fill", "evidence", "save"}
    assert all(seconds >= 0 for seconds in said["seconds"].values())
    assert 0 < said["seconds"]["first preview"] <= said["seconds"]["fill"]
    assert {"matching", "merging", "pasting"} <= set(said["stages"])
    assert sum(said["stages"].values()) == pytest.approx(said["seconds"]["fill"], rel=0.5)
    assert 50 < said["peak_memory_mb"] < 100_000
    assert said["versions"]["python"] == platform.python_version()
    for package in ("torch", "numpy", "numba", "opencv-python-headless", "jpeglib"):
        assert said["versions"][package] == version(package)
    assert "inlay" in said["versions"]


def test_a_lossy_file_that_differs_is_counted_in_the_record(desk: Desk) -> None:
    record, out = desk.folder / "run.json", desk.folder / "out.jpg"
    said = desk.fill("--grow", 0, "--json", record, out=out)
    outside = json.loads(record.read_text())["changed_outside"]
    worst = np.abs(desk.pixels(out).astype(int) - desk.pixels(desk.photo)).max(axis=-1)[~inside()]
    assert outside == {"memory": 0, "file": int(np.count_nonzero(worst)), "file_at_most": int(worst.max())}
    assert outside["file"] > 0
    assert f"{outside['file']:,} pixels changed outside the mask" in said.out


def test_evidence_tells_of_every_filled_pixel(desk: Desk) -> None:
    evidence = desk.folder / "new" / "evidence"
    said = desk.fill("--method", "patchmatch", "--device", "cpu", "--set", "adapt=no", "--grow", 0, "--evidence", evidence)
    assert said.code == 0
    page = (evidence / "index.html").read_text(encoding="utf-8")
    names = {one.name for one in evidence.iterdir()}
    assert names == {
        "index.html",
        "hole-1.npz",
        *(f"hole-1-{what}.png" for what in ("before", "after", "mask", "sources", "patches", "field", "distance", "confidence")),
    }
    assert all(name in page for name in names - {"index.html"})
    with np.load(evidence / "hole-1.npz") as arrays:
        assert tuple(arrays["box"]) == (24, 30, 12, 16)
        rows, columns, sources = arrays["rows"], arrays["columns"], (arrays["source_rows"][0], arrays["source_columns"][0])
        top, left = arrays["window_box"][:2]
        assert arrays["copied"].all()
    assert len(rows) == 12 * 16
    np.testing.assert_array_equal(desk.pixels()[rows + top, columns + left], desk.pixels(desk.photo)[sources[0] + top, sources[1] + left])
    with Image.open(evidence / "hole-1-after.png") as image:
        image.load()
    assert not [name for name in desk.names() if name.endswith(("part", "~")) or "/." in name]


def test_evidence_of_a_method_that_copies_nothing_says_so_and_replaces_its_own(desk: Desk) -> None:
    evidence = desk.folder / "evidence"
    record = evidence / "run.json"
    assert desk.fill("--evidence", evidence, "--json", record).code == 0  # the folder is made for both
    assert "copies no pixels" in (evidence / "index.html").read_text()
    (evidence / "notes.txt").write_text("mine")
    assert desk.fill("--evidence", evidence, "--method", "patchmatch", "--overwrite").code == 0
    assert "copies no pixels" not in (evidence / "index.html").read_text()
    assert (evidence / "notes.txt").read_text() == "mine"
    assert record.exists()


def test_the_sample_scene(desk: Desk, root: Path) -> None:
    samples = root / "resources" / "samples"
    photo, mask, out = samples / "landmark.jpg", samples / "landmark-mask.png", desk.folder / "landmark.jpg"
    said = desk.run("fill", photo, mask, "-o", out, "--device", "cpu")
    assert (said.code, said.err) == (0, "")
    assert "Nothing changed outside the hole but" in said.out
    clean, filled, before = (desk.pixels(path).astype(float) for path in (samples / "landmark-clean.jpg", out, photo))
    hole = np.asarray(Image.open(mask).convert("L")) > 127
    assert np.abs(filled - clean)[hole].mean() < 0.6 * np.abs(before - clean)[hole].mean()
