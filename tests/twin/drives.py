"""What a strategy says, read from a plain dict, and how a person's levels follow from what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, prod
from typing import Any

from tests.twin.months import Period, period_of
from tests.twin.reader import Plan, _bare
from tests.twin.spreads import Section, Spread, lag_spread


@dataclass(frozen=True)
class Pull:
    """How a drive pulls opportunities forward; hours."""

    slope: float
    curve: float
    low: float
    high: float
    window: int
    reach: int
    discount: float
    win_rate: float


@dataclass(frozen=True)
class Drive:
    """A feedback: what it hears, what it changes (slope, curve, least, most), and what it pulls."""

    memory: float
    gains: dict[str, float]
    level: tuple[float, float]
    changes: dict[str, tuple[float, float, float, float]]
    pull: Pull | None


@dataclass(frozen=True)
class Strategy:
    """The strategy that is run, and what a plan makes one expect."""

    interval: int
    drives: tuple[Drive, ...]
    per_win: float
    referral_lag: Spread
    call_value: float
    wins: float
    base_rate: float


def _drive(section: Section, plan: Plan) -> Drive:
    changes = dict(section["changes"])
    pull = changes.pop("pull_forward", None)
    read = {
        name: (change.get("slope", 0.0), change.get("curve", 0.0), change.get("min", 0.0), _most(change, inf))
        for name, change in changes.items()
    }
    low, high = section.get("level") or (-inf, inf)
    gains = {name: gain for name, gain in section["signals"].items() if gain is not None}
    if pull is None:
        return Drive(section.get("memory", 0.0), gains, (low, high), read, None)
    hours = plan.calendar.hours
    pulling = Pull(
        slope=pull.get("slope", 0.0),
        curve=pull.get("curve", 0.0),
        low=pull.get("min", 0.0),
        high=min(1.0, _most(pull, 1.0)),
        window=int(hours(pull["window"]) + 0.5),
        reach=int(hours(pull["reach"]) + 0.5),
        discount=pull.get("discount", 0.0),
        win_rate=pull.get("win_rate", 1.0),
    )
    return Drive(section.get("memory", 0.0), gains, (low, high), read, pulling)


def _most(section: Section, default: float) -> float:
    most = section.get("max")
    return default if most is None else float(most)


def read_strategy(scenario: Section, plan: Plan, mean_deal: float) -> Strategy:
    """Read the strategy that a scenario runs; ``mean_deal`` is in cents."""
    scenario = _bare(scenario)
    strategies = scenario.get("strategies") or {"process": {}}
    section: Any = strategies[(scenario.get("run") or {}).get("strategy", next(iter(strategies)))] or {}
    drives = tuple(_drive(drive, plan) for drive in (section.get("drives") or {}).values())
    calendar = plan.calendar
    interval = {"hour": 1, "day": calendar.hours_per_day, "week": calendar.week}[section.get("decides", "day")]
    rates = [plan.steps[step].rate for step in sorted(plan.steps)]
    wins, referrals = prod(rates), scenario.get("referrals")
    if referrals:
        wins = wins / (1.0 - referrals["per_win"] * prod(rates[1:]))
    return Strategy(
        interval=interval if drives else calendar.hours_per_day if plan.needing else calendar.week,
        drives=drives,
        per_win=referrals["per_win"] if referrals else 0.0,
        referral_lag=lag_spread(referrals.get("lag") if referrals else None, calendar.hours),
        call_value=wins * mean_deal,
        wins=wins,
        base_rate=rates[0],
    )


def period(plan: Plan, hour: int) -> Period:
    """Return the quota period that a simulated hour is in."""
    return period_of(plan, plan.quota[0] if plan.quota else "week", hour)


@dataclass
class Mind:
    """What the person in a seat remembers, and how they respond now."""

    strategy: Strategy
    levels: list[float] = field(default_factory=list)
    responses: dict[str, float] = field(default_factory=dict)
    mark: int = 0
    unanswered: int = 0

    def forget(self, hour: int) -> None:
        """Begin anew: a new person, or nobody."""
        self.levels = [0.0] * len(self.strategy.drives)
        self.responses = {}
        self.mark, self.unanswered = hour, 0

    def response(self, channel: str) -> float:
        """Return the response of a channel."""
        return self.responses.get(channel, 1.0)

    def share(self, pull: Pull, drive: int) -> float:
        """Return the share that a drive pulls forward."""
        x = self.levels[drive]
        return min(max(pull.slope * x + pull.curve * (x * x), pull.low), pull.high)

    def react(self, signals: dict[str, float]) -> None:
        """Update levels and responses; the levels add the signals up in the order in which they are given."""
        for number, drive in enumerate(self.strategy.drives):
            x = drive.memory * self.levels[number]
            for name, heard in signals.items():
                if name in drive.gains:
                    x = x + drive.gains[name] * heard
            self.levels[number] = min(max(x, drive.level[0]), drive.level[1])
        self.responses = {}
        for number, drive in enumerate(self.strategy.drives):
            x = self.levels[number]
            for channel, (slope, curve, low, high) in drive.changes.items():
                here = min(max(1.0 + slope * x + curve * (x * x), low), high)
                self.responses[channel] = self.response(channel) * here
        if self.response("activity") > 15.0 or any(abs(x) > 1e9 for x in self.levels):
            raise ValueError("the feedback explodes")
