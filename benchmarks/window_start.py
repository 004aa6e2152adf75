"""What window.py runs to time a start: nothing is imported here that main.py does not import; prints figures as JSON."""

import json
import os
import sys
import time

from driving import Eye, compiled

import engine.commands  # noqa: F401 - as main.py does
from app.application import application, opened


def start() -> dict[str, float]:
    """From nothing to a painted first page, and what was compiled until the engine was ready."""
    begun = int(os.environ["INLAY_BEGUN"])
    qt = application()
    window = opened()
    eye = Eye(window.start)
    while not eye.seen:
        qt.processEvents()
    up, light = (time.monotonic_ns() - begun) / 1e9, "torch" not in sys.modules
    while not window.desk.recipe.cards:
        qt.processEvents()
        time.sleep(0.001)
    window.desk.close()
    return {"": up, "torch loaded before": float(not light), "engine ready": (time.monotonic_ns() - begun) / 1e9, "compiled": compiled()}


if __name__ == "__main__":
    print(json.dumps(start()), flush=True)
    os._exit(0)
