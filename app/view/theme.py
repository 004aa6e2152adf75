"""Every colour of the window, dark and light: the one place where colours stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of the chrome by what they are used for, as #rrggbb; its greys have no hue, so that the photograph has."""

    name: str
    chrome: str
    """Header, rail, panel, status."""
    surround: str
    """Around the picture."""
    drop: str
    """The surround while a file is dragged over it: 4 L* lighter."""
    control: str
    raised: str
    """A control that stands on the surround."""
    hover: str
    sunken: str
    """Fields and unchecked boxes."""
    line: str
    """Dividing lines."""
    edge: str
    """Grooves and the borders of fields and boxes."""
    text: str
    second: str
    off: str
    """Text and icons of what is disabled."""
    selected: str
    accent: str
    """Focus ring, progress, text that acts: nothing else."""
    primary: str
    """The one next step, and checked boxes."""
    on_primary: str
    warning: str
    error: str

    def contrasted(self) -> Theme:
        """The same for who asks for more contrast: second text as clear as text, lines as clear as edges."""
        return replace(self, second=self.text, line=self.edge)


DARK = Theme(
    name="dark",
    chrome="#262626",
    surround="#3C3C3C",
    drop="#454545",
    control="#363636",
    raised="#505050",
    hover="#424242",
    sunken="#1C1C1C",
    line="#3A3A3A",
    edge="#767676",
    text="#E6E6E6",
    second="#B0B0B0",
    off="#707070",
    selected="#434343",
    accent="#74B0F0",
    primary="#3E75AE",
    on_primary="#FFFFFF",
    warning="#E8B54A",
    error="#F28B82",
)

LIGHT = Theme(
    name="light",
    chrome="#EEEEEE",
    surround="#BEBEBE",
    drop="#C9C9C9",
    control="#DDDDDD",
    raised="#DDDDDD",
    hover="#D0D0D0",
    sunken="#FFFFFF",
    line="#D4D4D4",
    edge="#838383",
    text="#1B1B1B",
    second="#515151",
    off="#929292",
    selected="#C6C6C6",
    accent="#1A5FA8",
    primary="#24639F",
    on_primary="#FFFFFF",
    warning="#7A5200",
    error="#A3251B",
)

SURROUNDS = {"black": "#000000", "grey": "#777777", "white": "#FFFFFF"}
"""Surrounds that a user may choose instead of the theme's."""

MASKS = {"red": "#FF2D78", "blue": "#2D8CFF", "green": "#00B86B"}
"""Tints of the mask, drawn at `MASK_SHARE`."""

MASK_SHARE = 0.4

WHITE, BLACK = "#FFFFFF", "#000000"
"""Lines on the picture: white over `CASING` of black."""

CASING = 0.7

BADGE = "#141414"
"""The ground of a number, on the picture and off it; what stands on it is white."""

BADGE_LINE = "#5C5C5C"

RANKS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#D55E00", "#CC79A7")
"""Sources and points in their order, after Okabe and Ito: told apart with any kind of colour blindness."""


def current() -> Theme:
    """The theme that the application wears."""
    application = QCoreApplication.instance()
    worn = application.property("theme") if application else None
    return worn if isinstance(worn, Theme) else DARK
