"""Strategies that react: what must be equal to the cent, known answers, and both directions of the published facts."""

from __future__ import annotations

from copy import deepcopy
from math import sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore.base.errors import ScenarioError
from simcore.engine.paired import run_paired
from simcore.engine.simulation import simulate
from simcore.program.tally import ABOVE_PLAN, DISCOUNT
from simcore.scenario.model import validate, with_strategy
from simcore.studies.compare.study import compare
from tests.support.both_engines import Counts, compiled, counts_of_engine, play
from tests.support.reactive_cases import WITHOUT_MANAGER
from tests.support.scenario_cases import CASES
from tests.support.statistical import check_mean

Plain = dict[str, Any]


def with_drives(case: Plain, decides: str, drives: Plain) -> Plain:
    """Return a scenario that runs one strategy with these drives; with a quota, if it had none."""
    return {
        "quota": {"per": "quarter", "amount": 130000},
        **case,
        "strategies": {"reacting": {"decides": decides, "drives": drives}},
        "run": {"strategy": "reacting"},
    }


def all_channels(case: Plain, **change: float) -> Plain:
    """Return the same change of every channel but pull_forward and referrals; of the lag where anything waits."""
    lag = ["lag"] if any("lag" in stage for stage in case["funnel"]) else []
    return {name: dict(change) for name in ("activity", *lag, *(stage["stage"] for stage in case["funnel"][1:]))}


def counted(scenario: Plain, replications: int = 3) -> Counts:
    return counts_of_engine(play(compiled(scenario), 7, count=replications))


@pytest.mark.parametrize("decides", ["hour", "day", "week"])
@pytest.mark.parametrize("name", CASES)
def test_zero_gains_equal_the_steady_strategy_bit_for_bit(name: str, decides: str) -> None:
    case: Plain = dict(CASES[name])
    steady = {"quota": {"per": "quarter", "amount": 130000}, **case}
    drive = {"memory": 0.5, "signals": dict.fromkeys(WITHOUT_MANAGER, 0.0), "changes": all_channels(case, slope=0.3)}
    assert counted(with_drives(case, decides, {"still": drive})) == counted(steady)


def test_flat_responses_equal_the_steady_strategy_bit_for_bit() -> None:
    case: Plain = dict(CASES["everything"])
    drive = {
        "memory": 0.9,
        "signals": {"dry_spell": 1.0, "behind": 2.0},
        "level": [0, 9],
        "changes": all_channels(case, slope=0.5, min=1, max=1),
    }
    steady = {"quota": {"per": "quarter", "amount": 130000}, **case}
    assert counted(with_drives(case, "day", {"flat": drive})) == counted(steady)


TEAM: Plain = {
    "simcore": 1,
    "name": "team",
    "horizon": {"weeks": 26},
    "team": {"reps": 4},
    "plan": {"calls_per_week": 200},
    "funnel": [
        {"stage": "calls"},
        {"stage": "meetings", "rate": 0.05},
        {"stage": "opportunities", "rate": 0.4, "lag": "1w"},
        {"stage": "wins", "rate": 0.5, "lag": {"median": "10d", "p90": "25d"}},
    ],
    "deal": {"mean": 10000, "cv": 0.5},
    "quota": {"per": "quarter", "amount": 250000},
}
URGE: Plain = {
    "memory": 0.8,
    "signals": {"behind": 2.0, "surprise": -0.1},
    "level": [0, 2],
    "changes": {"activity": {"slope": 0.3}, "meetings": {"slope": -0.2}, "wins": {"slope": -0.1}},
}


def weekly(scenario: Plain, seed: int = 11, replications: int = 6) -> NDArray[np.int64]:
    """Return revenue by close in cents, int64[replications, reps, weeks]."""
    cents: NDArray[np.int64] = play(compiled(scenario), seed, count=replications).detail.cents[:, 0]
    return cents


