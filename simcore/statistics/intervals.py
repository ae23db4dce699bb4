"""Intervals: from a figure and its standard error to the 95 % interval that holds the true one, and what has none.

A table shows one standard error behind ``±``; an interval (`low`, `high` of an `Estimate`) is its own figure, since few
replications, skewed figures and figures near the end of their range need more than ``± 1.96 se``:

* *Few.* Student's t law (Student 1908) in place of the normal one, exact from one degree of freedom on. With fewer than
  `LEAST_REPLICATIONS` independent groups there is no interval, and no strategy is called ahead.
* *Lopsided.* The transformation of Hall (1992) makes room on the side on which rare large values have not shown yet.
* *Positive figures* (a standard deviation, a ratio): the interval is that of the logarithm.
* *Shares*: Clopper and Pearson's interval (1934) of as many independent windows as would have the error that was found
  (Korn and Graubard 1998).
* *Never seen*: what did not happen in n independent replications has a probability of at most 1 - 0.05^(1/n) in each,
  about 3 / n (the rule of three: Hanley and Lippman-Hand 1983; one-sided 95 %), and a mean number of at most
  -log(0.05) / n. There is then no standard error: not zero, but null.
* *Fixed*: what the scenario fixes (the calls of a plan) is known: its error is 0.
"""

from __future__ import annotations

from math import cbrt, exp, expm1, inf, isfinite, log, sqrt

from simcore.numerics.quantiles import beta_i_inverse, t_quantile
from simcore.statistics.estimate import Estimate

LEVEL = 0.95
"""Confidence of all intervals."""
MISS = 1.0 - LEVEL
Z975 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""
LEAST_REPLICATIONS = 8
"""Fewest independent groups of replications for which there is an interval, and a verdict."""
_EVEN = 1e-6
"""A skewness below this counts as zero."""
_LARGEST = 700.0
"""Logarithms beyond this leave the range of numbers."""
UNKNOWN = Estimate(estimate=None, se=None)
"""A figure that is not defined, or that the run cannot estimate."""


def critical_value(degrees: float, miss: float = MISS) -> float:
    """Return how many standard errors an interval reaches to each side, by degrees of freedom of the error.

    Parameters
    ----------
    miss
        Probability with which the interval misses.

    Examples
    --------
    >>> round(critical_value(7), 3)
    2.365
    """
    return t_quantile(1.0 - miss / 2.0, degrees)


def critical_values(degrees: float, skewness: float, groups: float, miss: float = MISS) -> tuple[float, float]:
    """Return how many standard errors an interval reaches down and up (Hall 1992).

    Parameters
    ----------
    degrees
        Degrees of freedom of the error.
    skewness
        Of the values of the groups whose mean the figure is.
    groups
        How many there are.
    miss
        Probability with which the interval misses.

    Examples
    --------
    >>> [[round(each, 2) for each in critical_values(19, skewness, 20)] for skewness in (0.0, 1.0)]
    [[2.09, 2.09], [1.8, 2.6]]
    """
    t = critical_value(degrees, miss)
    if not isfinite(groups) or abs(skewness) < _EVEN:
        return t, t
    root = sqrt(groups)

    def inverse(x: float) -> float:
        return 3.0 / skewness * (cbrt(1.0 + skewness * (x - skewness / (6.0 * groups))) - 1.0)

    return max(0.0, root * inverse(t / root)), max(0.0, -root * inverse(-t / root))


def bound_of(replications: float, miss: float = MISS) -> float:
    """Return the upper bound of the probability of an event not seen in n independent replications (rule of three).

    Parameters
    ----------
    miss
        Probability with which the bound misses.

    Examples
    --------
    >>> round(bound_of(100), 4), bound_of(0)
    (0.0295, 1.0)
    """
    return 1.0 if replications < 1 else -expm1(log(miss) / replications)


def most_events(replications: float) -> float:
    """Return the upper bound of the mean number of events per replication, given none in n of them (Poisson).

    Examples
    --------
    >>> round(most_events(100), 4)
    0.03
    """
    return inf if replications < 1 else -log(MISS) / replications


