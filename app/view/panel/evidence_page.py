"""The page that says where a filled pixel came from, and which layer of evidence lies over the picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.view.controls import IconButton, IconTextButton, key_of, label, named
from app.view.fields import Scale
from app.view.form import GAP, SECTION, Form
from app.view.panel.excerpts import Excerpts
from app.view.panel.key_view import KeyView
from app.view.panel.patch_view import PatchView
from app.view.panel.source_rows import SourceRows
from app.view.row import ListRow
from app.view.theme import RANKS, WHITE
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.choice import Candidate
    from app.document import Document
    from app.inspection import Inspection
    from app.view.theme import Theme
    from engine.evidence import Layer, Source

BETWEEN = 16
"""Between the two patches."""

_TARGET = QSize(28, 28)


class EvidencePage(QWidget):
    """What the inspection knows. While the pointer moves only texts and two small pictures change."""

    def __init__(self, document: Document, inspection: Inspection, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._inspection = document, inspection
        self.theme = theme
        self.note = label("", "small", wraps=True)
        self.source = SourceSection(inspection, actions, Excerpts(document, self))
        self.layers = LayerSection(inspection, actions)
        self.key = KeySection()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SECTION)
        for part in (self.note, self.source, self.layers, self.key):
            column.addWidget(part)
        column.addStretch(1)
        self._key_of_inspect = key_of(actions["inspect"])
        self._listed = False
        document.choices_changed.connect(self._choices_changed)
        inspection.changed.connect(self.refresh)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self.theme = theme
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened meanwhile was not looked at."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def _choices_changed(self) -> None:
        self._listed = False
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is inspected now."""
        if not self.isVisible():
            return
        shown = self._document.shown
        candidate = shown.standing if shown else None
        if not self._listed:
            self._listed = True
            self.layers.show_layers([layer for _, layer in self._inspection.layers()])
        layer = self.layers.show_choice()
        is_seen = self._inspection.place is not None
        note = self._note(candidate)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.source.setVisible(is_seen)
        if is_seen:
            self.source.show_source()
        self.layers.setVisible(bool(self.layers.rows))
        self.key.setVisible(layer is not None)
        self.key.show_layer(layer)

    def _note(self, candidate: Candidate | None) -> str:
        """What to do, where there is nothing to be seen; empty where there is."""
        if not any(choice.standing for choice in self._document.choices):
            return tr("Fill something, then point at it with Inspect ({key}).").format(key=self._key_of_inspect)
        if self._inspection.note:
            return self._inspection.note
        over = self._inspection.over
        here = over.standing if over is not None and over.standing is not None else candidate
        if self._inspection.place is not None:
            return ""
        if here is not None and not here.evidence:
            return _no_source(here)
        return tr("Point at a filled pixel with Inspect ({key}). A click pins it.").format(key=self._key_of_inspect)


