"""Could chance have made it worse? An exact one-sided test on paired gains, by flipping signs.

Where nothing changed but noise, a cluster's gain is as likely to be a loss of the same size: so
every cluster's sign is a coin, and the coins give the distribution of the sum (Fisher's
randomization test; for gains of -1, 0 and 1 without clusters it is the sign test of McNemar).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evals.bootstrap import SEED, Floats

DRAWS = 10_000
_EQUAL = 1e-9


def chance_of_drop(
    gains: ArrayLike, clusters: Sequence[Hashable] | None = None, *, seed: int = SEED
) -> float:
    """The chance of a sum as low as that of `gains`, shape (n,); 0.5 where nothing changed.

    Rows of equal `clusters` share one coin, since questions about one document succeed and fail
    together. Half of the chance of the very sum counts (the mid-p of Lancaster, JASA 56, 1961):
    of McNemar's tests that one keeps its level with the most power (Fagerland, Lydersen and
    Laake, BMC Medical Research Methodology 13:91, 2013). Exact for whole numbers and for up to
    13 changed clusters, else from 10,000 seeded draws.
    """
    sums = _sums(np.asarray(gains, dtype=np.float64), clusters)
    whole = np.rint(sums).astype(np.int64)
    if np.allclose(sums, whole, atol=_EQUAL):
        return _counted(whole)
    return _drawn(sums, seed)


def holm(chances: Sequence[float]) -> list[float]:
    """Chances adjusted for their number, in the order given (Holm, Scand. J. Stat. 6, 1979)."""
    adjusted = [0.0] * len(chances)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=lambda at: chances[at])):
        highest = max(highest, min(1.0, chances[at] * (len(chances) - rank)))
        adjusted[at] = highest
    return adjusted


def _sums(gains: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """The gain of each cluster in which there is one."""
    if clusters is not None:
        if len(clusters) != len(gains):
            raise ValueError(f"{len(clusters)} clusters for {len(gains)} rows")
        numbers: dict[Hashable, int] = {}
        rows = [numbers.setdefault(cluster, len(numbers)) for cluster in clusters]
        gains = np.bincount(rows, weights=gains).astype(np.float64)
    return gains[np.abs(gains) > _EQUAL]


def _counted(sums: NDArray[np.int64]) -> float:
    """The sizes whose coin shows a gain add up to T; T's distribution grows size by size."""
    sizes = np.abs(sums)
    chances = np.ones(1)
    for size in sizes:
        none = np.zeros(size)
        chances = (np.concatenate((chances, none)) + np.concatenate((none, chances))) / 2
    gained = int(sums[sums > 0].sum())
    return float(chances[:gained].sum() + chances[gained] / 2)


def _drawn(sums: Floats, seed: int) -> float:
    """Every combination of signs where they are few, else draws, the real signs among them."""
    if 2 ** len(sums) <= DRAWS:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(sums))))
    else:
        signs = np.random.default_rng(seed).choice((-1.0, 1.0), (DRAWS, len(sums)))
        signs[0] = np.sign(sums)
    others, observed = signs @ np.abs(sums), float(sums.sum())
    equal = np.abs(others - observed) <= _EQUAL
    below = (others < observed) & ~equal
    return float(below.mean() + equal.mean() / 2)
