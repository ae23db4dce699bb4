"""Lists of open items: their hours, what they are as data, and the program that they compile to."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.base.errors import ScenarioError
from simcore.program.compiler import compile_scenario
from simcore.quantities.open_items import OpenItems
from simcore.quantities.open_list import OpenList
from simcore.quantities.time import Calendar
from simcore.scenario.model import Start, validate
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


@pytest.mark.parametrize(
    ("entry", "due", "age"),
    [
        ({"since": "2026-10-01"}, -1, 16),
        ({"since": "2026-10-01", "due": "2026-10-30"}, 152, 0),
        ({"since": "2026-10-01", "due": "2026-10-06"}, -1, 16),
        ({"due": "2026-10-07"}, 16, 0),
        ({"due": "3d"}, 24, 0),
        ({"age": "3d"}, -1, 24),
    ],
)
def test_entries_have_dates_too(entry: dict[str, str], due: int, age: int) -> None:
    given = validate(
        scenario(funnel=LAGS, calendar={"start": "2026-10-07"}, start={"open": [{"stage": "opportunities"} | entry]})
    )
    assert given.start is not None
    (found,) = given.start.entries
    assert (found.due_hour(given.calendar), found.age_hours(given.calendar)) == (due, age)
    assert validate(given.resolved()) == given
    cells = {name: [cell] for name, cell in found.cells.items()}
    listed = OpenList("open.csv", cells, [2])
    assert (listed.dues(given.calendar)[0], 0 if due >= 0 else listed.ages(given.calendar)[0]) == (due, age)


@pytest.mark.parametrize(
    ("entries", "path", "said"),
    [
        ([{"due": "2026-02-30"}], "1.due", "2026-02 has 28 days"),
        ([{"due": "28.09.2026"}], "1.due", "write 2026-09-28"),
        ([{"due": "soon"}], "1.due", "must be a duration"),
        ([{"due": "2190-01-01"}], "1.due", "more than five years ahead"),
        ([{"since": "2026-10-08"}], "1.since", "after the first day"),
        ([{"since": "1990-10-08"}], "1.since", "longer than items wait for wins"),
        ([{"since": "2026-10-01", "age": "1d"}], "1.age", "says the same as since"),
        ([{"id": "D-1"}, {"id": "D-2"}, {"id": "D-1"}], "3.id", "the id of entry 1 too"),
    ],
)
def test_wrong_entries_are_told(entries: list[dict[str, str]], path: str, said: str) -> None:
    opened = [{"stage": "opportunities"} | entry for entry in entries]
    with pytest.raises(ScenarioError) as raised:
        validate(scenario(funnel=LAGS, calendar={"start": "2026-10-07"}, start={"open": opened}))
    (found,) = raised.value.problems
    assert found.path == f"start.open.{path}"
    assert said in str(found)


@pytest.mark.parametrize("entry", [{"since": "2026-10-01"}, {"due": "2026-10-01"}])
def test_days_of_entries_need_a_first_day(entry: dict[str, str]) -> None:
    with pytest.raises(ScenarioError, match=r"calendar\.start: 2026-10-05"):
        validate(scenario(funnel=LAGS, start={"open": [{"stage": "opportunities"} | entry]}))
