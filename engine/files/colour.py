"""Changes of colour and depth that a format forces: inks to RGB, 16 bits to 8, transparency laid on white."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
from PIL import Image, ImageCms

from engine.files import formats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.picture import Pixels

_ROWS = 256
"""Rows of a picture that are converted at once."""

# Our own limits were held against the header before Pillow sees a file, and they differ from its.
Image.MAX_IMAGE_PIXELS = None


def from_cmyk_file(data: bytes, icc: bytes | None, name: str) -> tuple[NDArray[np.uint8], bytes, str]:
    """A CMYK JPEG as sRGB: pixels (H, W, 3), the new profile, and a sentence about it. Raises BadInput."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            inks = np.asarray(image if image.mode == "CMYK" else image.convert("CMYK"))
    except (OSError, ValueError, SyntaxError) as error:
        raise formats.damaged(name, "its picture cannot be decoded") from error
    return from_cmyk(inks, icc)


def from_cmyk(inks: NDArray[np.uint8], icc: bytes | None) -> tuple[NDArray[np.uint8], bytes, str]:
    """Inks (H, W, 4), 255 = full, as sRGB: by their profile where there is one, else by plain complement."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    image = Image.fromarray(inks, "CMYK") if icc is None else _by_profile(inks, icc, srgb)
    how = "without its own profile" if image.mode == "CMYK" else "by its own profile"
    pixels = np.asarray(image.convert("RGB"))
    return pixels, srgb.tobytes(), f"The file is made of printing inks (CMYK); its colours were converted to sRGB {how} and stay RGB."


def _by_profile(inks: NDArray[np.uint8], icc: bytes, srgb: ImageCms.ImageCmsProfile) -> Image.Image:
    """The image in sRGB; still CMYK where the profile is broken or of another colour model."""
    image = Image.fromarray(inks, "CMYK")
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        turned = ImageCms.profileToProfile(image, profile, srgb, intent, "RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return turned or image


def between_profiles(pixels: Pixels, of: bytes | None, to: bytes | None) -> Pixels:
    """RGB or RGB and alpha, (H, W, 3 or 4), from one colour profile to another, relative to their white points, in the same depth.

    No profile, or one that cannot be read or is none of colours in RGB, means sRGB. The same array where both are the same.
    """
    if of == to:
        return pixels
    srgb = imagecodecs.cms_profile("srgb")
    profiles = [one if one is not None and _is_readable(one) else srgb for one in (of, to)]
    if profiles[0] == profiles[1]:
        return pixels
    out: Any = pixels.copy()
    intent = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
    for top in range(0, len(pixels), _ROWS):  # in runs, as the library wants colours without what stands beside them
        colours = np.ascontiguousarray(pixels[top : top + _ROWS, :, :3])
        out[top : top + _ROWS, :, :3] = imagecodecs.cms_transform(
            colours, *profiles, colorspace="rgb", outcolorspace="rgb", intent=intent, flags=imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION
        )
    return out


def _is_readable(profile: bytes) -> bool:
    """Whether colours of RGB can be taken from that profile, and be put into it."""
    srgb = imagecodecs.cms_profile("srgb")
    try:
        for pair in ((profile, srgb), (srgb, profile)):
            imagecodecs.cms_transform(np.zeros((1, 1, 3), np.uint8), *pair, colorspace="rgb", outcolorspace="rgb")
    except (imagecodecs.CmsError, ValueError):
        return False
    return True


def eight_bits(pixels: Pixels) -> NDArray[np.uint8]:
    """16 bits a channel rounded to 8; 8 stay as they are."""
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def on_white(pixels: Pixels) -> Pixels:
    """Without alpha: laid on white, rounded; pictures without alpha stay as they are."""
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return pixels
    most = np.uint32(np.iinfo(pixels.dtype).max)
    alpha = pixels[..., -1:].astype(np.uint32)
    # Largest product: 65,535 squared and a half of it, below 2 to the 32nd.
    flat: NDArray[Any] = (pixels[..., :-1] * alpha + most * (most - alpha) + most // 2) // most
    flat = flat.astype(pixels.dtype)
    return flat[..., 0] if flat.shape[2] == 1 else flat


def grey_of(pixels: Pixels) -> Pixels:
    """Lightness (H, W) of colours without alpha, in the same depth; exact where red, green and blue are equal."""
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] == 2:
        return pixels[..., 0]
    red, green, blue = (pixels[..., k].astype(np.uint32) for k in range(3))
    grey: NDArray[Any] = ((299 * red + 587 * green + 114 * blue + 500) // 1000).astype(pixels.dtype)
    return grey
