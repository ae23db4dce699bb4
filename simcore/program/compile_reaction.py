"""Compiles a scenario's strategy and its referrals to flat arrays."""

from __future__ import annotations

from itertools import accumulate
from math import inf, prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.money import cents
from simcore.program.coaching import NOBODY, Coaching
from simcore.program.compile_season import period_gone
from simcore.program.layout import CHANGE_COLUMNS, LEVEL_COLUMNS, PULL_COLUMNS, PULL_HOURS_COLUMNS, Needs, Reaction
from simcore.program.quotas import period_of_days, quota_periods
from simcore.quantities.time import Calendar
from simcore.scenario.channels import PULL_FORWARD, channel_numbers
from simcore.scenario.signals import AHEAD, BEHIND, DEADLINE, SIGNALS
from simcore.scenario.strategy import PullForward

if TYPE_CHECKING:
    from simcore.scenario.model import Drive, Scenario

LEAST_WINS = 1e-100
"""Least expected wins per call: the product of tiny rates may underflow to 0, and signals divide by it."""


def discounts(scenario: Scenario) -> bool:
    """Return whether any strategy of the scenario changes the value of deals: revenue is then counted in cents.

    All strategies of a scenario are counted in the same unit, so that their tallies can be compared.
    """
    changes = [drive.changes for strategy in scenario.strategies.values() for drive in strategy.drives.values()]
    return any("deal_value" in change or PULL_FORWARD in change for change in changes)


def compile_reaction(scenario: Scenario, mean_deal: float, coaching: Coaching, needs: Needs) -> Reaction:
    """Compile the strategy that is run; ``mean_deal`` is the mean value of a deal in cents."""
    calendar, drives = scenario.calendar, list(scenario.strategy.drives.values())
    hours = {"hour": 1, "day": calendar.hours_per_day, "week": calendar.hours_per_week}
    calls = scenario.plan.calls_per_week
    wins_per_call = max(_wins_per_call(scenario), LEAST_WINS)
    changes, pulls = _changes(scenario, drives), _pulls(drives, calendar)
    gains = [drive.signals.gains for drive in drives]
    flat = [entry for of_drive in gains for entry in of_drive]
    period_first, period_hours = _periods(scenario)
    return Reaction(
        needed=bool(drives) or scenario.referrals is not None or coaching.active or needs.step > 0,
        # Without drives it only matters when calls are worked off that checks cost.
        interval=hours[scenario.strategy.decides if drives else "day" if needs.owing else "week"],
        hears=_heard({signal for signal, _ in flat}),
        memory=np.array([drive.memory for drive in drives], np.float64),
        level=np.array([drive.level or (-inf, inf) for drive in drives], np.float64).reshape(-1, len(LEVEL_COLUMNS)),
        first_gain=np.array(list(accumulate(map(len, gains), initial=0)), np.int64),
        gain_signal=np.array([signal for signal, _ in flat], np.int64),
        gain=np.array([gain for _, gain in flat], np.float64),
        change_drive=np.array([drive for drive, _, _ in changes], np.int64),
        change_channel=np.array([channel for _, channel, _ in changes], np.int64),
        change=np.array([figures for _, _, figures in changes], np.float64).reshape(-1, len(CHANGE_COLUMNS)),
        pull_drive=np.array([drive for drive, _, _ in pulls], np.int64),
        pull=np.array([figures for _, figures, _ in pulls], np.float64).reshape(-1, len(PULL_COLUMNS)),
        pull_hours=np.array([span for _, _, span in pulls], np.int64).reshape(-1, len(PULL_HOURS_COLUMNS)),
        lockstep=any(SIGNALS[signal].of_team for signal, _ in flat) or coaching.rule != NOBODY,
        call_value=wins_per_call * mean_deal,
        wins_per_call=wins_per_call,
        between_wins=calendar.hours_per_week / (calls * wins_per_call) if calls else inf,
        quota=float(cents(scenario.quota.amount)) if scenario.quota else 0.0,
        period_first=period_first,
        period_hours=period_hours,
        period_gone=period_gone(scenario, period_first, period_hours),
        referrals=scenario.referrals.per_win if scenario.referrals else 0.0,
    )


def _wins_per_call(scenario: Scenario) -> float:
    """Return the mean number of wins per planned call, including those of its referrals."""
    rates = [stage.rate.mean for stage in scenario.funnel if stage.rate is not None]
    wins = prod(rates)
    return wins / (1.0 - scenario.referrals.per_win * prod(rates[1:])) if scenario.referrals else wins


def _heard(signals: set[int]) -> NDArray[np.bool_]:
    heard = np.zeros(len(SIGNALS), np.bool_)
    heard[list(signals)] = True
    heard[BEHIND] = heard[[BEHIND, AHEAD, DEADLINE]].any()
    return heard


def _changes(scenario: Scenario, drives: list[Drive]) -> list[tuple[int, int, tuple[float, ...]]]:
    number = channel_numbers([stage.stage for stage in scenario.funnel])
    return [
        (place, number[name], (channel.slope, channel.curve, channel.min, inf if channel.max is None else channel.max))
        for place, drive in enumerate(drives)
        for name, channel in drive.changes.items()
        if not isinstance(channel, PullForward)
    ]


def _pulls(drives: list[Drive], calendar: Calendar) -> list[tuple[int, tuple[float, ...], tuple[int, int]]]:
    found: list[tuple[int, tuple[float, ...], tuple[int, int]]] = []
    for place, drive in enumerate(drives):
        pull = drive.changes.get(PULL_FORWARD)
        if isinstance(pull, PullForward):
            figures = (pull.slope, pull.curve, pull.min, pull.max, pull.discount, pull.win_rate)
            window, reach = (int(span.hours(calendar) + 0.5) for span in (pull.window, pull.reach))
            found.append((place, figures, (window, reach)))
    return found


def _periods(scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first hour and the length in hours of each simulated day's quota period."""
    hours, warmup = scenario.calendar.hours_per_day, scenario.horizon.warmup_weeks * scenario.calendar.days_per_week
    periods = quota_periods(scenario)
    which = period_of_days(scenario, periods)
    return (periods.edges[:-1][which] + warmup) * hours, np.diff(periods.edges)[which] * hours
