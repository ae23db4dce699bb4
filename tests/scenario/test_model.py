from __future__ import annotations

import copy
import pickle
from typing import Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.analytic.assumptions import assumptions
from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import did_you_mean, printable
from simcore.scenario.model import (
    Calendar,
    Duration,
    FixedDeal,
    FixedLag,
    GammaLag,
    ListDeal,
    LogNormalLag,
    Rate,
    Scenario,
    SpreadDeal,
    TableLag,
    validate,
)

WINS = {"stage": "wins", "rate": 0.1}


def data(**changes: object) -> dict[str, Any]:
    funnel = [{"stage": "calls"}, {"stage": "meetings", "rate": 0.02}, copy.deepcopy(WINS)]
    return {"simcore": 1, "name": "Base", "funnel": funnel, "deal": 5000, **changes}


def with_step(**changes: object) -> dict[str, Any]:
    return data(funnel=[{"stage": "calls"}, {"stage": "meetings", "rate": 0.02, **changes}, WINS])


NEED = {"budget": {"at_start": 0.5, "without": 0.5}}


def opened(**changes: object) -> dict[str, Any]:
    """Return a scenario with items that wait for a step with a lag of four days."""
    funnel = [*data()["funnel"][:2], WINS | {"lag": "4d"}]
    return data(funnel=funnel, start={"open": [{"stage": "meetings", **changes}]})


def problems(given: object) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        validate(given)
    return caught.value.problems


def test_defaults() -> None:
    scenario = validate(data())
    assert scenario.calendar.hours_per_week == 40
    assert (scenario.horizon.weeks, scenario.horizon.warmup_weeks) == (52, 0)
    assert (scenario.team.reps, scenario.team.new, scenario.team.ramp, scenario.team.turnover) == (
        10,
        0,
        None,
        None,
    )
    assert scenario.plan.calls_per_week == 500
    assert scenario.funnel[0].rate is None
    assert scenario.funnel[1].rate == Rate(mean=0.02)
    assert scenario.deal == FixedDeal(fixed=5000)
    assert scenario.deal.currency == "USD"
    assert scenario.run.strategy == "process"
    assert scenario.strategy.drives == {}


def test_parts_may_be_models() -> None:
    scenario = validate(data())
    assert Scenario(**{name: getattr(scenario, name) for name in Scenario.model_fields}) == scenario


def test_it_is_frozen_and_can_be_pickled() -> None:
    scenario = validate(with_step(rate={"mean": {"value": 0.02, "source": "log"}}, lag="2d"))
    with pytest.raises(ValueError, match="frozen"):
        scenario.name = "Other"
    again = pickle.loads(pickle.dumps(scenario))  # noqa: S301
    assert again == scenario
    assert again.funnel[1].rate.sources == {"mean": "log"}


@pytest.mark.parametrize(
    ("lag", "expected"),
    [
        ("2d", FixedLag(fixed=Duration(2, "d"))),
        (3, FixedLag(fixed=Duration(3, "d"))),
        ({"fixed": "0h"}, FixedLag(fixed=Duration(0, "h"))),
        ({"median": "30d", "p90": "75d"}, LogNormalLag(median=Duration(30, "d"), p90=Duration(75, "d"))),
        ({"mean": "2w", "cv": 0.5}, GammaLag(mean=Duration(2, "w"), cv=0.5)),
        ({"values": ["1d", "3h"]}, TableLag(values=(Duration(1, "d"), Duration(3, "h")))),
        (
            {"values": ["1d", "3h"], "weights": [1, 0]},
            TableLag(values=(Duration(1, "d"), Duration(3, "h")), weights=(1.0, 0.0)),
        ),
    ],
)
def test_lags(lag: object, expected: object) -> None:
    assert validate(with_step(lag=lag)).funnel[1].lag == expected


@pytest.mark.parametrize(
    ("deal", "expected"),
    [
        (7, FixedDeal(fixed=7)),
        ({"fixed": 10000, "currency": "EUR"}, FixedDeal(fixed=10000, currency="EUR")),
        ({"mean": 10000, "cv": 0.5}, SpreadDeal(mean=10000, cv=0.5)),
        ({"mean": 10000, "cv": 0.5, "shape": "gamma"}, SpreadDeal(mean=10000, cv=0.5, shape="gamma")),
        ({"values": [1, 2.5]}, ListDeal(values=(1.0, 2.5))),
    ],
)
def test_deals(deal: object, expected: object) -> None:
    assert validate(data(deal=deal)).deal == expected


