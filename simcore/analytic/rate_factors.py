"""What a week does to the rates of some steps, in closed form: the factor of the market, and that of the season.

A season is the same in all replications, so its factors multiply moments as they are: E[(F_w g_w)^k] = E[F_w^k] g_w^k.
Weeks are counted from the first simulated one.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING

from simcore.analytic.market_moments import is_constant, is_stationary, moment, pair_moment
from simcore.quantities.season import Season, factors_of_weeks
from simcore.quantities.time import Calendar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.scenario.model import Scenario, Stage


def market_steps(scenario: Scenario, steps: Sequence[Stage]) -> int:
    """Return the number of these steps on which the market acts."""
    return 0 if scenario.market is None else sum(step.stage in scenario.market.acts_on for step in steps)


def seasonal(scenario: Scenario, steps: Sequence[Stage]) -> bool:
    """Return whether any of these steps has a season."""
    return scenario.season is not None and any(step.stage in scenario.season for step in steps)


def weeks_differ(scenario: Scenario) -> bool:
    """Return whether weeks differ by the market, or by a season."""
    return scenario.season is not None or not is_stationary(scenario.market)


def are_alike(scenario: Scenario, steps: Sequence[Stage]) -> bool:
    """Return whether the mean factor on these steps is the same in all weeks."""
    return is_constant(scenario.market, market_steps(scenario, steps)) and not seasonal(scenario, steps)


def factor(scenario: Scenario, steps: Sequence[Stage], week: int) -> float:
    """Return the mean of the product of the factors on these steps in a simulated week."""
    return moment(scenario.market, market_steps(scenario, steps), week) * season_in(scenario, steps, week)


def pair_factors(scenario: Scenario, steps: Sequence[Stage], weeks: Sequence[int]) -> Callable[[int, int], float]:
    """Return a function: the mean of the product of the factors on these steps in two of these weeks."""
    market, k = scenario.market, market_steps(scenario, steps)
    seasons = {week: season_in(scenario, steps, week) for week in weeks}
    return lambda week, other: pair_moment(market, k, week, other) * (seasons[week] * seasons[other])


def season_in(scenario: Scenario, steps: Sequence[Stage], week: int) -> float:
    """Return the product of the season's factors on these steps in a simulated week.

    Examples
    --------
    >>> from simcore.scenario.model import validate
    >>> canon = validate({
    ...     "simcore": 1, "name": "Canon", "deal": 10_000, "calendar": {"start": "2026-07-27"},
    ...     "season": {"wins": {"by": "month", "factors": [1] * 7 + [0.7] + [1] * 4}},
    ...     "funnel": [{"stage": "calls"}, {"stage": "talks", "rate": 0.02}, {"stage": "wins", "rate": 0.1}],
    ... })
    >>> [season_in(canon, canon.funnel, week) for week in (0, 1)]
    [1.0, 0.7]
    """
    if scenario.season is None:
        return 1.0
    calendar, begin = scenario.calendar, -scenario.horizon.warmup_weeks
    return prod(
        _factors(scenario.season[step.stage], calendar, begin, 52 * (week // 52 + 1))[week]
        for step in steps
        if step.stage in scenario.season
    )


def peak(scenario: Scenario, step: Stage) -> float:
    """Return the largest factor that a season can have on a step, 1 without one."""
    season = None if scenario.season is None else scenario.season.get(step.stage)
    return 1.0 if season is None else max(season.factors)


@lru_cache(maxsize=64)
def _factors(season: Season, calendar: Calendar, begin: int, weeks: int) -> tuple[float, ...]:
    return tuple(factors_of_weeks(season, calendar, begin, weeks).tolist())
