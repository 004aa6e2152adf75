"""The stages of a fill on the page of evidence, and what is shown of its patches elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.view.panel.excerpts import Excerpts
from app.view.panel.stages_row import meaning
from app.view.theme import MASK_SHARE, RANKS
from tests.app.pages import Pages, click, dressed, photograph, words
from tests.app.patched import know_patches
from tests.app.retrieved_pages import HOLE, buttons, known, look, section, tiles
from tests.app.seen import rgb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.conftest import Core


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


@pytest.fixture
def pages(core: Core) -> Pages:
    """One hole, filled, whose patches are known; the page of evidence is open."""
    return known(core)


# Stages


def test_a_click_on_a_stage_draws_it(pages: Pages) -> None:
    stages = ("hole", "coarse", "retrieved", "synthesised", "blended")
    assert tuple(buttons(pages)) == stages
    assert buttons(pages)["blended"].isChecked()
    for number, stage in enumerate(stages, 1):
        click(buttons(pages)[stage])
        assert pages.retrieving.stage == stage
        assert section(pages).stages.title.text() == f"{number} of 5  {stage.capitalize()}"
        assert section(pages).stages.text.text() == meaning(stage)


def test_the_arrows_go_along_the_stages(pages: Pages) -> None:
    first = buttons(pages)["hole"]
    first.click()
    first.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert pages.retrieving.stage == "coarse"
    assert buttons(pages)["coarse"].hasFocus()
    QTest.keyClick(buttons(pages)["coarse"], Qt.Key.Key_Left)
    assert pages.retrieving.stage == "hole"


def test_a_stage_that_the_keys_took_is_shown(pages: Pages) -> None:
    pages.retrieving.step(-1)
    assert buttons(pages)["synthesised"].isChecked()
    assert section(pages).stages.title.text() == "4 of 5  Synthesised"


def test_each_stage_has_a_picture_of_its_own(pages: Pages) -> None:
    QTest.qWait(0)
    seen = {stage: rgb(button.grab().toImage())[18:22, 22:30] for stage, button in buttons(pages).items()}
    photograph = pages.core.document.photograph
    assert photograph is not None
    wanted = (1 - MASK_SHARE) * photograph.original(HOLE).mean(axis=(0, 1)) + MASK_SHARE * np.array([255, 45, 120])
    assert np.abs(seen["hole"].mean(axis=(0, 1)) - wanted).max() < 60
    assert seen["hole"][..., 0].mean() > seen["hole"][..., 1].mean() + 60, "under the tint of the mask"
    assert not np.array_equal(seen["coarse"], seen["hole"])
    assert not np.array_equal(seen["coarse"], seen["synthesised"])


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_stage_is_drawn_in_any_depth_and_layout(core: Core, depth: int, channels: int) -> None:
    pixels = photograph()
    pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]) if channels == 4 else pixels[..., 0] if channels == 1 else pixels
    core.open(np.ascontiguousarray(pixels.astype(np.uint16) * 257 if depth == 16 else pixels))
    core.recipe.set_cards(())
    core.fill(HOLE)
    evidence = know_patches(core.document)
    drawn = Excerpts(core.document).staged([evidence], "coarse", HOLE)
    assert drawn is not None
    values = evidence.seen("coarse", HOLE)
    assert drawn[1] == HOLE
    assert np.abs(rgb(drawn[0]).astype(int) - values[..., :3].astype(int)).max() <= 1


# Switches and keys


def test_cells_and_attention_are_switched(pages: Pages) -> None:
    look(pages)
    assert section(pages).cells.isChecked() == pages.display.cells
    click(section(pages).cells, QPoint(8, 14))
    assert not pages.display.cells
    assert not section(pages).key.isVisible()
    click(section(pages).attention, QPoint(8, 14))
    assert pages.display.attention
    assert section(pages).key.isVisible()
    pages.display.set("attention", False)
    assert not section(pages).attention.isChecked()


def test_one_pin_is_seen(pages: Pages) -> None:
    look(pages)
    assert section(pages).pin_button.isVisible()
    assert not pages.evidence.source.pin_button.isVisible()
    click(section(pages).pin_button)
    assert pages.core.inspection.pinned


def test_everything_is_named_and_reached_by_keys(pages: Pages) -> None:
    look(pages)
    pressed = [one for one in section(pages).findChildren(QAbstractButton) if one.isVisible()]
    assert len(pressed) >= 5 + 2 + 2 + 1 + len(tiles(pages))
    for button in pressed:
        assert button.accessibleName()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert len({button.accessibleName() for button in pressed}) == len(pressed)
    assert [made.tile.accessibleName() for made in section(pages).candidates.made] == ["Coarse patch", "Synthesised patch"]


# Elsewhere on the pages


def test_the_layer_of_ranks_has_its_key(pages: Pages) -> None:
    row = next(row for row in pages.evidence.layers.rows if row.text() == "Rank that prevails")
    click(row)
    QTest.qWait(0)
    ranks = pages.evidence.key.view.legend.rows
    assert [text for _, text in ranks] == ["No patch", "Rank 1", "Rank 2", "Rank 3", "Rank 4"]
    assert [colour for colour, _ in ranks[1:]] == [QColor(colour) for colour in RANKS[:4]]


def test_a_method_with_networks_says_so(pages: Pages) -> None:
    pages.turn_to("fill")
    pages.core.recipe.set_method("tmad")
    assert any(text.endswith("its networks come with Inlay") for text in words(pages.fill))
