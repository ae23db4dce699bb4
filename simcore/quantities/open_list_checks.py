"""Whether items that are open at the start fit into their scenario, entries and lists of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simcore.base.text import did_you_mean, shorten
from simcore.dates.short_forms import FIRST_DAY
from simcore.quantities.fields import Complaint, Location
from simcore.quantities.lags import MAX_LAG_WEEKS
from simcore.quantities.open_list import ANY_SEAT, NO_DAY, OpenList, first_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.quantities.open_items import OpenItems
    from simcore.quantities.time import Calendar


class Waits(NamedTuple):
    """How items wait in a stage in which they may be open."""

    step: str
    """The stage that they wait for."""
    longest: Callable[[], int] | None
    """For how many hours one in a million of them waits; ``None`` where their needs would be told by an age."""


Stages = Mapping[str, Waits]
"""The stages in which items may be open."""

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


def list_complaints(items: OpenList, stages: Stages, reps: int, calendar: Calendar) -> Iterator[Complaint]:
    """Yield complaints about items of a list that do not fit into a scenario."""
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


def _too_old(items: OpenList, stages: Stages, calendar: Calendar, told: _Told) -> Iterator[Complaint]:
    """Yield complaints about items that are older than (nearly) any item gets, where their age counts."""
    ages = np.where(items.dues(calendar) >= 0, 0, items.ages(calendar))
    for place, name in enumerate(items.stages):
        stated = (items.stage == place) & (items.probability >= 0.0)
        if name in stages and stages[name].longest is None:
            message = f"has probabilities of items that wait for {stages[name].step}, which its needs decide"
            yield from told(stated, message, hint="leave the probability out there")
        waits, aged = stages.get(name), (items.stage == place) & (ages > 0)
        if waits is None or not aged.any():
            continue
        if waits.longest is None:
            message = f"has ages of items that wait for {waits.step}, whose needs an age would tell"
            yield from told(aged, message, hint="leave since and age out there")
            continue
        hours = waits.longest()
        message = f"has items that are older than items get that wait for {waits.step}: not one in a million"
        hint = "a longer lag, or leave their age out"
        yield from told(aged & (ages > hours), message, allowed=f"up to {hours}h", hint=hint)


def entry_complaints(entries: Sequence[OpenItems], stages: Stages, calendar: Calendar) -> Iterator[Complaint]:
    """Yield complaints about entries whose days, ages or ids do not fit."""
    longest: dict[str, int] = {}
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        location: Location = ("start", "open", index)
        if entry.id is not None and seen.setdefault(entry.id, index) != index:
            yield Complaint((*location, "id"), f"is the id of entry {seen[entry.id] + 1} too", entry.id)
        wrong = list(_wrong_days(entry, location, calendar))
        yield from wrong
        waits = stages.get(entry.stage)
        if entry.probability is not None and waits is not None and waits.longest is None:
            message = f"cannot be given where {waits.step} have needs: these decide"
            yield Complaint((*location, "probability"), message, at_key=True)
        if wrong or waits is None or (entry.age is None and entry.age_hours(calendar) == 0):
            continue  # a stage that is none is reported elsewhere
        location = (*location, "age" if entry.since is None else "since")
        if waits.longest is None:
            message = f"cannot be given where {waits.step} have needs: it would tell how they stand"
            yield Complaint(location, message, at_key=True)
            continue
        if entry.stage not in longest:
            longest[entry.stage] = waits.longest()
        if entry.age_hours(calendar) > longest[entry.stage]:
            message = f"is longer than items wait for {waits.step}: not one in a million is open then"
            yield Complaint(location, message, str(entry.age or entry.since), f"up to {longest[entry.stage]}h")


def _wrong_days(entry: OpenItems, location: Location, calendar: Calendar) -> Iterator[Complaint]:
    dated = [key for key, day in (("since", entry.since), ("due", entry.due)) if isinstance(day, str)]
    if dated and calendar.start is None:
        message = "is a day, and no week of this scenario has one"
        yield Complaint((*location, dated[0]), message, hint=FIRST_DAY, at_key=True)
    elif entry.since is not None and entry.since > (calendar.start or ""):
        yield Complaint((*location, "since"), "is after the first day", entry.since, f"up to {calendar.start}")
    elif isinstance(entry.due, str) and entry.due_hour(calendar) > MAX_LAG_WEEKS * calendar.hours_per_week:
        yield Complaint((*location, "due"), "is more than five years ahead", entry.due)
