"""A bar on the terminal while a generator of Steps runs."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, TypeVar

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.job import Step

Made = TypeVar("Made")

FORM = "{desc:<34} {bar} {percentage:3.0f} % {remaining}"


def followed(steps: Generator[Step, None, Made], *, quiet: bool) -> Made:
    """What a generator returns; its Steps are drawn on standard error where that is a terminal, unless `quiet`."""
    hidden = quiet or not sys.stderr.isatty()
    with contextlib.closing(steps), tqdm(total=1.0, disable=hidden, leave=False, bar_format=FORM) as bar:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            bar.set_description_str(step.stage, refresh=False)
            bar.update(step.fraction - bar.n)