def test_two_strategies_are_equal_to_the_cent_until_they_differ() -> None:
    # They pull in the last two weeks of each quarter, and do not differ before: not in the eleven weeks of the first.
    closing = {
        "signals": {"behind": 1.0},
        "changes": {"pull_forward": {"slope": 5.0, "window": "2w", "reach": "4w", "discount": 0.1}},
    }
    for decides in ("hour", "day", "week"):
        plain = play(compiled(with_drives(TEAM, decides, {"urge": URGE})), 11, count=6).detail
        pulling = play(compiled(with_drives(TEAM, decides, {"urge": URGE, "closing": closing})), 11, count=6).detail
        assert plain.cents[..., :11].any()
        assert np.array_equal(plain.cents[:, 0, :, :11], pulling.cents[:, 0, :, :11])
        assert np.array_equal(plain.entered[:, :, :11], pulling.entered[:, :, :11])
        differ = (plain.cents[:, 0] != pulling.cents[:, 0]).any(axis=(0, 1))
        assert differ[11:].all()


def test_how_often_a_strategy_decides_does_not_change_its_draws() -> None:
    # From the second week on everybody is behind, and at the same level, whether it is decided by the hour or the day.
    constant = {"memory": 0, "signals": {"behind": 1e3}, "level": [0, 1], "changes": {"activity": {"slope": 0.5}}}
    yearly = {**TEAM, "quota": {"per": "year", "amount": 1e9}}
    by_hour, by_day = (weekly(with_drives(yearly, decides, {"on": constant})) for decides in ("hour", "day"))
    # They differ in the first day only, before the day's first decision: seven hours of 4 calls more.
    extra = (by_hour != by_day).any(axis=2).mean()
    assert extra < 0.7
    assert (by_hour == by_day).mean() > 0.95


def test_a_rep_alone_is_left_alone_unless_peers_join_them() -> None:
    small, large = ({**TEAM, "team": {"reps": reps}} for reps in (2, 4))
    alone = weekly(with_drives(small, "day", {"urge": URGE}))
    assert np.array_equal(alone, weekly(with_drives(large, "day", {"urge": URGE}))[:, :2])
    jealous = {**URGE, "signals": {"peers": 3.0}}
    joined = weekly(with_drives(small, "day", {"urge": jealous}))
    assert not np.array_equal(joined, weekly(with_drives(large, "day", {"urge": jealous}))[:, :2])


@pytest.mark.parametrize("decides", ["hour", "day", "week"])
def test_a_change_for_one_rep_leaves_the_others_alone_unless_peers_join_them(decides: str) -> None:
    gift = {"open": [{"stage": "opportunities", "rep": 2, "count": 9, "due": "1d", "value": 50000}]}
    for signals, alone in (({"behind": 2.0, "surprise": -0.1}, True), ({"peers": 3.0}, False)):
        scenario = with_drives(TEAM, decides, {"urge": {**URGE, "signals": signals}})
        plain, given = (play(compiled(one), 11, count=6).detail for one in (scenario, {**scenario, "start": gift}))
        others = [0, 2, 3]
        assert not np.array_equal(plain.cents[:, :, 1], given.cents[:, :, 1])
        assert np.array_equal(plain.cents[:, :, others], given.cents[:, :, others]) == alone
        assert np.array_equal(plain.entered[:, others], given.entered[:, others]) == alone
        # Who was given something behaves otherwise, and not only because of what was given.
        assert not np.array_equal(plain.entered[:, 1, :, 0], given.entered[:, 1, :, 0])


HOURLY: Plain = {"hours_per_day": 1, "days_per_week": 1}


