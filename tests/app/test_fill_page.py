"""The page that says how the next hole is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.sampling import ALLOWED, FORBIDDEN, NOTHING
from app.view.controls import ComboBox
from app.view.fields import Slider, ValueField
from engine.geometry import Box
from engine.methods import shelf
from tests.app.pages import HOLE, OTHER, Pages, click, clipped, dressed, longer, shown, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    made = shown(core)
    made.learn()
    return made


def painted(pages: Pages, text: str) -> None:
    """Wait until the page says that."""
    pages.core.qtbot.waitUntil(lambda: pages.fill.facts.text.text() == text)


# Method


def test_until_the_engine_is_loaded_one_line_says_so(core: Core) -> None:
    pages = shown(core)
    assert words(pages.fill) == ["Method", "Loading the engine…", "Mask", "Grow", "Feather", "Nothing is painted."]
    assert not pages.fill.method.combo.isVisible()
    pages.learn()
    assert "Loading the engine…" not in words(pages.fill)
    assert pages.fill.method.combo.isVisible()


def test_the_combo_box_holds_the_shelf(pages: Pages) -> None:
    combo = pages.fill.method.combo
    assert [combo.itemText(at) for at in range(combo.count())] == [method.card.title for method in shelf().values()]
    assert combo.currentText() == "Patches"


def test_another_method_brings_its_sentence_paper_and_rows(pages: Pages) -> None:
    combo = pages.fill.method.combo
    combo.setFocus()
    for name in ("Telea", "Harmonic"):
        while combo.currentText() != name:
            QTest.keyClick(combo, Qt.Key.Key_Down if name == "Telea" else Qt.Key.Key_Up)
        card = shelf()[pages.core.recipe.method].card
        assert card.title == name
        assert card.sentence in words(pages.fill)
        assert f"{card.paper} · no model needed" in words(pages.fill)
        labels = [limits.label for limits in card.settings.described().values()]
        assert words(pages.fill)[3:] == [
            *(["Settings", *labels] if labels else []),
            "Finish",
            "Mask",
            "Grow",
            "Feather",
            "Nothing is painted.",
        ]


def test_each_method_keeps_its_settings(pages: Pages) -> None:
    recipe = pages.core.recipe
    recipe.set_method("telea")
    recipe.set_setting("radius", 9)
    recipe.set_method("navier-stokes")
    recipe.set_method("telea")
    field = next(one for one in pages.fill.form.findChildren(ValueField) if one.accessibleName() == "Radius")
    assert field.text() == "9"


# Where texture comes from


def test_the_sampling_area_is_told_and_cleared(pages: Pages) -> None:
    source = pages.fill.source
    assert source.text.text() == "Everywhere"
    assert not source.clear.isVisible()
    pages.forbid(OTHER, FORBIDDEN)
    pages.core.qtbot.waitUntil(lambda: pages.fill.source.text.text() == "Everywhere but the painted area")
    click(pages.fill.source.clear)
    pages.core.qtbot.waitUntil(lambda: pages.fill.source.text.text() == "Everywhere")
    assert not pages.core.document.area.pixels.any()
    pages.forbid(OTHER, ALLOWED)
    pages.core.qtbot.waitUntil(lambda: pages.fill.source.text.text() == "Painted area only")
    pages.core.document.undo()
    pages.core.qtbot.waitUntil(lambda: pages.fill.source.text.text() == "Everywhere")


def test_paint_that_is_taken_away_in_part_leaves_the_rest_told(pages: Pages) -> None:
    pages.forbid(HOLE, FORBIDDEN)
    pages.forbid(OTHER, FORBIDDEN)
    pages.core.qtbot.waitUntil(lambda: pages.fill.painted.area is False)
    pages.forbid(HOLE, NOTHING)
    QTest.qWait(0)
    pages.fill.painted.look()
    assert pages.fill.source.text.text() == "Everywhere but the painted area"
    pages.forbid(OTHER, NOTHING)
    pages.core.qtbot.waitUntil(lambda: pages.fill.source.text.text() == "Everywhere")


def test_a_method_that_copies_nothing_says_that_the_area_does_not_apply(pages: Pages) -> None:
    sentence = "This method copies nothing, so the sampling area does not apply."
    pages.core.recipe.set_method("harmonic")
    assert sentence not in words(pages.fill)
    pages.forbid(OTHER, FORBIDDEN)
    pages.core.qtbot.waitUntil(lambda: sentence in words(pages.fill))
    assert "Take from" not in words(pages.fill)


# Mask


def test_holes_are_counted_and_measured(pages: Pages) -> None:
    pages.core.paint(HOLE)
    painted(pages, "1 hole, 16 \u00d7 24 px")
    pages.core.paint(OTHER)
    painted(pages, "2 holes, 1.2 % of the photograph")
    pages.core.document.undo()
    painted(pages, "1 hole, 16 \u00d7 24 px")


def test_clear_takes_all_paint_away_in_one_step(pages: Pages) -> None:
    pages.core.paint(HOLE)
    pages.core.paint(OTHER)
    painted(pages, "2 holes, 1.2 % of the photograph")
    click(pages.fill.facts.clear)
    painted(pages, "Nothing is painted.")
    assert not pages.core.document.mask.pixels.any()
    assert not pages.fill.facts.clear.isVisible()
    pages.core.document.undo()
    painted(pages, "2 holes, 1.2 % of the photograph")


def test_tiny_holes_are_not_said_to_be_nothing(pages: Pages) -> None:
    for box in (Box(0, 0, 3, 3), Box(100, 100, 3, 3)):
        pages.core.paint(box)
    painted(pages, "2 holes, under 0.1 % of the photograph")


def test_grow_shows_the_usual_growth_until_it_is_set(pages: Pages) -> None:
    recipe = pages.core.recipe
    assert (pages.fill.grow.field.text(), recipe.grow) == ("2 px", None)
    pages.fill.grow.slider.setFocus()
    QTest.keyClick(pages.fill.grow.slider, Qt.Key.Key_Right)
    assert (pages.fill.grow.field.text(), recipe.grow) == ("3 px", 3)
    click(pages.fill.feather.slider, QPoint(pages.fill.feather.slider.width() - 1, 14))
    assert (pages.fill.feather.field.text(), recipe.feather) == ("64 px", 64)


def test_another_photograph_has_another_usual_growth(pages: Pages) -> None:
    pages.core.open(np.zeros((4000, 5000), np.uint8))
    assert pages.fill.grow.field.text() == "4 px"


# Layout


def edges(pages: Pages, *kinds: type) -> set[tuple[int, int]]:
    """Left and right edges, in the panel, of the widgets of these kinds."""
    found = [one for kind in kinds for one in pages.fill.findChildren(kind) if one.isVisible()]
    return {(one.mapTo(pages.panel, QPoint()).x(), one.mapTo(pages.panel, QPoint(one.width(), 0)).x()) for one in found}


def test_rows_share_their_edges(pages: Pages) -> None:
    assert pages.panel.width() == 320
    pages.core.paint(HOLE)
    painted(pages, "1 hole, 16 \u00d7 24 px")
    assert {left for left, _ in edges(pages, QLabel)} == {16, 112}
    assert {left for left, _ in edges(pages, Slider)} == {112}
    assert edges(pages, ComboBox) == {(16, 304), (112, 304)}
    assert {right for _, right in edges(pages, ValueField)} == {304}
    assert pages.fill.facts.clear.mapTo(pages.panel, QPoint(pages.fill.facts.clear.width(), 0)).x() == 304


def test_rows_are_28_high_and_sections_16_apart(pages: Pages) -> None:
    tops = {one.text(): one.mapTo(pages.fill, QPoint(0, one.height() // 2)).y() for one in pages.fill.form.findChildren(QLabel)}
    assert abs(tops["Effort"] - tops["Patch size"] - 28) <= 1
    assert abs(tops["Feather"] - tops["Grow"] - 28) <= 1
    assert abs(tops["Finish"] - tops["Take from"] - 28 - 16) <= 2
    assert abs(tops["Mask"] - tops["Finish"] - 2 * 28 - 16) <= 2


@pytest.mark.parametrize("method", sorted(shelf()))
def test_nothing_is_clipped_in_a_longer_language(qapp: QApplication, core: Core, method: str) -> None:
    with longer(qapp):
        pages = shown(core)
        pages.learn()
        core.recipe.set_method(method)
        pages.forbid(OTHER, FORBIDDEN)
        core.fill(HOLE)
        core.paint(OTHER)
        core.qtbot.waitUntil(lambda: "hole" in pages.fill.facts.text.text())
        core.qtbot.waitUntil(lambda: not clipped(pages.fill))
        assert "xo" in pages.fill.method.combo.currentText()
