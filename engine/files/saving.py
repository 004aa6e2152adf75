"""Saving: whole or not at all, and measured before it takes its name."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2

from engine.errors import BadInput, EngineFailure
from engine.files import colour, exif, formats, jpeg_blocks, jpeg_segments, losses, measuring, stored
from engine.files.png import png_bytes
from engine.files.tiff import tiff_bytes
from engine.files.webp import webp_bytes

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.files.measuring import Change
    from engine.picture import Mask, Picture

FLAGS = (
    *(cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_OPTIMIZE, 1),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)
"""How a JPEG is written that keeps no blocks: quality 95, chroma as fine as luma."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written, and what of it differs from the photograph outside the mask, as read back from the disk."""

    path: Path
    size: int
    """Bytes."""
    changed_outside: int
    """Pixels outside the mask that differ."""
    largest_change: int
    """Their largest difference, in levels of `levels`."""
    levels: int
    """255 or 65,535."""
    kept_blocks: bool = False
    """Whether it is a JPEG that kept the blocks in which nothing changed."""
    touched_blocks: int = 0
    """Then: how many 8 x 8 blocks, of all components, were coded anew."""

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        start = f"Saved {self.path.name}."
        if not self.changed_outside:
            return f"{start} 0 pixels changed outside the mask."
        pixels = f"{self.changed_outside:,} {'pixel' if self.changed_outside == 1 else 'pixels'}"
        most = f"by at most {self.largest_change:,} of {self.levels:,}"
        if self.kept_blocks:
            return f"{start} Nothing changed outside the hole but {pixels} in the JPEG blocks along its edge, {most}."
        return f"{start} {pixels} changed outside the mask, {most}."


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A file's bytes and, for a JPEG that keeps blocks, what was coded anew."""

    data: bytes
    blocks: int = 0
    reach: NDArray[np.bool_] | None = None
    """(H, W), upright."""


def save(picture: Picture, path: Path, mask: Mask, original: Picture, *, overwrite: bool = False, accept_losses: bool = False) -> Saved:
    """Write a picture in the format its name asks for, with profile, EXIF and XMP, whole or not at all.

    A JPEG that came from a JPEG keeps the coefficients of every block in which nothing changed, its stored orientation, and every
    segment. Other files are upright.

    Args:
        picture: what to save.
        path: where to; .jpg, .jpeg, .png, .tif, .tiff or .webp.
        mask: what was replaced, in all edits together.
        original: the picture as it was opened.
        overwrite: replace a file that is there.
        accept_losses: save although the format holds neither 16 bits nor transparency (see `will_lose`).

    Raises:
        BadInput: a wrong ending, no such folder, a file that is there, or what the format cannot hold.
        EngineFailure: the disk failed, or what was written does not read back as it should; nothing was left behind.
        ValueError: picture, mask and original differ in size.
    """
    if not picture.size == mask.size == original.size:
        raise ValueError(f"one size, not {picture.size}, {mask.size}, {original.size}")
    kind = formats.format_of_suffix(path)
    _refuse(picture, kind, accept_losses=accept_losses)
    with _neighbour(path, overwrite=overwrite) as part:
        coded = _coded(picture, kind, original)
        _write(part, coded.data)
        change = _measured(part, kind, coded, _as_held(original, kind), mask)
    levels = 65_535 if picture.depth == 16 and kind in ("png", "tiff") else 255
    return Saved(path, len(coded.data), change.pixels, change.largest, levels, coded.reach is not None, coded.blocks)


def _refuse(picture: Picture, kind: str, *, accept_losses: bool) -> None:
    """Raise BadInput for what cannot be held, or is lost without having been accepted."""
    for one in losses.losses(picture, kind):
        if one.costs == "all" or (one.costs == "pixels" and not accept_losses):
            raise BadInput(one.sentence)


def _coded(picture: Picture, kind: str, original: Picture) -> Coded:
    """The file's bytes."""
    markers = losses.source_markers(original)
    if kind == "jpeg" and losses.keeps_blocks(picture, markers) and picture.layout == original.layout:
        assert markers is not None
        assert original.file is not None
        turn = original.file.orientation
        made = jpeg_blocks.transplanted(markers, picture.pixels, original.pixels, turn)
        return Coded(made.data, made.blocks, stored.turned(made.reach, turn))
    held = _upright(_as_held(picture, kind), dropped=kind == "tiff")
    if kind == "jpeg":
        return Coded(_jpeg_bytes(held))
    if kind == "png":
        file = picture.file
        return Coded(png_bytes(held, file.encoded if file is not None and file.format == "png" else None))
    return Coded(tiff_bytes(held) if kind == "tiff" else webp_bytes(held))


