"""The parts of a scenario that describe time: the calendar, and durations in working or calendar days."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from simcore.base.errors import UsageError
from simcore.base.spelling import plain_spaces, read_number, written
from simcore.scenario.fields import Length, Many, Part, Range, Unit, Whole, refused


class Holiday(Part):
    """A day, or a whole week, of the 52-week year in which no call is made."""

    week: Annotated[Whole, Range(1, 52), Unit("week of the year")] = Field(
        description="Week of the year; the first counted week is 1, the 53rd is 1 again."
    )
    day: Annotated[Whole, Range(1, 7), Unit("day of the week")] | None = Field(
        default=None, description="Working day of that week, up to `days_per_week`. Left out: the whole week."
    )


class Calendar(Part):
    """Working hours and holidays.

    Examples
    --------
    >>> Calendar().hours_per_week
    40
    """

    hours_per_day: Annotated[Whole, Range(1, 24), Unit("working hours")] = Field(
        default=8, description="Working hours of a day."
    )
    days_per_week: Annotated[Whole, Range(1, 7), Unit("working days")] = Field(
        default=5, description="Working days of a week."
    )
    holidays: Annotated[Many[Holiday], Length(0, 366, "holidays")] = Field(
        default=(), description="Days or weeks of the year in which no call is made; their calls are not made up."
    )

    @property
    def hours_per_week(self) -> int:
        """Working hours of a week."""
        return self.hours_per_day * self.days_per_week


_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|d|w|cd)", re.ASCII)
_DURATION_FORM = (
    "a number and h, d or w (working hours, days, weeks) or cd (calendar days), such as 3h, 2.5d, 1w or 30cd"
)
_LONG_DURATION = re.compile(
    r"([0-9][0-9.,]*) ?(?:(cd|calendar days?)|(business days?|working days?)|(days?|d)|(hours?|hrs?|h)|(weeks?|wks?|w)"
    r"|(months?|mo|m))",
    re.ASCII | re.IGNORECASE,
)
DAYS_OF_WEEK = 7


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
        return Duration(float(f"{self.amount * factor:.12g}"), self.unit)

    def __str__(self) -> str:
        """Return the duration as written in a scenario file; parsing it gives an equal one."""
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
