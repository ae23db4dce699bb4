"""Distributions of lags: how long an item waits for its step.

To add one, write a class here and enter it in `Lag`; docs/architecture.md lists what else is needed.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from simcore.base.drawn import Drawn
from simcore.dates.days import DAYS_OF_WEEK
from simcore.dates.short_forms import FIRST_DAY, UNDATED
from simcore.quantities.distributions import (
    MAX_ENTRIES,
    WEIGHTS,
    Altered,
    Cv,
    Weight,
    even,
    likely_variant,
    read_variant,
    sigma_of_p90,
    table_complaints,
    weighted_mean,
)
from simcore.quantities.fields import (
    Complaint,
    Length,
    Location,
    Many,
    Number,
    Part,
    Range,
    SourcedPart,
    Unit,
    Unreadable,
)
from simcore.quantities.time import Calendar, Duration

if TYPE_CHECKING:
    from simcore.quantities.distributions import Sampler

MAX_LAG_WEEKS = 5 * 52
"""A lag of more than five years is taken for a mistake."""
_SHORTEST, _LONGEST = 1 << 12, 1 << 18
"""Length of a distribution over hours: begins at the first, doubles up to the second while too much lies beyond."""
_BEYOND = 1e-9

Floats = NDArray[np.float64]
_Compiled = TypeVar("_Compiled")


class LagDistribution(SourcedPart):
    """What every distribution of lags can do. Hours are working hours."""

    form: ClassVar[str]
    """An example, as a scenario file writes it."""
    above_zero: ClassVar[frozenset[str]] = frozenset()
    """Durations that must not be 0."""

    @abstractmethod
    def mean_hours(self, calendar: Calendar) -> float:
        """Return the mean in hours, before it is rounded to whole hours."""

    @abstractmethod
    def chances_by_hour(self, calendar: Calendar) -> Floats:
        """Return the chance of 0, 1, 2, ... whole hours, float64[hours], rounded as the engine does it.

        It is truncated where less than 1e-9 is left, or after 2^18 hours (126 years of 40-hour weeks).
        """

    @abstractmethod
    def compiled(self, into: Sampler[_Compiled], calendar: Calendar) -> _Compiled:
        """Return the distribution as the kernels draw it, in hours before rounding."""

    def drawn(self, calendar: Calendar) -> tuple[Floats, Floats] | None:  # noqa: ARG002
        """Return scale in hours and sigma by row, as they are compiled; ``None`` if all replications have one lag."""
        return None

    def shorter(self, share: float) -> Altered:
        """Return the distribution with all durations shortened by `share`."""
        before = {name: getattr(self, name) for name in self._durations()}
        after = {name: duration.scaled(1.0 - share) for name, duration in before.items()}
        first = next(iter(before))
        return Altered(self.model_copy(update=after), first, str(before[first]), str(after[first]))

    @classmethod
    def complaints_in(cls, data: Mapping[str, object], location: Location, calendar: Calendar) -> Iterator[Complaint]:
        """Yield complaints about the durations as given, of which only some may be readable."""
        for name, duration in read_durations(data, cls._durations()):
            yield from too_long((*location, name), duration, calendar)
            if name in cls.above_zero and duration.amount == 0:
                yield Complaint((*location, name), "must be above 0", str(duration))

    @classmethod
    def may_take_time(cls, data: Mapping[str, object]) -> bool:  # noqa: ARG003
        """Return whether a lag as given can exceed 0; an unreadable one can."""
        return True

    @classmethod
    def _durations(cls) -> list[str]:
        return [name for name, field in cls.model_fields.items() if field.annotation is Duration]


class ContinuousLag(LagDistribution):
    """What distributions with a density share."""

    @abstractmethod
    def at_most(self, hours: Floats, calendar: Calendar) -> Floats:
        """Return the distribution function before rounding: the chance of at most each of ``hours`` (above 0)."""

    def chances_by_hour(self, calendar: Calendar) -> Floats:
        """Return the chance of 0, 1, 2, ... whole hours: h for h - 1/2 <= x < h + 1/2."""
        size = _SHORTEST
        while size < _LONGEST and 1.0 - self.at_most(np.full(1, size - 0.5), calendar)[0] > _BEYOND:
            size *= 2
        reached = self.at_most(np.arange(size, dtype=np.float64) + 0.5, calendar)
        kept = min(size, 1 + int(np.searchsorted(reached, 1.0 - _BEYOND)))
        return np.diff(reached[:kept], prepend=0.0)


class FixedLag(LagDistribution):
    """The same lag for every item."""

    form: ClassVar[str] = "{fixed: 2d}"
    fixed: Duration = Field(description="Wait of every item; `lag: 2d` is short for it.")

    def mean_hours(self, calendar: Calendar) -> float:
        """Return the lag in hours, before it is rounded."""
        return self.fixed.hours(calendar)

    def chances_by_hour(self, calendar: Calendar) -> Floats:
        """Return 0 for all hours but the last, which has probability 1."""
        return _listed_by_hour([self.fixed.hours(calendar)], [1.0])

    def compiled(self, into: Sampler[_Compiled], calendar: Calendar) -> _Compiled:
        """Return a constant."""
        return into.constant(self.fixed.hours(calendar))

    def drawn(self, calendar: Calendar) -> tuple[Floats, Floats] | None:
        """Return whole hours by row."""
        hours = hours_by_row(self.fixed, calendar)
        return None if hours is None else (np.floor(hours + 0.5), np.zeros(len(hours)))

    @classmethod
    def may_take_time(cls, data: Mapping[str, object]) -> bool:
        """Return whether the lag as given is more than 0, or cannot be read."""
        given = data.get("fixed", data)  # with a misspelt key it is unreadable
        return given is not None and all(duration.amount > 0 for _, duration in read_durations(data, ["fixed"]))


class LogNormalLag(ContinuousLag):
    """A log-normal lag, from two points that a team knows; `p90` is above `median`."""

    form: ClassVar[str] = "{median: 30d, p90: 75d}"
    above_zero: ClassVar[frozenset[str]] = frozenset({"median"})
    median: Duration = Field(description="Half of the items wait no longer.")
    p90: Duration = Field(description="The 90th percentile, above the median: nine items of ten wait no longer.")

    def mean_hours(self, calendar: Calendar) -> float:
        """Return ``median * exp(sigma^2 / 2)``."""
        median = self.median.hours(calendar)
        return median * math.exp(sigma_of_p90(median, self.p90.hours(calendar)) ** 2 / 2)

    def at_most(self, hours: Floats, calendar: Calendar) -> Floats:
        """Return the normal distribution function of ``log(hours / median) / sigma``."""
        from scipy.special import ndtr  # noqa: PLC0415

        median = self.median.hours(calendar)
        below: Floats = ndtr(np.log(hours / median) / sigma_of_p90(median, self.p90.hours(calendar)))
        return below

    def compiled(self, into: Sampler[_Compiled], calendar: Calendar) -> _Compiled:
        """Return a log-normal around its median."""
        from simcore.numerics.elementary import log  # noqa: PLC0415

        median = self.median.hours(calendar)
        return into.log_normal(median, sigma_of_p90(median, self.p90.hours(calendar), log))

    def drawn(self, calendar: Calendar) -> tuple[Floats, Floats] | None:
        """Return median and sigma by row."""
        from simcore.numerics.elementary import log  # noqa: PLC0415

        found = [hours_by_row(each, calendar) for each in (self.median, self.p90)]
        rows = max((len(each) for each in found if each is not None), default=0)
        if rows == 0:
            return None
        known = (self.median.hours(calendar), self.p90.hours(calendar))
        median, p90 = (np.full(rows, at) if each is None else each for each, at in zip(found, known, strict=True))
        ends = zip(median.tolist(), p90.tolist(), strict=True)
        return median, np.array([sigma_of_p90(low, high, log) for low, high in ends])

    @classmethod
    def complaints_in(cls, data: Mapping[str, object], location: Location, calendar: Calendar) -> Iterator[Complaint]:
        """Yield these complaints, and one if the 90th percentile is not above the median."""
        yield from super().complaints_in(data, location, calendar)
        known = dict(read_durations(data, ["median", "p90"]))
        if len(known) == 2 and known["p90"].hours(calendar) <= known["median"].hours(calendar):
            allowed = f"more than {known['median']}"
            yield Complaint((*location, "p90"), "must be longer than the median", str(known["p90"]), allowed)


class GammaLag(ContinuousLag):
    """A gamma lag."""

    form: ClassVar[str] = "{mean: 10d, cv: 0.8}"
    above_zero: ClassVar[frozenset[str]] = frozenset({"mean"})
    mean: Duration = Field(description="Mean wait of an item.")
    cv: Cv = Field(description="Coefficient of variation of the wait: its standard deviation over its mean.")
    shape: Literal["gamma"] = Field(default="gamma", description="Distribution of a lag of this form; may be left out.")

    def mean_hours(self, calendar: Calendar) -> float:
        """Return the mean in hours."""
        return self.mean.hours(calendar)

    def at_most(self, hours: Floats, calendar: Calendar) -> Floats:
        """Return the regularised incomplete gamma function of ``hours / scale``."""
        from scipy.special import gammainc  # noqa: PLC0415

        shape = 1.0 / self.cv**2
        below: Floats = gammainc(shape, hours * shape / self.mean.hours(calendar))
        return below

    def compiled(self, into: Sampler[_Compiled], calendar: Calendar) -> _Compiled:
        """Return its tabulated quantiles."""
        from simcore.numerics.quantile_table import build_gamma  # noqa: PLC0415

        return into.tabulated(self.mean.hours(calendar), build_gamma(self.cv))

    def drawn(self, calendar: Calendar) -> tuple[Floats, Floats] | None:
        """Return the mean by row."""
        hours = hours_by_row(self.mean, calendar)
        return None if hours is None else (hours, np.zeros(len(hours)))


class TableLag(LagDistribution):
    """A lag drawn from a table, each entry alike or by its weight."""

    form: ClassVar[str] = "{values: [1d, 2d]}"
    values: Annotated[Many[Duration], Length(1, MAX_ENTRIES, "entries")] = Field(
        description="Waits of which each item has one, as past items had them."
    )
    weights: Annotated[Many[Weight], Length(1, MAX_ENTRIES, "entries")] | None = Field(
        default=None, description=WEIGHTS
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield complaints about weights that do not fit the entries."""
        return table_complaints(len(self.values), self.weights)

    def _hours(self, calendar: Calendar) -> list[float]:
        return [value.hours(calendar) for value in self.values]

    def mean_hours(self, calendar: Calendar) -> float:
        """Return the weighted mean of the entries, before they are rounded."""
        return weighted_mean(self._hours(calendar), even(self.values, self.weights))

    def chances_by_hour(self, calendar: Calendar) -> Floats:
        """Return the share of each whole hour among the entries."""
        return _listed_by_hour(self._hours(calendar), even(self.values, self.weights))

    def compiled(self, into: Sampler[_Compiled], calendar: Calendar) -> _Compiled:
        """Return the list of its entries."""
        return into.listed(self._hours(calendar), even(self.values, self.weights))

    def shorter(self, share: float) -> Altered:
        """Return the table with every entry shortened by `share`."""
        values = tuple(value.scaled(1.0 - share) for value in self.values)
        return Altered(self.model_copy(update={"values": values}), "values", "table", f"all {100 * share:g} % less")

    @classmethod
    def complaints_in(cls, data: Mapping[str, object], location: Location, calendar: Calendar) -> Iterator[Complaint]:
        """Yield complaints about entries that are too long."""
        values = data.get("values")
        if isinstance(values, Sequence) and not isinstance(values, str):
            for index, value in enumerate(values):
                for _, duration in read_durations({"value": value}, ["value"]):
                    yield from too_long((*location, "values", index), duration, calendar)


