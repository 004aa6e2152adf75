"""The menus, made of the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QMenuBar

from app.actions import SUBMENUS
from app.words import tr

if TYPE_CHECKING:
    from app.actions import Actions

RECENT = "recent"


def menu_bar(actions: Actions) -> tuple[QMenuBar, QMenu]:
    """A bar with all menus, and the menu of recent files, which is for its owner to fill."""
    bar, recent = QMenuBar(), QMenu(tr("Open &recent"))
    bar.setAccessibleName(tr("Menus"))
    for title, names in actions.menus():
        menu = bar.addMenu(title)
        menu.setToolTipsVisible(False)
        for name in names:
            _add(menu, name, actions, recent)
    recent.setParent(bar, recent.windowFlags())
    return bar, recent


def _add(menu: QMenu, name: str, actions: Actions, recent: QMenu) -> None:
    if not name:
        menu.addSeparator()
    elif name == RECENT:
        menu.addMenu(recent)
    elif name in SUBMENUS:
        inner = menu.addMenu(_titles()[name])
        inner.addActions(actions.in_group(name))
    else:
        menu.addAction(actions[name])


def _titles() -> dict[str, str]:
    return {"mask_colour": tr("Mask &colour"), "surround": tr("Su&rround"), "theme": tr("&Theme")}
