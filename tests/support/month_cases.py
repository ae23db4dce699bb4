"""Table of small teams whose months are those of the calendar, or other weeks than 4-4-5."""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.reactive_cases import drive, playing
from tests.support.scenario_cases import MARKET, NOISY, RAMP, Scenario, funnel, scenario

REAL: Scenario = {"start": "2026-10-01", "months": "real"}
"""From a Thursday on."""
FISCAL: Scenario = {
    "start": "2026-11-02",
    "months": "real",
    "fiscal_year": "december",
    "holidays": [{"date": "2026-12-25"}],
}
WAITING = funnel({"lag": "3h"}, {"lag": GAMMA_LAG}, {"lag": LOGNORMAL_LAG})
BRIEF: Scenario = {"hours_per_day": 2}
"""Short days, so that years are soon played."""

STEADY: dict[str, Scenario] = {
    "real months": scenario(calendar=REAL, horizon={"weeks": 10}, quota={"per": "month", "amount": 12000}),
    "real months of six days": scenario(
        calendar={"start": "2026-10-06", "months": "real", "days_per_week": 6, "hours_per_day": 3},
        horizon={"weeks": 14},
        quota={"per": "month", "amounts": [12000, 9000, 15000]},
        funnel=WAITING,
    ),
    "fiscal quarters and a warm-up": scenario(
        calendar={**FISCAL, **BRIEF, "start": "2026-11-02"},
        horizon={"weeks": 32, "warmup_weeks": 7},
        plan={"calls_per_week": 12},
        team={"reps": 2, "new": 1, "ramp": RAMP, "turnover": {"yearly": 0.5, "vacancy_weeks": 1}},
        quota={"per": "quarter", "amounts": [7000, 8000, 9000, 5000], "ramped": True},
        market=MARKET,
        funnel=funnel({"rate": NOISY, "lag": "1h"}, {"lag": "2w"}, {"rate": NOISY}),
    ),
    "a fiscal year": scenario(
        calendar={**BRIEF, "start": "2026-06-25", "months": "real", "fiscal_year": "july"},
        horizon={"weeks": 54},
        plan={"calls_per_week": 5},
        quota={"per": "year", "amount": 10000},
    ),
    "a month that is four weeks": scenario(
        calendar={"start": "2027-02-01", "months": "real"},
        horizon={"weeks": 4},
        quota={"per": "month", "amount": 12000},
    ),
    "no whole month": scenario(
        calendar={"start": "2027-02-02", "months": "real"},
        horizon={"weeks": 5},
        quota={"per": "month", "amount": 12000},
    ),
    "months of 4-5-4 weeks": scenario(
        calendar={"months": "4-5-4"}, horizon={"weeks": 10}, quota={"per": "month", "amounts": [9000, 15000]}
    ),
    "people by name in real months": scenario(
        calendar=REAL,
        horizon={"weeks": 11},
        team={
            "people": [{"name": "Ann", "quota": 9000}, {"name": "Bo", "starts": "6w"}, {"name": "Chi", "leaves": "9w"}],
            "ramp": RAMP,
        },
        quota={"per": "month", "amount": 12000, "ramped": True},
    ),
}
_HURRY = drive({"deadline": 2.0, "behind": 0.5}, {"activity": {"slope": 0.6, "max": 1.9}, "wins": {"slope": -0.2}})
_CLOSE = drive({"behind": 0.5}, {"pull_forward": {"slope": 0.5, "window": "1w", "reach": "3w"}})
_ENVY = drive({"peers": 0.9, "ahead": -0.3}, {"activity": {"slope": 0.8}, "meetings": {"slope": 0.3}})
REACTING: dict[str, Scenario] = {
    "by the day in real months": playing(
        "day", {"hurry": _HURRY}, calendar=REAL, quota={"per": "month", "amount": 12000}, horizon={"weeks": 10}
    ),
    "by the week in real months": playing(
        "week",
        {"hurry": _HURRY, "envy": _ENVY},
        calendar={**FISCAL, "start": "2026-11-05"},
        quota={"per": "month", "amounts": [12000, 3000, 14000]},
        horizon={"weeks": 14},
        funnel=WAITING,
    ),
    "pulled by the week into real months": playing(
        "week",
        {"close": _CLOSE, "hurry": _HURRY},
        calendar=FISCAL,
        quota={"per": "month", "amount": 14000, "pace": "season"},
        season={"meetings": {"by": "month", "factors": [0.4, 0.9, 1.2, 1, 1, 1.1, 0.8, 0, 1.3, 1.1, 2, 0.7]}},
        horizon={"weeks": 11, "warmup_weeks": 3},
        funnel=funnel({}, {"cap": {"open": 6}}, {"lag": {"median": "10d", "p90": "20d"}}),
    ),
    "pulled by the hour into fiscal quarters": playing(
        "hour",
        {"close": _CLOSE, "envy": _ENVY},
        calendar={**BRIEF, "start": "2026-10-01", "months": "real", "fiscal_year": "february"},
        team={"people": [{"name": "Ann", "quota": 2500}, {"name": "Bo"}]},
        quota={"per": "quarter", "amount": 4000},
        plan={"calls_per_week": 8},
        horizon={"weeks": 33},
        funnel=funnel({}, {}, {"lag": {"median": "10d", "p90": "20d"}}),
    ),
    "pulled into months of 5-4-4 weeks": playing(
        "day",
        {"close": _CLOSE},
        calendar={"months": "5-4-4"},
        quota={"per": "month", "amount": 12000},
        horizon={"weeks": 10},
        funnel=funnel({}, {}, {"lag": {"median": "10d", "p90": "20d"}}),
    ),
}