Lag = FixedLag | LogNormalLag | GammaLag | TableLag
LAGS: tuple[type[Lag], ...] = get_args(Lag)


def _as_lag(given: object) -> object:
    if isinstance(given, Mapping):
        return read_variant(given, LAGS, [variant.form for variant in LAGS])
    if isinstance(given, Part | Unreadable):
        return given
    return FixedLag.model_validate({"fixed": given})


LagField = Annotated[Lag, BeforeValidator(_as_lag, json_schema_input_type=Lag | Duration)]


def _listed_by_hour(hours: Sequence[float], weights: Sequence[float]) -> Floats:
    """Return the distribution of a list of hours, rounded as the engine does it."""
    places = [math.floor(value + 0.5) for value in hours]
    found = np.zeros(max(places) + 1)
    np.add.at(found, places, np.array(weights) / math.fsum(weights))
    return found


def hours_by_row(duration: Duration, calendar: Calendar) -> Floats | None:
    """Return a duration in hours by row of draws; ``None`` if it is not drawn. A column is in working days."""
    amount = duration.amount
    return amount.column * calendar.hours_per_day if isinstance(amount, Drawn) else None


def read_durations(data: Mapping[str, object], keys: Iterable[str]) -> Iterator[tuple[str, Duration]]:
    """Yield the durations under these keys that can be read."""
    for key in keys:
        try:
            yield key, Duration.parse(data.get(key))
        except ValueError:
            continue  # reported by the field itself, or absent


