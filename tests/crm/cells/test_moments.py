"""Dates are read as they were written, in every form; day and month are never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.crm.cells.moments import Moments, Order, read_moments

if TYPE_CHECKING:
    from collections.abc import Callable

ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (a local time, as cells have it)
"""Day 0 of spreadsheets."""
MOMENTS = st.datetimes(ZERO.replace(year=1990), ZERO.replace(year=2150)).map(
    lambda at: at.replace(microsecond=0, fold=0)
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GERMAN = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
          "Dezember")  # fmt: skip


def half_day(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d}:{at.second:02d} {'AM' if at.hour < 12 else 'PM'}"


FORMS: dict[str, Callable[[datetime], str]] = {
    "ISO": lambda at: at.isoformat(),
    "ISO with a space": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "ISO with slashes": lambda at: at.strftime("%Y/%m/%d %H:%M:%S"),
    "ISO with parts of seconds": lambda at: at.isoformat() + ".123",
    "D/M/Y": lambda at: at.strftime("%d/%m/%Y %H:%M:%S"),
    "M/D/Y": lambda at: f"{at.month}/{at.day}/{at.year}, {half_day(at)}",
    "German": lambda at: at.strftime("%d.%m.%Y %H:%M:%S"),
    "named": lambda at: f"{at.day} {MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S}",
    "named in German": lambda at: f"{at.day}. {GERMAN[at.month - 1]} {at.year} {at:%H:%M:%S}",
    "month first": lambda at: f"{MONTHS[at.month - 1]} {at.day}, {at.year} {half_day(at)}",
    "spreadsheet": lambda at: repr((at - ZERO) / timedelta(days=1)),
}


def read(*texts: str, order: Order | None = None, zone: str | None = None) -> Moments:
    """Read a column."""
    return read_moments({"at": pa.array(texts)}, order, ZoneInfo(zone) if zone else None)["at"]


@given(MOMENTS, st.sampled_from(sorted(FORMS)))
def test_a_time_is_read_as_it_was_written(at: datetime, form: str) -> None:
    order: Order | None = {"D/M/Y": "dmy", "M/D/Y": "mdy"}.get(form)  # type: ignore[assignment]
    if form == "spreadsheet" and at.year not in range(1960, 2119):
        return
    found = read(FORMS[form](at), order=order)
    assert found.at[0].item() == at
    assert not found.unreadable[0]


@given(MOMENTS, st.sampled_from(["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]))
def test_a_time_with_a_zone_becomes_local(at: datetime, zone: str) -> None:
    known = at.replace(tzinfo=UTC)
    wanted = known.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    milliseconds = str(int(known.timestamp() * 1000))
    texts = [
        f"{at.isoformat()}Z",
        f"{at.isoformat()}+00:00",
        (known + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S+0200"),
    ]
    if len(milliseconds) == 13:
        texts.append(milliseconds)
    found = read(*texts, zone=zone)
    assert [each.item() for each in found.at] == [wanted] * len(texts)
    assert found.zoned
    assert read(texts[0]).at[0].item() == at


@given(st.lists(st.dates(date(1990, 1, 1), date(2100, 1, 1)), min_size=1, max_size=20), st.sampled_from(["dmy", "mdy"]))
def test_day_and_month_are_told_by_the_column_or_not_at_all(days: list[date], order: str) -> None:
    write = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    found = read(*(day.strftime(write) for day in days))
    for day, at, unclear in zip(days, found.at, found.ambiguous, strict=True):
        assert unclear == (day.day <= 12 and day.day != day.month and all(each.day <= 12 for each in days))
        assert unclear or at.item().date() == day
    told = read(*(day.strftime(write) for day in days), order=order)  # type: ignore[arg-type]
    assert [at.item().date() for at in told.at] == days


def test_one_column_of_a_file_speaks_for_the_others() -> None:
    found = read_moments({"created": pa.array(["1/2/2026"]), "closed": pa.array(["25/12/2026"])})
    assert str(found["created"].at[0]) == "2026-02-01T00:00:00"


def test_a_file_that_says_both_says_nothing() -> None:
    found = read("25/12/2026", "12/25/2026", "1/2/2026")
    assert found.ambiguous.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "text",
    ["soon", "2026-13-01", "2026-02-30", "31.4.2026", "2026-01-01T25:00", "0026-01-01", "2300-01-01", "32/1/2026",
     "=TODAY()",
     "5 Foo 2026", "13:00", "1/2", "99999"],
)  # fmt: skip
def test_what_is_no_date_is_told(text: str) -> None:
    found = read(text)
    assert found.unreadable.tolist() == [True]
    assert np.isnat(found.at[0])


def test_days_and_times_are_told_apart() -> None:
    assert read("2026-01-01", "2026-01-02", "").whole_days
    assert not read("2026-01-01", "2026-01-02 10:00").whole_days
    assert read("20260131").at[0] == np.datetime64("2026-01-31")
    assert read("5.3.26").at[0] == np.datetime64("2026-03-05")
    assert read("5.3.98").at[0] == np.datetime64("1998-03-05")
