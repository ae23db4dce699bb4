"""What is left of a rate where deals need something: the chance that their needs, and all that is done, leave of it.

Notation, for one need: it is met with chance m at the start, a share q of deals is checked, a check helps with chance
h, otherwise the deal is given up with chance d; what is left of the rate without it is w. Where no gap shows, an item
keeps

    m + (1 - m) (q h + q (1 - h) (1 - d) w + (1 - q) w)

of the rate on average, and of several needs the product. Where the gap of one need shows with chance u a call, every e
hours, an item that waits for W hours has shown it with chance ``S = 1 - (1 - u)^n``, n the calls before the end of the
wait, and w becomes ``E[S] r + (1 - E[S]) w`` with the chance r of a rescue. W depends on what slows the item and on
what checks take, so E[S] is worked out for each way in which the needs can stand. Needs of which more than one can show
have no such form here: which gap shows first, and how long a rescue of it takes, decides about the others.
"""

from __future__ import annotations

from itertools import product
from math import floor, inf, log, prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.quantities.lags import ContinuousLag
from simcore.scenario.needs import needs_step

if TYPE_CHECKING:
    from simcore.quantities.time import Calendar, Duration
    from simcore.scenario.model import Lag, Need, Scenario

Floats = NDArray[np.float64]

REST = 1e-12
"""Chance of later calls that is left out."""
MOST_CALLS = 1 << 20
"""More calls until so little is left are not followed."""


class Standing(NamedTuple):
    """How a need stands once the item has entered the stage, with what chance, and what a check took, in hours."""

    chance: float
    unmet: bool
    takes: float


def passing(scenario: Scenario) -> float | None:
    """Return the mean share of the rate that needs leave, by the plan; 1 without needs, ``None`` without a closed form.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> passing(load_scenario("trust-the-process"))
    1.0
    """
    step = needs_step(scenario.funnel)
    needs = list((scenario.funnel[step].needs or {}).values())
    showing = [need for need in needs if need.calls is not None and need.calls.surfaces > 0.0]
    if len(showing) > 1 or any(_calls_followed(need) is None for need in showing):
        return None
    lag, calendar = scenario.funnel[step].lag, scenario.calendar
    total = 0.0
    for ways in product(*(_standings(need, calendar) for need in needs)):
        unmet = [need for need, way in zip(needs, ways, strict=True) if way.unmet]
        takes, slows = sum(way.takes for way in ways), prod(need.slows for need in unmet)
        total += prod(way.chance for way in ways) * prod(
            _left(need, lag, takes, slows, calendar) if need in showing else need.without for need in unmet
        )
    return total


def effective(scenario: Scenario) -> Scenario | None:
    """Return the scenario whose deals need nothing, at the mean rate that needs leave: the same chances, by the plan.

    Not the same times. ``None`` without a closed form.
    """
    step, share = needs_step(scenario.funnel), passing(scenario)
    if step == 0 or share is None:
        return scenario if step == 0 else None
    stage = scenario.funnel[step]
    assert stage.rate is not None  # noqa: S101  (every stage but the first has one)
    changed = {"rate": stage.rate.with_mean(stage.rate.mean * share), "needs": None}
    funnel = (*scenario.funnel[:step], stage.model_copy(update=changed), *scenario.funnel[step + 1 :])
    return scenario.model_copy(update={"funnel": funnel})


def owes_calls(scenario: Scenario) -> bool:
    """Return whether checks cost calls."""
    checks = [need.qualify for stage in scenario.funnel for need in (stage.needs or {}).values()]
    return any(check is not None and check.calls > 0 and check.share > 0.0 for check in checks)


def _standings(need: Need, calendar: Calendar) -> list[Standing]:
    """Return how a need can stand; items that are given up are in none."""
    met, check = need.at_start, need.qualify
    if check is None:
        return [Standing(met, unmet=False, takes=0.0), Standing(1.0 - met, unmet=True, takes=0.0)]
    q, takes = check.share, _whole(check.takes, calendar)
    return [
        Standing((1.0 - q) * met, unmet=False, takes=0.0),
        Standing((1.0 - q) * (1.0 - met), unmet=True, takes=0.0),
        Standing(q * (met + (1.0 - met) * check.works), unmet=False, takes=takes),
        Standing(q * (1.0 - met) * (1.0 - check.works) * (1.0 - check.drop), unmet=True, takes=takes),
    ]


def _whole(span: Duration, calendar: Calendar) -> float:
    return floor(span.hours(calendar) + 0.5)


def _calls_followed(need: Need) -> int | None:
    """Return after how many calls a gap has shown but for `REST`; ``None`` if there are too many."""
    assert need.calls is not None  # noqa: S101  (it shows)
    quiet = log(1.0 - need.calls.surfaces) if need.calls.surfaces < 1.0 else -inf
    followed = 1.0 + log(REST) / quiet if quiet < 0.0 else inf
    return int(followed) if followed <= MOST_CALLS else None


def _left(need: Need, lag: Lag | None, takes: float, slows: float, calendar: Calendar) -> float:
    """Return what is left of the rate of an item whose gap may show."""
    calls = _calls_followed(need)
    assert need.calls is not None and calls is not None  # noqa: S101, PT018
    number = np.arange(1.0, calls + 1.0)
    hours = number * max(1.0, _whole(need.calls.every, calendar))
    u = need.calls.surfaces
    first = u * (1.0 - u) ** (number - 1)
    shown = float(first @ longer_than(hours, lag, takes, slows, calendar))
    return shown * (need.rescue.rate if need.rescue is not None else 0.0) + (1.0 - shown) * need.without


def longer_than(hours: Floats, lag: Lag | None, takes: float, slows: float, calendar: Calendar) -> Floats:
    """Return the chances that a wait ``floor((x + takes) * slows + 1/2)`` is longer than so many whole hours.

    Examples
    --------
    >>> from simcore.scenario.model import FixedLag
    >>> from simcore.quantities.time import Calendar
    >>> longer_than(np.array([5.0, 6.0]), FixedLag(fixed="3h"), 1.0, 1.5, Calendar()).tolist()
    [1.0, 0.0]
    """
    if isinstance(lag, ContinuousLag):
        until = np.maximum((hours + 0.5) / slows - takes, 0.0)
        reached = np.zeros(len(hours))
        reached[until > 0.0] = lag.at_most(until[until > 0.0], calendar)
        return 1.0 - reached
    chances = np.ones(1) if lag is None else lag.chances_by_hour(calendar)
    waits = np.floor((np.arange(len(chances)) + takes) * slows + 0.5)
    reached = np.concatenate([[0.0], np.cumsum(chances)])
    longer: Floats = 1.0 - reached[np.searchsorted(waits, hours, side="right")]
    return longer
