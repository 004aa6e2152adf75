"""The results of a hole as small pictures, with real fills, a real pointer and real keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QColorSpace, QImage
from PySide6.QtTest import QTest

from app.choice import Candidate, Choice
from app.document import Document
from app.view.panel.excerpts import Excerpts
from app.view.panel.result_tile import AnotherTile, ResultTile
from app.view.panel.results import Results
from engine.geometry import Box
from engine.picture import Patch, Picture
from tests.app.pages import HOLE, OTHER, Pages, click, dressed, photograph, shown, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from PySide6.QtWidgets import QApplication

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    """One hole with three results, the last of them by another method."""
    made = shown(core)
    made.learn()
    core.fill(HOLE)
    core.filling.another()
    core.idle()
    core.recipe.set_method("harmonic")
    core.filling.another()
    core.idle()
    core.recipe.set_method("patchmatch")
    return made


def tiles(pages: Pages) -> list[ResultTile]:
    return pages.fill.results.tiles


def standing(pages: Pages) -> int | None:
    choice = pages.core.document.shown
    assert choice is not None
    return choice.chosen


def test_nothing_is_shown_before_a_fill(core: Core) -> None:
    pages = shown(core)
    pages.learn()
    assert not pages.fill.results.isVisible()
    core.fill(HOLE)
    assert pages.fill.results.isVisible()


def test_each_result_has_a_tile(pages: Pages) -> None:
    assert words(pages.fill.results)[:2] == ["Results for hole 1", "3 of 3"]
    assert [tile.left_text for tile in tiles(pages)] == ["Patches", "Patches", "Harmonic"]
    assert [tile.accessibleName() for tile in tiles(pages)] == ["Result 1", "Result 2", "Result 3"]
    assert all(tile.right_text.endswith(" s") for tile in tiles(pages))
    assert [tile.isChecked() for tile in tiles(pages)] == [False, False, True]


def test_two_tiles_stand_in_a_row_140_by_105(pages: Pages) -> None:
    QTest.qWait(0)
    every = [*tiles(pages), pages.fill.results.another]
    assert [tile.mapTo(pages.panel, QPoint()).x() for tile in every] == [16, 164, 16, 164]
    assert all((tile.picture_rect().width(), tile.picture_rect().height()) == (140, 105) for tile in every)
    assert every[2].y() > every[0].y() + 105


def test_a_click_lets_another_result_stand_and_undo_takes_it_back(pages: Pages) -> None:
    first = tiles(pages)[0]
    before = pages.core.pixels.copy()
    click(first)
    assert standing(pages) == 0
    assert [tile.isChecked() for tile in tiles(pages)] == [True, False, False]
    assert "1 of 3" in words(pages.fill.results)
    patch = first.candidate.patch
    assert np.array_equal(pages.core.pixels[patch.box.slices], patch.pixels)
    pages.core.document.undo()
    assert standing(pages) == 2
    assert np.array_equal(pages.core.pixels, before)
    assert tiles(pages)[2].isChecked()


def test_a_click_on_the_result_that_stands_changes_nothing(pages: Pages) -> None:
    steps = len(pages.core.document.history.done)
    click(tiles(pages)[2])
    assert standing(pages) == 2
    assert tiles(pages)[2].isChecked()
    assert len(pages.core.document.history.done) == steps


def test_where_no_result_stands_none_is_marked(pages: Pages) -> None:
    choice = pages.core.document.shown
    pages.core.document.choose(choice, None)
    assert not any(tile.isChecked() for tile in tiles(pages))
    assert "none of 3" in words(pages.fill.results)


def test_arrows_go_round_and_enter_chooses(pages: Pages) -> None:
    QTest.qWait(0)
    first = tiles(pages)[0]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    pages.core.qtbot.waitUntil(first.hasFocus)
    for key, expected in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Down, 2)):
        QTest.keyClick(pages.window.focusWidget(), key)
        assert tiles(pages)[expected].hasFocus()
    QTest.keyClick(tiles(pages)[2], Qt.Key.Key_Up)
    QTest.keyClick(tiles(pages)[0], Qt.Key.Key_Return)
    assert standing(pages) == 0
    QTest.keyClick(tiles(pages)[0], Qt.Key.Key_Right)
    QTest.keyClick(tiles(pages)[1], Qt.Key.Key_Space)
    assert standing(pages) == 1


def test_enter_on_a_tile_does_not_fill(pages: Pages) -> None:
    pages.core.paint(OTHER)
    tile = tiles(pages)[0]
    tile.setFocus(Qt.FocusReason.TabFocusReason)
    pages.core.qtbot.waitUntil(tile.hasFocus)
    QTest.keyClick(pages.window.windowHandle(), Qt.Key.Key_Return)
    assert standing(pages) == 0
    assert not pages.core.filling.running
    assert pages.core.document.holes()


def test_a_click_leaves_the_focus_where_it_was(pages: Pages) -> None:
    pages.core.paint(OTHER)
    pages.fill.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    pages.fill.setFocus()
    click(tiles(pages)[0])
    assert pages.fill.hasFocus()
    QTest.keyClick(pages.window.windowHandle(), Qt.Key.Key_Return)
    assert pages.core.filling.running
    pages.core.idle()


def test_another_result_comes_by_the_next_seed(pages: Pages) -> None:
    another = pages.fill.results.another
    assert (another.left_text, another.right_text) == ("Next seed", "Shift+Enter")
    click(another)
    assert another.left_text == "Filling…"
    pages.core.idle()
    assert [tile.candidate.seed for tile in tiles(pages)] == [0, 1, 2, 3]
    assert (another.left_text, another.right_text) == ("Next seed", "Shift+Enter")
    assert standing(pages) == 3


def test_holes_have_results_of_their_own(pages: Pages) -> None:
    first = pages.core.document.shown
    pages.core.fill(OTHER)
    assert words(pages.fill.results)[:2] == ["Results for hole 2", "1 of 1"]
    assert len(tiles(pages)) == 1
    pages.core.document.show(first)
    assert words(pages.fill.results)[:2] == ["Results for hole 1", "3 of 3"]
    pages.core.document.show(None)
    assert not pages.fill.results.isVisible()


def test_another_photograph_has_no_results(pages: Pages) -> None:
    pages.core.open(photograph())
    assert not pages.fill.results.isVisible()
    assert tiles(pages) == []


def test_tiles_are_drawn_with_badge_ring_and_texts(pages: Pages) -> None:
    QTest.qWait(0)
    chosen, plain = tiles(pages)[2], tiles(pages)[0]
    ring = QColor("#E6E6E6").rgb()
    assert chosen.grab().toImage().pixel(70, 1) == ring
    assert plain.grab().toImage().pixel(70, 1) != ring
    badge = QColor("#141414").rgb()
    image = plain.grab(QRect(8, 8, 18, 18)).toImage()
    assert sum(image.pixel(x, y) == badge for x in range(18) for y in range(18)) > 60
    text = plain.grab(QRect(0, 105, 140, plain.height() - 105)).toImage()
    assert len({text.pixel(x, y) for x in range(140) for y in range(text.height())}) > 5


# What the small pictures show


def plain(size: tuple[int, int], layout: int, depth: Any) -> np.ndarray:
    """Grey or coloured, half bright, opaque."""
    most = int(np.iinfo(depth).max)
    pixels = np.full((*size, layout), most // 2, depth)
    if layout in (2, 4):
        pixels[..., -1] = most
    return pixels[..., 0] if layout == 1 else pixels


def chosen(document: Document, box: Box, value: float) -> tuple[Choice, Candidate]:
    """A result of one brightness for a box."""
    pixels = document.photograph.pixels(box).copy()
    most = np.iinfo(pixels.dtype).max
    part = pixels if pixels.ndim == 2 else pixels[..., : pixels.shape[2] - (pixels.shape[2] in (2, 4))]
    part[...] = round(value * most)
    choice = Choice(1, box, np.full(box.size, 255, np.uint8))
    candidate = Candidate(Patch(0, box, pixels), (), "flat", "Flat", 0, 0.1)
    choice.candidates.append(candidate)
    return choice, candidate


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("layout", [1, 2, 3, 4])
def test_a_result_is_seen_in_its_place_in_every_layout(layout: int, depth: Any) -> None:
    document = Document()
    document.open(Picture(plain((300, 400), layout, depth)))
    choice, candidate = chosen(document, Box(100, 150, 60, 80), 1.0)
    image = Excerpts(document).result(choice, candidate, (105, 140))
    assert (image.height(), image.width()) == (105, 140)
    assert image.pixelColor(70, 52).lightness() > 250
    assert abs(image.pixelColor(3, 3).lightness() - 127) <= 2
    bright = sum(image.pixelColor(x, 52).lightness() > 200 for x in range(140))
    assert 60 <= bright <= 100  # the hole is about six tenths of the width


def test_a_result_lies_where_it_lay_in_a_large_hole() -> None:
    """Only every few pixels are read of a large part; edges of the result still fall where they are."""
    document = Document()
    document.open(Picture(plain((3000, 4001), 3, np.uint8)))
    box = Box(701, 903, 1500, 2000)
    choice, candidate = chosen(document, box, 1.0)
    image = Excerpts(document).result(choice, candidate, (210, 280))
    row = [image.pixelColor(x, 105).lightness() > 190 for x in range(280)]
    assert row.count(True) == pytest.approx(280 * 2000 / (2000 * 1.6), abs=1.5)
    assert row.index(True) == pytest.approx(280 * 0.3 / 1.6, abs=1.5)


@pytest.mark.parametrize("box", [Box(0, 0, 10, 10), Box(0, 0, 40, 30), Box(39, 0, 1, 30), Box(5, 29, 3, 1)])
def test_holes_at_edges_and_in_tiny_photographs(box: Box) -> None:
    document = Document()
    document.open(Picture(plain((40, 30), 3, np.uint8)))
    choice, candidate = chosen(document, box, 1.0)
    image = Excerpts(document).result(choice, candidate, (105, 140))
    assert (image.height(), image.width()) == (105, 140)
    assert max(image.pixelColor(x, y).lightness() for x in range(140) for y in range(105)) > 200


def test_the_profile_is_honoured() -> None:
    wide = QColorSpace(QColorSpace.NamedColorSpace.DisplayP3)
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels[...] = (200, 120, 60)
    document = Document()
    document.open(Picture(pixels, icc=bytes(wide.iccProfile().data())))
    excerpts = Excerpts(document)
    expected = QImage(1, 1, QImage.Format.Format_RGB32)
    expected.setPixelColor(0, 0, QColor(200, 120, 60))
    expected.setColorSpace(wide)
    expected.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    choice, candidate = chosen(document, Box(80, 100, 40, 40), 1.0)
    for image in (excerpts.part(Box(0, 0, 5, 5))[0], excerpts.result(choice, candidate, (105, 140))):
        seen, wanted = image.pixelColor(2, 2), expected.pixelColor(0, 0)
        assert abs(seen.red() - wanted.red()) <= 1
        assert abs(seen.green() - wanted.green()) <= 1
        assert seen.red() > 205


def test_a_result_is_drawn_once_and_again_where_its_surroundings_changed(pages: Pages) -> None:
    excerpts, document = pages.fill.excerpts, pages.core.document
    choice = document.shown
    size = (105, 140)
    first = excerpts.result(choice, choice.candidates[0], size).cacheKey()
    document.choose(choice, 0)
    document.choose(choice, 1)
    assert excerpts.result(choice, choice.candidates[0], size).cacheKey() == first
    with pages.core.qtbot.waitSignal(excerpts.changed):
        pages.core.fill(Box(70, 45, 8, 8))
    assert excerpts.result(choice, choice.candidates[0], size).cacheKey() != first
    far = excerpts.result(choice, choice.candidates[0], size).cacheKey()
    pages.core.fill(OTHER)
    assert excerpts.result(choice, choice.candidates[0], size).cacheKey() == far


def test_tiles_are_found_by_their_names(pages: Pages) -> None:
    results = pages.panel.findChild(Results)
    assert [type(tile) for tile in (*results.tiles, results.another)] == [ResultTile] * 3 + [AnotherTile]
    assert all(tile.accessibleDescription().startswith(("Patches, ", "Harmonic, ")) for tile in results.tiles)