def fixed(value: float) -> Estimate:
    """Return a figure that the scenario fixes: its standard error is 0."""
    return Estimate(estimate=value, se=0.0, low=value, high=value)


def without_error(value: float | None) -> Estimate:
    """Return a figure whose standard error cannot be estimated: null, and no interval."""
    return Estimate(estimate=value if value is not None and isfinite(value) else None, se=None)


def never_seen(replications: float, worth: float | None = None) -> Estimate:
    """Return the estimate of what was never seen: 0 without a standard error, and an upper bound.

    Parameters
    ----------
    replications
        Independent replications in which it was not seen.
    worth
        Of a mean: what one event in a replication adds to it. ``None``: it is a share of the windows of a replication.

    Examples
    --------
    >>> never_seen(50).se is None, round(never_seen(50).high, 4), round(never_seen(50, 1000.0).high, 1)
    (True, 0.0582, 59.9)
    """
    high = bound_of(replications) if worth is None else most_events(replications) * worth
    return Estimate(estimate=0.0, se=None, low=0.0, high=high if isfinite(high) else None)


def always_seen(replications: float) -> Estimate:
    """Return the estimate of a share of which no exception was seen: 1, and a lower bound.

    Examples
    --------
    >>> round(always_seen(50).low, 4)
    0.9418
    """
    return Estimate(estimate=1.0, se=None, low=1.0 - bound_of(replications), high=1.0)


def never_differed(value: float, replications: float, most: float, least: float | None = None) -> Estimate:
    """Return a random figure that came out the same in every replication: with a bound on each side.

    Parameters
    ----------
    most
        How far one replication can deviate: the bound is this times the largest probability that one does.
    least
        The same towards lower values, if it differs.

    Examples
    --------
    Two chances of 1, in the same 100 worlds, may differ all the same:

    >>> difference = never_differed(0.0, 100, 1.0)
    >>> difference.se is None, round(difference.low, 4), round(difference.high, 4)
    (True, -0.0295, 0.0295)
    """
    p = bound_of(replications)
    low, high = value - p * (most if least is None else least), value + p * most
    return Estimate(estimate=value, se=None, low=low, high=high) if isfinite(high - low) else without_error(value)


def by_t(
    value: float,
    error: float,
    degrees: float,
    *,
    groups: float = inf,
    skewness: float = 0.0,
    least: float = -inf,
    most: float = inf,
    miss: float = MISS,
) -> Estimate:
    """Return a figure with its standard error and the interval of the t law.

    Parameters
    ----------
    value, error
        The figure and its standard error; not finite where they are not defined.
    degrees
        Degrees of freedom of the error.
    groups
        Independent groups behind it: with fewer than `LEAST_REPLICATIONS` there is no interval.
    skewness
        Of the values of the groups.
    least, most
        The range that the figure can have: the interval is cut there.
    miss
        Probability with which the interval misses.

    Examples
    --------
    >>> figure = by_t(10.0, 1.0, 7, groups=8)
    >>> round(figure.low, 3), round(figure.high, 3), by_t(10.0, 1.0, 6, groups=7).high is None
    (7.635, 12.365, True)
    """
    if not isfinite(value) or not isfinite(error):
        return without_error(value)
    if groups < LEAST_REPLICATIONS:
        return Estimate(estimate=value, se=error)
    down, up = (each * error for each in critical_values(degrees, skewness, groups, miss))
    return Estimate(estimate=value, se=error, low=max(least, value - down), high=min(most, value + up))


