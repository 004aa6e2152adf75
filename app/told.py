"""What is said of a fill that came from references, or that found none which matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.message import Message
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.asked import Asked


def filled(record: Mapping[str, Any], seconds: float) -> str:
    """That a fill is done, and which references it took nothing from, by its run record."""
    text = tr("Filled in {seconds} s.").format(seconds=f"{seconds:.1f}")
    given: list[Mapping[str, Any]] = list(record.get("references", ()))
    unused = [str(one["name"]) for one in given if not one.get("used", True)]
    if not unused:
        return text
    if len(unused) == len(given):
        return text + " " + tr("No reference matched, so it was filled from this photograph alone.")
    return text + " " + tr("Nothing was taken from {names}.").format(names=", ".join(unused))


def unmatched(asked: Asked) -> Message:
    """That no reference shows the place, with the two ways on."""
    names = [one.name for one in asked.references]
    if len(names) == 1:
        text = tr("{name} does not seem to show the same place. Nothing was changed.").format(name=names[0])
    else:
        text = tr("None of the {number} references seems to show the same place. Nothing was changed.").format(number=len(names))
    return Message(text, "warning", ("set_points", "fill_without"))
