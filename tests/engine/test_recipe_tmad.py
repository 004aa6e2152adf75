"""The recipe `tmad`: what it draws, which networks each of its parts changes, where it begins, and that it can be resumed and validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.errors import BadInput
from engine.nets.tmad import Tmad
from engine.training import canvases, checkpoint
from engine.training.recipes import recipe_named
from engine.training.recipes.tmad import TmadRecipe, TmadSettings
from engine.training.run import Plan, Run
from tests.engine.ground import same
from tests.engine.squares import photographs
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.training.photographs import Photographs

WIDTH = 0.25
SMALL: dict[str, Any] = {"size": 128, "window": 128, "prepared": 4, "content": 0.0}
"""In smaller squares a hole may hold half of no patch, and then its critic has no turn."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Photographs, Photographs]]:
    """Photographs to train on and held ones; squares are filled in this process."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(canvases, "_matched", lambda seen, parts, *more: (canvases._fills(seen, part, *more) for part in parts))
        yield photographs(tmp_path_factory.mktemp("tmad"), train=2, held=1, size=(256, 264))


def recipe(ground: tuple[Photographs, Photographs], **settings: Any) -> TmadRecipe:
    made = TmadRecipe(TmadSettings(**SMALL | settings), WIDTH)
    for _ in made.prepare(ground[0], torch.device("cpu")):
        pass
    return made


def run(ground: tuple[Photographs, Photographs], folder: Path, steps: int = 2, minutes: float = 9, **settings: Any) -> Run:
    made = recipe(ground, **settings)
    return Run(made, *ground, Plan(steps, 2, workers=0, validation=1000, minutes=minutes, half=settings.get("part") != "joint"), folder)


def weights_of(course: Run) -> dict[str, torch.Tensor]:
    return {f"{name}.{key}": one.clone() for name, net in course.networks.items() for key, one in net.named_parameters()}


def stepped(course: Run) -> tuple[dict[str, float], set[str]]:
    """The losses of the last step, and which networks have changed since the beginning: "coarse", "patches" and so on."""
    course.recipe.validate = lambda *_: ({}, None)  # type: ignore[method-assign] - it takes seconds, and has tests of its own
    before = weights_of(course)
    losses = [dict(news.losses) for news in course.news()]
    assert all(np.isfinite(value) for one in losses for value in one.values())
    changed = {key.removeprefix("tmad.").partition(".")[0] for key, one in weights_of(course).items() if not torch.equal(one, before[key])}
    return losses[-1], changed


def test_it_is_on_the_shelf() -> None:
    assert recipe_named("tmad") is TmadRecipe


# Examples


@pytest.mark.parametrize("ranks", [1, 2, 6])
def test_examples_of_the_synthesis(ground: tuple[Photographs, Photographs], ranks: int) -> None:
    """The same names, shapes and types each time; the picture in the canvases outside the hole; a window that lies in the square."""
    made = recipe(ground, ranks=ranks, window=72, size=96)
    forms: set[tuple[Any, ...]] = set()
    mirrored: set[bytes] = set()
    for seed in range(16):
        one = made.example(ground[0], np.random.default_rng(seed))
        forms.add(tuple((name, array.shape, array.dtype.str) for name, array in one.items()))
        known = ~np.broadcast_to(one["hole"] > 0, one["image"].shape)
        for canvas in one["canvases"]:
            np.testing.assert_array_equal(canvas[known], one["image"][known])
        assert ((one["at"] >= 0) & (one["at"] <= 96 - 72)).all()
        row, column = one["at"]
        assert one["hole"][0, row : row + 72, column : column + 72].any()
        np.testing.assert_array_equal(one["small_hole"][0], one["hole"][0].reshape(24, 4, 24, 4).all((1, 3)))
        mirrored.add(one["image"].tobytes())
    (form,) = forms
    assert {name: shape for name, shape, _ in form} == {
        "small": (3, 24, 24),
        "small_hole": (1, 24, 24),
        "image": (3, 96, 96),
        "hole": (1, 96, 96),
        "canvases": (ranks, 3, 96, 96),
        "at": (2,),
    }
    assert len(mirrored) > 4  # four squares, and their mirror images


def test_canvases_of_an_example_are_different_while_there_are_some(ground: tuple[Photographs, Photographs]) -> None:
    """Patch matching fills a square four times; of six ranks two come again."""
    one = recipe(ground, ranks=6).example(ground[0], np.random.default_rng(3))
    assert len({canvas.tobytes() for canvas in one["canvases"]}) == 4
    np.testing.assert_array_equal(one["canvases"][4:], one["canvases"][:2])


def test_examples_of_the_coarse_network(ground: tuple[Photographs, Photographs]) -> None:
    """New squares each time, with the truth in small; nothing is filled by patch matching."""
    made = recipe(ground, part="coarse")
    assert made.through() == ()
    every = [made.example(ground[0], np.random.default_rng(seed)) for seed in range(6)]
    assert len({one["small_truth"].tobytes() for one in every}) == 6
    for one in every:
        assert {name: (array.shape, array.dtype) for name, array in one.items()} == {
            "small": ((3, 32, 32), np.float32),
            "small_hole": ((1, 32, 32), np.float32),
            "small_truth": ((3, 32, 32), np.float32),
        }
        known = np.broadcast_to(one["small_hole"] == 0, (3, 32, 32))
        assert np.abs(one["small"] - one["small_truth"])[known].max() < 0.15  # a pixel is known where a part of it is
        assert 0 <= one["small"].min() < one["small"].max() <= 1


# Steps

CRITICS = {"patches", "picture"}


def test_the_coarse_part_changes_the_coarse_network_alone(ground: tuple[Photographs, Photographs], tmp_path: Path) -> None:
    losses, changed = stepped(run(ground, tmp_path, part="coarse"))
    assert changed == {"coarse"}
    assert list(losses) == ["coarse"]


@pytest.mark.parametrize(
    ("settings", "networks"),
    [
        ({"windows": 0.0, "distribution": False}, {"synthesis"} | CRITICS),
        ({"windows": 0.5, "ranks": 2}, {"synthesis", "retrieval"} | CRITICS),
        ({"windows": 1.0, "ranks": 1}, {"synthesis", "retrieval"} | CRITICS),
        ({"windows": 0.5, "ranks": 6, "sampling": False}, {"synthesis", "retrieval"} | CRITICS),
        ({"windows": 0.0, "blending": False}, {"synthesis", "patches"}),
        ({"windows": 0.0, "patches": 0.0}, {"synthesis", "picture"}),
        ({"windows": 0.5, "part": "joint", "window": 96}, {"coarse", "synthesis", "retrieval"} | CRITICS),
        ({"windows": 0.0, "part": "joint", "window": 512}, {"coarse", "synthesis"} | CRITICS),
    ],
)
def test_a_step_changes_the_networks_that_it_names(
    ground: tuple[Photographs, Photographs], tmp_path: Path, settings: dict[str, Any], networks: set[str]
) -> None:
    losses, changed = stepped(run(ground, tmp_path, **settings))
    assert changed == networks
    assert {"error", "smooth"} <= set(losses)
    assert ("coarse" in losses) == (settings.get("part") == "joint")
    assert ("blending" in losses) == ("picture" in networks)
    assert ("patches" in losses) == ("patches" in networks)


@needs_weights("vgg16")
@pytest.mark.parametrize("taps", ["near", "paper"])
def test_the_loss_of_content(ground: tuple[Photographs, Photographs], tmp_path: Path, taps: str) -> None:
    course = run(ground, tmp_path, steps=1, content=0.05, taps=taps, windows=0.0)
    assert course.recipe.through() == ("vgg16",)
    losses, changed = stepped(course)
    assert losses["content"] > 0
    assert changed == {"synthesis"} | CRITICS


def test_the_first_step_of_the_synthesis_sees_what_it_should(ground: tuple[Photographs, Photographs]) -> None:
    """Untrained networks compose the mean of canvases: its error can be told from the batch alone."""
    made = recipe(ground, windows=0.0, patches=0.0, blending=False)
    torch.manual_seed(0)
    batch = {name: torch.from_numpy(one)[None] for name, one in made.example(ground[0], np.random.default_rng(0)).items()}
    nets = made.networks()
    (who, terms), *others = list(made.losses(nets, batch))
    assert (who, others) == ("tmad", [])
    image, hole, four = (batch[name][0].double().numpy() for name in ("image", "hole", "canvases"))
    wanted = (np.abs(four.mean(0) - image) * hole).sum() / (3 * hole.sum()) / 255
    for name in ("smooth", "error"):
        weight = made.settings.error if name == "error" else 1
        assert terms[name].item() == pytest.approx(weight * wanted, rel=0.2), name  # colours are 12 % the coarse ones


@pytest.mark.parametrize("settings", [{"size": 100}, {"window": 66}])
def test_sides_that_cannot_be_halved_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="multiple"):
        TmadRecipe(TmadSettings(**SMALL | settings))


# Where it begins


def saved(path: Path, ranks: int = 4, width: float = WIDTH) -> tuple[Path, Tmad]:
    torch.manual_seed(99)
    other = Tmad(width, ranks)
    for one in other.parameters():
        one.data += 0.01
    save_file(other.half().state_dict(), path)
    return path, other.float()


def taken(ground: tuple[Photographs, Photographs], **settings: Any) -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return recipe(ground, part="coarse", **settings).networks()["tmad"].state_dict()


def test_it_begins_with_all_of_a_file_or_with_the_coarse_network(ground: tuple[Photographs, Photographs], tmp_path: Path) -> None:
    path, other = saved(tmp_path / "all.safetensors")
    chance, whole, coarse = taken(ground), taken(ground, begin=str(path)), taken(ground, begin=str(path), only="coarse")
    assert same(dict(whole), dict(other.state_dict()))
    for key, one in coarse.items():
        assert torch.equal(one, (whole if key.startswith("coarse.") else chance)[key]), key


def test_the_coarse_network_serves_other_ranks(ground: tuple[Photographs, Photographs], tmp_path: Path) -> None:
    path, other = saved(tmp_path / "all.safetensors")
    state = taken(ground, begin=str(path), only="coarse", ranks=2)
    assert torch.equal(state["coarse.enter.weight"], other.coarse.enter.weight)
    assert state["synthesis.enter_texture.weight"].shape[1] == 6


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ranks": 6}, "enter_texture"),
        ({"only": "all", "begin": "nowhere.safetensors"}, "There is no file nowhere.safetensors"),
        ({"begin": "nothing"}, "There are no weights 'nothing'"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    ground: tuple[Photographs, Photographs], tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    path, _ = saved(tmp_path / "all.safetensors")
    with pytest.raises(BadInput, match=said) as error:
        taken(ground, **{"begin": str(path)} | settings)
    assert str(error.value).count("\n") == 0
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("only", ["all", "coarse"])
def test_another_width_is_refused(ground: tuple[Photographs, Photographs], tmp_path: Path, only: str) -> None:
    path, _ = saved(tmp_path / "wide.safetensors", width=0.5)
    with pytest.raises(BadInput, match="does not fit the network"):
        taken(ground, begin=str(path), only=only)


# Resuming


@pytest.mark.parametrize("settings", [{"part": "coarse"}, {"windows": 0.5, "part": "synthesis"}])
def test_a_run_that_was_stopped_gives_the_same_bytes(
    ground: tuple[Photographs, Photographs], tmp_path: Path, settings: dict[str, Any]
) -> None:
    whole = run(ground, tmp_path / "whole", steps=3, **settings)
    stepped(whole)
    parts = run(ground, tmp_path / "parts", steps=3, minutes=1e-9, **settings)
    stepped(parts)
    assert parts.step == 1
    state = checkpoint.load(tmp_path / "parts")
    assert state is not None
    again = run(ground, tmp_path / "parts", steps=3, **settings)
    again.resume(state)
    stepped(again)
    one, other = whole.state(), again.state()
    for what in ("step", "networks", "average", "optimisers"):
        assert same(one[what], other[what]), what


# Validation


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"part": "coarse"}, {"psnr", "smooth"}),
        ({"windows": 0.25}, {"psnr", "ssim", "detail"}),
        ({"windows": 1.0, "ranks": 2}, {"psnr", "canvas-psnr", "smooth-psnr"}),
    ],
)
def test_validation(ground: tuple[Photographs, Photographs], settings: dict[str, Any], names: set[str]) -> None:
    made = recipe(ground, **settings)
    torch.manual_seed(0)
    net = made.networks()["tmad"].eval().requires_grad_(requires_grad=False)
    scores, strip = made.validate(net, ground[1], torch.device("cpu"))
    again, _ = made.validate(net, ground[1], torch.device("cpu"))
    assert names <= set(scores)
    assert all(np.isfinite(value) for value in scores.values())
    assert scores == again
    assert strip is not None
    assert strip.dtype == np.uint8
    assert strip.ndim == 3
    if settings.get("part") == "coarse":
        assert scores["psnr"] == pytest.approx(scores["smooth"])  # it has learnt nothing
    else:
        assert scores["psnr"] <= scores["smooth-psnr"]  # the texture of one canvas errs more than the mean of all
        assert strip.shape == (256, 6 * 256, 3)


def test_small_photographs_are_validated_too(tmp_path: Path) -> None:
    """The least side that a photograph may have is 64."""
    made = TmadRecipe(TmadSettings(**SMALL, part="coarse"), WIDTH)
    _, held = photographs(tmp_path, train=1, held=1, size=(200, 220))
    with torch.no_grad():
        scores, _ = made.validate(made.networks()["tmad"].eval(), held, torch.device("cpu"))
    assert np.isfinite(scores["psnr"])
