"""Chains of referrals: a win brings referrals, some of which become wins, and so on; when such a chain never ends.

A chain is a branching process (Harris 1963, *The Theory of Branching Processes*, chapter 1): it ends for certain, and
has a finite mean, only if a win brings fewer than one further win on average. Referrals are worked by the rep who won.
So where reps differ, the rep's own rates count: with g referrals per win, own rates r_s of the later steps must satisfy
g r_2 .. r_S < 1 for every rep who may be drawn. One in a million who violates this makes the mean revenue infinite, and
a run that draws such a rep never ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from simcore.quantities.distributions import beta_parameters

RARE = 1e-9
"""A smaller chance counts as 0: no run draws that many reps."""
_POWERS = 200
"""Number of powers, from 1 to a million, at which the bound is minimised."""

_HALVINGS = 60
_LEAST_CV, _LEAST_MEAN = 1e-6, 1e-100

Step = tuple[float, float]
"""Mean and coefficient of variation (between reps) of a step's rate."""


def endless(per_win: float, later: Sequence[Step]) -> float:
    """Return the chance that a rep's own rates make a win bring one further win or more on average.

    Exact if one of the later steps differs between reps; if several do, an upper bound (Chernoff 1952, from the moments
    of Beta variables).

    Parameters
    ----------
    per_win
        Mean number of referrals per win.
    later
        The steps after the first, whose rate does not apply to referrals.

    Examples
    --------
    >>> round(endless(1.6, [(0.6, 0.5)]), 3), endless(0.9, [(0.6, 0.5)]), endless(2.0, [(0.3, 0.1)]) < 1e-9
    (0.52, 0.0, True)
    """
    # Negligible spreads or rates count as fixed (and the engine refuses most of them later).
    varied = [cv > _LEAST_CV and mean > _LEAST_MEAN for mean, cv in later]
    fixed = per_win * math.prod(mean for (mean, _), varies in zip(later, varied, strict=True) if not varies)
    spread = [beta_parameters(*step) for step, varies in zip(later, varied, strict=True) if varies]
    if fixed <= 1.0 or not spread:
        return float(fixed >= 1.0 and not spread)
    if len(spread) == 1:
        from scipy.special import betainc  # noqa: PLC0415

        (a, b), least = spread[0], 1.0 / fixed
        return float(betainc(b, a, 1.0 - least))
    powers = (10.0 ** (6.0 * k / _POWERS) for k in range(_POWERS + 1))
    return min(1.0, math.exp(min(p * math.log(fixed) + sum(_log_moment(a, b, p) for a, b in spread) for p in powers)))


def most_per_win(later: Sequence[Step]) -> float:
    """Return the most referrals per win with chains that end for every rep (but a rare one, see `RARE`), rounded down.

    Examples
    --------
    >>> most_per_win([(0.6, 0.0)]), most_per_win([(0.6, 0.05)]), most_per_win([(0.6, 0.5)])
    (1.66, 1.3, 1.0)
    """
    low, high = 1.0, 1.0 / math.prod(mean for mean, _ in later)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if endless(middle, later) <= RARE else (low, middle)
    return math.floor(100.0 * low) / 100.0


def _log_moment(a: float, b: float, power: float) -> float:
    """Return log E[X^power] of a Beta variable."""
    return math.lgamma(a + power) - math.lgamma(a) + math.lgamma(a + b) - math.lgamma(a + b + power)
