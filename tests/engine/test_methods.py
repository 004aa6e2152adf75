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

from engine.errors import NoMatch
from engine.matching.features import FEATURES
from engine.methods import method_named, shelf
from tests.conftest import ROOT
from tests.engine import laws
from tests.engine.cases import ALL, LARGE, MATCHING, SEEN, Cases
from tests.engine.laws import LAWS, Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.method import Method

SHELF = shelf()


def _subject(method: type[Method], **settings: Any) -> Subject:
    """A method that brings every fill to an end, whether or not references match; and with those settings."""
    kind = method.card.settings
    lenient = {"no_match": "fill"} if "no_match" in kind.described() else {}
    return Subject(method, settings=replace(kind(), **lenient | settings))


WITH_REFERENCES = [method for method in SHELF.values() if method.card.references]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("method", SHELF.values(), ids=lambda method: method.card.name)
def test_the_laws(method: type[Method], law: Callable[..., None]) -> None:
    (cases,) = law.__defaults__
    law(_subject(method), cases.seen_again() if method.card.references else cases)


@pytest.mark.parametrize("method", WITH_REFERENCES, ids=lambda method: method.card.name)
def test_the_laws_hold_in_whatever_way_the_place_is_seen_again(method: type[Method]) -> None:
    some = tuple(case for case in SEEN.named if case.way in ("changed", "half", "itself"))
    laws.law_4_what_the_mask_hides_is_not_seen(_subject(method), Cases(some, 0))
    laws.law_8_every_source_is_known_and_what_is_copied_equals_it(_subject(method), SEEN)


@pytest.mark.parametrize("method", WITH_REFERENCES, ids=lambda method: method.card.name)
def test_a_place_seen_again_is_taken_from_where_it_is_seen(method: type[Method]) -> None:
    """Else the laws of references would have looked at fills without any."""
    matched = {case.way: _subject(method).run(case.job(_subject(method))).record["matched"] for case in SEEN.named}
    assert {way for way, found in matched.items() if not found} <= {"noise", "one pixel", "flat", "transparent", "mirrored"}


def _settings(method: type[Method]) -> list[tuple[str, Any]]:
    """For every setting of a method each of its choices, or both ends of its range, the others at their defaults."""
    usual, found = _subject(method).settings, list[tuple[str, Any]]()
    for name, limits in usual.described().items():
        default = getattr(usual, name)
        values = limits.choices or ((not default,) if isinstance(default, bool) else (limits.least, limits.most))
        found += [
            (name, value if isinstance(value, str) else type(default)(value)) for value in values if value != default and name != "no_match"
        ]
    return found


def _there(value: Any) -> pytest.MarkDecorator:
    """Skips a choice whose weights or library are not on this machine."""
    return pytest.mark.skipif(value in FEATURES and not FEATURES[value].ready, reason=f"{value} is not on this machine")


OTHERS = [
    pytest.param(method, name, value, id=f"{method.card.name}-{name}-{value}", marks=_there(value))
    for method in SHELF.values()
    for name, value in _settings(method)
]


@pytest.mark.parametrize(("method", "name", "value"), [one for one in OTHERS if not one.values[0].card.references])
def test_the_laws_hold_at_every_setting(method: type[Method], name: str, value: Any) -> None:
    subject = _subject(method, **{name: value})
    named = Cases(ALL.named, 0)
    laws.law_5_any_size_and_any_hole(subject)
    laws.law_8_every_source_is_known_and_what_is_copied_equals_it(subject, named)
    laws.law_10_finite_in_range_dtype_and_layout_kept(subject, named)


@pytest.mark.parametrize(("method", "name", "value"), [one for one in OTHERS if one.values[0].card.references])
def test_the_laws_hold_at_every_setting_with_references(method: type[Method], name: str, value: Any) -> None:
    subject = _subject(method, **{name: value})
    slow = name == "procedure"  # some seconds a fill, of whatever size
    laws.law_8_every_source_is_known_and_what_is_copied_equals_it(subject, Cases(MATCHING[: 1 if slow else 3], 0))
    if name != "features" and not slow:
        laws.law_10_finite_in_range_dtype_and_layout_kept(subject, replace(ALL.seen_again(), drawn=0))


@pytest.mark.parametrize("way", ["noise", "flat", "transparent", "one pixel"])
def test_a_restoration_stops_in_a_sentence_where_nothing_matches(way: str) -> None:
    subject = Subject(SHELF["refmatch"])
    (case,) = (case for case in SEEN.named if case.way == way)
    with pytest.raises(NoMatch) as said:
        subject.run(case.job(subject))
    assert "1.png" in str(said.value)
    assert str(said.value).endswith(".")


ALONE = """
import hashlib, torch
from engine.methods import shelf
from tests.engine.cases import LARGE
from tests.engine.laws import bytes_of
from tests.engine.test_methods import _subject
torch.set_num_threads(1)
for method in shelf().values():
    subject = _subject(method)
    print(hashlib.sha256(repr(bytes_of(subject.run(LARGE.job(subject)))).encode()).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    there = subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    subjects = [_subject(method) for method in SHELF.values()]
    here = [hashlib.sha256(repr(laws.bytes_of(subject.run(LARGE.job(subject)))).encode()).hexdigest() for subject in subjects]
    assert there.stdout.split() == here


def test_the_shelf_holds_what_it_should() -> None:
    assert {"harmonic", "navier-stokes", "patchmatch", "telea"} <= set(SHELF)


def test_the_shelf_is_in_order_and_every_method_answers_to_its_name() -> None:
    assert list(SHELF) == sorted(SHELF)
    assert all(method_named(name) is method for name, method in SHELF.items())


def test_two_methods_of_one_name_are_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.shelf.Shelf._of", lambda *_: [SHELF["telea"]])
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
