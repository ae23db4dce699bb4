"""What a scenario says of dates in short: a country's holidays become dates, and a last day a number of weeks.

It works on the data of a file before they are validated: what it cannot read it leaves to the validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from simcore.base.errors import UsageError
from simcore.base.spelling import Kind, read_number
from simcore.base.text import brief, did_you_mean
from simcore.dates.countries import NoLibraryError, UnknownPlaceError, public_holidays
from simcore.dates.days import (
    DAYS_OF_WEEK,
    LAST,
    RANGE_FORM,
    Days,
    NotADayError,
    monday_of,
    parse_day,
    parse_days,
)

Location = tuple[str | int, ...]
KEYS = ("country", "subdivision", "observed", "also", "not")
"""Of `calendar.holidays`, where it names a country."""


UNDATED = "needs dates, and the weeks of the run have none"
FIRST_DAY = "say which day the first counted one is: calendar.start: 2026-10-05"


class RefusedError(Exception):
    """What is wrong with dates in short, and where."""

    def __init__(
        self,
        location: Location,
        message: str,
        value: object = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.location, self.message, self.value, self.allowed, self.hint = location, message, value, allowed, hint


def weeks_until(calendar: Mapping[str, object], last: date) -> int:
    """Return the number of weeks from the first counted one to that of the last day.

    Raises
    ------
    RefusedError
        If the weeks have no dates, or the day is before the first of them.

    Examples
    --------
    >>> weeks_until({"start": "2026-10-05"}, date(2027, 9, 30))
    52
    """
    location = ("horizon", "until")
    monday = _monday(calendar)
    if monday is None:
        raise RefusedError(location, UNDATED, hint=FIRST_DAY)
    if last < monday:
        raise RefusedError(location, "is before the first day", str(last), f"{monday} or later")
    return (last - monday).days // DAYS_OF_WEEK + 1


def holidays_of_country(
    calendar: Mapping[str, object], horizon: Mapping[str, object], given: Mapping[str, object]
) -> list[object]:
    """Return the list of holidays that says the same as a country: working days of the weeks that are simulated.

    Raises
    ------
    RefusedError
        If the weeks have no dates, no holidays are known, or something cannot be read.
    """
    return list(_of_country(calendar, horizon, given))


def _of_country(
    calendar: Mapping[str, object], horizon: Mapping[str, object], given: Mapping[str, object]
) -> Iterator[object]:
    at: Location = ("calendar", "holidays")
    for key in given:
        if key not in KEYS:
            message, allowed = "unknown key", ", ".join(KEYS)
            raise RefusedError((*at, str(key)), message, key, allowed, did_you_mean(str(key), KEYS))
    monday = _monday(calendar)
    if monday is None:
        raise RefusedError(at, UNDATED, hint=FIRST_DAY)
    country, part = _code(given, "country"), _code(given, "subdivision")
    if country is None:
        raise RefusedError((*at, "country"), "is missing")
    observed = given.get("observed", True)
    if not isinstance(observed, bool):
        raise RefusedError((*at, "observed"), "must be true or false", observed)
    left_out = [_days(entry, (*at, "not", i)) for i, entry in enumerate(_list(given, "not"))]
    more = _list(given, "also")
    for number, entry in enumerate(more):
        _days(entry, (*at, "also", number))
    first = monday - timedelta(days=DAYS_OF_WEEK * _count(horizon.get("warmup_weeks"), 0))
    last = min(LAST, monday + timedelta(days=DAYS_OF_WEEK * _count(horizon.get("weeks"), 52) - 1))
    works = _count(calendar.get("days_per_week"), 5)
    try:
        known = public_holidays(country, part, range(first.year, last.year + 1), observed=observed)
    except UnknownPlaceError as error:
        location = (*at, error.key)
        message = "is not one that holidays are known of"
        raise RefusedError(location, message, error.value, error.allowed, error.hint) from None
    except NoLibraryError as error:
        raise RefusedError((*at, "country"), "cannot be looked up", country, hint=str(error)) from None
    for day, name in known.days:
        free = any(days.first <= day <= days.last for days in left_out)
        if first <= day <= last and day.weekday() < works and not free:
            yield {"date": day.isoformat(), "source": f"{known.source}: {name}"}
    yield from more


def _monday(calendar: Mapping[str, object]) -> date | None:
    """Return the Monday of the first counted week; ``None`` if there is no first day that can be read."""
    start = calendar.get("start")
    if isinstance(start, date):
        return monday_of(start)
    try:
        return monday_of(parse_day(start)) if isinstance(start, str) else None
    except NotADayError:
        return None


def _days(value: object, location: Location) -> Days:
    if isinstance(value, date):
        return Days(value, value)
    try:
        return parse_days(value if isinstance(value, str) else str(value))
    except NotADayError as error:
        raise RefusedError(location, "must be days", value, RANGE_FORM, error.hint) from None


def _code(given: Mapping[str, object], key: str) -> str | None:
    value = given.get(key)
    if value is None or isinstance(value, str):
        return value if value is None else brief(value)
    hint = 'put it in quotes: "NO" is a country, and no is false' if value is False else "put it in quotes"
    raise RefusedError(("calendar", "holidays", key), "must be text", value, hint=hint)


def _list(given: Mapping[str, object], key: str) -> list[object]:
    value = given.get(key)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise RefusedError(("calendar", "holidays", key), "must be a list", value, RANGE_FORM)
    return list(value)


def _count(value: object, default: int) -> int:
    """Return a number of weeks or days; the default for what cannot be read: the validation says what is wrong."""
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, str):
        try:
            value = float(read_number(value, Kind.COUNT).value)
        except UsageError:
            return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 5200:
        return default
    return int(value)
