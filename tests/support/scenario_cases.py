"""Table of scenarios small enough for the slow twin: every feature of docs/model.md alone, and many in combination."""

from __future__ import annotations

from typing import Any

from tests.support import distribution_cases
from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG

Scenario = dict[str, Any]


def stage(name: str, rate: object, **more: object) -> Scenario:
    """Return one step of a funnel."""
    return {"stage": name, "rate": rate, **more}


def funnel(
    meetings: Scenario | None = None, opportunities: Scenario | None = None, wins: Scenario | None = None
) -> list[Scenario]:
    """Return the default funnel at generous rates, with changes to its steps."""
    return [
        {"stage": "calls"},
        {"stage": "meetings", "rate": 0.2} | (meetings or {}),
        {"stage": "opportunities", "rate": 0.5} | (opportunities or {}),
        {"stage": "wins", "rate": 0.4} | (wins or {}),
    ]


def scenario(**changes: object) -> Scenario:
    """Return two reps over six weeks of 60 calls, with changes to its sections."""
    plain: Scenario = {
        "simcore": 1,
        "name": "case",
        "horizon": {"weeks": 6},
        "team": {"reps": 2},
        "plan": {"calls_per_week": 60},
        "funnel": funnel(),
        "deal": {"fixed": 1000},
    }
    return plain | changes


def chain(rates: list[object], **by_stage: Scenario) -> list[Scenario]:
    """Return a funnel of stages s0, s1, .. with the rates of its steps, and further keys of some stages."""
    steps = [stage(f"s{number}", rate) | by_stage.get(f"s{number}", {}) for number, rate in enumerate(rates, 1)]
    return [{"stage": "s0"}, *steps]


LAGS = funnel({"lag": TABLE_LAG}, {"lag": LOGNORMAL_LAG}, {"lag": GAMMA_LAG})
PARTED = funnel(
    {"lag": "2h"},
    {"lag": LOGNORMAL_LAG, "lost_lag": "3d"},
    {"lag": TABLE_LAG, "lost_lag": {"median": "5d", "p90": "3w"}},
)
NOISY = {"mean": 0.3, "rep_cv": 0.4, "week_cv": 0.5}
MARKET = {"sd": 0.3, "persistence": 0.8, "acts_on": ["meetings", "wins"]}
RAMP = {"weeks": 4, "start": 0.3}

_TIME: dict[str, Scenario] = {
    "one week": scenario(horizon={"weeks": 1}, quota={"per": "week", "amount": 2000}),
    "six days of 24 hours": scenario(calendar={"hours_per_day": 24, "days_per_week": 6}, funnel=LAGS),
    "one hour a day": scenario(calendar={"hours_per_day": 1, "days_per_week": 7}, funnel=LAGS),
    "warm-up": scenario(horizon={"weeks": 14, "warmup_weeks": 3}, funnel=LAGS),
    "holidays": scenario(
        calendar={"holidays": [{"week": 1, "day": 2}, {"week": 3}, {"week": 3, "day": 1}, {"week": 52, "day": 5}]},
        horizon={"weeks": 54, "warmup_weeks": 2},
        team={"reps": 1},
        funnel=LAGS,
    ),
    "dates": scenario(
        calendar={
            "start": "2026-12-17",
            "holidays": [{"date": "2026-12-24", "until": "2027-01-03"}, {"date": "2027-01-06"}, {"week": 5, "day": 2}],
        },
        horizon={"weeks": 6},
        team={"reps": 2},
        funnel=LAGS,
    ),
    "a plan of 7 calls": scenario(plan={"calls_per_week": 7}),
    "a plan of one call": scenario(plan={"calls_per_week": 1}, horizon={"weeks": 30}),
    "the largest plan": scenario(
        plan={"calls_per_week": 65535},
        horizon={"weeks": 2},
        team={"reps": 1},
        funnel=funnel({"rate": 0.08}),
    ),
}

_TEAM: dict[str, Scenario] = {
    "reps differ": scenario(team={"reps": 4}, funnel=funnel({"rate": NOISY}, {"rate": {"mean": 0.5, "rep_cv": 0.6}})),
    "new reps": scenario(team={"reps": 3, "new": 2, "ramp": RAMP}),
    "turnover at once": scenario(
        horizon={"weeks": 26},
        team={"reps": 3, "turnover": {"yearly": 0.95}},
        funnel=funnel({"rate": {"mean": 0.2, "rep_cv": 0.8}, "lag": "6d"}, None, {"rate": NOISY}),
    ),
    "turnover, vacancy and ramp": scenario(
        horizon={"weeks": 26, "warmup_weeks": 4},
        team={"reps": 3, "new": 1, "ramp": RAMP | {"weeks": 7}, "turnover": {"yearly": 0.9, "vacancy_weeks": 3}},
        funnel=funnel({"rate": NOISY}, {"lag": {"median": "1w", "p90": "4w"}}, {"rate": NOISY}),
    ),
}