@pytest.mark.parametrize(
    ("text", "hours"), [("3h", 3), ("2.5d", 20), ("1w", 40), (".5w", 20), ("0d", 0), (2, 16), (0.5, 4)]
)
def test_durations(text: object, hours: float) -> None:
    duration = Duration.parse(text)
    assert duration.hours(Calendar()) == hours
    assert Duration.parse(str(duration)) == duration


@given(st.floats(0, 1e9), st.sampled_from(["h", "d", "w"]))
def test_a_duration_reads_back_as_written(amount: float, unit: Literal["h", "d", "w"]) -> None:
    duration = Duration(amount, unit)
    text = str(duration)
    assert len(text) > 31 or Duration.parse(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "2", "d", "2 d", "-2d", "2m", "1e3d", "2D", "٣d", "2d ", None, True, "9" * 40 + "d", float("nan")],
)
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        Duration.parse(text)


QUOTA = {"per": "quarter", "amount": 130000}
WAITING = {**WINS, "lag": "6w"}
URGENCY = "strategies.pressure.drives.urgency"
PULL = {"slope": 0.3, "window": "2w", "reach": "4w"}


def with_drives(drives: dict[str, Any], **changes: object) -> dict[str, Any]:
    funnel = [{"stage": "calls"}, {"stage": "meetings", "rate": 0.02}, WAITING]
    strategies = {"process": {}, "pressure": {"decides": "day", "drives": drives}}
    return data(**{"funnel": funnel, "quota": QUOTA, "strategies": strategies, **changes})


def a_drive(**changes: object) -> dict[str, Any]:
    return {"signals": {"deadline": 1.0}, "changes": {"activity": {"slope": 0.25, "max": 1.4}}, **changes}


def drive(**changes: object) -> dict[str, Any]:
    return with_drives({"urgency": a_drive(**changes)})


def pulling(funnel: list[dict[str, Any]] | None = None, **changes: object) -> dict[str, Any]:
    more: dict[str, object] = {} if funnel is None else {"funnel": funnel}
    return with_drives({"urgency": a_drive(changes={"pull_forward": PULL | changes})}, **more)


def without_quota(**changes: object) -> dict[str, Any]:
    """Return a drive that needs no quota by itself, in a scenario without one."""
    about = a_drive(**{"signals": {"surprise": -1.0}, **changes})
    return with_drives({"urgency": about}, quota=None)


