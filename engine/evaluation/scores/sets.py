"""Scores of many fills at once: how far the features of the fills lie from those of the truths, as two clouds of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Vectors = NDArray[np.float64]

FEWEST = 2
"""Pictures without which there is no spread to speak of."""


def set_scores(
    ours: Sequence[Mapping[str, NDArray[np.floating]]], truths: Sequence[Mapping[str, NDArray[np.floating]]]
) -> dict[str, float]:
    """The scores of a method on a set of pictures.

    Args:
        ours: `Judge.features` of each of its fills.
        truths: `Judge.features` of each truth; the two may differ in length and order.

    Returns:
        Of "frechet-vgg16", "fid" and "kid" those whose features every entry has; none for fewer than two pictures.
    """
    found: dict[str, float] = {}
    if min(len(ours), len(truths)) < FEWEST:
        return found
    for network, names in (("vgg16", ("frechet-vgg16",)), ("inception", ("fid", "kid"))):
        if all(network in one for one in (*ours, *truths)):
            clouds = [np.stack([one[network] for one in side]).astype(np.float64) for side in (ours, truths)]
            found |= {name: (kernel_distance if name == "kid" else frechet_distance)(*clouds) for name in names}
    return found


def frechet_distance(ours: Vectors, theirs: Vectors) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) of two clouds (n, d) and (m, d), n and m at least 2; not negative.

    m are the means and S the covariances (over n - 1). Dowson and Landau, 1982; Heusel et al., NeurIPS 2017.

    No matrix root is taken: with S1 = A'A and S2 = B'B the eigenvalues of S1 S2 are the squares of the singular values of A B', so the
    trace of the root is their sum. It is real and right for singular covariances too, where `scipy.linalg.sqrtm` returns complex numbers
    or nothing, which is the case whenever there are fewer pictures than features.
    """
    shift = ours.mean(0) - theirs.mean(0)
    first, second = _factor(ours), _factor(theirs)
    root = np.linalg.svd(first @ second.T, compute_uv=False).sum()
    return max(0.0, float(shift @ shift + np.square(first).sum() + np.square(second).sum() - 2 * root))


def kernel_distance(ours: Vectors, theirs: Vectors) -> float:
    """Unbiased squared maximum mean discrepancy of two clouds (n, d) and (m, d) with the kernel (x'y / d + 1)^3, x 1000.

    Binkowski et al., ICLR 2018, over all pairs instead of the mean over drawn subsets. Unbiased means that it may fall below zero;
    two clouds that are the same do, since their vectors are no independent samples.
    """
    within = [(_kernel(one, one).sum() - np.trace(_kernel(one, one))) / (len(one) * (len(one) - 1)) for one in (ours, theirs)]
    return float(1000 * (sum(within) - 2 * _kernel(ours, theirs).mean()))


def _factor(cloud: Vectors) -> Vectors:
    """(at most n or d, d): a matrix whose product A'A is the cloud's covariance."""
    return np.asarray(np.linalg.qr((cloud - cloud.mean(0)) / np.sqrt(len(cloud) - 1), mode="r"))


def _kernel(first: Vectors, second: Vectors) -> Vectors:
    return (first @ second.T / first.shape[1] + 1) ** 3
