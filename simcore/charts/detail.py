"""The first worlds of a run, week by week: what pictures show that no document holds.

Every draw has an address, so the first worlds of a scenario are played again to the same bits, whatever ran before, and
on any machine. What is shown of them is not in the document of the run: a page says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import HORIZONS, WEEKS_PER_QUARTER, WEEKS_PER_YEAR, period_of_week
from simcore.engine.simulation import simulate

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

MOST_WORLDS = 256
MOST_REP_WEEKS = 150_000
"""More would not be seen; so many are simulated in a tenth of a second."""
GROUPS = 8
"""Groups of worlds, from which the errors of quantiles come."""
PROBABILITIES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Detail(NamedTuple):
    """Revenue by close of the first worlds of a run."""

    revenue: NDArray[np.float64]
    """float64[worlds, reps, weeks], in units of the currency."""
    scenario: Scenario

    @property
    def worlds(self) -> int:
        """How many there are."""
        return int(self.revenue.shape[0])


class Quantiles(NamedTuple):
    """Quantiles of what came, with their errors."""

    values: NDArray[np.float64]
    """float64[probabilities, places]"""
    errors: NDArray[np.float64] | None
    """The same of their standard errors; none with too few worlds."""


def detail_of(scenario: Scenario, replications: int) -> Detail:
    """Play the first worlds of a run again, as many as pictures need.

    Parameters
    ----------
    scenario
        As it was run, with its seed and strategy.
    replications
        Of the run: no more than these.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> detail_of(load_scenario("trust-the-process"), 3).revenue.shape
    (3, 10, 52)
    """
    per_world = scenario.team.reps * scenario.horizon.weeks
    worlds = max(1, min(replications, MOST_WORLDS, max(2, MOST_REP_WEEKS // per_world)))
    found = simulate(scenario, replications=worlds, keep_rep_weeks=True)
    if found.rep_weeks is None:
        raise RuntimeError("a run that was to keep its rep-weeks kept none")
    return Detail(found.rep_weeks.cents_close / 100.0, scenario)


def period_of(scenario: Scenario) -> tuple[str, int] | None:
    """Return the period over which a rep is judged, and its weeks: that of the quota, or the quarter.

    Returns
    -------
    tuple or None
        ``None`` where the run holds no such period, and where periods are real months: revenue is known by week.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> period_of(load_scenario("trust-the-process"))
    ('quarter', 13)
    """
    long = scenario.quota is not None and scenario.quota.per == "year"
    name, weeks = ("year", WEEKS_PER_YEAR) if long else ("quarter", WEEKS_PER_QUARTER)
    whole = scenario.horizon.weeks >= weeks and scenario.calendar.months != "real"
    return (name, weeks) if whole else None


def by_period(detail: Detail, horizon: str) -> NDArray[np.float64]:
    """Return the revenue of every rep in every whole period, float64[worlds, reps, periods]; of no real months."""
    weeks, calendar = detail.revenue.shape[2], detail.scenario.calendar
    if calendar.months == "real" and horizon != "week":
        return detail.revenue[:, :, :0]
    period = period_of_week(HORIZONS.index(horizon), weeks, calendar.periods.weeks)
    whole = detail.revenue[:, :, period >= 0]
    starts = np.flatnonzero(np.diff(period[period >= 0], prepend=-1))
    return np.add.reduceat(whole, starts, axis=2)


def cumulated(detail: Detail, weeks: int) -> NDArray[np.float64]:
    """Return what every rep had by the end of each week of every period of so many weeks.

    Returns
    -------
    NDArray
        float64[worlds, reps x periods, weeks]
    """
    worlds, reps, length = detail.revenue.shape
    periods = length // weeks
    parts = detail.revenue[:, :, : periods * weeks].reshape(worlds, reps * periods, weeks)
    return np.cumsum(parts, axis=2)


def quantiles(values: NDArray[np.float64]) -> Quantiles:
    """Return the quantiles of `PROBABILITIES` at each place, over worlds and reps.

    The errors come from `GROUPS` groups of worlds: the standard deviation of their quantiles over the root of their
    number (sectioning; Asmussen and Glynn 2007, Stochastic Simulation, III.5a).

    Parameters
    ----------
    values
        float64[worlds, windows, places]
    """
    whole = np.quantile(values.reshape(-1, values.shape[2]), PROBABILITIES, axis=0)
    size = values.shape[0] // GROUPS
    if size < 2:
        return Quantiles(whole, None)
    groups = values[: size * GROUPS].reshape(GROUPS, -1, values.shape[2])
    of_groups = np.quantile(groups, PROBABILITIES, axis=1)
    return Quantiles(whole, of_groups.std(axis=1, ddof=1) / np.sqrt(GROUPS))