def _as_held(picture: Picture, kind: str) -> Picture:
    """The picture in a depth and layout that the format holds."""
    if kind == "jpeg" and picture.has_alpha:
        picture = replace(picture, pixels=colour.on_white(picture.pixels))
    if kind in ("jpeg", "webp") and picture.depth == 16:
        picture = replace(picture, pixels=colour.eight_bits(picture.pixels))
    if kind == "webp" and picture.layout.startswith("grey"):
        picture = replace(picture, icc=None)
    return picture


def _upright(picture: Picture, *, dropped: bool) -> Picture:
    """The picture with metadata that say what its pixels are: upright, of this size, with this thumbnail (or `dropped`)."""
    tags = picture.exif and exif.upright_exif(picture.exif, picture.size)
    if tags:
        tags = exif.without_thumbnail(tags) if dropped else exif.with_new_thumbnail(tags, picture.pixels)
    return replace(picture, exif=tags, xmp=picture.xmp and exif.upright_xmp(picture.xmp))


def _jpeg_bytes(picture: Picture) -> bytes:
    """A new JPEG without chroma subsampling, its metadata behind the JFIF header."""
    pixels = picture.pixels if picture.pixels.ndim == 2 else cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2BGR)
    done, coded = cv2.imencode(".jpg", pixels, FLAGS)
    if not done:
        raise EngineFailure("The JPEG could not be written; save it as a PNG or TIFF instead.")
    data = coded.tobytes()
    behind = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
    return data[:behind] + jpeg_segments.metadata_segments(picture.exif, picture.xmp, picture.icc) + data[behind:]


def _measured(part: Path, kind: str, coded: Coded, original: Picture, mask: Mask) -> Change:
    """What changed outside the mask. Raises EngineFailure where a block changed that was to be kept."""
    change = measuring.change_outside(part, kind, original.pixels, mask, coded.reach)
    if change.beyond:
        raise EngineFailure("The JPEG changed where it was to be kept, so it was not saved; save it as a PNG or TIFF instead.")
    return change


@contextlib.contextmanager
def _neighbour(path: Path, *, overwrite: bool) -> Generator[Path]:
    """The name of a file beside `path` that takes its place once all went well, and is gone otherwise, Ctrl+C included."""
    target = path.resolve() if path.is_symlink() else path
    part = target.with_name(f".{secrets.token_hex(6)}.inlay-part")
    try:
        _check_place(path, target, overwrite=overwrite)
        yield part
        _take_name(part, target, overwrite=overwrite)
    except PermissionError as error:
        raise BadInput(f"{path} may not be written; choose another folder or change its permissions.") from error
    except OSError as error:
        raise EngineFailure(f"{path} could not be written ({error.strerror or error}); free some space or choose another disk.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _check_place(path: Path, target: Path, *, overwrite: bool) -> None:
    """Raise BadInput where no file of that name may be written, and OSError where that cannot even be asked."""
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent} to save into; make it first.")
    if target.is_dir():
        raise BadInput(f"{path} is a folder; give the name of a file.")
    if target.exists() and not overwrite:
        raise _exists(path)


def _exists(path: Path) -> BadInput:
    return BadInput(f"{path} is there already; choose another name or say that it may be overwritten.")


def _write(part: Path, data: bytes) -> None:
    """Write a new file down to the disk."""
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _take_name(part: Path, target: Path, *, overwrite: bool) -> None:
    """Give the file its name: a name that was taken meanwhile is not replaced unless told to."""
    if overwrite:
        with contextlib.suppress(OSError):
            part.chmod(target.stat().st_mode & 0o7777)
        part.replace(target)
    else:
        try:
            os.link(part, target)
        except FileExistsError as error:
            raise _exists(target) from error
        except OSError:
            # A disk without hard links: claim the name first, then replace what was claimed.
            _claim(target)
            part.replace(target)
    _flush_folder(target.parent)


def _claim(target: Path) -> None:
    try:
        target.open("xb").close()
    except FileExistsError as error:
        raise _exists(target) from error


def _flush_folder(folder: Path) -> None:
    """Write the folder's entry down too, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
