"""The manual, read in a window of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from app.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PAGE = Path(__file__).resolve().parents[2] / "docs" / "manual.md"
WIDTH = 740
"""Of a line of text, and of a picture."""


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
        self._set()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002 (Qt's name)
        """A picture, made as wide as the page with care: the browser itself would leave out pixels."""
        image = QImage(str(PAGE.parent / QUrl(name).path())) if type == QTextDocument.ResourceType.ImageResource.value else QImage()
        if image.isNull():
            return super().loadResource(type, name)
        small = image.scaledToWidth(round(WIDTH * self.devicePixelRatioF()), Qt.TransformationMode.SmoothTransformation)
        small.setDevicePixelRatio(self.devicePixelRatioF())
        return small

    def sizeHint(self) -> QSize:
        """As wide as a page that is read with ease."""
        return QSize(WIDTH + 80, 760)

    def _set(self) -> None:
        """Room between lines and paragraphs; pictures as wide as the page."""
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            room = block.blockFormat()
            if not cursor.currentTable():
                room.setBottomMargin(10)
            room.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if _has_picture(cursor):
                room.setLineHeight(100, QTextBlockFormat.LineHeightTypes.SingleHeight.value)
            cursor.setBlockFormat(room)
            block = block.next()


def _has_picture(cursor: QTextCursor) -> bool:
    """Whether a paragraph is a picture, which is then made as wide as the page."""
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    if not cursor.charFormat().isImageFormat():
        return False
    image = cursor.charFormat().toImageFormat()
    image.setWidth(WIDTH)
    cursor.setCharFormat(image)
    return True


def _open(url: QUrl) -> None:
    QDesktopServices.openUrl(url)
