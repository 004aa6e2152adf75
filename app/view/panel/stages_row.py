"""How a fill came about, from the hole to the result: a small picture of each stage, in a row of which one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.retrieving import stage_title
from app.view import marks
from app.view.controls import label, step_along
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE, HIGH = 4, 3
"""The shape of a picture."""

LEAST, BETWEEN = 44, 6
"""Device-independent pixels a picture is wide at least, and between two."""

_RING, _INNER, _RADIUS = 3.0, 1.0, 3.0


class _Stage(QAbstractButton):
    """One of the pictures; the one that holds has a ring."""

    def __init__(self, stage: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image: QImage | None = None
        self.setText(stage_title(stage))
        self.setAccessibleName(stage_title(stage))
        self.setAccessibleDescription(meaning(stage))
        self.setToolTip(f"{stage_title(stage)}\n{meaning(stage)}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Five in a panel of its first width."""
        return QSize(52, self.heightForWidth(52))

    def minimumSizeHint(self) -> QSize:
        """As small as can be told apart and hit."""
        return QSize(LEAST, self.heightForWidth(LEAST))

    def hasHeightForWidth(self) -> bool:
        """The picture keeps its shape."""
        return True

    def heightForWidth(self, arg__1: int) -> int:
        """The picture keeps its shape."""
        return arg__1 * HIGH // WIDE

    def keyPressEvent(self, e: QKeyEvent) -> None:
        """Left and right go to the next one and let it hold."""
        if not step_along(self, e):
            super().keyPressEvent(e)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, its ring."""
        del event
        painter, worn, rect = QPainter(self), current(), QRectF(self.rect())
        marks.ground(painter, rect, worn.control, _RADIUS)
        if self.image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(rect, self.image)
        if self.isChecked():
            marks.border(painter, rect, worn.text, _RING, _RADIUS)
            marks.border(painter, rect.adjusted(_RING, _RING, -_RING, -_RING), worn.chrome, _INNER, 1)
        elif self.underMouse():
            marks.border(painter, rect, worn.second, 1, 1)
        if marks.has_ring(self):
            marks.border(painter, rect, worn.accent, 2, _RADIUS)
            marks.border(painter, rect.adjusted(2, 2, -2, -2), worn.chrome, 1, 1)


class StagesRow(QWidget):
    """The stages in order, and below them the name of the one that holds and what it is."""

    chosen = Signal(str)
    """The user took another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Stage"))
        self.buttons: dict[str, QAbstractButton] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout()
        self._row.setSpacing(BETWEEN)
        self.title, self.text = label("", "strong"), label("", "small", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._row)
        column.addSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for the longest sentence, so that nothing below moves from stage to stage."""
        super().resizeEvent(event)
        room, wraps = QRect(0, 0, max(1, self.width()), 1 << 15), Qt.TextFlag.TextWordWrap
        metrics = self.text.fontMetrics()
        self.text.setMinimumHeight(max((metrics.boundingRect(room, wraps, meaning(stage)).height() for stage in self.buttons), default=0))

    def set_stages(self, stages: tuple[str, ...]) -> None:
        """Have these to choose from."""
        if stages == tuple(self.buttons):
            return
        for button in self.buttons.values():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {stage: self._made(stage) for stage in stages}

    def _made(self, stage: str) -> QAbstractButton:
        button = _Stage(stage, self)

        def clicked() -> None:
            self.chosen.emit(stage)

        button.clicked.connect(clicked)
        self._group.addButton(button)
        self._row.addWidget(button, 1)
        return button

    def show_images(self, drawn: Callable[[str], QImage | None]) -> None:
        """Let each show its picture, which `drawn` makes of a stage's name."""
        for stage, button in self.buttons.items():
            if isinstance(button, _Stage):
                button.image = drawn(stage)
                button.update()

    def show_choice(self, stage: str) -> None:
        """Which one holds; nothing is emitted."""
        if stage in self.buttons:
            self.buttons[stage].setChecked(True)
            number = tuple(self.buttons).index(stage) + 1
            self.title.setText(tr("{number} of {count}  {stage}").format(number=number, count=len(self.buttons), stage=stage_title(stage)))
            self.text.setText(meaning(stage))


def meaning(stage: str) -> str:
    """What is seen at a stage, in a sentence."""
    known = {
        "hole": tr("What was there to begin with."),
        "coarse": tr("Colours and shapes, without texture."),
        "retrieved": tr("At each place the best patch, as it was found."),
        "synthesised": tr("Made of all of the patches."),
        "blended": tr("The result, as it stands in the photograph."),
    }
    return known.get(stage, "")
