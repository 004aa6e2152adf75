"""What a command refuses: exit code 2, one sentence on standard error, nothing written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.device import works
from engine.methods import shelf
from tests.engine.cases import rectangles, scene
from tests.engine.desk import SIZE, Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("a.png", "b.png"), "one photograph, not 2"),
        (("polish",), "polish"),
        (("fill",), "PHOTO, MASK"),
        (("fill", "a.png", "b.png"), "--output"),
        (("fill", "a.png", "b.png", "-o"), "expected one argument"),
        (("fill", "a.png", "b.png", "-o", "c.png", "d.png"), "d.png"),
        (("methods", "--loud"), "--loud"),
    ],
)
def test_a_command_line_that_is_none(desk: Desk, arguments: tuple[str, ...], word: str) -> None:
    said = desk.refused_run(*arguments)
    assert word in said
    assert "--help" in said


@pytest.mark.parametrize("command", ["evaluate", "train", "export", "peers"])
def test_a_frozen_program_starts_no_programs_of_its_own(desk: Desk, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert f"{command} needs Python" in desk.refused_run(command, "--help")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--seed", "-1"), "from 0, not -1"),
        (("--seed", "x"), "--seed"),
        (("--seed", "1.5"), "--seed"),
        (("--grow", "-1"), "0 to 1000 pixels, not -1"),
        (("--grow", "1001"), "not 1001"),
        (("--grow", "lots"), "--grow"),
        (("--device", "abacus"), "--device"),
        (("--method", "magic"), "no method magic; there are harmonic"),
        (("--set", "colour=red"), "no setting colour here; there is radius"),
        (("--set", "radius"), "KEY=VALUE"),
        (("--set", "radius=wide"), "radius takes a whole number, not 'wide'"),
        (("--set", "radius=21"), "radius goes from 1 to 20; 21 is outside"),
        (("--set", "=3"), "no setting"),
        (("--method", "patchmatch", "--set", "effort=some"), "draft, normal, best"),
        (("--method", "patchmatch", "--set", "smooth=nan"), "from 0.0 to 1.0"),
        (("--method", "patchmatch", "--set", "adapt=perhaps"), "yes or no"),
        (("--method", "harmonic", "--set", "radius=3"), "there are none"),
        (("--unknown",), "--unknown"),
    ],
)
def test_options_that_mean_nothing(desk: Desk, options: tuple[str, ...], word: str) -> None:
    assert word in desk.refused(*options)


@pytest.mark.parametrize("what", ["photo", "mask"])
def test_files_that_cannot_be_read(desk: Desk, what: str) -> None:
    text, empty, half = (desk.folder / name for name in ("text.png", "empty.png", "half.png"))
    text.write_text("no picture")
    empty.touch()
    half.write_bytes(desk.photo.read_bytes()[:200])
    assert "no file" in desk.refused(**{what: desk.folder / "missing.png"})
    assert "folder" in desk.refused(**{what: desk.folder})
    assert "not a picture" in desk.refused(**{what: text})
    assert "empty" in desk.refused(**{what: empty})
    assert "damaged" in desk.refused(**{what: half})
    assert "no file" in desk.refused(**{what: desk.folder / "Größe 山水.png"})


def test_the_sampling_area_is_read_like_a_mask(desk: Desk) -> None:
    options = ("--method", "patchmatch", "--device", "cpu", "--sample")
    assert "no file" in desk.refused(*options, desk.folder / "missing.png")
    small = desk.draw("small.png", np.full((10, 10), 255, np.uint8))
    assert "sampling area small.png is 10 x 10 pixels and the picture 80 x 64" in desk.refused(*options, small)
    assert "no visible pixel" in desk.refused(*options, desk.draw("nothing.png", np.zeros(SIZE, np.uint8)))
    assert "no visible pixel" in desk.refused(*options, desk.mask)


@pytest.mark.parametrize("method", [name for name, method in shelf().items() if not method.card.copies])
def test_a_method_that_copies_nothing_takes_no_sampling_area(desk: Desk, method: str) -> None:
    area = desk.draw("area.png", np.full(SIZE, 255, np.uint8))
    assert "copies no pixels" in desk.refused("--method", method, "--sample", area)


@pytest.mark.parametrize("size", [(64, 79), (80, 64), (1, 1)])
def test_a_mask_of_another_size(desk: Desk, size: tuple[int, int]) -> None:
    mask = desk.draw("other.png", np.full(size, 255, np.uint8))
    assert f"{size[1]} x {size[0]} pixels and the picture 80 x 64" in desk.refused(mask=mask)


def test_a_mask_that_leaves_nothing(desk: Desk) -> None:
    assert "covers the whole picture" in desk.refused(mask=desk.draw("all.png", np.full(SIZE, 255, np.uint8)))


@pytest.mark.parametrize("device", ["cuda", "mps"])
@pytest.mark.parametrize("method", shelf())
def test_a_device_that_is_not_there(desk: Desk, device: str, method: str) -> None:
    if works(device):
        pytest.skip(f"there is {device} here")
    word = "is not available here" if device in shelf()[method].card.devices else "does not run on"
    assert word in desk.refused("--method", method, "--device", device, *desk.beside(method))


def test_a_place_for_the_picture(desk: Desk) -> None:
    (desk.folder / "folder.png").mkdir()
    assert "exists already" in desk.refused(out=desk.photo)
    assert "no folder" in desk.refused(out=desk.folder / "missing" / "out.png")
    assert "no folder" in desk.refused(out=desk.photo / "out.png")
    assert "is a folder" in desk.refused(out=desk.folder / "folder.png")
    assert "is a folder" in desk.refused("--overwrite", out=desk.folder / "folder.png")
    assert "cannot be the name" in desk.refused(out=desk.folder / f"{'long' * 100}.png")
    for name in ("out", "out.bmp", "out.jpg.txt", ".jpg"):
        assert ".jpg, .jpeg, .png, .tif, .tiff, .webp" in desk.refused(out=desk.folder / name)


def test_the_picture_replaces_neither_mask_nor_area(desk: Desk) -> None:
    area = desk.draw("area.png", np.full(SIZE, 255, np.uint8))
    (desk.folder / "link.png").hardlink_to(desk.mask)
    assert "would replace the mask" in desk.refused("--overwrite", out=desk.mask)
    assert "would replace the mask" in desk.refused("--overwrite", out=desk.folder / "link.png")
    assert "would replace the sampling area" in desk.refused("--overwrite", "--sample", area, out=area)


def test_a_place_for_the_run_record(desk: Desk) -> None:
    there = desk.folder / "run.json"
    there.write_text("precious")
    assert "exists already" in desk.refused("--json", there)
    assert "is a folder" in desk.refused("--json", desk.folder)
    assert "no folder" in desk.refused("--json", desk.folder / "missing" / "run.json")
    assert "no folder" in desk.refused("--json", desk.photo / "run.json")
    assert "would replace the picture" in desk.refused("--json", desk.out)
    for what, path in (("photograph", desk.photo), ("mask", desk.mask)):
        assert f"would replace the {what}" in desk.refused("--overwrite", "--json", path)


def test_a_place_for_evidence(desk: Desk) -> None:
    other = desk.folder / "site"
    other.mkdir()
    (other / "index.html").write_text("my home page")
    assert "is a file" in desk.refused("--evidence", desk.photo)
    assert "because" in desk.refused("--evidence", desk.photo / "deep" / "evidence")
    assert "index.html that was not written here" in desk.refused("--evidence", other)
    assert "would replace the picture" in desk.refused("--evidence", desk.out)


@pytest.mark.parametrize("option", ["--json", "--evidence", "-o"])
def test_a_folder_that_takes_no_files_is_found_before_anything_is_written(desk: Desk, root: Path, option: str) -> None:
    system = root.__class__("/proc")
    if not (system / "self").exists():
        pytest.skip("no folder here refuses files to everyone")
    assert "Nothing can be written into the folder /proc" in desk.refused(option, system / "inlay.png")


def test_what_is_no_ordinary_file_is_not_replaced(desk: Desk, root: Path) -> None:
    device = root.__class__("/dev/null")
    if not device.is_char_device():
        pytest.skip("no such device here")
    assert "no ordinary file" in desk.refused("--overwrite", "--json", device)


def test_a_picture_too_wide_for_its_format(desk: Desk) -> None:
    """Found before it is filled, not after."""
    photo = desk.draw("wide.png", scene(4, 16_400))
    mask = desk.draw("wide-mask.png", rectangles((4, 16_400), (1, 5, 3, 8)))
    assert "WebP holds at most 16,383 pixels a side" in desk.refused(photo=photo, mask=mask, out=desk.folder / "out.webp")
