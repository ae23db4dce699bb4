"""Table of small teams with seasons, and with quotas that go by days or by the season."""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.reactive_cases import drive, playing
from tests.support.scenario_cases import MARKET, NOISY, PARTED, RAMP, Scenario, chain, funnel, scenario

MONTHLY: Scenario = {"by": "month", "factors": [0.4, 0.9, 1.2, 1, 1, 1.1, 0.8, 0, 1.3, 1.1, 2, 0.7]}
WEEKLY: Scenario = {"by": "week", "factors": [0.5 + week % 7 / 5 for week in range(52)]}
START = "2026-12-14"
"""Three weeks before a month in which all changes, in a year of 53 weeks."""
WAITING = funnel({"lag": "3d"}, {"lag": GAMMA_LAG}, {"lag": LOGNORMAL_LAG})
LONG = {"median": "8w", "p90": "40w"}
DATED: Scenario = {"start": START, "holidays": [{"date": "2026-12-24", "until": "2027-01-01"}, {"week": 2, "day": 2}]}

STEADY: dict[str, Scenario] = {
    "a season alone": scenario(calendar={"start": START}, season={"meetings": MONTHLY}, horizon={"weeks": 9}),
    "on all steps, by week": scenario(
        calendar={"start": "2026-12-15", "days_per_week": 6},
        season={"meetings": WEEKLY, "opportunities": MONTHLY, "wins": WEEKLY},
        funnel=WAITING,
    ),
    "decided long after the run": scenario(
        calendar={"start": START},
        season={"opportunities": WEEKLY, "wins": MONTHLY},
        funnel=funnel(None, {"lag": LONG}, {"lag": LONG}),
    ),
    "with market, noise, people and a warm-up": scenario(
        calendar=DATED,
        horizon={"weeks": 8, "warmup_weeks": 5},
        team={"reps": 3, "new": 1, "ramp": RAMP, "turnover": {"yearly": 0.9, "vacancy_weeks": 2}},
        season={"meetings": MONTHLY, "wins": WEEKLY},
        market=MARKET,
        funnel=funnel({"rate": NOISY, "lag": "1h"}, {"lag": LONG}, {"rate": NOISY, "lag": LONG}),
    ),
    "rates not known, decided at entry": scenario(
        calendar={"start": START},
        season={"meetings": MONTHLY, "opportunities": WEEKLY, "wins": MONTHLY},
        funnel=[PARTED[0], {**PARTED[1], "rate": {"successes": 10, "trials": 50}}, *PARTED[2:]],
    ),
    "a late step": scenario(
        calendar={"start": START},
        season={"s6": MONTHLY},
        funnel=chain([0.9, 0.9, 0.8, 0.9, 0.8, 0.7], s6={"lag": LONG}),
    ),
    "rates cut at one": scenario(
        calendar={"start": "2027-02-08"},
        season={"meetings": WEEKLY},
        funnel=funnel({"rate": 0.9}),
        plan={"calls_per_week": 30},
    ),
    "quotas in turn": scenario(quota={"per": "week", "amounts": [500, 4000, 2000, 3000]}),
}
_HURRY = drive({"deadline": 2.0, "behind": 0.5}, {"activity": {"slope": 0.6, "max": 1.9}, "wins": {"slope": -0.2}})
REACTING: dict[str, Scenario] = {
    "a pace by days": playing("day", {"hurry": _HURRY}, calendar=DATED, quota={"per": "month", "amount": 12000}),
    "a pace by the season": playing(
        "day",
        {"hurry": _HURRY},
        calendar=DATED,
        season={"meetings": MONTHLY, "wins": WEEKLY},
        quota={"per": "month", "amounts": [12000, 8000], "pace": "season"},
        horizon={"weeks": 9},
        funnel=WAITING,
    ),
    "a pace in a warm-up": playing(
        "hour",
        {"hurry": _HURRY},
        calendar={"start": START, "holidays": [{"week": 50}, {"week": 1}]},
        season={"opportunities": WEEKLY},
        quota={"per": "month", "amounts": [3000, 9000, 6000], "pace": "season"},
        horizon={"weeks": 6, "warmup_weeks": 3},
        market=MARKET,
        funnel=funnel(None, {"lag": LONG}, {"lag": LONG}),
    ),
    "a period in which nobody works": playing(
        "day",
        {"hurry": _HURRY},
        calendar={"start": START, "holidays": [{"week": 2}]},
        quota={"per": "week", "amount": 2000},
    ),
    "pulled in a season": playing(
        "day",
        {"close": drive({"behind": 0.5}, {"pull_forward": {"slope": 0.5, "window": "1w", "reach": "3w"}})},
        calendar=DATED,
        season={"wins": MONTHLY},
        quota={"per": "month", "amounts": [30000, 10000], "pace": "season"},
        horizon={"weeks": 8},
        funnel=funnel({}, {}, {"lag": {"median": "10d", "p90": "20d"}}),
    ),
}
