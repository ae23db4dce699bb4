from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import ScenarioError
from simcore.quantities.season import Season, factors_of_weeks, normalised, seasons_off, year_mean
from simcore.quantities.time import Calendar
from simcore.scenario.model import validate
from tests.support.scenario_cases import scenario

SPEC = (1, 1.05, 1.15, 1.05, 1.05, 1, 0.8, 0.7, 1.1, 1.15, 1.1, 0.85)
MONTHLY: dict[str, Any] = {"by": "month", "factors": list(SPEC)}
START = {"start": "2026-10-05"}


def by_hand(season: Season, monday: date, days: int) -> float:
    """Return the factor of a week, from Python's own calendar."""
    if season.by == "week":
        return season.factors[min(monday.isocalendar()[1], 52) - 1]
    return sum(season.factors[(monday + timedelta(days=day)).month - 1] for day in range(days)) / days


@pytest.mark.parametrize("start", ["1900-01-01", "2020-02-24", "2026-10-07", "2024-12-30", "2199-12-02"])
@pytest.mark.parametrize("days", [1, 5, 7])
def test_a_week_has_the_mean_of_its_working_days_in_any_year(start: str, days: int) -> None:
    """Leap years, weeks before the first, years of 53 weeks, and centuries of them."""
    calendar = Calendar(start=start if date.fromisoformat(start).weekday() < days else "2026-10-05", days_per_week=days)
    assert calendar.monday is not None
    for season in (Season(by="month", factors=SPEC), Season(by="week", factors=tuple(1 + w / 52 for w in range(52)))):
        found = factors_of_weeks(season, calendar, -60, 400)
        mondays = [calendar.monday + timedelta(days=7 * week) for week in range(-60, 340)]
        kept = [(place, day) for place, day in enumerate(mondays) if day.year < 9999]
        assert [found[place] for place, _ in kept] == [by_hand(season, day, days) for _, day in kept]


def test_a_season_of_a_run_from_mid_period_is_that_of_its_weeks() -> None:
    season, calendar = Season(by="month", factors=SPEC), Calendar(start="2026-06-03")
    whole = factors_of_weeks(season, calendar, 0, 30)
    assert np.array_equal(whole[9:], factors_of_weeks(season, calendar.later(9), 0, 21))


def test_without_dates_there_is_no_season_of_a_week() -> None:
    with pytest.raises(ValueError, match="needs the date"):
        factors_of_weeks(Season(by="month", factors=SPEC), Calendar(), 0, 1)


def test_the_mean_of_a_year_is_that_of_its_working_days() -> None:
    season, calendar = Season(by="month", factors=SPEC), Calendar(start="2026-01-01")
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
    worked = [SPEC[day.month - 1] for day in days if day.weekday() < 5]
    assert year_mean(season, calendar) == pytest.approx(sum(worked) / len(worked), abs=1e-12)
    assert abs(year_mean(season, calendar) - 1.0) < 0.01


def test_a_season_that_changes_the_rates_of_a_year_is_told_with_one_that_does_not() -> None:
    low = Season(by="month", factors=(1,) * 6 + (0.5,) * 6)
    calendar = Calendar(start="2026-01-05")
    (off,) = seasons_off({"fine": Season(by="month", factors=SPEC), "low": low}, calendar)
    assert (off.stage, round(off.mean, 2), off.normalised) == ("low", 0.75, normalised(low, calendar))
    assert year_mean(Season(by="month", factors=off.normalised), calendar) == pytest.approx(1.0, abs=5e-4)
    weekly = Season(by="week", factors=(2,) * 52)
    assert normalised(weekly, calendar) == (1.0,) * 52


def refusal(**changes: Any) -> str:  # noqa: ANN401 - sections of a scenario
    with pytest.raises(ScenarioError) as raised:
        validate(scenario(**changes))
    return str(raised.value)


@pytest.mark.parametrize(
    ("season", "calendar", "said"),
    [
        ({"meetings": MONTHLY}, {}, "season: needs dates, and the weeks of the run have none"),
        ({"metings": MONTHLY}, START, "season.metings: is not a stage that can have a season; allowed: meetings,"),
        ({"calls": MONTHLY}, START, "season.calls: is not a stage that can have a season"),
        ({"inflow": MONTHLY}, START, "season.inflow: is a name that is kept free"),
        ({"wins": MONTHLY | {"by": "week"}}, START, "season.wins.factors: has 12 factors; allowed: 52"),
        ({"wins": MONTHLY | {"factors": [1] * 13}}, START, "season.wins.factors: has 13 factors; allowed: 12"),
        ({"wins": MONTHLY | {"factors": [0] * 12}}, START, "season.wins.factors: are all 0"),
        ({"wins": MONTHLY | {"factors": [1] * 11 + [-0.1]}}, START, "season.wins.factors.12: is out of range"),
        ({"wins": MONTHLY | {"factors": [1] * 11 + [11]}}, START, "season.wins.factors.12: is out of range"),
        ({"wins": MONTHLY | {"factors": [1] * 11 + [float("nan")]}}, START, "season.wins.factors.12: must be finite"),
        ({"wins": {"by": "day", "factors": [1] * 12}}, START, "season.wins.by: is not one of the choices"),
        ({"wins": {"factors": [1] * 12}}, START, "season.wins.by: is missing"),
        ({"wins": MONTHLY | {"factor": 1}}, START, "season.wins.factor: unknown key"),
        ({}, START, "season: has 0 seasons"),
        ([MONTHLY], START, "season: must be a mapping"),
    ],
)
def test_what_is_no_season_is_refused(season: object, calendar: dict[str, str], said: str) -> None:
    assert said in refusal(season=season, calendar=calendar)


def test_referrals_must_end_at_the_height_of_the_season() -> None:
    high = {"wins": MONTHLY | {"factors": [1] * 11 + [4]}}
    calm = {"wins": MONTHLY | {"factors": [1] * 11 + [1.2]}, "meetings": MONTHLY | {"factors": [1] * 11 + [10]}}
    said = refusal(calendar=START, season=high, referrals={"per_win": 1.5})
    assert "referrals.per_win: would bring a win or more" in said
    assert "make 0.8 wins of a referral at the height of their seasons" in said
    assert validate(scenario(calendar=START, season=calm, referrals={"per_win": 1.5})).referrals is not None
    unsure = [{"stage": "calls"}, {"stage": "m", "rate": 0.2}, {"stage": "wins", "rate": {"between": [0.1, 0.2]}}]
    assert "by what is not known" in refusal(
        calendar=START, season={"wins": high["wins"]}, funnel=unsure, referrals={"per_win": 1.2}
    )


def test_factors_are_an_assumption_unless_they_have_a_source() -> None:
    plain = scenario(calendar=START, season={"wins": MONTHLY, "meetings": MONTHLY | {"source": "CRM, 2020-2025"}})
    told = {each.path: each.source for each in assumptions(validate(plain)) if each.path.startswith("season")}
    assert told == {"season.wins.factors": None, "season.meetings.factors": "CRM, 2020-2025"}


def test_a_resolved_season_is_the_same_scenario() -> None:
    given = validate(scenario(calendar=START, season={"wins": MONTHLY}, quota={"per": "month", "amounts": [100, 200]}))
    assert validate(given.resolved()) == given
    assert "season" not in validate(scenario()).resolved()
