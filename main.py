"""The front door: `python main.py [PHOTO]` opens the window; `python main.py fill PHOTO MASK -o OUT` and `methods` work without."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def main() -> int:
    """Do what the command line asks; the exit code."""
    try:
        from engine.commands import run  # noqa: PLC0415 - in here, so that Ctrl+C while it loads is met as well

        return run(sys.argv[1:], window)
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)  # noqa: T201
        return 130


def window(photo: Path | None) -> int:
    """Open the window; the exit code."""
    from app.start import open_window  # noqa: PLC0415 - Qt is loaded by who wants a window, and nobody else

    return open_window(photo)


if __name__ == "__main__":
    sys.exit(main())