def too_long(location: Location, duration: Duration, calendar: Calendar) -> Iterator[Complaint]:
    """Yield a complaint if a duration is more than five years."""
    if duration.hours(calendar) > MAX_LAG_WEEKS * calendar.hours_per_week:
        yield Complaint(location, "is longer than five years", str(duration), f"up to {MAX_LAG_WEEKS}w")


def lag_complaints(given: object, location: Location, calendar: Calendar) -> Iterator[Complaint]:
    """Yield complaints about the durations of a lag as given: a mapping, or a duration."""
    if not isinstance(given, Mapping):
        for _, duration in read_durations({"lag": given}, ["lag"]):
            yield from too_long(location, duration, calendar)
    elif (meant := likely_variant(given, LAGS)) is not None:
        yield from meant.complaints_in(given, location, calendar)


def may_take_time(given: object) -> bool:
    """Return whether a lag as given can exceed 0; an unreadable one can.

    Examples
    --------
    >>> may_take_time(None), may_take_time("0d"), may_take_time({"fixed": "1d"}), may_take_time({"values": ["0d"]})
    (False, False, True, True)
    """
    data = given if isinstance(given, Mapping) else {"fixed": given}
    meant = likely_variant(data, LAGS)
    return meant is None or meant.may_take_time(data)