LONG = [{"stage": "calls"}, *({"stage": f"s{i}", "rate": 0.5} for i in range(8))]
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # what is given, the path of the problem, a part of what is said
    (data(funnel=[{"stage": "calls"}]), "funnel", "has 1 stage; allowed: 2 to 8"),
    (data(funnel=LONG), "funnel", "has 9 stages; allowed: 2 to 8"),
    (data(funnel=[{"stage": "a"}, {"stage": "a", "rate": 0.1}]), "funnel.a.stage", "names must differ"),
    (data(funnel=[{"stage": "calls", "rate": 0.1}, WINS]), "funnel.calls.rate", "not for the first stage"),
    (data(funnel=[{"stage": "calls", "lag": "1d"}, WINS]), "funnel.calls.lag", "not for the first stage"),
    (
        data(funnel=[{"stage": "calls", "cap": {"open": 1}}, WINS]),
        "funnel.calls.cap",
        "not for the first stage",
    ),
    (data(funnel=[{"stage": "calls"}, {"stage": "wins"}]), "funnel.wins.rate", "is missing"),
    (
        data(funnel=[{"stage": "calls"}, {**WINS, "cap": {"open": 1}}]),
        "funnel.wins.cap",
        "not for the last stage",
    ),
    (data(funnel=[{"stage": "calls"}, {"stage": "lag", "rate": 0.1}]), "funnel.lag.stage", "choose another"),
    (data(funnel=[{"stage": "a.b"}, WINS]), "funnel.a.b.stage", "must not hold a dot"),
    (data(funnel=[{"stage": "12"}, WINS]), "funnel.12.stage", "must not be a number"),
    (data(funnel=[{"stage": "x" * 41}, WINS]), f"funnel.{'x' * 41}.stage", "allowed: 1 to 40"),
    (data(funnel=[{"stage": "\x1b\u202e"}, WINS]), "funnel.1.stage", "has 0 characters"),
    (with_step(rate=1.5), "funnel.meetings.rate", "is out of range, got 1.5; allowed: above 0 to 1"),
    (with_step(rate=0), "funnel.meetings.rate", "is out of range"),
    (with_step(rate=float("nan")), "funnel.meetings.rate", "must be finite"),
    (with_step(rate=True), "funnel.meetings.rate", "must be a number, got true"),
    (with_step(rate="two"), "funnel.meetings.rate", "must be a number"),
    (with_step(rate={"mean": "0,02"}), "funnel.meetings.rate.mean", "write 0.02"),
    (with_step(rate={"rep_cv": 0.1}), "funnel.meetings.rate.mean", "is missing"),
    (with_step(rate={"mean": 0.5, "rep_cv": 1}), "funnel.meetings.rate.rep_cv", "no Beta distribution"),
    (with_step(rate={"mean": 1, "rep_cv": 0.1}), "funnel.meetings.rate.rep_cv", "allowed: 0"),
    (with_step(rate={"mean": 0.5, "rep_cv": -0.1}), "funnel.meetings.rate.rep_cv", "is out of range"),
    (with_step(rate={"mean": 0.5, "week_cv": 5.1}), "funnel.meetings.rate.week_cv", "allowed: from 0 to 5"),
    (with_step(rate={"mean": 0.5, "rep_vc": 1}), "funnel.meetings.rate.rep_vc", "did you mean rep_cv?"),
    (with_step(lag="soon"), "funnel.meetings.lag", "must be a duration"),
    (with_step(lag={"fixed": -1}), "funnel.meetings.lag.fixed", "must be a duration"),
    (with_step(lag={"fixd": "2d"}), "funnel.meetings.lag.fixd", "did you mean fixed?"),
    (with_step(lag={}), "funnel.meetings.lag", "none of the keys"),
    (with_step(lag={"median": "30d"}), "funnel.meetings.lag.p90", "is missing"),
    (with_step(lag={"median": "2w", "p90": "10d"}), "funnel.meetings.lag.p90", "longer than the median"),
    (with_step(lag={"median": "0d", "p90": "10d"}), "funnel.meetings.lag.median", "above 0"),
    (with_step(lag={"mean": "0d", "cv": 1}), "funnel.meetings.lag.mean", "above 0"),
    (with_step(lag={"mean": "1d", "cv": 0}), "funnel.meetings.lag.cv", "allowed: from 0.001 to 5"),
    (with_step(lag={"values": []}), "funnel.meetings.lag.values", "has 0 entries"),
    (with_step(lag={"values": ["1d"] * 10001}), "funnel.meetings.lag.values", "has 10001 entries"),
    (with_step(lag={"values": ["1d"], "weights": [1, 2]}), "funnel.meetings.lag.weights", "for 1 values"),
    (with_step(lag={"values": ["1d"], "weights": [0]}), "funnel.meetings.lag.weights", "a sum above 0"),
    (with_step(lag={"values": ["1d"], "weights": [-1]}), "funnel.meetings.lag.weights.1", "is out of range"),
    (with_step(lag={"values": ["1d", "261w"]}), "funnel.meetings.lag.values.2", "longer than five years"),
    (with_step(lag="261w"), "funnel.meetings.lag", "longer than five years"),
    (with_step(lag={"median": "1d", "p90": "1301d"}), "funnel.meetings.lag.p90", "longer than five years"),
    (opened(age="2d", due="1d"), "start.open.1.age", "cannot be together with due"),
    (
        opened(age="5d") | {"funnel": [*data()["funnel"][:2], WINS | {"rate": 1, "lag": "1d", "lost_lag": "9d"}]},
        "start.open.1.age",
        "is longer than items wait for",
    ),
    (
        opened(age="1d") | {"funnel": [*data()["funnel"][:2], WINS | {"lag": "4d", "needs": NEED}]},
        "start.open.1.age",
        "cannot be given where wins have needs",
    ),
    (
        data(funnel=[*data()["funnel"][:2], WINS | {"lag": "4d", "lost_lag": "5d", "needs": NEED}]),
        "funnel.wins.lost_lag",
        "cannot be together with needs",
    ),
    (opened(age="5d"), "start.open.1.age", "is longer than items wait for wins: not one in a million is open then"),
    (opened(age="300w"), "start.open.1.age", 'got "300w"; allowed: up to 32h'),
    (with_step(lost_lag="2d"), "funnel.meetings.lost_lag", "is not for the first step: a hang-up is known at once"),
    (
        data(funnel=[{"stage": "calls", "lost_lag": "1d"}, {"stage": "meetings", "rate": 0.02}, WINS]),
        "funnel.calls.lost_lag",
        "is not for the first stage",
    ),
    (
        data(funnel=[*data()["funnel"][:2], WINS | {"lost_lag": {"values": ["1d", "300w"]}}]),
        "funnel.wins.lost_lag.values.2",
        "longer than five years",
    ),
    (with_step(cap={}), "funnel.meetings.cap", "caps nothing"),
    (with_step(cap={"open": 0}), "funnel.meetings.cap.open", "is out of range"),
    (data(market={"sd": 0.1, "persistence": 1.1, "acts_on": ["wins"]}), "market.persistence", "from 0 to 1"),
    (data(market={"persistence": 0.9, "acts_on": ["wins"]}), "market.sd", "is missing: with a persistence below 1"),
    (data(market={"persistence": 1, "acts_on": ["wins"]}), "market.step", "is missing: with a persistence of 1"),
    (
        data(market={"sd": 0.1, "step": 0.1, "persistence": 1, "acts_on": ["wins"]}),
        "market.sd",
        "is not for this market: with a persistence of 1 the level does not come back, and step says how much it moves",
    ),
    (
        data(market={"sd": 0.1, "step": 0.1, "persistence": 0.5, "acts_on": ["wins"]}),
        "market.step",
        "is not for this market",
    ),
    (data(market={"step": 2, "persistence": 1, "acts_on": ["wins"]}), "market.step", "above 0 to 1"),
    (
        data(market={"sd": 0.1, "persistence": 0, "acts_on": ["wins"], "start": 0.9}),
        "market.start",
        "with a persistence of 0 every week is new",
    ),
    (
        data(market={"sd": 0.1, "persistence": 0.5, "acts_on": ["wins"], "start": 0}),
        "market.start",
        "above 0 to 10",
    ),
    (
        data(market={"sd": 0.1, "persistence": 0.5, "acts_on": ["wins"], "start": {"sd": 0.1}}),
        "market.start.level",
        "is missing",
    ),
    (
        data(
            market={"sd": 0.1, "persistence": 0.5, "acts_on": ["wins"], "start": 0.9},
            horizon={"warmup_weeks": 1},
        ),
        "market.start",
        "cannot be together with horizon.warmup_weeks",
    ),
    (
        data(
            market={"step": 0.1, "persistence": 1, "acts_on": ["wins"], "start": 1.6},
            referrals={"per_win": 6.5},
        ),
        "referrals.per_win",
        "a win or more from every win",
    ),
    (data(market={"sd": 0, "persistence": 0, "acts_on": ["wins"]}), "market.sd", "above 0 to 3"),
    (data(market={"sd": 1, "persistence": 0, "acts_on": []}), "market.acts_on", "has 0 stages"),
    (data(market={"sd": 1, "persistence": 0, "acts_on": ["calls"]}), "market.acts_on.1", "is not a stage"),
    (data(market={"sd": 1, "persistence": 0, "acts_on": ["wons"]}), "market.acts_on.1", "did you mean wins?"),
    (data(market={"sd": 1, "persistence": 0, "acts_on": ["wins", "wins"]}), "market.acts_on.2", "twice"),
    (data(team={"reps": 0}), "team.reps", "allowed: from 1 to 65536"),
    (data(team={"reps": 65537}), "team.reps", "allowed: from 1 to 65536"),
    (data(team={"reps": 2.5}), "team.reps", "must be a whole number, got 2.5"),
    (data(team={"reps": "3.000"}), "team.reps", "write 3 or 3000"),
    (data(team={"reps": 3, "new": 4}), "team.new", "more than the team has reps"),
    (data(team={"ramp": {"weeks": 3, "start": 0.3}}), "team.ramp", "would do nothing"),
    (data(team={"turnover": {"yearly": 1}}), "team.turnover.yearly", "allowed: above 0 to below 1"),
    (
        data(team={"turnover": {"yearly": 0.1, "vacancy_weeks": -1}}),
        "team.turnover.vacancy_weeks",
        "out of range",
    ),
    (data(plan={"calls_per_week": 65536}), "plan.calls_per_week", "allowed: from 0 to 65535"),
    (data(plan={"calls_per_week": 0}), "plan.calls_per_week", "nobody calls, nothing comes, and nothing is open"),
    (data(plan={"calls_per_week": {"vaule": 3}}), "plan.calls_per_week", "a mapping of value and source"),
    (data(plan={"calls_per_week": {"value": 3, "source": 4}}), "plan.calls_per_week", "value and source"),
    (data(horizon={"weeks": 0}), "horizon.weeks", "is out of range"),
    (data(horizon={"weeks": 5200, "warmup_weeks": 1}), "horizon.warmup_weeks", "at most 5200 weeks"),
    (data(calendar={"hours_per_day": 25}), "calendar.hours_per_day", "allowed: from 1 to 24"),
    (data(calendar={"holidays": [{"week": 53}]}), "calendar.holidays.1.week", "allowed: from 1 to 52"),
    (data(calendar={"holidays": [{"week": 1, "day": 6}]}), "calendar.holidays.1.day", "allowed: 1 to 5"),
    (data(deal=0), "deal", "is out of range"),
    (data(deal={"fixed": 1e10}), "deal.fixed", "allowed: from 0.01 to 1000000000"),
    (data(deal={"mean": 5, "cv": 0.5, "shape": "lognormall"}), "deal.shape", "did you mean lognormal?"),
    (data(deal={"mean": 5, "cv": 0.5, "currency": "US 1"}), "deal.currency", "space or a digit"),
    (data(quota={"per": "quater", "amount": 1}), "quota.per", "did you mean quarter?"),
    (data(quota={"per": "year", "amount": 0}), "quota.amount", "is out of range"),
    (data(referrals={"per_win": 0}), "referrals.per_win", "is out of range"),
    (data(referrals={"per_win": 1, "lag": "300w"}), "referrals.lag", "longer than five years"),
    (data(start={"open": [{"stage": "wins"}]}), "start.open.1.stage", "is not a stage that it can name"),
    (data(start={"open": [{"stage": "meetings", "rep": 11}]}), "start.open.1.rep", "allowed: 1 to 10"),
    (data(start={"open": [{"stage": "meetings", "count": 65535}] * 2}), "start.open", "131070 items"),
    (data(start={"open": [{"stage": "meetings", "due": "261w"}]}), "start.open.1.due", "five years"),
    (
        data(start={"open": [{"stage": "meetings"}]}, horizon={"warmup_weeks": 1}),
        "start",
        "cannot be together with horizon.warmup_weeks",
    ),
    (data(run={"seed": 2**64}), "run.seed", "is out of range"),
    (data(run={"seed": -1}), "run.seed", "is out of range"),
    (data(run={"replications": 2**40 + 1}), "run.replications", "is out of range"),
    (data(run={"strategy": "proces"}), "run.strategy", "did you mean process?"),
    (data(run={"precision": {"revnue": 0.1}}), "run.precision", "did you mean revenue?"),
    (data(run={"precision": {"p_zero": 0.1}}), "run.precision", "needs a period"),
    (data(run={"precision": {"p_quota": 2}}), "run.precision", "out of range"),
    (data(run={"precision": {"p_quota": True}}), "run.precision", "must be a half-width"),
    (data(run={"precision": {"p_zero:13w": 0.1, "p_zero:quarter": 0.2}}), "run.precision", "twice"),
    (data(run={"precision": {}}), "run.precision", "has 0 metrics"),
    (data(run={"precision": "revenue=1%"}), "run.precision", "must be a mapping"),
    (data(strategies={}), "strategies", "has 0 strategies"),
    (data(strategies={"a": {"decides": "dya"}}), "strategies.a.decides", "did you mean day?"),
    (drive(memory=1.1), "strategies.pressure.drives.urgency.memory", "from 0 to 1"),
    (drive(level=[1, 3]), "strategies.pressure.drives.urgency.level", "with 0 in it"),
    (drive(signals={"deadlin": 1}), "strategies.pressure.drives.urgency.signals.deadlin", "mean deadline?"),
    *(
        (without_quota(signals={signal: 1.0, "surprise": 1.0}), f"{URGENCY}.signals.{signal}", "this scenario has none")
        for signal in ("behind", "ahead", "deadline", "peers")
    ),
    (with_step(habit={"factor": 0.5}), "funnel.meetings.habit", "would do nothing: nobody ever has it"),
    (with_step(habit={"factor": 1.0, "yearly": 0.1}), "funnel.meetings.habit.factor", "from 0 to below 1"),
    (with_step(habit={"factor": 0.5, "yearly": 1.0}), "funnel.meetings.habit.yearly", "from 0 to below 1"),
    (with_step(habit={"factor": 0.5, "at_start": 0.1, "fade_weeks": 0.5}), "funnel.meetings.habit.fade_weeks", "range"),
    (data(manager={"slots": 1}), "manager.repair", "missing"),
    (data(manager={"repair": 0.5, "rule": "oracel"}), "manager.rule", "did you mean oracle?"),
    (data(manager={"repair": 0.5, "slots": 11}), "manager.slots", "more than the team has reps"),
    (data(manager={"repair": 0.5, "first_week": 0}), "manager.first_week", "out of range"),
    (
        drive(signals={"coach": 1.0}),
        f"{URGENCY}.signals.coach",
        "a manager, and this scenario has none with some pressure",
    ),
    (drive(signals={}), f"{URGENCY}.signals", "listens to nothing; allowed: at least one gain"),
    (drive(signals={"source": "a book"}), f"{URGENCY}.signals", "listens to nothing"),
    (drive(signals={"behind": None}), f"{URGENCY}.signals", "listens to nothing"),
    (drive(changes={}), f"{URGENCY}.changes", "changes nothing; allowed: at least one of activity"),
    (drive(changes={"activity": {}}), f"{URGENCY}.changes.activity", "neither a slope nor a curve"),
    (drive(changes={"wins": {"max": 2, "source": "x"}}), f"{URGENCY}.changes.wins", "neither a slope nor a curve"),
    (drive(changes={"activity": {"slop": 1}}), f"{URGENCY}.changes.activity.slop", "did you mean slope?"),
    (drive(changes={"referrals": {"slope": -1}}), f"{URGENCY}.changes.referrals", "this scenario has none"),
    (
        without_quota(changes={"lag": {"slope": -1}}) | {"funnel": data()["funnel"]},
        f"{URGENCY}.changes.lag",
        "no step of this funnel has one",
    ),
    (
        with_drives({f"d{i}": a_drive() for i in range(5)}),
        "strategies.pressure.drives",
        "has 5 drives; allowed: 0 to 4",
    ),
    (
        without_quota(changes={"pull_forward": PULL}),
        f"{URGENCY}.changes.pull_forward",
        "the end of a quota period, and this scenario has no quota",
    ),
    (
        pulling([{"stage": "calls"}, WAITING]),
        f"{URGENCY}.changes.pull_forward",
        "allowed: a funnel of at least 3 stages",
    ),
    (pulling(data()["funnel"]), f"{URGENCY}.changes.pull_forward", "the last step has no lag; give wins a lag"),
    (
        pulling([{"stage": "calls"}, {"stage": "meetings", "rate": 0.02, "lag": "2d"}, {**WINS, "lag": "0h"}]),
        f"{URGENCY}.changes.pull_forward",
        "the last step has no lag",
    ),
    (pulling(max=1.5), f"{URGENCY}.changes.pull_forward.max", "allowed: from 0 to 1"),
    (
        pulling(min=0.5, max=0.25),
        f"{URGENCY}.changes.pull_forward.min",
        "is more than max, got 0.5; allowed: 0 to 0.25",
    ),
    (pulling(window="0.4h"), f"{URGENCY}.changes.pull_forward.window", "nothing would be pulled"),
    (pulling(window="14w"), f"{URGENCY}.changes.pull_forward.window", 'a quota period, got "14w"; allowed: up to 13w'),
    (pulling(reach=0), f"{URGENCY}.changes.pull_forward.reach", "nothing would be pulled"),
    (pulling(reach="261w"), f"{URGENCY}.changes.pull_forward.reach", "longer than five years"),
    (data(referrals={"per_win": 10}), "referrals.per_win", "would not end, got 10.0; allowed: above 0 to below 10 "),
    (
        data(referrals={"per_win": {"value": 2, "source": "x"}}, funnel=[*data()["funnel"][:2], {**WINS, "rate": 0.5}]),
        "referrals.per_win",
        "below 2 (the later rates make 0.5 wins of a referral)",
    ),
    (data(referrals={"per_win": 0.2}, funnel=[{"stage": "calls"}, WINS]), "referrals", "a funnel of at least 3 stages"),
    (data(referrals={"per_win": 10**400}), "referrals.per_win", ""),
    (data(referrals={"per_win": 101}), "referrals.per_win", "above 0 to 100"),
    (drive(changes={"actvity": {}}), "strategies.pressure.drives.urgency.changes.actvity", "mean activity?"),
    (drive(changes={"meetngs": {}}), "strategies.pressure.drives.urgency.changes.meetngs", "mean meetings?"),
    (drive(changes={"calls": {}}), "strategies.pressure.drives.urgency.changes.calls", "a drive can change"),
    (
        drive(changes={"wins": {"slope": 1, "min": 2}}),
        "strategies.pressure.drives.urgency.changes.wins.min",
        "from 0 to 1",
    ),
    (
        drive(changes={"pull_forward": {"window": "2w", "reach": "4w", "discnt": 0.1}}),
        "strategies.pressure.drives.urgency.changes.pull_forward.discnt",
        "did you mean discount?",
    ),
    (data(simcore=2), "simcore", "is not one of the choices, got 2; allowed: 1"),
    (data(name=2026), "name", "put it in quotes"),
    (data(name=""), "name", "has 0 characters"),
    (data(funel=[]), "funel", "did you mean funnel?"),
    (data(team=[1]), "team", "must be a mapping"),
    (data(funnel={"calls": 1}), "funnel", "must be a list"),
    ({"simcore": 1, "name": "x", "deal": 1}, "funnel", "is missing"),
]


