"""The expected revenue from items in closed form (a call, a meeting held, an opportunity): eventual, and within a time.

Notation: p_s the mean rate of step s of S, m the mean deal, g the mean number of referrals of a win. An item in stage k
becomes a win with probability P_k, the product of p_s over s > k (times the market's second moments, see
`simcore.analytic.expectations`). A win brings g referrals that enter stage 1, so its eventual worth is m / (1 - g
P_1), and that of an item V_k = P_k m / (1 - g P_1). A "no" is worth V_0 / (1 - p_1).

Timing: the time to the win is a sum of lags (`simcore.analytic.waiting_times`). With f_k(t) the chance that an item of
stage k wins t hours from now, and a(t) the chance that a referral enters stage 1 t hours after the win (never in the
same hour), the expected wins D at t solve the renewal equation D = f_k + g a * f_1 * D, with * for convolution.

It holds where rates do (rule *rates* of `simcore.analytic.expectations`), referrals apart, and where deals need
nothing, for that changes when they are decided. With referrals no rate after the first may vary and the market may act
on none of them, since the rep or week that wins more would also work more referrals.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from simcore.analytic.expectations import chances
from simcore.analytic.market_moments import moment
from simcore.analytic.waiting_times import AtAge, Floats, at_age, convolved, lag_hours, summed
from simcore.base.periods import WEEKS_PER_YEAR, calls_per_hour
from simcore.scenario.needs import needs_step

if TYPE_CHECKING:
    from simcore.scenario.model import Lag, Scenario


class Prospects:
    """The expected revenue from items of a scenario.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> canon = Prospects(load_scenario("trust-the-process"))
    >>> [round(canon.value(stage), 6) for stage in range(3)]
    [20.0, 1000.0, 5000.0]
    >>> round(canon.value_of_a_no, 2)
    20.41
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        reached = chances(scenario.model_copy(update={"referrals": None}))
        if reached is None or not holds(scenario):
            raise ValueError("no closed form: see `holds`")
        self._reached = reached
        self._waits: dict[int, Floats] = {}
        self.deal = scenario.deal.mean_value()
        given = scenario.referrals.per_win if scenario.referrals is not None else 0.0
        self.per_win = given
        self.price = self.deal / (1.0 - given * self.win_chance(1)) if given else self.deal

    def chance(self, stage: int) -> float:
        """Return the chance that an item that has reached `stage` becomes a win, over all such items."""
        return self._reached[-1] / self._reached[stage]

    def win_chance(self, stage: int) -> float:
        """Return the chance that a given item in `stage` becomes a win, whatever the market was when it arrived."""
        scenario, later = self._scenario, self._scenario.funnel[stage + 1 :]
        acts_on = scenario.market.acts_on if scenario.market is not None else ()
        factor = moment(scenario.market, sum(step.stage in acts_on for step in later))
        return factor * prod(step.rate.mean for step in later if step.rate is not None)

    def value(self, stage: int) -> float:
        """Return the eventual mean revenue from an item that enters `stage`, including its referrals."""
        return self.chance(stage) * self.price

    @property
    def value_of_a_no(self) -> float:
        """The value of a call divided by the share of calls that fail at the first step: the worth of one "no"."""
        return self.value(0) / (1.0 - self._reached[1])

    def wait(self, step: int) -> Floats:
        """Return the distribution of a step's lag, float64[hours]; step S + 1 is that of referrals."""
        if step not in self._waits:
            lags: list[Lag | None] = [stage.lag for stage in self._scenario.funnel]
            lags.append(self._scenario.referrals.lag if self._scenario.referrals is not None else None)
            self._waits[step] = lag_hours(lags[step], self._scenario.calendar)
        return self._waits[step]

    def at_age(self, stage: int, age: int) -> AtAge:
        """Return what is known of an item that has waited in `stage` for so many hours.

        Raises
        ------
        ValueError
            If none waits that long.
        """
        step, calendar = self._scenario.funnel[stage + 1], self._scenario.calendar
        lost = None if step.lost_lag is None else lag_hours(step.lost_lag, calendar)
        return at_age(self.step_chance(stage + 1), self.wait(stage + 1), lost, age)

    def step_chance(self, number: int) -> float:
        """Return the chance that a given item passes a step, whatever the market when it arrived."""
        step, market = self._scenario.funnel[number], self._scenario.market
        acted = market is not None and step.stage in market.acts_on
        return (step.rate.mean if step.rate is not None else 1.0) * moment(market, int(acted))

    def win_chance_at(self, stage: int, age: int) -> float:
        """Return the chance that an item becomes a win that has waited in `stage` for so many hours."""
        return self.win_chance(stage) * (self.at_age(stage, age).passes / self.step_chance(stage + 1))

    def wins_of(self, stage: int, hours: int, age: int | None = None) -> Floats:
        """Return the expected wins from a given item in each of the next ``hours``, float64[hours].

        Parameters
        ----------
        stage
            1 to S - 1, or 0 for a call made now.
        hours
            Number of hours.
        age
            Hours that it has waited for its next step; by default none, and its wait begins now.
        """
        steps = len(self._scenario.funnel) - 1
        waits = [self.wait(stage + 1) if age is None else self.at_age(stage, age).left_if_passed]
        waits += [self.wait(step) for step in range(stage + 2, steps + 1)]
        chance = self.chance(0) if stage == 0 else self.win_chance(stage)
        if age is not None:
            chance = self.win_chance_at(stage, age)
        return chance * summed(waits, hours)

    def deals_of(self, stage: int, hours: int, age: int | None = None) -> Floats:
        """Return the expected deals from an item in each hour, float64[hours]: its own and those of its referrals."""
        own = self.wins_of(stage, hours, age)
        if not self.per_win:
            return own
        steps = len(self._scenario.funnel) - 1
        arrival = self.wait(steps + 1).copy()
        if len(arrival) == 1:
            arrival = np.append(arrival, 0.0)
        arrival[1] += arrival[0]
        arrival[0] = 0.0
        later = self.per_win * convolved(self.wins_of(1, hours), arrival)
        found = term = own
        while term.sum() > 1e-12 * max(own.sum(), 1e-300):
            term = convolved(term, later)
            found = found + term
        return found

    def value_within(self, stage: int, hours: int, age: int | None = None) -> float:
        """Return the expected revenue from an item within the next ``hours``."""
        return self.deal * float(self.deals_of(stage, hours, age).sum())

    def revenue_by_close(self) -> float:
        """Return the mean revenue by close per rep-year of a seat that always makes the planned calls."""
        scenario = self._scenario
        week = scenario.calendar.hours_per_week
        warmup, counted = scenario.horizon.warmup_weeks, scenario.horizon.weeks
        calls = planned_calls(scenario)
        reached = np.concatenate([[0.0], np.cumsum(self.deals_of(0, (warmup + counted) * week))])
        hour = np.arange(len(calls))
        begin, end = warmup * week, (warmup + counted) * week
        closed = reached[end - hour] - reached[np.maximum(begin - hour, 0)]
        return self.deal * float(calls @ closed) * WEEKS_PER_YEAR / counted


