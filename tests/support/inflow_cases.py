"""Teams to which items come without a call, small enough for the slow twin."""

from __future__ import annotations

from tests.support.needs_cases import ALL
from tests.support.scenario_cases import Scenario, scenario

SHORT = {"hours_per_day": 4, "days_per_week": 3, "start": "2026-10-05"}
LAGS: list[Scenario] = [
    {"stage": "calls"},
    {"stage": "leads", "rate": 0.1, "lag": "3h"},
    {"stage": "offers", "rate": 0.4, "lag": {"median": "4h", "p90": "20h"}},
    {"stage": "wins", "rate": {"mean": 0.5, "week_cv": 0.4}, "lag": {"mean": "9h", "cv": 1}},
]
INFLOW: list[Scenario] = [
    {"stage": "leads", "per_week": 4, "cv": 0.7},
    {"stage": "offers", "per_week": {"2026-10-05": 2, "2026-10-21": 5}, "to": "seat"},
    {"stage": "offers", "per_week": 1, "cv": 2, "to": "seat"},
]


def capped(stages: list[Scenario]) -> list[Scenario]:
    """Return a funnel whose second stage has room for few."""
    return [stage | {"cap": {"open": 5, "per_week": 4}} if place == 2 else stage for place, stage in enumerate(stages)]


def with_drive(plain: Scenario, decides: str, drive: Scenario) -> Scenario:
    """Return a scenario whose reps react by one drive."""
    return plain | {"strategies": {"reacts": {"decides": decides, "drives": {"one": drive}}}}


def flowing(funnel: list[Scenario] = LAGS, inflow: list[Scenario] = INFLOW, **parts: object) -> Scenario:
    """Return a team of three with three inflows."""
    given = {"calendar": SHORT, "horizon": {"weeks": 8}, "team": {"reps": 3}, "plan": {"calls_per_week": 20}}
    return scenario(**{**given, "funnel": funnel, "deal": {"mean": 100, "cv": 1}, "inflow": inflow, **parts})


AT_ONCE = [{key: value for key, value in stage.items() if key != "lag"} for stage in LAGS]
NOBODY = {"calls_per_week": 0}
HALF_LOST = [stage | {"lost_lag": "2d"} if place == 2 else stage for place, stage in enumerate(LAGS)]
REFERRED = {"per_win": 0.4, "lag": "2h"}
PARTED = [
    stage | {"lost_lag": {"median": "8h", "p90": "30h"}} if place > 1 else stage for place, stage in enumerate(LAGS)
]
STATED: list[Scenario] = [
    {"stage": "leads", "count": 9, "probability": 0.7},
    {"stage": "offers", "count": 9, "probability": 0.3, "age": "5h"},
    {"stage": "offers", "count": 6, "since": "2026-09-30", "due": "2026-10-13", "probability": 0.9, "value": 7},
    {"stage": "offers", "count": 7, "age": "3h"},
]
LEAVING = {"reps": 3, "turnover": {"yearly": 0.99, "vacancy_weeks": 2}}

STEADY: dict[str, Scenario] = {
    "lags": flowing(),
    "capped": flowing(capped(LAGS)),
    "at once": flowing(AT_ONCE),
    "at once, nobody calls": flowing(AT_ONCE, plan=NOBODY),
    "nobody calls": flowing(capped(HALF_LOST), plan=NOBODY),
    "much of it": flowing(team=LEAVING, inflow=[{"stage": "leads", "per_week": 250, "cv": 1.5}]),
    "capped, the later stage first": flowing(capped(LAGS), INFLOW[::-1]),
    "capped, in few hours": flowing(
        capped(LAGS),
        [{"stage": "offers", "per_week": 4, "to": "seat"}, {"stage": "leads", "per_week": 30}],
        calendar={"hours_per_day": 1, "days_per_week": 2},
    ),
    "capped, of chances that were stated": flowing(capped(HALF_LOST), start={"open": STATED}),
    "chances that were stated": flowing(PARTED, start={"open": STATED}),
    "warmed up": flowing(horizon={"weeks": 5, "warmup_weeks": 3}),
    "nothing but what is open": flowing(plan=NOBODY, inflow=[], start={"open": [{"stage": "leads", "count": 9}]}),
}
REACTING: dict[str, Scenario] = {
    "referrals": flowing(capped(LAGS), referrals=REFERRED),
    "referrals, nobody calls": flowing(capped(LAGS), plan=NOBODY, referrals=REFERRED),
    "haste": with_drive(
        flowing(quota={"per": "week", "amount": 500}, referrals=REFERRED),
        "day",
        {"signals": {"behind": 1.0}, "changes": {"offers": {"slope": -0.3}, "lag": {"slope": 0.3}}},
    ),
    "pulls": with_drive(
        flowing(plan=NOBODY, quota={"per": "week", "amount": 500}),
        "hour",
        {"signals": {"behind": 1.0}, "changes": {"pull_forward": {"slope": 1, "window": "4h", "reach": "20h"}}},
    ),
    "referrals, of chances that were stated": flowing(PARTED, start={"open": STATED}, referrals=REFERRED),
    "coached": flowing(
        [
            stage | {"habit": {"factor": 0.5, "at_start": 0.5}} if place == 2 else stage
            for place, stage in enumerate(LAGS)
        ],
        manager={"slots": 1, "rule": "process", "repair": 0.5, "window_weeks": 3},
    ),
    "needs": flowing([stage | {"needs": ALL} if place == 3 else stage for place, stage in enumerate(LAGS)]),
}
