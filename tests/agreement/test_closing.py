"""Closing days: the engine against the twin, and against the share of decisions that they have in closed form."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest

from tests.support.both_engines import check, compiled, counts_of_engine, play
from tests.support.closing_cases import REACTING, STEADY
from tests.support.scenario_cases import funnel, scenario


@pytest.mark.parametrize("name", [*STEADY, *REACTING])
def test_engine_and_twin_agree(name: str) -> None:
    plain = (STEADY | REACTING)[name]
    check(plain, 2026, 1, compiled(plain))


def test_every_case_reaches_what_it_is_there_for() -> None:
    counts = counts_of_engine(play(compiled(STEADY["decided at entry"]), 2026))
    assert np.sum(counts["open at the end"]) > 0
    assert counts_of_engine(play(compiled(STEADY["late steps, long after the run"]), 2026))["call, origin: cents"] > 0


@pytest.mark.parametrize("name", ["batches", "decided at entry", "pulled before they close"])
def test_a_share_of_0_changes_nothing(name: str) -> None:
    """Bit for bit, whatever lags there are."""
    plain = copy.deepcopy((STEADY | REACTING)[name])
    for stage in plain["funnel"]:
        if "closing" in stage:
            stage["closing"] = stage["closing"] | {"share": 0}
    without = plain | {"funnel": [{k: v for k, v in stage.items() if k != "closing"} for stage in plain["funnel"]]}
    assert counts_of_engine(play(compiled(plain), 7)) == counts_of_engine(play(compiled(without), 7))


def test_worlds_stay_coupled() -> None:
    """Who wins does not change with the share, only when: a larger share moves more deals, and loses none."""
    plain = scenario(calendar={"start": "2026-10-05"}, horizon={"weeks": 40}, funnel=funnel(None, None, {"lag": "1d"}))
    plain["funnel"][3] |= {"closing": {"weekdays": ["friday"], "share": 0.2}}
    more = copy.deepcopy(plain)
    more["funnel"][3]["closing"]["share"] = 0.7
    one, other = (play(compiled(each), 3).detail.cents.sum(axis=3) for each in (plain, more))
    assert np.array_equal(one[:, 1], other[:, 1])


def test_known_answer_the_share_of_wins_on_closing_days() -> None:
    """Of wins that fall due on D days alike, K of them closing days, s + (1 - s) K / D fall on these.

    From one closing day to another, day by day, within 4 standard errors (a right engine fails once in 16,000 seeds).
    A fifth of the lag's items wait; days are told one by one where months are real.
    """
    share = 0.2
    plain = scenario(
        calendar={"start": "2026-01-01", "months": "real"},
        horizon={"weeks": 53},
        plan={"calls_per_week": 100},
        funnel=[{"stage": "calls"}, {"stage": "talks", "rate": 0.2}, {"stage": "wins", "rate": 0.5, "lag": "1w"}],
        deal=1,
    )
    plain["funnel"][2]["closing"] = {"days": [22, "last"], "share": share}
    won = play(compiled(plain), 2026, count=40).detail.days.sum(axis=(0, 1, 2)) // 100
    dates = [date(2025, 12, 29) + timedelta(days=7 * (day // 5) + day % 5) for day in range(53 * 5)]
    # Some are on weekends: 22 February, 31 October.
    named = {date(2026, month, 22) for month in range(1, 13)}
    named |= {date(2026, month + 1, 1) - timedelta(days=1) for month in range(1, 12)} | {date(2026, 12, 31)}
    kept = {day - timedelta(days=max(0, day.weekday() - 4)) for day in named}
    places = [place for place, day in enumerate(dates) if day in kept]
    assert len(places) == 24
    inside = slice(places[0] + 1, places[-1] + 1)
    on, days = won[places[1:]].sum(), places[-1] - places[0]
    exact = share + (1 - share) * 23 / days
    total = won[inside].sum()
    assert total > 20_000
    assert abs(on / total - exact) < 4 * sqrt(exact * (1 - exact) / total)
