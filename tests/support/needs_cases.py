"""Table of small teams whose deals need something: every key of `needs`, alone and with all else that it meets.

The engine is compared with the twin on them, and bugs are planted in them (`tests.faults.test_sabotage_needs`).
"""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG
from tests.support.reactive_cases import MONTHLY, drive, playing
from tests.support.scenario_cases import DEALS, NOISY, OPEN_ITEMS, RAMP, Scenario, chain, funnel, scenario

QUALIFY: Scenario = {"share": 0.5, "calls": 4, "takes": "3h", "works": 0.4, "drop": 0.3}
MAKER: Scenario = {
    "at_start": 0.5,
    "without": 0.3,
    "slows": 1.7,
    "calls": {"every": "6h", "surfaces": 0.25},
    "rescue": {"rate": 0.4, "lag": "2d"},
    "qualify": QUALIFY,
}
BUDGET: Scenario = {
    "at_start": 0.6,
    "without": 0.0,
    "slows": 1.3,
    "calls": {"every": "1d", "surfaces": 1},
    "rescue": {"rate": 0.7, "lag": "0h"},
    "qualify": {"share": 0.8, "works": 0.5, "calls": 1},
}
AUTHORITY: Scenario = {
    "at_start": 0.3,
    "without": 0.5,
    "slows": 2,
    "calls": {"every": "5h", "surfaces": 0.15},
    "rescue": {"rate": 0.5, "lag": "9h"},
    "qualify": {"share": 0.6, "works": 0.2, "takes": "1d", "calls": 2, "drop": 0.1},
}
SLOWEST: Scenario = MAKER | {
    "slows": 90,
    "calls": {"every": "100w", "surfaces": 0.1},
    "rescue": {"rate": 0.5, "lag": "250w"},
}
IN_STEP: Scenario = {"at_start": 0.3, "without": 0.5, "calls": {"every": "6h", "surfaces": 0.4}}
IN_STEP |= {"rescue": {"rate": 0.6, "lag": "6h"}}
ALL: Scenario = {"maker": MAKER, "budget": BUDGET, "authority": AUTHORITY}
WAITING = {"lag": {"median": "4d", "p90": "9d"}}


def needing(needs: Scenario, **sections: object) -> Scenario:
    """Return two reps over six weeks whose wins need something, with changes to sections."""
    return scenario(**({"funnel": funnel({}, {}, {"rate": 0.6, **WAITING, "needs": needs})} | sections))


