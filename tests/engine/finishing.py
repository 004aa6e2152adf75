"""The second shelf with one finish more, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import engine.finishes as shelf

if TYPE_CHECKING:
    import pytest

FOLDER = Path(__file__).parent / "finishes"


def lay_palette(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put `palette` on the second shelf."""
    monkeypatch.setattr(shelf, "__path__", [*shelf.__path__, str(FOLDER)])
