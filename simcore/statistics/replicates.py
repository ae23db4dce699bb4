"""The delete-a-group jackknife: a figure with and without each group of replications, and what that tells of it.

Quenouille (1956), Tukey (1958); for groups see Kott (2001).
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import MISS, by_log, by_t

Floats = NDArray[np.float64]

_NOTHING = 1e-12
"""A standard error below this part of the figure is rounding: the groups do not differ."""


class Replicates(NamedTuple):
    """A figure, and what it is without each group."""

    value: float
    """Not finite where it is not defined."""
    without: Floats
    """float64[groups used]"""
    sizes: Floats
    """float64[groups used]: replications of each."""

    @property
    def groups(self) -> int:
        """The groups that hold replications."""
        return len(self.sizes)

    @property
    def error(self) -> float:
        """The standard error; infinite where it is not defined, as with one group, and 0 where groups do not differ."""
        total = self.sizes.sum()
        if self.groups < 2 or not np.isfinite(self.value) or not np.isfinite(self.without).all():
            return np.inf
        variance = float((((total - self.sizes) / total) * (self.without - self.value) ** 2).sum())
        return 0.0 if sqrt(variance) <= _NOTHING * abs(self.value) else sqrt(variance)

    @property
    def varies(self) -> bool:
        """Whether the groups differ by more than rounding."""
        return 0.0 < self.error < np.inf

    @property
    def terms(self) -> Floats:
        """What each group adds to the figure, scaled to one variance: float64[groups used]."""
        if not np.isfinite(self.error):
            return np.zeros(self.groups)
        terms: Floats = (self.value - self.without) * (self.sizes.sum() - self.sizes) / np.sqrt(self.sizes)
        return terms

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the error, at least 1."""
        return degrees_of(self.terms, self.sizes)

    @property
    def skewness(self) -> float:
        """The skewness of what the groups add to the figure, without its bias; 0 where they do not differ."""
        terms, n = self.terms, float(self.groups)
        centred = terms - terms.mean() if n > 2.0 else np.zeros(0)
        second = float((centred**2).mean()) if n > 2.0 else 0.0
        if second <= 0.0:
            return 0.0
        return float((centred**3).mean()) / (second * sqrt(second)) * sqrt(n * (n - 1.0)) / (n - 2.0)

    @property
    def logs(self) -> Replicates:
        """The same of the logarithm, less that of the figure."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._replace(value=1.0, without=1.0 + np.log(self.without / self.value))

    def interval(self, least: float = -np.inf, most: float = np.inf, miss: float = MISS) -> Estimate:
        """Return the figure with its error and the interval of the t law, cut to a range; it misses with ``miss``."""
        return by_t(
            self.value,
            self.error,
            self.degrees,
            groups=self.groups,
            skewness=self.skewness,
            least=least,
            most=most,
            miss=miss,
        )

    def positive_interval(self, shape: Replicates, least_error: float = 0.0, miss: float = MISS) -> Estimate:
        """Return a positive figure with the interval of its logarithm.

        Parameters
        ----------
        shape
            Logarithms whose degrees of freedom and skewness hold.
        least_error
            Least standard error of the logarithm.
        miss
            Probability with which the interval misses.
        """
        return by_log(
            self.value,
            self.error,
            max(self.logs.error, least_error),
            shape.degrees,
            groups=self.groups,
            skewness=shape.skewness,
            miss=miss,
        )


def degrees_of(spread: Floats, sizes: Floats) -> float:
    """Return the degrees of freedom of a variance that is the sum of squares of independent terms.

    Groups less one, if they are of one size and their terms are normal; fewer if sizes differ, or if terms have heavy
    tails: a variance of n terms of kurtosis k has those of 2 n / (k - 1) normal ones (Satterthwaite 1946).

    Parameters
    ----------
    spread
        float64[n]: the terms, scaled to one variance.
    sizes
        float64[n]: their sizes.

    Examples
    --------
    >>> degrees_of(np.array([1.0, -1.0, 1.0, -1.0]), np.ones(4))
    3.0
    >>> round(degrees_of(np.array([9.0] + [0.0] * 99), np.ones(100)), 2)
    2.06
    """
    if len(spread) == 0:
        return 1.0
    most = float(sizes.sum() ** 2 / (sizes**2).sum()) - 1.0
    centred = spread - spread.mean()
    second = float((centred**2).mean())
    if second <= 0.0:
        return max(1.0, most)
    kurtosis = float(((centred / sqrt(second)) ** 4).mean())
    return max(1.0, min(most, 2.0 * len(spread) / max(kurtosis - 1.0, 1e-9)))


def replicates(statistic: Callable[..., Floats], size: NDArray[np.int64], *sums: NDArray[np.generic]) -> Replicates:
    """Return a smooth function of sums over replications, of all and of all but each group; see `jackknife`."""
    used = size > 0
    n = size[used].astype(np.float64)
    parts = [column[used].astype(np.float64) for column in sums]
    totals = [np.array([column.sum()]) for column in parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(*totals)[0])
        without = statistic(*(total - part for total, part in zip(totals, parts, strict=True)))
    return Replicates(value, without, n)
