"""The front door: `python main.py fill PHOTO MASK -o OUT`, `python main.py methods`."""

import sys


def main() -> int:
    """Do what the command line asks; the exit code."""
    try:
        from engine.commands import run  # noqa: PLC0415 - in here, so that Ctrl+C while it loads is met as well

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)  # noqa: T201
        return 130


if __name__ == "__main__":
    sys.exit(main())
