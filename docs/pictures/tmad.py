"""Draws the pictures of docs/tmad.md beside itself: `python docs/pictures/tmad.py` (a few minutes). All at full size.

Where there is no screen: `QT_QPA_PLATFORM=offscreen`.

tmad.jpg            photographs with a hole, filled by patches alone, and from the texture memory
tmad-stages.jpg     the stages of these fills
tmad-retrieved.jpg  cells of the sample scene's fill and the patches they were made from
tmad-smooth.jpg     one hole from texture to smooth
tmad-memory.jpg     the same hole with aligned patches and with the paper's windows
tmad-finish.jpg     the same hole by other methods, with and without the texture memory as their finish
tmad-window.jpg     the window, looking into the sample scene's fill
"""  # noqa: INP001 - a script, part of no package

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import skimage.data
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PySide6.QtCore import QDeadlineTimer, QSettings, Qt
from window import FILLED, QUALITY, SIZE, Tour

from app.application import application, opened
from engine.files.evidence_sheet import contact_sheet, telling
from engine.finishes import finish_named
from engine.geometry import Box
from engine.job import Job, Result, chosen_settings, finished
from engine.methods import method_named
from engine.picture import Mask, Picture
from engine.pipeline import Pipeline
from engine.retrieved import RetrievedPatches

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "resources" / "samples"
GAP, TITLE = 12, 24
"""Between two pictures, and of the line above, in pixels."""
CELLS = 4
"""Of the sample scene, that are shown with their patches."""
WIDTH = 1200
"""Of that sheet at most."""

Pixels = NDArray[np.uint8]


class Scene(NamedTuple):
    """A photograph, its hole, and what of it is shown."""

    picture: Picture
    mask: Mask
    view: Box


def scenes() -> list[Scene]:
    """The drawn sample; fur and whiskers; the rim of a saucer on wood."""
    sample, hidden = (np.asarray(Image.open(SAMPLES / name)) for name in ("landmark.jpg", "landmark-mask.png"))
    return [
        Scene(Picture(np.ascontiguousarray(sample)), Mask(np.ascontiguousarray(hidden)), Box(720, 870, 460, 420)),
        _scene(skimage.data.chelsea(), (200, 130), (52, 60), Box(90, 0, 210, 420)),
        _scene(skimage.data.coffee(), (225, 455), (62, 58), Box(120, 180, 210, 420)),
    ]


def _scene(pixels: Pixels, middle: tuple[int, int], radii: tuple[int, int], view: Box) -> Scene:
    return Scene(Picture(pixels), Mask(_round(pixels.shape[:2], middle, radii)), view)


def _round(size: tuple[int, int], middle: tuple[int, int], radii: tuple[int, int]) -> Pixels:
    rows, columns = np.ogrid[: size[0], : size[1]]
    inside = ((rows - middle[0]) / radii[0]) ** 2 + ((columns - middle[1]) / radii[1]) ** 2 <= 1
    return np.where(inside, np.uint8(255), np.uint8(0))


def filled(scene: Scene, method: str, *settings: str, finish: str = "") -> Result:
    """A scene's hole filled by a method with settings, and a finish with its usual ones."""
    chosen = chosen_settings(settings, method_named(method).card.settings)
    finishing = finish_named(finish).card.settings() if finish else None
    job = Job(scene.picture, scene.mask, method, chosen, device="cpu", finish=finish, finishing=finishing)
    return finished(Pipeline().run(job))


def after(scene: Scene, result: Result) -> Image.Image:
    """What is shown of a filled scene."""
    return Image.fromarray(scene.picture.with_patches(result.patches).pixels[scene.view.slices])


def before(scene: Scene) -> Image.Image:
    """What is shown of a scene, its hole grey."""
    pixels = np.where(scene.mask.hole[..., None], np.uint8(128), scene.picture.pixels)
    return Image.fromarray(pixels[scene.view.slices])


def retrieved(result: Result) -> RetrievedPatches:
    """Its evidence of that kind."""
    return next(one for one in result.evidence if isinstance(one, RetrievedPatches))