class SourceSection(QWidget):
    """One pixel: what was filled and what it is a copy of, side by side."""

    def __init__(self, inspection: Inspection, actions: Actions, excerpts: Excerpts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection = inspection
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
        dimmed = not self._holds()
        self.filled.show_patch(seen.target, seen.place, dimmed=dimmed)
        self.copied.show_patch(source.patch, (at.top, at.left), dimmed=dimmed)
        self.filled_at.setText(tr("Filled  {x}, {y}").format(x=seen.place[1], y=seen.place[0]))
        self.copied_at.setText(tr("Source  {x}, {y}").format(x=at.left, y=at.top))
        for caption in (self.filled_at, self.copied_at):
            caption.setEnabled(not dimmed)
        self.facts.setText(self._dimmed_text() if dimmed else self._said(source))
        # Once it needed two lines they are kept, so that nothing below moves while the pointer does.
        self.facts.setMinimumHeight(max(self.facts.minimumHeight(), self.facts.heightForWidth(self.facts.width())))
        self.others.show_sources(seen.sources, seen.place)
        self.pin.setChecked(seen.pinned)

    def _holds(self) -> bool:
        """Whether the pair is what the photograph shows: the pointer is there, or has only left the picture."""
        seen = self._inspection
        stands = seen.choice is not None and seen.choice.standing is seen.candidate
        return not seen.dimmed or (seen.away and stands)

    def _dimmed_text(self) -> str:
        over = self._inspection.over
        standing = over.standing if over is not None else None
        return tr("Not filled: this pixel is the original.") if standing is None else _no_source(standing)

    def _said(self, source: Source) -> str:
        seen = self._inspection
        assert seen.place is not None
        assert seen.evidence is not None
        away = math.hypot(source.place.box.top - seen.place[0], source.place.box.left - seen.place[1])
        text = tr("{away} px away · distance {distance} of 255 · {stage}")
        return text.format(away=f"{away:.0f}", distance=f"{source.distance:.1f}", stage=tr(seen.evidence.stage))


class LayerSection(QWidget):
    """What can be drawn over the picture, one at a time, and how strongly."""

    def __init__(self, inspection: Inspection, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection = inspection
        self._layers: list[Layer] = []
        self.rows: list[ListRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        head, form = Form(), Form()
        head.head(tr("Layers"), IconButton(actions["export_evidence"], _TARGET, 28))
        self.opacity = form.slider(tr("Opacity"), Scale(0, 1, "%", step=0.01, factor=100), tr("How much of the layer is seen"))
        self.opacity.changed.connect(inspection.set_opacity)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(self._list)
        column.addSpacing(4)
        column.addWidget(form)

    def show_layers(self, layers: list[Layer]) -> None:
        """List these."""
        if [(layer.name, layer.kind) for layer in layers] == [(layer.name, layer.kind) for layer in self._layers]:
            self._layers = layers
            return
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._layers, self.rows = layers, []
        for layer in layers:
            row = ListRow(layer_title(layer), layer.kind, "eye")
            row.clicked.connect(lambda _=False, name=layer.name: self._clicked(name))
            self._list.addWidget(row)
            self.rows.append(row)

    def _clicked(self, name: str) -> None:
        """The one that is drawn is taken away again."""
        self._inspection.set_layer(None if name == self._inspection.layer_name else name)
        self.show_choice()

    def show_choice(self) -> Layer | None:
        """Mark the one that is drawn; that one."""
        opacity, drawn = self._inspection.opacity, None
        for layer, row in zip(self._layers, self.rows, strict=True):
            is_drawn = layer.name == self._inspection.layer_name
            row.setChecked(is_drawn)
            note = f"{100 * opacity:.0f} %" if is_drawn else ""
            if note != row.note:
                row.set_note(note)
            drawn = layer if is_drawn else drawn
        self.opacity.set_value(opacity)
        self.opacity.set_enabled(drawn is not None)
        return drawn


class KeySection(QWidget):
    """What the colours of the layer mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = KeyView()
        self._layer: Layer | None = None
        head = Form()
        head.head(tr("Key"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.view)

    def show_layer(self, layer: Layer | None) -> None:
        """Of that layer."""
        if layer is not None and layer != self._layer:
            self._layer = layer
            self.view.show_layer(layer)


def _no_source(candidate: Candidate) -> str:
    if candidate.forgotten:
        return tr("To save memory, where this result came from was let go; ask for another result to see it again.")
    return tr("{method} copies nothing, so there is no source to show.").format(method=tr(candidate.title))


def layer_title(layer: Layer) -> str:
    """What a layer is called."""
    known = {"field": tr("Mapping field"), "distance": tr("Distance"), "confidence": tr("Confidence")}
    return known.get(layer.name, tr(layer.name.capitalize()))


def _side_by_side(left: QWidget, right: QWidget, between: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(between)
    row.addWidget(left, 1)
    row.addWidget(right, 1)
    return row