COUNTED = {"successes": 10, "trials": 50}
UNSURE = {"between": [0.15, 0.6], "rep_cv": 0.7}
_KNOWLEDGE: dict[str, Scenario] = {
    "rates by counts": scenario(funnel=funnel({"rate": COUNTED}, None, {"rate": {"successes": 0, "trials": 2}})),
    "a rate between": scenario(funnel=funnel(None, {"rate": {"between": [0.3, 0.8], "week_cv": 0.4}, "lag": "1w"})),
    "rates by counts that differ": scenario(
        horizon={"weeks": 26, "warmup_weeks": 2},
        team={"reps": 3, "new": 1, "turnover": {"yearly": 0.9, "vacancy_weeks": 3}},
        funnel=funnel(
            {"rate": COUNTED | {"rep_cv": 0.5, "week_cv": 0.3}},
            {"rate": UNSURE, "lag": {"median": "1w", "p90": "4w"}},
            {"rate": {"successes": 3, "trials": 4, "rep_cv": 0.5}},
        ),
        market=MARKET,
    ),
    "a price between": scenario(deal={"fixed": {"between": [800, 1300]}}, quota={"per": "week", "amount": 4000}),
    "a mean price between": scenario(deal={"mean": {"between": [800.5, 1300]}, "cv": 0.4}, horizon={"weeks": 9}),
    "a gamma price between": scenario(deal={"mean": {"between": [50, 9000]}, "cv": 0.9, "shape": "gamma"}),
    "a late rate by counts": scenario(funnel=chain([0.9, 0.9, COUNTED, 0.9, UNSURE, {"between": [0.2, 0.9]}])),
}

DRAWN_RATES = [
    {"funnel.meetings.rate": 0.1, "funnel.opportunities.rate.mean": 0.8, "deal": 900.0, "funnel.wins.rate": 0.4},
    {"funnel.meetings.rate": 0.25, "funnel.opportunities.rate.mean": 0.3, "deal": 1100.5, "funnel.wins.rate": 0.4},
    {"funnel.meetings.rate": 0.2, "funnel.opportunities.rate.mean": 0.5, "deal": 1000.0, "funnel.wins.rate": 0.4},
]
DRAWN_TIMES = [
    {"funnel.meetings.lag": 1.0, "funnel.opportunities.lag.median": 4.0, "funnel.opportunities.lag.p90": 19.5,
     "funnel.wins.lag.mean": 2.5, "funnel.wins.lost_lag": 6.0, "market.sd": 0.05, "market.persistence": 0.3,
     "market.start.level": 1.2, "market.start.sd": 0.1, "inflow.per_week": 3.0, "deal.mean": 950.0},
    {"funnel.meetings.lag": 3.4, "funnel.opportunities.lag.median": 9.0, "funnel.opportunities.lag.p90": 31.0,
     "funnel.wins.lag.mean": 5.0, "funnel.wins.lost_lag": 1.0, "market.sd": 0.3, "market.persistence": 0.95,
     "market.start.level": 0.7, "market.start.sd": 0.0, "inflow.per_week": 5.5, "deal.mean": 1200.0},
]  # fmt: skip
_DRAWN_FUNNEL = funnel(
    {"lag": "2d"},
    {"lag": {"median": "1w", "p90": "4w"}, "rate": {"mean": 0.5, "week_cv": 0.2}},
    {"lag": {"mean": "3d", "cv": 0.8}, "lost_lag": "4d"},
)
_HABITUAL = _DRAWN_FUNNEL[1] | {"habit": {"factor": 0.5, "at_start": 0.5}}
_DRAWN = scenario(
    horizon={"weeks": 12},
    funnel=_DRAWN_FUNNEL,
    deal={"mean": 1000, "cv": 0.5},
    market={"sd": 0.1, "persistence": 0.8, "acts_on": ["opportunities"], "start": {"level": 0.9, "sd": 0.1}},
    inflow={"stage": "meetings", "per_week": 4, "cv": 0.4},
    knowledge={"draws": DRAWN_TIMES},
)
DRAWN: dict[str, Scenario] = {
    "rates and prices by rows": scenario(
        funnel=funnel(None, {"rate": {"mean": 0.5, "rep_cv": 0.3}}), knowledge={"draws": DRAWN_RATES}
    ),
    "times by rows": _DRAWN,
    "a step by rows": scenario(
        horizon={"weeks": 12},
        market={"step": 0.1, "persistence": 1, "acts_on": ["wins"], "start": 0.9},
        knowledge={"draws": [{"market.step": 0.05, "market.start": 0.6}, {"market.step": 0.2, "market.start": 1.3}]},
    ),
    "a team that reacts to a plan by rows": scenario(
        horizon={"weeks": 13},
        quota={"per": "month", "amount": 4000},
        strategies={
            "q": {
                "drives": {
                    "d": {
                        "level": [-1, 1],
                        "signals": {"dry_spell": 0.2, "surprise": -0.3, "behind": 0.2},
                        "changes": {"activity": {"slope": 0.3}, "meetings": {"slope": -0.2}},
                    }
                }
            }
        },
        knowledge={"draws": DRAWN_RATES},
    ),
    "a team with habits and times by rows": _DRAWN | {"funnel": [_DRAWN_FUNNEL[0], _HABITUAL, *_DRAWN_FUNNEL[2:]]},
}
"""Scenarios of which every replication has the numbers of a row."""

