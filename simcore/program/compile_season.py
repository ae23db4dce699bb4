"""Compiles what the calendar does: seasons of rates, how much of a quota period is gone, and closing days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.program.layout import Closing, Lags
from simcore.quantities.lags import next_closing
from simcore.quantities.season import factors_of_weeks
from simcore.random.addresses import MAX_WEEKS
from simcore.random.draws import TWO_32

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

Floats = NDArray[np.float64]


def compile_seasons(scenario: Scenario) -> tuple[NDArray[np.int64], Floats]:
    """Return which season each step has, int64[S + 1], and the factors of all seasons by simulated week.

    After the run, too: what is open then is decided in weeks with dates.
    """
    known = scenario.season or {}
    begin = -scenario.horizon.warmup_weeks
    number = np.full(len(scenario.funnel), -1, np.int64)
    found: list[Floats] = []
    for step, stage in enumerate(scenario.funnel):
        if stage.stage in known:
            number[step] = len(found)
            found.append(factors_of_weeks(known[stage.stage], scenario.calendar, begin, MAX_WEEKS))
    return number, np.array(found) if found else np.empty((0, 0))


def period_gone(scenario: Scenario, first: NDArray[np.int64], length: NDArray[np.int64]) -> Floats:
    """Return the share of its quota period that is gone at each simulated hour, see `Reaction.period_gone`.

    ``first``, ``length``: int64[simulated days], the first hour and the hours of the period of each day. Of a period
    that began before the run, what is gone counts from hour 0, as a share of the whole.
    """
    quota, calendar = scenario.quota, scenario.calendar
    by_season = quota is not None and quota.pace == "season"
    if quota is None or calendar.start is None or not (calendar.rests or by_season):
        return np.empty(0)
    day, week = calendar.hours_per_day, calendar.hours_per_week
    begin, end = int(first.min()) // week, -(-int((first + length).max()) // week)
    working = _working(scenario, begin, end - begin)
    weight = working * _seasons(scenario, begin, end - begin)[:, None] if by_season else working
    weight, working = weight.ravel(), working.ravel()
    gone = np.empty(len(first) * day)
    for at in np.flatnonzero(np.diff(first, prepend=first[0] - 1)).tolist():
        starts, last = int(first[at]), min(int(first[at] + length[at]), len(gone))
        here = slice(starts - begin * week, starts - begin * week + int(length[at]))
        # A period in which nobody works, or of which no season is left, goes by the hours that there are.
        each = next(part for part in (weight[here], working[here], np.ones_like(working[here])) if part.any())
        before = np.concatenate([[0.0], np.cumsum(each)])
        since = max(0, -starts)
        gone[at * day : last] = (before[at * day - starts : last - starts] - before[since]) / before[-1]
    return gone


def _working(scenario: Scenario, begin: int, weeks: int) -> Floats:
    """Return 1 for the hours of simulated weeks from ``begin`` on in which calls are made, else 0."""
    calendar = scenario.calendar
    days = np.ones((weeks, calendar.days_per_week))
    for week, off in enumerate(calendar.days_off(begin - scenario.horizon.warmup_weeks, weeks)):
        days[week, sorted(off)] = 0.0
    return np.repeat(days, calendar.hours_per_day, axis=1)


def _seasons(scenario: Scenario, begin: int, weeks: int) -> Floats:
    """Return what all seasons leave of a call made in each simulated week from ``begin`` on: their product."""
    found = np.ones(weeks)
    for season in (scenario.season or {}).values():
        found *= factors_of_weeks(season, scenario.calendar, begin - scenario.horizon.warmup_weeks, weeks)
    return found


def compile_closing(scenario: Scenario) -> Closing:
    """Return until when items of each step wait, by simulated day; after the run, too."""
    threshold, table = np.zeros(len(scenario.funnel), np.int64), np.full(len(scenario.funnel), -1, np.int64)
    found: list[NDArray[np.int32]] = []
    days = MAX_WEEKS * scenario.calendar.days_per_week
    for step, stage in enumerate(scenario.funnel):
        # A share of which no word is left is that of 0: nobody waits.
        if stage.closing is not None and int(stage.closing.share * TWO_32 + 0.5) > 0:
            threshold[step], table[step] = int(stage.closing.share * TWO_32 + 0.5), len(found)
            found.append(next_closing(stage.closing, scenario.calendar, -scenario.horizon.warmup_weeks, days))
    longest = max((int((of - np.arange(days)).max()) for of in found), default=0)
    return Closing(threshold, table, np.array(found, np.int32).reshape(len(found), days), longest)


def waiting_for(lags: Lags, closing: Closing) -> Lags:
    """Return lags of which those take time whose items may wait for a day."""
    lagged = lags.lagged.copy()
    lagged[: len(closing.threshold)] |= closing.threshold > 0
    return lags._replace(lagged=lagged)
