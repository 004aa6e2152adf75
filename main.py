"""The front door: `python main.py fill PHOTO MASK -o OUT`, `python main.py methods`."""

import sys

from engine.commands import run


def main() -> int:
    """Do what the command line asks; the exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
