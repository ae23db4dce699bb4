"""Small teams that react, where what is lost waits by a law of its own."""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.reactive_cases import MONTHLY, drive, playing
from tests.support.scenario_cases import MARKET, NOISY, OPEN_ITEMS, Scenario, funnel

LOST: Scenario = {"median": "10d", "p90": "20d"}
PARTED = funnel({"lag": "3h"}, {"lag": GAMMA_LAG, "lost_lag": "4d"}, {"lag": LOGNORMAL_LAG, "lost_lag": LOST})
CLOSE = drive(
    {"behind": 0.5},
    {
        "pull_forward": {"slope": 0.5, "window": "1w", "reach": "3w", "discount": 0.2, "win_rate": 0.8},
        "wins": {"slope": -0.2},
        "lag": {"slope": 0.1},
    },
)
BEG = drive({"behind": 0.5}, {"pull_forward": {"slope": 0.5, "window": "1w", "reach": "3w", "win_rate": 3}})
HASTE = drive({"dry_spell": 0.2}, {"opportunities": {"slope": 0.4}, "wins": {"slope": -0.3}, "lag": {"slope": -0.2}})

PARTED_TEAMS: dict[str, Scenario] = {
    "pulls": playing(
        "day",
        {"close": CLOSE},
        quota=MONTHLY | {"amount": 30000},
        horizon={"weeks": 8},
        plan={"calls_per_week": 150},
        funnel=funnel({}, {"lag": "1d", "lost_lag": "2d"}, {"lag": {"median": "10d", "p90": "20d"}, "lost_lag": "3w"}),
        team={"reps": 3, "turnover": {"yearly": 0.999, "vacancy_weeks": 3}},
    ),
    "pulls by the hour, often won": playing(
        "hour",
        {"beg": BEG, "haste": HASTE},
        quota=MONTHLY | {"amount": 30000},
        horizon={"weeks": 8},
        plan={"calls_per_week": 100},
        funnel=funnel({}, {"rate": NOISY}, {"rate": 0.3, "lag": "2w", "lost_lag": "3w"}),
        market=MARKET,
    ),
    "haste by the day": playing("day", {"haste": HASTE}, funnel=PARTED, market=MARKET),
    "haste, capped": playing(
        "day",
        {"haste": HASTE},
        plan={"calls_per_week": 200},
        funnel=funnel(
            {"cap": {"open": 9}, "lag": "1h"},
            {"cap": {"open": 4, "per_week": 9}, "lag": "2h", "lost_lag": GAMMA_LAG, "rate": 0.7},
            {"lag": {"values": ["0h", "2w"]}, "lost_lag": "1d", "rate": NOISY},
        ),
    ),
    "open at the start, pulled": playing(
        "day",
        {"close": CLOSE},
        quota=MONTHLY | {"amount": 60000},
        start={"open": OPEN_ITEMS},
        funnel=funnel({}, {"lag": "4d", "lost_lag": "1w"}, {"lag": "5w", "lost_lag": LOST}),
    ),
    "referrals": playing(
        "week",
        {"haste": HASTE},
        referrals={"per_win": 0.9, "lag": {"values": ["0h", "1h", "2d"]}},
        funnel=funnel({"lag": "2h"}, {"lag": GAMMA_LAG, "lost_lag": "1h"}, {"rate": 0.9, "lost_lag": "1w"}),
        horizon={"weeks": 8, "warmup_weeks": 1},
    ),
}
