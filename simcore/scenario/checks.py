"""Checks that the parts of a scenario are consistent with each other.

The checks read the data as given and skip what has the wrong form: a mistake in one place does not hide one in
another, so all are reported at once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from simcore.base.text import did_you_mean, printable
from simcore.quantities.fields import MISSING, Complaint, Location
from simcore.quantities.lags import (
    MAX_LAG_WEEKS,
    closing_complaints,
    lag_complaints,
    may_take_time,
    read_durations,
    too_long,
)
from simcore.quantities.rates import LAW_KEYS, Rate
from simcore.quantities.season import peaks_of
from simcore.scenario.channels import CHANNELS, PULL_FORWARD
from simcore.scenario.given import (
    Data,
    begins_on_monday,
    calendar_of,
    entries,
    figure,
    mapping,
    seats,
    stage_names,
    whole,
)
from simcore.scenario.needs import duration_complaints
from simcore.scenario.parts import MAX_REFERRALS, MAX_STAGES, MAX_WEEKS
from simcore.scenario.referral_chains import RARE, endless, most_per_win
from simcore.scenario.signals import SIGNALS
from simcore.scenario.strategy import Channel, PullForward

MAX_OPEN_ITEMS = 65536
"""Maximum number of items of one seat open at the start: the range of their addresses."""
NEED_QUOTA = frozenset(signal.name for signal in SIGNALS if signal.needs_quota)
"""Signals that are measured against the quota."""
NEED_NEEDS = frozenset(signal.name for signal in SIGNALS if signal.needs_needs)
"""Signals that are told by how deals end that need something."""
PERIOD_WEEKS = {"week": 1, "month": 4, "quarter": 13, "year": 52}
SHORTEST_QUARTER = 12
"""Weeks that every real quarter holds whole."""
"""Weeks of the shortest period of a quota."""
_FAR_OUT = 6.25
"""A normal score that is passed once in five thousand million times: by no run."""


def _funnel(data: Data, names: list[str]) -> Iterator[Complaint]:
    count = Counter(names)
    for index, stage in entries(data, "funnel"):
        if names[index] and count[names[index]] > 1 and names.index(names[index]) < index:
            message = "is the name of an earlier stage too: names must differ"
            yield Complaint(("funnel", index, "stage"), message, names[index])
        if index and names[index] in CHANNELS:
            message = "is the name of something that a strategy changes: choose another"
            yield Complaint(("funnel", index, "stage"), message, names[index])
        if index == 0:
            for key in ("rate", "lag", "lost_lag", "closing", "cap", "habit", "needs"):
                if stage.get(key) is not None:
                    message = "is not for the first stage: it is the activity, no step leads into it"
                    yield Complaint(("funnel", 0, key), message, at_key=True)
        elif stage.get("rate") is None:
            yield Complaint(("funnel", index, "rate"), f"{MISSING}: each stage after the first needs a rate")
        if index == 1 and stage.get("lost_lag") is not None:
            message = "is not for the first step: a hang-up is known at once"
            yield Complaint(("funnel", 1, "lost_lag"), message, at_key=True)
        if index == 1 and stage.get("closing") is not None:
            message = "is not for the first step: its calls are decided at once"
            yield Complaint(("funnel", 1, "closing"), message, at_key=True)
        if index == len(names) - 1 and index and stage.get("cap") is not None:
            yield Complaint(("funnel", index, "cap"), "is not for the last stage: nothing waits there", at_key=True)


def _is_stage(location: Location, value: object, allowed: list[str]) -> Iterator[Complaint]:
    """Yield a complaint about a text that is not one of the `allowed` stages."""
    if not isinstance(value, str) or not allowed or "" in allowed or printable(value) in allowed:
        return
    hint = did_you_mean(value, allowed)
    yield Complaint(location, "is not a stage that it can name", value, ", ".join(allowed), hint)


def _market(data: Data, names: list[str]) -> Iterator[Complaint]:
    warmup = whole(mapping(data, "horizon"), "warmup_weeks", 0)
    if mapping(data, "market").get("start") is not None and warmup is not None and warmup > 0:
        message = "cannot be together with horizon.warmup_weeks: the level would be that before the warm-up"
        hint = "leave the warm-up out (start.open says what is open), or the start"
        yield Complaint(("market", "start"), message, hint=hint, at_key=True)
    acts_on = mapping(data, "market").get("acts_on")
    if not isinstance(acts_on, Sequence) or isinstance(acts_on, str):
        return
    for index, name in enumerate(acts_on):
        location: Location = ("market", "acts_on", index)
        yield from _is_stage(location, name, names[1:])
        if isinstance(name, str) and name in acts_on[:index]:
            yield Complaint(location, "is named twice", name)


def _team(data: Data) -> Iterator[Complaint]:
    team = mapping(data, "team")
    reps, new = seats(data), whole(team, "new", 0)
    if reps is not None and new is not None and new > reps:
        yield Complaint(("team", "new"), "is more than the team has reps", new, f"0 to {reps}")
    dated = any(person.get(key) for _, person in entries(team, "people") for key in ("starts", "started", "refill"))
    if team.get("ramp") is not None and team.get("turnover") is None and new == 0 and not dated:
        message = "would do nothing: nobody is new without turnover or team.new"
        yield Complaint(("team", "ramp"), message, hint="add turnover or new, or leave ramp out", at_key=True)


def _time(data: Data) -> Iterator[Complaint]:
    horizon, calendar = mapping(data, "horizon"), mapping(data, "calendar")
    weeks, warmup = whole(horizon, "weeks", 52), whole(horizon, "warmup_weeks", 0)
    if weeks is not None and warmup is not None:
        fits = weeks <= MAX_WEEKS and warmup <= MAX_WEEKS
        if fits and weeks + warmup > MAX_WEEKS:
            message = "together with weeks is too long"
            allowed = f"at most {MAX_WEEKS} weeks in all"
            yield Complaint(("horizon", "warmup_weeks"), message, warmup, allowed)
        if warmup > 0 and data.get("start") is not None:
            message = "cannot be together with horizon.warmup_weeks: a run starts warmed up or from a list"
            yield Complaint(("start",), message, hint="leave one of them out", at_key=True)
        if warmup > 0 and not begins_on_monday(calendar):
            message = "must be a Monday where there is a warm-up: its weeks are whole"
            yield Complaint(("calendar", "start"), message, calendar.get("start"), hint="or leave the warm-up out")
    days = whole(calendar, "days_per_week", 5)
    for index, holiday in entries(calendar, "holidays"):
        day = whole(holiday, "day", 1) if holiday.get("day") is not None else None
        if day is not None and days is not None and 1 <= days < day <= 7:
            location: Location = ("calendar", "holidays", index, "day")
            yield Complaint(location, "is not a working day of the week", day, f"1 to {days}")


def _lags(data: Data) -> Iterator[Complaint]:
    calendar, dated = calendar_of(data), mapping(data, "calendar").get("start") is not None
    for index, stage in entries(data, "funnel"):
        yield from closing_complaints(stage, ("funnel", index), calendar.days_per_week, dated=dated)
        for key in ("lag", "lost_lag"):
            yield from lag_complaints(stage.get(key), ("funnel", index, key), calendar)
        yield from duration_complaints(stage.get("needs"), ("funnel", index, "needs"), calendar)
    yield from lag_complaints(mapping(data, "referrals").get("lag"), ("referrals", "lag"), calendar)
    for index, entry in entries(mapping(data, "start"), "open"):
        for _, duration in read_durations(entry, ["due"]):
            yield from too_long(("start", "open", index, "due"), duration, calendar)


def _start(data: Data, names: list[str]) -> Iterator[Complaint]:
    reps = seats(data)
    per_seat: Counter[int] = Counter()
    everywhere = 0
    for index, entry in entries(mapping(data, "start"), "open"):
        location: Location = ("start", "open", index)
        yield from _is_stage((*location, "stage"), entry.get("stage"), names[1:-1])
        if len(names) == 2:
            yield Complaint((*location, "stage"), "no stage of this funnel can hold open items")
        rep, count = whole(entry, "rep", 0), whole(entry, "count", 1)
        if rep is None or count is None:
            rep, count = 0, 0
        if reps is not None and rep > reps >= 1:
            yield Complaint((*location, "rep"), "is more than the team has reps", rep, f"1 to {reps}")
        per_seat[rep] += count if rep else 0
        everywhere += 0 if rep else count
    most = everywhere + max(per_seat.values(), default=0)
    if most > MAX_OPEN_ITEMS:
        yield Complaint(("start", "open"), f"gives one seat {most} items", allowed=f"up to {MAX_OPEN_ITEMS}")


def _rates(data: Data) -> list[float | None]:
    """Return the mean rate of every stage; ``None`` where it is missing or out of range."""
    rates = (stage.get("rate") for _, stage in entries(data, "funnel"))
    means = (_mean_rate(rate) for rate in rates)
    return [mean if mean is not None and 0 < mean <= 1 else None for mean in means]


def _mean_rate(rate: object) -> float | None:
    """Return the mean of a rate as given; ``None`` if it is unreadable."""
    known = _known(rate)
    if known is not None:
        return known.mean
    return figure(rate.get("mean") if isinstance(rate, Mapping) else rate)


def _known(rate: object) -> Rate | None:
    """Return a rate that is given by a law; ``None`` if it is not, or is no rate."""
    if not isinstance(rate, Mapping) or all(rate.get(key) is None for key in LAW_KEYS):
        return None
    try:
        return Rate.model_validate(rate)
    except ValidationError:
        return None  # reported elsewhere


def _endless_by_ignorance(data: Data, per_win: float, peaks: float) -> Iterator[Complaint]:
    """Yield complaints about later steps whose rate is not known well enough for chains of referrals to end."""
    later = list(entries(data, "funnel"))[2:]
    laws = [(index, known) for index, stage in later if (known := _known(stage.get("rate"))) is not None]
    if not laws:
        return
    for index, known in laws:
        if known.rep_cv > 0.0:
            message = "cannot differ between reps together with referrals: its rate is not known exactly"
            yield Complaint(("funnel", index, "rate", "rep_cv"), message, known.rep_cv, "0")
            return
    most = per_win * peaks
    for _, stage in later:
        known = _known(stage.get("rate"))
        law = None if known is None else known.law
        mean = _mean_rate(stage.get("rate"))
        most *= (mean or 1.0) if law is None else law.quantile(_FAR_OUT)
    if most >= 1.0:
        message = f"would bring up to {most:.3g} wins from every win by what is not known of the later rates"
        hint = "lower it, or count more; a chain of referrals would not end in such a world"
        yield Complaint(("referrals", "per_win"), message, per_win, f"above 0 to below {per_win / most:.3g}", hint)


def _referrals(data: Data, names: list[str]) -> Iterator[Complaint]:
    if data.get("referrals") is None:
        return
    if len(names) == 2:
        message = "needs a stage for what a win brings, between the activity and the win"
        yield Complaint(("referrals",), message, allowed="a funnel of at least 3 stages", at_key=True)
        return
    per_win = figure(mapping(data, "referrals").get("per_win"))
    later = [rate for rate in _rates(data)[2:] if rate is not None]
    if per_win is None or per_win > MAX_REFERRALS or len(later) != len(names) - 2:
        return  # reported elsewhere
    peaks = peaks_of(data.get("season"), names[2:])
    wins = math.prod(_at_level(data, names[2:], later)) * peaks
    if per_win * wins >= 1:
        message = "would bring a win or more from every win, so the chain of referrals would not end"
        when = "" if peaks == 1.0 else " at the height of their seasons"
        allowed = f"above 0 to below {1 / wins:.6g} (the later rates make {wins:.6g} wins of a referral{when})"
        yield Complaint(("referrals", "per_win"), message, per_win, allowed)
        return
    yield from _endless_by_ignorance(data, per_win, peaks)
    steps = [(mean, cv) for mean, cv in zip(later, _spreads(data)[2:], strict=True) if cv is not None]
    level = wins / math.prod(later)  # of market and season, as a factor on what a win brings
    chance = endless(per_win * level, steps) if len(steps) == len(later) else 0.0
    if chance > RARE:
        most = "" if sum(cv > 0 for _, cv in steps) == 1 else "at most "
        message = (
            f"would never end for {most}{_odds(chance)}: their own rates of the later steps, which differ by rep_cv, "
            "make a win bring a win or more"
        )
        hint = "lower it, or the rep_cv of the later steps; a cap does not end a chain"
        allowed = f"above 0 to {most_per_win(steps) / level:g}"
        yield Complaint(("referrals", "per_win"), message, per_win, allowed, hint)


def _at_level(data: Data, stages: list[str], rates: list[float]) -> list[float]:
    """Return the rates of some steps at the level that a market without return starts from; else as they are."""
    market = mapping(data, "market")
    start, acts_on = market.get("start"), market.get("acts_on")
    level = figure(start.get("level") if isinstance(start, Mapping) and "level" in start else start)
    stays = figure(market.get("persistence")) == 1.0
    if not stays or not isinstance(acts_on, Sequence) or level is None or level <= 0 or len(rates) != len(stages):
        return rates
    return [min(1.0, rate * level) if stage in acts_on else rate for stage, rate in zip(stages, rates, strict=True)]


def _odds(chance: float) -> str:
    return f"{100 * chance:.2g} % of reps" if chance >= 1e-4 else f"one rep in {1 / chance:.2g}"


def _spreads(data: Data) -> list[float | None]:
    """Return the spread between reps of every stage's rate; ``None`` where it is unreadable or impossible."""
    found: list[float | None] = []
    for mean, (_, stage) in zip(_rates(data), entries(data, "funnel"), strict=True):
        rate = stage.get("rate")
        cv = figure(rate.get("rep_cv", 0.0)) if isinstance(rate, Mapping) else 0.0
        possible = cv is not None and mean is not None and (cv == 0.0 or (cv > 0.0 and cv * cv * mean < 1.0 - mean))
        found.append(cv if possible else None)
    return found


