"""What files are called that are saved: beside the photograph, under a name of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import resources
from engine.files.formats import NAMES, SUFFIXES
from engine.files.losses import losses

if TYPE_CHECKING:
    from engine.picture import Picture

SAMPLE = Path(resources.__file__).parent / "samples" / "landmark.jpg"
SAMPLE_REFERENCE = SAMPLE.with_name("landmark-third.jpg")
SAMPLE_MASK = SAMPLE.with_name("landmark-mask.png")

ENDINGS = {"jpeg": ".jpg", "png": ".png", "tiff": ".tif", "webp": ".webp"}


def there(path: Path) -> bool:
    """Whether there is such a file or folder; a name that cannot even be looked up has none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def free(path: Path) -> Path:
    """The path, or with the first number from 2 behind its name that no file has."""
    number, found = 1, path
    while there(found):
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found


def proposal(photograph: Path | None, pictures: Path) -> Path:
    """NAME-inlay.EXT beside the photograph, numbered where that is taken; among the user's `pictures` what came from no file.

    The sample scene lies where programs lie, and so goes there as well.
    """
    if photograph is None:
        return free(pictures / "photograph-inlay.png")
    folder = pictures if photograph == SAMPLE else photograph.parent
    ending = photograph.suffix if photograph.suffix.lower() in SUFFIXES else ".png"
    return free(folder / f"{photograph.stem}-inlay{ending}")


def beside(photograph: Path | None, pictures: Path, what: str) -> Path:
    """Something that belongs to the photograph: NAME-mask.png, NAME-evidence; numbered where that is taken."""
    folder = pictures if photograph in {None, SAMPLE} else photograph.parent if photograph else pictures
    return free(folder / f"{photograph.stem if photograph else 'photograph'}-{what}")


def keeping(picture: Picture, but: str) -> str | None:
    """The format, other than `but`, that holds all of a picture: its own, TIFF, PNG, WebP; None where none does."""
    own = picture.file.format if picture.file else "png"
    return next((kind for kind in (own, "tiff", "png", "webp") if kind != but and not losses(picture, kind)), None)


def filters() -> list[tuple[str, tuple[str, ...]]]:
    """Names and endings of the formats."""
    return [(NAMES[kind], tuple(suffix for suffix, one in SUFFIXES.items() if one == kind)) for kind in ENDINGS]
