"""The engine and the slow twin agree on strategies that react, count for count."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.scenario.model import validate
from tests.agreement.test_agreement import WORLDS
from tests.agreement.test_strategies import TEAM, URGE, Plain, all_channels, with_drives
from tests.support.both_engines import check, compiled
from tests.support.parted_cases import PARTED_TEAMS
from tests.support.reactive_cases import ALONE, REACTIVE, WITHOUT_MANAGER
from tests.support.scenario_cases import CASES, scenario

MANY: Plain = {
    "memory": 0.8,
    "signals": {"behind": 1.0, "dry_spell": 0.1, "surprise": -0.05, "overwork": 0.2, "rejections": 0.1, "ahead": -0.5},
    "level": [-1, 2],
}
UPWARD: Plain = {
    "activity": {"slope": 1.2},
    "meetings": {"slope": 2.0},
    "lag": {"slope": -0.2},
    "deal_value": {"slope": 0.1},
    "wins": {"slope": 0.2},
}
PULLING: Plain = {
    "slope": 0.4,
    "window": "2w",
    "reach": "4w",
    "discount": 0.1,
    "win_rate": 0.9,
}
TIRED: Plain = {
    "memory": 0.9,
    "signals": {"rejections": 1, "dry_spell": 0.2},
    "level": [0, 3],
    "changes": {"activity": {"slope": -0.2}, "pull_forward": {"slope": 0.2, "window": "1w", "reach": "2w"}},
}


@pytest.mark.parametrize("name", REACTIVE)
def test_engine_and_twin_agree_on_teams_that_react(name: str) -> None:
    program = compiled(REACTIVE[name])
    for seed, replication in WORLDS:
        check(REACTIVE[name], seed, replication, program)


@pytest.mark.parametrize("name", PARTED_TEAMS)
def test_engine_and_twin_agree_where_what_is_lost_waits_otherwise(name: str) -> None:
    program = compiled(PARTED_TEAMS[name])
    for seed, replication in WORLDS:
        check(PARTED_TEAMS[name], seed, replication, program)


@pytest.mark.parametrize("name", ALONE)
def test_every_signal_and_every_channel_alone(name: str) -> None:
    check(ALONE[name], 5, 0)


@pytest.mark.parametrize("decides", ["hour", *(pytest.param(each, marks=pytest.mark.long) for each in ("day", "week"))])
@pytest.mark.parametrize("name", CASES)
def test_every_case_with_a_drive_on_every_channel(name: str, decides: str) -> None:
    case: Plain = dict(CASES[name])
    drive = {**MANY, "changes": all_channels(case, slope=0.2, curve=0.05, max=3)}
    check(with_drives(case, decides, {"many": drive}), 5, 0)


@pytest.mark.parametrize("decides", ["hour", "day", "week"])
@pytest.mark.parametrize("signal", WITHOUT_MANAGER)
def test_every_signal_alone(signal: str, decides: str) -> None:
    drive = {"memory": 0.8, "level": [-2, 2], "signals": {signal: 1.0}, "changes": {"activity": {"slope": 0.2}}}
    check(with_drives(TEAM, decides, {"one": drive}), 5, 1)


@pytest.mark.parametrize("decides", ["hour", "day", "week"])
@pytest.mark.parametrize("replication", [0, 1, pytest.param(2, marks=pytest.mark.long)])
def test_sheets_bands_peers_pulls_and_referrals(decides: str, replication: int) -> None:
    upward, jealous, referring = deepcopy(URGE), deepcopy(URGE), deepcopy(URGE)
    upward["changes"] = UPWARD
    jealous["signals"] = {"peers": 2.0, "behind": 1.0}
    referring["changes"] = {"referrals": {"slope": 0.3}}
    closing = {**URGE, "changes": {"pull_forward": PULLING}}
    bringing = {**TEAM, "referrals": {"per_win": 0.8, "lag": "1w"}}
    for reacting in (
        with_drives(TEAM, decides, {"up": upward}),
        with_drives(TEAM, decides, {"jealous": jealous}),
        with_drives(TEAM, decides, {"closing": closing, "tired": TIRED}),
        with_drives(bringing, decides, {"referring": referring}),
        {**TEAM, "referrals": {"per_win": 1.0, "lag": {"median": "5d", "p90": "20d"}}},
    ):
        check(reacting, 5, replication)


@pytest.mark.parametrize("decides", ["hour", "day"])
@pytest.mark.parametrize("replication", [0, 1, 2])
def test_new_reps_who_hear_of_each_other(decides: str, replication: int) -> None:
    """Higher bands of a week under a ramp are drawn when the other seats have begun theirs."""
    drive = {
        "memory": 0.9,
        "level": [0, 2],
        "signals": {"rejections": 1.0, "behind": 1.0, "peers": 0.3},
        "changes": {"meetings": {"slope": 0.9}},
    }
    beginning = {"reps": 3, "new": 3, "ramp": {"weeks": 10, "start": 0.3}, "turnover": {"yearly": 0.999}}
    plain = scenario(team=beginning, horizon={"weeks": 10})
    check(with_drives(plain, decides, {"haste": drive}), 5, replication)


GAIN = st.floats(-2.0, 2.0)
SLOPE = st.floats(-1.0, 1.0)


@st.composite
def random_drives(draw: st.DrawFn) -> Plain:
    """Return a scenario of a case with one to three drives of any signals, memories and changes."""
    case: Plain = dict(CASES[draw(st.sampled_from(sorted(CASES)))])
    channels = sorted({**all_channels(case, slope=0.0), "deal_value": {}})
    drives = {}
    for number in range(draw(st.integers(1, 3))):
        changes = {
            name: {"slope": draw(SLOPE), "curve": draw(st.floats(-0.2, 0.2)), "max": 2.5}
            for name in draw(st.lists(st.sampled_from(channels), min_size=1, max_size=4, unique=True))
        }
        heard = draw(st.lists(st.sampled_from(WITHOUT_MANAGER), min_size=1, max_size=4, unique=True))
        drives[f"drive {number}"] = {
            "memory": draw(st.floats(0.0, 1.0)),
            "signals": {name: draw(GAIN) for name in heard},
            "level": [-2, 2],
            "changes": changes,
        }
    reacting = with_drives(case, draw(st.sampled_from(["hour", "day", "week"])), drives)
    if len(case["funnel"]) > 2 and draw(st.booleans()):
        referring = reacting | {"referrals": {"per_win": 0.3, "lag": "3d"}}
        with suppress(ScenarioError):  # reps who differ about a rate that is not known have no referrals
            validate(referring)
            return referring
    return reacting


@settings(max_examples=30, deadline=None)
@given(random_drives(), st.integers(0, 2**40 - 1))
def test_random_drives_are_played_alike(scenario: Plain, replication: int) -> None:
    check(scenario, 9, replication)