def _drives(data: Data) -> Iterator[tuple[Location, Data]]:
    for name, strategy in mapping(data, "strategies").items():
        if isinstance(strategy, Mapping):
            for drive, about in mapping(strategy, "drives").items():
                if isinstance(about, Mapping):
                    yield ("strategies", name, "drives", drive), about


def _signals(data: Data, about: Data, location: Location) -> Iterator[Complaint]:
    signals = about.get("signals")
    if not isinstance(signals, Mapping):
        return
    heard = [key for key, gain in signals.items() if key != "source" and gain is not None]
    if not heard:
        yield Complaint(
            location, "listens to nothing", allowed="at least one gain, as in {dry_spell: 0.5}", at_key=True
        )
    for key in heard:
        if key in NEED_QUOTA and data.get("quota") is None:
            message = "listens to the quota, and this scenario has none"
            yield Complaint((*location, key), message, hint="add a quota, or leave the signal out", at_key=True)
        elif key == "coach" and not _presses(data):
            message = "listens to a manager, and this scenario has none with some pressure"
            yield Complaint((*location, key), message, hint="add manager.pressure, or leave it out", at_key=True)
        elif key in NEED_NEEDS and all(stage.get("needs") is None for _, stage in entries(data, "funnel")):
            message = "listens to what becomes of deals that need something, and no stage of this funnel has needs"
            yield Complaint((*location, key), message, hint="give a stage needs, or leave it out", at_key=True)


