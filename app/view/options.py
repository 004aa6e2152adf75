"""What the tool in hand can be set to, in the header: size and hardness, a hint, or what a split shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.toolbox import LARGEST, SMALLEST
from app.view.controls import ComboBox, label
from app.view.fields import Scale, SliderField
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.display import Display, Sight
    from app.document import Document
    from app.toolbox import Toolbox

GAP, SLIDER, SHORT_SLIDER, SECTION = 8, 120, 80, 24
LEVELS = range(4)
"""From everything to the name alone: labels go first, then hardness, then size or the hint."""


class Options(QWidget):
    """A row of one of several parts. `fit` leaves away what a width has no room for; nothing is ever clipped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = label("", "strong")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GAP)
        self.row.addWidget(self.name)
        self.row.addSpacing(12)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def parts(self) -> Iterable[tuple[QWidget, int]]:
        """Each widget and the last level at which it is seen."""
        return ()

    def fit(self, width: int, first: int) -> None:
        """Show as much as fits, from a level on."""
        for level in range(first, LEVELS.stop):
            for widget, last in self.parts():
                widget.setVisible(level <= last)
            self.row.invalidate()
            if self.row.sizeHint().width() <= width:
                break

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be: `fit` sees to it."""
        return QSize(0, self.row.minimumSize().height())


class PaintOptions(Options):
    """Size and hardness of brush and eraser."""

    def __init__(self, toolbox: Toolbox) -> None:
        super().__init__()
        self._toolbox = toolbox
        self.size_label, self.hardness_label = label(tr("Size"), "label"), label(tr("Hardness"), "label")
        self.size_field = SliderField(tr("Size"), Scale(SMALLEST, LARGEST, tr("px"), even=False), self)
        self.hardness = SliderField(tr("Hardness"), Scale(0, 1, "%", step=0.01, factor=100), self)
        self.size_field.set_tip(tr("Diameter in pixels of the photograph ([ and ], or Shift+drag)"))
        self.hardness.set_tip(tr("How sharp the edge of the brush is (Shift+[ and Shift+])"))
        self._put(self.size_label, self.size_field)
        self._gap = QWidget()
        self._gap.setFixedWidth(SECTION - 2 * GAP)
        self.row.addWidget(self._gap)
        self._put(self.hardness_label, self.hardness)
        self.row.addStretch(1)
        self.size_field.changed.connect(toolbox.set_size)
        self.hardness.changed.connect(toolbox.set_hardness)
        toolbox.changed.connect(self.show_values)
        self.show_values()

    def _put(self, name: QLabel, number: SliderField) -> None:
        name.setBuddy(number.slider)
        number.slider.setFixedWidth(SLIDER)
        number.field.align(Qt.AlignmentFlag.AlignLeft)
        for widget in (name, number.slider, number.field):
            self.row.addWidget(widget)

    def parts(self) -> Iterable[tuple[QWidget, int]]:
        """Labels, then hardness, then size."""
        size, hardness = self.size_field, self.hardness
        return (
            *((self.size_label, 0), (self.hardness_label, 0), (self._gap, 1)),
            *((hardness.slider, 1), (hardness.field, 1), (size.slider, 2), (size.field, 2)),
        )

    @Slot()
    def show_values(self) -> None:
        """As the toolbox has them."""
        toolbox = self._toolbox
        self.name.setText(tr("Eraser") if toolbox.tool == "eraser" else tr("Brush"))
        self.size_field.set_value(toolbox.size)
        self.hardness.set_value(toolbox.hardness)


class HintOptions(Options):
    """What to do with a tool that has nothing to be set."""

    def __init__(self) -> None:
        super().__init__()
        self.hint = label("", "label")
        self.row.addWidget(self.hint)
        self.row.addStretch(1)

    def parts(self) -> Iterable[tuple[QWidget, int]]:
        """The hint goes whole, before it would be clipped."""
        return ((self.hint, 2),)

    def show_tool(self, tool: str) -> None:
        """Name and hint of a tool."""
        name, hint = hints()[tool]
        self.name.setText(name)
        self.hint.setText(hint)


class SplitOptions(Options):
    """What stands on both sides of a split's line."""

    def __init__(self, document: Document, display: Display) -> None:
        super().__init__()
        self._document, self._display = document, display
        self.name.setText(tr("Split"))
        self.left, self.right = ComboBox(tr("Left of the line")), ComboBox(tr("Right of the line"))
        self.between = label(tr("with"), "label")
        for widget in (self.left, self.between, self.right):
            self.row.addWidget(widget)
        self.row.addStretch(1)
        self.left.activated.connect(self._set("left", self.left))
        self.right.activated.connect(self._set("right", self.right))
        document.choices_changed.connect(self.show_values)
        display.changed.connect(self.show_values)
        self.show_values()

    def parts(self) -> Iterable[tuple[QWidget, int]]:
        """The word between goes first."""
        return ((self.between, 0), (self.left, 2), (self.right, 2))

    def _set(self, side: str, box: ComboBox) -> Callable[[int], None]:
        return lambda index: self._display.set(side, box.itemData(index))

    @Slot()
    def show_values(self) -> None:
        """What there is to compare, and what is compared."""
        for box, sight in ((self.left, self._display.left), (self.right, self._display.right)):
            wanted = self._sights()
            if [box.itemData(index) for index in range(box.count())] != [sight for sight, _ in wanted]:
                box.clear()
                for value, text in wanted:
                    box.addItem(text, value)
            box.setCurrentIndex(max(0, next((at for at, (value, _) in enumerate(wanted) if value == sight), 0)))

    def _sights(self) -> list[tuple[Sight, str]]:
        shown = self._document.shown
        results = range(len(shown.candidates)) if shown else range(0)
        plain: list[tuple[Sight, str]] = [("original", tr("Original")), ("current", tr("As it is now"))]
        return plain + [(index, tr("Result {number}").format(number=index + 1)) for index in results]


def hints() -> dict[str, tuple[str, str]]:
    """Name and hint of each tool that has no options."""
    return {
        "lasso": (tr("Lasso"), tr("Draw around what is to go. Shift adds, Alt takes away.")),
        "rectangle": (tr("Rectangle"), tr("Drag a box over what is to go. Shift adds, Alt takes away.")),
        "area": (tr("Sampling area"), tr("Paint where texture may come from. Alt forbids.")),
        "points": (tr("Control points"), tr("Click a place in one picture, then in the other.")),
        "inspect": (tr("Inspect"), tr("Point at a filled pixel. Click to pin.")),
        "hand": (tr("Hand"), tr("Drag to move the photograph. The wheel zooms.")),
    }
