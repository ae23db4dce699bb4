"""The parts of a scenario that describe time: the calendar, and durations in working or calendar days."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import CoreSchema, core_schema

from simcore.base.drawn import Drawn
from simcore.base.errors import UsageError
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.base.spelling import plain_spaces, read_number, written
from simcore.base.text import printable
from simcore.dates.days import DAY_FORM, DAYS_OF_WEEK, WEEKDAYS, NotADayError, monday_of, parse_day
from simcore.dates.period_table import MonthName, Months
from simcore.dates.short_forms import FIRST_DAY, UNDATED, RefusedError, holidays_of_country, weeks_until
from simcore.quantities.fields import (
    Complaint,
    Length,
    Many,
    Part,
    Range,
    SourcedPart,
    Unit,
    Unreadable,
    Whole,
    refused,
)


def _day(text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except NotADayError as error:
        raise refused("must be a day", allowed=DAY_FORM, hint=error.hint) from None


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


Day = Annotated[
    str,
    BeforeValidator(_written, json_schema_input_type=Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]),
    AfterValidator(_day),
    Unit("day"),
]
"""A day as text, YYYY-MM-DD."""


class Holiday(SourcedPart):
    """Days on which no call is made: by date, or a day or a whole week of the 52-week year."""

    week: Annotated[Whole, Range(1, WEEKS_PER_YEAR), Unit("week of the year")] | None = Field(
        default=None, description="Week of the year; the first counted week is 1, the 53rd is 1 again."
    )
    day: Annotated[Whole, Range(1, 7), Unit("day of the week")] | None = Field(
        default=None, description="Working day of that week, up to `days_per_week`. Left out: the whole week."
    )
    date: Day | None = Field(default=None, description="In place of a week: the day, where the calendar has a `start`.")
    until: Day | None = Field(default=None, description="Last of several days that begin with `date`.")

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about days that are given in two ways, or in none."""
        if (self.week is None) == (self.date is None):
            allowed = "{week: 52}, {week: 1, day: 2}, 2026-12-25 or 2026-12-24..2026-12-31"
            yield Complaint((), "is either a week of the year or a date", allowed=allowed)
        elif self.week is None and self.day is not None:
            yield Complaint(("day",), "belongs to a week; a date says all", at_key=True)
        elif self.date is None and self.until is not None:
            yield Complaint(("until",), "belongs to a date", at_key=True)
        elif self.date is not None and self.until is not None and self.until < self.date:
            yield Complaint(("until",), "is before the first day", self.until, f"{self.date} or later")


def _as_holiday(given: object) -> object:
    """Return what a text or a date means; other things are as they are."""
    if isinstance(given, date):
        return {"date": given.isoformat()}
    if not isinstance(given, str):
        return given
    first, dots, last = (part.strip() for part in printable(given).partition(".."))
    return {"date": first, "until": last} if dots else {"date": first}


_DaysText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( *\.\. *[0-9]{4}-[0-9]{2}-[0-9]{2})?$")]

HolidayField = Annotated[Holiday, BeforeValidator(_as_holiday, json_schema_input_type=Holiday | _DaysText)]


def _listed(value: object) -> object:
    """Refuse the holidays of a country where they have not been looked up: that takes the weeks of a scenario."""
    if isinstance(value, Mapping):
        raise refused("must be a list: only a whole scenario knows the weeks for which a country is looked up")
    return value


class HolidaysOfCountry(BaseModel):
    """What may stand in place of the list of holidays (only for the published schema)."""

    model_config = ConfigDict(extra="forbid", title="Holidays of a country", use_attribute_docstrings=True)
    country: str
    """Code of ISO 3166, such as DE."""
    subdivision: str | None = None
    """Code of a part of the country, such as BY."""
    observed: bool = True
    """Whether holidays on weekends are kept on a working day beside them, where the country does so."""
    also: list[_DaysText] = []
    """More days."""
    not_: list[_DaysText] = Field(default=[], alias="not", description="Days that are worked all the same.")


