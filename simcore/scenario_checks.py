"""What must fit together between the parts of a scenario.

The checks read the data as given and look only at what has the right form: a mistake in one place does not
hide one in another, so all are told at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from simcore.scenario_base import MISSING, Complaint, Location
from simcore.scenario_parts import MAX_LAG_WEEKS, MAX_STAGES, MAX_WEEKS, Calendar, Duration
from simcore.scenario_strategy import CHANNELS
from simcore.text import did_you_mean, printable

MAX_OPEN_ITEMS = 65536
"""Items of one seat that are open at the start, at most: the range of their addresses."""

Data = Mapping[str, object]
_NOTHING: dict[str, object] = {}


def _mapping(data: Data, key: str) -> Data:
    value = data.get(key)
    return value if isinstance(value, Mapping) else _NOTHING


def _entries(data: Data, key: str) -> Iterator[tuple[int, Data]]:
    value = data.get(key)
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from ((index, entry) for index, entry in enumerate(value) if isinstance(entry, Mapping))


def _whole(data: Data, key: str, default: int) -> int | None:
    """Return a whole number; the default if the key is absent; ``None`` if there is something else."""
    value = data.get(key, default)
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def stage_names(data: Data) -> list[str]:
    """Return the names of the stages as far as they can be read; an unreadable one is the empty text."""
    funnel = data.get("funnel")
    if not isinstance(funnel, Sequence) or isinstance(funnel, str):
        return []
    names = (entry.get("stage") if isinstance(entry, Mapping) else None for entry in funnel)
    return [printable(name) if isinstance(name, str) else "" for name in names]


def _funnel(data: Data, names: list[str]) -> Iterator[Complaint]:
    count = Counter(names)
    for index, stage in _entries(data, "funnel"):
        if names[index] and count[names[index]] > 1 and names.index(names[index]) < index:
            message = "is the name of an earlier stage too: names must differ"
            yield Complaint(("funnel", index, "stage"), message, names[index])
        if index and names[index] in CHANNELS:
            message = "is the name of something that a strategy changes: choose another"
            yield Complaint(("funnel", index, "stage"), message, names[index])
        if index == 0:
            for key in ("rate", "lag", "cap"):
                if stage.get(key) is not None:
                    message = "is not for the first stage: it is the activity, no step leads into it"
                    yield Complaint(("funnel", 0, key), message, at_key=True)
        elif stage.get("rate") is None:
            yield Complaint(("funnel", index, "rate"), f"{MISSING}: each stage after the first needs a rate")
        if index == len(names) - 1 and index and stage.get("cap") is not None:
            yield Complaint(("funnel", index, "cap"), "is not for the last stage: nothing waits there", at_key=True)


def _is_stage(location: Location, value: object, allowed: list[str]) -> Iterator[Complaint]:
    """Complain about a text that is none of the allowed stages."""
    if not isinstance(value, str) or not allowed or "" in allowed or printable(value) in allowed:
        return
    hint = did_you_mean(value, allowed)
    yield Complaint(location, "is not a stage that it can name", value, ", ".join(allowed), hint)


def _market(data: Data, names: list[str]) -> Iterator[Complaint]:
    acts_on = _mapping(data, "market").get("acts_on")
    if not isinstance(acts_on, Sequence) or isinstance(acts_on, str):
        return
    for index, name in enumerate(acts_on):
        location: Location = ("market", "acts_on", index)
        yield from _is_stage(location, name, names[1:])
        if isinstance(name, str) and name in acts_on[:index]:
            yield Complaint(location, "is named twice", name)


def _team(data: Data) -> Iterator[Complaint]:
    team = _mapping(data, "team")
    reps, new = _whole(team, "reps", 10), _whole(team, "new", 0)
    if reps is not None and new is not None and new > reps:
        yield Complaint(("team", "new"), "is more than the team has reps", new, f"0 to {reps}")
    if team.get("ramp") is not None and team.get("turnover") is None and new == 0:
        message = "would do nothing: nobody is new without turnover or team.new"
        yield Complaint(("team", "ramp"), message, hint="add turnover or new, or leave ramp out", at_key=True)


def _time(data: Data) -> Iterator[Complaint]:
    horizon, calendar = _mapping(data, "horizon"), _mapping(data, "calendar")
    weeks, warmup = _whole(horizon, "weeks", 52), _whole(horizon, "warmup_weeks", 0)
    if weeks is not None and warmup is not None:
        fits = weeks <= MAX_WEEKS and warmup <= MAX_WEEKS
        if fits and weeks + warmup > MAX_WEEKS:
            message = "together with weeks is too long"
            allowed = f"at most {MAX_WEEKS} weeks in all"
            yield Complaint(("horizon", "warmup_weeks"), message, warmup, allowed)
        if warmup > 0 and data.get("start") is not None:
            message = "cannot be together with horizon.warmup_weeks: a run starts warmed up or from a list"
            yield Complaint(("start",), message, hint="leave one of them out", at_key=True)
    days = _whole(calendar, "days_per_week", 5)
    for index, holiday in _entries(calendar, "holidays"):
        day = _whole(holiday, "day", 1) if holiday.get("day") is not None else None
        if day is not None and days is not None and 1 <= days < day <= 7:
            location: Location = ("calendar", "holidays", index, "day")
            yield Complaint(location, "is not a working day of the week", day, f"1 to {days}")


def _durations(data: Data, keys: Sequence[str]) -> Iterator[tuple[str, Duration]]:
    for key in keys:
        try:
            yield key, Duration.parse(data.get(key))
        except ValueError:
            continue  # told by the field itself, or absent


def _calendar(data: Data) -> Calendar:
    """Return the calendar as far as it can be read: what a day and a week mean in a duration."""
    given = _mapping(data, "calendar")
    hours, days = _whole(given, "hours_per_day", 8), _whole(given, "days_per_week", 5)
    return Calendar(
        hours_per_day=hours if hours is not None and 1 <= hours <= 24 else 8,
        days_per_week=days if days is not None and 1 <= days <= 7 else 5,
    )


def _too_long(location: Location, duration: Duration, calendar: Calendar) -> Iterator[Complaint]:
    if duration.hours(calendar) > MAX_LAG_WEEKS * calendar.hours_per_week:
        yield Complaint(location, "is longer than five years", str(duration), f"up to {MAX_LAG_WEEKS}w")


def _lag(lag: object, location: Location, calendar: Calendar) -> Iterator[Complaint]:
    if not isinstance(lag, Mapping):
        for _, duration in _durations({"lag": lag}, ["lag"]):
            yield from _too_long(location, duration, calendar)
        return
    known = dict(_durations(lag, ["fixed", "median", "p90", "mean"]))
    for key, duration in known.items():
        yield from _too_long((*location, key), duration, calendar)
        if key in ("median", "mean") and duration.amount == 0:
            yield Complaint((*location, key), "must be above 0", str(duration))
    if "median" in known and "p90" in known and known["p90"].hours(calendar) <= known["median"].hours(calendar):
        allowed = f"more than {known['median']}"
        yield Complaint((*location, "p90"), "must be longer than the median", str(known["p90"]), allowed)
    values = lag.get("values")
    if isinstance(values, Sequence) and not isinstance(values, str):
        for index, value in enumerate(values):
            for _, duration in _durations({"value": value}, ["value"]):
                yield from _too_long((*location, "values", index), duration, calendar)


def _lags(data: Data) -> Iterator[Complaint]:
    calendar = _calendar(data)
    for index, stage in _entries(data, "funnel"):
        yield from _lag(stage.get("lag"), ("funnel", index, "lag"), calendar)
    yield from _lag(_mapping(data, "referrals").get("lag"), ("referrals", "lag"), calendar)
    for index, entry in _entries(_mapping(data, "start"), "open"):
        for _, duration in _durations(entry, ["due"]):
            yield from _too_long(("start", "open", index, "due"), duration, calendar)


def _start(data: Data, names: list[str]) -> Iterator[Complaint]:
    reps = _whole(_mapping(data, "team"), "reps", 10)
    per_seat: Counter[int] = Counter()
    everywhere = 0
    for index, entry in _entries(_mapping(data, "start"), "open"):
        location: Location = ("start", "open", index)
        yield from _is_stage((*location, "stage"), entry.get("stage"), names[1:-1])
        if len(names) == 2:
            yield Complaint((*location, "stage"), "no stage of this funnel can hold open items")
        rep, count = _whole(entry, "rep", 0), _whole(entry, "count", 1)
        if rep is None or count is None:
            rep, count = 0, 0
        if reps is not None and rep > reps >= 1:
            yield Complaint((*location, "rep"), "is more than the team has reps", rep, f"1 to {reps}")
        per_seat[rep] += count if rep else 0
        everywhere += 0 if rep else count
    most = everywhere + max(per_seat.values(), default=0)
    if most > MAX_OPEN_ITEMS:
        yield Complaint(("start", "open"), f"gives one seat {most} items", allowed=f"up to {MAX_OPEN_ITEMS}")


def _strategies(data: Data, names: list[str]) -> Iterator[Complaint]:
    strategies = data.get("strategies")
    channels = [*CHANNELS, *names[1:]]
    for name, strategy in _mapping(data, "strategies").items():
        if not isinstance(strategy, Mapping):
            continue
        for drive, about in _mapping(strategy, "drives").items():
            if not isinstance(about, Mapping) or "" in channels:
                continue
            for key in _mapping(about, "changes"):
                if key not in channels:
                    location: Location = ("strategies", name, "drives", drive, "changes", key)
                    hint = did_you_mean(str(key), channels)
                    message = "is nothing that a drive can change"
                    yield Complaint(location, message, key, ", ".join(channels), hint, at_key=True)
    wanted = _mapping(data, "run").get("strategy")
    if isinstance(wanted, str) and isinstance(strategies, Mapping) and strategies and wanted not in strategies:
        known = [str(name) for name in strategies]
        hint = did_you_mean(wanted, known)
        yield Complaint(("run", "strategy"), "is not a strategy of this file", wanted, ", ".join(known), hint)


def consistency(data: Data) -> Iterator[Complaint]:
    """Tell all that does not fit together in the data of a scenario."""
    names = stage_names(data)
    yield from _time(data)
    yield from _team(data)
    if len(names) > MAX_STAGES:
        names = []  # told by the funnel itself
    else:
        yield from _funnel(data, names)
    yield from _market(data, names)
    yield from _lags(data)
    yield from _start(data, names)
    yield from _strategies(data, names)
