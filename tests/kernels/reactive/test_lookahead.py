"""Decisions that are seen ahead are those that are made one by one."""

from __future__ import annotations

from functools import cache

import pytest

from simcore.kernels.reactive.limits import MAX_ACTIVITY
from simcore.kernels.reactive.lookahead import greatest_response, is_foreseeable, new_lookahead
from simcore.program.layout import Program
from simcore.scenario.channels import ACTIVITY
from tests.support.both_engines import Counts, check, compiled
from tests.support.reactive_cases import MONTHLY, WAITING, drive, playing
from tests.support.scenario_cases import DEALS, NOISY, OPEN_ITEMS, RAMP, Scenario, funnel
from tests.support.uncompiled import change, engine

PRESSED: Scenario = {
    "activity": {"slope": 0.5, "max": 1.4},
    "opportunities": {"slope": 0.15},
    "wins": {"slope": -0.15},
    "deal_value": {"slope": -0.1},
}
URGENT = drive({"deadline": 4}, PRESSED, memory=0, level=(0, 2))
LAZY = drive({"ahead": 3, "behind": -2}, {"activity": {"slope": -0.3, "curve": 0.1}}, memory=0, level=(-2, 2))
DRY = drive(
    {"dry_spell": 0.3},
    {"activity": {"slope": 0.4}, "meetings": {"slope": -0.3}, "lag": {"slope": 0.2}},
    memory=0,
    level=(0, 3),
)
GRATEFUL = drive({"ahead": 2}, {"referrals": {"slope": 0.3, "max": 2}}, memory=0, level=(0, 2))
BUSY: Scenario = {"quota": MONTHLY, "horizon": {"weeks": 9, "warmup_weeks": 2}, "plan": {"calls_per_week": 90}}
CASES: dict[str, Scenario] = {
    "nothing takes time": {**BUSY, "drives": {"urge": URGENT, "lazy": LAZY}},
    "all waits": {**BUSY, "drives": {"urge": URGENT, "dry": DRY}, "funnel": WAITING, "deal": DEALS[0]},
    "people come and go": {
        **BUSY,
        "drives": {"dry": DRY, "lazy": LAZY},
        "team": {"reps": 3, "new": 2, "ramp": RAMP, "turnover": {"yearly": 0.999, "vacancy_weeks": 1}},
        "funnel": funnel({"rate": NOISY}, {"lag": "1w"}, {}),
        "start": {"open": OPEN_ITEMS},
        "horizon": {"weeks": 9},
    },
    "referrals and holidays": {
        **BUSY,
        "drives": {"dry": DRY, "urge": URGENT, "grateful": GRATEFUL},
        "referrals": {"per_win": 0.8, "lag": "2d"},
        "calendar": {"holidays": [{"week": 2}, {"week": 4, "day": 5}]},
        "funnel": funnel({}, {"lag": "1h"}, {}),
    },
}


def case(name: str, decides: str) -> Scenario:
    """Return a team that decides so often."""
    return playing(decides, **CASES[name])


def program_of(*drives: Scenario, **sections: object) -> Program:
    """Return the program of a team with these drives."""
    named = {f"drive {number}": one for number, one in enumerate(drives)}
    return compiled(playing("day", named, quota=MONTHLY, funnel=WAITING, **sections))


@pytest.mark.parametrize("decides", ["hour", "day", "week"])
@pytest.mark.parametrize("name", CASES)
def test_the_twin_agrees_with_what_was_seen_ahead(name: str, decides: str) -> None:
    program = compiled(case(name, decides))
    assert is_foreseeable(program)
    for seed in (3, 11):
        check(case(name, decides), seed, 1, program)


def test_only_drives_without_memory_that_hear_of_time_and_bookings_are_seen_ahead() -> None:
    assert is_foreseeable(program_of(URGENT, LAZY, DRY))
    assert not is_foreseeable(program_of(URGENT | {"memory": 0.5}))
    assert not is_foreseeable(program_of(URGENT | {"signals": {"overwork": 1.0}}))
    assert not is_foreseeable(program_of(URGENT | {"level": None}))
    assert not is_foreseeable(program_of(URGENT | {"changes": {"meetings": {"slope": 0.1}}}))
    assert new_lookahead(program_of(URGENT | {"memory": 0.5}), wanted=True).elapsed.size == 0
    assert new_lookahead(program_of(URGENT), wanted=False).elapsed.size == 0


def test_what_might_pass_a_limit_is_decided_one_by_one() -> None:
    frantic = URGENT | {"changes": {"activity": {"slope": MAX_ACTIVITY}}}
    assert greatest_response(program_of(frantic).reaction, ACTIVITY) == 1 + 2 * MAX_ACTIVITY
    assert not is_foreseeable(program_of(frantic))


def test_the_share_of_the_period_is_that_of_the_hour() -> None:
    program = program_of(URGENT, horizon={"weeks": 5})
    elapsed = new_lookahead(program, wanted=True).elapsed
    hour, reaction = 4 * program.clock.hours_per_week, program.reaction
    assert elapsed.shape == (5, program.clock.hours_per_week // reaction.interval)
    assert elapsed[4, 0] == (hour - reaction.period_first[4]) / reaction.period_hours[4]


FAULTS = {
    "a signal of the first decision alone": (
        "reactive.lookahead.add_signal",
        "max(0.0, elapsed[i] - booked) * elapsed[i]",
        "max(0.0, elapsed[0] - booked) * elapsed[0]",
    ),
    "deaf to a booking": ("reactive.by_interval.play_week", "ahead and known[BOOKED] != booked", "False"),
    "a fraction of a call that is lost": (
        "reactive.lookahead_seats.use_lookahead",
        "(carry + lookahead.share[number]) & (FULL_ACTIVITY - 1)",
        "0",
    ),
    "fewer calls never counted apart": (
        "reactive.lookahead.calls_above",
        "least == FULL_ACTIVITY",
        "least < 2 * FULL_ACTIVITY",
    ),
    "items that are due in quiet hours": ("reactive.lookahead.next_busy", "bucket[uint64(i)] < 0", "True"),
    "an unbounded level": ("reactive.lookahead.clip_levels", "level[i] = min(max(level[i], low), high)", "pass"),
}


SHORT: Scenario = {"horizon": {"weeks": 4}, "team": {"reps": 1}}
SHORT_CASES = [playing("hour", **(CASES[name] | SHORT)) for name in ("nothing takes time", "all waits")]


@cache
def without_a_mistake() -> list[Counts]:
    """Return what the kernels count, uncompiled."""
    return [engine().counts(scenario, 3) for scenario in SHORT_CASES]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_mistake_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = without_a_mistake()
    change(monkeypatch, *FAULTS[fault])
    assert [engine().counts(scenario, 3) for scenario in SHORT_CASES] != right
