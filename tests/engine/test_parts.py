"""Parts of a run add up to the run, wherever it is cut, and whoever stops it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simcore.engine.parts import Part, play_part, result_of_part, share_of, together
from simcore.engine.playable import with_run_overrides
from simcore.engine.simulation import simulate
from simcore.scenario.model import Scenario, validate
from tests.support.scenario_cases import CASES

SIZE = 30
STEADY = with_run_overrides(validate(CASES["market"]), SIZE, 7)
REACTING = next(
    with_run_overrides(validate(case), SIZE, 7) for name, case in CASES.items() if validate(case).strategies and name
)
SCENARIOS = {"steady": STEADY, "second": REACTING}


def part_of(scenario: Scenario, first: int, end: int) -> Part:
    part = play_part(scenario, first, end, threads=1)
    assert part is not None
    return part


@pytest.mark.parametrize("name", SCENARIOS)
def test_parts_add_up_to_the_run(name: str) -> None:
    scenario = SCENARIOS[name]
    whole = simulate(scenario, replications=SIZE)
    cuts = [0, 1, 13, SIZE]
    parts = [part_of(scenario, *ends) for ends in pairwise(cuts)]
    found = together(parts[::-1])
    assert found.tally.same_as(whole.tally)
    assert result_of_part(scenario, found).summary == whole.summary
    assert not (parts[0] + parts[1]).tally.same_as(whole.tally)


def test_what_is_kept_is_the_beginning_and_goes_on_to_the_same() -> None:
    whole = simulate(STEADY, replications=SIZE)
    kept: list[Part] = []
    asked = iter([False, False, True, True, True, True, True, True])
    stopped = play_part(STEADY, 0, SIZE, keep=kept.append, every=0.0, threads=1, stop=lambda: next(asked, True))
    assert stopped is not None
    assert 0 < stopped.replications < SIZE
    assert [part.replications for part in kept] == sorted(part.replications for part in kept)
    assert kept[-1].tally.same_as(stopped.tally)
    seen: list[tuple[int, int]] = []
    for begun in kept:
        found = play_part(STEADY, 0, SIZE, begun=begun, threads=2, progress=lambda each: seen.append(each[:2]))
        assert found is not None
        assert found.tally.same_as(whole.tally)
    assert {total for _, total in seen} == {SIZE}
    assert min(done for done, _ in seen) > kept[0].replications
    assert play_part(STEADY, 0, SIZE, begun=together([part_of(STEADY, 0, SIZE)]), stop=lambda: True) is not None


def test_nothing_is_kept_of_nothing() -> None:
    kept: list[Part] = []
    assert play_part(STEADY, 10, 20, keep=kept.append, stop=lambda: True) is None
    assert kept == []


def test_a_part_that_is_not_whole_is_an_interrupted_run() -> None:
    part = part_of(STEADY, 0, 10)
    summary = result_of_part(STEADY, part).summary
    assert summary.interrupted
    assert summary.size.replications == 10


def test_parts_that_do_not_follow_each_other_are_refused() -> None:
    one, two, three = part_of(STEADY, 0, 3), part_of(STEADY, 3, 7), part_of(STEADY, 6, 9)
    with pytest.raises(ValueError, match="replications 4 to 6 are missing"):
        together([one, three])
    with pytest.raises(ValueError, match="replications 7 to 7 are there twice"):
        together([three, one, two])
    with pytest.raises(ValueError, match="replication 3 should follow, got 6"):
        _ = one + three


@pytest.mark.parametrize(("replications", "shares"), [(10, 3), (3, 3), (1 << 40, 100_000), (2, 5)])
def test_shares_are_even_and_leave_nothing_out(replications: int, shares: int) -> None:
    found = [share_of(replications, number, shares) for number in range(1, shares + 1)]
    assert (found[0][0], found[-1][1]) == (0, replications)
    assert all(one[1] == two[0] for one, two in pairwise(found))
    sizes = {end - first for first, end in found}
    assert max(sizes) - min(sizes) <= 1
