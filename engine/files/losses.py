"""What a format cannot hold, said before saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.errors import BadInput
from engine.files import formats, jpeg_blocks
from engine.files import jpeg_segments as seg

if TYPE_CHECKING:
    from engine.files.jpeg_segments import Markers
    from engine.picture import Picture


class Loss(NamedTuple):
    """A sentence, and what it costs: "all" (cannot be saved so), "pixels" (what is seen changes), "rest" (what goes with them)."""

    costs: Literal["all", "pixels", "rest"]
    sentence: str


def will_lose(picture: Picture, suffix: str) -> tuple[str, ...]:
    """What a file with that ending (".jpg", ".png", ".tif", ".webp", ...) cannot hold of the picture, and the way out, a sentence each.

    What the picture's own file held and could not even be opened is in `Picture.file.losses`. Raises BadInput for another ending.
    """
    kind = formats.SUFFIXES.get(suffix.lower())
    if kind is None:
        raise BadInput(f"{suffix} is none of {', '.join(formats.SUFFIXES)}; choose one of these endings.")
    return tuple(one.sentence for one in losses(picture, kind))


def losses(picture: Picture, kind: str) -> list[Loss]:
    """What `will_lose` says, with what each costs."""
    return [*_of_size(picture, kind), *_of_pixels(picture, kind), *_of_metadata(picture, kind)]


def source_markers(picture: Picture) -> Markers | None:
    """The markers of the JPEG a picture came from; None where it came from none."""
    file = picture.file
    if file is None or file.format != "jpeg" or file.encoded is None:
        return None
    return seg.markers_of(file.encoded, file.path.name)


def keeps_blocks(picture: Picture, markers: Markers | None) -> bool:
    """Whether a JPEG of this picture can keep blocks of the JPEG it came from."""
    if markers is None or picture.depth != 8 or not jpeg_blocks.can_keep_blocks(markers):
        return False
    size = (markers.frame.height, markers.frame.width)
    turned = picture.file is not None and picture.file.orientation >= 5
    layout = "grey" if len(markers.frame.components) == 1 else "rgb"
    return picture.layout == layout and picture.size == (size[::-1] if turned else size)


def _of_size(picture: Picture, kind: str) -> list[Loss]:
    most = formats.LARGEST_SIDE.get(kind)
    if most is None or max(picture.size) <= most:
        return []
    height, width = picture.size
    text = f"{formats.NAMES[kind]} holds at most {most:,} pixels a side and this picture is {width:,} x {height:,}; save it as PNG or TIFF."
    return [Loss("all", text)]


def _of_pixels(picture: Picture, kind: str) -> list[Loss]:
    name, found = formats.NAMES[kind], list[Loss]()
    if kind in ("jpeg", "webp") and picture.depth == 16:
        found.append(Loss("pixels", f"{name} holds 8 bits a channel and this picture has 16; save it as PNG or TIFF to keep them."))
    if kind == "jpeg" and picture.has_alpha:
        text = "JPEG holds no transparency, so the picture is laid on white; save it as PNG, TIFF or WebP to keep it."
        found.append(Loss("pixels", text))
    if kind == "jpeg" and not keeps_blocks(picture, source_markers(picture)):
        text = "JPEG is lossy, so pixels change a little everywhere; save it as PNG or TIFF to change nothing outside the hole."
        found.append(Loss("rest", text))
    return found


def _of_metadata(picture: Picture, kind: str) -> list[Loss]:
    markers, found = source_markers(picture), list[Loss]()
    if kind == "jpeg" and keeps_blocks(picture, markers):
        assert markers is not None
        if markers.frame.marker == seg.SOF2:
            found.append(
                Loss("rest", "The JPEG loads in passes (progressive) and is saved as one that loads from top to bottom (baseline).")
            )
        return found
    if kind == "webp" and picture.icc is not None and picture.layout.startswith("grey"):
        found.append(Loss("rest", "WebP holds no profile for grey pictures, so it is left out; save it as PNG or TIFF to keep it."))
    if kind == "jpeg":
        for what, head, payload in (("EXIF", seg.EXIF_HEAD, picture.exif), ("XMP", seg.XMP_HEAD, picture.xmp)):
            if payload is not None and not seg.fits_segment(head, payload):
                found.append(
                    Loss("rest", f"JPEG holds at most 64 KB of {what} and this picture has more; save it as PNG or TIFF to keep it.")
                )
    if markers is not None and (any(markers.payloads(seg.APP13)) or any(markers.payloads(seg.APP1, seg.MORE_XMP_HEAD))):
        found.append(Loss("rest", f"{formats.NAMES[kind]} does not take over captions in Photoshop's form; save it as JPEG to keep them."))
    if markers is not None and markers.data[markers.end :].strip(b"\0\r\n "):
        found.append(
            Loss("rest", f"{formats.NAMES[kind]} does not hold what follows the photograph in its file; save it as JPEG to keep it.")
        )
    return found
