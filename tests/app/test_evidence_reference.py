"""The page of evidence, of a fill that came from a reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from skimage import data

from app.view.panel.layer_section import layer_title
from engine.picture import Picture
from tests.app.pages import HOLE, Pages, click, clipped, dressed, longer, shown, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from tests.app.conftest import Core

INSIDE = HOLE.top + 9, HOLE.left + 7


@pytest.fixture(autouse=True)
def design(qapp: QApplication) -> Iterator[None]:
    with dressed(qapp):
        yield


def second() -> Picture:
    """The photograph of `pages`, taken 10 rows further down and 20 columns further left."""
    return Picture(np.ascontiguousarray(data.coffee()[110:366, 130:386]))


def filled(core: Core) -> Pages:
    """One hole, filled from a reference; the page of evidence is open, the pointer over the hole."""
    pages = shown(core)
    pages.learn()
    core.recipe.set_setting("features", "rootsift", "refmatch")
    core.document.references.add(second(), Path("garage.jpg"))
    core.recipe.use_references()
    core.fill(HOLE)
    pages.turn_to("evidence")
    core.inspection.look(*INSIDE)
    return pages


def test_it_names_the_photograph_and_the_place_there(core: Core) -> None:
    pages = filled(core)
    section = pages.evidence.source
    assert section.copied_at.text().split("  ")[0] == "Reference 1"
    x, y = (int(part) for part in section.copied_at.text().split("  ")[1].split(", "))
    assert abs(x - (INSIDE[1] + 20)) <= 1
    assert abs(y - (INSIDE[0] - 10)) <= 1
    assert section.facts.text().startswith("garage.jpg · confidence ")
    assert "nan" not in " ".join(words(pages.evidence))
    assert not section.exclude.isVisible()
    assert not pages.actions["not_from_here"].isEnabled()
    source = core.inspection.source
    assert source is not None
    part = section.copied.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    seen = part.pixelColor(part.width() // 2, part.height() // 2).red()
    assert abs(seen - int(second().pixels[source.place.box.top, source.place.box.left, 0])) < 12, "the patch is that of the reference"


def test_a_reference_that_was_taken_away_is_missed_in_words(core: Core) -> None:
    pages = filled(core)
    core.document.references.remove(core.document.references.items[0])
    core.inspection.look(INSIDE[0] + 1, INSIDE[1])
    assert pages.evidence.source.facts.text() == "garage.jpg is no longer among the references."
    pages.evidence.source.copied.grab()


def test_the_field_is_seen_as_matched_and_as_corrected(core: Core) -> None:
    pages = filled(core)
    layers = pages.evidence.layers
    titles = [row.text() for row in layers.rows]
    assert titles[:2] == ["Mapping field", "From which photograph"]
    assert titles.count("Mapping field") == 1
    assert not layers.stages.isVisible()
    click(layers.rows[0])
    assert core.inspection.layer_name == "field corrected"
    assert layers.stages.isVisible()
    click(layers.stages.buttons["field matched"])
    assert core.inspection.layer_name == "field matched"
    assert core.inspection.layer is not None
    assert core.inspection.layer[0].stage == "matched"
    assert layers.rows[0].isChecked()
    click(layers.rows[0])
    assert core.inspection.layer_name is None


def test_labels_have_a_key_and_anchors_a_switch(core: Core) -> None:
    pages = filled(core)
    click(pages.evidence.layers.rows[1])
    assert [text for _, text in pages.evidence.key.view.legend.rows] == ["This photograph", "garage.jpg"]
    colours = {colour.name() for colour, _ in pages.evidence.key.view.legend.rows}
    assert len(colours) == 2
    assert pages.evidence.layers.anchors.isVisible()
    click(pages.evidence.layers.anchors, QPoint(8, 14))
    assert pages.display.anchors
    pages.display.set("anchors", False)
    assert not pages.evidence.layers.anchors.isChecked()


def test_titles_of_layers_that_are_called_alike() -> None:
    assert layer_title("confidence, patches") == "Confidence, patches"
    assert layer_title("field", beside_fields=True) == "Mapping field, patches"
    assert layer_title("something else") == "Something else"


def test_nothing_is_clipped_in_a_longer_language(qapp: QApplication, core: Core) -> None:
    with longer(qapp):
        pages = filled(core)
        core.inspection.set_layer("field corrected")
        core.qtbot.waitUntil(lambda: not clipped(pages.evidence))
        core.inspection.set_layer("photograph")
        core.qtbot.waitUntil(lambda: not clipped(pages.evidence))
