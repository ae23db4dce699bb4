"""Bugs planted in closing days: the comparison with the twin tells each."""

from __future__ import annotations

import pytest

from tests.support.closing_cases import REACTING, STEADY
from tests.support.planted import Checked, Fault, every_other

CHECKED = Checked(STEADY | REACTING)
FAULTS: dict[str, Fault] = {
    "all who may wait for a day": Fault(
        "batches", "day, close", "rows.waits.wait_for_closing", "own < closing.threshold[step]",
        "own >= closing.threshold[step]",
    ),
    "the first hour of the day": Fault(
        "batches", "hour, close", "rows.waits.wait_for_closing", "hour[known]", "0 * hour[known]"
    ),
    "a team that does not wait for a day": Fault(
        "batches of a team in a hurry", "entries", "teams.listing.Listing._await_closing",
        "closing.threshold[step] == 0", "True",
    ),
    "what is lost early stays no longer than its lag": Fault(
        "batches of a team in a hurry", "open at the end", "teams.listing.Listing._is_early",
        "program.closing.threshold[step] == 0", "True",
    ),
    "what is lost early, one rep after the other": Fault(
        "decided at entry", "open at the end", "rows.funnel.Funnel._decide_before_wait",
        "self._closing.longest * self._clock.hours_per_day", "0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", every_other(sorted({fault.case for fault in FAULTS.values()})))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", every_other(FAULTS))
def test_a_bug_planted_in_kernels_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)
