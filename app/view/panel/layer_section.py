"""Which layer of evidence lies over the picture, and what its colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.view.controls import CheckBox, IconButton
from app.view.fields import Scale
from app.view.form import Form
from app.view.panel.key_view import KeyView
from app.view.panel.segments import Segments
from app.view.row import ListRow
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions
    from app.display import Display
    from app.inspection import Inspection
    from engine.evidence import Layer

_TARGET = QSize(28, 28)


STAGES = ("field matched", "field corrected")
"""Layers that are one row of the list, and a choice below it."""


class LayerSection(QWidget):
    """What can be drawn over the picture, one at a time, and how strongly."""

    def __init__(self, inspection: Inspection, display: Display, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection, self._display = inspection, display
        self._layers: list[tuple[str, Layer]] = []
        self._names: list[tuple[str, ...]] = []
        self.rows: list[ListRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.stages = Segments(tr("Mapping field"), {STAGES[0]: tr("As matched"), STAGES[1]: tr("As corrected")}, self)
        self.stages.hide()
        self.stages.setToolTip(tr("The field before and after it was corrected inside the hole"))
        self.stages.chosen.connect(inspection.set_layer)
        self.anchors = CheckBox(tr("Show anchors"))
        self.anchors.setToolTip(tr("The places on which the field rests, as dots"))
        self.anchors.clicked.connect(self._set_anchors)
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
        column.addWidget(self.anchors)

    @Slot(bool)
    def _set_anchors(self, on: bool) -> None:
        self._display.set("anchors", on)

    def show_layers(self, layers: list[tuple[str, Layer]]) -> None:
        """List these, each with the name it is asked for by."""
        same = [(name, layer.kind) for name, layer in layers] == [(name, layer.kind) for name, layer in self._layers]
        self._layers = layers
        if same:
            return
        self._list.removeWidget(self.stages)
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        fields = tuple(name for name in STAGES if name in {name for name, _ in layers})
        self.rows, self._names = [], []
        for name, layer in layers:
            if name == STAGES[1] and len(fields) > 1:
                continue  # stands in the row of the other
            self._add(fields if name in fields else (name,), layer)

    def _add(self, names: tuple[str, ...], layer: Layer) -> None:
        has_fields = any(name in STAGES for name, _ in self._layers)
        row = ListRow(layer_title(names[0], beside_fields=has_fields), layer.kind, "eye")
        row.clicked.connect(lambda: self._clicked(names))
        self._list.addWidget(row)
        self.rows.append(row)
        self._names.append(names)
        if len(names) > 1:
            self._list.addWidget(self.stages)

    def _clicked(self, names: tuple[str, ...]) -> None:
        """The one that is drawn is taken away again; of two stages the last comes first."""
        self._inspection.set_layer(None if self._inspection.layer_name in names else names[-1])
        self.show_choice()

    def show_choice(self) -> Layer | None:
        """Mark the one that is drawn; that one."""
        opacity, chosen = self._inspection.opacity, self._inspection.layer_name
        for names, row in zip(self._names, self.rows, strict=True):
            is_drawn = chosen in names
            row.setChecked(is_drawn)
            note = f"{100 * opacity:.0f} %" if is_drawn else ""
            if note != row.note:
                row.set_note(note)
        self.stages.setVisible(any(chosen in names for names in self._names if len(names) > 1))
        self.stages.show_choice(chosen or "")
        drawn = next((layer for name, layer in self._layers if name == chosen), None)
        self.opacity.set_value(opacity)
        self.opacity.set_enabled(drawn is not None)
        self.anchors.setVisible(bool(self._inspection.anchors))
        self.anchors.setChecked(self._display.anchors)
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


def layer_title(name: str, *, beside_fields: bool = False) -> str:
    """What a layer is called; of a fill from references also which of two that are called alike."""
    known = {
        "field": tr("Mapping field, patches") if beside_fields else tr("Mapping field"),
        "field matched": tr("Mapping field"),
        "field corrected": tr("Mapping field"),
        "photograph": tr("From which photograph"),
        "distance": tr("Distance, patches") if beside_fields else tr("Distance"),
        "confidence": tr("Confidence"),
        "rank": tr("Rank that prevails"),
        "inliers": tr("Inliers"),
        "forward-backward": tr("Forward and back"),
    }
    if name in known:
        return known[name]
    alike, comma, stage = name.partition(", ")
    return f"{known[alike]}, {tr(stage)}" if comma and alike in known else tr(name.capitalize())
