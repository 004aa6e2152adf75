"""The drawings: all there, in one hand, and tinted as the theme wants them."""

import re
from importlib.resources import files
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication

from app.actions import Actions
from app.view import icons, style, theme

NAMES = (
    *[
        "brush",
        "eraser",
        "lasso",
        "rectangle",
        "sampling",
        "point",
        "inspect",
        "hand",
        "eye",
        "eye-off",
        "undo",
        "redo",
        "single",
        "split",
        "side",
        "save",
        "panel",
        "open",
        "image",
    ],
    *[
        "down",
        "left",
        "right",
        "close",
        "plus",
        "minus",
        "pin",
        "ban",
        "again",
        "export",
        "link",
        "check",
        "warning",
        "error",
        "chip",
        "lines",
        "vectors",
        "heat",
        "labels",
        "boxes",
        "cells",
        "stop",
    ],
    *["search", "settings", "keyboard", "folder", "trash", "info", "copy", "paste", "zoom-in", "zoom-out", "fit"],
)
EACH = pytest.mark.parametrize("name", NAMES)


def coverage(image: QImage) -> np.ndarray:
    """(h, w) alpha of an image."""
    alpha = image.convertToFormat(QImage.Format.Format_Alpha8)
    rows = np.frombuffer(alpha.constBits(), np.uint8).reshape(alpha.height(), alpha.bytesPerLine())
    return rows[:, : alpha.width()].astype(int)


def test_there_is_no_drawing_that_nobody_asked_for() -> None:
    there = {path.name.removesuffix(".svg") for path in (files("resources") / "icons").iterdir()}
    assert there == set(NAMES)


@EACH
def test_drawn_in_one_hand(name: str) -> None:
    root = ET.fromstring(icons.drawing(name))
    assert (root.get("viewBox"), root.get("stroke"), root.get("fill"), root.get("stroke-width")) == (
        "0 0 20 20",
        "currentColor",
        "none",
        "1.5",
    )
    assert (root.get("stroke-linecap"), root.get("stroke-linejoin")) == ("round", "round")
    assert not re.findall(r"#[0-9A-Fa-f]{3}|fill=\"(?!none)|style=", icons.drawing(name))


@EACH
@pytest.mark.parametrize("size", [16, 18, 20])
def test_is_seen_at_every_size_and_cut_at_none(name: str, size: int) -> None:
    inside = coverage(icons.image(name, theme.DARK.text, size, 2.0))
    assert inside.shape == (2 * size, 2 * size)
    assert (inside > 128).sum() > 0.02 * inside.size
    assert max(inside[0].max(), inside[-1].max(), inside[:, 0].max(), inside[:, -1].max()) == 0


def test_no_two_are_the_same() -> None:
    seen = {coverage(icons.image(name, theme.DARK.text)).tobytes() for name in NAMES}
    assert len(seen) == len(NAMES)


def test_takes_the_colour_asked_for() -> None:
    image = icons.image("stop", theme.LIGHT.error, 20, 4.0)
    solid = coverage(image) == 255
    row, column = np.argwhere(solid)[0]
    assert image.pixelColor(int(column), int(row)) == QColor(theme.LIGHT.error)


def test_each_action_has_a_drawing_that_exists(qapp: QApplication) -> None:
    actions = Actions(qapp)
    named = [str(action.property("drawing")) for action in actions.all() if action.property("drawing")]
    assert len(named) > 20
    assert set(named) <= set(NAMES)


def test_icons_of_actions_follow_the_theme(qapp: QApplication) -> None:
    appearance, actions = style.dress(qapp), Actions()
    seen = {}
    for wish in ("dark", "light"):
        appearance.choose(wish)
        icons.tint(actions.all())
        image = actions["stop"].icon().pixmap(QSize(20, 20), 1.0).toImage()
        row, column = np.argwhere(coverage(image) == coverage(image).max())[0]
        seen[wish] = image.pixelColor(int(column), int(row)).lightness()
    assert seen["dark"] > 150
    assert seen["light"] < 110
    appearance.choose("dark")


def test_states_are_told_apart(qapp: QApplication) -> None:
    style.dress(qapp).choose("dark")
    made = icons.icon("stop")
    tones = []
    for mode, state in ((QIcon.Mode.Disabled, QIcon.State.Off), (QIcon.Mode.Normal, QIcon.State.Off), (QIcon.Mode.Normal, QIcon.State.On)):
        image = made.pixmap(QSize(20, 20), 2.0, mode, state).toImage()
        row, column = np.argwhere(coverage(image) == 255)[0]
        tones.append(image.pixelColor(int(column), int(row)).lightness())
    assert tones == sorted(tones)
    assert len(set(tones)) == 3
