"""Figures with errors from sums over groups of worlds: the delete-a-group jackknife for functions of many sums."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import UNKNOWN, always_seen, by_count, by_t, never_seen, without_error
from simcore.statistics.jackknife import degrees_of

Floats = NDArray[np.float64]

GROUPS = 32
"""Groups of worlds: world r is in group r mod 32."""


def by_group(values: NDArray[np.generic]) -> Floats:
    """Sum values of consecutive worlds, [n, ...], over the worlds of each group: float64[GROUPS, ...].

    Raises
    ------
    ValueError
        If the worlds are no whole number of sets of groups.

    Examples
    --------
    >>> by_group(np.arange(64.0))[:3].tolist()
    [32.0, 34.0, 36.0]
    """
    if len(values) % GROUPS:
        raise ValueError(f"{len(values)} worlds are no multiple of {GROUPS}")
    summed: Floats = values.reshape(len(values) // GROUPS, GROUPS, *values.shape[1:]).sum(axis=0, dtype=np.float64)
    return summed


def all_but(group: int, worlds: int) -> NDArray[np.bool_]:
    """Return which of so many worlds are not in a group."""
    kept: NDArray[np.bool_] = np.arange(worlds) % GROUPS != group
    return kept


def estimated(
    sums: Floats, figures: Callable[[Floats], Floats], *, least: float = -np.inf, most: float = np.inf
) -> list[Estimate]:
    """Return figures of sums with their standard errors.

    Parameters
    ----------
    sums
        float64[GROUPS, ...]: sums over the worlds of each group, see `by_group`.
    figures
        Makes float64[k] of the sums over all (or all but one) of the groups, shape as ``sums[0]``; what is not
        defined is nan.
    least, most
        The range that the figures can have: their intervals are cut there.

    Examples
    --------
    The mean of worlds, of which each group has one:

    >>> figure, = estimated(np.stack([np.arange(32.0), np.ones(32)], axis=1), lambda s: s[:1] / s[1:])
    >>> figure.estimate, round(figure.se, 6) == round(float(np.arange(32).std(ddof=1)) / 32**0.5, 6)
    (15.5, True)
    """
    total = sums.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return with_errors(figures(total), np.array([figures(total - part) for part in sums]), least=least, most=most)


def with_errors(figures: Floats, without: Floats, *, least: float = -np.inf, most: float = np.inf) -> list[Estimate]:
    """Return figures, float64[k], with the errors that those without each group, float64[GROUPS, k], give."""
    spread = without - without.mean(axis=0)
    errors = np.sqrt((GROUPS - 1) / GROUPS * (spread**2).sum(axis=0))
    degrees = [degrees_of(column, np.ones(GROUPS)) for column in spread.T]
    return [
        estimate(float(value), float(error), df, least=least, most=most)
        for value, error, df in zip(figures, errors, degrees, strict=True)
    ]


def estimate(
    value: float,
    error: float,
    degrees: float = GROUPS - 1.0,
    *,
    least: float = -np.inf,
    most: float = np.inf,
) -> Estimate:
    """Return a figure with its error and interval; ``null`` where either is not defined, or groups do not differ."""
    if not error > 0.0:
        return without_error(value)
    # The interval holds the estimate, which chance may put beyond the range.
    return by_t(value, error, degrees, least=min(least, value), most=max(most, value))


def proportion(hits: Floats, trials: Floats, worlds: int) -> Estimate:
    """Return a share from hits and trials by group, float64[GROUPS] each.

    Where none or all were hit, it has the bound of `simcore.statistics.intervals`, over so many independent worlds.

    Examples
    --------
    >>> round(proportion(np.zeros(32), np.full(32, 10.0), 98).high, 4)
    0.0301
    """
    if trials.sum() <= 0.0:
        return UNKNOWN
    share = float(hits.sum() / trials.sum())
    if share in (0.0, 1.0):
        return never_seen(worlds) if share == 0.0 else always_seen(worlds)
    (found,) = estimated(np.stack([hits, trials], axis=1), lambda s: s[:1] / s[1:])
    return found if found.se is None else by_count(share, found.se, float(trials.sum()), GROUPS - 1.0)
