"""Closing days: which they are from any first day on, and what a file may say of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.quantities.lags import Closing, next_closing
from simcore.quantities.time import Calendar
from simcore.scenario.model import validate
from tests.support.needs_cases import NEEDS
from tests.support.scenario_cases import funnel, scenario
from tests.twin.closings import Closing as Slow
from tests.twin.reader import Calendar as SlowCalendar

START = {"start": "2026-10-05"}
DAYS = st.lists(st.integers(1, 31) | st.just("last"), min_size=1, max_size=3, unique=True)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.dates(date(1999, 1, 1), date(2104, 1, 1)), st.integers(1, 7), DAYS)
def test_days_of_the_month_from_any_first_day_on(start: date, worked: int, days: list[Any]) -> None:
    """Leap years, short months, weekends: as the twin reads them off each date."""
    monday = start - timedelta(days=start.weekday())
    calendar = Calendar(start=monday.isoformat(), days_per_week=worked)
    found = next_closing(Closing(days=tuple(days), share=1), calendar, -6, 70 * worked)
    slow = SlowCalendar(1, worked, frozenset(), frozenset(), monday.toordinal())
    closing = Slow(tuple(days), (), 1.0)
    is_on = [closing.is_on(slow, day // worked - 6, day % worked) for day in range(70 * worked)]
    expected = [next((later for later in range(day, len(is_on)) if is_on[later]), day) for day in range(60 * worked)]
    assert found[: 60 * worked].tolist() == expected


def refusal(closing: Any, *, lag: str | None = "2d", at: int = 3, **parts: Any) -> str:  # noqa: ANN401
    plain = scenario(calendar=START, funnel=funnel(), **parts)
    plain["funnel"][at] |= {"closing": closing} | ({"lag": lag} if lag else {})
    with pytest.raises(ScenarioError) as raised:
        validate(plain)
    return str(raised.value)


def test_what_closing_days_may_be() -> None:
    assert "is either by days of the month or by weekdays" in refusal({"share": 0.2})
    assert "is either by" in refusal({"days": [1], "weekdays": ["friday"], "share": 0.2})
    assert "funnel.wins.closing.share" in refusal({"days": [1], "share": 1.2})
    assert "funnel.wins.closing.days" in refusal({"days": [32], "share": 0.2})
    assert "funnel.wins.closing.days" in refusal({"days": ["lst"], "share": 0.2})
    assert "funnel.wins.closing.days" in refusal({"days": [], "share": 0.2})
    assert "monday" in refusal({"weekdays": ["Fri"], "share": 0.2})
    told = refusal({"weekdays": ["friday", "sunday"], "share": 0.2})
    assert 'is no working day: a week has 5, from Monday on, got "sunday"' in told
    assert "the step has no lag; give it a lag" in refusal({"days": [1], "share": 0.2}, lag=None)
    assert "is not for the first step" in refusal({"days": [1], "share": 0.2}, at=1)


def test_days_of_the_month_need_dates_and_weekdays_do_not() -> None:
    plain = scenario(funnel=funnel(None, None, {"lag": "2d", "closing": {"weekdays": ["friday"], "share": 0.2}}))
    validate(plain)
    plain["funnel"][3]["closing"] = {"days": ["last"], "share": 0.2}
    with pytest.raises(ScenarioError, match=r"closing\.days: needs dates"):
        validate(plain)


def test_needs_and_closing_days_of_a_step_are_not_together() -> None:
    plain = next(iter(NEEDS.values()))
    step = next(stage for stage in plain["funnel"] if stage.get("needs"))
    changed = [
        stage | ({"closing": {"weekdays": ["friday"], "share": 0.2}} if stage is step else {})
        for stage in plain["funnel"]
    ]
    with pytest.raises(ScenarioError, match="cannot be together with needs"):
        validate(plain | {"funnel": changed})
