"""Adversarial losses: known values, worked out from the papers' formulas with `math` alone, and their gradients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch

from engine.training.losses import adversarial
from engine.training.losses.adversarial import (
    hinge_critic,
    hinge_generator,
    least_squares_critic,
    least_squares_generator,
    non_saturating_critic,
    non_saturating_generator,
    relativistic_critic,
    relativistic_generator,
)

if TYPE_CHECKING:
    from collections.abc import Callable

REAL, FAKE = torch.tensor([[2.0, -0.5]]), torch.tensor([0.25, -3.0, 0.75])


def log_sigmoid(x: float) -> float:
    return math.log(1 / (1 + math.exp(-x)))


def log_other(x: float) -> float:
    return math.log(1 - 1 / (1 + math.exp(-x)))


def test_hinge() -> None:
    assert hinge_critic(REAL, FAKE).item() == pytest.approx(((0 + 1.5) / 2 + (1.25 + 0 + 1.75) / 3) / 2)
    assert hinge_generator(FAKE).item() == pytest.approx(2 / 3)


def test_non_saturating() -> None:
    real, fake = (log_sigmoid(2) + log_sigmoid(-0.5)) / 2, sum(map(log_other, FAKE.tolist())) / 3
    assert non_saturating_critic(REAL, FAKE).item() == pytest.approx(-(real + fake) / 2)
    assert non_saturating_generator(FAKE).item() == pytest.approx(-sum(map(log_sigmoid, FAKE.tolist())) / 3)


def test_least_squares() -> None:
    assert least_squares_critic(REAL, FAKE).item() == pytest.approx(((1 + 2.25) / 2 + (0.0625 + 9 + 0.5625) / 3) / 2)
    assert least_squares_generator(FAKE).item() == pytest.approx((0.5625 + 16 + 0.0625) / 3)


def test_relativistic() -> None:
    """Means are 0.75 and -2/3."""
    real, fake = [2 + 2 / 3, -0.5 + 2 / 3], [0.25 - 0.75, -3 - 0.75, 0.75 - 0.75]
    critic = -(sum(map(log_sigmoid, real)) / 2 + sum(map(log_other, fake)) / 3) / 2
    generator = -(sum(map(log_other, real)) / 2 + sum(map(log_sigmoid, fake)) / 3) / 2
    assert relativistic_critic(REAL, FAKE).item() == pytest.approx(critic)
    assert relativistic_generator(REAL, FAKE).item() == pytest.approx(generator)


def test_relativistic_least_squares() -> None:
    """As in the authors' code: (D real - mean D fake - 1)^2 and (D fake - mean D real + 1)^2."""
    real, fake = [2 + 2 / 3, -0.5 + 2 / 3], [0.25 - 0.75, -3 - 0.75, 0.75 - 0.75]
    critic = (sum((x - 1) ** 2 for x in real) / 2 + sum((x + 1) ** 2 for x in fake) / 3) / 2
    generator = (sum((x + 1) ** 2 for x in real) / 2 + sum((x - 1) ** 2 for x in fake) / 3) / 2
    assert relativistic_critic(REAL, FAKE, "least squares").item() == pytest.approx(critic)
    assert relativistic_generator(REAL, FAKE, "least squares").item() == pytest.approx(generator)


def test_relativistic_hinge() -> None:
    real, fake = [2 + 2 / 3, -0.5 + 2 / 3], [0.25 - 0.75, -3 - 0.75, 0.75 - 0.75]
    critic = (sum(max(0, 1 - x) for x in real) / 2 + sum(max(0, 1 + x) for x in fake) / 3) / 2
    generator = (sum(max(0, 1 + x) for x in real) / 2 + sum(max(0, 1 - x) for x in fake) / 3) / 2
    assert relativistic_critic(REAL, FAKE, "hinge").item() == pytest.approx(critic)
    assert relativistic_generator(REAL, FAKE, "hinge").item() == pytest.approx(generator)


CRITICS = {
    "hinge": hinge_critic,
    "non-saturating": non_saturating_critic,
    "least squares": least_squares_critic,
    "relativistic": relativistic_critic,
}
GENERATORS = {
    "hinge": lambda _, fake: hinge_generator(fake),
    "non-saturating": lambda _, fake: non_saturating_generator(fake),
    "least squares": lambda _, fake: least_squares_generator(fake),
    "relativistic": relativistic_generator,
}


@pytest.mark.parametrize("loss", [*CRITICS.values(), *GENERATORS.values()])
def test_gradients(loss: Callable[..., torch.Tensor]) -> None:
    torch.manual_seed(0)
    real, fake = (torch.randn(2, 1, 3, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(loss, (real, fake))


@pytest.mark.parametrize("name", CRITICS)
def test_each_pulls_in_its_direction(name: str) -> None:
    """A critic raises real and lowers fake; a generator raises fake."""
    real, fake = torch.zeros(4, requires_grad=True), torch.zeros(4, requires_grad=True)
    to_real, to_fake = torch.autograd.grad(CRITICS[name](real, fake), (real, fake))
    if name != "least squares":  # which is content with 0 for fake
        assert (to_fake > 0).all()
    assert (to_real < 0).all()
    (from_generator,) = torch.autograd.grad(GENERATORS[name](real, fake), fake)
    assert (from_generator < 0).all()


def test_large_scores_stay_finite() -> None:
    far = torch.tensor([1e4])
    for loss in (non_saturating_critic(-far, far), relativistic_critic(-far, far), non_saturating_generator(-far)):
        assert torch.isfinite(loss)
    assert adversarial.non_saturating_critic(far, -far).item() == 0


@pytest.mark.parametrize("name", CRITICS)
def test_scores_in_half_precision_lose_nothing_on_the_way(name: str) -> None:
    real, fake = REAL.bfloat16(), FAKE.bfloat16()  # these values are whole there
    for losses in (CRITICS, GENERATORS):
        assert torch.equal(losses[name](real, fake), losses[name](REAL, FAKE))
