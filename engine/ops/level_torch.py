"""A level whose search and vote run on a device: every target at once, in whole-number arithmetic that is the same everywhere.

Propagation looks at four neighbours at several distances (the jumps of Rong and Tan, Jump Flooding in GPU, I3D 2006), since a
sweep cannot be cut into independent targets; random search is that of PatchMatch (Barnes et al., SIGGRAPH 2009). The vote gathers
for each hole pixel what covers it in the order of the compiled loop, and so gives its very bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.ops.level import Level

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from engine.ops.bands import Pausing, Workers
    from engine.ops.pyramid import Scale

WORTHWHILE = 20_000
"""Missing pixels below which a level stays on the processor: a device would wait for its orders more than it works."""
JUMPS = (8, 4, 2, 1)
"""How far away the neighbours are that a target takes shifts from, in turn, in each scan."""
_AT_ONCE = (1 << 12, 1 << 17)
"""Pairs of patches compared at a time, on the processor and elsewhere: some 3 kB each on the way, for 7 x 7."""
_HEAD = 3
"""Rows of a patch that are compared before the rest is looked at."""
_NEVER = 1 << 30
"""More than any cost."""


class _Field(NamedTuple):
    """Sources of all targets and their costs, each (n,) int64 on the device."""

    rows: Tensor
    columns: Tensor
    cost: Tensor


class TorchLevel(Level):
    """A Level that searches and votes on `device`; all its arrays are true in main memory after every call.

    Costs are those of the compiled search for the same field, and votes are equal to the byte; the fields found differ, as
    targets are visited in another order, but for a seed they are the same on every device. Beside the picture it takes five
    bytes a pixel and some hundreds a target of the device's memory.
    """

    def __init__(self, side: int, workers: Workers, device: torch.device) -> None:
        super().__init__(side, workers)
        self.device = device

    def lay(self, scale: Scale) -> Pausing[None]:
        """See `Level.lay`."""
        yield from super().lay(scale)
        side = self.side
        self._stride = self.picture.shape[1]
        self._laid = self._sent(self.picture).view(torch.int32).flatten()
        corners = self._laid.numel() - (side - 1) * (self._stride + 1)
        # the patch of every corner, without a copy of any
        self._patches = self._laid.as_strided((corners, side, side), (1, self._stride, 1))
        self._usable_there = self._sent(self.usable).flatten()
        self._last = self._sent(np.array(self.size))[:, None] - 1
        self._order, self._across = self._sent(self.places), self._sent(self.columns, torch.int64)
        self._corners = self._sent(self.rows, torch.int64) * self._stride + self._across
        self._hole_order = self._order[self._sent(self.centres, torch.int64)]

    def _sent(self, array: NDArray[Any], dtype: torch.dtype | None = None) -> Tensor:
        """A copy of an array on the device."""
        return torch.tensor(array, dtype=dtype, device=self.device)

    def put(self, values: NDArray[np.uint8]) -> Pausing[None]:
        """See `Level.put`."""
        yield from super().put(values)
        self._keep(self._sent(values))

    def _keep(self, values: Tensor) -> None:
        """Lay the hole's pixels (holes, 4) uint8 on the device; main memory has them."""
        if self._touches_edge:
            self._laid.copy_(self._sent(self.picture).view(torch.int32).flatten())
        else:
            self._laid[self._hole_pixels(0, 0)] = values.contiguous().view(torch.int32)[:, 0]

    def _hole_pixels(self, down: int, right: int) -> Tensor:
        """(holes,): where in the laid picture the pixel lies that is so far from each hole pixel."""
        width = self.size[1]
        rows = self._hole_order // width
        return (rows + self.half + down) * self._stride + self._hole_order - rows * width + self.half + right

    def search(self, scans: int, reach: int, seed: int) -> Pausing[None]:
        """See `Level.search`; there is no direction here, all scans are alike."""
        rows, columns = (self._sent(v, torch.int64) for v in (self.source_rows, self.source_columns))
        field = _Field(rows, columns, self._differences(self._corners, rows * self._stride + columns, 0, self.side))
        for _ in range(scans):
            for jump in JUMPS:
                field = self._improved(field, *self._shifted(field, jump))
                yield from self.workers.pause()
            field = yield from self._wandered(field, reach, seed + self.scans)
            self.scans += 1
        for mine, found in zip((self.source_rows, self.source_columns, self.cost), field, strict=True):
            mine[:] = found.cpu().numpy()

    def _shifted(self, field: _Field, jump: int) -> tuple[Tensor, Tensor]:
        """(4, n) sources: where each target would lie if it moved with the target so far above, left, below, right of it."""
        rows: list[Tensor] = []
        columns: list[Tensor] = []
        for down, right in ((-jump, 0), (0, -jump), (jump, 0), (0, jump)):
            at = self._neighbours(self._order, self._across, down, right)
            there = at.clamp(min=0)
            rows.append(torch.where(at < 0, -1, field.rows[there] - down))
            columns.append(field.columns[there] - right)
        return torch.stack(rows), torch.stack(columns)

    def _neighbours(self, order: Tensor, across: Tensor, down: int, right: int) -> Tensor:
        """The index of the target so far from each place, -1 where there is none; places in reading order, and their columns."""
        width = self.size[1]
        wanted = order + (down * width + right)
        at = torch.searchsorted(self._order, wanted).clamp(max=len(self._order) - 1)
        moved = across + right
        return torch.where((self._order[at] == wanted) & (moved >= 0) & (moved < width), at, -1)

    def _wandered(self, field: _Field, reach: int, seed: int) -> Pausing[_Field]:
        """Random sources in a window around each target's best, halved again and again."""
        radius = reach
        while radius >= 1:
            here = torch.stack([field.rows, field.columns])
            first, last = (here - radius).clamp(min=0), torch.minimum(here + radius, self._last)
            at = first + (_noise(self._order, seed, radius) * (last - first + 1) >> 32)
            field = self._improved(field, at[0][None], at[1][None])
            yield from self.workers.pause()
            radius >>= 1
        return field

    def _improved(self, field: _Field, rows: Tensor, columns: Tensor) -> _Field:
        """The field, with the best of the candidates (k, n) where it is usable and its cost strictly lower."""
        (height, width), count = self.size, len(rows)
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        at = rows.clamp(0, height - 1) * width + columns.clamp(0, width - 1)
        new = inside & self._usable_there[at] & ((rows != field.rows) | (columns != field.columns))
        asked = new.flatten().nonzero()[:, 0]
        cost = torch.full((rows.numel(),), _NEVER, device=self.device)
        cost[asked] = self._lower(asked % rows.shape[1], (rows * self._stride + columns).flatten()[asked], field.cost)
        # the first of equals: argmin does not promise that
        best = (cost.view_as(rows) * count + torch.arange(count, device=self.device)[:, None]).amin(0)
        cost, which = best // count, (best % count)[None]
        won = cost < field.cost
        chosen = (v.gather(0, which)[0] for v in (rows, columns))
        return _Field(*(torch.where(won, new, old) for new, old in zip((*chosen, cost), field, strict=True)))

    def _lower(self, targets: Tensor, sources: Tensor, limit: Tensor) -> Tensor:
        """Costs of pairs where they are below their target's limit (n,), else some number that is not."""
        cost = self._differences(self._corners[targets], sources, 0, min(_HEAD, self.side))
        if self.side > _HEAD:
            left = (cost < limit[targets]).nonzero()[:, 0]
            cost[left] += self._differences(self._corners[targets[left]], sources[left], _HEAD, self.side)
        return cost

    def _differences(self, one: Tensor, other: Tensor, first: int, last: int) -> Tensor:
        """Summed squared differences, int64, of rows `first` to `last` - 1 of the patches at these corners."""
        parts = self._patches[:, first:last]
        out = torch.empty(len(one), dtype=torch.int64, device=self.device)
        about = _AT_ONCE[self.device.type != "cpu"]
        for at in range(0, len(one), about):
            x, y = (parts[corners[at : at + about]].view(torch.uint8).flatten(1) for corners in (one, other))
            d = x.to(torch.int32).sub_(y)
            out[at : at + about] = d.mul_(d).sum(1, dtype=torch.int32)
        return out

    def vote(self, weights: NDArray[np.float32]) -> Pausing[None]:
        """See `Level.vote`."""
        self.weights = weights.astype(np.float32, copy=False)
        values = yield from self._voted(self._sent(self.weights))
        yield from super().put(values.cpu().numpy())
        self._keep(values)

    def _voted(self, weights: Tensor) -> Pausing[Tensor]:
        """(holes, 4) uint8. Sums grow in the order of the target list, product then sum, so that every device rounds alike."""
        sources = self._sent(self.source_rows, torch.int64) * self._stride + self._sent(self.source_columns, torch.int64)
        old = self._bytes(self._hole_pixels(0, 0))
        sums, shares = torch.zeros(old.shape, device=self.device), torch.zeros((len(old), 1), device=self.device)
        across = self._hole_order % self.size[1]
        for down in range(-self.half, self.half + 1):
            for right in range(-self.half, self.half + 1):
                at = self._neighbours(self._hole_order, across, down, right)
                there = at.clamp(min=0)
                weight = torch.where(at < 0, 0, weights[there])[:, None]
                sums += self._bytes(sources[there] + (self.half - down) * self._stride + self.half - right) * weight
                shares += weight
            yield from self.workers.pause()
        mean = (sums / shares + 0.5).clamp(0, 255).to(torch.uint8)
        return torch.where(shares > 1e-36, mean, old)

    def _bytes(self, at: Tensor) -> Tensor:
        """(m, 4) uint8: pixels of the laid picture."""
        return self._laid[at][:, None].view(torch.uint8)


def _noise(order: Tensor, seed: int, radius: int) -> Tensor:
    """(2, n) whole numbers below 2^32, from each target's place, a seed and a radius alone: the same on every device.

    The integer hash lowbias32 of C. Wellons; each product stays within 63 bits.
    """
    low, high = (int(v) for v in np.random.default_rng([seed, radius]).integers(1 << 32, size=2))
    x = torch.stack([order ^ low, order ^ high]) & 0xFFFFFFFF
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B - (1 << 32))):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFF
    return x ^ (x >> 16)


def level_on(device: torch.device, scale: Scale, side: int, workers: Workers) -> Pausing[Level]:
    """A scale's level that works where it is done soonest: on the processor if that is the device, or if the hole is small."""
    if device.type == "cpu" or np.count_nonzero(scale.missing) < WORTHWHILE:
        level = Level(side, workers)
    else:
        level = TorchLevel(side, workers, device)
    yield from level.lay(scale)
    return level
