"""The manual, read in a window of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QTextBrowser

from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PAGE = Path(__file__).resolve().parents[2] / "docs" / "manual.md"


class Manual(QTextBrowser):
    """docs/manual.md with its pictures. Links to other pages open where the system opens them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.setWindowTitle(tr("Inlay: manual"))
        self.setAccessibleName(tr("Manual"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setOpenLinks(False)
        self.anchorClicked.connect(_open)
        self.document().setDocumentMargin(24)
        self.document().setBaseUrl(QUrl.fromLocalFile(str(PAGE)))
        self.document().setMarkdown(PAGE.read_text(encoding="utf-8"))
        self._fit_pictures()

    def sizeHint(self) -> QSize:
        """As wide as a page that is read with ease."""
        return QSize(820, 760)

    def _fit_pictures(self) -> None:
        """Pictures are taken in at the width of the page."""
        block = self.document().begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                fragment = pieces.fragment()
                if fragment.charFormat().isImageFormat():
                    image = fragment.charFormat().toImageFormat()
                    image.setWidth(740)
                    cursor = self.textCursor()
                    cursor.setPosition(fragment.position())
                    cursor.setPosition(fragment.position() + fragment.length(), cursor.MoveMode.KeepAnchor)
                    cursor.setCharFormat(image)
                    break
                pieces += 1
            block = block.next()


def _open(url: QUrl) -> None:
    QDesktopServices.openUrl(url)
