"""The page of references: what it says of a match, and that its settings are those of the method."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.kinds import Kind
from app.view.controls import ComboBox
from app.view.panel.matched_by import said
from app.view.panel.points_section import typical_error
from app.view.panel.reference_list import thumbnail
from app.view.panel.reference_row import BARS, PICTURE, bars, details, percent
from engine.geometry import Box, Window
from engine.picture import Picture
from engine.reference import Match
from tests.app.pages import HOLE, Pages, click, clipped, dressed, longer, photograph, shown, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from app.companion import Companion
    from tests.app.conftest import Core

KINDS = (
    Kind("landmark", "Landmark", "weights for non-commercial use only"),
    Kind("rootsift", "RootSIFT", "no weights, free for any use"),
    Kind("vgg16", "VGG-16", "free for any use", "vgg16 is not there; get it with `inlay weights --fetch vgg16`."),
)


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    """A photograph, the engine, no reference yet."""
    made = shown(core)
    made.learn()
    core.recipe.set_kinds(KINDS)
    made.turn_to("reference")
    return made


def add(pages: Pages, name: str = "garage.jpg") -> Companion:
    made = pages.core.document.references.add(Picture(photograph()), Path(name))
    pages.core.recipe.use_references()
    QTest.qWait(0)
    return made


def match(score: float, inliers: int = 812, coverage: float = 0.974) -> Match:
    """One that says of each place that it lies 3 rows further down."""
    window = Window(Box.whole((256, 256)), (8, 8))
    at = np.array([[window.to_picture(row, column) for column in range(8)] for row in range(8)], np.float32)
    return Match("garage.jpg", score, inliers, coverage, np.zeros((0, 4), np.float32), window, at + np.array((3, 0), np.float32))


# The list


def test_without_a_reference_it_says_what_one_is(pages: Pages) -> None:
    assert any("same place" in text for text in words(pages.reference))
    assert "Match by" not in words(pages.reference)
    assert pages.reference.list.add.isVisible()


@pytest.mark.parametrize(
    ("score", "count", "said"), [(0.9, 5, "Good match"), (0.55, 4, "Good match"), (0.35, 3, "Fair match"), (0.2, 2, "Weak match")]
)
def test_a_match_is_told_in_bars_and_a_word(pages: Pages, score: float, count: int, said: str) -> None:
    one = add(pages)
    pages.core.document.references.set_matches({one: match(score)})
    row = pages.reference.list.rows[0]
    assert row.accessibleName() == "Reference 1, garage.jpg"
    assert row.accessibleDescription() == f"{said}, 812 matches, covers 97 %"
    assert bars(match(score)) == count


def test_what_does_not_match_says_so_and_no_more(pages: Pages) -> None:
    one = add(pages)
    assert pages.reference.list.rows[0].accessibleDescription() == "Not matched yet"
    pages.core.document.references.set_matching(True)
    assert pages.reference.list.rows[0].accessibleDescription() == "Matching…"
    pages.core.document.references.set_matches({one: match(0.01)})
    assert pages.reference.list.rows[0].accessibleDescription() == "No match"
    assert bars(match(0.01)) == 0
    assert details(match(0.9, inliers=1, coverage=float("nan"))) == ["1 match"]


def test_what_points_alone_hold_says_so_in_place_of_a_measure(pages: Pages) -> None:
    one = add(pages)
    held = replace(match(0.02, inliers=4, coverage=0.8), by_hand=True)
    pages.core.document.references.set_matches({one: held})
    row = pages.reference.list.rows[0]
    assert row.accessibleDescription() == "Held by points, covers 80 %"
    assert bars(held) == 0
    assert "control points alone" in row.toolTip()
    pages.core.document.references.set_matches({one: replace(match(0.4), by_hand=True)})
    assert row.accessibleDescription() == "Fair match, 812 matches, covers 97 %"
    assert "control points alone" not in row.toolTip()


def test_no_match_is_no_longer_said_once_points_were_set(pages: Pages) -> None:
    one = add(pages)
    references, row = pages.core.document.references, pages.reference.list.rows[0]
    references.set_matches({one: match(0.01)})
    references.begin(here=(20, 20))
    assert row.accessibleDescription() == "No match", "half a pair changes nothing"
    references.begin(there=(20, 20))
    assert row.accessibleDescription() == "Not matched yet"
    references.set_matching(True)
    assert row.accessibleDescription() == "Matching…"
    references.set_matching(False)
    references.clear()
    assert row.accessibleDescription() == "No match", "for these points it is known"
    references.set_matches({one: match(0.4)})
    references.begin(here=(20, 20), there=(20, 20))
    assert row.accessibleDescription().startswith("Fair match"), "what is good enough stays until more is known"


def test_a_little_is_not_nothing_and_almost_all_is_not_all(pages: Pages) -> None:
    one = add(pages)
    assert [percent(share) for share in (0, 0.001, 0.974, 0.999, 1)] == [0, 1, 97, 99, 100]
    pages.core.document.references.set_matches({one: match(0.9)})
    row = pages.reference.list.rows[0]
    assert "97 % of the hole" in row.toolTip()
    assert "The rest is taken from other references" in row.toolTip()
    pages.core.document.references.set_matches({one: match(0.9, coverage=1.0)})
    assert "The rest" not in row.toolTip()


def test_bars_are_seen(pages: Pages) -> None:
    one = add(pages)
    row = pages.reference.list.rows[0]

    def bright() -> int:
        image = row.grab().toImage()
        line = [image.pixelColor(x, y).lightness() for x in range(110, 180) for y in range(30, 60)]
        return sum(value > 200 for value in line)

    pages.core.document.references.set_matches({one: match(0.2)})
    weak = bright()
    pages.core.document.references.set_matches({one: match(0.9)})
    assert bright() > weak + (BARS - 2) * 40


def test_a_click_looks_at_one_and_keys_take_it_away(pages: Pages) -> None:
    one, two = add(pages), add(pages, "night.jpg")
    references = pages.core.document.references
    click(pages.reference.list.rows[0], QPoint(20, 20))
    assert references.chosen is one
    assert [row.isChecked() for row in pages.reference.list.rows] == [True, False]
    first, second = pages.reference.list.rows
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert references.chosen is two
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert references.items == [one]
    assert pages.reference.list.rows == [first]
    assert first.hasFocus()
    click(first.cross)
    assert not references.items
    pages.core.document.undo()
    assert [row.companion for row in pages.reference.list.rows] == [one]


def test_small_pictures_keep_their_shape() -> None:
    wide = thumbnail(Picture(np.full((100, 4000, 3), 9, np.uint8)))
    assert wide.width() / wide.devicePixelRatioF() == PICTURE.width()
    assert wide.height() == 5
    deep = thumbnail(Picture(np.full((4000, 3000), 65535, np.uint16)))
    assert deep.height() / deep.devicePixelRatioF() == PICTURE.height()
    assert deep.pixelColor(5, 5).lightness() == 255
    assert thumbnail(Picture(np.zeros((1, 1, 4), np.uint8))).hasAlphaChannel()


# Settings


def test_the_features_are_those_of_the_method_and_say_their_terms(pages: Pages) -> None:
    add(pages)
    combo = pages.reference.matched_by.combo
    assert [combo.itemText(at) for at in range(combo.count())] == ["Landmark", "RootSIFT", "VGG-16, not installed"]
    assert pages.reference.matched_by.licence.text() == "Weights for non-commercial use only. RootSIFT is free for any use."
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert getattr(pages.core.recipe.settings, "features") == "rootsift"  # noqa: B009 - the settings' own class is not known here
    assert pages.reference.matched_by.licence.text() == "No weights, free for any use."
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert "inlay weights --fetch vgg16" in pages.reference.matched_by.licence.text()
    assert "fetch" in pages.core.filling.reason
    assert said(None) == ""


def test_both_pages_show_one_value(pages: Pages) -> None:
    add(pages)
    slider = pages.reference.colours.palette.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert vars(pages.core.recipe.settings)["palette"] == 1.0
    assert "colours of this photograph alone" in pages.reference.colours.sentence.text()
    click(pages.reference.colours.exposure, QPoint(8, 14))
    assert vars(pages.core.recipe.settings)["exposure"] is False
    pages.turn_to("fill")
    assert "Palette" in words(pages.fill)
    combo = pages.fill.form.findChild(ComboBox, "features")
    assert combo is not None
    assert combo.itemText(combo.findData("vgg16")) == "VGG-16, not installed"
    pages.core.recipe.set_setting("palette", 0.0)
    assert pages.reference.colours.palette.value == 0.0
    assert pages.reference.colours.sentence.text() == "Pixels of the reference, as they are."


def test_a_method_that_takes_none_says_so_with_the_way_back(pages: Pages) -> None:
    add(pages)
    assert not pages.reference.unused.isVisible()
    pages.core.recipe.set_method("telea")
    assert pages.reference.unused.isVisible()
    assert "takes nothing from references" in pages.reference.unused.sentence.text()
    click(pages.reference.unused.use)
    assert pages.core.recipe.method == "refmatch"
    assert not pages.reference.unused.isVisible()


def test_settings_that_changed_since_the_fill_can_be_seen_by_filling_again(pages: Pages) -> None:
    pages.core.recipe.set_setting("features", "rootsift", "refmatch")
    add(pages)
    pages.core.fill(HOLE)
    assert not pages.reference.colours.again.isVisible()
    pages.core.recipe.set_setting("palette", 1.0)
    assert pages.reference.colours.again.isVisible()
    click(pages.reference.colours.again)
    pages.core.idle()
    assert not pages.reference.colours.again.isVisible()
    choice = pages.core.document.shown
    assert choice is not None
    assert [one.record["settings"]["palette"] for one in choice.candidates] == [0.0, 1.0]


# Points


def test_points_are_counted_with_their_typical_error(pages: Pages) -> None:
    one, references = add(pages), pages.core.document.references
    text = pages.reference.points.text
    assert text.text().startswith("None.")
    references.begin(here=(10, 10))
    assert text.text() == "Point 1: now the same place in garage.jpg. Esc drops it."
    references.begin(there=(13, 10))
    assert text.text() == "1 pair"
    references.set_matches({one: match(0.9)})
    references.begin(there=(53, 54))
    assert "in this photograph" in text.text()
    references.begin(here=(50, 50))
    assert text.text() == "2 pairs, typical error 2.0 px"
    assert typical_error(one, None) is None
    assert typical_error(replace(one, points=()), match(0.9)) is None
    click(pages.reference.points.clear)
    assert not one.points
    assert not pages.reference.points.clear.isEnabled()


def test_match_lines_are_seen_side_by_side(pages: Pages) -> None:
    add(pages)
    click(pages.reference.points.lines, QPoint(8, 14))
    assert pages.display.lines
    assert pages.display.compare == "side"
    pages.display.set("lines", False)
    assert not pages.reference.points.lines.isChecked()


# Room


def test_nothing_is_clipped_in_a_longer_language(qapp: QApplication, core: Core) -> None:
    with longer(qapp):
        pages = shown(core)
        pages.learn()
        core.recipe.set_kinds(KINDS)
        one = add(pages, "a-photograph-with-a-name-that-no-panel-has-room-for.jpg")
        pages.turn_to("reference")
        core.document.references.set_matches({one: match(0.9, inliers=12345, coverage=1.0)})
        core.document.references.begin(here=(1, 1))
        core.recipe.set_method("telea")
        core.qtbot.waitUntil(lambda: not clipped(pages.reference))


def test_the_panel_is_no_wider_for_any_match(pages: Pages) -> None:
    one = add(pages)
    QTest.qWait(0)
    least = pages.panel.minimumSizeHint().width()
    for made in (match(0.9, inliers=1), match(0.2, inliers=99_999, coverage=1.0), match(0.0)):
        pages.core.document.references.set_matches({one: made})
        QTest.qWait(0)
        assert pages.panel.minimumSizeHint().width() == least
