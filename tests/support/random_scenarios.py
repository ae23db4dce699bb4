"""Hypothesis strategies of valid scenarios, small enough for the slow twin."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.scenario.model import validate
from tests.support import distribution_cases
from tests.support.scenario_cases import Scenario

Draw = st.DrawFn

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONDAY = date(2026, 12, 14)
NAMES = ("dials", "talks", "meetings", "offers", "deals")
_RATES = st.sampled_from([1.0, 0.9, 0.55, 0.5, 0.3, 0.12, 0.01])
_HOURS = st.integers(0, 60).map(lambda hours: f"{hours}h")


_ENDS = st.sampled_from([(0.001, 0.01), (0.2, 0.4), (0.05, 0.95), (0.9, 0.999)])


@st.composite
def rates_not_known(draw: Draw) -> Scenario:
    """Return a rate that is not known exactly, with spreads that its mean can have."""
    law: Scenario
    if draw(st.booleans()):
        trials = draw(st.integers(1, 60))
        successes = draw(st.integers(0, trials))
        law, mean = {"successes": successes, "trials": trials}, (successes + 0.5) / (trials + 1.0)
    else:
        low, mean = draw(_ENDS)
        law = {"between": [low, mean]}
    rep_cv = draw(st.sampled_from([0.0, 0.1, 0.9])) * math.sqrt((1.0 - mean) / mean)
    return law | {"rep_cv": rep_cv if rep_cv >= 0.001 else 0.0, "week_cv": draw(st.sampled_from([0.0, 0.3]))}


@st.composite
def rates(draw: Draw) -> Any:  # noqa: ANN401 - what a file may hold
    """Return a rate: a plain number, one with spreads that it can have, or one that is not known exactly."""
    if draw(st.sampled_from([False, False, True])):
        return draw(rates_not_known())
    mean = draw(_RATES)
    limit = math.sqrt((1.0 - mean) / mean)
    rep_cv = draw(st.sampled_from([0.0, 0.1, 0.5, 0.9])) * limit
    week_cv = draw(st.sampled_from([0.0, 0.0, 0.2, 1.0]))
    return {"mean": mean, "rep_cv": rep_cv, "week_cv": week_cv} if rep_cv or week_cv else mean


_FIXED = st.one_of(_HOURS, st.floats(0, 4).map(lambda days: {"fixed": f"{days:.2f}d"}))
_LOGNORMAL = st.tuples(st.integers(1, 30), st.integers(1, 90)).map(
    lambda hours: {"median": f"{hours[0]}h", "p90": f"{sum(hours)}h"}
)
_GAMMA = st.builds(
    lambda hours, cv: {"mean": f"{hours}h", "cv": cv}, st.integers(1, 60), st.sampled_from([0.2, 1.0, 1.5])
)
_TABLE = st.lists(_HOURS, min_size=1, max_size=4).flatmap(
    lambda hours: st.lists(st.integers(1, 5), min_size=len(hours), max_size=len(hours)).map(
        lambda weights: {"values": hours, "weights": weights}
    )
)
LAGS = st.one_of(st.none(), _FIXED, _LOGNORMAL, _GAMMA, _TABLE, st.sampled_from(list(distribution_cases.LAGS.values())))
DEALS: st.SearchStrategy[Scenario] = st.one_of(
    st.sampled_from([{"fixed": 1000}, {"fixed": 0.01}, *distribution_cases.VALUES.values()]),
    st.builds(
        lambda mean, cv, shape: {"mean": mean, "cv": cv, "shape": shape},
        st.integers(1, 90),
        st.sampled_from([0.3, 1.0]),
        st.sampled_from(["lognormal", "gamma"]),
    ),
    st.sampled_from([{"between": [0.5, 30]}, {"between": [90, 110.5]}]).flatmap(
        lambda law: st.sampled_from(
            [{"fixed": law}, {"mean": law, "cv": 0.7}, {"mean": law, "cv": 0.3, "shape": "gamma"}]
        )
    ),
    st.lists(st.integers(1, 99_999).map(lambda cents: cents / 100), min_size=1, max_size=4).map(
        lambda values: {"values": values}
    ),
)
_ROOM = st.integers(1, 6)
CAPS: st.SearchStrategy[Scenario] = st.one_of(
    st.builds(lambda room: {"per_week": room}, _ROOM),
    st.builds(lambda room: {"open": room}, _ROOM),
    st.builds(lambda week, at_once: {"per_week": week, "open": at_once}, _ROOM, _ROOM),
)


_CHANCES = st.sampled_from([0.0, 0.1, 0.5, 0.8, 1.0])


@st.composite
def needs(draw: Draw) -> Scenario:
    """Return one to three needs of a step, with calls, rescues and checks or without."""
    found: Scenario = {}
    for name in draw(st.lists(st.sampled_from(["maker", "budget", "need"]), min_size=1, max_size=3, unique=True)):
        need: Scenario = {"at_start": draw(_CHANCES), "without": draw(_CHANCES)}
        if draw(st.booleans()):
            need["slows"] = draw(st.sampled_from([1, 1.5, 4]))
        if draw(st.booleans()):
            need["calls"] = {"every": f"{draw(st.integers(1, 30))}h", "surfaces": draw(_CHANCES)}
            if draw(st.booleans()):
                need["rescue"] = {"rate": draw(_CHANCES), "lag": draw(_HOURS)}
        if draw(st.booleans()):
            need["qualify"] = {"share": draw(_CHANCES), "works": draw(_CHANCES), "drop": draw(_CHANCES)}
            need["qualify"] |= {"takes": draw(_HOURS), "calls": draw(st.sampled_from([0, 1, 3, 25]))}
        found[name] = need
    return found


@st.composite
def funnels(draw: Draw) -> list[Scenario]:
    """Return a funnel of two to five stages."""
    stages: list[Scenario] = [{"stage": NAMES[0]}]
    steps = draw(st.integers(1, len(NAMES) - 1))
    for number in range(1, steps + 1):
        step: Scenario = {"stage": NAMES[number], "rate": draw(rates())}
        if lag := draw(LAGS):
            step["lag"] = lag
        if number > 1 and (lag := draw(st.none() | LAGS)):
            step["lost_lag"] = lag
        if number < steps and (cap := draw(st.none() | CAPS)):
            step["cap"] = cap
        stages.append(step)
    if steps > 1 and draw(st.integers(0, 2)) == 0:
        step = stages[draw(st.integers(2, steps))]
        step["needs"] = draw(needs())
        step.pop("lost_lag", None)  # refused together
    return stages


@st.composite
def teams(draw: Draw) -> Scenario:
    """Return a team of at most three."""
    team: Scenario = {"reps": draw(st.integers(1, 3))}
    team["new"] = draw(st.integers(0, team["reps"]))
    if draw(st.booleans()):
        team["turnover"] = {"yearly": 0.999, "vacancy_weeks": draw(st.integers(0, 3))}
    if (team["new"] or "turnover" in team) and draw(st.booleans()):
        team["ramp"] = {"weeks": draw(st.integers(1, 6)), "start": draw(st.sampled_from([0.0, 0.37, 1.0]))}
    return team


@st.composite
def calendars(draw: Draw) -> Scenario:
    """Return a calendar with short weeks, and perhaps holidays at the beginning of the year, or on dates."""
    days = draw(st.integers(1, 7))
    holiday = st.fixed_dictionaries({"week": st.integers(1, 6)}, optional={"day": st.integers(1, days)})
    holidays: list[Scenario] = draw(st.lists(holiday, max_size=3))
    calendar: Scenario = {"hours_per_day": draw(st.integers(1, 8)), "days_per_week": days, "holidays": holidays}
    if draw(st.booleans()):
        calendar["start"] = MONDAY.isoformat()
        for first, more in draw(st.lists(st.tuples(st.integers(-21, 42), st.integers(0, 9)), max_size=3)):
            day = MONDAY + timedelta(days=first)
            until = {"until": (day + timedelta(days=more)).isoformat()} if more else {}
            holidays.append({"date": day.isoformat()} | until)
    return calendar


@st.composite
def starts(draw: Draw, stages: list[Scenario], reps: int, start: str | None) -> Scenario:
    """Return a list of open items for a funnel of more than two stages; ``start``: the first day, if there is one."""
    entry = st.fixed_dictionaries(
        {"stage": st.sampled_from([step["stage"] for step in stages[1:-1]])},
        optional={
            "count": st.integers(1, 4),
            "rep": st.integers(1, reps),
            "due": _HOURS,
            "value": st.sampled_from([0.01, 99.99, 500]),
            "probability": st.sampled_from([0.0, 0.2, 0.7, 1.0]),
        },
    )
    listed = draw(st.lists(entry, min_size=1, max_size=4))
    for each in listed:
        if "due" not in each and (age := draw(st.sampled_from([0, 0, 1, 7, 30]))):
            each["age"] = f"{age}h"
        elif start is not None and (days := draw(st.sampled_from([None, 0, 3, 11]))) is not None:
            each["since"] = (date.fromisoformat(start) - timedelta(days=days)).isoformat()
            if draw(st.booleans()):
                each["due"] = (date.fromisoformat(start) + timedelta(days=draw(st.integers(-9, 19)))).isoformat()
    return {"open": listed}


@st.composite
def inflows(draw: Draw, stages: list[Scenario], calendar: Scenario) -> list[Scenario]:
    """Return one or two inflows for a funnel of more than two stages."""
    numbers = st.sampled_from([0.3, 2, 9])
    dates = [MONDAY + timedelta(days=days) for days in (-9, 0, 8, 24)]
    tables = st.dictionaries(st.sampled_from([day.isoformat() for day in dates]), numbers, min_size=1)
    inflow = st.fixed_dictionaries(
        {
            "stage": st.sampled_from([step["stage"] for step in stages[1:-1]]),
            "per_week": numbers | tables if "start" in calendar else numbers,
        },
        optional={"cv": st.sampled_from([0, 0.5, 2]), "to": st.sampled_from(["team", "seat"])},
    )
    return draw(st.lists(inflow, min_size=1, max_size=2))


def with_some_calls(plain: Scenario) -> Scenario:
    """Return a scenario in which somebody calls: what calls tell can then be heard, and calls changed."""
    return plain if plain["plan"]["calls_per_week"] else plain | {"plan": {"calls_per_week": 7}}


def with_ages_that_are_reached(plain: Scenario) -> Scenario:
    """Return a scenario without ages of open items that no item of theirs reaches."""
    try:
        validate(plain)
    except ScenarioError as error:
        for problem in error.problems:
            if problem.path.startswith("start.open.") and problem.path.endswith((".age", ".since", ".probability")):
                place, key = problem.path.split(".")[2:]
                del plain["start"]["open"][int(place) - 1][key]
    return plain


@st.composite
def markets(draw: Draw, warmup: int) -> Scenario:
    """Return how a market moves: back to one or not, from a level or not."""
    made: Scenario = {"persistence": draw(st.sampled_from([0.0, 0.9, 1]))}
    made["step" if made["persistence"] == 1 else "sd"] = draw(st.sampled_from([0.1, 0.6]))
    if made["persistence"] and not warmup and draw(st.booleans()):
        made["start"] = draw(st.sampled_from([0.7, {"level": 1.3, "sd": 0.2}]))
    return made


_FACTORS = st.sampled_from([0.0, 0.5, 0.8, 1.0, 1.0, 1.3, 3.0])


@st.composite
def seasons(draw: Draw, stages: list[Scenario]) -> Scenario:
    """Return seasons of some steps of a funnel."""
    found: Scenario = {}
    for name in draw(st.lists(st.sampled_from([step["stage"] for step in stages[1:]]), min_size=1, unique=True)):
        by = draw(st.sampled_from(["month", "week"]))
        count = {"month": 12, "week": 52}[by]
        factors = draw(st.lists(_FACTORS, min_size=count, max_size=count).filter(any))
        found[name] = {"by": by, "factors": factors}
    return found


@st.composite
def closings(draw: Draw, calendar: Scenario) -> Scenario:
    """Return closing days of a step."""
    share = draw(st.sampled_from([0, 0.2, 0.9, 1]))
    if "start" in calendar and draw(st.booleans()):
        return {"days": draw(st.lists(st.sampled_from([1, 15, 31, "last"]), min_size=1, max_size=2)), "share": share}
    names = WEEKDAYS[: calendar["days_per_week"]]
    return {"weekdays": draw(st.lists(st.sampled_from(names), min_size=1, max_size=2)), "share": share}


@st.composite
def scenarios(draw: Draw, weeks: int = 8) -> Scenario:
    """Return a valid scenario of at most three reps and ``weeks`` weeks, warm-up included."""
    stages, team = draw(funnels()), draw(teams())
    warmup = draw(st.sampled_from([0, 1, 2]))
    calendar = draw(calendars())
    if "start" in calendar and warmup == 0:
        late = draw(st.integers(0, calendar["days_per_week"] - 1))
        calendar["start"] = (MONDAY + timedelta(days=late)).isoformat()
    if draw(st.booleans()):
        real = ["real"] if "start" in calendar else []
        calendar["months"] = draw(st.sampled_from([*real, *real, "4-4-5", "4-5-4", "5-4-4"]))
    if calendar.get("months") == "real" and draw(st.booleans()):
        calendar["fiscal_year"] = draw(st.sampled_from(["january", "february", "july", "december"]))
    plain: Scenario = {
        "simcore": 1,
        "name": "random",
        "calendar": calendar,
        "horizon": {"weeks": draw(st.integers(1, weeks - warmup)), "warmup_weeks": warmup},
        "team": team,
        "plan": {"calls_per_week": draw(st.integers(1, 60) | st.just(50))},
        "funnel": stages,
        "deal": draw(DEALS),
    }
    if draw(st.booleans()):
        acts_on = draw(st.lists(st.sampled_from([s["stage"] for s in stages[1:]]), min_size=1, unique=True))
        plain["market"] = draw(markets(warmup)) | {"acts_on": acts_on}
    if draw(st.booleans()):
        per = draw(st.sampled_from(["week", "month"]))
        amounts = st.sampled_from([0.01, 500, 3000])
        if draw(st.sampled_from([False, False, True])):
            plain["quota"] = {"per": per, "amounts": draw(st.lists(amounts, min_size=1, max_size=3))}
        else:
            plain["quota"] = {"per": per, "amount": draw(amounts)}
    if "start" in calendar and draw(st.booleans()):
        plain["season"] = draw(seasons(stages))
        if "quota" in plain and draw(st.booleans()):
            plain["quota"]["pace"] = "season"
    if draw(st.integers(0, 2)) == 0:
        for step in stages[2:]:
            if "lag" in step and "needs" not in step and draw(st.booleans()):
                step["closing"] = draw(closings(calendar))
    if warmup == 0 and len(stages) > 2 and draw(st.booleans()):
        plain["start"] = draw(starts(stages, team["reps"], calendar.get("start")))
        plain = with_ages_that_are_reached(plain)
    if len(stages) > 2 and draw(st.integers(0, 2)) == 0:
        plain["inflow"] = draw(inflows(stages, calendar))
    if ("inflow" in plain or "start" in plain) and draw(st.integers(0, 3)) == 0:
        plain["plan"] = {"calls_per_week": 0}
    return plain
