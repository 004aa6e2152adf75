"""Which patches of the photograph a part of the hole was made from: seen, compared, ruled out; and how the fill came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.retrieving import HOLE
from app.sampling import ALLOWED, FORBIDDEN, is_only
from app.view.controls import CheckBox, IconButton, IconTextButton, Link, label, named
from app.view.form import GAP, SECTION, Form
from app.view.panel.candidates import Candidates
from app.view.panel.key_view import KeyView
from app.view.panel.stages_row import HIGH, WIDE, StagesRow
from app.view.theme import MASKS, WHITE
from app.words import tr
from engine.evidence import Layer

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QImage, QResizeEvent

    from app.actions import Actions
    from app.choice import Choice
    from app.display import Display
    from app.document import Document
    from app.inspection import Inspection
    from app.retrieving import Retrieving
    from app.view.panel.excerpts import Excerpts
    from engine.geometry import Box
    from engine.retrieved import RetrievedPatches

_TARGET = QSize(28, 28)

PICTURE = 26
"""Fours of device pixels that a stage's picture is wide, threes that it is high: as large as it ever is seen."""

ENOUGH = 128
"""Pixels of the photograph, down and across, that a tile needs at least: of a larger patch some are left out, as the pointer does not wait."""

FINER = 2
"""Pixels of the photograph, down and across, that go into one of such a picture at most."""


