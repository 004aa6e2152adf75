"""Dresses the application in a theme: Fusion with a palette, one style sheet, the type sizes; follows what the system asks for."""

from __future__ import annotations

from dataclasses import asdict
from importlib.resources import files
from string import Template

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

from app.view.theme import DARK, LIGHT, Theme

SMALLEST_BODY, SMALLEST = 13, 12
"""Pixels that text has at least."""

_HINTS = {
    QStyle.StyleHint.SH_MenuBar_AltKeyNavigation: 0,  # Alt belongs to the brush
    QStyle.StyleHint.SH_Slider_AbsoluteSetButtons: Qt.MouseButton.LeftButton.value,
    QStyle.StyleHint.SH_EtchDisabledText: 0,
    QStyle.StyleHint.SH_UnderlineShortcut: 0,
    QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons: 0,
}


class Fusion(QProxyStyle):
    """Fusion, but Alt alone never opens a menu, and a click into a groove takes the slider there."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 (Qt's name)
    ) -> int:
        """Qt asks here how things behave."""
        told = _HINTS.get(hint)
        return super().styleHint(hint, option, widget, returnData) if told is None else told


class Appearance(QObject):
    """What the application wears: a theme of the user's choice, or the one that the system asks for."""

    changed = Signal()
    """Another theme is worn; icons that Qt draws are tinted again."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._wish = "system"
        self._body = body(application.font())
        # Kept: an object that nothing holds is not told what it listens to.
        self._hints = application.styleHints()
        self._access = self._hints.accessibility()
        self._hints.colorSchemeChanged.connect(self._refresh)
        self._access.contrastPreferenceChanged.connect(self._refresh)
        application.focusChanged.connect(_mark_focus)
        application.setStyle(Fusion())
        self._refresh()

    def choose(self, wish: str) -> None:
        """Wear "dark", "light", or what the "system" asks for."""
        schemes = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
        self._wish = wish
        self._hints.setColorScheme(schemes.get(wish, Qt.ColorScheme.Unknown))
        self._refresh()

    def wanted(self) -> Theme:
        """The theme that ought to be worn now."""
        light = self._wish == "light" or (self._wish == "system" and self._hints.colorScheme() == Qt.ColorScheme.Light)
        theme = LIGHT if light else DARK
        more = self._access.contrastPreference() == Qt.ContrastPreference.HighContrast
        return theme.contrasted() if more else theme

    @Slot()
    def _refresh(self) -> None:
        wanted = self.wanted()
        if self._application.property("theme") != wanted:
            apply(self._application, wanted, self._body)
            self.changed.emit()


def dress(application: QApplication) -> Appearance:
    """Dress the application once; asked again, what it already has."""
    there = application.findChild(Appearance)
    return there if isinstance(there, Appearance) else Appearance(application)


def apply(application: QApplication, theme: Theme, text: QFont | None = None) -> None:
    """Put a theme on: palette first, then the sheet, once each."""
    font = text or body(application.font())
    application.setProperty("theme", theme)
    application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
    application.setFont(font)
    application.setPalette(palette(theme))
    application.setStyleSheet(sheet(theme, font))


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's styles ask for it."""
    made, role, group = QPalette(), QPalette.ColorRole, QPalette.ColorGroup
    roles = {
        theme.chrome: (role.Window, role.AlternateBase),
        theme.text: (role.WindowText, role.Text, role.ButtonText, role.BrightText, role.HighlightedText, role.ToolTipText),
        theme.sunken: (role.Base,),
        theme.control: (role.Button, role.ToolTipBase),
        theme.hover: (role.Light, role.Midlight),
        theme.line: (role.Mid, role.Dark),
        theme.edge: (role.Shadow,),
        theme.second: (role.PlaceholderText,),
        theme.selected: (role.Highlight,),
        theme.accent: (role.Accent, role.Link, role.LinkVisited),
    }
    for colour, named in roles.items():
        for one in named:
            made.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(group.Disabled, one, QColor(theme.off))
    return made


def sheet(theme: Theme, font: QFont) -> str:
    """What a palette cannot say, in the theme's colours."""
    text = (files("resources") / "styles" / "window.qss").read_text(encoding="utf-8")
    return Template(text).substitute(asdict(theme), small=small(font).pixelSize())


def small(font: QFont) -> QFont:
    """For captions, second sentences, the status: one pixel less than the body."""
    made = QFont(font)
    made.setPixelSize(max(SMALLEST, QFontInfo(font).pixelSize() - 1))
    return made


def bold(font: QFont) -> QFont:
    """Demi-bold, for heads and what is chosen."""
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def body(font: QFont) -> QFont:
    """The system's font, not under 13 pixels."""
    made = QFont(font)
    made.setPixelSize(max(SMALLEST_BODY, QFontInfo(font).pixelSize()))
    return made


def _mark_focus(old: QWidget | None, new: QWidget | None) -> None:
    """Tell the sheet which widget got the focus by a key: only that one shows a ring."""
    for widget, by_key in ((old, False), (new, new is not None and by_keyboard(new))):
        if widget is not None and bool(widget.property("keyboard")) != by_key:
            widget.setProperty("keyboard", by_key)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
            widget.update()


def by_keyboard(widget: QWidget) -> bool:
    """Whether the last thing that moved the focus in this window was a key. Qt keeps count of that for each window."""
    return widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
