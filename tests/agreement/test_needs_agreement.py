"""The engine and the slow twin agree on what deals need, count for count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agreement.test_agreement import WORLDS
from tests.support.both_engines import Scenario, check, compiled, play
from tests.support.needs_cases import NEEDS
from tests.support.people_cases import with_people
from tests.support.random_scenarios import needs, scenarios, with_ages_that_are_reached, with_some_calls

GAIN = st.sampled_from([-0.8, 0.4, 1.5])


@pytest.mark.parametrize("name", NEEDS)
def test_every_case(name: str) -> None:
    program = compiled(NEEDS[name])
    for seed, replication in WORLDS:
        check(NEEDS[name], seed, replication, program)


@pytest.mark.parametrize("name", NEEDS)
def test_details_change_nothing(name: str) -> None:
    program = compiled(NEEDS[name])
    assert play(program, 5, count=3).tally.same_as(play(program, 5, count=3, detailed=False).tally)


@st.composite
def pressed(draw: st.DrawFn) -> Scenario:
    """Return a random scenario with needs, and a strategy that changes who is checked, calls and rates."""
    scenario = dict(draw(scenarios().filter(lambda plain: len(plain["funnel"]) > 2)))
    funnel = [
        {key: value for key, value in stage.items() if key not in ("needs", "lost_lag", "closing")}
        for stage in scenario["funnel"]
    ]
    of_step = draw(needs())
    next(iter(of_step.values())).setdefault("qualify", {"share": 0.6, "works": 0.5, "calls": 3})
    funnel[draw(st.integers(2, len(funnel) - 1))]["needs"] = of_step
    changes = {name: {"slope": draw(GAIN), "max": 3} for name in ("qualify", "activity", funnel[1]["stage"])}
    drive = {"memory": 0.6, "signals": {"dry_spell": 0.5, "surprise": 0.3}, "level": [-1, 2], "changes": changes}
    decides = draw(st.sampled_from(["hour", "day", "week"]))
    pressed = {"funnel": funnel, "strategies": {"pressed": {"decides": decides, "drives": {"one": drive}}}}
    plain = with_ages_that_are_reached(with_some_calls(scenario) | pressed)
    return draw(with_people(plain)) if draw(st.integers(0, 2)) == 0 else plain


@settings(max_examples=40, deadline=None)
@given(pressed(), st.integers(0, 2**40 - 1))
def test_random_needs_under_pressure_are_played_alike(scenario: Scenario, replication: int) -> None:
    check(scenario, 9, replication)
