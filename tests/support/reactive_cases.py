"""Table of small teams that react: every signal, channel and rule of strategies, a few per case.

The engine is compared with the twin on them, bugs are planted in them (`tests.faults.test_sabotage_reactive`), and
their raw results are recorded (`tests.golden`).
"""

from __future__ import annotations

from simcore.scenario.channels import AFTER_STEPS
from simcore.scenario.signals import SIGNALS
from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.scenario_cases import DEALS, NOISY, OPEN_ITEMS, RAMP, Scenario, funnel, scenario

MONTHLY: Scenario = {"per": "month", "amount": 12000}
WITHOUT_MANAGER = tuple(signal.name for signal in SIGNALS if signal.name != "coach" and not signal.needs_needs)
"""Signals that need no manager, and no needs of deals."""
WAITING = funnel({"lag": "3h"}, {"lag": GAMMA_LAG}, {"lag": LOGNORMAL_LAG})
CHECKED: Scenario = {"maker": {"at_start": 0.5, "without": 0.2, "qualify": {"share": 0.5, "works": 0.8, "calls": 2}}}


def playing(decides: str, drives: Scenario, **sections: object) -> Scenario:
    """Return two reps over six weeks who run one strategy, with changes to sections."""
    return scenario(
        strategies={"reacting": {"decides": decides, "drives": drives}}, run={"strategy": "reacting"}, **sections
    )


def drive(signals: Scenario, changes: Scenario, *, memory: float = 0.7, level: object = (-1, 3)) -> Scenario:
    """Return a drive."""
    return {
        "memory": memory,
        "signals": signals,
        "level": list(level) if isinstance(level, tuple) else level,
        "changes": changes,
    }


