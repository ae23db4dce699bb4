"""Reads the data of a scenario as given, and says where in it something is; what has another form is told elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simcore.base.text import brief, printable
from simcore.dates.days import NotADayError, parse_day
from simcore.quantities.fields import Location
from simcore.quantities.time import Calendar
from simcore.scenario.parts import Stage

Data = Mapping[str, object]
_BEYOND = 1e300
"""Larger figures are out of any range (an integer may be too large for a float)."""
_NOTHING: dict[str, object] = {}


def mapping(data: Data, key: str) -> Data:
    """Return a part; an empty one if there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else _NOTHING


def entries(data: Data, key: str) -> Iterator[tuple[int, Data]]:
    """Yield the mappings in a list, each with its place."""
    value = data.get(key)
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from ((index, entry) for index, entry in enumerate(value) if isinstance(entry, Mapping))


def whole(data: Data, key: str, default: int) -> int | None:
    """Return a whole number; `default` if the key is absent; ``None`` if the value is of another type."""
    value = data.get(key, default)
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def seats(data: Data) -> int | None:
    """Return the number of seats of the team: of its people, where they are named."""
    team = mapping(data, "team")
    people = team.get("people")
    if isinstance(people, Sequence) and not isinstance(people, str):
        return len(people)
    return whole(team, "reps", 10)


def stage_names(data: Data) -> list[str]:
    """Return the names of the stages; an empty text for each that cannot be read."""
    funnel = data.get("funnel")
    if not isinstance(funnel, Sequence) or isinstance(funnel, str):
        return []
    names = (entry.get("stage") if isinstance(entry, Mapping) else None for entry in funnel)
    return [printable(name) if isinstance(name, str) else "" for name in names]


def figure(value: object) -> float | None:
    """Return a number given with or without a source; ``None`` if the value is of another type."""
    if isinstance(value, Mapping):
        value = value.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if -_BEYOND < value < _BEYOND else None


def _stage_name(data: object, index: int) -> str | None:
    """Return the name of a stage; ``None`` if it cannot be read."""
    funnel = data.get("funnel") if isinstance(data, Mapping) else None
    entry = funnel[index] if isinstance(funnel, Sequence) and index < len(funnel) else None
    name = entry.get("stage") if isinstance(entry, Mapping) else entry.stage if isinstance(entry, Stage) else None
    return brief(name) if isinstance(name, str) else None


def path_of(location: Location, data: object) -> str:
    """Return a location as a path: stages by name, entries of other lists by number from 1.

    Examples
    --------
    >>> path_of(("funnel", 1, "rate"), {"funnel": [{"stage": "calls"}, {"stage": "meetings"}]})
    'funnel.meetings.rate'
    """
    words = []
    for depth, step in enumerate(location):
        if isinstance(step, int):
            name = _stage_name(data, step) if depth == 1 and location[0] == "funnel" else None
            words.append(name or str(step + 1))
        else:
            words.append(brief(step))
    return ".".join(words)


def existing(location: Location, data: object) -> Location:
    """Remove keys that the validation added to a location: ``rate: 1.5`` is read as ``rate: {mean: 1.5}``.

    So it does with the number of an entry that stands without a list.
    """
    here, there = data, []
    for step in location:
        if isinstance(here, Mapping):
            if step == 0 and 0 not in here:
                continue
            there.append(step)
            if step not in here:
                break
            here = here[step]
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(step, int):
            there.append(step)
            here = here[step]
        else:
            break
    return tuple(there)


def begins_on_monday(calendar: Data) -> bool:
    """Return whether the first day is a Monday, or cannot be read."""
    start = calendar.get("start")
    try:
        return not isinstance(start, str) or parse_day(start).weekday() == 0
    except NotADayError:
        return True


def calendar_of(data: Data) -> Calendar:
    """Return the calendar, with defaults for what cannot be read; durations in days and weeks need it."""
    given = mapping(data, "calendar")
    hours, days = whole(given, "hours_per_day", 8), whole(given, "days_per_week", 5)
    return Calendar(
        hours_per_day=hours if hours is not None and 1 <= hours <= 24 else 8,
        days_per_week=days if days is not None and 1 <= days <= 7 else 5,
    )
