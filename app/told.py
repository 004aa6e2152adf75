"""What is said of a fill that came from references, or that found none which matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.message import Message
from app.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.asked import Asked

WORTH_TELLING = 0.005
"""The share of a fill that comes from no reference above which that is told."""


def filled(record: Mapping[str, Any], seconds: float) -> str:
    """That a fill is done, how much of it no reference shows, and which ones it took nothing from, by its run record."""
    text = tr("Filled in {seconds} s.").format(seconds=f"{seconds:.1f}")
    given: list[Mapping[str, Any]] = list(record.get("references", ()))
    unused = [str(one["name"]) for one in given if not one.get("used", True)]
    if not given:
        return text
    if len(unused) == len(given):
        none = tr("No reference shows what the hole hides") if record.get("matched") else tr("No reference matched")
        return text + " " + tr("{none}, so it was filled from this photograph alone.").format(none=none)
    left = 1 - sum(float(one["used"]) for one in given)
    if left >= WORTH_TELLING:
        shown = tr("{share} % of it is shown by no reference and was made with patches.").format(share=max(1, round(100 * left)))
        text += " " + shown
    if unused:
        nothing = tr("Nothing was taken from {names}.") if left >= WORTH_TELLING else tr("Nothing was needed from {names}.")
        text += " " + nothing.format(names=", ".join(unused))
    return text


def unmatched(asked: Asked) -> Message:
    """That no reference shows the place, with the two ways on."""
    names = [one.name for one in asked.references]
    if len(names) == 1:
        text = tr("{name} does not seem to show the same place. Nothing was changed.").format(name=names[0])
    else:
        text = tr("None of the {number} references seems to show the same place. Nothing was changed.").format(number=len(names))
    return Message(text, "warning", ("set_points", "fill_without"))
