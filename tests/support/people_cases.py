"""People by name: scenarios small enough for the slow twin, and a Hypothesis strategy that names the people of one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.support.scenario_cases import RAMP, Scenario, funnel, scenario

SPREAD = {"mean": 0.4, "rep_cv": 0.3}
"""A rate that differs between reps, which counts can say more of."""
DATED: list[Scenario] = [
    {"name": "Ann"},
    {"name": "Bo", "starts": "2w"},
    {"name": "Chi", "started": "-2w", "leaves": "4w", "refill": True},
    {"name": "Dee", "leaves": "3w"},
]
OWN: list[Scenario] = [
    {"name": "Ann", "calls_per_week": 90, "rates": {"meetings": 0.3}},
    {"name": "Bo", "share": 0.6, "quota": 0},
    {"name": "Chi", "rates": {"wins": {"successes": 9, "trials": 12, "source": "CRM"}}, "quota": 4000},
]
PEOPLE: dict[str, Scenario] = {
    "bare names": scenario(team={"people": [{"name": "Ann"}, {"name": "Bo"}]}),
    "plans, rates and quotas": scenario(
        team={"people": OWN}, funnel=funnel({}, {}, {"rate": SPREAD}), quota={"per": "week", "amount": 3000}
    ),
    "dates": scenario(
        team={"people": DATED, "ramp": RAMP}, funnel=funnel({"lag": "3d"}, {"rate": SPREAD, "lag": "4d"}, {}),
        quota={"per": "month", "amount": 9000, "ramped": True, "team": 20000},
    ),
    "plans that end": scenario(
        team={"people": [{"name": "Ann", "calls_per_week": 95, "leaves": "2w", "refill": True}, {"name": "Bo"}]},
        calendar={"holidays": [{"week": 4, "day": 2}]},
    ),
    "turnover of their own": scenario(
        team={
            "people": [{"name": "Ann", "turnover": 0, "quota": 2000, "share": 0.5}, {"name": "Bo", "turnover": 0.99},
                       {"name": "Chi", "rates": {"meetings": 0.4, "opportunities": {"successes": 0, "trials": 9}}},
                       {"name": "Dee", "turnover": 0, "leaves": "1w"}],
            "turnover": {"yearly": 0.999, "vacancy_weeks": 1}, "ramp": RAMP,
        },
        funnel=funnel({"lag": "2d"}, {"rate": SPREAD | {"week_cv": 0.4}}, {"lag": "1w"}),
        quota={"per": "week", "amount": 3000},
    ),
}  # fmt: skip


@st.composite
def with_people(draw: st.DrawFn, plain: Scenario) -> Scenario:
    """Return a scenario whose seats are those of people by name, each with something of their own or nothing."""
    team = {key: value for key, value in plain["team"].items() if key not in ("reps", "new")}
    rates = [stage["rate"] for stage in plain["funnel"][1:]]
    people = [draw(_people(plain, team, f"P{seat}", rates)) for seat in range(plain["team"]["reps"])]
    if not any(each.get(key) for each in people for key in ("starts", "started", "refill")):
        team = team if "turnover" in team else {key: value for key, value in team.items() if key != "ramp"}
    named = plain | {"team": team | {"people": people}}
    if "quota" in plain and draw(st.booleans()):
        named["quota"] = plain["quota"] | {"ramped": draw(st.booleans())}
        if draw(st.booleans()):
            named["quota"]["team"] = plain["quota"].get("amount", 500) * 2
    return named


@st.composite
def _people(draw: st.DrawFn, plain: Scenario, team: Scenario, name: str, rates: list[Any]) -> Scenario:
    person: Scenario = {"name": name} | draw(_times(plain))
    planned = plain["plan"]["calls_per_week"]
    if draw(st.booleans()):
        person["calls_per_week"] = draw(st.integers(1, 70))
        planned = person["calls_per_week"]
    if draw(st.booleans()):
        person["share"] = draw(st.sampled_from([0.5, 0.73, 1]))
        if planned * person["share"] < 1:
            del person["share"]
    if "quota" in plain and draw(st.booleans()):
        person["quota"] = draw(st.sampled_from([0, 700, 0.01]))
    if "turnover" in team:
        own = person.keys() & {"calls_per_week", "share", "quota"}
        person["turnover"] = 0 if own else draw(st.sampled_from([0, 0.5, 0.9]))
    own_rates: Scenario = {}
    for stage, rate in zip(plain["funnel"][1:], rates, strict=True):
        if draw(st.integers(0, 2)) > 0:
            continue
        of_team = rate if isinstance(rate, dict) else {"mean": rate}
        counted = "mean" in of_team and not plain.get("referrals")
        most = [0.05, 0.3] if plain.get("referrals") else [0.05, 0.3, 0.62, 1]
        own_rates[stage["stage"]] = (
            {"successes": draw(st.integers(0, 5)), "trials": draw(st.integers(5, 40))}
            if counted and draw(st.booleans())
            else draw(st.sampled_from(most))
        )
    if own_rates:
        person["rates"] = own_rates
    return person


@st.composite
def _times(draw: st.DrawFn, plain: Scenario) -> Scenario:
    found: Scenario = {}
    kind = draw(st.sampled_from(["", "starts", "started"]))
    week = 0
    if kind == "starts":
        week = draw(st.integers(0, 5))
        found["starts"] = f"{week}w"
        if "start" in plain["calendar"] and draw(st.booleans()):
            start = date.fromisoformat(plain["calendar"]["start"])
            found["starts"] = (start - timedelta(days=start.weekday() - 7 * week + draw(st.integers(0, 6)))).isoformat()
            if draw(st.booleans()) or found["starts"] < plain["calendar"]["start"]:
                found["starts"] = f"{week}w"
    if kind == "started":
        found["started"] = f"{-draw(st.integers(1, 9))}w"
    if draw(st.booleans()):
        found["leaves"] = f"{week + draw(st.integers(1, 4))}w"
        if draw(st.booleans()):
            found["refill"] = draw(st.booleans())
    return found
