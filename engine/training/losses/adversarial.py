"""What a critic and a generator descend, as functions of maps of scores: any shape, every element a score of its own, higher is more real.

In a critic's turn `fake` is made without a gradient to the generator. A critic's loss is half of what it is for real plus half of what it is for
fake, so all have one scale; papers that add the two mean twice that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

Form = Literal["non-saturating", "least squares", "hinge"]
"""How a score becomes a loss."""


def hinge_critic(real: Tensor, fake: Tensor) -> Tensor:
    """(mean max(0, 1 - real) + mean max(0, 1 + fake)) / 2. Lim, Ye: Geometric GAN, 2017; Yu et al., ICCV 2019, equation 4."""
    return (functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()) / 2


def hinge_generator(fake: Tensor) -> Tensor:
    """-mean fake. Yu et al., ICCV 2019, equation 5."""
    return -fake.mean()


def non_saturating_critic(real: Tensor, fake: Tensor) -> Tensor:
    """-(mean log sigmoid(real) + mean log(1 - sigmoid(fake))) / 2. Goodfellow et al., NeurIPS 2014, equation 1."""
    return (functional.softplus(-real).mean() + functional.softplus(fake).mean()) / 2


def non_saturating_generator(fake: Tensor) -> Tensor:
    """-mean log sigmoid(fake). Goodfellow et al., NeurIPS 2014, end of section 3."""
    return functional.softplus(-fake).mean()


def least_squares_critic(real: Tensor, fake: Tensor) -> Tensor:
    """(mean (real - 1)^2 + mean fake^2) / 2. Mao et al.: Least Squares GAN, ICCV 2017, equation 9."""
    return ((real - 1).square().mean() + fake.square().mean()) / 2


def least_squares_generator(fake: Tensor) -> Tensor:
    """Mean (fake - 1)^2. Mao et al., ICCV 2017, equation 9, which has half of it."""
    return (fake - 1).square().mean()


def relativistic_critic(real: Tensor, fake: Tensor, form: Form = "non-saturating") -> Tensor:
    """How much more real the real looks than the fake on average does, and the other way round.

    With f(x) = log(1 + exp(-x)), (x - 1)^2 or max(0, 1 - x): (mean f(real - mean fake) + mean f(mean real - fake)) / 2. Jolicoeur-Martineau: The
    relativistic discriminator, ICLR 2019, section 4.2 and appendix D. `real` and `fake` may have different shapes.
    """
    loss = _FORMS[form]
    return (loss(real - fake.mean()) + loss(real.mean() - fake)) / 2


def relativistic_generator(real: Tensor, fake: Tensor, form: Form = "non-saturating") -> Tensor:
    """The critic's with real and fake exchanged: what is real must look less so, too; so real is scored in this turn as well."""
    return relativistic_critic(fake, real, form)


_FORMS: dict[Form, Callable[[Tensor], Tensor]] = {
    "non-saturating": lambda x: functional.softplus(-x).mean(),
    "least squares": lambda x: (x - 1).square().mean(),
    "hinge": lambda x: functional.relu(1 - x).mean(),
}
