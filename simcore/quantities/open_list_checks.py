"""Whether a list of open items from a file fits into its scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from simcore.base.text import did_you_mean, shorten
from simcore.dates.given import FIRST_DAY
from simcore.quantities.fields import Complaint
from simcore.quantities.lags import MAX_LAG_WEEKS
from simcore.quantities.open_list import ANY_SEAT, NO_DAY, OpenList, first_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.quantities.time import Calendar

Longest = Callable[[], int]
"""For how many hours one in a million items waits in a stage."""

MAX_TOLD = 5
"""Rows of a list that are told of each mistake."""
MAX_IN_SEAT = 65536
"""Maximum number of items of one seat: the range of their addresses."""


class _Told:
    """Makes complaints about rows of a list."""

    def __init__(self, items: OpenList) -> None:
        self._items = items

    def __call__(
        self, wrong: NDArray[np.bool_], message: str, *, allowed: str | None = None, hint: str | None = None
    ) -> Iterator[Complaint]:
        """Yield a complaint about the rows that are wrong, with the first of their lines."""
        rows = np.flatnonzero(wrong)
        if len(rows) > 0:
            lines = ", ".join(str(line) for line in self._items.lines[rows[:MAX_TOLD]])
            more = f" and {len(rows) - MAX_TOLD} more" if len(rows) > MAX_TOLD else ""
            where = f"{self._items.file}, line{'' if len(rows) == 1 else 's'} {lines}{more}"
            yield Complaint(("start", "open"), f"{message} ({where})", None, allowed, hint)


def list_complaints(
    items: OpenList, stages: Mapping[str, Longest | str], reps: int, calendar: Calendar
) -> Iterator[Complaint]:
    """Yield complaints about items that do not fit into a scenario.

    ``stages``: those in which items may be open, each with the longest wait in it, or with why an age is not for it.
    """
    told = _Told(items)
    for place, name in enumerate(items.stages):
        if name not in stages:
            message = f"has a stage that items cannot be open in: {shorten(name)}"
            hint = did_you_mean(name, stages)
            yield from told(items.stage == place, message, allowed=", ".join(stages) or None, hint=hint)
    yield from told(items.rep > reps, "has a rep that is more than the team has", allowed=f"1 to {reps}")
    if reps > 1:
        hint = "a column rep, with the number of a seat"
        yield from told(items.rep == ANY_SEAT, "does not say whose an item is", allowed=f"1 to {reps}", hint=hint)
    if items.dated and calendar.start is None:
        days = (items.since.day != NO_DAY) | (items.due.day != NO_DAY)
        yield from told(days, "has a day, and no week of this scenario has one", hint=FIRST_DAY)
        return
    message = "has items that came into their stage after the first day"
    yield from told(items.since.day > first_day(calendar), message, allowed=f"up to {calendar.start}")
    latest = MAX_LAG_WEEKS * calendar.hours_per_week
    yield from told(items.dues(calendar) > latest, "has items that are due too late", allowed="up to five years")
    most = int(np.bincount(items.rep).max())
    if most > MAX_IN_SEAT:
        yield Complaint(("start", "open"), f"gives one seat {most} items", allowed=f"up to {MAX_IN_SEAT}")
    yield from _too_old(items, stages, calendar, told)


def _too_old(
    items: OpenList, stages: Mapping[str, Longest | str], calendar: Calendar, told: _Told
) -> Iterator[Complaint]:
    """Yield complaints about items that are older than (nearly) any item gets, where their age counts."""
    ages = np.where(items.dues(calendar) >= 0, 0, items.ages(calendar))
    for place, name in enumerate(items.stages):
        longest, aged = stages.get(name, ""), (items.stage == place) & (ages > 0)
        if isinstance(longest, str):
            yield from told(aged & (longest != ""), longest, hint="leave since and age out there")
        elif aged.any():
            hours = longest()
            message = f"has items that are older than items get in {shorten(name, quote=False)}: not one in a million"
            hint = "a longer lag, or leave their age out"
            yield from told(aged & (ages > hours), message, allowed=f"up to {hours}h", hint=hint)
