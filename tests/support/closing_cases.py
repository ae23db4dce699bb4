"""Table of small teams whose decisions fall on closing days."""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.reactive_cases import drive, playing
from tests.support.scenario_cases import MARKET, NOISY, PARTED, Scenario, chain, funnel, scenario

START: Scenario = {"start": "2026-10-05"}
BATCHES: Scenario = {"days": [22, "last"], "share": 0.4}
FRIDAYS: Scenario = {"weekdays": ["friday"], "share": 0.5}
TUESDAYS: Scenario = {"weekdays": ["tuesday"], "share": 0.8}
LONG = {"median": "8w", "p90": "40w"}

STEADY: dict[str, Scenario] = {
    "batches": scenario(
        calendar=START,
        horizon={"weeks": 10},
        funnel=funnel(None, {"lag": "2d"}, {"lag": GAMMA_LAG, "closing": BATCHES}),
    ),
    "fridays, with nothing else to wait for": scenario(
        funnel=funnel(
            {"lag": "1h"}, {"lag": "0d", "closing": FRIDAYS}, {"lag": "3h", "closing": FRIDAYS | {"share": 1}}
        )
    ),
    "six days, and a day that not every month has": scenario(
        calendar={"start": "2026-10-07", "days_per_week": 6, "hours_per_day": 3, "months": "real"},
        horizon={"weeks": 12},
        funnel=funnel(None, {"lag": LOGNORMAL_LAG, "closing": {"days": [1, 31], "share": 0.7}}, {"lag": "2w"}),
    ),
    "with a market, noise, caps and a warm-up": scenario(
        calendar=START,
        horizon={"weeks": 7, "warmup_weeks": 4},
        market=MARKET,
        funnel=funnel(
            {"rate": NOISY, "cap": {"open": 4}},
            {"lag": "4d", "closing": FRIDAYS, "cap": {"open": 5}},
            {"rate": NOISY, "lag": "3d", "closing": BATCHES},
        ),
    ),
    "decided at entry": scenario(
        calendar=START, funnel=[*PARTED[:2], PARTED[2] | {"closing": TUESDAYS}, PARTED[3] | {"closing": BATCHES}]
    ),
    "open at the start, aged and due": scenario(
        calendar=START,
        start={
            "open": [
                {"stage": "opportunities", "count": 6, "age": "4d"},
                {"stage": "opportunities", "count": 5, "due": "3d"},
                {"stage": "meetings", "count": 4},
            ]
        },
        inflow={"stage": "opportunities", "per_week": 3},
        funnel=funnel(None, {"lag": "2d", "closing": FRIDAYS}, {"lag": GAMMA_LAG, "closing": BATCHES}),
    ),
    "late steps, long after the run": scenario(
        calendar=START,
        funnel=chain(
            [0.9, 0.9, 0.8, 0.9, 0.8, 0.7], s5={"lag": LONG, "closing": BATCHES}, s6={"lag": LONG, "closing": FRIDAYS}
        ),
    ),
}
_HURRY = drive({"behind": 0.9}, {"activity": {"slope": 0.6, "max": 1.9}, "lag": {"slope": -0.4, "min": 0.2}})
_CLOSE = drive({"behind": 0.5}, {"pull_forward": {"slope": 0.5, "window": "1w", "reach": "3w"}})
REACTING: dict[str, Scenario] = {
    "batches of a team in a hurry": playing(
        "day",
        {"hurry": _HURRY},
        calendar=START,
        horizon={"weeks": 9},
        quota={"per": "month", "amount": 12000},
        referrals={"per_win": 0.3, "lag": "2d"},
        funnel=funnel({"lag": "3h"}, {"lag": "0d", "closing": FRIDAYS}, {"lag": GAMMA_LAG, "closing": BATCHES}),
    ),
    "pulled before they close": playing(
        "hour",
        {"close": _CLOSE},
        calendar=START | {"months": "real"},
        horizon={"weeks": 9},
        quota={"per": "month", "amount": 14000},
        inflow={"stage": "meetings", "per_week": 2},
        start={"open": [{"stage": "opportunities", "count": 6, "age": "4d"}]},
        funnel=funnel(
            {"cap": {"open": 5}}, {"lag": "2d", "closing": FRIDAYS}, {"lag": LOGNORMAL_LAG, "closing": BATCHES}
        ),
    ),
    "decided at entry by a team that reacts": playing(
        "week",
        {"hurry": _HURRY},
        calendar=START,
        quota={"per": "week", "amount": 3000},
        funnel=[*PARTED[:2], PARTED[2] | {"closing": FRIDAYS}, PARTED[3] | {"closing": BATCHES}],
    ),
}
