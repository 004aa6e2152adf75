"""What the next fill is asked to be."""

from __future__ import annotations

import numpy as np
import pytest

from app.recipe import Recipe
from engine.errors import BadInput
from engine.geometry import Box
from engine.methods import shelf
from engine.picture import Mask


@pytest.fixture
def recipe() -> Recipe:
    made = Recipe()
    made.set_cards(tuple(method.card for method in shelf().values()))
    return made


def test_until_the_engine_is_loaded_the_first_method_is_meant_as_it_is() -> None:
    recipe = Recipe()
    assert (recipe.method, recipe.card, recipe.settings) == ("patchmatch", None, None)


def test_each_method_keeps_its_own_settings(recipe: Recipe) -> None:
    recipe.set_setting("patch", 9)
    recipe.set_method("telea")
    assert recipe.settings is not None
    assert not hasattr(recipe.settings, "patch")
    recipe.set_method("patchmatch")
    assert vars(recipe.settings)["patch"] == 9


def test_a_value_out_of_range_is_a_sentence_and_changes_nothing(recipe: Recipe) -> None:
    before = recipe.settings
    with pytest.raises(BadInput, match="smooth goes from 0"):
        recipe.set_setting("smooth", 7.0)
    assert recipe.settings == before


def test_a_mask_is_grown_by_the_usual_growth_until_told_otherwise(recipe: Recipe) -> None:
    assert recipe.growth((4000, 6000)) == 4
    recipe.set_grow(0)
    assert recipe.growth((4000, 6000)) == 0


def spot(size: int = 41, level: int = 255) -> np.ndarray:
    painted = np.zeros((size, size), np.uint8)
    painted[size // 2, size // 2] = level
    return painted


def test_without_feather_it_is_the_grown_mask(recipe: Recipe) -> None:
    recipe.set_grow(5)
    assert np.array_equal(recipe.grown(spot(), (41, 41)), Mask(spot()).grown(5).coverage)


def test_a_feather_falls_in_even_steps_outside_the_grown_mask(recipe: Recipe) -> None:
    recipe.set_grow(2)
    recipe.set_feather(4)
    line = recipe.grown(spot(), (41, 41))[20, 20:]
    assert (line[:3] == 255).all()
    assert abs(line[3:7].astype(int) - [204, 153, 102, 51]).max() <= 14  # distances are chamfers
    assert not line[8:].any()
    assert recipe.reach((41, 41)) == 6


def test_a_soft_stroke_keeps_its_fall_off(recipe: Recipe) -> None:
    recipe.set_grow(1)
    recipe.set_feather(6)
    assert recipe.grown(spot(level=90), (41, 41)).max() == 90


def test_room_ends_with_the_picture(recipe: Recipe) -> None:
    recipe.set_grow(10)
    assert recipe.room(Box(0, 95, 5, 5), (100, 100)) == Box(0, 85, 15, 15)
    assert recipe.room(Box(0, 0, 1, 1), (1, 1)) == Box(0, 0, 1, 1)


@pytest.mark.parametrize("feather", [0, 3])
def test_a_picture_of_one_pixel(recipe: Recipe, feather: int) -> None:
    recipe.set_feather(feather)
    assert recipe.grown(np.full((1, 1), 255, np.uint8), (1, 1)).tolist() == [[255]]
