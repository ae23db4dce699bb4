"""Reads a resolved scenario, a plain dict in the format of the scenario file; it checks next to nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.twin.closings import Closing, read_closing
from tests.twin.inflow import Inflow, read_inflows
from tests.twin.needs import Need, read_need
from tests.twin.people import Person, read_people
from tests.twin.season import Season
from tests.twin.spreads import (
    Cells,
    Long,
    Section,
    Spread,
    cents,
    deal_spread,
    known_rate,
    lag_cells,
    lag_spread,
    mean_of_deal,
    value_known,
)


@dataclass(frozen=True)
class Calendar:
    """Working hours; holidays are (week of the year, day or None for the whole week), counted from 0.

    ``dates`` are (counted week, day): those without calls of which a date is known.
    """

    hours_per_day: int
    days_per_week: int
    holidays: frozenset[tuple[int, int | None]]
    dates: frozenset[tuple[int, int]]
    monday: int = 0
    """Ordinal of the Monday of the first counted week; 0 where no week has a date."""
    start: int = 0
    """That of the first counted day."""
    months: str = "4-4-5"
    fiscal_year: str = "january"

    @property
    def week(self) -> int:
        """Hours of a week."""
        return self.hours_per_day * self.days_per_week

    def hours(self, duration: str | float) -> float:
        """Return a duration such as '2.5d' in working hours; a plain number counts days."""
        if not isinstance(duration, str):
            return float(duration) * self.hours_per_day
        unit = {"h": 1, "d": self.hours_per_day, "w": self.week}[duration[-1]]
        return float(duration[:-1]) * unit


@dataclass(frozen=True)
class Habit:
    """A bad habit of one step: what it leaves of the rate, and the chances to begin with, get and lose it in a week."""

    factor: float
    at_start: float
    onset: float
    fade: float


@dataclass(frozen=True)
class Manager:
    """Who coaches: sessions a week, whom they go to, weeks looked back, first week, and what a session does."""

    slots: int
    rule: str
    window: int
    first_week: int
    repair: float
    pressure: float


@dataclass(frozen=True)
class Step:
    """How an item gets into a stage, and the caps on that stage."""

    rate: float
    """As it is known: of a rate that is not known exactly, the mean of its law."""
    rep_cv: float
    week_cv: float
    in_market: bool
    season: Season | None
    lag: Spread
    cap_per_week: int | None
    cap_open: int | None
    habit: Habit | None = None
    lost_lag: Spread | None = None
    law: Spread | None = None
    """Of a rate that is not known exactly: what a replication has, by a word."""
    needs: tuple[Need, ...] = ()
    cells: Cells | None = None
    lost_cells: Cells | None = None
    closing: Closing | None = None

    def long(self, age: int, *, lost: bool) -> Long:
        """Return the words of the lag (of what is lost) whose wait is at least an age."""
        if lost and self.lost_lag is not None:
            return Long(self.lost_lag, self.lost_cells, age)
        return Long(self.lag, self.cells, age)

    def given(self, p: float, age: int) -> float:
        """Return the chance to pass, decided at entry, given that an item still waits at an age."""
        won, lost = self.long(age, lost=False).many, self.long(age, lost=True).many
        if won == 0 or lost == 0:
            return 0.0 if won == 0 else 1.0
        return p * won / (p * won + (1.0 - p) * lost)


@dataclass(frozen=True)
class Drift:
    """How the market moves: its sd (of a week's step, where it does not come back), and what is known of its start."""

    sd: float
    persistence: float
    level: float | None = None
    level_sd: float = 0.0


@dataclass(frozen=True)
class StartItems:
    """Items that are open at hour 0, in one seat or (None) in every seat."""

    stage: int
    count: int
    seat: int | None
    due: int | None
    cents: int | None
    age: int = 0
    chance: float | None = None


@dataclass(frozen=True)
class Plan:
    """A scenario, read: money in cents, durations in hours, seats and holidays counted from 0."""

    calendar: Calendar
    weeks: int
    warmup: int
    reps: int
    new: int
    ramp: tuple[int, float] | None
    turnover: tuple[float, int] | None
    calls_per_week: int
    stages: tuple[str, ...]
    steps: Mapping[int, Step]
    market: Drift | None
    deal: Spread
    quota: tuple[str, tuple[int, ...]] | None
    """The period, and its amounts in turn."""
    start: tuple[StartItems, ...]
    manager: Manager | None = None
    inflow: tuple[Inflow, ...] = ()
    people: tuple[Person, ...] = ()
    ramped: bool = False
    team_quota: int | None = None
    by_season: bool = False
    """Whether quota periods go by the season."""

    @property
    def simulated(self) -> int:
        """Simulated weeks, the warm-up included."""
        return self.warmup + self.weeks

    @property
    def first(self) -> int:
        """First counted hour."""
        return self.warmup * self.calendar.week

    @property
    def end(self) -> int:
        """First hour after the run."""
        return self.simulated * self.calendar.week

    @property
    def coached(self) -> bool:
        """Whether anybody may have a bad habit, or a session."""
        return self.manager is not None or any(step.habit is not None for step in self.steps.values())

    @property
    def needing(self) -> bool:
        """Whether the deals of some step have needs."""
        return any(step.needs for step in self.steps.values())

    @property
    def last_stage(self) -> int:
        """Number of the stage of the wins."""
        return len(self.stages) - 1


def _bare(value: object) -> Any:  # noqa: ANN401 - whatever a file holds
    """Return a part of a scenario without sources: `{value: x, source: ...}` stands for x."""
    if isinstance(value, Mapping):
        if "value" in value and value.keys() <= {"value", "source"}:
            return _bare(value["value"])
        return {key: _bare(entry) for key, entry in value.items() if key != "source"}
    if isinstance(value, list | tuple):
        return [_bare(entry) for entry in value]
    return value


def _rate(value: float | Section | None) -> Section:
    if isinstance(value, Mapping):
        return value
    return {"mean": value}


def _drift(section: Section) -> Drift:
    persistence, start = section["persistence"], section.get("start")
    sd = section["step"] if persistence == 1 else section["sd"]
    if start is None:
        return Drift(sd, persistence)
    if not isinstance(start, Mapping):
        start = {"level": start}
    return Drift(sd, persistence, start["level"], start.get("sd", 0.0))


def _calendar(section: Section) -> Calendar:
    given = section.get("holidays") or ()
    holidays = frozenset(
        (day["week"] - 1, None if day.get("day") is None else day["day"] - 1) for day in given if "week" in day
    )
    dates: set[tuple[int, int]] = set()
    monday = start = 0
    if "start" in section:
        start = date.fromisoformat(section["start"]).toordinal()
        monday = start - date.fromordinal(start).weekday()
        off = [(monday, start - 1)]
        off += [(_ordinal(day["date"]), _ordinal(day.get("until", day["date"]))) for day in given if "date" in day]
        dates = {divmod(day - monday, 7) for first, last in off for day in range(first, last + 1)}
    hours, days = section.get("hours_per_day", 8), section.get("days_per_week", 5)
    months, year = section.get("months") or "4-4-5", section.get("fiscal_year") or "january"
    return Calendar(hours, days, holidays, frozenset(dates), monday, start, months, year)


def _monday(section: Section) -> int | None:
    if "start" not in section:
        return None
    start = _ordinal(section["start"])
    return start - date.fromordinal(start).weekday()


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _habit(section: Section | None) -> Habit | None:
    if not section:
        return None
    fade = section.get("fade_weeks")
    return Habit(
        factor=section["factor"],
        at_start=section.get("at_start", 0.0),
        onset=1.0 - (1.0 - section.get("yearly", 0.0)) ** (1.0 / 52.0),
        fade=0.0 if fade is None else 1.0 / fade,
    )


def _manager(section: Section | None) -> Manager | None:
    if not section:
        return None
    return Manager(
        slots=section.get("slots", 1),
        rule=section.get("rule", "process"),
        window=section.get("window_weeks", 13),
        first_week=section.get("first_week", 1),
        repair=section["repair"],
        pressure=section.get("pressure", 0.0),
    )


def _steps(scenario: Section, acts_on: Sequence[str], calendar: Calendar) -> dict[int, Step]:
    seasons = scenario.get("season") or {}

    def whole(duration: str | float) -> int:
        return math.floor(calendar.hours(duration) + 0.5)

    steps = {}
    for number, stage in enumerate(scenario["funnel"][1:], start=1):
        season = seasons.get(stage["stage"])
        rate = _rate(stage["rate"])
        cap = stage.get("cap") or {}
        law, mean = known_rate(rate)
        steps[number] = Step(
            rate=mean,
            rep_cv=rate.get("rep_cv", 0.0),
            week_cv=rate.get("week_cv", 0.0),
            in_market=stage["stage"] in acts_on,
            season=None if season is None else Season(season["by"], tuple(season["factors"])),
            lag=lag_spread(stage.get("lag"), calendar.hours),
            cap_per_week=cap.get("per_week"),
            cap_open=cap.get("open"),
            habit=_habit(stage.get("habit")),
            lost_lag=None if stage.get("lost_lag") is None else lag_spread(stage["lost_lag"], calendar.hours),
            law=law,
            cells=lag_cells(stage.get("lag"), calendar.hours),
            lost_cells=lag_cells(stage.get("lost_lag"), calendar.hours),
            closing=read_closing(stage.get("closing")),
            needs=tuple(read_need(need, whole) for need in (stage.get("needs") or {}).values()),
        )
    return steps


def _hours_to(day: str, calendar: Calendar, first: str) -> int:
    """Return the working hours from the Monday of the first counted week to a day, counted day by day."""
    start, end = date.fromisoformat(first), _ordinal(day)
    monday = start.toordinal() - start.weekday()
    one, other = min(monday, end), max(monday, end)
    worked = sum(date.fromordinal(each).weekday() < calendar.days_per_week for each in range(one, other))
    return (worked if end > monday else -worked) * calendar.hours_per_day


def _due(due: str | float | None, calendar: Calendar, first: str) -> int | None:
    if isinstance(due, str) and "-" in due:
        return None if due < first else _hours_to(due, calendar, first)
    return None if due is None else math.floor(calendar.hours(due) + 0.5)


def _age(entry: Section, calendar: Calendar, first: str) -> int:
    if "since" in entry:
        ahead = _due(entry.get("due"), calendar, first) is not None
        return 0 if ahead else max(0, -_hours_to(entry["since"], calendar, first))
    return 0 if entry.get("age") is None else math.floor(calendar.hours(entry["age"]) + 0.5)


def _start(section: Section | None, stages: Sequence[str], calendar: Calendar, first: str) -> tuple[StartItems, ...]:
    items = []
    for entry in (section or {}).get("open") or ():
        rep, due, value = entry.get("rep"), entry.get("due"), entry.get("value")
        items.append(
            StartItems(
                stage=stages.index(entry["stage"]),
                count=entry.get("count", 1),
                seat=None if rep is None else rep - 1,
                due=_due(due, calendar, first),
                cents=None if value is None else cents(value),
                age=_age(entry, calendar, first),
                chance=entry.get("probability"),
            )
        )
    return tuple(items)


def reacts(scenario: Section) -> bool:
    """Return whether a seat must be played week by week: drives, referrals, habits, a manager or needs."""
    scenario = _bare(scenario)
    if scenario.get("manager") or any(stage.get("habit") or stage.get("needs") for stage in scenario["funnel"]):
        return True
    strategies = scenario.get("strategies") or {"process": {}}
    run = strategies[(scenario.get("run") or {}).get("strategy", next(iter(strategies)))]
    return bool(scenario.get("referrals") or (run or {}).get("drives"))


def mean_deal(scenario: Section) -> float:
    """Return the mean value of a deal in cents, of a list by its thresholds."""
    return mean_of_deal(value_known(_bare(scenario)["deal"], None))


def deal_of_world(scenario: Section, word: int) -> Spread:
    """Return the value of a deal in a replication, by the word of what is not known of it."""
    return deal_spread(value_known(_bare(scenario)["deal"], word))


def _amounts(quota: Section) -> tuple[int, ...]:
    """Return the amounts of quota periods in turn, in cents."""
    return tuple(cents(amount) for amount in quota.get("amounts") or [quota["amount"]])


def read(scenario: Section) -> Plan:
    """Read a scenario, but for its strategies and referrals."""
    scenario = _bare(scenario)
    calendar = _calendar(scenario.get("calendar") or {})
    team, funnel, horizon = scenario.get("team") or {}, scenario["funnel"], scenario.get("horizon") or {}
    ramp, turnover, quota = team.get("ramp"), team.get("turnover"), scenario.get("quota")
    market = scenario.get("market")
    stages = tuple(stage["stage"] for stage in funnel)
    calls_per_week = (scenario.get("plan") or {}).get("calls_per_week", 500)
    people = read_people(team, calls_per_week, _monday(scenario.get("calendar") or {}))
    warmup, weeks = horizon.get("warmup_weeks", 0), horizon.get("weeks", 52)
    first_day = (scenario.get("calendar") or {}).get("start")
    return Plan(
        calendar=calendar,
        weeks=weeks,
        warmup=warmup,
        reps=len(people) or team.get("reps", 10),
        new=team.get("new", 0),
        ramp=None if ramp is None else (ramp["weeks"], ramp["start"]),
        turnover=None if turnover is None else (turnover["yearly"], turnover.get("vacancy_weeks", 0)),
        calls_per_week=calls_per_week,
        stages=stages,
        steps=_steps(scenario, () if market is None else market["acts_on"], calendar),
        market=None if market is None else _drift(market),
        deal=deal_spread(value_known(scenario["deal"], None)),
        quota=None if quota is None else (quota["per"], _amounts(quota)),
        by_season=quota is not None and quota.get("pace") == "season",
        start=_start(scenario.get("start"), stages, calendar, first_day or ""),
        manager=_manager(scenario.get("manager")),
        inflow=read_inflows(scenario.get("inflow"), stages, (warmup, warmup + weeks), first_day),
        people=people,
        ramped=bool(quota and quota.get("ramped")),
        team_quota=None if quota is None or quota.get("team") is None else cents(quota["team"]),
    )
