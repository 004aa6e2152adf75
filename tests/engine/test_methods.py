"""Every method on the shelf, by being there, before each of the ten laws; and before those that settings can break, at every setting."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.methods import method_named, shelf
from tests.conftest import ROOT
from tests.engine import laws
from tests.engine.cases import ALL, LARGE, Cases
from tests.engine.laws import LAWS, Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.method import Method

SHELF = shelf()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("method", SHELF.values(), ids=lambda method: method.card.name)
def test_the_laws(method: type[Method], law: Callable[[Subject], None]) -> None:
    law(Subject(method))


def _settings(method: type[Method]) -> list[tuple[str, Any]]:
    """For every setting of a method each of its choices, or both ends of its range, the others at their defaults."""
    kind, found = method.card.settings, list[tuple[str, Any]]()
    for name, limits in kind.described().items():
        default = getattr(kind(), name)
        values = limits.choices or ((not default,) if isinstance(default, bool) else (limits.least, limits.most))
        found += [(name, value if isinstance(value, str) else type(default)(value)) for value in values if value != default]
    return found


OTHERS = [
    pytest.param(method, name, value, id=f"{method.card.name}-{name}-{value}")
    for method in SHELF.values()
    for name, value in _settings(method)
]


@pytest.mark.parametrize(("method", "name", "value"), OTHERS)
def test_the_laws_hold_at_every_setting(method: type[Method], name: str, value: Any) -> None:
    subject = Subject(method, settings=replace(method.card.settings(), **{name: value}))
    named = Cases(ALL.named, 0)
    laws.law_5_any_size_and_any_hole(subject)
    laws.law_8_every_source_is_known_and_what_is_copied_equals_it(subject, named)
    laws.law_10_finite_in_range_dtype_and_layout_kept(subject, named)


ALONE = """
import hashlib, torch
from engine.methods import shelf
from tests.engine.cases import LARGE
from tests.engine.laws import Subject, bytes_of
torch.set_num_threads(1)
for method in shelf().values():
    subject = Subject(method)
    print(hashlib.sha256(repr(bytes_of(subject.run(LARGE.job(subject)))).encode()).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    there = subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    subjects = [Subject(method) for method in SHELF.values()]
    here = [hashlib.sha256(repr(laws.bytes_of(subject.run(LARGE.job(subject)))).encode()).hexdigest() for subject in subjects]
    assert there.stdout.split() == here


def test_the_shelf_holds_what_it_should() -> None:
    assert {"harmonic", "navier-stokes", "patchmatch", "telea"} <= set(SHELF)


def test_the_shelf_is_in_order_and_every_method_answers_to_its_name() -> None:
    assert list(SHELF) == sorted(SHELF)
    assert all(method_named(name) is method for name, method in SHELF.items())


def test_two_methods_of_one_name_are_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.methods._of", lambda _: [SHELF["telea"]])
    with pytest.raises(RuntimeError, match="two methods are called telea"):
        shelf()


@pytest.mark.parametrize("method", SHELF.values(), ids=lambda method: method.card.name)
def test_every_card_can_be_read_and_every_setting_explained(method: type[Method]) -> None:
    card = method.card
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", card.name)
    assert card.title
    assert card.sentence.endswith(".")
    assert card.paper
    assert "cpu" in card.devices
    for limits in card.settings.described().values():
        assert limits.label
        assert limits.help.endswith(".")


def test_without_colour_adaptation_every_pixel_of_a_hard_mask_is_a_copy() -> None:
    method = SHELF["patchmatch"]
    subject = Subject(method, settings=replace(method.card.settings(), adapt=False))
    case = next(case for case in ALL.named if case.name == "odd")
    (field, _) = subject.run(case.job(subject)).evidence
    assert np.all(field.copied)
