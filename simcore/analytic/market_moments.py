"""The moments of the market's factor, in closed form, week by week.

The logarithm of the factor is normal in every week. With f the persistence, d the sd, t the step, and a start of level
L and sd s, its mean m and covariance c for simulated weeks u <= w (from 0) are

    market                     m_w                                                 c_uw
    f < 1                      -d^2 / 2                                            d^2 f^(w - u)
    f < 1, with a start        f^(w+1) (log L - s^2 / 2 + d^2 / 2) - d^2 / 2       f^(w - u) v_u
    f = 1                      log L - s^2 / 2 - (w + 1) t^2 / 2                   s^2 + (u + 1) t^2

with v_u = d^2 + f^(2 (u + 1)) (s^2 - d^2), and L = 1, s = 0 where a market that does not come back has no start. So

    E[F_w^k] = exp(k m_w + k^2 c_ww / 2),   E[F_u^k F_w^k] = exp(k (m_u + m_w) + k^2 (c_uu + 2 c_uw + c_ww) / 2).

The mean factor is 1 in the first market, comes back to 1 in the second, and stays L in the third, a martingale.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcore.scenario.model import Market


def is_stationary(market: Market | None) -> bool:
    """Return whether all weeks of a market are alike: it comes back, and no start is known.

    Examples
    --------
    >>> from simcore.scenario.model import Market
    >>> is_stationary(Market(sd=0.1, persistence=0.9, acts_on=["wins"]))
    True
    >>> is_stationary(Market(step=0.1, persistence=1, acts_on=["wins"]))
    False
    """
    return market is None or (market.persistence < 1.0 and market.start is None)


def is_constant(market: Market | None, k: int) -> bool:
    """Return whether the mean of the factor to the power k, E[F_w^k], is the same in all weeks."""
    return k == 0 or is_stationary(market) or (market is not None and market.persistence == 1.0 and k == 1)


def log_mean(market: Market, week: int) -> float:
    """Return the mean of the logarithm of the factor in a simulated week; week -1 is the one before the run."""
    level, sd = _start(market)
    before = log(level) - sd * sd / 2.0
    if market.persistence == 1.0:
        return before - (week + 1) * _variance(market) / 2.0
    half = _variance(market) / 2.0
    return -half if market.start is None else market.persistence ** (week + 1) * (before + half) - half


def log_covariance(market: Market, week: int, other: int) -> float:
    """Return the covariance of the logarithms of the factor in two simulated weeks.

    Examples
    --------
    >>> from simcore.scenario.model import Market
    >>> drifting = Market(step=0.1, persistence=1, acts_on=["wins"], start={"level": 0.9, "sd": 0.2})
    >>> round(log_covariance(drifting, 3, 12), 12)
    0.08
    """
    first, distance = min(week, other), abs(week - other)
    variance, known = _variance(market), _start(market)[1] ** 2
    if market.persistence == 1.0:
        return known + (first + 1) * variance
    memory = market.persistence**distance
    if market.start is None:
        return variance * memory
    return memory * (variance + market.persistence ** (2 * (first + 1)) * (known - variance))


def moment(market: Market | None, k: int, week: int = 0) -> float:
    """Return E[F_w^k]: the mean of the factor of a simulated week to the power k.

    Examples
    --------
    >>> from simcore.scenario.model import Market
    >>> drifting = Market(step=0.1, persistence=1, acts_on=["wins"], start=0.9)
    >>> round(moment(drifting, 1, 51), 12), round(moment(drifting, 2, 0), 12)
    (0.9, 0.818140635338)
    """
    if market is None or k == 0:
        return 1.0
    if is_stationary(market):
        return exp((k * k - k) * _variance(market) / 2.0)
    return exp(k * log_mean(market, week) + k * k * log_covariance(market, week, week) / 2.0)


def pair_moment(market: Market | None, k: int, week: int, other: int) -> float:
    """Return E[F_u^k F_w^k]: the mean of the product of two weeks' factors, each to the power k.

    Examples
    --------
    >>> from simcore.scenario.model import Market
    >>> drifting = Market(step=0.1, persistence=1, acts_on=["wins"])
    >>> round(pair_moment(drifting, 1, 4, 9), 12) == round(exp(5 * 0.1**2), 12)
    True
    """
    if market is None or k == 0:
        return 1.0
    if is_stationary(market):
        return exp(_variance(market) * (k * k * (1 + market.persistence ** abs(week - other)) - k))
    means = log_mean(market, week) + log_mean(market, other)
    spread = log_covariance(market, week, week) + log_covariance(market, other, other)
    return exp(k * means + k * k * (spread / 2.0 + log_covariance(market, week, other)))


def largest_variance(market: Market, weeks: int) -> float:
    """Return the largest variance of the logarithm of the factor in the first so many simulated weeks."""
    return max(log_covariance(market, week, week) for week in (0, weeks - 1))


def _variance(market: Market) -> float:
    """Return the square of what says how much the market moves: of `sd`, or of `step`."""
    size = market.sd if market.persistence < 1.0 else market.step
    if size is None:
        raise ValueError(f"a market of persistence {market.persistence:g} needs {market.swing}")
    return size**2


def _start(market: Market) -> tuple[float, float]:
    """Return level and sd of the week before the run; the level is known to be 1 if nothing is said of it."""
    return (market.start.level, market.start.sd) if market.start is not None else (1.0, 0.0)