def at(scene: Scene, result: Result, stage: str) -> Image.Image:
    """What is shown of a scene at a stage of its fill."""
    pixels = scene.picture.pixels.copy()
    seen = retrieved(result).seen(stage, Box.whole(pixels.shape[:2]))
    inside = np.isfinite(seen[..., 0])
    pixels[inside] = seen[inside].round().astype(np.uint8)
    return Image.fromarray(pixels[scene.view.slices])


def row(*titled: tuple[str, Image.Image]) -> Image.Image:
    """Pictures of one size side by side, each below its title."""
    width, height = titled[0][1].size
    sheet = Image.new("RGB", (len(titled) * (width + GAP) - GAP, height + TITLE), "white")
    for number, (title, picture) in enumerate(titled):
        sheet.paste(picture, (number * (width + GAP), TITLE))
        ImageDraw.Draw(sheet).text((number * (width + GAP), 4), title, fill="black", font=ImageFont.load_default(14))
    return sheet


def column(*rows: Image.Image) -> Image.Image:
    """Rows below each other."""
    sheet = Image.new("RGB", (max(one.width for one in rows), sum(one.height + GAP for one in rows) - GAP), "white")
    top = 0
    for one in rows:
        sheet.paste(one, (0, top))
        top += one.height + GAP
    return sheet


def sheet(scene: Scene, result: Result) -> Image.Image:
    """Some cells of a fill with the patches they were made from."""
    evidence, whole = retrieved(result), scene.picture.with_patches(result.patches)
    drawn = contact_sheet(evidence, whole, telling(evidence, CELLS)).convert("RGB")
    return drawn.resize((WIDTH, round(drawn.height * WIDTH / drawn.width)), Image.Resampling.LANCZOS) if drawn.width > WIDTH else drawn


def finishes(scene: Scene) -> Image.Image:
    """Two methods without and with the finish."""
    shown: list[tuple[str, Image.Image]] = []
    for method in ("harmonic", "telea"):
        for finish in ("", "texture-memory"):
            shown.append((f"{method}, finished" if finish else method, after(scene, filled(scene, method, finish=finish))))  # noqa: PERF401
    return row(*shown)


def window() -> None:
    """The sample scene filled in the real window, by mouse and keys, the pointer over a cell."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
    application()
    tour = Tour(opened())
    desk = tour.desk
    tour.window.resize(*SIZE)
    tour.until(lambda: bool(desk.recipe.cards))
    tour.window.start.sample_requested.emit()
    tour.until(lambda: bool(desk.document.holes()))
    desk.recipe.set_method("tmad")
    tour.key(Qt.Key.Key_Return)
    tour.until(lambda: bool(desk.document.choices))
    tour.key(Qt.Key.Key_I)
    tour.over(*FILLED)
    calm = QDeadlineTimer(1000)
    tour.until(lambda: calm.hasExpired() and tour.window.canvas.is_fine)
    tour.window.grab().toImage().save(str(HERE / "tmad-window.jpg"), "JPG", QUALITY)
    desk.close()


def main() -> None:
    """Draw all of them."""
    torch.set_num_threads(1)
    every = scenes()
    fills = [filled(scene, "tmad") for scene in every]
    sample, last = every[0], every[-1]
    drawn = {
        "tmad.jpg": column(
            *(
                row(("hole", before(one)), ("patches alone", after(one, filled(one, "patchmatch"))), ("texture memory", after(one, fill)))
                for one, fill in zip(every, fills, strict=True)
            )
        ),
        "tmad-stages.jpg": column(
            *(
                row(*((stage, at(one, fill, stage)) for stage in retrieved(fill).stages), ("blended", after(one, fill)))
                for one, fill in zip(every[1:], fills[1:], strict=True)
            )
        ),
        "tmad-retrieved.jpg": sheet(sample, fills[0]),
        "tmad-smooth.jpg": row(*((f"smooth={one}", after(last, filled(last, "tmad", f"smooth={one}"))) for one in ("0", "0.5", "1"))),
        "tmad-memory.jpg": row(
            ("hole", before(last)), *((one, after(last, filled(last, "tmad", f"memory={one}"))) for one in ("aligned", "windows"))
        ),
        "tmad-finish.jpg": finishes(last),
    }
    for file, picture in drawn.items():
        picture.save(HERE / file, quality=86, subsampling=0, optimize=True)
    window()


if __name__ == "__main__":
    main()
