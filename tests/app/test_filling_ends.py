"""What cannot be filled, odd pictures, and documents that are closed while they are filled: sentences, and memory that is freed."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app import choice as choices_module
from app.choice import evidence_bytes
from engine.geometry import Box
from tests.app.meadow import HERE, MAGENTA, THERE, grass, magenta
from tests.engine.cases import scene

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from engine.picture import Patch
    from tests.app.conftest import Core


def test_a_mask_over_everything_is_a_sentence_and_comes_back(core: Core) -> None:
    core.open(grass(60, 60))
    core.fill(Box(0, 0, 60, 60))
    assert core.last == (
        "The fill failed. The mask covers the whole picture, so nothing is left to fill it from; leave some of it uncovered. "
        "Nothing was changed."
    )
    assert core.said[-1].kind == "error"
    assert core.document.holes() == [Box(0, 0, 60, 60)]
    assert np.array_equal(core.pixels, grass(60, 60))


def test_a_picture_of_one_pixel(core: Core) -> None:
    core.open(np.zeros((1, 1, 3), np.uint8))
    core.fill(Box(0, 0, 1, 1))
    assert "covers the whole picture" in core.last
    assert core.document.holes() == [Box(0, 0, 1, 1)]


def test_an_area_without_a_source_is_a_sentence(core: Core) -> None:
    core.open(grass())
    core.document.area.writing(HERE)[...] = 1
    core.document.committed("Area")
    core.fill(HERE)
    assert core.last.startswith("The fill failed. The sampling area holds no visible pixel")
    assert core.document.holes() == [HERE]


def test_a_failure_lets_the_next_begin(core: Core) -> None:
    core.open(grass(60, 60))
    core.paint(Box(0, 0, 60, 60))
    core.filling.fill()
    core.paint(Box(20, 20, 9, 9))
    core.filling.fill()
    core.idle()
    assert core.said[0].text.startswith("The fill failed")
    assert core.said[1].text.startswith("Filled in")


def test_a_reason_is_said(core: Core) -> None:
    core.filling.fill()
    assert core.last == "Open a photograph first."
    core.open(grass())
    core.filling.fill()
    assert core.last == "Paint over something to fill it."
    core.filling.another()
    assert core.last == "Fill something first; then there can be another result."


@pytest.mark.parametrize(
    ("corner", "box"),
    [
        ("top left", Box(0, 0, 12, 9)),
        ("bottom right", Box(88, 113, 12, 7)),
        ("across", Box(40, 0, 10, 120)),
        ("one pixel", Box(0, 119, 1, 1)),
    ],
)
def test_a_hole_at_the_border(core: Core, corner: str, box: Box) -> None:
    was = grass(100, 120)
    was[box.slices] = MAGENTA
    core.open(was)
    core.fill(box)
    assert magenta(core.pixels) == 0, corner
    core.document.undo()
    assert np.array_equal(core.pixels, was)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("feather", [0, 5])
def test_every_layout_is_filled_compared_and_undone(core: Core, channels: int, depth: type, feather: int) -> None:
    was = scene(90, 100, channels, depth)
    core.open(was)
    core.recipe.set_feather(feather)
    core.fill(Box(30, 40, 14, 12))
    assert core.last.startswith("Filled in")
    filled = core.pixels.copy()
    assert not np.array_equal(filled, was)
    (choice,) = core.document.choices
    core.document.choose(choice, None)
    assert np.array_equal(core.pixels, was)
    core.document.choose(choice, 0)
    assert np.array_equal(core.pixels, filled)
    for _ in range(3):
        core.document.undo()
    assert np.array_equal(core.pixels, was)


def test_a_method_that_copies_nothing_fills_though_an_area_is_painted(core: Core) -> None:
    from engine.methods import shelf  # noqa: PLC0415

    core.recipe.set_cards(tuple(method.card for method in shelf().values()))
    core.recipe.set_method("telea")
    core.open(grass())
    core.document.area.writing(Box(0, 0, 9, 9))[...] = 1
    core.document.committed("Area")
    core.fill(HERE)
    assert core.document.choices[0].candidates[0].title == core.recipe.card.title  # type: ignore[union-attr]


def test_another_photograph_drops_what_is_being_filled(core: Core) -> None:
    core.open(grass(200, 200))
    core.paint(Box(40, 40, 100, 100))
    core.filling.fill()
    core.filling.another()
    was = grass(120, 160)
    core.open(was)
    assert not core.filling.running
    assert core.filling.rows() == []
    core.fill(HERE)
    assert [message.text.split()[0] for message in core.said if message.text] == ["Fill", "Filled"]
    assert [choice.number for choice in core.document.choices] == [1]


def test_closing_while_it_fills_is_clean(core: Core) -> None:
    core.open(grass(200, 200))
    core.paint(Box(40, 40, 100, 100))
    core.filling.fill()
    core.qtbot.waitUntil(lambda: core.filling.preview is not None or not core.filling.running)
    assert core.engine.close()
    said = len(core.said)
    core.qtbot.wait(1)
    assert len(core.said) == said


CLOSED_WHILE_FILLING = """
import sys
import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer
from app.document import Document
from app.filling import Filling
from app.recipe import Recipe
from app.runner import Runner
from engine.geometry import Box
from engine.picture import Picture