def _presses(data: Data) -> bool:
    """Return whether a manager's session on results exerts pressure; an unreadable pressure is reported elsewhere."""
    manager = mapping(data, "manager")
    pressure = figure(manager.get("pressure")) if "pressure" in manager else 0.0
    return pressure is None or pressure > 0


def _manager(data: Data) -> Iterator[Complaint]:
    slots, reps = whole(mapping(data, "manager"), "slots", 1), seats(data)
    if slots is not None and reps is not None and slots > reps >= 1:
        message = "is more than the team has reps, and a rep has at most one session a week"
        yield Complaint(("manager", "slots"), message, slots, f"1 to {reps}")


def _needs(data: Data, names: list[str]) -> Iterator[Complaint]:
    """Yield complaints about steps that cannot have needs."""
    needing = [index for index, stage in entries(data, "funnel") if stage.get("needs") is not None]
    for place, index in enumerate(needing):
        location: Location = ("funnel", index, "needs")
        if index == 1:
            message = "is not for the first step: that is decided within the call, before there is a deal"
            yield Complaint(location, message, hint="put it on a later stage", at_key=True)
        elif place > 0:
            message = "is the second stage with needs, and one has them: those of two steps would not be told apart"
            yield Complaint(
                location, message, allowed=f"needs of {names[needing[0]] or 'one stage'} alone", at_key=True
            )


