"""The colours of the window: what they must be told apart from, and that they stand nowhere else."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

import app.view
from app.view import style, theme
from app.view.theme import DARK, LIGHT, Theme

SOURCES = Path(app.view.__file__).parent
GREYS = ("chrome", "surround", "drop", "control", "raised", "hover", "sunken", "line", "edge", "text", "second", "off", "selected")
BOTH = pytest.mark.parametrize("worn", [DARK, LIGHT], ids=["dark", "light"])


def luminance(colour: str) -> float:
    """Relative luminance, after WCAG."""
    tone = QColor(colour)
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in (tone.redF(), tone.greenF(), tone.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str) -> float:
    """L* of CIE Lab."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@BOTH
@pytest.mark.parametrize(
    ("what", "ground"), [(what, ground) for what in ("text", "second") for ground in ("chrome", "control", "hover", "selected")]
)
def test_text_is_read_on_every_ground(worn: Theme, what: str, ground: str) -> None:
    assert contrast(getattr(worn, what), getattr(worn, ground)) >= 4.5


@BOTH
def test_what_a_control_is_seen_by_has_three_to_one(worn: Theme) -> None:
    assert contrast(worn.edge, worn.chrome) >= 3
    assert contrast(worn.edge, worn.sunken) >= 3
    assert contrast(worn.primary, worn.chrome) >= 3
    assert contrast(worn.accent, worn.chrome) >= 4.5
    assert contrast(worn.warning, worn.chrome) >= 4.5
    assert contrast(worn.error, worn.chrome) >= 4.5
    assert contrast(worn.text, worn.surround) >= 4.5
    assert contrast(worn.text, worn.raised) >= 4.5


@BOTH
def test_the_primary_button_is_read(worn: Theme) -> None:
    assert contrast(worn.on_primary, worn.primary) >= 4.5


@BOTH
def test_disabled_text_is_weaker_and_still_seen(worn: Theme) -> None:
    assert 2.5 < contrast(worn.off, worn.chrome) < contrast(worn.second, worn.chrome) < contrast(worn.text, worn.chrome)


@BOTH
def test_greys_have_no_hue(worn: Theme) -> None:
    for name in GREYS:
        tone = QColor(getattr(worn, name))
        assert tone.red() == tone.green() == tone.blue(), name


@pytest.mark.parametrize(("worn", "chrome", "surround"), [(DARK, 15, 25), (LIGHT, 94, 77)], ids=["dark", "light"])
def test_the_chrome_is_apart_from_the_surround(worn: Theme, chrome: float, surround: float) -> None:
    assert lightness(worn.chrome) == pytest.approx(chrome, abs=0.6)
    assert lightness(worn.surround) == pytest.approx(surround, abs=0.6)
    assert lightness(worn.drop) - lightness(worn.surround) == pytest.approx(4, abs=0.6)


def test_ranks_are_seen_on_black() -> None:
    assert all(contrast(colour, theme.BLACK) >= 5.4 for colour in theme.RANKS)
    assert len(set(theme.RANKS)) == 6


def test_a_badge_is_read() -> None:
    assert contrast(theme.WHITE, theme.BADGE) >= 7


@pytest.mark.parametrize("grey", range(0, 256, 15))
def test_a_double_line_is_seen_on_any_grey(grey: int) -> None:
    below = QColor(grey, grey, grey).name()
    cased = QColor(*(3 * [round(grey * (1 - theme.CASING))])).name()
    assert max(contrast(theme.WHITE, below), contrast(theme.WHITE, cased)) >= 3.8


@BOTH
def test_more_contrast_makes_second_text_as_clear_as_text(worn: Theme) -> None:
    more = worn.contrasted()
    assert more.second == worn.text
    assert more.line == worn.edge
    assert more.chrome == worn.chrome


def test_colours_stand_in_the_theme_alone() -> None:
    loose = [
        f"{path.name}: {found}"
        for path in SOURCES.glob("*.py")
        if path.name != "theme.py"
        for found in re.findall(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b", path.read_text(encoding="utf-8"))
    ]
    assert not loose


def test_the_sheet_has_no_colours_and_is_short() -> None:
    text = (SOURCES.parent.parent / "resources" / "styles" / "window.qss").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9A-Fa-f]{3,6}\b|rgb", text)
    assert len(text.splitlines()) < 80


@BOTH
@pytest.mark.usefixtures("qapp")
def test_the_sheet_is_filled_in(worn: Theme) -> None:
    font = QFont()
    font.setPixelSize(15)
    text = style.sheet(worn, font)
    assert "$" not in text
    assert worn.accent in text
    assert "font-size: 14px" in text


def test_no_sheet_is_set_anywhere_else() -> None:
    users = [path.name for path in SOURCES.glob("*.py") if "setStyleSheet" in path.read_text(encoding="utf-8")]
    assert users == ["style.py"]


def test_a_chosen_theme_is_worn_at_once(qapp: QApplication) -> None:
    appearance = style.dress(qapp)
    told: list[str] = []
    appearance.changed.connect(lambda: told.append(theme.current().name))
    for wish in ("light", "dark", "light"):
        appearance.choose(wish)
        assert theme.current().name == wish
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.current().chrome)
        assert theme.current().chrome in qapp.styleSheet()
    assert told[-1] == "light"
    appearance.choose("dark")


def test_dressing_twice_is_dressing_once(qapp: QApplication) -> None:
    assert style.dress(qapp) is style.dress(qapp)


@pytest.mark.parametrize(("system", "body", "small"), [(10, 13, 12), (13, 13, 12), (20, 20, 19)])
def test_text_is_never_too_small(qapp: QApplication, system: int, body: int, small: int) -> None:
    font = QFont(qapp.font())
    font.setPixelSize(system)
    assert style.body(font).pixelSize() == body
    assert style.small(style.body(font)).pixelSize() == small
