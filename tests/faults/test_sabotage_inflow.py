"""Bugs planted in what comes without a call."""

from __future__ import annotations

import pytest

from tests.support.inflow_cases import REACTING, STEADY
from tests.support.planted import Checked, Fault, Replications

CHECKED = Checked(STEADY | REACTING)

FAULTS: dict[str, Fault] = {
    "inflows that share their counts": Fault(
        "lags", "entries", "inflow.count_arrivals", "decision(INFLOW, part, number)", "decision(INFLOW, part, 0)"
    ),
    "weeks that are all alike": Fault(
        "lags", "entries", "inflow.count_arrivals", "own *= gamma_quantile(table, normal(word))", "pass"
    ),
    "parts that each have the whole mean": Fault(
        "much of it", "entries", "inflow.count_arrivals", "own / float(parts)", "own"
    ),
    "parts that share their word": Fault(
        "much of it",
        "entries",
        "inflow.count_arrivals",
        "decision(INFLOW, part, number)",
        "decision(INFLOW, 0, number)",
    ),
    "a count one short": Fault("lags", "entries", "inflow.poisson", "u >= total", "u > total + f"),
    "items of two inflows that share their words": Fault(
        "lags",
        "rep-weeks",
        "inflow.list_arrivals",
        "decision(ITEM + FLOWN_IN, number, k)",
        "decision(ITEM + FLOWN_IN, 0, k)",
    ),
    "items that have the words of calls": Fault(
        "lags", "rep-weeks", "inflow.list_arrivals", "decision(ITEM + FLOWN_IN, number, k)", "decision(ITEM, number, k)"
    ),
    "items that come when the week begins": Fault(
        "lags", "rep-weeks", "inflow.list_arrivals", "((int64(word) * hours_per_week) >> 32)", "0"
    ),
    "all of a team to one seat": Fault("lags", "rep-weeks", "inflow.route", "(int64(word) * reps) >> 32", "0"),
    "a lot by the word of the hour": Fault("lags", "rep-weeks", "inflow.route", "(ROUTE - ITEM) << 24", "0"),
    "each seat the first one's": Fault(
        "lags", "rep-weeks", "inflow.arrivals", "1 if inflow.to_team[number] else reps", "1"
    ),
    "replications that share their items": Fault(
        "at once", "hour, close", "inflow.list_arrivals", "luck + r", "luck", Replications(0, 3, 4)
    ),
    "deals that count as those of calls": Fault(
        "lags", "week, origin", "rows.funnel.Funnel._let_in", "-1", "coming.hour"
    ),
    "items that come in every stage": Fault(
        "lags", "entries", "inflow.Coming.into", "mine.stage == stage", "mine.stage > 0"
    ),
    "entries that only calls make": Fault(
        "at once", "entries", "rows.funnel.Funnel.play", "self._coming is None", "True"
    ),
    "a full stage that lets them in": Fault(
        "capped",
        "entries",
        "rows.funnel.Funnel.play",
        "n = self._let_in(self._coming.into(stage, self._rep, first_week, weeks), n)",
        "pass",
    ),
    "deals that count as those of calls, in teams": Fault(
        "haste",
        "week, origin",
        "teams.arriving.Arriving._let_in",
        "hours[HOUR, n:end], hours[ORIGIN, n:end], hours[GIVEN, n:end] = coming.hour, -1, -1",
        "hours[HOUR, n:end], hours[ORIGIN, n:end], hours[GIVEN, n:end] = coming.hour, coming.hour, -1",
    ),
    "seats that are taken for each other": Fault(
        "haste",
        "rep-weeks",
        "teams.arriving.Arriving._let_in",
        "coming.seat.astype(np.uint32)",
        "coming.seat.astype(np.uint32) * 0",
    ),
    "what comes in an interval comes again": Fault(
        "haste", "entries", "teams.arriving.Arriving._await", "(hour, until)", "(0, until)"
    ),
    "words of steps one off": Fault("haste", "rep-weeks", "teams.arriving.Arriving._let_in", "drawn[1:]", "drawn[:3]"),
    "chances that nobody heard of": Fault(
        "chances that were stated", "entries", "rows.funnel.Funnel._take_stated", "self._items.own[at]", "chance[:]"
    ),
    "chances of one step that are those of all": Fault(
        "chances that were stated",
        "entries",
        "rows.funnel.Funnel._take_stated",
        "np.where(began[at] == step - 1, chance, 1.0)",
        "chance",
    ),
    "chances that an age changes": Fault(
        "chances that were stated", "entries", "rows.funnel.Funnel._rates_at_entry", "self._stated", "False"
    ),
    "a full stage that arrivals of hour 0 find empty": Fault(
        "capped, of chances that were stated",
        "entries",
        "rows.funnel.Funnel._cap",
        "items_.due[:n][hours[BEGAN][:n] == stage] = -1",
        "pass",
    ),
    "items in the order in which stages were reached": Fault(
        "capped, in few hours", "rep-weeks", "rows.funnel.Funnel._let_in", "caps.sort_flows(words, hours, end)", "pass"
    ),
    "chances of one step that are those of all, in teams": Fault(
        "referrals, of chances that were stated",
        "entries",
        "teams.funnel.Funnel._take_stated",
        "np.where(start.stage[number] == step - 1, start.chance[number], 1.0)",
        "start.chance[number]",
    ),
    "chances that an age changes, in teams": Fault(
        "referrals, of chances that were stated",
        "entries",
        "teams.funnel.Funnel._foretell",
        "(age > 0) & drawn",
        "age > 0",
    ),
    "a needy deal that has no needs": Fault(
        "needs", "needs", "teams.funnel.Funnel._pass_through", "n = self._let_in(stage, n)", "pass"
    ),
}


@pytest.mark.parametrize("name", sorted({fault.case for fault in FAULTS.values()}))
def test_the_cases_agree_without_faults(name: str) -> None:
    CHECKED.agree(name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKED.catch(FAULTS[name], monkeypatch)
