from __future__ import annotations

import numpy as np
import pytest

from simcore.program.compiler import compile_scenario
from simcore.program.layout import Program
from simcore.random.addresses import MAX_WEEKS
from simcore.scenario.model import validate
from tests.support.reactive_cases import drive, playing
from tests.support.scenario_cases import scenario

QUARTER = {"per": "quarter", "amount": 130000}
HURRY = drive({"behind": 1.0}, {"activity": {"slope": 0.1}})
YEAR = [1.0] * 52
FIRST = "2027-01-04"
"""The Monday of the first week of a year."""


def program(**changes: object) -> Program:
    return compile_scenario(validate(playing("day", {"hurry": HURRY}, horizon={"weeks": 13}, **changes)))


def gone(of: Program, week: int) -> float:
    """Return the share that is gone at the beginning of a week."""
    return float(of.reaction.period_gone[week * 40])


def test_known_answer_4d_a_rep_who_sells_what_the_season_gives() -> None:
    """Three months of four weeks, at 0.8, 0.7 and 1.1, and a week of holidays after the last, which does not count."""
    factors = [0.8] * 4 + [0.7] * 4 + [1.1] * 4 + [1.0] * 40
    calendar = {"start": FIRST, "holidays": [{"week": 13}]}
    season = {"meetings": {"by": "week", "factors": factors}}
    flat = program(calendar=calendar, season=season, quota=QUARTER)
    seasonal = program(calendar=calendar, season=season, quota=QUARTER | {"pace": "season"})
    booked = [0.8 / 3, 1.5 / 3, 2.6 / 3]
    ends = (4, 8, 12)
    behind = [[gone(of, end) - had for end, had in zip(ends, booked, strict=True)] for of in (flat, seasonal)]
    assert behind[0] == pytest.approx([0.0667, 0.1667, 0.1333], abs=5e-5)
    assert behind[1] == pytest.approx([0.0410, 0.0769, 0.1333], abs=5e-5)
    of_season = [gone(seasonal, end) - had * 3 / 2.6 for end, had in zip(ends, booked, strict=True)]
    assert of_season == pytest.approx([0, 0, 0])


def test_a_pace_that_all_days_share_needs_no_table() -> None:
    for calendar in ({}, {"start": FIRST}, {"holidays": [{"week": 2}]}):
        assert len(program(calendar=calendar, quota=QUARTER).reaction.period_gone) == 0


def test_days_without_calls_do_not_count_where_there_are_dates() -> None:
    """Two days before the start, and two holidays: of the 65 days of a quarter 61 count."""
    calendar = {"start": "2027-01-06", "holidays": [{"date": "2027-01-11", "until": "2027-01-12"}]}
    found = program(calendar=calendar, quota=QUARTER).reaction.period_gone
    assert found[[0, 16, 24, 40, 56, 64]] == pytest.approx([0, 0, 8 / 488, 24 / 488, 24 / 488, 32 / 488])


def test_a_period_that_began_before_the_run_counts_from_its_first_hour() -> None:
    """A warm-up of three weeks begins in week 10 of 13; a holiday before the run is in the length alone."""
    changes = {"calendar": {"start": FIRST, "holidays": [{"date": "2026-11-02"}, {"date": "2026-12-15"}]}}
    of = compile_scenario(
        validate(playing("day", {"hurry": HURRY}, horizon={"weeks": 13, "warmup_weeks": 3}, quota=QUARTER, **changes))
    )
    assert [gone(of, week) for week in range(4)] == pytest.approx([0, 32 / 504, 72 / 504, 0])


def test_factors_of_all_weeks_that_have_an_address() -> None:
    season = {"wins": {"by": "week", "factors": [1.0, 2.0, *YEAR[2:]]}}
    rates = compile_scenario(validate(scenario(calendar={"start": FIRST}, season=season))).rates
    assert rates.season.tolist() == [-1, -1, -1, 0]
    assert rates.seasons.shape == (1, MAX_WEEKS)
    assert np.flatnonzero(rates.seasons[0] == 2.0)[:3].tolist() == [1, 53, 105]
    assert rates.varies.tolist() == [False, False, False, True]
    assert not rates.fixed


def test_a_table_of_successes_is_not_for_a_first_step_with_a_season() -> None:
    season = {"meetings": {"by": "week", "factors": YEAR}}
    assert not compile_scenario(validate(scenario(calendar={"start": FIRST}, season=season))).first.tabulated


def test_quotas_in_turn_begin_with_the_first_counted_period() -> None:
    quota = {"per": "week", "amounts": [100, 200, 300]}
    of = compile_scenario(
        validate(playing("day", {"hurry": HURRY}, horizon={"weeks": 4, "warmup_weeks": 2}, quota=quota))
    )
    assert (of.quota.own // 100).tolist() == [[200, 300, 100, 200, 300, 100]] * 2
    assert (of.quota.team // 100).tolist() == [400, 600, 200, 400, 600, 200]
