"""Where one filled pixel came from: its patch and the one it is a copy of, from the photograph or from a reference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.view.controls import IconButton, IconTextButton, label, named
from app.view.form import GAP, Form
from app.view.panel.patch_view import PatchView
from app.view.panel.source_rows import SourceRows
from app.view.theme import RANKS, WHITE
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.choice import Candidate
    from app.document import Document
    from app.inspection import Inspection
    from app.view.panel.excerpts import Excerpts
    from engine.evidence import Source

BETWEEN = 16
"""Between the two patches."""

_TARGET = QSize(28, 28)


class SourceSection(QWidget):
    """One pixel: what was filled and what it is a copy of, side by side."""

    def __init__(
        self, document: Document, inspection: Inspection, actions: Actions, excerpts: Excerpts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._inspection = document, inspection
        self.pin = QAction(tr("Pin"), self)
        self.pin.setCheckable(True)
        self.pin.setProperty("drawing", "pin")
        self.pin.setToolTip(tr("Stay with this pixel; a click on the photograph does the same"))
        self.pin.triggered.connect(self._pin)
        self.pin_button = IconButton(self.pin, _TARGET, 28, Qt.Edge.BottomEdge)
        self.filled = PatchView(tr("Filled patch"), WHITE, excerpts)
        self.copied = PatchView(tr("Source patch"), RANKS[0], excerpts)
        self.filled_at, self.copied_at = label("", "caption"), label("", "caption")
        self.facts = label("", "small", wraps=True)
        self.others = SourceRows()
        action = actions["not_from_here"]
        self.exclude = IconTextButton(named(action), "ban").acts(action)
        form = Form()
        form.head(tr("Source of this pixel"), self.pin_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(form)
        column.addLayout(_side_by_side(self.filled, self.copied, BETWEEN))
        captions = _side_by_side(self.filled_at, self.copied_at, GAP)
        captions.setStretch(0, 0)
        captions.insertStretch(1, 1)
        captions.setStretch(2, 0)
        column.addLayout(captions)
        column.addWidget(self.facts)
        column.addWidget(self.others)
        column.addSpacing(4)
        column.addWidget(self.exclude, 0, Qt.AlignmentFlag.AlignLeft)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need fewer lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.facts.setMinimumHeight(0)

    @Slot()
    def _pin(self) -> None:
        if self._inspection.pinned:
            self._inspection.free()
        elif self._inspection.place is not None:
            self._inspection.pin(*self._inspection.place)
        self.pin.setChecked(self._inspection.pinned)

    def show_source(self) -> None:
        """Show the pair that is looked at, or was last."""
        seen, source = self._inspection, self._inspection.source
        if seen.place is None or source is None:
            return
        at = source.place.box
        dimmed = not seen.holds
        self.filled.show_patch(seen.target, seen.place, dimmed=dimmed)
        origin = source.place.origin
        self.copied.show_patch(source.patch, (at.top, at.left), dimmed=dimmed, origin=origin)
        self._offer_to_exclude(not origin)
        self.filled_at.setText(tr("Filled  {x}, {y}").format(x=seen.place[1], y=seen.place[0]))
        self.copied_at.setText(self._where(source))
        for caption in (self.filled_at, self.copied_at):
            caption.setEnabled(not dimmed)
        self.facts.setText(self._dimmed_text() if dimmed else self._said(source))
        # Once it needed two lines they are kept, so that nothing below moves while the pointer does.
        self.facts.setMinimumHeight(max(self.facts.minimumHeight(), self.facts.heightForWidth(self.facts.width())))
        self.others.show_sources(seen.sources, seen.place)
        self.pin.setChecked(seen.pinned)

    def _dimmed_text(self) -> str:
        over = self._inspection.over
        standing = over.standing if over is not None else None
        return tr("Not filled: this pixel is the original.") if standing is None else no_source(standing)

    def _offer_to_exclude(self, offered: bool) -> None:
        """Only what came from the photograph itself can be forbidden. Its room is kept where some of the fill did: nothing moves then."""
        policy = self.exclude.sizePolicy()
        mixed = any(layer.name == "field" for _, layer in self._inspection.layers())
        if policy.retainSizeWhenHidden() != mixed:
            policy.setRetainSizeWhenHidden(mixed)
            self.exclude.setSizePolicy(policy)
        self.exclude.setVisible(offered)

    def _where(self, source: Source) -> str:
        """Its place, and in which photograph."""
        at, companion = source.place.box, self._document.references.named(source.place.origin)
        if not source.place.origin:
            return tr("Source  {x}, {y}").format(x=at.left, y=at.top)
        name = tr("Reference {number}").format(number=companion.number) if companion else tr("Reference")
        return f"{name}  {at.left}, {at.top}"

    def _said(self, source: Source) -> str:
        if source.place.origin:
            return self._said_of_reference(source)
        seen = self._inspection
        assert seen.place is not None
        assert seen.evidence is not None
        away = math.hypot(source.place.box.top - seen.place[0], source.place.box.left - seen.place[1])
        text = tr("{away} px away · distance {distance} of 255 · {stage}")
        return text.format(away=f"{away:.0f}", distance=f"{source.distance:.1f}", stage=tr(seen.evidence.stage))

    def _said_of_reference(self, source: Source) -> str:
        """Its name and how sure the place is, which a pixel from elsewhere has in place of a distance."""
        name = source.place.origin
        if self._document.references.named(name) is None:
            return tr("{name} is no longer among the references.").format(name=name)
        return tr("{name} · confidence {share} %").format(name=name, share=round(100 * source.weight))


def no_source(candidate: Candidate) -> str:
    """Why a result cannot say where a pixel came from."""
    if candidate.forgotten:
        return tr("To save memory, where this result came from was let go; ask for another result to see it again.")
    return tr("{method} copies nothing, so there is no source to show.").format(method=tr(candidate.title))


def _side_by_side(left: QWidget, right: QWidget, between: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(between)
    row.addWidget(left, 1)
    row.addWidget(right, 1)
    return row