@pytest.mark.parametrize(
    ("given_data", "path", "said"), REFUSED, ids=[f"{i}-{row[1]}" for i, row in enumerate(REFUSED)]
)
def test_refused(given_data: dict[str, Any], path: str, said: str) -> None:
    found = problems(given_data)
    assert [problem.path for problem in found] == [path], "one mistake is one problem"
    assert said in str(found[0])


def test_all_problems_are_told_at_once() -> None:
    given_data = data(
        nmae="x",
        team={"reps": 0, "ramp": {"weeks": 2, "start": 2}},
        referrals={"per_win": 200},
        strategies={
            "hasty": {
                "drives": {
                    "urge": a_drive(signals={"peers": 1, "coach": 1}),
                    "grab": a_drive(signals={}, changes={"pull_forward": PULL, "lags": {}, "lag": {}}),
                }
            }
        },
        funnel=[
            {"stage": "calls", "rate": 0.5},
            {"stage": "meetings", "rate": 2},
            {"stage": "wins", "rat": 0.1},
        ],
        market={"sd": -1, "persistence": 0.5, "acts_on": ["meeting"]},
        run={"strategy": "pressure"},
    )
    assert sorted(problem.path for problem in problems(given_data)) == sorted(
        [
            "nmae",
            "team.reps",
            "team.ramp",
            "team.ramp.start",
            "funnel.calls.rate",
            "funnel.meetings.rate",
            "funnel.wins.rat",
            "market.sd",
            "market.acts_on.1",
            "run.strategy",
            "referrals.per_win",
            "strategies.hasty.drives.urge.signals.peers",
            "strategies.hasty.drives.urge.signals.coach",
            "strategies.hasty.drives.grab.signals",
            "strategies.hasty.drives.grab.changes.pull_forward",  # no quota
            "strategies.hasty.drives.grab.changes.pull_forward",  # no lag
            "strategies.hasty.drives.grab.changes.lags",
            "strategies.hasty.drives.grab.changes.lag",  # neither slope nor curve
            "strategies.hasty.drives.grab.changes.lag",  # no step has one
        ]
    )


