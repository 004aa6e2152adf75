"""The small widgets of the window: labels, buttons with an icon or a key's cap, combo and check boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from app.view import icons, marks
from app.view.style import bold
from app.view.theme import current
from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

Role: TypeAlias = Literal["", "head", "strong", "label", "small", "caption", "title"]
"""How a label is set: body text, head of a section, demi-bold, second tone, small in second tone, small, the start's title."""

ROW, PRIMARY = 28, 36
"""Heights of a row with its control, and of the next step."""


def label(text: str, role: Role = "", *, wraps: bool = False) -> QLabel:
    """A text in one of the window's few ways to set one."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if wraps:
        made.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def named(action: QAction) -> str:
    """What an action is called, without its mnemonic."""
    return action.text().replace("&", "")


def key_of(action: QAction) -> str:
    """The key that asks for an action, as it stands on a cap; empty where it has none."""
    keys: list[str] = action.property("keys") or []
    return keys[0].replace("Return", tr("Enter")) if keys else ""


class Button(QPushButton):
    """A button of 28 px; `acts` ties it to an action."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(text)
        self._action: QAction | None = None

    def acts(self, action: QAction) -> Self:
        """Ask for an action when pressed; it can be pressed while the action can be asked for."""
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self.setToolTip(action.statusTip())
        self._follow()
        return self

    @Slot()
    def _follow(self) -> None:
        if self._action is not None:
            self.setEnabled(self._action.isEnabled())


class Link(Button):
    """Text that acts; its letters reach to its right edge, so that it ends where the rows end."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Its text, and room for the ring at the left; high enough to be hit."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 6, max(ROW, self.fontMetrics().height() + 8))

    def minimumSizeHint(self) -> QSize:
        """Nothing is clipped."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Text in the accent's colour, underlined under the pointer."""
        del event
        painter, worn, font = QPainter(self), current(), self.font()
        font.setUnderline(self.isEnabled() and self.underMouse())
        painter.setFont(font)
        painter.setPen(QColor(worn.accent if self.isEnabled() else worn.off))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.text())
        marks.ring(painter, self, QRectF(self.rect()))


class IconTextButton(Button):
    """A button with an icon before its text."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._icon = icon

    def sizeHint(self) -> QSize:
        """Room for the icon too."""
        hint = super().sizeHint()
        return QSize(hint.width() + 26, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Nothing is clipped."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and ring are the sheet's; icon and text stand in the middle together."""
        del event
        painter, option, worn = QPainter(self), QStyleOptionButton(), current()
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        colour = worn.text if self.isEnabled() else worn.off
        across = 18 + 6 + self.fontMetrics().horizontalAdvance(self.text())
        left, middle = (self.width() - across) / 2, self.height() / 2
        icons.draw(painter, self._icon, worn.second if self.isEnabled() else worn.off, QPointF(left + 9, middle), 18)
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(left + 24, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())