class Calendar(Part):
    """Working hours, the date of the first day, and holidays.

    Examples
    --------
    >>> Calendar().hours_per_week
    40
    """

    hours_per_day: Annotated[Whole, Range(1, 24), Unit("working hours")] = Field(
        default=8, description="Working hours of a day."
    )
    days_per_week: Annotated[Whole, Range(1, 7), Unit("working days")] = Field(
        default=5, description="Working days of a week, from Monday on."
    )
    start: Day | None = Field(
        default=None,
        description="The first day that counts; weeks begin on Mondays, and a warm-up lies before it. Left out: no "
        "week has a date.",
    )
    holidays: Annotated[
        Many[HolidayField],
        Length(0, 2000, "holidays"),
        BeforeValidator(_listed, json_schema_input_type=Many[HolidayField] | HolidaysOfCountry),
    ] = Field(
        default=(),
        description="Days or weeks in which no call is made; their calls are not made up. `{country: DE}` in place of "
        "the list: the public holidays of a country.",
    )
    months: Literal["4-4-5", "4-5-4", "5-4-4", "real"] | None = Field(
        default=None,
        description="Weeks of the months of a quarter, from the first counted week on; `real`: those of the calendar, "
        "which needs a `start`. Left out: `4-4-5`.",
    )
    fiscal_year: MonthName | None = Field(
        default=None, description="With real months: the first month of a year. Left out: `january`."
    )

    @property
    def hours_per_week(self) -> int:
        """Working hours of a week."""
        return self.hours_per_day * self.days_per_week

    @property
    def monday(self) -> date | None:
        """The Monday of the first counted week; ``None`` without dates."""
        return None if self.start is None else monday_of(parse_day(self.start))

    @property
    def periods(self) -> Months:
        """Which days make months, quarters and years."""
        weeks, real = self.months or "4-4-5", self.months == "real" and self.start is not None
        first = parse_day(self.start or "") if real else None
        return Months(self.days_per_week, "4-4-5" if weeks == "real" else weeks, first, self.fiscal_year or "january")

    @property
    def rests(self) -> bool:
        """Whether there are days without calls in some week."""
        return bool(self.holidays) or (self.start is not None and parse_day(self.start).weekday() > 0)

    def days_off(self, first: int, weeks: int) -> list[frozenset[int]]:
        """Return the working days, from 0, without calls of the weeks from ``first`` on; the first counted one is 0.

        Examples
        --------
        >>> Calendar(start="2026-12-23", holidays=("2026-12-25..2026-12-29",)).days_off(0, 2)
        [frozenset({0, 1, 4}), frozenset({0, 1})]
        """
        everyone = range(self.days_per_week)
        of_year: dict[int, set[int]] = {}
        of_week: dict[int, set[int]] = {}
        monday = self.monday
        for holiday in self.holidays:
            if holiday.week is not None:
                days = everyone if holiday.day is None else (holiday.day - 1,)
                of_year.setdefault(holiday.week - 1, set()).update(days)
            elif holiday.date is not None and monday is not None:
                begins = (parse_day(holiday.date) - monday).days
                ends = (parse_day(holiday.until or holiday.date) - monday).days
                for day in range(max(begins, DAYS_OF_WEEK * first), min(ends + 1, DAYS_OF_WEEK * (first + weeks))):
                    of_week.setdefault(day // DAYS_OF_WEEK, set()).add(day % DAYS_OF_WEEK)
        if self.start is not None:
            of_week.setdefault(0, set()).update(range(parse_day(self.start).weekday()))
        working = frozenset(everyone)
        return [
            working & frozenset(of_year.get(week % WEEKS_PER_YEAR, set()) | of_week.get(week, set()))
            for week in range(first, first + weeks)
        ]

    def later(self, weeks: int) -> Calendar:
        """Return the calendar of a run that begins so many weeks later: its weeks have the same days off.

        Examples
        --------
        >>> Calendar(start="2026-10-07", holidays=({"week": 2},)).later(1).start
        '2026-10-12'
        """
        moved = tuple(
            holiday
            if holiday.week is None
            else holiday.model_copy(update={"week": (holiday.week - 1 - weeks) % WEEKS_PER_YEAR + 1})
            for holiday in self.holidays
        )
        monday = self.monday
        if monday is None or weeks == 0:
            return self.model_copy(update={"holidays": moved})
        begins = monday + timedelta(days=DAYS_OF_WEEK * weeks)
        return self.model_copy(update={"holidays": moved, "start": begins.isoformat()})

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about a first day that is no working day, and about dates without a first day."""
        if self.start is not None and parse_day(self.start).weekday() >= self.days_per_week:
            day = parse_day(self.start)
            following = monday_of(day) + timedelta(days=DAYS_OF_WEEK)
            message = f"is a {WEEKDAYS[day.weekday()]}, and a week has {self.days_per_week} working days from Monday on"
            yield Complaint(("start",), message, self.start, hint=f"the next working day is {following}")
        if self.months == "real" and self.start is None:
            yield Complaint(("months",), UNDATED, hint=FIRST_DAY)
        if self.fiscal_year is not None and self.months != "real":
            message = "belongs to real months: months of weeks begin with the first counted week"
            yield Complaint(("fiscal_year",), message, hint="add months: real, or leave it out", at_key=True)
        dated = next((number for number, each in enumerate(self.holidays) if each.date is not None), None)
        if self.start is None and dated is not None:
            yield Complaint(("holidays", dated), UNDATED, hint=FIRST_DAY)


class _NotResolved(Unreadable):
    """Placeholder for the holidays of a country that could not be looked up."""

    def __init__(self, error: RefusedError) -> None:
        self.complaint = _as_complaint(error)


def _as_complaint(error: RefusedError) -> Complaint:
    return Complaint(error.location, error.message, error.value, error.allowed, error.hint)


def _has_no_day(calendar: Mapping[str, object]) -> bool:
    """Return whether there is a first day that cannot be read: its own field says so, and no other needs to."""
    start = calendar.get("start")
    try:
        return start is not None and not (isinstance(start, str) and parse_day(start))
    except NotADayError:
        return True


def with_dates(data: dict[str, object]) -> dict[str, object]:
    """Return the data of a scenario with a country's holidays as dates, and the last day as a number of weeks.

    What is wrong with them stays, for `date_complaints`.
    """
    calendar, horizon = data.get("calendar"), data.get("horizon")
    here: Mapping[str, object] = calendar if isinstance(calendar, Mapping) else {}
    known: Mapping[str, object] = horizon if isinstance(horizon, Mapping) else {}
    found = dict(data)
    last = known.get("until")
    if isinstance(last, str) and known.get("weeks") is None:
        with suppress(NotADayError, RefusedError):
            weeks = weeks_until(here, parse_day(last))
            known = {key: value for key, value in known.items() if key != "until"} | {"weeks": weeks}
            found["horizon"] = known
    holidays = here.get("holidays")
    if isinstance(holidays, Mapping):
        try:
            found["calendar"] = dict(here) | {"holidays": holidays_of_country(here, known, holidays)}
        except RefusedError as error:
            found["calendar"] = dict(here) | {"holidays": _NotResolved(error)}
    return found


def date_complaints(data: Mapping[str, object]) -> Iterator[Complaint]:
    """Yield complaints about dates that involve two parts of a scenario, of data from `with_dates`."""
    calendar, horizon = data.get("calendar"), data.get("horizon")
    here: Mapping[str, object] = calendar if isinstance(calendar, Mapping) else {}
    known: Mapping[str, object] = horizon if isinstance(horizon, Mapping) else {}
    unresolved = here.get("holidays")
    if _has_no_day(here):
        return
    if isinstance(unresolved, _NotResolved):
        yield unresolved.complaint
    last = known.get("until")
    if isinstance(last, str) and known.get("weeks") is not None:
        hint = "leave one of them out"
        yield Complaint(("horizon", "until"), "says the same as weeks", hint=hint, at_key=True)
    elif isinstance(last, str):
        try:
            weeks_until(here, parse_day(last))
        except RefusedError as error:
            yield _as_complaint(error)
        except NotADayError:
            return  # its own field says so


_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|d|w|cd)", re.ASCII)
_DURATION_FORM = (
    "a number and h, d or w (working hours, days, weeks) or cd (calendar days), such as 3h, 2.5d, 1w or 30cd"
)
_LONG_DURATION = re.compile(
    r"([0-9][0-9.,]*) ?(?:(cd|calendar days?)|(business days?|working days?)|(days?|d)|(hours?|hrs?|h)|(weeks?|wks?|w)"
    r"|(months?|mo|m))",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of working time: 3h, 2.5d, 1w, or the working time of calendar days: 30cd.

    Seven calendar days are one working week, whatever its days: 30cd are 30/7 weeks, at 5 days a week 21.43 working
    days. As with weeks, holidays are not subtracted.

    Parameters
    ----------
    amount
        Number of units, finite and not negative.
    unit
        ``h``, ``d`` or ``w``: working hours, working days, working weeks; ``cd``: calendar days.

    Examples
    --------
    >>> Duration.parse("2.5d").hours(Calendar())
    20.0
    >>> Duration.parse("7cd").hours(Calendar()) == Duration.parse("1w").hours(Calendar())
    True
    >>> str(Duration(1, "w"))
    '1w'
    """

    amount: float
    unit: Literal["h", "d", "w", "cd"]

    def __post_init__(self) -> None:
        if not math.isfinite(self.amount) or self.amount < 0:
            raise ValueError(f"a duration is finite and not negative, got {self.amount}")
        if not isinstance(self.amount, Drawn):
            object.__setattr__(self, "amount", float(self.amount))

    @classmethod
    def parse(cls, given: object) -> Duration:
        """Parse a duration as written in a scenario file; a plain number is in working days.

        Raises
        ------
        ValueError
            If it is not a duration.
        """
        if isinstance(given, Duration):
            return given
        if isinstance(given, int | float) and not isinstance(given, bool):
            return cls(float(given), "d")
        match = _DURATION.fullmatch(given) if isinstance(given, str) else None
        if match is None or len(match[1]) > 30:
            raise ValueError(f"not a duration: {given!r}")
        return cls(float(match[1]), cast('Literal["h", "d", "w", "cd"]', match[2]))

    def hours(self, calendar: Calendar) -> float:
        """Return the duration in working hours, not rounded."""
        if self.unit == "h":
            return self.amount
        if self.unit == "cd":
            return self.amount * calendar.hours_per_week / DAYS_OF_WEEK
        return self.amount * (calendar.hours_per_day if self.unit == "d" else calendar.hours_per_week)

    def scaled(self, factor: float) -> Duration:
        """Return the duration multiplied by `factor`, to 12 digits.

        Examples
        --------
        >>> str(Duration(3, "d").scaled(0.9))
        '2.7d'
        """
        if isinstance(self.amount, Drawn):
            return Duration(self.amount.times(factor), self.unit)
        return Duration(float(f"{self.amount * factor:.12g}"), self.unit)

    def __str__(self) -> str:
        """Return the duration as written in a scenario file; parsing it gives an equal one."""
        if isinstance(self.amount, Drawn):
            return str(self.amount)
        amount = int(self.amount) if self.amount.is_integer() else self.amount
        return f"{Decimal(str(amount)):f}{self.unit}"

    @classmethod
    def _validated(cls, given: object) -> Duration:
        try:
            return cls.parse(given)
        except ValueError:
            raise refused("must be a duration", allowed=_DURATION_FORM, hint=_duration_hint(given)) from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_plain_validator_function(
            cls._validated, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls,
        schema: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        text = {"type": "string", "pattern": f"^{_DURATION.pattern}$"}
        return {"anyOf": [text, {"type": "number", "minimum": 0}], "description": _DURATION_FORM, "unit": "duration"}


def _duration_hint(given: object) -> str | None:
    """Return how to write a duration that has another form; ``None`` if it is not a duration."""
    match = _LONG_DURATION.fullmatch(plain_spaces(given).strip()) if isinstance(given, str) else None
    if match is None or len(match[1]) > 20:
        return None
    try:
        number = written(read_number(match[1]).value)
    except UsageError as error:
        number = re.sub("^write | or .*", "", error.problems[0].hint or "")
    if not number:
        return None
    if match[7]:
        return f"a month is 30cd (calendar days), or 4w or 5w (working weeks): {number} of them"
    if match[4] and match[4] != "d":
        return f"write {number}d for working days, {number}cd for calendar days"
    units = (match[2] and "cd", match[3] and "d", match[4] and "d", match[5] and "h", match[6] and "w")
    return f"write {number}{next(unit for unit in units if unit)}"
