"""The part of a scenario that describes a season: factors on a rate that come back every year (format, and weeks)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import Field

from simcore.base.text import did_you_mean
from simcore.dates.days import DAYS_OF_WEEK
from simcore.dates.short_forms import FIRST_DAY
from simcore.quantities.fields import Complaint, Length, Many, Number, Range, SourcedPart, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simcore.quantities.time import Calendar

LENGTHS = {"month": 12, "week": 52}
"""How many factors a season has."""
RESERVED = ("inflow", "deal", "activity")
"""Of what a season may be that is no step: kept free."""
LARGEST = 10.0
OFF = 0.01
"""A mean factor so far from 1 changes what the rates of a year are, and is told."""


class Season(SourcedPart):
    """Factors on the rate of a step that come back every year."""

    by: Literal["month", "week"] = Field(description="Whether there is a factor for each month or each week of a year.")
    factors: Annotated[Many[Annotated[Number, Range(0, LARGEST), Unit("factor")]], Length(12, 52, "factors")] = Field(
        description="Factors on the rate: 12, January first, or 52, that of the first week of a year (ISO 8601) first."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about a number of factors that is not that of a year, and about a rate that is always 0."""
        wanted = LENGTHS[self.by]
        if len(self.factors) != wanted:
            allowed = f"{wanted}, one for each {self.by} of a year"
            yield Complaint(("factors",), f"has {len(self.factors)} factors", allowed=allowed)
        elif not any(self.factors):
            yield Complaint(("factors",), "are all 0: the step would never pass anything")


def season_complaints(
    seasons: Mapping[str, Season] | None, stages: Sequence[str], calendar: Calendar
) -> Iterator[Complaint]:
    """Yield complaints about seasons of what is no step, and about those of weeks without dates."""
    if not seasons:
        return
    if calendar.start is None:
        message = "needs dates, and the weeks of the run have none"
        yield Complaint(("season",), message, hint=FIRST_DAY, at_key=True)
    for name in seasons:
        if name in RESERVED:
            message = "is a name that is kept free here for what is no step: give the stage another to have a season"
            yield Complaint(("season", name), message, name, at_key=True)
        elif name not in stages[1:]:
            message, allowed = "is not a stage that can have a season", ", ".join(stages[1:])
            hint = did_you_mean(name, list(stages[1:]))
            yield Complaint(("season", name), message, name, allowed, hint, at_key=True)


def factors_of_weeks(season: Season, calendar: Calendar, first: int, weeks: int) -> NDArray[np.float64]:
    """Return the factor of each week from ``first`` on, the first counted one being 0: float64[weeks].

    That of a week is the mean factor of its working days, holidays or not; by week, that of the week of the year, and
    a 53rd has that of the 52nd.

    Raises
    ------
    ValueError
        If the weeks have no dates.

    Examples
    --------
    The first three days of this week are in September:

    >>> from simcore.quantities.time import Calendar
    >>> summer = Season(by="month", factors=(1, 1, 1, 1, 1, 1, 1, 1, 0.5, 1, 1, 1))
    >>> factors_of_weeks(summer, Calendar(start="2026-09-28"), 0, 2).tolist()
    [0.7, 1.0]
    """
    import numpy as np  # noqa: PLC0415

    if calendar.monday is None:
        raise ValueError("a season needs the date of the first day")
    factors = np.array(season.factors)
    begin = np.datetime64(calendar.monday + timedelta(days=DAYS_OF_WEEK * first), "D")
    mondays = begin + DAYS_OF_WEEK * np.arange(weeks)
    if season.by == "week":
        thursdays = mondays + 3
        year = thursdays.astype("datetime64[Y]").astype("datetime64[D]")
        number = (thursdays - year).astype(np.int64) // DAYS_OF_WEEK
        by_week: NDArray[np.float64] = factors[np.minimum(number, LENGTHS["week"] - 1)]
        return by_week
    total = np.zeros(weeks)
    for day in range(calendar.days_per_week):
        month = (mondays + day).astype("datetime64[M]").astype(np.int64) % 12
        total += factors[month]
    mean: NDArray[np.float64] = total / calendar.days_per_week
    return mean


def year_mean(season: Season, calendar: Calendar) -> float:
    """Return the mean factor over the working days of the year that begins with the first counted day.

    Examples
    --------
    >>> from simcore.quantities.time import Calendar
    >>> flat = Season(by="month", factors=(1.1,) * 12)
    >>> round(year_mean(flat, Calendar(start="2026-01-01")), 12)
    1.1
    """
    first = date.fromisoformat(calendar.start) if calendar.start is not None else date(2026, 1, 1)
    days = [first + timedelta(days=day) for day in range(365)]
    found = [_factor_of(season, day) for day in days if day.weekday() < calendar.days_per_week]
    return sum(found) / len(found)


def peaks_of(seasons: object, stages: Sequence[str]) -> float:
    """Return the product of the largest factors of some stages' seasons, of data as given; 1 of what is unreadable.

    Examples
    --------
    >>> peaks_of({"wins": {"by": "month", "factors": [0.5, 2]}}, ["talks", "wins"])
    2.0
    """
    most = 1.0
    for stage in stages:
        given = seasons.get(stage) if isinstance(seasons, Mapping) else None
        factors = given.get("factors") if isinstance(given, Mapping) else getattr(given, "factors", None)
        if isinstance(factors, list | tuple):
            numbers = [float(each) for each in factors if isinstance(each, int | float) and 0 <= each <= LARGEST]
            most *= max(numbers, default=1.0)
    return most


class SeasonOff(NamedTuple):
    """A season that changes what the rates of a year are."""

    stage: str
    mean: float
    """Mean factor over the working days of a year."""
    normalised: tuple[float, ...]
    """Factors whose mean is 1."""


def seasons_off(seasons: Mapping[str, Season] | None, calendar: Calendar) -> list[SeasonOff]:
    """Return the seasons whose mean factor is off 1 by more than one per cent."""
    means = {name: year_mean(season, calendar) for name, season in (seasons or {}).items()}
    return [
        SeasonOff(name, mean, normalised((seasons or {})[name], calendar))
        for name, mean in means.items()
        if abs(mean - 1.0) > OFF and mean > 0.0
    ]


def _factor_of(season: Season, day: date) -> float:
    place = day.month if season.by == "month" else min(day.isocalendar().week, LENGTHS["week"])
    return season.factors[place - 1]


def normalised(season: Season, calendar: Calendar) -> tuple[float, ...]:
    """Return the factors divided by their `year_mean`, to four digits: with them a year has the rates of the file."""
    mean = year_mean(season, calendar)
    return tuple(float(f"{factor / mean:.4g}") for factor in season.factors)
