"""From a photograph with somebody in the way to the real place behind, with a second photograph: by hand, from open to saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from engine.geometry import Box
from tests.app.meadow import magenta
from tests.app.twice import APART, elsewhere, first, second
from tests.journeys.photographer import CTRL, KEY, LEFT, NONE, SHIFT, Photographer, differing

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

THING = Box(100, 130, 20, 24)
MIDDLE = THING.top + 10, THING.left + 12
PLACES = ((60, 90), (180, 210))
"""Two places of the scene, seen in both photographs."""


def covered() -> np.ndarray:
    """The photograph with the thing in the way."""
    pixels = first()
    pixels[THING.slices] = (255, 0, 255)
    return pixels


def press(widget: QWidget, at: QPoint | None = None) -> None:
    """A click on something of the panel."""
    assert widget.isVisible()
    QTest.mouseClick(widget, LEFT, NONE, at or widget.rect().center())


def open_both(person: Photographer, name: str = "again.png", other: np.ndarray | None = None) -> None:
    """A photograph, and by the dialog a reference; until it is known how it matches."""
    person.open(covered())
    path = person.file(second().pixels if other is None else other, name)
    person.do("add_reference")
    person.name(path)
    references = person.document.references
    person.until(lambda: bool(references.items))
    person.until(lambda: references.match_of(references.items[0]) is not None)


def set_pair(person: Photographer, row: float, column: float) -> None:
    """A click here, and a click on the same place there."""
    beside = person.window.views.beside
    person.click(row, column)
    x, y = beside.viewport.to_widget(row + APART[0] + 0.5, column + APART[1] + 0.5)
    QTest.mouseMove(beside, QPoint(round(x), round(y)))
    QTest.mouseClick(beside, LEFT, NONE, QPoint(round(x), round(y)))


def cover(person: Photographer) -> None:
    """Paint over the thing."""
    person.paint((MIDDLE[0], THING.left + 8), (MIDDLE[0], THING.right - 9), size=32)


def set_both_pairs(person: Photographer) -> None:
    """Two control points, in both pictures side by side."""
    references = person.document.references
    person.key("p")
    assert person.display.compare == "side"
    assert person.window.views.beside.isVisible()
    for place in PLACES:
        set_pair(person, *place)
    pairs = references.points(references.chosen)
    assert [pair.number for pair in pairs] == [1, 2]
    for pair, (down, across) in zip(pairs, PLACES, strict=True):
        assert pair.here is not None
        assert pair.there is not None
        assert np.hypot(pair.here[0] - down, pair.here[1] - across) < 2
        assert np.hypot(pair.there[0] - down - APART[0], pair.there[1] - across - APART[1]) < 2
    assert person.window.reference_page.points.text.text().startswith("2 pairs")
    person.key("b")
    assert person.display.compare == "single"


def hover(person: Photographer) -> None:
    """A filled pixel says where in the reference it came from."""
    person.key("i")
    person.move(*MIDDLE)
    source = person.desk.inspection.source
    assert source is not None
    assert source.place.origin == "again.png"
    assert abs(source.place.box.top - MIDDLE[0] - APART[0]) <= 2
    assert abs(source.place.box.left - MIDDLE[1] - APART[1]) <= 2
    assert person.window.evidence_page.source.copied_at.text().startswith("Reference 1")


def to_palette_and_back(person: Photographer, copy: np.ndarray) -> None:
    """The slider at its other end, filled again; and the result before that."""
    page = person.window.reference_page
    press(person.window.panel.tab("reference"))
    page.colours.palette.slider.setFocus()
    person.key(KEY.Key_End)
    press(page.colours.again)
    person.idle()
    choice = person.document.shown
    assert choice is not None
    assert [one.record["settings"]["palette"] for one in choice.candidates] == [0.0, 1.0]
    assert not np.array_equal(person.pixels, copy)
    person.canvas.setFocus()
    person.key(",")
    np.testing.assert_array_equal(person.pixels, copy)


def undo_and_redo(person: Photographer, copy: np.ndarray) -> None:
    """Back to the painted photograph, then over a point, and all of it forth again."""
    references = person.document.references
    for _ in range(3):
        person.key(KEY.Key_Z, CTRL)
    np.testing.assert_array_equal(person.pixels, covered())
    assert person.document.holes()
    for _ in range(2):
        person.key(KEY.Key_Z, CTRL)
    assert [pair.number for pair in references.points(references.chosen)] == [1]
    for _ in range(3):
        person.key(KEY.Key_Z, CTRL | SHIFT)
    np.testing.assert_array_equal(person.pixels, copy)
    assert len(references.points(references.chosen)) == 2


def test_from_a_reference_to_the_saved_photograph(person: Photographer) -> None:
    open_both(person)
    assert person.display.page == "reference"
    assert person.window.reference_page.list.rows[0].accessibleDescription().startswith("Good match")
    assert person.window.footer.fill.text() == "Fill from reference"
    set_both_pairs(person)
    cover(person)
    choice = person.fill()
    assert not magenta(person.pixels)
    error = np.abs(person.pixels[THING.slices].astype(int) - first()[THING.slices]).mean()
    assert error < 8, "what really stands behind it"
    assert choice.candidates[0].record["references"][0]["points"] == 2
    copy = person.pixels
    hover(person)
    to_palette_and_back(person, copy)
    undo_and_redo(person, copy)
    person.key(KEY.Key_S, CTRL)
    path = person.name()
    person.idle()
    assert person.last == "Saved meadow-inlay.png. 0 pixels changed outside the mask."
    np.testing.assert_array_equal(np.asarray(Image.open(path)), copy)


def test_where_nothing_matches_both_ways_on_are_offered(person: Photographer) -> None:
    open_both(person, "moon.png", elsewhere().pixels)
    assert person.window.reference_page.list.rows[0].accessibleDescription() == "No match"
    cover(person)
    painted = person.painted
    person.key(KEY.Key_Return)
    person.until(lambda: "does not seem to show the same place" in person.last)
    np.testing.assert_array_equal(person.painted, painted)
    offered = {button.text(): button for button in person.window.footer.message.findChildren(QAbstractButton) if button.isVisible()}
    assert list(offered) == ["Set control points", "Fill without it"]
    press(offered["Set control points"])
    assert person.toolbox.chosen == "points"
    assert person.display.compare == "side"
    person.key("b")
    press(offered["Fill without it"])
    person.idle()
    assert person.document.shown is not None
    assert person.document.shown.candidates[0].method == "patchmatch"
    assert not magenta(person.pixels)


def test_the_sample_is_filled_as_ever_and_another_view_of_it_is_offered(person: Photographer) -> None:
    person.do("open_sample")
    person.until(lambda: bool(person.document.references.items))
    person.idle()
    assert person.desk.recipe.method == "patchmatch"
    assert person.window.footer.fill.text() == "Fill"
    assert person.desk.actions["points"].isEnabled()
    assert not person.document.references.matching
    assert person.document.holes(), "the passer-by is painted over"
    (offered,) = person.window.footer.message.buttons
    press(offered)
    assert person.desk.recipe.method == "refmatch"
    assert person.window.footer.fill.text() == "Fill from reference"
    assert not person.window.footer.message.isVisible()
    person.document.close()
    assert person.desk.recipe.method == "patchmatch"


def test_pinning_a_pixel_looks_at_the_reference_it_came_from(person: Photographer) -> None:
    open_both(person)
    references = person.document.references
    moon = references.add(elsewhere())
    cover(person)
    person.fill()
    assert references.chosen is moon
    person.key("i")
    person.click(*MIDDLE)
    assert references.chosen is not None
    assert references.chosen.name == "again.png"
    references.choose(moon)
    person.desk.inspection.set_opacity(0.5)
    assert references.chosen is moon, "who looks at another one then is left alone"


def test_points_need_a_reference(person: Photographer) -> None:
    person.open(covered())
    action = person.desk.actions["points"]
    assert not action.isEnabled()
    assert "Add a reference photograph first." in action.toolTip()
    person.key("p")
    assert person.toolbox.tool == "brush"
    references = person.document.references
    references.add(second())
    person.key("p")
    assert person.toolbox.tool == "points"
    person.hold(KEY.Key_Space)
    assert person.toolbox.tool == "hand"
    assert (person.display.page, person.display.compare) == ("reference", "side"), "the hand that is held leaves nothing"
    person.let_go(KEY.Key_Space)
    references.remove(references.items[0])
    assert person.toolbox.tool == "brush"
    assert person.display.compare == "single"


def test_evidence_is_written_with_the_field_into_the_reference(person: Photographer) -> None:
    open_both(person)
    cover(person)
    person.fill()
    folder = person.folder / "why"
    person.do("export_evidence")
    person.name(folder)
    person.idle()
    assert person.last == "Saved why."
    assert {path.suffix for path in folder.rglob("*")} >= {".flo", ".npz", ".png"}


def test_what_is_dropped_on_the_panel_is_a_reference(person: Photographer) -> None:
    person.open(covered())
    path, panel, data = person.file(second().pixels, "again.png"), person.window.panel, QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place = panel.mapTo(person.window, panel.rect().center())
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(person.window, QDragEnterEvent(person.canvas.rect().center(), copy, data, LEFT, NONE))
    over_canvas = person.seen()
    QApplication.sendEvent(person.window, QDragMoveEvent(place, copy, data, LEFT, NONE))
    assert differing(person.seen(), over_canvas).any(), "it says something else there"
    QApplication.sendEvent(person.window, QDropEvent(QPointF(place), copy, data, LEFT, NONE))
    person.until(lambda: bool(person.document.references.items))
    assert person.display.page == "reference"
    assert not magenta(person.document.references.items[0].picture.pixels)