NEEDS: dict[str, Scenario] = {
    "hidden": needing({"maker": {"at_start": 0.5, "without": 0.3}}),
    "slow": needing({"maker": {"at_start": 0.5, "without": 0.3, "slows": 1.7}}),
    "checked": needing({"maker": {"at_start": 0.4, "without": 0.3, "qualify": {"share": 0.5, "works": 0.6}}}),
    "a gap that shows": needing({"maker": {"at_start": 0.4, "without": 0.3, "calls": MAKER["calls"]}}),
    "a rescue": needing({"maker": {key: MAKER[key] for key in ("at_start", "without", "calls", "rescue")}}),
    "slow for three reasons": needing(
        {name: {"at_start": 0.4, "without": 0.6, "slows": slows} for name, slows in (("a", 1.5), ("b", 3), ("c", 1.2))}
    ),
    "slow and open at the start": needing(
        {"maker": {"at_start": 0.2, "without": 0.3, "slows": 3}}, start={"open": OPEN_ITEMS}, horizon={"weeks": 10}
    ),
    "short waits": scenario(
        funnel=funnel({"lag": "3h"}, {"rate": 0.4, "lag": "6h", "needs": {"maker": IN_STEP}}, {}), horizon={"weeks": 12}
    ),
    "worthless without": needing({"maker": {"at_start": 0.5, "without": 0}}),
    "just in time": scenario(
        plan={"calls_per_week": 120},
        funnel=funnel({}, {}, {"lag": "12h", "needs": {"maker": IN_STEP, "budget": IN_STEP}}),
    ),
    "one need": needing({"maker": MAKER}, horizon={"weeks": 8, "warmup_weeks": 2}),
    "three needs": needing(ALL, plan={"calls_per_week": 150}),
    "at once": scenario(
        funnel=funnel({}, {"rate": 0.8, "needs": {"maker": MAKER | {"qualify": QUALIFY | {"takes": "0h"}}}}, {}),
        plan={"calls_per_week": 150},
    ),
    "a check that takes time": scenario(
        funnel=funnel({}, {"needs": {"maker": MAKER}}, {}), plan={"calls_per_week": 120}
    ),
    "the second step": scenario(
        funnel=funnel({"lag": "3h"}, {"rate": 0.7, "lag": GAMMA_LAG, "needs": ALL}, {"lag": LOGNORMAL_LAG}),
        horizon={"weeks": 12},
    ),
    "five stages": scenario(
        plan={"calls_per_week": 90},
        funnel=chain([0.5, 0.9, 0.9, 0.9, 0.7], s2={"lag": TABLE_LAG}, s5={"lag": LOGNORMAL_LAG, "needs": ALL}),
    ),
    "capped": needing(
        ALL,
        funnel=funnel({"cap": {"per_week": 9}}, {"cap": {"open": 4}}, {"rate": NOISY, **WAITING, "needs": ALL}),
        plan={"calls_per_week": 120},
    ),
    "capped and given up": needing(
        {},
        funnel=funnel(
            {},
            {"cap": {"open": 2}},
            {**WAITING, "needs": {"maker": MAKER | {"qualify": {"share": 1, "works": 0, "drop": 0.8}}}},
        ),
        plan={"calls_per_week": 120},
    ),
    "open at the start": needing(ALL, start={"open": OPEN_ITEMS}, deal=DEALS[0]),
    "people and weeks": needing(
        {"maker": MAKER | {"qualify": QUALIFY | {"share": 1, "calls": 40}}},
        horizon={"weeks": 13, "warmup_weeks": 2},
        team={"reps": 3, "new": 2, "ramp": RAMP, "turnover": {"yearly": 0.999, "vacancy_weeks": 2}},
        funnel=funnel(
            {"rate": NOISY},
            {"rate": {"mean": 0.5, "rep_cv": 0.3}},
            {"rate": {"mean": 0.6, "week_cv": 0.5}, **WAITING, "needs": {"maker": MAKER | {"qualify": QUALIFY}}},
        ),
        market={"sd": 0.3, "persistence": 0.8, "acts_on": ["meetings", "wins"]},
    ),
    "checks that take all calls": needing(
        {"maker": MAKER | {"qualify": QUALIFY | {"share": 1, "calls": 37, "drop": 0}}},
        team={"reps": 2, "new": 1, "ramp": RAMP},
        calendar={"holidays": [{"week": 2, "day": 3}, {"week": 4}]},
    ),
    "coached": needing(
        ALL,
        funnel=funnel(
            {"lag": "2h"}, {}, {"rate": 0.6, **WAITING, "needs": ALL, "habit": {"factor": 0.5, "at_start": 0.5}}
        ),
        manager={"slots": 1, "rule": "process", "window_weeks": 4, "repair": 0.5},
        plan={"calls_per_week": 120},
    ),
    "pressure": playing(
        "day",
        {
            "urgency": drive(
                {"behind": 0.9, "dry_spell": 0.1},
                {"qualify": {"slope": -0.6}, "activity": {"slope": 0.5, "max": 2.5}, "wins": {"slope": 0.4}},
            ),
            "haste": drive({"rejections": 0.3}, {"qualify": {"slope": 0.3}, "meetings": {"slope": 0.4, "max": 3}}),
            "calm": drive({"surprise": -0.1}, {"lag": {"slope": 0.2}, "deal_value": {"slope": -0.1}}),
        },
        quota=MONTHLY,
        funnel=funnel({"lag": "3h"}, {"lag": GAMMA_LAG}, {"rate": 0.6, **WAITING, "needs": ALL}),
        horizon={"weeks": 10, "warmup_weeks": 1},
    ),
    "pressure by the hour": playing(
        "hour",
        {
            "urgency": drive(
                {"behind": 0.9}, {"qualify": {"slope": 0.9}, "activity": {"slope": 0.8}, "meetings": {"slope": 0.5}}
            )
        },
        quota=MONTHLY | {"amount": 30000},
        team={"reps": 2, "new": 1, "ramp": RAMP},
        funnel=funnel({}, {"cap": {"open": 6}}, {"rate": 0.6, **WAITING, "needs": {"maker": MAKER}}),
    ),
    "burnt": playing(
        "day",
        {"care": drive({"surprised": 1.5}, {"qualify": {"slope": 0.6}, "activity": {"slope": 0.3, "max": 2}})},
        funnel=funnel({}, {}, {"rate": 0.6, **WAITING, "needs": {"maker": MAKER}}),
        plan={"calls_per_week": 120},
    ),
    "referrals": playing(
        "week",
        {"care": drive({"dry_spell": 0.4}, {"referrals": {"slope": 0.6}, "qualify": {"slope": 0.5}})},
        referrals={"per_win": 0.9, "lag": {"values": ["0h", "1h", "2d"]}},
        funnel=funnel({"lag": "2h"}, {"rate": 0.9, "lag": GAMMA_LAG, "needs": ALL}, {"rate": 0.9}),
        start={"open": OPEN_ITEMS},
        horizon={"weeks": 9},
    ),
    "beyond the clock": needing(
        {"maker": SLOWEST},
        funnel=funnel(
            {},
            {},
            {
                "lag": {"median": "1w", "p90": "250w"},
                "needs": {"maker": SLOWEST},
            },
        ),
        plan={"calls_per_week": 600},
    ),
}
"""Plain scenarios by name."""