def _changes(data: Data, names: list[str], about: Data, location: Location) -> Iterator[Complaint]:
    changes, channels = about.get("changes"), [*CHANNELS, *names[1:]]
    if not isinstance(changes, Mapping):
        return
    if not changes:
        allowed = "at least one of " + ", ".join(channels)
        yield Complaint(location, "changes nothing", allowed=allowed, at_key=True)
    for key, channel in changes.items():
        here = (*location, key)
        if key not in channels:
            if names and "" not in channels:
                message, hint = "is nothing that a drive can change", did_you_mean(str(key), channels)
                yield Complaint(here, message, key, ", ".join(channels), hint, at_key=True)
        elif isinstance(channel, Mapping):
            known = (PullForward if key == PULL_FORWARD else Channel).model_fields.keys()
            if channel.keys() <= known - {"slope", "curve"}:
                message = "changes nothing: it has neither a slope nor a curve"
                yield Complaint(here, message, allowed="{slope: 0.2} or {curve: 0.1}", at_key=True)
            yield from _channel(data, names, key, here)
            if key == PULL_FORWARD:
                yield from _pull_forward(data, channel, here)


def _channel(data: Data, names: list[str], key: str, location: Location) -> Iterator[Complaint]:
    """Yield complaints about what a channel needs and the scenario lacks."""
    steps = [
        any(may_take_time(stage.get(each)) for each in ("lag", "lost_lag")) for _, stage in entries(data, "funnel")
    ]
    if key == "referrals" and data.get("referrals") is None:
        message = "changes the referrals, and this scenario has none"
        yield Complaint(location, message, hint="add referrals, or leave it out", at_key=True)
    if key == "lag" and names and not any(steps):
        message = "changes the lags, and no step of this funnel has one"
        yield Complaint(location, message, hint="give a stage a lag, or leave it out", at_key=True)
    if key == "qualify" and not any(map(_is_checked, (stage for _, stage in entries(data, "funnel")))):
        message = "changes how many deals are checked, and no stage of this funnel has needs with qualify"
        yield Complaint(location, message, hint="give a need a qualify, or leave it out", at_key=True)
    if key != PULL_FORWARD:
        return
    if any(index == len(names) - 1 and stage.get("needs") is not None for index, stage in entries(data, "funnel")):
        message = "decides deals early, when nothing says what has become of the needs of the last stage"
        yield Complaint(location, message, hint="leave one of them out", at_key=True)
    if data.get("quota") is None:
        message = "needs the end of a quota period, and this scenario has no quota"
        yield Complaint(location, message, hint="add a quota, or leave it out", at_key=True)
    if len(names) == 2:
        message = "needs a stage in which opportunities wait for their decision"
        yield Complaint(location, message, allowed="a funnel of at least 3 stages", at_key=True)
    elif names and len(steps) == len(names) and not steps[-1]:
        message = "needs opportunities that wait for their decision, and the last step has no lag"
        yield Complaint(location, message, hint=f"give {names[-1] or 'the last stage'} a lag", at_key=True)