@pytest.mark.parametrize("given_data", [None, 3, "text", [], [data()]])
def test_what_is_no_mapping_is_refused(given_data: object) -> None:
    assert "mapping" in str(problems(given_data)[0])


def test_sources_are_kept_aside() -> None:
    scenario = validate(
        data(
            plan={"calls_per_week": {"value": 400, "source": "dialler"}},
            funnel=[
                {"stage": "calls"},
                {
                    "stage": "wins",
                    "rate": {"mean": 0.1, "rep_cv": {"value": 0.2, "source": "HR"}, "source": "CRM"},
                },
            ],
            deal={"fixed": 5, "source": "price list"},
        )
    )
    assert scenario.plan.calls_per_week == 400
    assert type(scenario.plan.calls_per_week) is int
    rate = scenario.funnel[1].rate
    assert rate is not None
    assert type(rate.rep_cv) is float
    assert (rate.source_of("mean"), rate.source_of("rep_cv")) == ("CRM", "HR")
    assert [tuple(figure) for figure in assumptions(scenario)] == [
        ("plan.calls_per_week", "400", "dialler"),
        ("funnel.wins.rate.mean", "0.1", "CRM"),
        ("funnel.wins.rate.rep_cv", "0.2", "HR"),
        ("deal.fixed", "5", "price list"),
    ]
    assert validate(scenario.resolved()) == scenario
    assert "source" not in str(scenario.resolved(sources=False))


