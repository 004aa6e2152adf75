"""What the user is asked before something would be lost: a sentence, and the answers that there are."""

from __future__ import annotations

from dataclasses import dataclass

CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence and its answers, (name, words on the button) each, the one that Enter means first; `CANCEL` is what Esc means."""

    text: str
    answers: tuple[tuple[str, str], ...]
    detail: str = ""
    """A second sentence, smaller."""
