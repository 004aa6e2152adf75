"""The words a user reads: every text of the window goes through `tr`, so that one translation file changes them all."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """The text in the user's language; values are filled in afterwards, with `format`."""
    return QCoreApplication.translate("Inlay", text)
