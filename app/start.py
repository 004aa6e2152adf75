"""Starting the window, or saying in one sentence why there can be none."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from PySide6.QtCore import QMessageLogContext, QtMsgType

WITHOUT = "`inlay fill PHOTO MASK -o OUT` needs none"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def open_window(photo: Path | None) -> int:
    """Open the window, with a photograph where one is given, until it is closed; the exit code.

    Raises BadInput where no window can be opened here.
    """
    if sys.platform.startswith("linux") and not any(map(os.environ.get, SCREENS)):
        raise BadInput(f"There is no screen to open a window on; {WITHOUT}.")
    if sys.platform == "win32":
        import torch  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport] - its libraries do not load after Qt's
    try:
        import PySide6.QtWidgets  # noqa: F401, PLC0415 # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        raise BadInput(f"No window can be opened, because Qt does not load ({error}); {WITHOUT}.") from error
    from app.application import application, run  # noqa: PLC0415

    with _refusal_in_words():
        held = application()
    code = run(photo)
    del held
    return code


@contextmanager
def _refusal_in_words() -> Generator[None]:
    """Where Qt finds no screen it can use it ends the process: say why, and end it as other bad input does."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler  # noqa: PLC0415

    reasons: list[str] = []

    def heard(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del context
        if kind != QtMsgType.QtFatalMsg:
            reasons.append(text)
            return
        why = next((one for one in reasons if "onnect" in one or "ould not find" in one), text)
        first = " ".join(why.split()).split(". ", maxsplit=1)[0].rstrip(".")
        print(f"Qt finds no screen to open a window on ({first}); {WITHOUT}.", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(2)

    before = qInstallMessageHandler(heard)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
        for text in reasons:
            print(text, file=sys.stderr)  # noqa: T201