class RetrievedSection(QWidget):
    """The patches of the cell that is looked at, or was last, and the stages of its fill; hidden where a fill knows of none."""

    def __init__(
        self,
        document: Document,
        inspection: Inspection,
        retrieving: Retrieving,
        display: Display,
        actions: Actions,
        excerpts: Excerpts,
        pin: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._inspection, self._retrieving = document, inspection, retrieving
        self._display, self._excerpts = display, excerpts
        self._cell_drawn: object = None
        self._stages_drawn: object = None
        self._only: bool | None = None
        self.candidates, self.stages, self.key = Candidates(), StagesRow(), KeyView()
        self.facts = label("", "small", wraps=True)
        self.again = IconTextButton(tr("Fill again"), "again")
        self.again.setToolTip(tr("One more result for this hole, without what was ruled out"))
        self.allow = Link(tr("Allow all")).acts(actions["clear_area"])
        self.allow.setAccessibleName(named(actions["clear_area"]))
        self.cells, self.attention = (_check(actions[name]) for name in ("cells", "attention"))
        self._another = actions["another"]
        self.cell, self.way = QWidget(), QWidget()
        self.pin_button = IconButton(pin, _TARGET, 28, Qt.Edge.BottomEdge)
        self.export = IconButton(actions["export_retrieved"], _TARGET, 28)
        self._lay()
        self._connect()

    def _lay(self) -> None:
        """The patches above, the stages below."""
        head, below = Form(), Form()
        head.head(tr("Retrieved patches"), self.pin_button, self.export)
        below.head(tr("Stages"))
        patches, way, column = QVBoxLayout(self.cell), QVBoxLayout(self.way), QVBoxLayout(self)
        for layout in (patches, way, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        for part in (self.candidates, self.facts):
            patches.addWidget(part)
        patches.addSpacing(GAP)
        pressed = QHBoxLayout()
        pressed.addWidget(self.again)
        pressed.addStretch(1)
        pressed.addWidget(self.allow)
        patches.addLayout(pressed)
        for part in (below, self.stages):
            way.addWidget(part)
        way.addSpacing(GAP // 2)
        for part in (self.cells, self.attention, self.key):
            way.addWidget(part)
        column.setSpacing(SECTION)
        above = QVBoxLayout()
        above.setSpacing(0)
        above.addWidget(head)
        above.addWidget(self.cell)
        column.addLayout(above)
        column.addWidget(self.way)

    def _connect(self) -> None:
        self.candidates.pointed.connect(self._retrieving.point_at)
        self.candidates.refused.connect(self.rule_out)
        self.stages.chosen.connect(self._retrieving.set_stage)
        self.again.clicked.connect(self._fill_again)
        self._another.changed.connect(self._offer_another)
        for signal in (self._document.area_changed, self._document.opened):
            signal.connect(self._area_changed)
        self._offer_another()
        self.allow.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need fewer lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.facts.setMinimumHeight(0)

    # What is shown

    def refresh(self) -> None:
        """Show what is looked at now."""
        seen = self._retrieving
        evidence = seen.evidence
        self.setVisible(evidence is not None)
        if evidence is None:
            return
        self.candidates.set_ranks(evidence.chosen.shape[1])
        for part in (self.cell, self.pin_button):
            part.setVisible(seen.box is not None)
        if seen.box is not None:
            self._show_cell(evidence, seen.box)
        self.way.setVisible(bool(seen.stages))
        self._show_stages()
        self.cells.setChecked(self._display.cells)
        self.attention.setChecked(self._display.attention)
        self._show_key(evidence)

    def _show_cell(self, evidence: RetrievedPatches, cell: Box) -> None:
        found, dimmed = self._retrieving.retrievals, not self._inspection.holds
        struck = [self._is_out(one.box) for one in found]
        state = evidence, self._retrieving.cell, dimmed, struck, self._document.standing
        if state == self._cell_drawn:
            return
        self._cell_drawn = state

        def seen(stage: str, box: Box) -> tuple[QImage, Box] | None:
            return self._excerpts.staged([evidence], stage, box, max(1, box.height // ENOUGH))

        self.candidates.show_cell(cell, found, seen, dimmed=dimmed, struck=struck)
        text = tr("Cell at {x}, {y}, {width} x {height} px. Per cent: {meaning}.")
        self.facts.setText(text.format(x=cell.left, y=cell.top, width=cell.width, height=cell.height, meaning=tr(evidence.meaning)))
        # Once it needed more lines they are kept, so that nothing below moves while the pointer does.
        self.facts.setMinimumHeight(max(self.facts.minimumHeight(), self.facts.heightForWidth(self.facts.width())))

    def _show_stages(self) -> None:
        seen, choice = self._retrieving, self._retrieving.choice
        if choice is None:
            return
        self.stages.set_stages(seen.stages)
        state = choice, choice.standing, seen.stages, self._document.standing, self._display.mask_colour
        if state != self._stages_drawn:
            self._stages_drawn = state
            around = self._excerpts.around(choice.box, (PICTURE * HIGH, PICTURE * WIDE))
            self.stages.show_images(lambda stage: self._small(choice, stage, around))
        self.stages.show_choice(seen.stage)

    def _small(self, choice: Choice, stage: str, around: Box) -> QImage | None:
        """A small picture of a hole and what lies around it, as it was at a stage."""
        step = max(1, around.height // (FINER * PICTURE * HIGH))
        if stage == HOLE:
            drawn = self._excerpts.unfilled(choice, around, step, MASKS.get(self._display.mask_colour, WHITE))
        else:
            drawn = self._excerpts.staged(self._retrieving.known, stage, around, step)
        how = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        return drawn[0].scaled(PICTURE * WIDE, PICTURE * HIGH, *how) if drawn else None

    def _show_key(self, evidence: RetrievedPatches) -> None:
        """What the colours of the attention mean, as long as they are seen."""
        cell = self._retrieving.cell
        self.key.setVisible(cell is not None and self._display.attention)
        if cell is not None and self._display.attention:
            most = 100 * float(evidence.attention[cell].max(initial=0))
            self.key.show_layer(Layer("attention", "heat", tr("% of all that counts for this cell"), (0.0, most)))

    # What is ruled out

    @Slot()
    def _area_changed(self) -> None:
        self._only = None
        self.allow.setVisible(bool(self._document.area.pixels.any()))
        if self.isVisible():
            self.refresh()

    def _is_out(self, box: Box) -> bool:
        """Whether nothing of a patch may be used any more."""
        area = self._document.area.pixels
        if self._only is None:
            self._only = is_only(area)
        codes = area[box.slices]
        return bool((codes != ALLOWED if self._only else codes == FORBIDDEN).all())

    @Slot(object)
    def rule_out(self, box: Box) -> None:
        """Forbid a patch for the fills that follow."""
        self._show_fill()
        self._document.forbid(np.ones(box.size, np.bool_), box)

    @Slot()
    def _fill_again(self) -> None:
        self._show_fill()
        self._another.trigger()

    def _show_fill(self) -> None:
        """Let the fill that is looked at be the one that is shown: what is asked here is asked of it."""
        choice = self._inspection.choice
        if choice in self._document.choices and choice is not self._document.shown:
            self._document.show(choice)

    @Slot()
    def _offer_another(self) -> None:
        self.again.setEnabled(self._another.isEnabled())


def _check(action: QAction) -> CheckBox:
    """A check box that does what an action does."""
    box = CheckBox(named(action))
    box.setToolTip(action.toolTip())
    box.clicked.connect(action.trigger)
    return box