def by_log(
    value: float,
    error: float,
    relative: float,
    degrees: float,
    *,
    groups: float = inf,
    skewness: float = 0.0,
    miss: float = MISS,
) -> Estimate:
    """Return a positive figure with its standard error, and the interval that the t law gives of its logarithm.

    Parameters
    ----------
    relative
        The standard error of the logarithm.
    degrees, groups, skewness, miss
        As for `by_t`, of the logarithm.

    Examples
    --------
    >>> figure = by_log(10.0, 1.0, 0.1, 7)
    >>> round(figure.low, 2), round(figure.high, 2)
    (7.89, 12.67)
    """
    if not isfinite(value) or not isfinite(error):
        return without_error(value)
    if groups < LEAST_REPLICATIONS or value <= 0.0:
        return Estimate(estimate=value, se=error)
    down, up = (each * relative for each in critical_values(degrees, skewness, groups, miss))
    if not max(down, up) < _LARGEST:
        return Estimate(estimate=value, se=error)
    return Estimate(estimate=value, se=error, low=value * exp(-down), high=value * exp(up))


def by_count(share: float, error: float, windows: float, degrees: float, *, groups: float = inf) -> Estimate:
    """Return a share with its standard error and Clopper and Pearson's interval, adjusted by Korn and Graubard.

    Parameters
    ----------
    share, error
        The share and its standard error, as found from the spread between groups.
    windows
        Number of windows behind it, independent or not.
    degrees
        Degrees of freedom of the error.

    Examples
    --------
    Five of 20 independent windows:

    >>> figure = by_count(0.25, sqrt(0.25 * 0.75 / 19), 20, 19)
    >>> round(figure.low, 3), round(figure.high, 3)
    (0.087, 0.491)
    """
    if not isfinite(share) or not isfinite(error):
        return without_error(share)
    if groups < LEAST_REPLICATIONS or not 0.0 < share < 1.0 or error <= 0.0:
        return Estimate(estimate=share, se=error)
    # So many independent windows have this error; the fewer degrees it is known with, the fewer they count for.
    known = (critical_value(max(windows - 1.0, degrees)) / critical_value(degrees)) ** 2
    n = share * (1.0 - share) / error**2 * (degrees + 1.0) / degrees * known
    hits = share * n
    low = beta_i_inverse(hits, n - hits + 1.0, MISS / 2.0)
    high = beta_i_inverse(hits + 1.0, n - hits, 1.0 - MISS / 2.0)
    return Estimate(estimate=share, se=error, low=min(low, share), high=max(high, share))


def of_hits(hits: int, worlds: int) -> Estimate:
    """Return the share of independent replications in which an event happened.

    Examples
    --------
    >>> of_hits(50, 100).se, of_hits(0, 100).se
    (0.05, None)
    """
    if worlds < 1:
        return UNKNOWN
    if hits in (0, worlds):
        return never_seen(worlds) if hits == 0 else always_seen(worlds)
    p = hits / worlds
    found = by_count(p, sqrt(p * (1.0 - p) / max(worlds - 1, 1)), worlds, max(worlds - 1, 1), groups=worlds)
    return found.model_copy(update={"se": sqrt(p * (1.0 - p) / worlds)})


def scaled(figure: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit.

    Examples
    --------
    >>> scaled(Estimate(estimate=2.0, se=0.5, low=1.0, high=3.5), -2.0)
    Estimate(estimate=-4.0, se=1.0, low=-7.0, high=-2.0)
    """

    def times(value: float | None, by: float) -> float | None:
        return None if value is None else value * by

    ends = times(figure.low, factor), times(figure.high, factor)
    low, high = ends if factor >= 0.0 else ends[::-1]
    return Estimate(estimate=times(figure.estimate, factor), se=times(figure.se, abs(factor)), low=low, high=high)


def significant_sign(figure: Estimate) -> int:
    """Return the sign of a figure whose 95 % interval excludes zero, else 0; also 0 where there is no interval.

    Examples
    --------
    >>> [significant_sign(by_t(value, 1.0, 255)) for value in (2.0, -2.0, 1.9)]
    [1, -1, 0]
    >>> significant_sign(Estimate(estimate=2.0, se=0.1))
    0
    """
    above = figure.low is not None and figure.low > 0.0
    below = figure.high is not None and figure.high < 0.0
    return int(above) - int(below)


def differs_from_zero(figure: Estimate) -> bool | None:
    """Return whether the interval excludes zero; ``None`` where there is no interval."""
    return None if figure.low is None or figure.high is None else significant_sign(figure) != 0
