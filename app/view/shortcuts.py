"""All that can be asked, with its keys, in a window that can be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.actions import SUBMENUS
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions

SIZE = 560, 640
ROW, HEAD, GUTTER = 28, 40, 12


class Shortcuts(QDialog):
    """A list by menu, made of the actions; what is typed above narrows it."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAccessibleName(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search, self.list = QLineEdit(), QTreeWidget()
        self._parts: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self._prepare()
        for title, rows in (*_of_menus(actions), (tr("With the pointer"), _of_pointer())):
            self._add(title, rows)
        self.list.expandAll()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 4, 8)
        column.setSpacing(4)
        above = QHBoxLayout()
        above.setContentsMargins(0, 0, GUTTER, 0)
        above.addWidget(self.search)
        column.addLayout(above)
        column.addWidget(self.list, 1)
        self.resize(*SIZE)

    def _prepare(self) -> None:
        tree = self.list
        tree.setAccessibleName(tr("Shortcuts"))
        tree.setColumnCount(3)  # the last keeps the scroll bar off the keys
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setIndentation(0)
        tree.setUniformRowHeights(False)
        tree.viewport().setAutoFillBackground(False)
        tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setMinimumSectionSize(GUTTER)
        tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        tree.header().resizeSection(2, GUTTER)

    def _add(self, title: str, rows: list[tuple[str, str, str]]) -> None:
        head = QTreeWidgetItem(self.list, [title])
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        head.setFont(0, font)
        head.setTextAlignment(0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        head.setSizeHint(0, QSize(0, max(HEAD, self.fontMetrics().height() + 12)))
        parts: list[QTreeWidgetItem] = []
        for name, keys, tip in rows:
            row = QTreeWidgetItem(head, [name, keys])
            row.setToolTip(0, tip)
            row.setSizeHint(0, QSize(0, max(ROW, self.fontMetrics().height() + 8)))
            row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            parts.append(row)
        self._parts.append((head, parts))

    def _narrow(self, text: str) -> None:
        """Show only rows that speak of what was typed, and heads that have such rows."""
        words = text.casefold().split()
        for head, rows in self._parts:
            for row in rows:
                told = " ".join((head.text(0), row.text(0), row.text(1), row.toolTip(0))).casefold()
                row.setHidden(not all(word in told for word in words))
            head.setHidden(all(row.isHidden() for row in rows))

    def shown(self) -> list[tuple[str, str]]:
        """Names and keys of the rows that are shown."""
        return [(row.text(0), row.text(1)) for _, rows in self._parts for row in rows if not row.isHidden()]


def _of_menus(actions: Actions) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Title of each menu, and of its actions that have keys: name, keys, what it does."""
    found = [
        (_plain(title), [_row(actions, name) for name in names if name and name not in ("recent", *SUBMENUS)])
        for title, names in actions.menus()
    ]
    return [(title, [row for row in rows if row[1]]) for title, rows in found if any(keys for _, keys, _ in rows)]


def _row(actions: Actions, name: str) -> tuple[str, str, str]:
    action = actions[name]
    return _plain(action.text()), ", ".join(action.property("keys") or ()), action.statusTip()


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")


def _of_pointer() -> list[tuple[str, str, str]]:
    return [
        (tr("Zoom at the pointer"), tr("Wheel"), ""),
        (tr("Move the photograph"), tr("Space+drag, middle button"), ""),
        (tr("Size of the brush, up and down its hardness"), tr("Shift+drag"), ""),
        (tr("Straight stroke from the last one"), tr("Shift+click"), ""),
        (tr("Erase instead of paint, take away instead of add"), tr("Alt"), ""),
        (tr("Pin the source of a pixel, free it"), tr("Click with Inspect"), ""),
        (tr("Move the control point last touched"), tr("Arrows, Shift+arrows"), ""),
        (tr("Take the other half of a control point as it is proposed"), tr("Enter"), ""),
        (tr("Delete the control point last touched"), tr("Delete"), ""),
        (tr("Next part of the window, and back"), tr("F6, Shift+F6"), ""),
    ]