@pytest.mark.parametrize(("calendar", "decides"), [({}, "week"), (HOURLY, "hour")])
def test_strategies_are_equal_to_the_cent_until_the_hour_in_which_they_differ(calendar: Plain, decides: str) -> None:
    """One of them rests when it is ahead: the first decision at which a rep is ahead is known from the other's books.

    With weeks of one hour every hour is seen by itself.
    """
    rest: Plain = {
        "memory": 0.9,
        "signals": {"ahead": 5.0},
        "changes": {"activity": {"slope": -0.5, "min": 0.3}, "deal_value": {"slope": -0.1}},
    }
    team = {**TEAM, "calendar": calendar, "quota": {"per": "quarter", "amount": 160000}}
    plain, resting = (
        play(compiled(with_drives(team, decides, drives)), 11, count=20).detail
        for drives in ({"urge": URGE}, {"urge": URGE, "rest": rest})
    )
    booked = plain.cents[:, 0].reshape(20, 4, 2, 13).cumsum(axis=3)
    # At the beginning of week w of a quarter, what was booked in the weeks before; nobody is ahead with nothing booked.
    before = np.concatenate([np.zeros_like(booked[..., :1]), booked[..., :-1]], axis=3)
    ahead = (before / 1.6e7 > np.arange(13) / 13).reshape(20, 4, 26)
    same = np.cumsum(ahead, axis=2) == 0
    assert (~same).any(axis=2).mean() > 0.5
    for before_it, after_it in ((plain.cents[:, 0], resting.cents[:, 0]), (plain.entered, resting.entered)):
        assert before_it[same].any()
        assert np.array_equal(before_it[same], after_it[same])
        assert (before_it[~same] != after_it[~same]).any()
    # Whoever is ahead makes no more calls.
    first = ahead & (np.cumsum(ahead, axis=2) == 1)
    assert (plain.entered[first][:, 0] >= resting.entered[first][:, 0]).all()


