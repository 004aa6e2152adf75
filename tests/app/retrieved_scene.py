"""A fill whose patches are known, on a real canvas with all that is drawn of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from skimage import data

from app.retrieving import Retrieving
from app.view.canvas.attention import AttentionLayer
from app.view.canvas.cell_grid import CellGrid
from app.view.canvas.findings import EvidenceLayer
from app.view.canvas.looked_cell import LookedCell
from app.view.canvas.retrieved_marks import RetrievedMarks
from app.view.canvas.side import Side
from app.view.canvas.source_arrow import Looked, SourceArrow
from app.view.canvas.stages import StageLayer
from app.view.panel.excerpts import Excerpts
from engine.geometry import Box
from tests.app.canvas_scene import NONE, Scene
from tests.app.patched import know_patches
from tests.app.seen import rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QRectF
    from pytestqt.qtbot import QtBot

    from engine.retrieved import RetrievedPatches
    from tests.app.conftest import Core

SIZE = 300, 400
AREA = Box(100, 160, 60, 80)
SPOT = 130, 200


def photograph() -> NDArray[np.uint8]:
    return np.ascontiguousarray(data.coffee()[50 : 50 + SIZE[0], 100 : 100 + SIZE[1]])


class Shown(Scene):
    """A fill whose patches are known, with all that the window draws of them, the page of evidence open."""

    def __init__(self, qtbot: QtBot, core: Core, pixels: NDArray[Any], level: int = 255, *, knows: bool = True) -> None:
        super().__init__(qtbot, core)
        document, inspection, display, canvas = core.document, core.inspection, self.display, self.canvas
        self.retrieving = Retrieving(document, inspection, canvas)
        cell = LookedCell(self.retrieving, inspection, self.toolbox, display, canvas)
        looked = Looked(inspection, self.toolbox, document.references, Side(document, display, canvas), canvas)
        excerpt = Excerpts(document, canvas).part
        layers = (
            AttentionLayer(cell, canvas),
            StageLayer(document, self.retrieving, display, canvas.sights, canvas),
            EvidenceLayer(document, inspection, display, canvas),
            CellGrid(self.retrieving, display, canvas),
            RetrievedMarks(cell, excerpt, canvas),
            SourceArrow(inspection, looked, self.aim, excerpt, canvas),
        )
        for layer in layers:
            layer.stale.connect(canvas.update_box)
        canvas.layers[:0] = layers
        canvas.resize(SIZE[1], SIZE[0])
        core.open(pixels)
        core.paint(AREA, level)
        core.filling.fill()
        core.idle()
        display.set("page", "evidence")
        self.toolbox.choose("inspect")
        if knows:
            know_patches(document)
        self.show_at(1.0)

    @property
    def evidence(self) -> RetrievedPatches:
        assert self.retrieving.evidence is not None
        return self.retrieving.evidence

    def show_at(self, zoom: float, row: float = 0, column: float = 0) -> None:
        """Let that place of the picture stand in the canvas's corner."""
        view = self.canvas.viewport.zoomed_to(zoom, 0, 0)
        self.canvas.set_viewport(view.panned(-column * view.scale - view.left, -row * view.scale - view.top))

    def hover(self, row: float, column: float) -> None:
        middle = 0.5 if self.canvas.viewport.scale > 1 else 0.0  # events have whole numbers
        self.move((row + middle, column + middle), held=NONE)

    def grabbed(self) -> NDArray[np.uint8]:
        self.core.qtbot.waitUntil(lambda: self.canvas.is_fine)
        return rgb(self.canvas.grab().toImage())

    def rect(self, box: Box) -> QRectF:
        return self.canvas.viewport.rect(box)

    def without(self, name: str) -> NDArray[np.uint8]:
        """What is seen with something of the display turned off; it is on again afterwards."""
        before = getattr(self.display, name)
        self.display.set(name, False)
        seen = self.grabbed()
        self.display.set(name, before)
        return seen

    @property
    def now(self) -> NDArray[Any]:
        shown = self.document.photograph
        assert shown is not None
        return shown.pixels(shown.box).copy()
