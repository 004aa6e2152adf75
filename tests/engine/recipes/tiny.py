"""A recipe of a few hundred weights for the tests: a hole of 32-pixel crops is filled by two convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import nn

from engine.job import Settings, setting
from engine.training.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from engine.training.photographs import Photographs
    from engine.training.recipe import Batch, Turn

SIDE = 32


@dataclass(frozen=True)
class Options(Settings):
    """What tests change."""

    weight: float = setting(1.0, "Weight", "of the loss", least=0.0, most=10.0)
    critic: bool = setting(False, "Critic", "judges what is made")
    poison: int = setting(0, "Poison", "the step whose loss is no number; 0 for none", least=0, most=1000)
    cliff: int = setting(0, "Cliff", "the step whose gradient is no number; 0 for none", least=0, most=1000)


class Net(nn.Module):
    """Counts the steps it was trained for."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 3, 3, padding=1))
        self.register_buffer("calls", torch.zeros((), dtype=torch.int64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 4, H, W) to (B, 3, H, W)."""
        if self.training:
            self.calls += 1
        return self.layers(x)


class Tiny(Recipe):
    """See the module's text."""

    name: ClassVar[str] = "tiny"
    sentence: ClassVar[str] = "Fills small holes badly."
    paper: ClassVar[str] = "none"
    options: ClassVar[type[Settings]] = Options
    kept: ClassVar[str] = "net"
    best: ClassVar[str] = "psnr"
    steps: ClassVar[int] = 12
    batch: ClassVar[int] = 4

    def through(self) -> tuple[str, ...]:
        """What it says; it looks through nothing."""
        return ("vgg16",)

    def networks(self) -> dict[str, nn.Module]:
        """One that fills, and one that judges where that is wanted."""
        critic = nn.Sequential(nn.Conv2d(3, 4, 5, stride=4), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3))
        return {"net": Net()} | ({"critic": critic} if self.settings.critic else {})

    def example(self, photographs: Photographs, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """A crop (3, 32, 32) and its hole (1, 32, 32)."""
        photograph = photographs[int(rng.integers(len(photographs)))]
        top, left = (int(rng.integers(size - SIDE + 1)) for size in photograph.shape[:2])
        return _blanked(photograph[top : top + SIDE, left : left + SIDE])

    def losses(self, networks: Mapping[str, nn.Module], batch: Batch) -> Iterator[Turn]:
        """The difference in the hole, with noise of its own that resuming must bring back."""
        crop, hole = batch["crop"], batch["hole"]
        made = networks["net"](torch.cat([crop * (1 - hole) + 0.01 * torch.randn(()), hole], 1))
        if self.settings.critic:
            true, false = (networks["critic"](one) for one in (crop, made.detach()))
            yield "critic", {"true": (1 - true).relu().mean(), "false": 0.7 * (1 + false).relu().mean()}
        difference = ((made - crop).abs() * hole).mean((1, 2, 3)).mean()
        step = int(next(networks["net"].buffers()))
        if step == self.settings.cliff:
            difference = difference + (made - made.detach()).square().sum().sqrt()  # 0, and infinitely steep there
        poisoned = step == self.settings.poison
        terms = {"difference": difference * self.settings.weight * (float("nan") if poisoned else 1.0), "size": 1e-3 * made.square().mean()}
        yield "net", terms | ({"fooled": -0.01 * networks["critic"](made).mean()} if self.settings.critic else {})

    def validate(self, network: nn.Module, held: Photographs, device: torch.device) -> tuple[dict[str, float], NDArray[np.uint8] | None]:
        """PSNR on the first photograph held back."""
        example = {name: torch.from_numpy(one)[None].to(device) for name, one in _blanked(held[0][:SIDE, :SIDE]).items()}
        with torch.inference_mode():
            made = network.eval()(torch.cat([example["crop"] * (1 - example["hole"]), example["hole"]], 1))
        error = float((made - example["crop"]).square().mean())
        strip = (torch.cat([example["crop"], made], 3)[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0)
        return {"psnr": -10 * float(np.log10(error))}, strip.cpu().numpy()


def _blanked(pixels: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    hole = np.zeros((1, SIDE, SIDE), np.float32)
    hole[:, 8:24, 8:24] = 1
    return {"crop": np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype(np.float32) / 255, "hole": hole}
