"""Attention that fills a hole with known patches of the same features, those most like what a coarse fill put there.

Yu, Lin, Yang, Shen, Lu, Huang: Generative Image Inpainting with Contextual Attention, CVPR 2018; as used again in Free-Form Image
Inpainting with Gated Convolution, ICCV 2019.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAST_NORM = 1e-4
"""Patches with a smaller norm are divided by this."""


class Attended(NamedTuple):
    """What attention made, and from where: h = H / rate and w = W / rate queries a picture, each with its best places, best first."""

    features: Tensor
    """(B, C, H, W)."""
    places: Tensor
    """(B, k, 2, h, w) int64: row and column, in the features, of the first pixel of the rate x rate cell that was attended."""
    weights: Tensor
    """(B, k, h, w) in [0, 1]: the share that each place had; 0 where a picture has no place to attend to."""


class ContextualAttention(nn.Module):
    """Rebuilds features from their own known patches. It has no parameters.

    Queries q and keys k are `side` x `side` patches of the features made `rate` times smaller, one around each cell; values are the patches
    of 2 rate x 2 rate pixels around those cells, which overlap. For the queries of each picture, and its own keys that hold no hole::

        s(q, k)  = <q, k / |k|>
        s'(q, k) = sum of s(q + d, k + d) over d in -(fuse // 2)..fuse // 2, along rows, and of these sums along columns
        a(q, .)  = softmax over k of scale * s'(q, .),    features around q = sum of a(q, k) * value(k), averaged where they overlap

    Everything is rebuilt, known places too; a picture that has no key without hole gets zeros. Keys with hole score 0 in the fusion, which
    runs on from the end of a row (column) to the beginning of the next, as in the authors' code. Scores are (h w)^2 numbers
    a picture, h = H / rate, w = W / rate.

    Args:
        side: of the patches that are compared, in cells; odd.
        stride: between keys, in cells. Where it is not 1 there is no fusion.
        rate: side of a cell in pixels of the features.
        fuse: how many neighbouring scores are added up along a diagonal; odd, 1 for none.
        scale: of the scores before the softmax.
        released: As in the authors' released code, for weights that were trained with it. Cells are the nearest pixels of a grid whose
            corners are the picture's; a key that holds hole lends its score to its neighbours in the fusion, has score 0 afterwards and
            takes its share of the softmax, which is then lost; sums are divided by 4 at the edges too, where fewer patches overlap.
    """

    def __init__(
        self, side: int = 3, *, stride: int = 1, rate: int = 2, fuse: int = 3, scale: float = 10.0, released: bool = False
    ) -> None:
        super().__init__()
        if side % 2 == 0 or fuse % 2 == 0 or (fuse > 1 and stride > 1):
            raise ValueError(f"patches of side {side}, fused by {fuse}, every {stride}: sides are odd, and fusion wants stride 1")
        self.side, self.stride, self.rate, self.fuse, self.scale, self.released = side, stride, rate, fuse, scale, released

    def forward(self, queries: Tensor, values: Tensor, hole: Tensor) -> Tensor:
        """Features rebuilt, (B, C, H, W).

        Args:
            queries: (B, C, H, W), H and W multiples of `rate`: the features to be rebuilt, the hole coarsely filled.
            values: (B, C, H, W): what is copied and compared with; mostly the same.
            hole: (B, 1, H, W), above 0 where nothing may be copied from, each picture's own.

        Raises:
            ValueError: sizes that do not fit.
        """
        return self._rebuilt(values, self._shares(queries, values, hole))

    def with_places(self, queries: Tensor, values: Tensor, hole: Tensor, most: int = 1) -> Attended:
        """What `forward` gives, and the `most` places that each query attended to most: evidence of where a fill came from."""
        shares = self._shares(queries, values, hole)
        height, width = (size // self.rate for size in queries.shape[2:])
        weights, keys = (best.transpose(1, 2) for best in shares.topk(most, dim=2))
        across = -(-width // self.stride)
        places = torch.stack((keys // across, keys % across), 2) * (self.stride * self.rate)
        shape = (len(queries), most, height, width)
        return Attended(self._rebuilt(values, shares), places.view(*shape[:2], 2, *shape[2:]), weights.reshape(shape))

    def _shares(self, queries: Tensor, values: Tensor, hole: Tensor) -> Tensor:
        """(B, queries, keys): how much of each key goes into each query; a softmax does not bear scores in half precision."""
        fits = values.shape == queries.shape and hole.shape == queries[:, :1].shape
        if not fits or any(size % self.rate for size in queries.shape[2:]):
            raise ValueError(
                f"queries {tuple(queries.shape)}, values {tuple(values.shape)}, hole {tuple(hole.shape)}, cells of {self.rate}"
            )
        with torch.autocast(queries.device.type, enabled=False):
            scores = self._scores(*(one.to(torch.promote_types(one.dtype, torch.float32)) for one in (queries, values)))
            return self._weighed(scores, self._free(hole), queries.shape[2] // self.rate, queries.shape[3] // self.rate)

    def _scores(self, queries: Tensor, values: Tensor) -> Tensor:
        """(B, queries, keys): how alike they are."""
        keys = functional.normalize(self._patches(self._smaller(values), self.stride), dim=1, eps=LEAST_NORM)
        return self._patches(self._smaller(queries), 1).transpose(1, 2) @ keys

    def _weighed(self, scores: Tensor, free: Tensor, height: int, width: int) -> Tensor:
        """(B, queries, keys): scores fused and brought to a sum of 1 over the keys (B, 1, keys) that are free."""
        scores = scores if self.released else scores * free
        scores = self.scale * (self._fused(scores, height, width) if self.fuse > 1 else scores)
        scores = scores * free if self.released else scores.masked_fill(~free, torch.finfo(scores.dtype).min)
        return scores.softmax(2) * free

    def _smaller(self, features: Tensor) -> Tensor:
        """(B, C, h, w): one pixel of each cell."""
        if not self.released:
            return features[:, :, :: self.rate, :: self.rate]
        rows, columns = (_spread(size, size // self.rate, features.device) for size in features.shape[2:])
        return features[:, :, rows[:, None], columns]

    def _free(self, hole: Tensor) -> Tensor:
        """(B, 1, keys): whose patch holds nothing of the hole."""
        marked = (hole > 0).float()
        cells = self._smaller(marked) if self.released else functional.max_pool2d(marked, self.rate)
        return functional.max_pool2d(cells, self.side, self.stride, self.side // 2).flatten(2) == 0

    def _patches(self, features: Tensor, stride: int) -> Tensor:
        """(B, C * side * side, patches), row by row."""
        return functional.unfold(features, self.side, padding=self.side // 2, stride=stride)

    def _fused(self, scores: Tensor, height: int, width: int) -> Tensor:
        """Scores (B, queries, keys) helped by those of their neighbours, along the rows and then along the columns."""
        along_rows = self._diagonal(scores)
        along_columns = self._diagonal(_turned(along_rows, height, width))
        return _turned(along_columns, width, height)

    def _diagonal(self, scores: Tensor) -> Tensor:
        """Each score (B, n, m) and its `fuse` - 1 neighbours along the diagonal, added up."""
        eye = torch.eye(self.fuse, dtype=scores.dtype, device=scores.device)[None, None]
        return functional.conv2d(scores[:, None], eye, padding=self.fuse // 2)[:, 0]

    def _rebuilt(self, values: Tensor, shares: Tensor) -> Tensor:
        """(B, C, H, W): patches of values, by their shares (B, queries, keys), laid over each other."""
        height, width = values.shape[2:]
        rate, before = self.rate, self.rate // 2
        padded = functional.pad(values, (before, rate - before, before, rate - before))
        patches = functional.unfold(padded, 2 * rate, stride=rate * self.stride) @ shares.transpose(1, 2).to(values.dtype)
        inner = (..., slice(before, before + height), slice(before, before + width))
        size = (height + rate, width + rate)
        laid = functional.fold(patches, size, 2 * rate, stride=rate)[inner]
        if self.released:
            return laid / 4
        ones = values.new_ones(1, 4 * rate**2, patches.shape[2])
        return laid / functional.fold(ones, size, 2 * rate, stride=rate)[inner]


def _turned(scores: Tensor, height: int, width: int) -> Tensor:
    """Scores (B, h w, h w) between cells of a grid (h, w), both numbered row by row; then numbered column by column."""
    return scores.view(-1, height, width, height, width).permute(0, 2, 1, 4, 3).reshape(scores.shape)


def _spread(size: int, number: int, device: torch.device) -> Tensor:
    """So many of `size` pixels, the first and the last among them, the others nearest to even steps between; halves go up."""
    steps = torch.arange(number, device=device)
    return (2 * steps * (size - 1) + (number - 1)) // (2 * max(number - 1, 1))
