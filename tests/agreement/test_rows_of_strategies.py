"""Teams that react are played in rows, and nothing depends on how many replications stand side by side."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.both_engines import compiled, play
from tests.support.coaching_cases import COACHING
from tests.support.planted import every_other
from tests.support.reactive_cases import MONTHLY, REACTIVE, drive, playing
from tests.support.scenario_cases import Scenario, funnel

CASES = REACTIVE | COACHING


@pytest.mark.parametrize("name", CASES)
def test_rows_of_any_length_have_the_same_results(name: str) -> None:
    program, first, count = compiled(CASES[name]), 244, 24
    once = play(program, 3, first, count)
    for cut in (
        play(program, 3, first, count, row=4),
        play(program, 3, first, count, row=16, blocks=(5, 19)),
    ):
        assert cut.tally.same_as(once.tally)
        assert all(map(np.array_equal, cut.detail, once.detail))


@pytest.mark.parametrize("name", every_other(CASES))
def test_what_is_recorded_of_rep_weeks_changes_nothing(name: str) -> None:
    """Without details, calls that come to nothing are not followed."""
    program = compiled(CASES[name])
    assert play(program, 3, 244, 24, detailed=False).tally.same_as(play(program, 3, 244, 24).tally)


CLOSING = drive({"behind": 1.0}, {"pull_forward": {"slope": 0.7, "window": "1w", "reach": "2w"}})
LATE = funnel({}, {"lag": "2d", "cap": {"open": 3}}, {"lag": "1w"})
GIVEN: dict[str, Scenario] = {
    "pulls": playing("day", {"close": CLOSING}, quota=MONTHLY, funnel=funnel({}, {}, {"lag": "1w"})),
    "caps": playing("week", {"haste": drive({"overwork": 1.0}, {"wins": {"slope": 0.2}})}, funnel=LATE),
    "peers": playing("hour", {"envy": drive({"peers": 1.0}, {"wins": {"slope": 0.2}})}, quota=MONTHLY),
    "a manager": COACHING["a habit on the last step"],
}


@pytest.mark.parametrize("name", GIVEN)
def test_given_successes_take_the_place_of_those_that_are_drawn(name: str) -> None:
    """Calls that are booked at once tell what was drawn."""
    program, count = compiled(GIVEN[name]), 6
    once = play(program, 3, count=count)
    drawn = np.ascontiguousarray(once.detail.entered[..., 1])
    for given, row in ((drawn, None), (drawn, 2), (drawn[::-1].copy(), None)):
        found = play(program._replace(source=program.source._replace(successes=given)), 3, count=count, row=row)
        assert np.array_equal(found.detail.entered[..., 1], given)
        assert all(map(np.array_equal, found.detail, once.detail)) == (given is drawn)
