"""The delete-a-group jackknife: the standard error of a figure from what it is without each group of replications.

Replications are independent; what happens within one is not (the market joins the reps, the pipeline the weeks). So
every error comes from the spread between groups of replications, and holds for any dependence within one. The method
(Quenouille 1956, Tukey 1958; for groups see Kott 2001) is right for smooth functions of sums: means, probabilities,
ratios, standard deviations. Quantiles are not smooth: see `simcore.statistics.moments_and_quantiles`.

* `replicates` and `jackknife`: one figure of sums over groups of any sizes, as a tally holds them (up to 256). With one
  replication per group it is the ordinary jackknife; with 256 groups a standard error is itself known to about 4 %. Its
  degrees of freedom follow from the sizes of the groups and from the tails of their pseudo-values (Satterthwaite 1946).
* `jackknife_of_sums`, `with_errors`, `standard_errors`: several figures at once, over `EQUAL_GROUPS` groups of equal
  size.
* `bias_corrected`: an estimate and its error from pseudo-values, which also removes the bias of order 1 / n.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import MISS, by_log, by_t, without_error

Floats = NDArray[np.float64]

EQUAL_GROUPS = 32
"""Groups of one size: replication r is in group r mod 32."""
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
    def deviations(self) -> Floats:
        """What each group adds to the error, whose square is the sum of their squares: float64[groups used].

        Zero where the error is not defined.

        Examples
        --------
        >>> found = Replicates(2.0, np.array([3.0, 2.0, 1.0]), np.ones(3))
        >>> round(float((found.deviations**2).sum()), 6), round(found.error**2, 6)
        (1.333333, 1.333333)
        """
        total = self.sizes.sum()
        spread: Floats = np.sqrt((total - self.sizes) / total) * (self.without - self.value)
        return spread if np.isfinite(spread).all() else np.zeros_like(spread)

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


def jackknife(
    statistic: Callable[..., Floats],
    size: NDArray[np.int64],
    *sums: NDArray[np.generic],
    least: float = -np.inf,
    most: float = np.inf,
) -> Estimate:
    """Estimate a smooth function of sums over replications.

    Parameters
    ----------
    statistic
        Function of as many arrays as ``sums``, elementwise; it is given the totals, and the totals without each group.
    size
        int[G]: replications in each group; groups with none are left out.
    sums
        Arrays [G]: sums over the replications of each group.
    least, most
        The range that the figure can have: its interval is cut there.

    Returns
    -------
    Estimate
        No error and no interval where the groups do not differ: this function does not know whether they could.

    Examples
    --------
    The mean of 1, 2, 3, 4 and its standard error sd / sqrt(n):

    >>> one = np.ones(4, np.int64)
    >>> mean = jackknife(lambda total, n: total / n, one, np.array([1, 2, 3, 4]), one)
    >>> mean.estimate, round(mean.se, 12), mean.low
    (2.5, 0.645497224368, None)
    """
    found = replicates(statistic, size, *sums)
    if found.error == 0.0:
        return without_error(found.value)
    return found.interval(least, most)


def sums_by_group(values: NDArray[np.generic]) -> Floats:
    """Sum values of consecutive replications over those of each group of one size.

    Parameters
    ----------
    values
        [n, ...]: of replications 0, 1, 2 ...; n is a multiple of `EQUAL_GROUPS`.

    Returns
    -------
    float64[EQUAL_GROUPS, ...]

    Raises
    ------
    ValueError
        For another n.

    Examples
    --------
    >>> sums_by_group(np.arange(64.0))[:3].tolist()
    [32.0, 34.0, 36.0]
    """
    if len(values) % EQUAL_GROUPS:
        raise ValueError(f"{len(values)} replications are not a multiple of {EQUAL_GROUPS}")
    parts = values.reshape(len(values) // EQUAL_GROUPS, EQUAL_GROUPS, *values.shape[1:])
    summed: Floats = parts.sum(axis=0, dtype=np.float64)
    return summed


def outside_group(group: int, replications: int) -> NDArray[np.bool_]:
    """Return which replications are not in a group of one size: bool[replications]."""
    kept: NDArray[np.bool_] = np.arange(replications) % EQUAL_GROUPS != group
    return kept


def standard_errors(without: Floats) -> Floats:
    """Return the standard errors of figures from those without each group of one size: float64[G, k] to float64[k].

    The spread is that about the mean of the figures without each group.

    Examples
    --------
    >>> standard_errors(np.ones((32, 2))).tolist()
    [0.0, 0.0]
    """
    groups = len(without)
    found: Floats = np.sqrt((groups - 1) / groups * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    return found


def with_errors(figures: Floats, without: Floats, *, least: float = -np.inf, most: float = np.inf) -> list[Estimate]:
    """Return estimates from figures and from what they are without each group of one size.

    Parameters
    ----------
    figures
        float64[k]; nan where a figure is not defined.
    without
        float64[EQUAL_GROUPS, k].
    least, most
        The range that the figures can have: their intervals are cut there.

    Returns
    -------
    list[Estimate]
        k of them; one without error and interval where the groups do not differ, or the error is not defined.
    """
    spread = without - without.mean(axis=0)
    degrees = [degrees_of(column, np.ones(len(without))) for column in spread.T]
    return [
        # The interval holds the estimate, which chance may put beyond the range.
        by_t(float(value), float(error), df, least=min(least, float(value)), most=max(most, float(value)))
        if error > 0.0
        else without_error(float(value))
        for value, error, df in zip(figures, standard_errors(without), degrees, strict=True)
    ]


def jackknife_of_sums(
    sums: Floats, figures: Callable[[Floats], Floats], *, least: float = -np.inf, most: float = np.inf
) -> list[Estimate]:
    """Estimate several figures of the same sums over groups of one size.

    Parameters
    ----------
    sums
        float64[EQUAL_GROUPS, ...]: see `sums_by_group`.
    figures
        Function of the sums over all (or all but one) of the groups, shape as ``sums[0]``, to float64[k]; nan where a
        figure is not defined.
    least, most
        See `with_errors`.

    Examples
    --------
    The mean of 32 values, one in each group:

    >>> figure, = jackknife_of_sums(np.stack([np.arange(32.0), np.ones(32)], axis=1), lambda s: s[:1] / s[1:])
    >>> figure.estimate, round(figure.se, 6) == round(float(np.arange(32).std(ddof=1)) / 32**0.5, 6)
    (15.5, True)
    """
    total = sums.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return with_errors(figures(total), np.array([figures(total - part) for part in sums]), least=least, most=most)


def bias_corrected(whole: float, without: Floats) -> tuple[float, float]:
    """Return the mean of the pseudo-values and its standard error (Tukey 1958).

    Parameters
    ----------
    whole
        The figure of all n units.
    without
        float64[n], n >= 2: the figure without each unit.

    Examples
    --------
    Of a mean, 2 of the units 1, 2 and 3, the pseudo-values are the units:

    >>> value, error = bias_corrected(2.0, np.array([2.5, 2.0, 1.5]))
    >>> value, round(error, 12) == round(3**-0.5, 12)
    (2.0, True)
    """
    n = len(without)
    pseudo = n * whole - (n - 1) * without
    return float(pseudo.mean()), float(pseudo.std(ddof=1)) / sqrt(n)
