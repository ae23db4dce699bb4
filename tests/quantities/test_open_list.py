"""Lists of open items: their hours, what they are as data, and the program that they compile to."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.program.compiler import compile_scenario
from simcore.quantities.open_list import OpenList
from simcore.quantities.time import Calendar
from simcore.scenario.model import Start, validate
from simcore.scenario.parts import OpenItems
from tests.support.scenario_cases import LAGS, scenario

CELLS = {
    "stage": ["meetings", "opportunities", "opportunities", "meetings"],
    "rep": ["2", "1", "2", "2"],
    "age": ["1h", "", "0.5d", ""],
    "due": ["", "3d", "", ""],
    "value": ["", "25.50", "", "12"],
}


def opened(items: OpenList) -> Start:
    return Start(open=items)


def test_a_list_compiles_to_what_entries_compile_to() -> None:
    entries = [
        {name: int(cell) if name == "rep" else float(cell) if name == "value" else cell
         for name, cell in zip(CELLS, row, strict=True) if cell}
        for row in zip(*CELLS.values(), strict=True)
    ]  # fmt: skip
    plain = validate(scenario(funnel=LAGS))
    listed = plain.model_copy(update={"start": opened(OpenList("open.csv", CELLS, [2, 3, 4, 5]))})
    by_entries = validate(scenario(funnel=LAGS, start={"open": entries}))
    one, other = compile_scenario(listed), compile_scenario(by_entries)
    assert all((a == b).all() for a, b in zip(one.start, other.start, strict=True))
    assert one.deals.unit == other.deals.unit


def test_items_of_every_seat_stand_among_the_others() -> None:
    start = opened(OpenList("open.csv", CELLS, [2, 3, 4, 5])).with_more(
        [OpenItems.model_validate({"stage": "meetings", "count": 2, "due": "9h"})]
    )
    program = compile_scenario(validate(scenario(funnel=LAGS)).model_copy(update={"start": start}))
    assert program.start.first.tolist() == [0, 3, 8]
    assert program.start.due.tolist() == [24, 9, 9, -1, -1, -1, 9, 9]
    assert isinstance(start.open, OpenList)
    assert start.open.rows == 6


def hours_of(day: date, start: date, per_day: int, days: int) -> int:
    """Return the working hours from the Monday of the week of a start to a day, day by day."""
    monday, hours = start - timedelta(days=start.weekday()), 0
    step = 1 if day > monday else -1
    here = monday if step > 0 else monday - timedelta(days=1)
    while (here < day) if step > 0 else (here >= day):
        hours += step * per_day * (here.weekday() < days)
        here += timedelta(days=step)
    return hours


@settings(max_examples=60, derandomize=True)
@given(st.integers(-400, 400), st.integers(0, 6), st.integers(1, 24), st.integers(1, 7))
def test_days_become_the_working_hours_between_them(apart: int, late: int, per_day: int, days: int) -> None:
    start = date(2026, 10, 5) + timedelta(days=late % days)
    calendar = Calendar(start=start.isoformat(), hours_per_day=per_day, days_per_week=days)
    day = start + timedelta(days=apart)
    items = OpenList("x", {"stage": ["a"], "since": [day.isoformat()], "due": [day.isoformat()]}, [2])
    hours = hours_of(day, start, per_day, days)
    assert items.ages(calendar).tolist() == [max(0, -hours)]
    assert items.dues(calendar).tolist() == [hours if apart >= 0 else -1]


@pytest.mark.parametrize(("cell", "hours"), [("3h", 3), ("2.5d", 20), ("1w", 40), ("7cd", 40), ("2", 16), (".5d", 4)])
def test_durations_are_those_of_the_format(cell: str, hours: int) -> None:
    items = OpenList("x", {"stage": ["a", "a"], "age": [cell, ""], "due": ["", cell]}, [2, 3])
    assert items.ages(Calendar()).tolist() == [hours, 0]
    assert items.dues(Calendar()).tolist() == [-1, hours]


def test_as_data_a_list_is_its_file_and_its_content() -> None:
    items = OpenList("open.csv", CELLS, [2, 3, 4, 5])
    assert dict(items) == {"file": "open.csv", "sha256": items.sha256}
    assert len(items) == 2
    assert deepcopy(items) is items
    assert items.named("other.csv") == items
    assert hash(items.named("other.csv")) == hash(items)
    assert items != OpenList("open.csv", CELLS | {"rep": ["1"] * 4}, [2, 3, 4, 5])
    assert items != {"file": "open.csv", "sha256": items.sha256}
    assert repr(items) == f"OpenList('open.csv', 4 items, {items.sha256[:8]})"
    assert items.text.splitlines()[:2] == ["stage,rep,age,due,value", "meetings,2,1h,,"]


def test_columns_are_those_of_the_rows() -> None:
    items = OpenList("open.csv", CELLS, [2, 3, 4, 5])
    assert items.stages == ("meetings", "opportunities")
    assert np.array_equal(items.stage, [0, 1, 1, 0])
    assert items.value.tolist() == [-1, 2550, -1, 1200]
    assert not items.dated
