"""The engine and the slow twin agree on bad habits and on the manager, count for count and session for session."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agreement.test_agreement import WORLDS
from tests.support.both_engines import check, compiled, play
from tests.support.coaching_cases import COACHING, RULES
from tests.support.people_cases import with_people
from tests.support.random_scenarios import scenarios, with_some_calls
from tests.support.scenario_cases import funnel, scenario
from tests.support.statistical import DeviationError, check_mean
from tests.twin import World, simulate, tallies

Plain = dict[str, Any]
NAMES = list(COACHING)


@pytest.mark.parametrize("name", NAMES)
def test_engine_and_twin_agree_on_teams_that_are_coached(name: str) -> None:
    # A world a case, in turn: the twin is slow.
    seed, replication = WORLDS[NAMES.index(name) % len(WORLDS)]
    check(COACHING[name], seed, replication, compiled(COACHING[name]))


@cache
def world_of(name: str) -> World:
    return simulate(COACHING[name], 0, 2026)


def test_the_table_reaches_every_rule() -> None:
    """A rule that never gives a session, repairs one and misses one would not be compared."""
    for rule in RULES:
        cases = (f"rule {rule}", f"rule {rule}, people come and go")
        sessions = [s for name in cases for seat in world_of(name).seats for s in seat.sessions if s]
        if rule == "nobody":
            assert not sessions
            continue
        assert {session.step for session in sessions} == {1, 2, 3}
        assert any(session.repaired for session in sessions)
        assert any(session.had and not session.repaired for session in sessions)
        assert all(session.had for session in sessions) == (rule == "oracle")


def test_the_table_reaches_every_step_and_every_limit() -> None:
    seats = world_of("eight stages").seats
    assert {step for seat in seats for steps in seat.habits for step in steps} == set(range(1, 8))
    assert sum(tallies(world_of("caps"))["turned_away"]) > 0
    cut = tallies(world_of("rates cut at one"))["clipped"]["rates"]
    assert cut[0] > 0
    assert cut[1] > 0
    assert tallies(world_of("pulls by the day"))["discount"] > 0
    assert tallies(world_of("fear by the hour"))["above_plan"] > 0
    assert sum(tallies(world_of("open at the end"))["open_at_end"]) > 100
    assert any(holder is None for seat in world_of("rule result, people come and go").seats for holder in seat.holders)


def share_with_a_habit(weeks: int, habit: Plain, repaired: float) -> float:
    """Return the chance of a habit after the sessions of the last of so many weeks; `repaired` a week by sessions."""
    onset, fade = 1.0 - (1.0 - habit["yearly"]) ** (1 / 52), 1.0 / habit["fade_weeks"]
    share: float = habit["at_start"]
    for _ in range(1, weeks):
        share = (share * (1.0 - fade) + (1.0 - share) * onset) * (1.0 - repaired)
    return share


@pytest.mark.parametrize(("reps", "slots", "repair"), [(4, 2, 0.6), (3, 3, 1.0), (2, 1, 0.0)])
@pytest.mark.parametrize("at_start", [0.2, 1.0])
def test_known_answer_of_coaching_at_random(reps: int, slots: int, repair: float, at_start: float) -> None:
    """A habit that comes, goes and is coached at random is a chain of two states."""
    habit = {"factor": 0.5, "yearly": 0.99, "fade_weeks": 12, "at_start": at_start}
    plain = scenario(
        team={"reps": reps},
        horizon={"weeks": 9},
        plan={"calls_per_week": 2},
        funnel=funnel({}, {"habit": habit}),
        manager={"rule": "random", "slots": slots, "repair": repair},
    )
    seats = play(compiled(plain), 77, count=3000).detail.habits
    assert set(np.unique(seats)) == {0, 4}
    for week in (0, 1, 8):
        shares = (seats[:, :, week] > 0).mean(axis=1)
        expected = share_with_a_habit(week + 1, habit, slots / reps / 3 * repair)
        if expected == 1.0:
            assert shares.min() == 1.0
        else:
            check_mean(f"habits in week {week}", shares, expected, detect=0.06)
    if repair:
        with pytest.raises(DeviationError):
            check_mean("habits that nobody coaches", shares, share_with_a_habit(9, habit, 0.0), detect=0.06)


HABITS: st.SearchStrategy[Plain] = st.fixed_dictionaries(
    {"factor": st.sampled_from([0, 0.2, 0.5, 0.99]), "at_start": st.sampled_from([0.2, 0.7, 1])},
    optional={"yearly": st.sampled_from([0.5, 0.999, 0.99999]), "fade_weeks": st.sampled_from([1, 2.5, 20])},
)
MANAGERS: st.SearchStrategy[Plain] = st.fixed_dictionaries(
    {
        "rule": st.sampled_from([*RULES, "result", "process", "oracle"]),
        "repair": st.sampled_from([0, 0.4, 1]),
        "pressure": st.sampled_from([0.5, 2]),
    },
    optional={"window_weeks": st.sampled_from([1, 2, 5, 300]), "first_week": st.integers(1, 6)},
)


@st.composite
def coached(draw: st.DrawFn) -> Plain:
    """Return a random scenario with habits, perhaps a manager, and perhaps a drive that hears them."""
    plain: Plain = draw(scenarios())
    steps = plain["funnel"][1:]
    for step in draw(st.lists(st.sampled_from(steps), min_size=1, unique_by=id)):
        step["habit"] = draw(HABITS)
    if not draw(st.integers(0, 9)):
        return plain
    plain["manager"] = draw(MANAGERS) | {"slots": draw(st.integers(1, plain["team"]["reps"]))}
    if draw(st.booleans()):
        channels = draw(st.lists(st.sampled_from(["activity", *(s["stage"] for s in steps)]), min_size=1, unique=True))
        drive = {
            "memory": draw(st.sampled_from([0.0, 0.8])),
            "signals": {"coach": draw(st.sampled_from([-0.5, 1.0])), "rejections": 0.1},
            "level": [-2, 2],
            "changes": {name: {"slope": draw(st.sampled_from([-0.4, 0.7])), "max": 3} for name in channels},
        }
        decides = draw(st.sampled_from(["hour", "day", "week"]))
        plain = with_some_calls(plain)
        plain["strategies"] = {"hearing": {"decides": decides, "drives": {"one": drive}}}
    return draw(with_people(plain)) if draw(st.integers(0, 2)) == 0 else plain


@settings(max_examples=60, derandomize=True, deadline=None)
@given(coached(), st.integers(0, 2**64 - 1), st.integers(0, 2**40 - 1))
def test_random_teams_are_coached_alike(scenario: Plain, seed: int, replication: int) -> None:
    check(scenario, seed, replication)