def test_a_strategy_added_renamed_or_moved_changes_no_other() -> None:
    drives, calm = {"drives": {"urge": URGE}}, {"drives": {"urge": {**URGE, "signals": {"behind": 0.5}}}}
    few = {"process": {}, "pressure": drives}
    many = {"mild": calm, "steady": {}, "push": drives}
    runs = []
    for strategies, names in ((few, ("process", "pressure")), (many, ("steady", "push"))):
        scenario = validate({**TEAM, "strategies": strategies})
        chosen = [with_strategy(scenario, name) for name in names]
        runs.append(run_paired(chosen, base=0, replications=30, seed=2))
    one, other = runs
    assert np.array_equal(one.revenue, other.revenue)
    assert all(mine.same_as(theirs) for mine, theirs in zip(one.tallies, other.tallies, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(one.contests, other.contests, strict=True))


def test_names_and_order_of_strategies_do_not_matter() -> None:
    drives = {"urge": URGE}
    one = {**TEAM, "strategies": {"process": {}, "pressure": {"drives": drives}}, "run": {"replications": 50}}
    other = {**TEAM, "strategies": {"push": {"drives": drives}, "calm": {}}, "run": {"replications": 50}}
    (mine,), (theirs,) = (compare(validate(scenario)).against for scenario in (one, other))
    assert mine.differences == theirs.differences
    assert (mine.name, theirs.name) == ("pressure", "push")


def quarterly(**pull: float) -> Plain:
    """Return a year with lags of the last step, in which all that is due soon after a quarter is pulled into it."""
    drive = {
        "signals": {"behind": 1000.0},
        "level": [0, 1],
        "changes": {"pull_forward": {"slope": 1.0, "window": "1w", "reach": "3w", **pull}},
    }
    scenario = with_drives(
        {**TEAM, "horizon": {"weeks": 52, "warmup_weeks": 13}, "quota": {"per": "quarter", "amount": 1e9}},
        "hour",
        {"close": drive},
    )
    # A lag that is longer than reach and window, so that what is open at the end is the same.
    scenario["funnel"] = [*TEAM["funnel"][:3], {"stage": "wins", "rate": 0.5, "lag": {"median": "15d", "p90": "30d"}}]
    return scenario


def share_by_week(scenario: Plain) -> tuple[NDArray[np.float64], float]:
    """Return the share of revenue by week of the quarter, and the total by origin."""
    played = play(compiled(scenario), 13, count=300)
    by_week = played.tally.arrays.weeks_of_quarter.sum(axis=0) * float(played.program.deals.unit)
    return by_week / by_week.sum(), float(played.detail.cents[:, 1].sum())


def test_known_answer_13() -> None:
    pulled = quarterly()
    steady = {**pulled, "strategies": {"process": {}}, "run": {"strategy": "process"}}
    flat, total = share_by_week(steady)
    hockey, same = share_by_week(pulled)
    weeks = weekly(steady, seed=13, replications=300).sum(axis=1).reshape(300, 4, 13)
    last = weeks[:, :, 12].sum(axis=1) / weeks.sum(axis=(1, 2))
    check_mean("last week's share", last, 1 / 13, detect=0.008)
    assert abs(flat[12] - 1 / 13) < 0.005
    assert hockey[12] > 2 * flat[12]  # the stick
    assert hockey[0] < 0.5 * flat[0]  # and its trough
    # Deals close earlier, but the same ones: decided by the same word at the same rate, at the same value.
    assert same == total


def test_a_discount_costs_and_is_told() -> None:
    pulled = quarterly(discount=0.15)
    played = play(compiled(pulled), 13, count=50)
    free = play(compiled(quarterly()), 13, count=50)
    given = int(played.tally.arrays.conduct[:, DISCOUNT].sum())
    assert given > 0
    lost = int(free.detail.cents[:, 0].sum() - played.detail.cents[:, 0].sum())
    assert given == lost


def test_pressure_can_win_and_can_lose() -> None:
    more: Plain = {"signals": {"behind": 4.0}, "level": [0, 2], "changes": {"activity": {"slope": 0.25}}}
    careless = deepcopy(more)
    careless["changes"] = {**more["changes"], "wins": {"slope": -0.5}}
    scenario = {
        **TEAM,
        "strategies": {"process": {}, "more": {"drives": {"urge": more}}, "careless": {"drives": {"urge": careless}}},
        "run": {"replications": 400, "seed": 3},
    }
    verdicts = {row.name: row.verdict for row in compare(validate(scenario)).against}
    assert verdicts == {"more": "ahead", "careless": "behind"}


def test_referrals_are_brought_by_wins_and_by_no_others() -> None:
    base = {**TEAM, "horizon": {"weeks": 52}}
    bringing = {**base, "referrals": {"per_win": 1.0}}
    plain, referred = (play(compiled(scenario), 5, count=40) for scenario in (base, bringing))
    wins = referred.detail.entered[..., 3].sum()
    meetings = referred.detail.entered[..., 1].sum() - plain.detail.entered[..., 1].sum()
    assert referred.detail.entered[..., 0].sum() == plain.detail.entered[..., 0].sum()
    # A meeting for each win, Poisson; those of the last hours come after the end.
    assert abs(meetings - wins) < 5 * sqrt(wins)
    assert wins > plain.detail.entered[..., 3].sum()


@pytest.mark.parametrize(
    ("drive", "words"),
    [
        ({"memory": 1, "signals": {"dry_spell": 1000}, "changes": {"activity": {"slope": 1}}}, "times the plan"),
        ({"memory": 1, "signals": {"surprise": -1000}, "changes": {"meetings": {"slope": 1000}}}, "first step"),
        (
            {"memory": 1, "signals": {"overwork": 1000}, "changes": {"activity": {"curve": 1000, "min": 1, "max": 15}}},
            None,
        ),
    ],
)
def test_a_level_that_explodes_is_told_with_the_level(drive: Plain, words: str | None) -> None:
    scenario = validate(with_drives(TEAM, "hour", {"runaway": drive}))
    if words is None:
        assert simulate(scenario, replications=2).summary.size.replications == 2
        return
    with pytest.raises(ScenarioError) as raised:
        simulate(scenario, replications=20)
    (problem,) = raised.value.problems
    assert problem.path == "strategies.reacting.drives.runaway"
    assert words in problem.message
    assert problem.value is not None
    assert problem.value.startswith("level ")


def test_calls_above_plan_are_counted() -> None:
    drive: Plain = {"signals": {"behind": 1000.0}, "level": [0, 1], "changes": {"activity": {"slope": 0.5}}}
    scenario = with_drives({**TEAM, "quota": {"per": "quarter", "amount": 1e9}}, "hour", {"on": drive})
    played = play(compiled(scenario), 1, count=2)
    reps, weeks, replications = 4, 26, 2
    above = int(played.tally.arrays.conduct[:, ABOVE_PLAN].sum())
    # Half as many again in all hours but the first of each quarter, when nobody is behind yet.
    assert above == pytest.approx(0.5 * 200 * reps * weeks * replications, rel=0.01)
