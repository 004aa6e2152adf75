"""The same place in another light: what a day, a season and a camera do to a photograph, drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Colours = NDArray[np.float32]
    """(S, S, 3) RGB, about [0, 1]."""

SMALL = 48
"""Side of the copies on which low frequencies are exchanged."""


def restyled(view: Pixels, donor: Pixels, rng: np.random.Generator) -> Pixels:
    """(S, S, 3) RGB in another style. The donor, of the same size, lends its low frequencies in half of all draws."""
    x = view.astype(np.float32) / np.float32(255)
    if rng.random() < 0.5:
        x = np.clip(_lent_light(x, donor.astype(np.float32) / np.float32(255), rng), 0, 1)
    for chance, change in _CHANGES:
        if rng.random() < chance:
            x = change(x, rng)
    out = (np.clip(x, 0, 1) * 255).astype(np.uint8)
    return _through_jpeg(out, rng) if rng.random() < 0.4 else out


def smooth_field(size: int, cells: int, low: float, high: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(size, size): a smooth surface through cells x cells random values."""
    values = rng.uniform(low, high, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(values, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _lent_light(x: Colours, donor: Colours, rng: np.random.Generator) -> Colours:
    """Give x the amplitudes of the donor's lowest frequencies; the phases, and so what stands where, stay (Yang, Soatto, CVPR 2020)."""
    small, other = (np.asarray(cv2.resize(one, (SMALL, SMALL), interpolation=cv2.INTER_AREA), np.float32) for one in (x, donor))
    own, lent = np.fft.rfft2(small, axes=(0, 1)), np.fft.rfft2(other, axes=(0, 1))
    reach = int(rng.integers(1, 5))
    low = np.zeros(own.shape[:2], np.bool_)
    low[:reach, :reach] = True
    low[SMALL - reach + 1 :, :reach] = True
    amount = rng.uniform(0.4, 1.0) * low[..., None]
    amplitude = (1 - amount) * np.abs(own) + amount * np.abs(lent)
    changed = np.fft.irfft2(amplitude * np.exp(1j * np.angle(own)), s=(SMALL, SMALL), axes=(0, 1)).astype(np.float32)
    return x + np.asarray(cv2.resize(changed - small, x.shape[1::-1]), np.float32)


def _tones(x: Colours, rng: np.random.Generator) -> Colours:
    """A random curve a channel; one time in eight it may fall as well as rise, as lit windows do at night."""
    knots = np.linspace(0, 1, 6)
    base = knots ** np.exp(rng.uniform(-0.9, 0.9))
    folds = rng.random() < 0.12
    shades = (np.clip(x, 0, 1) * 255).astype(np.uint8)
    out = np.empty_like(x)
    for channel in range(3):
        curve = base + rng.uniform(-1, 1, 6) * (0.9 if folds else 0.06)
        table = np.interp(np.linspace(0, 1, 256), knots, curve if folds else np.maximum.accumulate(curve)).astype(np.float32)
        out[..., channel] = table[shades[..., channel]]
    return out


def _colours(x: Colours, rng: np.random.Generator) -> Colours:
    """Channels mixed into each other, and a white balance."""
    mix = np.eye(3) + rng.uniform(-0.25, 0.25, (3, 3))
    mix = (mix / mix.sum(1, keepdims=True)).astype(np.float32)
    return x @ mix.T * rng.uniform(0.65, 1.35, 3).astype(np.float32)


def _grey(x: Colours, _rng: np.random.Generator) -> Colours:
    return np.repeat(x.mean(2, keepdims=True), 3, 2)


def _uneven_light(x: Colours, rng: np.random.Generator) -> Colours:
    return x * smooth_field(len(x), int(rng.integers(2, 5)), 0.3, 1.4, rng)[..., None]


def _shadow(x: Colours, rng: np.random.Generator) -> Colours:
    """A cast shadow with straight edges, sharp or soft, grey or tinted."""
    size = len(x)
    corners = rng.integers(-size // 2, size * 3 // 2, (int(rng.integers(3, 5)), 2))
    cast = np.zeros((size, size), np.float32)
    cv2.fillPoly(cast, [corners.astype(np.int32)], (1.0,))
    soft = np.asarray(cv2.GaussianBlur(cast, (0, 0), rng.uniform(0.5, 6)), np.float32)
    depth = rng.uniform(0.3, 0.75, 3 if rng.random() < 0.5 else 1).astype(np.float32)
    return np.asarray(x * (1 - soft[..., None] * depth), np.float32)


def _lamps(x: Colours, rng: np.random.Generator) -> Colours:
    size = len(x)
    for _ in range(int(rng.integers(1, 5))):
        glow = np.zeros((size, size), np.float32)
        row, column = rng.integers(0, size, 2)
        cv2.circle(glow, (int(column), int(row)), int(rng.integers(2, 14)), (1.0,), -1)
        soft = np.asarray(cv2.GaussianBlur(glow, (0, 0), rng.uniform(2, 9)), np.float32)
        x = x + np.asarray(soft[..., None] * rng.uniform(0.4, 1.0, 3).astype(np.float32), np.float32)
    return x


def _haze(x: Colours, rng: np.random.Generator) -> Colours:
    """A veil of one colour, thicker here and thinner there: mist, snow in the air, backlight."""
    veil = np.clip(smooth_field(len(x), 3, -0.2, 0.8, rng), 0, 0.8)[..., None]
    colour = (rng.uniform(0.4, 1.0) * rng.uniform(0.85, 1.0, 3)).astype(np.float32)
    return np.asarray(x * (1 - veil) + veil * colour, np.float32)


def _blur(x: Colours, rng: np.random.Generator) -> Colours:
    return np.asarray(cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.6)), np.float32)


def _noise(x: Colours, rng: np.random.Generator) -> Colours:
    grain = rng.standard_normal(x.shape, np.float32) * np.float32(rng.uniform(0.005, 0.05))
    return np.asarray(x + grain, np.float32)


_CHANGES: tuple[tuple[float, Callable[[Colours, np.random.Generator], Colours]], ...] = (
    (0.8, _tones),
    (0.7, _colours),
    (0.2, _grey),
    (0.5, _uneven_light),
    (0.4, _shadow),
    (0.1, _lamps),
    (0.15, _haze),
    (0.5, _blur),
    (0.5, _noise),
)
"""How often each change is made, in the order of light, camera and noise."""


def _through_jpeg(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