def holds(scenario: Scenario) -> bool:
    """Return whether the closed forms of `Prospects` hold for a scenario."""
    # How an age tells the end of an item is no line in the rate: a mean over what is not known would be off.
    telling = any(step.lost_lag and step.rate is not None and step.rate.law for step in scenario.funnel)
    closing = any(step.closing for step in scenario.funnel)
    holding = _referrals_hold(scenario) and needs_step(scenario.funnel) == 0 and not (telling or closing)
    return holding and chances(scenario.model_copy(update={"referrals": None})) is not None


def _referrals_hold(scenario: Scenario) -> bool:
    if scenario.referrals is None:
        return True
    later = scenario.funnel[2:]
    varied = any(step.rate is not None and (step.rate.rep_cv or step.rate.week_cv or step.rate.law) for step in later)
    acted = scenario.market is not None and any(step.stage in scenario.market.acts_on for step in later)
    return not varied and not acted


def planned_calls(scenario: Scenario) -> Floats:
    """Return the planned calls of a rep in each simulated hour, without holidays: float64[hours]."""
    calendar, horizon = scenario.calendar, scenario.horizon
    full = calls_per_hour(scenario.plan.calls_per_week, calendar.hours_per_week).astype(np.float64)
    weeks = []
    for days in calendar.days_off(-horizon.warmup_weeks, horizon.warmup_weeks + horizon.weeks):
        planned = full.reshape(calendar.days_per_week, calendar.hours_per_day).copy()
        planned[sorted(days)] = 0.0
        weeks.append(planned.ravel())
    return np.concatenate(weeks)