def test_names_are_cleaned() -> None:
    scenario = validate(data(name="Trust\x1b[31m \u202ethe\n process", about="[/red] stays"))
    assert scenario.name == "Trust[31m the process"
    assert scenario.about == "[/red] stays"


def test_names_in_other_scripts_are_kept() -> None:
    assert printable("Łódź 東京 👩\u200d💻") == "Łódź 東京 👩\u200d💻"
    assert printable("a\u2066b\u200fc\x9bd\ud800e\u2028f") == "abcde f"


def test_did_you_mean() -> None:
    assert did_you_mean("Rate", ["rate"]) == "did you mean rate?"
    assert did_you_mean("xyz", ["rate"]) is None


@pytest.mark.parametrize(
    "given_data",
    [
        with_drives({f"d{i}": a_drive() for i in range(4)}),
        without_quota(signals={"surprise": -1, "dry_spell": 1, "rejections": 1, "overwork": 1, "behind": None}),
        without_quota(signals={"surprise": 0}, changes={"wins": {"curve": 0}}),  # a sweep may pass through zero
        pulling(window="0.5h", reach="260w", min=0.25, max=0.25),
        pulling(window="13w"),
        data(referrals={"per_win": 9.99}),
        with_drives({"calm": a_drive(changes={"referrals": {"slope": -1}})}, referrals={"per_win": 1}),
    ],
)
def test_strategies_at_the_limits(given_data: dict[str, Any]) -> None:
    scenario = validate(given_data)
    assert validate(scenario.resolved()) == scenario


