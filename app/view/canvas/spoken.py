"""What the canvas tells somebody who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.words import tr

if TYPE_CHECKING:
    from app.document import Document
    from app.filling import Filling
    from app.view.canvas.viewport import Viewport

QUARTER = 25
"""Progress is told in steps of so many percent."""


def zoom_text(view: Viewport) -> str:
    """The zoom in percent of device pixels."""
    percent = 100 * view.zoom
    return tr("{percent} %").format(percent=f"{percent:.0f}" if percent >= 1 else f"{percent:.1f}")


def name(document: Document) -> str:
    """What the canvas is called."""
    photograph = document.photograph
    if photograph is None:
        return tr("Photograph, none open")
    return tr("Photograph {name}").format(name=photograph.name) if photograph.name else tr("Photograph")


def description(view: Viewport, tool: str, document: Document, filling: Filling) -> str:
    """Tool, zoom, holes and progress, in a sentence that changes only where it matters."""
    holes = len(document.holes())
    parts = [tool, tr("zoom {zoom}").format(zoom=zoom_text(view)), _holes(holes)]
    fractions = [row.fraction for row in filling.rows() if row.fraction is not None]
    if fractions:
        percent = int(100 * fractions[0]) // QUARTER * QUARTER
        parts.append(tr("filling, {percent} % done").format(percent=percent))
    return ", ".join(parts)


def tool_name(tool: str) -> str:
    """The tool in hand, in words."""
    names = {
        "brush": tr("Brush"),
        "eraser": tr("Eraser"),
        "lasso": tr("Lasso"),
        "rectangle": tr("Rectangle"),
        "area": tr("Sampling area"),
        "points": tr("Control points"),
        "inspect": tr("Inspect"),
        "hand": tr("Hand"),
    }
    return names[tool]


def _holes(count: int) -> str:
    if count == 0:
        return tr("no hole painted")
    return tr("1 hole painted") if count == 1 else tr("{count} holes painted").format(count=count)
