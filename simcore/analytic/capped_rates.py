"""The mean loss where a varying rate would exceed 1 and is cut there."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from simcore.numerics.gamma_beta import beta_i
from simcore.quantities.distributions import beta_parameters
from simcore.quantities.rates import LEAST_SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simcore.quantities.rates import Rate

_NODES = 40
"""Of the quadrature over the law of a rate."""
_TINY = 1e-12


def cut_share(rate: Rate, market_variance: float, market_mean: float = 1.0) -> float:
    """Return the share of a step's mean rate that is lost by cutting it at 1: E[(r L - 1)+] / E[r L].

    r is the rep's rate, Beta(a, b), and L the product of the log-normal factors, independent of it. With
    c = min(1, 1 / L), E[(r L - 1)+ | L] = L E[r] I_{1 - c}(b, a + 1) - I_{1 - c}(b, a), I the regularised incomplete
    beta function; the normal variable underlying L is integrated by Gauss-Hermite quadrature.

    Parameters
    ----------
    rate
        The step's rate, with its spreads.
    market_variance
        Variance of the logarithm of the market's factor; 0 if it does not act on the step.
    market_mean
        Mean of that factor.

    Examples
    --------
    >>> from simcore.quantities.rates import Rate
    >>> cut_share(Rate(mean=0.5), 0.0), round(cut_share(Rate(mean=0.9, week_cv=0.2), 0.0), 3)
    (0.0, 0.039)
    """
    variance = math.log1p(rate.week_cv**2) + market_variance
    if variance == 0 and market_mean <= 1.0:
        return 0.0
    import numpy as np  # noqa: PLC0415

    if rate.law is not None:
        return _mean_share(rate, market_variance, market_mean)
    nodes, weights = _hermite()
    factor = market_mean * np.exp(math.sqrt(variance) * nodes - variance / 2)
    if rate.rep_cv:
        a, b = beta_parameters(rate.mean, rate.rep_cv)
        cut = np.minimum(1, 1 / factor)
        above = [(beta_i(b, a + 1, beyond), beta_i(b, a, beyond)) for beyond in map(float, 1 - cut)]
        more, reached = np.array(above).T
        excess = factor * rate.mean * more - reached
    else:
        excess = np.maximum(factor * rate.mean - 1, 0)
    return float(weights @ excess) / math.sqrt(2 * math.pi) / (rate.mean * market_mean)


def _mean_share(rate: Rate, market_variance: float, market_mean: float) -> float:
    """Return the same for a rate that is not known exactly: over its law, by Gauss-Hermite quadrature."""
    law = rate.law
    assert law is not None  # noqa: S101
    total = lost = 0.0
    for z, weight in zip(*(each.tolist() for each in _hermite(_NODES)), strict=True):
        mean = min(max(law.quantile(z), _TINY), 1.0 - _TINY)
        cv = min(rate.rep_cv, math.sqrt((1.0 - mean) / mean / (1.0 + LEAST_SIZE)))
        known = rate.with_mean(mean).model_copy(update={"rep_cv": cv})
        total += weight * mean
        lost += weight * mean * cut_share(known, market_variance, market_mean)
    return float(lost / total)


def law_cv(rate: Rate) -> float:
    """Return the cv of what is known of a rate, 0 where it is known exactly."""
    return 0.0 if rate.law is None else rate.law.cv


def cut_spread(rate: Rate) -> float:
    """Return the chance that the spread between reps is too large for the rate that a replication draws.

    Examples
    --------
    >>> from simcore.quantities.rates import Rate
    >>> vague = Rate.model_validate({"between": (0.1, 0.9), "rep_cv": 0.9})
    >>> cut_spread(Rate(mean=0.5, rep_cv=0.9)), cut_spread(vague) > 0.3
    (0.0, True)
    """
    if rate.law is None or rate.rep_cv == 0.0:
        return 0.0
    return rate.law.above(1.0 / (1.0 + (1.0 + LEAST_SIZE) * rate.rep_cv**2))


@cache
def _hermite(order: int = 100) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the nodes and weights of Gauss-Hermite quadrature."""
    import numpy as np  # noqa: PLC0415

    nodes, weights = np.polynomial.hermite_e.hermegauss(order)
    return nodes, weights
