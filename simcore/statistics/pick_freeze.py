"""How much of a variance a factor explains: two runs that share it and nothing else covary by as much.

Sobol' 1993; for the estimator, Janon et al. 2014, "Asymptotic normality and efficiency of two Sobol index estimators".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.jackknife import Floats, jackknife_of_sums, sums_by_group


class Explained(NamedTuple):
    """What a factor explains of a figure of a world."""

    share: Estimate
    """Of its variance between worlds."""
    sd: Estimate
    """Standard deviation of its expectation given the factor."""


def explained(mine: NDArray[np.generic], theirs: NDArray[np.generic]) -> Explained:
    """Return what two runs of the same worlds share.

    Parameters
    ----------
    mine, theirs
        [n]: a figure of each world; n is a multiple of `simcore.statistics.jackknife.EQUAL_GROUPS`.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> shared, mine, theirs = random.normal(size=(3, 32_000))
    >>> found = explained(2.0 * shared + mine, 2.0 * shared + theirs)
    >>> abs(found.share.estimate - 0.8) < 4 * found.share.se < 0.03, abs(found.sd.estimate - 2.0) < 4 * found.sd.se
    (True, True)
    """
    x, y = mine.astype(np.float64), theirs.astype(np.float64)
    sums = sums_by_group(np.stack([np.ones_like(x), x + y, x * y, x * x + y * y], axis=1))
    (share,) = jackknife_of_sums(sums, lambda s: _figures(s)[:1], least=0.0, most=1.0)
    (sd,) = jackknife_of_sums(sums, lambda s: _figures(s)[1:], least=0.0)
    return Explained(share, sd)


def _figures(sums: Floats) -> Floats:
    """Return the share of the variance and the standard deviation, of the sums over worlds; below 0 by chance only."""
    n, both, product, squares = sums
    mean = both / (2.0 * n)
    covariance = (product / n - mean * mean) * n / (n - 1.0)
    variance = (squares / (2.0 * n) - mean * mean) * n / (n - 1.0)
    share = covariance / variance if variance > 0.0 else np.nan
    return np.array([share, np.sign(covariance) * np.sqrt(abs(covariance))])
