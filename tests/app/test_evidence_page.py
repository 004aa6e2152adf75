"""The page that says where a filled pixel came from: real fills, real evidence."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from app.view.panel.key_view import number
from app.view.theme import RANKS
from engine.drawing import vector_colours
from engine.geometry import Box
from tests.app.pages import HOLE, OTHER, Pages, click, clipped, dressed, longer, photograph, shown, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from app.view.panel.patch_view import PatchView
    from tests.app.conftest import Core

INSIDE, OUTSIDE = (50, 48), (5, 5)


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    """One hole, filled with patches; the page of evidence is open."""
    made = shown(core)
    made.learn()
    core.fill(HOLE)
    made.turn_to("evidence")
    return made


def said(pages: Pages) -> list[str]:
    return words(pages.evidence)


# States


def test_before_a_fill_it_says_what_to_do(core: Core) -> None:
    pages = shown(core)
    pages.learn()
    pages.turn_to("evidence")
    assert said(pages) == ["Fill something, then point at it with Inspect (I)."]


def test_after_a_fill_it_says_where_to_point(pages: Pages) -> None:
    assert said(pages)[0] == "Point at a filled pixel with Inspect (I). A click pins it."
    assert not pages.evidence.source.isVisible()
    assert pages.evidence.layers.isVisible()


def test_undoing_the_fill_leads_back_to_the_beginning(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    pages.core.document.undo()
    assert said(pages)[0] == "Fill something, then point at it with Inspect (I)."
    assert not pages.evidence.layers.isVisible()


def test_a_filled_pixel_has_its_source_told(pages: Pages) -> None:
    inspection = pages.core.inspection
    inspection.look(*INSIDE)
    source = inspection.source
    at = source.place.box
    assert said(pages)[1:4] == [
        "Filled  48, 50",
        f"Source  {at.left}, {at.top}",
        f"{math.hypot(at.top - 50, at.left - 48):.0f} px away · distance {source.distance:.1f} of 255 · patches",
    ]
    assert pages.evidence.source.filled.box == inspection.target
    assert pages.evidence.source.copied.box == source.patch


def test_outside_a_fill_the_last_pair_stays_dimmed(pages: Pages) -> None:
    inspection, section = pages.core.inspection, pages.evidence.source
    inspection.look(*INSIDE)
    bright, box = section.filled.grab().toImage(), section.filled.box
    inspection.look(*OUTSIDE)
    assert "Not filled: this pixel is the original." in said(pages)
    assert section.filled.box == box
    assert not section.filled_at.isEnabled()
    dimmed = section.filled.grab().toImage()
    assert spread(dimmed) < spread(bright)
    inspection.look(*INSIDE)
    assert section.filled_at.isEnabled()
    assert section.filled.grab().toImage() == bright


def spread(image: QImage) -> int:
    """How much lightness differs over an image."""
    values = [image.pixelColor(x, y).lightness() for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)]
    return max(values) - min(values)


def test_leaving_the_photograph_says_nothing_untrue(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    before = said(pages)
    pages.core.inspection.leave()
    assert said(pages) == before
    assert pages.evidence.source.filled_at.isEnabled()


def test_a_method_without_evidence_says_so(core: Core) -> None:
    pages = shown(core)
    pages.learn()
    core.recipe.set_method("harmonic")
    core.fill(HOLE)
    pages.turn_to("evidence")
    assert said(pages) == ["Harmonic copies nothing, so there is no source to show."]
    core.recipe.set_method("patchmatch")
    core.fill(OTHER)
    core.inspection.look(205, 220)
    assert "Filled  220, 205" in said(pages)
    core.inspection.look(*INSIDE)
    assert "Harmonic copies nothing, so there is no source to show." in said(pages)
    core.inspection.look(*OUTSIDE)
    assert "Not filled: this pixel is the original." in said(pages)


def test_evidence_that_was_let_go_is_not_said_to_be_missing(pages: Pages) -> None:
    choice = pages.core.document.shown
    choice.candidates[0] = replace(choice.candidates[0], evidence=(), forgotten=True)
    pages.core.document.choices_changed.emit()
    assert said(pages)[0].startswith("To save memory")
    assert not pages.evidence.layers.isVisible()


def test_what_happens_while_the_page_is_closed_is_seen_when_it_opens(pages: Pages) -> None:
    pages.turn_to("fill")
    pages.core.inspection.look(*INSIDE)
    pages.core.inspection.set_layer("distance")
    pages.turn_to("evidence")
    assert "Filled  48, 50" in said(pages)
    assert [row.isChecked() for row in pages.evidence.layers.rows] == [False, True, False]


def test_another_photograph_begins_anew(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    pages.core.open(photograph())
    assert said(pages) == ["Fill something, then point at it with Inspect (I)."]


# The two patches


def drawn(view: PatchView) -> QImage:
    return view.grab().toImage()


def middle(view: PatchView, pixel: tuple[int, int]) -> QColor:
    """The colour in a corner of where a pixel of the photograph is drawn, away from any line."""
    box, scale = view.box, 9
    left, top = (136 - box.width * scale) // 2, (136 - box.height * scale) // 2
    return drawn(view).pixelColor(left + (pixel[1] - box.left) * scale + 2, top + (pixel[0] - box.top) * scale + 2)


def test_patches_are_the_pixels_of_the_photograph(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    section = pages.evidence.source
    assert section.filled.size() == section.copied.size()
    assert (section.filled.width(), section.filled.height()) == (136, 136)
    for view in (section.filled, section.copied):
        box = view.box
        checked = 0
        for row in range(box.top + 1, box.bottom - 1):
            for column in range(box.left + 1, box.right - 1):
                wanted = QColor(*(int(value) for value in pages.core.pixels[row, column]))
                checked += middle(view, (row, column)) == wanted
        assert checked >= (box.height - 2) * (box.width - 2) - 9  # the marked pixel and its neighbours have lines on them


def test_patches_are_outlined_in_white_and_orange(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    section = pages.evidence.source
    for view, colour in ((section.filled, "#FFFFFF"), (section.copied, RANKS[0])):
        image = drawn(view)
        line = [image.pixelColor(x, 68) for x in range(136)]
        assert line.count(QColor(colour)) >= 2


def test_a_patch_at_the_edge_has_nothing_beyond_it(core: Core) -> None:
    pages = shown(core)
    pages.learn()
    core.fill(Box(0, 0, 20, 20))
    pages.turn_to("evidence")
    core.inspection.look(0, 0)
    image = drawn(pages.evidence.source.filled)
    assert image.pixelColor(2, 2) == QColor("#1C1C1C")
    assert image.pixelColor(130, 130) != QColor("#1C1C1C")


# Pin, exclude


def test_the_pin_stays_with_the_pixel(pages: Pages) -> None:
    inspection, button = pages.core.inspection, pages.evidence.source.pin_button
    inspection.look(*INSIDE)
    inspection.leave()
    click(button)
    assert inspection.pinned
    assert button.isChecked()
    inspection.look(41, 41)
    assert "Filled  48, 50" in said(pages)
    click(button)
    assert not inspection.pinned
    assert not button.isChecked()


def test_a_pin_set_on_the_photograph_is_shown(pages: Pages) -> None:
    pages.core.inspection.pin(*INSIDE)
    assert pages.evidence.source.pin_button.isChecked()
    pages.core.inspection.free()
    assert not pages.evidence.source.pin_button.isChecked()


def test_not_from_here_forbids_the_piece(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    box, where = pages.core.inspection.would_exclude
    button = pages.evidence.source.exclude
    assert button.text() == "Not from here, fill again"
    click(button)
    assert (pages.core.document.area.pixels[box.slices][where] > 0).all()


# Several sources


def test_several_sources_are_listed_with_their_weights(core: Core) -> None:
    pages = shown(core)
    pages.learn()
    core.recipe.set_setting("smooth", 1.0)
    core.fill(HOLE)
    pages.turn_to("evidence")
    core.inspection.look(*INSIDE)
    rows, sources = pages.evidence.source.others, core.inspection.sources
    assert len(sources) == 6
    assert rows.isVisible()
    assert [row[2] for row in rows.rows] == [f"weight {source.weight:.2f}" for source in sources]
    assert rows.rows[1][0] == f"{sources[1].place.box.left}, {sources[1].place.box.top}"
    QTest.qWait(0)
    image = rows.grab().toImage()
    height = image.height() // 6
    assert [image.pixelColor(1, height * at + height // 2) for at in range(6)] == [QColor(colour) for colour in RANKS]


def test_one_source_has_no_list(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    assert len(pages.core.inspection.sources) == 1
    assert not pages.evidence.source.others.isVisible()


# Layers, key


def test_a_click_draws_a_layer_and_another_takes_it_away(pages: Pages) -> None:
    inspection, rows = pages.core.inspection, pages.evidence.layers.rows
    assert [row.text() for row in rows] == ["Mapping field", "Distance", "Confidence"]
    assert not pages.evidence.key.isVisible()
    click(rows[1])
    assert inspection.layer_name == "distance"
    assert [row.isChecked() for row in rows] == [False, True, False]
    assert [row.note for row in rows] == ["", "70 %", ""]
    click(rows[0])
    assert inspection.layer_name == "field"
    click(rows[0])
    assert inspection.layer_name is None
    assert not any(row.isChecked() for row in rows)
    assert not pages.evidence.key.isVisible()


def test_opacity_is_set_by_the_slider_and_told_in_the_row(pages: Pages) -> None:
    opacity = pages.evidence.layers.opacity
    assert not opacity.slider.isEnabled()
    click(pages.evidence.layers.rows[0])
    assert opacity.slider.isEnabled()
    assert opacity.field.text() == "70 %"
    opacity.slider.setFocus()
    QTest.keyClick(opacity.slider, Qt.Key.Key_Right)
    assert pages.core.inspection.opacity == pytest.approx(0.71)
    assert pages.evidence.layers.rows[0].note == "71 %"


def test_the_key_of_the_field_is_the_wheel(pages: Pages) -> None:
    click(pages.evidence.layers.rows[0])
    QTest.qWait(0)
    view = pages.evidence.key.view
    longest = next(layer for _, layer in pages.core.inspection.layers() if layer.name == "field").range[1]
    assert f"Rim: {longest:.0f} px." in view.text.text()
    assert not view.bar.isVisible()
    image = view.wheel.grab().toImage()
    for across, down in ((30, 10), (-20, 24), (-8, -30)):
        vector = np.array([[[down, across]]], np.float32)
        wanted = vector_colours(vector, 44.0)[0, 0]
        seen = image.pixelColor(44 + across, 44 + down)
        assert np.abs(np.array([seen.red(), seen.green(), seen.blue()], int) - wanted[:3]).max() < 24


def test_the_key_of_values_is_a_bar_with_numbers(pages: Pages) -> None:
    click(pages.evidence.layers.rows[2])
    QTest.qWait(0)
    view = pages.evidence.key.view
    assert view.accessibleDescription() == "0 … 1, e^(-distance / 16 levels)"
    assert not view.wheel.isVisible()
    image = view.bar.grab().toImage()
    assert image.pixelColor(1, 5).lightness() < 60
    assert image.pixelColor(image.width() - 2, 5).lightness() > 120


def test_numbers_have_digits_that_can_be_used() -> None:
    assert [number(value) for value in (0.0, 1.0, 0.5, 12.34, 1571.3)] == ["0", "1", "0.5", "12.3", "1571"]


# Layout


def test_rows_share_their_edges(pages: Pages) -> None:
    pages.core.inspection.look(*INSIDE)
    click(pages.evidence.layers.rows[0])
    QTest.qWait(0)
    page, panel = pages.evidence, pages.panel
    flush = [page.source.filled, page.source.exclude, *page.layers.rows, page.key.view.wheel]
    assert {one.mapTo(panel, QPoint()).x() for one in flush} == {16}
    assert page.layers.opacity.slider.mapTo(panel, QPoint()).x() == 112
    right = [page.source.copied, page.source.copied_at, page.source.pin_button, *page.layers.rows, page.layers.opacity.field]
    assert {one.mapTo(panel, QPoint(one.width(), 0)).x() for one in right} == {304}


def test_nothing_moves_while_the_pointer_moves(pages: Pages) -> None:
    places = [INSIDE, (41, 41), OUTSIDE, (60, 50)]
    tops: list[int] = []
    for place in places * 2:
        pages.core.inspection.look(*place)
        QTest.qWait(0)
        tops.append(pages.evidence.layers.y())
    assert len(set(tops[len(places) :])) == 1


def test_nothing_is_clipped_in_a_longer_language(qapp: QApplication, core: Core) -> None:
    with longer(qapp):
        pages = shown(core)
        pages.learn()
        core.recipe.set_setting("smooth", 1.0)
        core.fill(HOLE)
        pages.turn_to("evidence")
        for layer in ("field", "distance"):
            core.inspection.look(*INSIDE)
            core.inspection.set_layer(layer)
            core.qtbot.waitUntil(lambda: not clipped(pages.evidence))
            core.inspection.look(*OUTSIDE)
            core.qtbot.waitUntil(lambda: not clipped(pages.evidence))
        assert "xo" in pages.evidence.layers.rows[0].text()