LAST_OF_MONTH = "last"
DayOfMonth = Annotated[int, Range(1, 31), Unit("day of the month")] | Literal["last"]
WeekdayName = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAY_NAMES: tuple[str, ...] = get_args(WeekdayName)


class Closing(SourcedPart):
    """Days on which decisions of a step fall together: some items wait for the next of them.

    Examples
    --------
    >>> Closing(days=(22, "last"), share=0.2).days
    (22, 'last')
    """

    days: Annotated[Many[DayOfMonth], Length(1, 31, "days")] | None = Field(
        default=None,
        description="Days of the month, from 1, and `last`: the working day that a day is, or the one before it. "
        "Needs `calendar.start`.",
    )
    weekdays: Annotated[Many[WeekdayName], Length(1, 7, "days")] | None = Field(
        default=None, description="In place of `days`: days of the week, by name."
    )
    share: Annotated[Number, Range(0, 1), Unit("chance")] = Field(
        description="Chance of an item to wait for such a day, from the hour on in which its lag is over."
    )

    def complaints(self) -> Iterator[Complaint]:
        """Yield a complaint about days that are given twice, or not at all."""
        if (self.days is None) == (self.weekdays is None):
            allowed = "{days: [22, last], share: 0.2} or {weekdays: [friday], share: 0.2}"
            yield Complaint((), "is either by days of the month or by weekdays", allowed=allowed)


def closing_complaints(
    stage: Mapping[str, object], location: Location, worked: int, *, dated: bool
) -> Iterator[Complaint]:
    """Yield complaints about closing days of a stage as given that cannot be.

    ``worked``: working days of a week; ``dated``: whether there is a first day.
    """
    given = stage.get("closing")
    if given is None:
        return
    if stage.get("lag") is None:
        message = "is for items that wait for their decision, and the step has no lag"
        yield Complaint((*location, "closing"), message, hint="give it a lag", at_key=True)
    days = given.get("weekdays") if isinstance(given, Mapping) else getattr(given, "weekdays", None)
    off = [day for day in days if day in WEEKDAY_NAMES[worked:]] if isinstance(days, list) else []
    if off:
        message = f"is no working day: a week has {worked}, from Monday on"
        yield Complaint((*location, "closing", "weekdays"), message, str(off[0]))
    by_date = given.get("days") if isinstance(given, Mapping) else getattr(given, "days", None)
    if by_date is not None and not dated:
        yield Complaint((*location, "closing", "days"), UNDATED, hint=FIRST_DAY)


def next_closing(closing: Closing, calendar: Calendar, first: int, days: int) -> NDArray[np.int32]:
    """Return the next closing day, itself included, of so many working days from that of a week on, int32[days].

    Weeks and days count from those of the first counted week; what has no closing day ahead has itself.

    Examples
    --------
    >>> next_closing(Closing(weekdays=("friday",), share=1), Calendar(), 0, 7).tolist()
    [4, 4, 4, 4, 4, 5, 6]
    >>> next_closing(Closing(days=("last",), share=1), Calendar(start="2026-10-26"), 0, 5).tolist()
    [4, 4, 4, 4, 4]
    """
    worked = calendar.days_per_week
    closes = np.zeros(days, np.bool_)
    if closing.weekdays is not None:
        closes[np.isin(np.arange(days) % worked, [WEEKDAY_NAMES.index(day) for day in closing.weekdays])] = True
    elif calendar.monday is not None:
        begin = np.datetime64(calendar.monday, "D") + DAYS_OF_WEEK * first
        months = np.arange(begin.astype("datetime64[M]"), (begin + DAYS_OF_WEEK * (days // worked + 1)), dtype="M8[M]")
        last = (months + 1).astype("datetime64[D]") - 1
        for day in closing.days or ():
            at = last if day == LAST_OF_MONTH else np.minimum(months.astype("datetime64[D]") + (int(day) - 1), last)
            week, place = np.divmod((at - begin).astype(np.int64), DAYS_OF_WEEK)
            found = week * worked + np.minimum(place, worked - 1)
            closes[found[(found >= 0) & (found < days)]] = True
    ahead = np.where(closes, np.arange(days), days)
    ahead = np.minimum.accumulate(ahead[::-1])[::-1]
    return np.where(ahead < days, ahead, np.arange(days)).astype(np.int32)
