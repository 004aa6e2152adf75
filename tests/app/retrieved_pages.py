"""The page of evidence with a fill whose patches are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from engine.geometry import Box
from tests.app.pages import Pages, shown
from tests.app.patched import know_patches

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton

    from app.view.panel.candidates import Ranked
    from app.view.panel.retrieved_section import RetrievedSection
    from engine.retrieved import RetrievedPatches
    from tests.app.conftest import Core

HOLE = Box(98, 100, 40, 36)
INSIDE, OUTSIDE = (120, 120), (5, 5)


def known(core: Core) -> Pages:
    pages = shown(core, height=1200)
    pages.learn()
    core.fill(HOLE)
    know_patches(core.document)
    pages.turn_to("evidence")
    return pages


def section(pages: Pages) -> RetrievedSection:
    return pages.evidence.retrieved


def look(pages: Pages, row: int = INSIDE[0], column: int = INSIDE[1]) -> RetrievedPatches:
    """Point at a pixel; what its fill knows."""
    pages.core.inspection.look(row, column)
    QTest.qWait(0)
    evidence = pages.retrieving.evidence
    assert evidence is not None
    return evidence


def tiles(pages: Pages) -> list[Ranked]:
    return [tile for tile in section(pages).candidates.tiles if tile.isVisible()]


def buttons(pages: Pages) -> dict[str, QAbstractButton]:
    return section(pages).stages.buttons