_FUNNEL: dict[str, Scenario] = {
    "canonical": scenario(
        horizon={"weeks": 52},
        plan={"calls_per_week": 500},
        funnel=funnel({"rate": 0.02}, {"rate": 0.2}, {"rate": 0.5}),
        deal={"fixed": 10000},
        quota={"per": "quarter", "amount": 130000},
    ),
    **{
        f"{name} lags": scenario(funnel=funnel(*({"lag": lag} for _ in range(3))))
        for name, lag in distribution_cases.LAGS.items()
    },
    "fixed lags": scenario(funnel=funnel({"lag": "3h"}, {"lag": {"fixed": "2.06d"}}, {"lag": "1w"})),
    "two stages": scenario(funnel=chain([0.05], s1={"lag": GAMMA_LAG})),
    "three stages": scenario(funnel=chain([0.3, 0.2], s2={"lag": "4h"})),
    "five stages": scenario(
        plan={"calls_per_week": 200},
        funnel=chain([0.5, 0.6, 0.5, 0.7], s3={"lag": LOGNORMAL_LAG}, s4={"lag": "1d"}),
    ),
    "eight stages": scenario(
        plan={"calls_per_week": 150},
        team={"reps": 2, "turnover": {"yearly": 0.9}},
        funnel=chain(
            [0.6, 0.9, {"mean": 0.8, "week_cv": 0.4}, 0.9, {"mean": 0.7, "rep_cv": 0.3}, 0.9, NOISY],
            s1={"lag": "1d"},
            s4={"lag": LOGNORMAL_LAG},
            s5={"lag": GAMMA_LAG},
            s6={"lag": TABLE_LAG},
            s7={"lag": LOGNORMAL_LAG},
        ),
        market={"sd": 0.4, "persistence": 0.5, "acts_on": ["s3", "s5", "s7"]},
    ),
    "eight stages at once": scenario(plan={"calls_per_week": 150}, funnel=chain([0.7] * 7)),
    "noise": scenario(funnel=funnel(*({"rate": {"mean": 0.5, "week_cv": 0.3}} for _ in range(3)))),
    "rates cut at one": scenario(
        horizon={"weeks": 9, "warmup_weeks": 1},
        funnel=funnel(
            {"rate": {"mean": 0.9, "week_cv": 0.8}}, {"rate": {"mean": 1.0, "week_cv": 1.5}, "lag": "3d"}, {"rate": 1}
        ),
    ),
    "rates of one": scenario(team={"reps": 1}, funnel=funnel({"rate": 1}, {"rate": 1}, {"rate": 1.0})),
    "rates above one half": scenario(
        plan={"calls_per_week": 3000},
        horizon={"weeks": 1},
        funnel=funnel({"rate": 0.7}, {"rate": 0.6}, {"rate": 0.999}),
    ),
    "tiny rates": scenario(
        plan={"calls_per_week": 65535}, horizon={"weeks": 40}, funnel=funnel({"rate": 1e-5}, {"rate": 1e-9})
    ),
    "market": scenario(funnel=LAGS, market=MARKET),
    "market from a level": scenario(funnel=LAGS, market=MARKET | {"start": {"level": 0.7, "sd": 0.4}}),
    "market without return": scenario(
        horizon={"weeks": 7, "warmup_weeks": 3},
        funnel=LAGS,
        market={"step": 0.25, "persistence": 1, "acts_on": ["meetings", "wins"]},
    ),
    "market far beyond the end": scenario(
        horizon={"weeks": 2},
        funnel=funnel({}, {"rate": NOISY, "lag": "70w"}, {"rate": NOISY}),
        market={"sd": 0.5, "persistence": 0.0, "acts_on": ["opportunities", "wins"]},
    ),
    "lost otherwise": scenario(funnel=PARTED),
    "lost otherwise in a market": scenario(
        funnel=funnel(
            {"lag": "2h"},
            {"rate": NOISY, "lag": GAMMA_LAG, "lost_lag": {"values": ["1h", "4d"]}},
            {"rate": {"mean": 0.5, "week_cv": 0.4}, "lag": "3d", "lost_lag": {"median": "1w", "p90": "30w"}},
        ),
        market=MARKET,
    ),
    "lost otherwise and capped": scenario(
        horizon={"weeks": 6, "warmup_weeks": 2},
        plan={"calls_per_week": 200},
        funnel=funnel(
            {"cap": {"per_week": 25, "open": 9}},
            {"cap": {"open": 4}, "lag": "2h", "lost_lag": GAMMA_LAG},
            {"lag": {"values": ["0h", "2w"]}, "lost_lag": "1d", "rate": NOISY},
        ),
        market=MARKET,
    ),
    "lost otherwise, eight stages": scenario(
        plan={"calls_per_week": 150},
        funnel=chain(
            [0.6, 0.9, {"mean": 0.8, "week_cv": 0.4}, 0.9, {"mean": 0.7, "rep_cv": 0.3}, 0.8, NOISY],
            s2={"lost_lag": "3h"},
            s4={"lag": LOGNORMAL_LAG, "lost_lag": TABLE_LAG},
            s5={"lag": GAMMA_LAG, "lost_lag": "0h"},
            s6={"lag": "1d", "lost_lag": LOGNORMAL_LAG},
            s7={"lag": LOGNORMAL_LAG, "lost_lag": GAMMA_LAG},
        ),
        market={"sd": 0.4, "persistence": 0.5, "acts_on": ["s3", "s5", "s7"]},
    ),
    "lags beyond the clock": scenario(
        funnel=funnel({}, *({"lag": {"median": "1w", "p90": "250w"}} for _ in range(2))), plan={"calls_per_week": 600}
    ),
    "cap a week": scenario(horizon={"weeks": 6, "warmup_weeks": 2}, funnel=funnel({"cap": {"per_week": 7}})),
    "cap on open items": scenario(funnel=funnel({}, {"lag": "2d", "cap": {"open": 2}}, {"lag": LOGNORMAL_LAG})),
    "caps on both": scenario(
        horizon={"weeks": 6, "warmup_weeks": 2},
        plan={"calls_per_week": 200},
        funnel=funnel(
            {"cap": {"per_week": 20, "open": 9}, "lag": {"mean": "4d", "cv": 1.5}},
            {"cap": {"per_week": 3, "open": 4}, "lag": GAMMA_LAG},
            {"lag": {"values": ["0h", "3w"]}},
        ),
    ),
}

