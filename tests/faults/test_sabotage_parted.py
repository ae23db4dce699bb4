"""Bugs planted in teams that react, where what is lost waits by a law of its own."""

from __future__ import annotations

import pytest

from tests.support.coaching_cases import COACHING
from tests.support.parted_cases import PARTED_TEAMS
from tests.support.planted import Checked, Fault

COACHED = ("lost otherwise", "lost otherwise, open at the start", "lost otherwise, open and waiting")
CHECKED = Checked({**PARTED_TEAMS, **{name: COACHING[name] for name in COACHED}})

FAULTS: dict[str, Fault] = {
    "losers who wait as winners": Fault(
        "haste by the day",
        "open at the end",
        "teams.waiting.Waiting._count_lost",
        "int(self._program.lags.lost[step]) if self._parted[step] else step",
        "step",
    ),
    "losers who leave their place as winners": Fault(
        "haste, capped",
        "turned away",
        "teams.listing.Listing._fill_lags",
        "items.lag_as_lost(n, listed.response, other, listed.lag)",
        "pass",
    ),
    "losers who hold no place": Fault(
        "haste, capped",
        "turned away",
        "teams.listing.Listing._is_early",
        "len(self._memory.capped[step - 1].open) == 0",
        "True",
    ),
    "a mark that a response of another hour makes": Fault(
        "haste, capped",
        "entries",
        "teams.funnel.Funnel._come_true",
        "self._recall(n)",
        "self._pass(step, n)",
    ),
    "a pull that asks nothing": Fault("pulls", "rep-weeks", "teams.funnel.Funnel._come_true", "first < n", "False"),
    "a pull of who is lost by the mark in the rate": Fault(
        "pulls by the hour, often won",
        "rep-weeks",
        "teams.funnel.Funnel._come_true",
        "np.abs(listed.response[first:n])",
        "listed.response[first:n]",
    ),
    "a pull at the plain rate": Fault(
        "pulls",
        "rep-weeks",
        "teams.funnel.Funnel._come_true",
        "items.multiply(n, listed.win_factor, rate)",
        "pass",
    ),
    "a mark that is lost with a response of 0": Fault(
        "pulls", "rep-weeks", "reacting.items.tell_lost", "np.copysign(response[i], 1.0 if passed[i] else -1.0)", "1.0"
    ),
    "a decision that a manager sees at entry": Fault(
        "lost otherwise",
        "sessions",
        "teams.funnel.Funnel._foretell",
        "items.tell_lost(n, listed.passed, listed.response)",
        "(items.tell_lost(n, listed.passed, listed.response), self._observe(step, n))",
    ),
    "open items decided without the habits of week 0": Fault(
        "lost otherwise, open at the start",
        "entries",
        "teams.funnel.Funnel.begin",
        "self._foretell(int(stage) + 1, n, start.age[listed.given[:n]])",
        "(self._habits[stage + 1].fill(1.0), self._foretell(int(stage) + 1, n))[1]",
    ),
    "open items whose ages are forgotten": Fault(
        "lost otherwise, open and waiting",
        "entries",
        "teams.funnel.Funnel.begin",
        "self._wait_on(int(stage) + 1, n, start.age[listed.given[:n]])",
        "pass",
    ),
    "open items whose ages tell nothing": Fault(
        "lost otherwise, open and waiting",
        "entries",
        "teams.funnel.Funnel._foretell",
        "age is not None and age.any()",
        "False",
    ),
    "open items of which all pass": Fault(
        "open at the start, pulled",
        "entries",
        "teams.funnel.Funnel.begin",
        "self._row.clipped[stage + 1] += self._foretell(int(stage) + 1, n, start.age[listed.given[:n]])",
        "pass",
    ),
}


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_without_a_bug_the_uncompiled_kernels_agree(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_bug_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)
