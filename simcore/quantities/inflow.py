"""Items that come without a call, such as enquiries: how many a week, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from simcore.base.drawn import Drawn
from simcore.base.text import did_you_mean
from simcore.dates.days import DAY_FORM, DAYS_OF_WEEK, NotADayError, parse_day
from simcore.dates.short_forms import FIRST_DAY
from simcore.quantities.fields import (
    KEEPS_DRAWN,
    Complaint,
    Length,
    Number,
    NumberText,
    Range,
    SourcedNumber,
    SourcedPart,
    Text,
    Unit,
    complaints_of,
    refused,
)
from simcore.quantities.time import Calendar

MAX_PER_WEEK = 10_000
"""Most items of an inflow in a week, on average."""
MOST_MEAN = 25_600.0
"""Largest mean that a week may have by over-dispersion: its items have addresses for 65,535."""
_FAR_OUT = 6.625
"""A normal score that no word has."""

_A_WEEK = TypeAdapter(Annotated[Number, Range(0, MAX_PER_WEEK)])


def _number(given: object) -> float:
    try:
        return _A_WEEK.validate_python(given)
    except ValidationError as error:
        raise complaints_of(error)[0].as_error() from None


def _by_date(given: object) -> object:
    """Read a number of items, or a table of them by the day from which it holds."""
    if not isinstance(given, Mapping):
        return _number(given)
    table: dict[str, float] = {}
    for day, number in given.items():
        try:
            table[parse_day(str(day)).isoformat()] = _number(number)
        except NotADayError as error:
            message = f"a step begins with a day, and {str(day)[:20]!r} is none"
            raise refused(message, allowed=DAY_FORM, hint=error.hint) from None
    if not table:
        raise refused("is a table without steps", allowed="6, or {2026-10-05: 6, 2027-01-04: 8}")
    return dict(sorted(table.items()))


_Plain = Annotated[float, Range(0, MAX_PER_WEEK)]
_Table = dict[Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")], _Plain | NumberText]


class Inflow(SourcedPart):
    """Items that enter a stage without a call."""

    stage: Annotated[Text, Length(1, 40, "characters")] = Field(
        description="Stage that they enter; neither the first nor the last."
    )
    per_week: Annotated[
        float | dict[str, float],
        BeforeValidator(_by_date, json_schema_input_type=_Plain | NumberText | SourcedNumber | _Table),
        KEEPS_DRAWN,
        Unit("items"),
    ] = Field(
        description="How many come in a week on average, up to 10000; or a table of that by the day from which it "
        "holds, which needs `calendar.start`."
    )
    cv: Annotated[Number, Range(0, 5), Unit("number")] = Field(
        default=0.0,
        description="Spread of that mean between the weeks, a coefficient of variation; 0: a Poisson count about it.",
    )
    to: Literal["team", "seat"] = Field(
        default="team", description="`team`: so many for all, each given to a seat by lot. `seat`: so many for each."
    )

    @property
    def largest(self) -> float:
        """The largest mean of a week, in any world."""
        if isinstance(self.per_week, Drawn):
            return float(self.per_week.column.max())
        return max(self.per_week.values()) if isinstance(self.per_week, Mapping) else self.per_week

    def means(self, calendar: Calendar, first: int, weeks: int) -> list[float]:
        """Return the mean number of items of the weeks from ``first`` on; the first counted one is 0.

        A step holds from the week on that its day is in; before the first step nothing comes.

        Examples
        --------
        >>> steps = Inflow(stage="leads", per_week={"2026-10-05": 6, "2026-10-14": 8})
        >>> steps.means(Calendar(start="2026-10-05"), -1, 4)
        [0.0, 6.0, 8.0, 8.0]
        """
        if not isinstance(self.per_week, Mapping):
            return [self.per_week] * weeks
        monday = calendar.monday
        if monday is None:
            raise ValueError("a table by date needs the date of the first day")
        steps = [(parse_day(day), number) for day, number in self.per_week.items()]
        sundays = [monday + timedelta(days=DAYS_OF_WEEK * (week + 1) - 1) for week in range(first, first + weeks)]
        return [next((number for day, number in reversed(steps) if day <= sunday), 0.0) for sunday in sundays]

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about an inflow without items, or with more than a week has addresses for."""
        if self.largest == 0.0:
            yield Complaint(("per_week",), "brings nothing", 0, f"above 0 to {MAX_PER_WEEK}")
        elif 0.0 < self.cv < LEAST_CV:
            yield Complaint(("cv",), "is out of range", self.cv, f"0, or {LEAST_CV:g} to 5")
        elif self.cv > 0.0:
            from simcore.numerics.quantile_table import build_gamma, gamma_quantile  # noqa: PLC0415

            most = float(gamma_quantile(build_gamma(self.cv), _FAR_OUT))
            if self.largest * most > MOST_MEAN:
                message = f"is too much for a cv of {self.cv:g}: the busiest of all weeks would have no addresses"
                allowed = f"up to {int(MOST_MEAN / most)}"
                yield Complaint(("per_week",), message, self.largest, allowed)


LEAST_CV = 0.001
"""The least cv that is not 0."""


def as_list(given: object) -> object:
    """Return an inflow that stands alone as a list of one."""
    return [given] if isinstance(given, Mapping) else given


def inflow_complaints(
    inflows: Sequence[Inflow], stages: Sequence[str], calendar: Calendar, *, idle: bool
) -> Iterator[Complaint]:
    """Yield complaints about inflows that do not fit into a scenario.

    ``idle``: nobody calls, and nothing is open at the start.
    """
    for index, inflow in enumerate(inflows):
        if len(stages) == 2:
            yield Complaint(("inflow", index, "stage"), "no stage of this funnel can take items without a call")
        elif inflow.stage not in stages[1:-1]:
            hint = did_you_mean(inflow.stage, stages[1:-1])
            message = "is not a stage that items can enter without a call"
            yield Complaint(("inflow", index, "stage"), message, inflow.stage, ", ".join(stages[1:-1]), hint)
        if isinstance(inflow.per_week, Mapping) and calendar.start is None:
            message = "is given by date, and no week has one"
            yield Complaint(("inflow", index, "per_week"), message, hint=FIRST_DAY, at_key=True)
    if idle and not inflows:
        message = "leaves nothing to do: nobody calls, nothing comes, and nothing is open at the start"
        hint = "give the team calls, an inflow or a list in start.open"
        yield Complaint(("plan", "calls_per_week"), message, 0, "1 to 65535", hint)
