"""On which days of a week new deals come: weekdays and public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from simcore.pipeline.history import Floats, Ints
from simcore.pipeline.rhythm import WEEK, weekday

_SUNDAY: Final = 6
_PRIOR: Final = 3.0
"""New deals that what is known of holidays starts from."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrivalRhythm:
    """How the new deals of a week spread over its days.

    Attributes
    ----------
    share
        Of Monday to Sunday in a week without holidays, of shape (7,); they sum to one.
    holidays, on_holiday
        Public holidays, and what their weekday's share is multiplied by.
    """

    share: Floats
    holidays: Ints
    on_holiday: float

    def shares(self, days: Ints) -> Floats:
        """Return the share of each of some days in the new deals of a week without holidays."""
        found = self.share[weekday(days)].copy()
        found[np.isin(days, self.holidays)] *= self.on_holiday
        return found

    def parts_of_weeks(self, days: Ints) -> Floats:
        """Return what is left of the new deals of every whole week, the last one at the end; 1 without holidays."""
        weeks = len(days) // WEEK
        whole = days[len(days) - weeks * WEEK :]
        missing = np.where(np.isin(whole, self.holidays), self.share[weekday(whole)] * (1.0 - self.on_holiday), 0.0)
        parts: Floats = 1.0 - missing.reshape(weeks, WEEK).sum(axis=1)
        return parts


def arrival_rhythm(created: Ints, days: Ints, holidays: Ints) -> ArrivalRhythm:
    """Learn on which days new deals come; holidays are like Sundays, until they are known better.

    Parameters
    ----------
    created
        Days on which deals came.
    days
        All days of the history.
    holidays
        Public holidays, within it or not.
    """
    free = np.isin(created, holidays)
    there = np.bincount(weekday(days), minlength=WEEK)
    usual = there - np.bincount(weekday(days[np.isin(days, holidays)]), minlength=WEEK)
    seen = np.bincount(weekday(created[~free]), minlength=WEEK) * (there / np.maximum(usual, 1)) + 1.0 / WEEK
    share = seen / seen.sum()
    a_day = len(created) / max(len(days), 1) * WEEK
    expected = float((a_day * share[weekday(days[np.isin(days, holidays)])]).sum())
    like_sunday = min(float(share[_SUNDAY] / share[:5].mean()), 1.0)
    return ArrivalRhythm(share, holidays, (float(free.sum()) + _PRIOR * like_sunday) / (expected + _PRIOR))
