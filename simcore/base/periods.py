"""The horizons at which results are reported, and the working calendar they are built from.

Months are 4-4-5 weeks (or 4-5-4, 5-4-4), a quarter is 13 weeks and a year 52, aligned to the first counted week. Months
of a calendar with dates are in `simcore.quantities.period_table`.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Horizon = Literal["call", "hour", "day", "week", "month", "quarter", "year"]

HORIZONS: tuple[Horizon, ...] = get_args(Horizon)
"""Names of the horizons, shortest first; kernels number them by their index here."""

CALL, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR = range(7)
MONTH_ENDS = (4, 8, 13)
MonthWeeks = Literal["4-4-5", "4-5-4", "5-4-4"]
"""How many weeks the months of a quarter have."""

WEEKS_PER_QUARTER = 13
WEEKS_PER_YEAR = 52


def month_ends(months: MonthWeeks) -> tuple[int, ...]:
    """Return the week of the quarter after each of its months.

    Examples
    --------
    >>> month_ends("4-4-5"), month_ends("4-5-4")
    ((4, 8, 13), (4, 9, 13))
    """
    return tuple(accumulate(int(weeks) for weeks in months.split("-")))


def period_of_week(horizon: int, weeks: int, months: MonthWeeks = "4-4-5") -> NDArray[np.int32]:
    """Return the period (from 0) that each of ``weeks`` counted weeks belongs to, int32[weeks].

    Weeks of a period that is not wholly inside the run get -1.

    Examples
    --------
    >>> period_of_week(MONTH, 10).tolist(), period_of_week(MONTH, 10, "5-4-4").tolist()
    ([0, 0, 0, 0, 1, 1, 1, 1, -1, -1], [0, 0, 0, 0, 0, 1, 1, 1, 1, -1])
    """
    week = np.arange(weeks)
    if horizon == WEEK:
        return week.astype(np.int32)
    if horizon == MONTH:
        quarter, within = np.divmod(week, WEEKS_PER_QUARTER)
        of_month = month_ends(months)
        period = 3 * quarter + np.searchsorted(of_month, within, side="right")
        ends = WEEKS_PER_QUARTER * (period // 3) + np.take(of_month, period % 3)
    else:
        length = WEEKS_PER_QUARTER if horizon == QUARTER else WEEKS_PER_YEAR
        period = week // length
        ends = length * (period + 1)
    return np.where(ends <= weeks, period, -1).astype(np.int32)


def calls_per_hour(calls_per_week: int, hours: int) -> NDArray[np.int64]:
    """Return the calls of each hour of a week, int64[hours]: the plan spread evenly, no call lost to rounding.

    Examples
    --------
    >>> calls_per_hour(5, 4).tolist()
    [1, 1, 1, 2]
    """
    edges = np.arange(hours + 1, dtype=np.int64) * calls_per_week // hours
    return np.diff(edges)