def _is_checked(stage: Data) -> bool:
    """Return whether a stage has needs that are checked; unreadable ones are reported elsewhere."""
    needs = stage.get("needs")
    if not isinstance(needs, Mapping):
        return needs is not None
    return any(not isinstance(need, Mapping) or need.get("qualify") is not None for need in needs.values())


def _pull_forward(data: Data, channel: Data, location: Location) -> Iterator[Complaint]:
    """Yield complaints about spans in which nothing can be pulled, or that are longer than a period."""
    calendar = calendar_of(data)
    weeks = PERIOD_WEEKS.get(str(mapping(data, "quota").get("per")), MAX_LAG_WEEKS)
    if weeks == PERIOD_WEEKS["quarter"] and mapping(data, "calendar").get("months") == "real":
        weeks = SHORTEST_QUARTER
    for key, span in read_durations(channel, ["window", "reach"]):
        hours = span.hours(calendar)
        if hours < 0.5:
            yield Complaint((*location, key), "is less than an hour: nothing would be pulled", str(span))
        elif key == "window" and hours > weeks * calendar.hours_per_week:
            yield Complaint((*location, key), "is longer than a quota period", str(span), f"up to {weeks}w")
        elif key == "reach":
            yield from too_long((*location, key), span, calendar)


def _strategies(data: Data, names: list[str]) -> Iterator[Complaint]:
    for location, about in _drives(data):
        yield from _signals(data, about, (*location, "signals"))
        yield from _changes(data, names, about, (*location, "changes"))
    strategies, wanted = data.get("strategies"), mapping(data, "run").get("strategy")
    if isinstance(wanted, str) and isinstance(strategies, Mapping) and strategies and wanted not in strategies:
        known = [str(name) for name in strategies]
        hint = did_you_mean(wanted, known)
        yield Complaint(("run", "strategy"), "is not a strategy of this file", wanted, ", ".join(known), hint)


def consistency(data: Data) -> Iterator[Complaint]:
    """Yield complaints about all inconsistencies in the data of a scenario."""
    names = stage_names(data)
    yield from _time(data)
    yield from _team(data)
    if len(names) > MAX_STAGES:
        names = []  # reported by the funnel itself
    else:
        yield from _funnel(data, names)
    yield from _market(data, names)
    yield from _lags(data)
    yield from _start(data, names)
    yield from _referrals(data, names)
    yield from _manager(data)
    yield from _needs(data, names)
    yield from _strategies(data, names)