OPEN_ITEMS: list[Scenario] = [
    {"stage": "opportunities", "count": 3, "due": "2.06d"},
    {"stage": "meetings", "count": 5},
    {"stage": "opportunities", "rep": 2, "value": 123.45, "due": "0h"},
    {"stage": "meetings", "rep": 1, "count": 2, "due": "1w", "value": 77},
    {"stage": "opportunities", "count": 4, "due": "9w"},
]
AGED_ITEMS: list[Scenario] = [
    {"stage": "opportunities", "count": 7, "age": "1.5d"},
    {"stage": "meetings", "count": 5, "age": "3d"},
    {"stage": "meetings", "count": 4, "age": "0h"},
    {"stage": "opportunities", "rep": 2, "value": 123.45, "age": "2w", "count": 3},
    {"stage": "meetings", "rep": 1, "count": 2, "due": "1w"},
    {"stage": "opportunities", "count": 4},
]
DEALS: list[Scenario] = [value for value in distribution_cases.VALUES.values() if "fixed" not in value]
_MONEY: dict[str, Scenario] = {
    "open at the start": scenario(start={"open": OPEN_ITEMS}, funnel=LAGS, horizon={"weeks": 14}),
    "open at the start, at once": scenario(start={"open": OPEN_ITEMS}),
    "open and waiting": scenario(start={"open": AGED_ITEMS}, funnel=funnel({}, {"lag": GAMMA_LAG}, {"lag": TABLE_LAG})),
    "open and waiting, lost otherwise": scenario(start={"open": AGED_ITEMS}, funnel=PARTED, market=MARKET),
    "open and waiting, lost otherwise and capped": scenario(
        start={"open": AGED_ITEMS},
        funnel=funnel(
            {"cap": {"open": 6}, "lag": "1h"},
            {"cap": {"open": 9, "per_week": 5}, "lag": "1w", "lost_lag": LOGNORMAL_LAG, "rate": 0.7},
            {"lag": {"values": ["2d", "1h", "3w"]}, "lost_lag": GAMMA_LAG, "rate": NOISY},
        ),
    ),
    "open at the start, lost otherwise": scenario(start={"open": OPEN_ITEMS}, funnel=PARTED, market=MARKET),
    "open at the start, lost otherwise and capped": scenario(
        start={"open": OPEN_ITEMS},
        funnel=funnel(
            {"cap": {"open": 6}, "lag": "1h"},
            {"cap": {"open": 4, "per_week": 5}, "lag": GAMMA_LAG, "lost_lag": "1d", "rate": 0.9},
            {"lag": LOGNORMAL_LAG, "lost_lag": {"values": ["2h", "3w"]}, "rate": NOISY},
        ),
    ),
    "open at the start, capped": scenario(
        start={"open": OPEN_ITEMS},
        funnel=funnel(
            {"cap": {"open": 6, "per_week": 8}, "lag": "1h"},
            {"cap": {"open": 4, "per_week": 5}, "lag": GAMMA_LAG, "rate": 0.9},
            {"lag": LOGNORMAL_LAG, "rate": NOISY},
        ),
    ),
    **{f"{name} deals": scenario(deal=value) for name, value in distribution_cases.VALUES.items()},
    "deals cut at the top": scenario(
        horizon={"weeks": 52},
        plan={"calls_per_week": 1},
        funnel=chain([0.12]),
        deal={"mean": 1e9, "cv": 5},
        team={"reps": 3},
    ),
    "quota a week": scenario(quota={"per": "week", "amount": 2000}),
    "quota a month": scenario(
        quota={"per": "month", "amount": 9999.99}, horizon={"weeks": 27, "warmup_weeks": 1}, funnel=LAGS
    ),
    "quota a quarter": scenario(quota={"per": "quarter", "amount": 60000}, horizon={"weeks": 27}, deal=DEALS[3]),
    "quota a year": scenario(quota={"per": "year", "amount": 120000}, horizon={"weeks": 104}, team={"reps": 3}),
}

