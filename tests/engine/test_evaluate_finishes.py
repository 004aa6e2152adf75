"""A method with a finish behind it takes part in an evaluation: as it is typed, as it is refused, as it fills."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import BadInput
from engine.evaluation.methods import checked_methods, split, takes_references
from engine.evaluation.ours import OfTheShelf, read
from tests.engine.cases import rectangles, scene
from tests.engine.finishing import lay_palette

SIZE, HOLE = (60, 80), (20, 30, 36, 50)


@pytest.fixture(autouse=True)
def second_shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    lay_palette(monkeypatch)


def test_commas_part_methods_and_settings_each_behind_their_own_colon() -> None:
    assert split("telea+palette, harmonic+palette:keep=0.5,channel=first ,telea:radius=9+palette:keep=1,peer:fsr") == [
        "telea+palette",
        "harmonic+palette:keep=0.5,channel=first",
        "telea:radius=9+palette:keep=1",
        "peer:fsr",
    ]
    assert split("patchmatch:patch=9,effort=best+palette:keep=1,channel=all,telea") == [
        "patchmatch:patch=9,effort=best+palette:keep=1,channel=all",
        "telea",
    ]


def test_settings_go_to_whom_they_were_typed_for() -> None:
    found = read("patchmatch:patch=9,effort=best,seed=3+palette:keep=0.5,channel=first")
    assert (found.method, found.finish, found.beside) == ("patchmatch", "palette", {"seed": "3"})
    assert (vars(found.settings)["patch"], vars(found.settings)["effort"]) == (9, "best")
    assert vars(found.finishing) == {"keep": 0.5, "channel": "first"}
    assert (read("telea").finish, read("telea").finishing) == ("", None)


def test_whether_it_takes_references_is_for_the_method_to_say() -> None:
    assert takes_references("refmatch:no_match=fill+palette:keep=1")
    assert not takes_references("telea+palette")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("telea+varnish", "There is no finish varnish; there are palette"),
        ("telea+", "There is no finish ; there are palette"),
        ("telea+palette:keep=2", "keep goes from 0.0 to 1.0"),
        ("telea+palette:seed=3", "There is no setting seed here"),
        ("telea:keep=1+palette", "There is no setting keep here"),
        ("navier-stokes+palette", '"Navier-Stokes" has done already'),
        ("peer:fsr+palette", "A finish follows a method of the shelf, and peer:fsr is none"),
        ("telea+palette,telea+palette", r"The method telea\+palette stands there twice"),
    ],
)
def test_what_is_typed_wrongly_is_said_in_one_sentence_before_any_work(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=f"^{said}"):
        checked_methods(typed)


def test_it_fills_as_the_road_does() -> None:
    picture, mask = scene(*SIZE), rectangles(SIZE, HOLE)
    plain, kept, finished = (OfTheShelf(f"telea{behind}")(picture, mask) for behind in ("", "+palette:keep=1", "+palette"))
    assert np.array_equal(plain, kept)
    inside = mask > 0
    assert (finished[inside] != plain[inside]).any()
    assert (finished[inside][:, None] == picture[~inside]).all(axis=-1).any(axis=-1).all()
