"""Which days deals move on: weekdays, and days of the month on which many are closed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from simcore.pipeline.history import Flags, Floats, Ints

WEEK: Final = 7
LAST: Final = 32
"""Stands for the last working day of a month among days of the month."""
_SATURDAY, _SUNDAY = 5, 6
_LEAST_TIMES: Final = 2
_LEAST_RATIO: Final = 1.5
_LEAST_Z: Final = 5.0
_MOST: Final = 4
_PRIOR: Final = 3.0
"""Events that a weekday's factor starts from."""


def weekday(days: Ints) -> Ints:
    """Return the weekday of days since 1970-01-01: 0 for Monday.

    Examples
    --------
    >>> weekday(np.array([0]))  # a Thursday
    array([3])
    """
    found: Ints = (days + 3) % WEEK
    return found


def day_of_month(days: Ints) -> Ints:
    """Return the days of the month, from 1 on."""
    dates = days.astype("datetime64[D]")
    found: Ints = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    return found


def on_working_day(days: Ints, of_month: int) -> Flags:
    """Return which days are that day of their month or, where it is a weekend's, the Monday after it.

    `LAST` is the last weekday of the month.

    Examples
    --------
    >>> days = np.arange("2016-05-20", "2016-05-25", dtype="datetime64[D]")
    >>> on_working_day(days.astype(np.int64), 22)  # the 22nd was a Sunday
    array([False, False, False,  True, False])
    """
    week = weekday(days)
    if of_month == LAST:
        # The last weekday is a weekday whose next one lies in another month.
        ahead = np.where(week == _SATURDAY - 1, 3, 1)
        month = days.astype("datetime64[D]").astype("datetime64[M]")
        last: Flags = (week < _SATURDAY) & ((days + ahead).astype("datetime64[D]").astype("datetime64[M]") != month)
        return last
    monday = (week == 0) & ((day_of_month(days - 1) == of_month) | (day_of_month(days - 2) == of_month))
    chosen: Flags = (week < _SATURDAY) & ((day_of_month(days) == of_month) | monday)
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """Factors on the hazards of a day.

    Attributes
    ----------
    weekdays
        Factor of Monday to Sunday, of shape (7,).
    closing
        Days of the month on which many deals are closed at once, with their factors.
    holidays, on_holiday
        Public holidays, and their factor, whatever the weekday.
    """

    weekdays: Floats
    closing: tuple[tuple[int, float], ...] = ()
    holidays: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    on_holiday: float = 1.0

    def factors(self, days: Ints) -> Floats:
        """Return the factor of each of some days since 1970-01-01."""
        factors = self.weekdays[weekday(days)].copy()
        for of_month, factor in self.closing:
            chosen = on_working_day(days, of_month)
            factors[chosen] = factor
        factors[np.isin(days, self.holidays)] = self.on_holiday
        return factors


EVEN: Final = Rhythm(np.ones(WEEK))


def rhythm(days: Ints, events: Floats, expected: Floats, *, closing: bool, holidays: Ints | None = None) -> Rhythm:
    """Return the rhythm of events on days, given how many are expected on days like all others.

    Parameters
    ----------
    days
        Days since 1970-01-01, without a gap.
    events, expected
        Of each of them.
    closing
        Whether days of the month are looked for. One is taken where it was seen twice at least, each time with one
        and a half times the events of its weekday, and lies five standard deviations above what days differ by.
    holidays
        Days that are like Sundays, until they are known better.
    """
    found: list[int] = []
    free = np.zeros(0, dtype=np.int64) if holidays is None else holidays
    on_holiday = np.isin(days, free)
    while True:
        special = on_holiday.copy()
        for of_month in found:
            special |= on_working_day(days, of_month)
        weekdays = _by_weekday(days[~special], events[~special], expected[~special])
        usual = expected * weekdays[weekday(days)]
        candidate = _closing_day(days, events, usual, special) if closing and len(found) < _MOST else None
        if candidate is None:
            break
        found.append(candidate)
    factors = []
    for of_month in found:
        chosen = on_working_day(days, of_month) & ~on_holiday
        factors.append((of_month, float(events[chosen].sum() / max(expected[chosen].sum(), 1e-9))))
    seen, usually = float(events[on_holiday].sum()), float(expected[on_holiday].sum())
    return Rhythm(weekdays, tuple(factors), free, (seen + _PRIOR * float(weekdays[_SUNDAY])) / (usually + _PRIOR))


def _by_weekday(days: Ints, events: Floats, expected: Floats) -> Floats:
    seen = np.bincount(weekday(days), events, WEEK)
    usual = np.bincount(weekday(days), expected, WEEK)
    if usual.sum() <= 0.0:
        return np.ones(WEEK)
    mean = seen.sum() / usual.sum()
    factors: Floats = (seen + _PRIOR * mean) / (usual + _PRIOR)
    return factors


def _closing_day(days: Ints, events: Floats, usual: Floats, special: Flags) -> int | None:
    """Return the day of the month that stands out most, or None if none does."""
    plain = ~special & (usual > 0.0)
    if not plain.any():
        return None
    # What single days differ by, without the largest deviations, which may be what is looked for.
    squares = np.sort((events[plain] - usual[plain]) ** 2 / usual[plain])
    dispersion = max(float(squares[: max(int(0.95 * len(squares)), 1)].mean()), 1.0)
    best, best_z = None, _LEAST_Z
    for of_month in range(1, LAST + 1):
        chosen = on_working_day(days, of_month) & ~special
        if chosen.sum() < _LEAST_TIMES or np.any(events[chosen] < _LEAST_RATIO * usual[chosen]):
            continue
        expected = usual[chosen].sum()
        z = (events[chosen].sum() - expected) / np.sqrt(dispersion * (expected + 1.0))
        if z > best_z:
            best, best_z = of_month, float(z)
    return best