REACTIVE: dict[str, Scenario] = {
    "behind by the hour": playing(
        "hour",
        {
            "urge": drive({"behind": 0.9, "ahead": -1.5}, {"activity": {"slope": 0.6, "curve": 0.1, "max": 1.7}}),
            "haste": drive(
                {"deadline": 0.4},
                {"meetings": {"slope": 0.9}, "opportunities": {"slope": -0.2}, "wins": {"slope": -0.3}},
                memory=0.9,
            ),
            "last call": drive(
                {"behind": 0.9}, {"pull_forward": {"slope": 0.7, "window": "1h", "reach": "1w", "win_rate": 0.7}}
            ),
        },
        quota=MONTHLY,
        horizon={"weeks": 8},
        funnel=WAITING,
    ),
    "surprise by the day": playing(
        "day",
        {
            "luck": drive(
                {"surprise": -0.2},
                {
                    "activity": {"slope": 0.5, "min": 0.8},
                    "deal_value": {"slope": -0.1},
                    "meetings": {"slope": 0.8, "min": 1},
                },
            ),
            "spell": drive({"dry_spell": 0.3, "rejections": 0.2}, {"lag": {"slope": -0.2}, "wins": {"slope": 0.1}}),
        },
        calendar={"holidays": [{"week": 2}, {"week": 4, "day": 5}]},
        funnel=WAITING,
        deal=DEALS[0],
    ),
    "tired by the week": playing(
        "week",
        {
            "push": drive(
                {"surprise": -0.4}, {"activity": {"slope": 0.8}, "opportunities": {"slope": 0.3}}, memory=0.9
            ),
            "tired": drive({"overwork": 0.8}, {"meetings": {"slope": -0.3}, "activity": {"slope": -0.1}}),
        },
        calendar={"holidays": [{"week": 3}, {"week": 7, "day": 1}]},
        horizon={"weeks": 13},
        plan={"calls_per_week": 30},
        funnel=funnel({"rate": 0.15}),
    ),
    "peers": playing(
        "day",
        {"envy": drive({"peers": 2.0, "surprise": -0.05}, {"activity": {"slope": 0.5}, "wins": {"slope": -0.1}})},
        team={"reps": 3},
        quota={"per": "week", "amount": 3000},
        funnel=WAITING,
    ),
    "pulls": playing(
        "day",
        {
            "close": drive(
                {"behind": 0.5},
                {"pull_forward": {"slope": 0.5, "window": "1w", "reach": "3w", "discount": 0.2, "win_rate": 0.8}},
            ),
            "dress": drive(
                {"deadline": 0.2},
                {"pull_forward": {"curve": 0.8, "min": 0.3, "window": "3d", "reach": "1w", "discount": 0.1}},
            ),
        },
        quota=MONTHLY | {"amount": 30000},
        horizon={"weeks": 8},
        plan={"calls_per_week": 150},
        funnel=funnel({}, {}, {"lag": {"median": "10d", "p90": "20d"}}),
        team={"reps": 3, "turnover": {"yearly": 0.999, "vacancy_weeks": 3}},
    ),
    "referrals": playing(
        "day",
        {
            "care": drive(
                {"dry_spell": 0.4, "ahead": 1.0},
                {"referrals": {"slope": 0.6}, "deal_value": {"slope": 0.1}, "wins": {"slope": -0.2}},
            )
        },
        quota=MONTHLY,
        referrals={"per_win": 0.9, "lag": {"values": ["0h", "1h", "2d"]}},
        funnel=funnel({"cap": {"open": 4}, "lag": "2h"}, {"lag": GAMMA_LAG}, {"rate": 0.9}),
        start={"open": OPEN_ITEMS},
        horizon={"weeks": 9},
        plan={"calls_per_week": 90},
    ),
    "new people": playing(
        "day",
        {
            "drive": drive({"behind": 0.3, "rejections": 0.1}, {"activity": {"slope": 0.9}}),
            "doubt": drive({"dry_spell": 0.1}, {"meetings": {"slope": -0.3}, "lag": {"slope": 0.2}}, memory=0.9),
        },
        horizon={"weeks": 10, "warmup_weeks": 2},
        quota=MONTHLY,
        team={"reps": 3, "new": 2, "ramp": RAMP, "turnover": {"yearly": 0.999, "vacancy_weeks": 1}},
        plan={"calls_per_week": 53},
        funnel=funnel({"rate": NOISY, "lag": "1h"}, {"lag": GAMMA_LAG}, {}),
    ),
    "far above the plan": playing(
        "hour",
        {
            "frenzy": drive(
                {"behind": 0.5}, {"activity": {"slope": 1.1}, "wins": {"slope": 0.6}}, memory=0.6, level=(-0.3, 4)
            ),
            "nerve": drive(
                {"behind": -0.5, "rejections": 0.6}, {"meetings": {"slope": 2.0, "min": 1.0}}, memory=0.6, level=(-1, 5)
            ),
        },
        quota=MONTHLY | {"amount": 20000},
        horizon={"weeks": 5},
        plan={"calls_per_week": 29},
        funnel=funnel({"rate": 0.45}, {"cap": {"open": 5}, "lag": GAMMA_LAG}, {"lag": LOGNORMAL_LAG}),
        team={"reps": 2, "new": 1, "ramp": RAMP},
    ),
}
"""Plain scenarios by name."""
ALONE: dict[str, Scenario] = {
    **{
        f"signal {name}": playing(
            "day", {"one": drive({name: 1.0}, {"activity": {"slope": 0.2}}, level=(-2, 2))}, quota=MONTHLY
        )
        for name in WITHOUT_MANAGER
    },
    **{
        f"channel {name}": playing(
            "day",
            {"one": drive({"dry_spell": 0.3}, {name: {"slope": 0.3}})},
            funnel=[*WAITING[:-1], {**WAITING[-1], "needs": CHECKED}] if name == "qualify" else WAITING,
            referrals={"per_win": 0.3, "lag": "3d"},
        )
        for name in ("activity", "meetings", "wins", *AFTER_STEPS)
    },
}
"""Every signal and every channel of the tables, each alone."""
