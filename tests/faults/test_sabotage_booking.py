"""Bugs planted in what leaves out calls that come to nothing: details tell, for with them every call is followed.

The kernels are run without a compiler (`tests.support.uncompiled`).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pytest

from simcore.program.tally import Tally
from tests.support.both_engines import compiled, play
from tests.support.hopeless_cases import HOPELESS
from tests.support.planted import every_other
from tests.support.uncompiled import change, engine

SEED, REPLICATIONS, ROW = 11, 6, 4


class Fault(NamedTuple):
    """A bug: its case, the function that it is in, and what replaces what there."""

    case: str
    function: str
    old: str
    new: str


FAULTS: dict[str, Fault] = {
    "hope for half": Fault("gamma", "reacting.booking.tell_hopeless", "hope[lane]", "hope[lane] // 2"),
    "hope at the base rate alone": Fault(
        "log-normal", "teams.booking.Booking._find_hope", "largest_response(reaction, 2)", "1.0"
    ),
    "hope at the rate of the first week": Fault("short", "teams.booking.Booking._find_hope", "slice(None)", "slice(1)"),
    "hope at the rate of another seat": Fault(
        "short",
        "teams.booking.Booking._find_hope",
        "self._memory.rates[:, 2, weeks].max(axis=1)",
        "self._memory.rates[::-1, 2, weeks].max(axis=1)",
    ),
    "no hope for deals that are to be checked": Fault(
        "checked", "teams.booking.Booking._find_hope", "self._program.needs.step == 2", "False"
    ),
    "entries of another replication": Fault(
        "short", "reacting.booking.count_hopeless", "int64(cards[uint64(hopeless[i]), CARD_LANE]) & mask", "0"
    ),
    "entries of the warm-up counted": Fault(
        "short", "teams.booking.Booking._leave_hopeless", "self._now >= self._first_hour", "True"
    ),
    "entries forgotten that a warm-up begins": Fault(
        "gamma", "reacting.booking.count_past_stage", "hour >= counted or entry < counted", "True"
    ),
    "entries forgotten one by one": Fault(
        "log-normal",
        "reacting.booking.count_past_stage",
        "entered[int64(cards[at, CARD_LANE]) & mask] += 1",
        "entered[int64(cards[at, CARD_LANE]) & mask] += 0",
    ),
    "nobody open before the second step": Fault(
        "log-normal",
        "reacting.booking.count_past_stage",
        "longest[1, uint64(words[1, i] >> uint32(24)) + uint64(1)]",
        "0",
    ),
    "the lag of the next word's place": Fault(
        "log-normal",
        "reacting.booking.count_past_stage",
        "longest[1, uint64(words[1, i] >> uint32(24)) + uint64(1)]",
        "longest[1, uint64(words[1, i] >> uint32(25))]",
    ),
    "waits that nobody stretches": Fault(
        "gamma",
        "teams.booking.Booking._find_hope",
        "np.stack([self._longest_waits(step) for step in (1, 2)]) * stretch",
        "np.stack([self._longest_waits(step) for step in (1, 2)])",
    ),
    "addresses of another week": Fault(
        "log-normal", "reacting.booking.address", "(int64(cards[at, CARD_LANE]) >> bits) << 16 | week", "week"
    ),
    "all within the run before it begins": Fault(
        "short", "teams.booking.Booking._leave_hopeless", "self._until + done < clock.end_hour", "True"
    ),
}


@cache
def right(case: str) -> Tally:
    """Return what the compiled kernels count where every call is followed."""
    return play(compiled(HOPELESS[case]), SEED, 254, REPLICATIONS, row=ROW, detailed=True).tally


def without_details(case: str) -> Tally:
    """Return what the kernels count without a compiler, and without what comes to nothing."""
    both = engine().both
    played = both.play(both.compiled(HOPELESS[case]), SEED, 254, REPLICATIONS, row=ROW, detailed=False)
    tally: Tally = played.tally
    return tally


@pytest.mark.parametrize("case", HOPELESS)
def test_without_a_bug_the_tally_does_not_depend_on_details(case: str) -> None:
    assert without_details(case).same_as(right(case))


@pytest.mark.parametrize("name", every_other(FAULTS))
def test_a_bug_planted_in_what_leaves_out_calls_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    expected = right(fault.case)
    change(monkeypatch, fault.function, fault.old, fault.new)
    assert not without_details(fault.case).same_as(expected)
