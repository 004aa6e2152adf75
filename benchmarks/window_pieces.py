"""What window.py runs in processes of their own: each piece takes a photograph and prints its figures as JSON."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import skimage.data
from driving import CANVAS, Driver, wavy
from photographs import enlarged
from PySide6.QtCore import QPointF, Qt

from engine.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {"24 MP": (4000, 6000), "100 MP": (8660, 11547)}


def p99(seconds: list[float]) -> float:
    """Milliseconds that 99 of 100 do not exceed."""
    return 1000 * float(np.percentile(seconds, 99, method="higher"))


def middle(seconds: list[float]) -> float:
    """Milliseconds: the median."""
    return 1000 * statistics.median(seconds)


def stamps(source: str, size: str) -> dict[str, float]:
    """A brush of 96 pixels over a picture of some size, fitted and at 100 %."""
    driver = Driver()
    driver.prepared()
    driver.show(enlarged(photograph(source), SIZES[size]))
    driver.size_canvas()
    driver.desk.toolbox.choose("brush")
    figures: dict[str, float] = {}
    for view, zoom in (("fitted", driver.canvas.fit), ("at 100 %", driver.canvas.actual_size)):
        zoom()
        driver.still()
        for hardness in (1.0, 0.5):
            driver.desk.toolbox.set_hardness(hardness)
            driver.desk.toolbox.set_size(96 / driver.canvas.viewport.scale)
            figures |= series(driver, f"{view}, {'hard' if hardness == 1 else 'soft'}", lambda: driver.drag(wavy(300, *CANVAS)))
    return figures


def series(driver: Driver, name: str, act: Callable[[], list[float]]) -> dict[str, float]:
    """Of many frames: the 99th percentile, the median, and the 99th percentile of what the window's own thread worked."""
    driver.worked.clear()
    spent = act()
    return {name: p99(spent), f"{name}, median": middle(spent), f"{name}, worked": p99(driver.worked)}


def frames(source: str) -> dict[str, float]:
    """A 24-megapixel picture drawn anew, panned and zoomed."""
    driver = Driver()
    driver.prepared()
    driver.show(enlarged(photograph(source), SIZES["24 MP"]))
    driver.size_canvas()
    driver.canvas.fit()
    driver.still()
    figures = series(driver, "fit view drawn anew", lambda: [driver.timed(driver.canvas.update) for _ in range(200)])
    driver.desk.toolbox.choose("hand")
    for name, zoom in (("at 100 %", 1.0), ("at 40 %", 0.4)):
        driver.canvas.set_viewport(driver.canvas.viewport.zoomed_to(zoom, CANVAS[0] / 2, CANVAS[1] / 2))
        driver.still()
        ways = [wavy(150, *CANVAS), wavy(150, *CANVAS)[::-1]]
        figures |= series(driver, f"pan {name}", lambda ways=ways: [spent for way in ways for spent in driver.drag(way)])
    driver.canvas.fit()
    driver.still()
    turns = (*[1] * 25, *[-1] * 25) * 4
    return figures | series(driver, "zoom", lambda: [driver.timed(lambda by=by: driver.wheel(QPointF(700, 450), by)) for by in turns])


def first_enter(source: str) -> dict[str, float]:
    """Open a photograph, or else the sample, as soon as the window is there, paint over a part of it, and press Enter at once."""
    driver = Driver()
    if source:
        driver.desk.filing.open(Path(source))
    else:
        driver.desk.actions["open_sample"].trigger()
    driver.until(lambda: driver.desk.document.photograph is not None)
    driver.still(0.1)
    said: list[str] = []
    driver.desk.filling.changed.connect(lambda: said.extend(row.text for row in driver.desk.filling.rows()))
    return _filled(driver) | {"told": float(any(text.startswith("Preparing for this processor, once") for text in said))}


def photograph_of_24(source: str) -> dict[str, float]:
    """A 24-megapixel JPEG: opened, painted over (2 %), filled, with the engine ready."""
    driver = Driver()
    driver.prepared()
    begun = time.perf_counter()
    driver.desk.filing.open(Path(source))
    driver.until(lambda: driver.canvas.has_picture)
    seen = driver.eye.seen
    driver.until(lambda: driver.eye.seen > seen)
    painted = time.perf_counter() - begun
    driver.until(lambda: driver.desk.document.photograph is not None)
    whole = time.perf_counter() - begun
    driver.still()
    figures = _filled(driver)
    driver.desk.close()
    return {"first paint": painted, "whole": whole} | figures


def _filled(driver: Any) -> dict[str, float]:
    """Paint over the middle (2 % of the picture) and press Enter: seconds to the first preview and to the last pixel, painted."""
    filling, (height, width) = driver.desk.filling, driver.desk.document.photograph.size
    wide = round((0.02 * height * width / 2) ** 0.5)
    driver.paint_over(Box(height // 2 - wide, width // 2 - wide // 2, 2 * wide, wide))
    hole = float((driver.desk.document.mask.pixels > 0).mean())
    events: dict[str, int] = {}
    filling.previewed.connect(lambda _patch: events.setdefault("preview", driver.eye.seen))
    filling.filled.connect(lambda _choices: events.setdefault("filled", driver.eye.seen))
    begun = time.perf_counter()
    driver.key(Qt.Key.Key_Return)
    driver.until(lambda: "preview" in events and driver.eye.seen > events["preview"])
    preview = time.perf_counter() - begun
    driver.until(lambda: "filled" in events and driver.eye.seen > events["filled"])
    return {"preview": preview, "last pixel": time.perf_counter() - begun, "hole": hole}


def memory(source: str) -> dict[str, float]:
    """An open 24-megapixel JPEG after ten strokes and ten fills, each a step of undo, above the empty window with torch loaded."""
    driver = Driver()
    driver.prepared()
    driver.still()
    before = driver.memory
    driver.desk.filing.open(Path(source))
    driver.until(lambda: driver.desk.document.photograph is not None)
    driver.still()
    opened = driver.memory - before
    done: list[object] = []
    driver.desk.filling.filled.connect(done.append)
    for k in range(10):
        driver.paint_over(Box(300 + 330 * k, 500 + 480 * k, 300, 150))
        driver.key(Qt.Key.Key_Return)
        driver.until(lambda k=k: len(done) > k)
        driver.still(0.1)
    steps = sum(1 for _ in driver.desk.document.history.done)
    driver.still(1.0)
    after = driver.memory - before
    driver.desk.close()
    return {"": after, "opened": opened, "empty window": before, "undo steps": steps}


def jpeg(source: str, to: str) -> dict[str, float]:
    """Write the photograph, enlarged to 24 megapixels."""
    chroma = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    cv2.imwrite(to, enlarged(photograph(source), SIZES["24 MP"])[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92, *chroma])
    return {}


def photograph(source: str) -> np.ndarray:
    """A photograph (h, w, 3): the file's, or one that scikit-image ships."""
    if not source:
        return skimage.data.coffee()
    return np.ascontiguousarray(np.asarray(cv2.imread(source, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


PIECES: dict[str, Callable[..., dict[str, float]]] = {
    piece.__name__: piece for piece in (jpeg, stamps, frames, first_enter, photograph_of_24, memory)
}

if __name__ == "__main__":
    print(json.dumps(PIECES[sys.argv[1]](*sys.argv[2:])), flush=True)
    os._exit(0)  # what is unsaved is not asked about