def test_pull_forward_is_a_share() -> None:
    pull = validate(pulling()).strategies["pressure"].drives["urgency"].changes["pull_forward"]
    assert (pull.min, pull.max) == (0.0, 1.0)
    other = validate(drive()).strategies["pressure"].drives["urgency"].changes["activity"]
    assert (other.min, other.max) == (0.0, 1.4)


def test_figures_of_strategies_are_told() -> None:
    drives = {
        "urgency": a_drive(
            memory={"value": 0.7, "source": "diary"},
            level=[0, 3],
            signals={"deadline": 1, "peers": {"value": 0.3, "source": "survey"}},
            changes={
                "wins": {"slope": {"value": -0.15, "source": "CRM"}, "max": 1.0, "source": "guess"},
                "pull_forward": {**PULL, "discount": 0.15, "win_rate": {"value": 1, "source": "CRM"}},
            },
            source="a book",
        ),
        "fatigue": a_drive(),
    }
    given_data = with_drives(drives)
    given_data["strategies"]["other"] = {"drives": {"haste": a_drive()}}
    scenario = validate(given_data)
    fatigue = [("fatigue.signals.deadline", "1", None), ("fatigue.changes.activity.slope", "0.25", None)]
    fatigue += [("fatigue.changes.activity.max", "1.4", None)]
    pressure = [
        ("urgency.memory", "0.7", "diary"),
        ("urgency.level", "0, 3", "a book"),
        ("urgency.signals.deadline", "1", "a book"),
        ("urgency.signals.peers", "0.3", "survey"),
        ("urgency.changes.wins.slope", "-0.15", "CRM"),
        ("urgency.changes.wins.max", "1", "guess"),
        ("urgency.changes.pull_forward.slope", "0.3", "a book"),
        ("urgency.changes.pull_forward.window", "2w", "a book"),
        ("urgency.changes.pull_forward.reach", "4w", "a book"),
        ("urgency.changes.pull_forward.discount", "0.15", "a book"),
        ("urgency.changes.pull_forward.win_rate", "1", "CRM"),
        *fatigue,
    ]
    told = [tuple(row) for row in assumptions(scenario, ["pressure"]) if row.path.startswith("strategies.")]
    assert sorted(told) == sorted((f"strategies.pressure.drives.{path}", *rest) for path, *rest in pressure)
    every = {row.path for row in assumptions(scenario)}
    assert "strategies.other.drives.haste.changes.activity.slope" in every
    assert {path for path, *_ in told} < every
    assert assumptions(scenario, []) == [row for row in assumptions(scenario) if not row.path.startswith("strategies.")]