program = QCoreApplication([])
document, recipe, engine, files = Document(), Recipe(), Runner("engine"), Runner("files")
filling = Filling(document, recipe, engine, files)
document.open(Picture(np.random.default_rng(0).integers(0, 255, (600, 600, 3), np.uint8)))
document.mask.writing(Box(100, 100, 300, 300))[...] = 255
document.mask_changed.emit(Box(100, 100, 300, 300))
document.committed("Stroke")
filling.previewed.connect(lambda patch: patch is not None and program.quit())
filling.filled.connect(lambda _: sys.exit("filled before it was closed"))
QTimer.singleShot(0, filling.fill)
program.exec()
assert filling.running
assert engine.close()
assert files.close()
"""


def test_a_program_that_ends_while_it_fills_ends_without_a_word(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CLOSED_WHILE_FILLING], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_closing_the_document_while_it_fills(core: Core) -> None:
    core.open(grass(200, 200))
    core.paint(Box(40, 40, 100, 100))
    core.filling.fill()
    core.document.close()
    assert not core.filling.running
    core.open(grass())
    core.fill(HERE)
    assert len(core.document.choices) == 1


def test_a_fill_copies_no_picture(core: Core) -> None:
    core.open(grass())
    memory = core.pixels.ctypes.data
    for box in (HERE, THERE):
        core.fill(box)
    assert core.pixels.ctypes.data == memory


def test_a_hundred_fills_hold_no_job_and_free_what_is_closed(core: Core) -> None:
    jobs: list[weakref.ref[object]] = []
    core.open(grass())
    for k in range(100):
        core.paint(Box(4 + k, 10 + k, 4, 4))
        core.filling.fill()
        jobs.append(weakref.ref(core.filling._task))
        core.idle()
    assert len(jobs) == 100
    results = [weakref.ref(choice) for choice in core.document.choices]
    assert len(results) == 100
    gc.collect()
    assert sum(job() is not None for job in jobs) <= 1, "the thread lets go of the last when it takes the next"
    core.document.close()
    core.said.clear()
    gc.collect()
    assert not any(result() for result in results)


def test_evidence_is_bounded_and_what_does_not_stand_goes_first(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    core.open(grass())
    core.fill(HERE)
    size = evidence_bytes(core.document.choices[0].candidates[0].evidence)
    assert size > 16 * HERE.area
    monkeypatch.setattr(choices_module, "MOST_EVIDENCE", int(2.5 * size))
    for _ in range(2):
        core.filling.another()
    core.idle()
    (choice,) = core.document.choices
    assert [one.forgotten for one in choice.candidates] == [True, False, False]
    core.inspection.look(38, 48)
    assert core.inspection.note == ""
    core.document.choose(choice, 0)
    core.inspection.look(38, 48)
    assert "let go" in core.inspection.note


# Before the engine is ready


class Busy:
    """Keeps a thread until it may go on."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def run(self) -> Generator[None, None, None]:
        assert self.go.wait(60)
        yield None


def test_what_is_asked_before_the_engine_is_ready_is_guessed_and_then_filled(core: Core) -> None:
    seen: list[Patch | None] = []
    texts: set[str] = set()
    core.filling.changed.connect(lambda: texts.update(row.text for row in core.filling.rows()))
    core.engine.start(busy := Busy())
    core.filling.prepare()
    core.open(grass())
    core.paint(HERE)
    core.filling.previewed.connect(seen.append)
    core.filling.fill()
    core.qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] is not None
    assert seen[0].box == core.filling.outlines()[0][1]
    busy.go.set()
    core.idle()
    assert "Loading" in texts
    assert core.last.startswith("Filled in")
    assert core.document.choices[0].candidates[0].title == core.recipe.card.title  # type: ignore[union-attr]


def test_esc_is_answered_at_once_while_the_engine_is_loaded(core: Core) -> None:
    core.engine.start(busy := Busy())
    core.filling.prepare()
    core.open(grass())
    core.paint(HERE)
    core.filling.fill()
    core.filling.stop()
    assert not core.filling.running
    assert core.last == "Stopped. Nothing was changed."
    assert core.document.holes() == [HERE]
    busy.go.set()
    core.qtbot.waitUntil(lambda: bool(core.recipe.cards), timeout=60_000)
