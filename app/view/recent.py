"""The menu of files opened lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.filing import Filing


def keep_recent(menu: QMenu, filing: Filing) -> None:
    """Fill the menu anew whenever it opens, and say what to do when a file is chosen."""

    def fill() -> None:
        menu.clear()
        for path in filing.recent:
            action = menu.addAction(path.name.replace("&", "&&"))
            action.setStatusTip(str(path))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: filing.open(path))
        if menu.isEmpty():
            menu.addAction(tr("None yet")).setEnabled(False)

    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(fill)
    fill()