def test_the_first_strategy_is_the_default() -> None:
    scenario = validate(data(strategies={"calm": {}, "process": {}}, run={"seed": 1}))
    assert scenario.run.strategy == "calm"


def test_a_precision_is_kept_as_text_and_stands_in_for_replications() -> None:
    stated = validate(data(run={"precision": {"p_zero:13": 0.01, "revenue": "0.50 % @ 99%", "q05:year": 1000}}))
    assert stated.run.precision == {"p_zero:quarter": "0.01", "revenue": "0.5%@0.99", "q05:year": "1000"}
    assert validate(stated.resolved()) == stated
    assert validate(data(run={})).run.precision == {"revenue": "0.5%"}
    counted = validate(data(run={"replications": 5}))
    assert counted.run.precision is None
    assert validate(counted.resolved()) == counted
    assert validate(data(run={"replications": 5, "precision": {"revenue": 1}})).run.precision == {"revenue": "1"}


def test_the_published_schema_agrees() -> None:
    schema = Scenario.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    accepted = drive(memory={"value": 0.5, "source": "x"})
    accepted["funnel"][1]["lag"] = "2d"
    accepted["funnel"][2]["rate"] = {"mean": 0.5, "source": "x"}
    for good in (data(), accepted, validate(accepted).resolved()):
        validator.validate(good)
    for bad in (
        with_step(rate=1.5),
        with_step(lag="soon"),
        data(funel=1),
        data(team={"reps": 0}),
        {"simcore": 1},
    ):
        assert not validator.is_valid(bad)