_TOGETHER: dict[str, Scenario] = {
    "everything": scenario(
        calendar={"hours_per_day": 6, "days_per_week": 6, "holidays": [{"week": 2}, {"week": 5, "day": 6}]},
        horizon={"weeks": 27, "warmup_weeks": 5},
        team={"reps": 3, "new": 1, "ramp": RAMP, "turnover": {"yearly": 0.8, "vacancy_weeks": 2}},
        plan={"calls_per_week": 111},
        funnel=chain(
            [NOISY, {"mean": 0.6, "rep_cv": 0.2}, {"mean": 0.7, "week_cv": 0.6}, 0.8],
            s1={"lag": LOGNORMAL_LAG, "cap": {"per_week": 25}},
            s2={"lag": GAMMA_LAG, "cap": {"open": 9}},
            s3={"lag": TABLE_LAG},
            s4={"lag": {"median": "3w", "p90": "12w"}},
        ),
        market={"sd": 0.2, "persistence": 0.9, "acts_on": ["s1", "s3", "s4"]},
        deal=DEALS[0],
        quota={"per": "month", "amount": 1000},
    ),
    "everything from a list": scenario(
        calendar={"holidays": [{"week": 1, "day": 1}]},
        team={"reps": 2, "new": 2, "ramp": RAMP, "turnover": {"yearly": 0.9}},
        funnel=funnel(
            {"rate": NOISY, "cap": {"per_week": 9}},
            {"rate": NOISY, "lag": GAMMA_LAG, "cap": {"open": 12}},
            {"rate": NOISY, "lag": LOGNORMAL_LAG},
        ),
        market=MARKET,
        deal=DEALS[1],
        start={"open": OPEN_ITEMS},
        quota={"per": "month", "amount": 100},
    ),
}

CASES: dict[str, Scenario] = _TIME | _TEAM | _KNOWLEDGE | _FUNNEL | _MONEY | _TOGETHER
"""Plain scenarios by name."""
