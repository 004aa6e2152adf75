"""A fill from the texture memory, looked into and steered: fill, hover, rule out, fill again, export; by hand, with the real networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from skimage import data

from engine.files import open_picture
from tests.engine.weights_there import needs_weights
from tests.journeys.photographer import CTRL, KEY, LEFT, NONE, Photographer, came_from, differing

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton

    from app.view.panel.candidates import Ranked
    from engine.geometry import Box

pytestmark = needs_weights("tmad")

MIDDLE = (100, 120)


def photograph() -> np.ndarray:
    """Fur, 200 x 240."""
    return np.ascontiguousarray(data.chelsea()[60:260, 60:300])


def press(button: QAbstractButton) -> None:
    """A click on something of the panel."""
    assert button.isVisible()
    QTest.mouseClick(button, LEFT, NONE, QPoint(button.width() // 2, button.height() // 2))


def tiles(person: Photographer) -> list[Ranked]:
    return [tile for tile in person.window.evidence_page.retrieved.candidates.tiles if tile.isVisible()]


def inside(boxes: list[Box]) -> set[tuple[int, int]]:
    return {(row, column) for box in boxes for row in range(box.top, box.bottom) for column in range(box.left, box.right)}


def hover(person: Photographer) -> None:
    """The cell under the pointer shows what it was made from."""
    person.key("i")
    assert person.display.page == "evidence"
    person.settle()
    person.move(*MIDDLE)
    assert len(tiles(person)) >= 2
    assert [tile.box for tile in tiles(person)] == [one.box for one in person.desk.retrieving.retrievals]
    person.click(*MIDDLE)
    assert person.desk.inspection.pinned


def step_through(person: Photographer) -> None:
    """Back to the coarse colours by the keys, and forth to the result; the photograph itself stays as it is."""
    now, seen = person.pixels, person.seen()
    for _ in range(3):
        person.key("<")
    assert person.desk.retrieving.stage == "coarse"
    assert person.window.evidence_page.retrieved.stages.title.text() == "2 of 5  Coarse"
    assert differing(person.seen(), seen).any()
    np.testing.assert_array_equal(person.pixels, now)
    press(person.window.evidence_page.retrieved.stages.buttons["blended"])


def rule_out(person: Photographer) -> list[Box]:
    """All that the cell was made from, but undo gives the last one back."""
    out = [tile.box for tile in tiles(person) if tile.box is not None]
    for tile in tiles(person):
        if tile.button.isEnabled():
            press(tile.button)
    assert all(tile.tile.struck for tile in tiles(person))
    before = np.count_nonzero(person.document.area.pixels)
    person.key(KEY.Key_Z, CTRL)
    assert np.count_nonzero(person.document.area.pixels) < before
    person.key(KEY.Key_Y, CTRL)
    assert np.count_nonzero(person.document.area.pixels) == before
    return out


def test_fill_hover_rule_out_fill_again_export(person: Photographer) -> None:
    person.open(photograph())
    person.desk.recipe.set_method("tmad")
    was = person.pixels
    person.paint((84, 108), (116, 132), size=44)
    choice = person.fill()
    assert choice.candidates[0].method == "tmad"
    assert differing(person.pixels, was).any()
    hover(person)
    step_through(person)
    out = rule_out(person)
    assert came_from(choice) & inside(out), "or it would be no wonder"
    press(person.window.evidence_page.retrieved.again)
    person.idle()
    assert choice.chosen == 1
    assert not came_from(choice) & inside(out), "what was ruled out is used nowhere"
    assert not {tile.box for tile in tiles(person)} & set(out)
    press(person.window.evidence_page.retrieved.export)
    sheet = person.name()
    person.until(lambda: not person.desk.exporting.busy)
    assert sheet.name == "meadow-retrieved.png"
    assert open_picture(sheet).size[1] > 200
    with np.load(sheet.with_suffix(".npz")) as arrays:
        assert len(arrays["cells"]) == len(arrays["scores"])
    person.until(lambda: person.last == "Saved meadow-retrieved.png and meadow-retrieved.npz.")


def test_other_methods_have_nothing_of_it(person: Photographer) -> None:
    person.open(photograph())
    person.paint((92, 112), (108, 128), size=24)
    person.fill()
    person.key("i")
    person.move(*MIDDLE)
    assert person.window.evidence_page.source.isVisible()
    assert not person.window.evidence_page.retrieved.isVisible()
    assert not person.desk.actions["export_retrieved"].isEnabled()
    assert not person.desk.actions["next_stage"].isEnabled()
