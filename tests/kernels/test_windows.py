"""From booked deals to windows, on a tiny calendar that can be counted by hand."""

from __future__ import annotations

import numpy as np

from simcore.base.periods import CALL, DAY, HOUR, MONTH, QUARTER, WEEK, YEAR
from simcore.kernels.windows import book, tally_first_step, tally_hours_and_days, tally_periods, tally_team
from simcore.kernels.workspace import Booked, Sums, new_scratch
from simcore.program.layout import Program, Quota
from simcore.program.tally import CLOSE, ORIGIN, SQUARE, SQUARE_LOW, SUM, TOTAL, WITH_DEAL, TallyArrays, new_arrays
from tests.support.both_engines import compiled
from tests.support.scenario_cases import scenario

GROUP = 5


def program_of(weeks: int) -> Program:
    """Return a program with weeks of two days of two hours."""
    return compiled(scenario(calendar={"hours_per_day": 2, "days_per_week": 2}, horizon={"weeks": weeks}))


def tallied(
    program: Program, deals: list[tuple[int, int]], account: int = CLOSE, quota: Quota | None = None
) -> tuple[TallyArrays, Booked, Sums]:
    """Book deals, given as (hour, units), and tally them."""
    scratch, tally = new_scratch(program), new_arrays(program.clock.steps)
    for hour, units in deals:
        book(scratch.booked, account, hour, units)
    tally_hours_and_days(program.calendar, tally, GROUP, account, scratch.booked, scratch.sums)
    tally_periods(program.calendar, quota or Quota(0, 0, 0), tally, GROUP, account, scratch.sums)
    return tally, scratch.booked, scratch.sums


def cell(tally: TallyArrays, account: int, horizon: int) -> list[int]:
    """Return the units, the windows with a deal and the sum of squares of a horizon."""
    return [int(tally.moments[GROUP, account, horizon, column]) for column in (TOTAL, WITH_DEAL, SQUARE_LOW)]


def test_deals_of_one_window_are_added() -> None:
    # Hours 0 and 1 are a day, 0 to 3 a week; hour 6 is in the second day of week 1.
    tally, booked, sums = tallied(program_of(2), [(0, 3), (6, 10), (0, 4), (1, 5)], ORIGIN)
    assert cell(tally, ORIGIN, HOUR) == [22, 3, 7**2 + 5**2 + 10**2]
    assert cell(tally, ORIGIN, DAY) == [22, 2, 12**2 + 10**2]
    assert cell(tally, ORIGIN, WEEK) == [22, 2, 12**2 + 10**2]
    for horizon in (CALL, MONTH, QUARTER, YEAR):
        assert cell(tally, ORIGIN, horizon) == [0, 0, 0]
    assert not tally.moments[GROUP, CLOSE].any()
    assert np.flatnonzero(tally.bins[GROUP, ORIGIN, DAY]).tolist() == [10, 12]
    assert not booked.hours.any()
    assert not booked.n_touched.any()
    assert not any(array.any() for array in (sums.days, sums.weeks, sums.team))


def test_periods_that_are_not_whole_fall_out() -> None:
    # Months end after weeks 3, 7 and 12; 14 weeks hold three months and a quarter.
    deals = [(4 * week, week + 1) for week in range(14)]
    tally, _, _ = tallied(program_of(14), deals)
    months = [1 + 2 + 3 + 4, 5 + 6 + 7 + 8, 9 + 10 + 11 + 12 + 13]
    assert cell(tally, CLOSE, WEEK) == [105, 14, sum(n * n for n in range(1, 15))]
    assert cell(tally, CLOSE, MONTH) == [91, 3, sum(n * n for n in months)]
    assert cell(tally, CLOSE, QUARTER) == [91, 1, 91**2]
    assert cell(tally, CLOSE, YEAR) == [0, 0, 0]


def test_quota_is_reached_with_exactly_the_amount() -> None:
    program = program_of(13)
    deals = [(0, 5), (4 * 3, 5), (4 * 4, 9), (4 * 12, 11)]
    quota = Quota(horizon=MONTH, units=10, units_team=11)
    tally, _, sums = tallied(program, deals, CLOSE, quota)
    assert tally.quota_hits[GROUP].tolist() == [2, 0]
    assert sums.team.tolist() == [10, 9, 11] + [0] * 10
    tally_team(program.calendar, quota, tally, GROUP, sums.team)
    assert tally.quota_hits[GROUP].tolist() == [2, 1]
    assert not sums.team.any()


def test_revenue_by_origin_meets_no_quota() -> None:
    tally, _, sums = tallied(program_of(4), [(0, 100)], ORIGIN, Quota(WEEK, 1, 1))
    assert not tally.quota_hits.any()
    assert not sums.team.any()


def test_successes_of_the_first_step() -> None:
    program, first = program_of(5), np.zeros((2, 7), np.int64)
    tally_first_step(program.calendar, first, np.array([3, 0, 2, 1, 4], np.int64))
    assert first[SUM].tolist() == [10, 10, 10, 10, 6, 0, 0]
    # Squares by hour and by day are added where the hours are known.
    assert first[SQUARE].tolist() == [10, 0, 0, 9 + 4 + 1 + 16, 36, 0, 0]
