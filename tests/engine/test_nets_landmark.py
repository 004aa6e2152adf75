"""`landmark`'s network: shapes, places of cells, what it does not see; and its recipe, which learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from skimage import data

from engine import weights
from engine.nets.landmark import Landmark, padded, read_at, standardised
from engine.training.recipes.landmark import PLACES, SIZE, LandmarkRecipe, Options, _found
from engine.training.run import Plan, Run
from engine.training.teacher import DIRECTIONS, taught
from engine.training.views import pair
from tests.engine.weights_there import needs_weights

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GOLDEN: dict[str, list[float]] = {
    "half": [0.4339, -0.5119, 0.7427, 0.4511],
    "quarter": [-0.0905, -0.1521, -0.1384, -0.0337],
    "eighth": [-0.8138, -0.105, 0.032, 0.0099],
    "reliability": [0.4395, 0.9414, 0.7611, 0.4574],
}
"""What the shipped weights gave on the processor in float32 when they were shipped."""


@pytest.fixture(scope="module")
def network() -> Landmark:
    torch.manual_seed(0)
    return Landmark().eval()


@pytest.fixture(scope="module")
def picture() -> torch.Tensor:
    return torch.from_numpy(data.astronaut()[:160, :192].copy()).permute(2, 0, 1)[None].float() / 255


def test_it_is_small_and_its_maps_have_their_strides(network: Landmark, picture: torch.Tensor) -> None:
    assert sum(one.numel() for one in network.parameters()) < 1_500_000
    with torch.inference_mode():
        half, quarter, eighth, reliability = network(picture)
    assert half.shape == (1, 24, 80, 96)
    assert quarter.shape == (1, 64, 40, 48)
    assert eighth.shape == (1, DIRECTIONS, 20, 24)
    assert reliability.shape == (1, 1, 40, 48)
    for units in (quarter, eighth):
        assert torch.allclose(units.norm(dim=1), torch.ones(()), atol=1e-5)


def test_exposure_and_white_balance_are_not_seen(network: Landmark, picture: torch.Tensor) -> None:
    darker = picture * torch.tensor([0.6, 0.5, 0.4]).view(1, 3, 1, 1) + 0.1
    with torch.inference_mode():
        likeness = (network(picture).quarter * network(darker).quarter).sum(1)
    assert likeness.min() > 0.98
    assert torch.allclose(standardised(picture).mean((2, 3)), torch.zeros(()), atol=1e-5)


def test_cells_move_with_the_picture(network: Landmark) -> None:
    wide = torch.from_numpy(data.astronaut()[:256, :320].copy()).permute(2, 0, 1)[None].float() / 255
    wide = standardised(wide)
    with torch.inference_mode():
        left, right = network(wide[..., :288]).quarter, network(wide[..., 32:]).quarter
    likeness = (left[..., 20:52] * right[..., 12:44]).sum(1)
    assert likeness.median() > 0.99


def test_width_and_padding() -> None:
    assert Landmark(0.5)(torch.rand(2, 3, 32, 64)).quarter.shape == (2, 64, 8, 16)
    assert padded(torch.rand(1, 3, 33, 64)).shape == (1, 3, 64, 64)
    assert padded(torch.rand(1, 3, 64, 32)).shape == (1, 3, 64, 32)


@pytest.mark.parametrize("stride", [2, 4, 8])
def test_reading_at_a_cells_centre_gives_the_cell(stride: int) -> None:
    cells = torch.nn.functional.normalize(torch.randn(1, 5, 6, 7, generator=torch.Generator().manual_seed(0)), dim=1)
    at = (torch.cartesian_prod(torch.arange(6.0), torch.arange(7.0)) + 0.5) * stride - 0.5
    assert torch.allclose(read_at(cells, at[None], stride)[0], cells[0].flatten(1).T, atol=1e-5)
    between = (at[0] + at[1]) / 2
    mean = torch.nn.functional.normalize(cells[0, :, 0, 0] + cells[0, :, 0, 1], dim=0)
    assert torch.allclose(read_at(cells, between[None, None], stride)[0, 0], mean, atol=1e-5)


class Some:
    """Photographs in memory, as `Photographs` is used by a recipe."""

    split = "train"

    def __init__(self, folder: Path) -> None:
        self.pictures: list[NDArray[np.uint8]] = [data.astronaut()[:300, :300], data.coffee()[:290, :400], data.chelsea()]
        self.kept = [type("One", (), {"height": one.shape[0], "width": one.shape[1]}) for one in self.pictures]
        self.file = folder / "pixels.bin"

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, number: int) -> NDArray[np.uint8]:
        return self.pictures[number]


def test_without_a_teacher_an_example_has_no_lesson(tmp_path: Path) -> None:
    example = LandmarkRecipe(Options(teacher=0)).example(Some(tmp_path), np.random.default_rng(0))  # type: ignore[arg-type]
    assert {name: one.shape for name, one in example.items()} == {
        "views": (2, 3, SIZE, SIZE),
        "points": (2, PLACES, 2),
        "valid": (PLACES,),
    }


def test_it_learns_to_find_places(tmp_path: Path) -> None:
    some = Some(tmp_path)
    recipe = LandmarkRecipe(Options(teacher=0), width=0.5)
    course = Run(recipe, some, some, Plan(steps=14, batch=2, workers=0, validation=99), tmp_path)  # type: ignore[arg-type]
    news = list(course.news())
    losses = [one.losses["quarter"] for one in news]
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 1
    assert 0 <= news[-1].scores["found"] <= 1
    assert news[-1].strip is not None
    assert news[-1].strip.shape[2] == 3


@needs_weights("vgg16")
def test_the_teacher_sees_the_photograph_where_the_views_show_it(tmp_path: Path) -> None:
    some = Some(tmp_path)
    steps = taught(some, 2, torch.device("cpu"))  # type: ignore[arg-type]
    while True:
        try:
            next(steps)
        except StopIteration as end:
            features = end.value
            break
    assert len(features) == 2
    assert features[0].shape == (DIRECTIONS, 38, 38)
    assert np.allclose(np.linalg.norm(features[1].astype(np.float32), axis=0), 1, atol=1e-2)
    assert not list(taught(some, 2, torch.device("cpu")))  # type: ignore[arg-type] - seen already
    recipe = LandmarkRecipe(Options(teacher=2))
    list(recipe.prepare(some, torch.device("cpu")))  # type: ignore[arg-type]
    lessons = [recipe.example(some, np.random.default_rng(seed)) for seed in range(8)]  # type: ignore[arg-type]
    known = np.array([one["known"].mean() for one in lessons])
    assert ((known > 0.3) | (known == 0)).all()
    assert known.max() > 0.3
    one = lessons[int(known.argmax())]
    lengths = np.linalg.norm(one["lesson"].astype(np.float32), axis=1)
    assert np.allclose(lengths[one["known"]], 1, atol=1e-2)


def test_the_shipped_weights_give_what_they_gave(picture: torch.Tensor) -> None:
    network = weights.load(Landmark(), "landmark").eval()
    with torch.inference_mode():
        half, quarter, eighth, reliability = network(picture)
    golden = {
        "half": half[0, :4, 40, 48],
        "quarter": quarter[0, :4, 20, 24],
        "eighth": eighth[0, :4, 10, 12],
        "reliability": reliability[0, 0, 10, :4],
    }
    for name, values in golden.items():
        assert np.allclose(values.numpy(), GOLDEN[name], atol=2e-3), (name, values.tolist())


def test_the_shipped_weights_find_places_in_another_light(tmp_path: Path) -> None:
    network = weights.load(Landmark(), "landmark").eval()
    some = Some(tmp_path)
    shares = []
    for seed in range(6):
        drawn = pair(some[seed % 3], [some[(seed + 1) % 3], some[(seed + 2) % 3]], SIZE, PLACES, np.random.default_rng(seed))
        with torch.inference_mode():
            shares.append(float(_found(network, drawn, torch.device("cpu"))[0].mean()))
    untrained = Landmark().eval()
    with torch.inference_mode():
        before = float(_found(untrained, drawn, torch.device("cpu"))[0].mean())
    assert np.mean(shares) > 0.4
    assert before < 0.2