class KeyButton(Button):
    """The next step and its like, 36 px: a text and the cap of its key. The primary one is filled, its text in the middle.

    On the surround a button is raised, and the primary one has its text at the left, as the others have.
    """

    def __init__(self, text: str, key: str = "", *, primary: bool = False, raised: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._key, self._primary, self._raised = key, primary, raised
        self._pad = 16 if raised else 12
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Another text, seen and spoken."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    def _text_font(self) -> QFont:
        return bold(self.font()) if self._primary else self.font()

    def _text_width(self) -> int:
        return round(QFontMetricsF(self._text_font()).horizontalAdvance(self.text()) + 0.5)

    def _cap_width(self) -> int:
        return round(marks.cap_size(self._key, self.font()).width() + 0.5) if self._key else 0

    def sizeHint(self) -> QSize:
        """Text and cap, with 12 around (16 on the surround) and 16 between."""
        between = (32 if self._raised else 16) if self._key else 0
        return QSize(2 * self._pad + self._text_width() + between + self._cap_width(), max(PRIMARY, self.fontMetrics().height() + 16))

    def minimumSizeHint(self) -> QSize:
        """Where room is short the cap goes first: the text is never clipped."""
        return QSize(2 * self._pad + self._text_width(), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, text, cap, ring."""
        del event
        painter, worn, rect = QPainter(self), current(), QRectF(self.rect())
        marks.ground(painter, rect, self._ground())
        colour = worn.off if not self.isEnabled() else worn.on_primary if self._primary else worn.text
        has_cap = bool(self._key) and self.width() >= 2 * self._pad + self._text_width() + 8 + self._cap_width()
        painter.setFont(self._text_font())
        painter.setPen(QColor(colour))
        painter.drawText(self._text_rect(rect, has_cap=has_cap), Qt.AlignmentFlag.AlignVCenter, self.text())
        if has_cap:
            size = marks.cap_size(self._key, self.font())
            place = QRectF(rect.right() - 12 - size.width(), round(rect.center().y() - size.height() / 2), size.width(), size.height())
            marks.cap(painter, place, self._key, self.font(), *self._cap_colours())
        marks.ring(painter, self, rect)
        if self._primary and marks.has_ring(self):
            marks.border(painter, rect.adjusted(2, 2, -2, -2), worn.on_primary, 1, 3)

    def _text_rect(self, rect: QRectF, *, has_cap: bool) -> QRectF:
        """Left, or, of the primary one, in the middle as far as the cap leaves it free."""
        left = float(self._pad)
        if self._primary and not self._raised:
            free = rect.width() - self._text_width()
            left = max(12.0, min(free / 2, free - (20 + self._cap_width() if has_cap else 12)))
        return QRectF(left, 0, rect.width() - left, rect.height())

    def _ground(self) -> str:
        worn = current()
        if not self.isEnabled():
            return worn.control
        if self._primary:
            return QColor(worn.primary).darker(118 if self.isDown() else 107 if self.underMouse() else 100).name()
        if self._raised:
            return worn.hover if self.isDown() or self.underMouse() else worn.raised
        return worn.selected if self.isDown() else worn.hover if self.underMouse() else worn.control

    def _cap_colours(self) -> tuple[str, str]:
        worn = current()
        if not self.isEnabled():
            return worn.off, worn.off
        return (worn.on_primary, worn.on_primary) if self._primary else (worn.second, worn.edge)


class IconButton(QToolButton):
    """An action as an icon. What is checked has a ground and a line in text colour at one edge.

    Args:
        action: what it asks for; its property "drawing" names the drawing.
        line: the edge of the line; None: being checked is not marked, only the drawing changes.
        size: of the whole target.
        ground: side of the ground in its middle.
        off_icon: the drawing while not checked, where it is another one.
    """

    def __init__(self, action: QAction, size: QSize, ground: int, line: Qt.Edge | None = None, off_icon: str = "") -> None:
        super().__init__()
        self._size, self._ground_side, self._line, self._off_icon = size, ground, line, off_icon
        self.setDefaultAction(action)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        action.changed.connect(self._renamed)
        self._renamed()

    @Slot()
    def _renamed(self) -> None:
        self.setAccessibleName(named(self.defaultAction()))
        self.update()

    def sizeHint(self) -> QSize:
        """As asked."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """Nothing is clipped."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, drawing, line, ring."""
        del event
        painter, worn, side = QPainter(self), current(), float(self._ground_side)
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        marked = self.isChecked() and self._line is not None
        active = self.isEnabled() and (self.underMouse() or self.isDown())
        if marked or active:
            marks.ground(painter, place, worn.selected if marked or self.isDown() else worn.control)
        if marked:
            painter.fillRect(self._line_rect(place), QColor(worn.text if self.isEnabled() else worn.off))
        bright = active or self.isChecked()
        colour = worn.off if not self.isEnabled() else worn.text if bright else worn.second
        icons.draw(painter, self._drawing(), colour, QRectF(self.rect()).center())
        marks.ring(painter, self, place)

    def _drawing(self) -> str:
        return self._off_icon if self._off_icon and not self.isChecked() else str(self.defaultAction().property("drawing"))

    def _line_rect(self, ground: QRectF) -> QRectF:
        """Along an edge of the target, shorter than the ground."""
        thick, inset = marks.SELECTED_LINE, 6
        if self._line == Qt.Edge.LeftEdge:
            return QRectF(0, ground.top() + inset, thick, ground.height() - 2 * inset)
        return QRectF(ground.left() + inset, self.height() - thick, ground.width() - 2 * inset, thick)


class ComboBox(QComboBox):
    """A combo box as wide as its widest entry. The wheel over it scrolls the page and chooses nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(QStyledItemDelegate(self))  # the usual one of a combo box does not ask the sheet
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chevron is ours."""
        super().paintEvent(event)
        worn = current()
        colour = worn.second if self.isEnabled() else worn.off
        icons.draw(QPainter(self), "down", colour, QPointF(self.width() - 15, self.height() / 2), 16)


class CheckBox(QCheckBox):
    """A check box; its check is drawn with our icon."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and text are the sheet's."""
        super().paintEvent(event)
        painter, option = QPainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        box = QRectF(self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self))
        if self.isChecked():
            icons.draw(painter, "check", current().on_primary, box.center(), 14)
        marks.ring(painter, self, box.adjusted(-3, -3, 3, 3))


def step_along(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Let left and right press the next button of its group, which gets the focus; whether they did."""
    step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
    group = button.group()
    if step is None or not group:
        return False
    buttons = group.buttons()
    other = buttons[(buttons.index(button) + step) % len(buttons)]
    other.click()
    other.setFocus(Qt.FocusReason.TabFocusReason)
    return True
