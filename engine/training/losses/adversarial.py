"""What a critic and a generator descend, as functions of maps of scores: any shape, every element a score of its own, higher is more real.

In a critic's turn `fake` is made without a gradient to the generator. A critic's loss is half of what it is for real plus half of what it is
for fake, so all have one scale; papers that add the two mean twice that. Scores in half precision are brought to float32 first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

Form = Literal["non-saturating", "least squares", "hinge"]
"""How a score becomes a loss."""


def hinge_critic(real: Tensor, fake: Tensor) -> Tensor:
    """(mean max(0, 1 - real) + mean max(0, 1 + fake)) / 2. Lim, Ye: Geometric GAN, 2017; Yu et al., ICCV 2019."""
    return (_hinge(real) + _hinge(-fake)) / 2


def hinge_generator(fake: Tensor) -> Tensor:
    """-mean fake. Yu et al., ICCV 2019."""
    return -_wide(fake).mean()


def non_saturating_critic(real: Tensor, fake: Tensor) -> Tensor:
    """-(mean log sigmoid(real) + mean log(1 - sigmoid(fake))) / 2. Goodfellow et al., NeurIPS 2014, equation 1."""
    return (_logistic(real) + _logistic(-fake)) / 2


def non_saturating_generator(fake: Tensor) -> Tensor:
    """-mean log sigmoid(fake). Goodfellow et al., NeurIPS 2014, end of section 3."""
    return _logistic(fake)


def least_squares_critic(real: Tensor, fake: Tensor) -> Tensor:
    """(mean (real - 1)^2 + mean fake^2) / 2. Mao et al.: Least Squares GAN, ICCV 2017, a = 0, b = 1."""
    return (_squares(real) + _wide(fake).square().mean()) / 2


def least_squares_generator(fake: Tensor) -> Tensor:
    """Mean (fake - 1)^2. Mao et al., ICCV 2017, c = 1, who take half of it."""
    return _squares(fake)


def relativistic_critic(real: Tensor, fake: Tensor, form: Form = "non-saturating") -> Tensor:
    """How much more real the real looks than the fake on average does, and the other way round.

    With f(x) = log(1 + exp(-x)), (x - 1)^2 or max(0, 1 - x): (mean f(real - mean fake) + mean f(mean real - fake)) / 2.
    Jolicoeur-Martineau: The relativistic discriminator, ICLR 2019 (relativistic average). `real` and `fake` may have different shapes.
    The means inside are of the scores given: where several processes share a batch, each takes those of its own part.
    """
    loss, real, fake = _FORMS[form], _wide(real), _wide(fake)
    return (loss(real - fake.mean()) + loss(real.mean() - fake)) / 2


def relativistic_generator(real: Tensor, fake: Tensor, form: Form = "non-saturating") -> Tensor:
    """The critic's with real and fake exchanged: what is real must look less so, too; so real is scored in this turn as well."""
    return relativistic_critic(fake, real, form)


def _wide(scores: Tensor) -> Tensor:
    """Of at least float32."""
    return scores.to(torch.promote_types(scores.dtype, torch.float32))


def _logistic(scores: Tensor) -> Tensor:
    """Mean of -log sigmoid."""
    return functional.softplus(-_wide(scores)).mean()


def _squares(scores: Tensor) -> Tensor:
    """Mean square of what is missing to 1."""
    return (_wide(scores) - 1).square().mean()


def _hinge(scores: Tensor) -> Tensor:
    """Mean of what is missing to 1."""
    return functional.relu(1 - _wide(scores)).mean()


_FORMS: dict[Form, Callable[[Tensor], Tensor]] = {"non-saturating": _logistic, "least squares": _squares, "hinge": _hinge}
